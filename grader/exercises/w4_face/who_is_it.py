"""One picture against everybody; 0.7 is no binary fraction, so no distance is exactly there."""

import numpy as np
from solutions.w4_face import img_to_encoding, who_is_it

from grader.exercises.w4_face.shared import NAMES, at_distance, look_at_door, people, somebody
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, instead, passing, replacing

exercise = Exercise(
    who_is_it,
    points=9,
    uses=["img_to_encoding"],
    observer=look_at_door,
    hints=[
        "One encoding of the picture, then one distance for each name: `for name, known in database.items()`.",
        "Keep the least distance and its name while you go along; start with infinity, and replace it where a distance is smaller.",
        'After the loop: if min_dist is not below 0.7, set identity to None and print "Not in the database.". Before it: an error where the database is empty.',
    ],
)


@exercise.cases
def cases(rng):
    def one(title, *distances, **more):
        picture, encoding = somebody(rng)
        database, _ = people(rng, encoding, *distances, **more)
        return case(title, picture=picture, database=database)

    near, far = (lambda: float(rng.uniform(0.3, 0.66))), (lambda: float(rng.uniform(0.9, 1.3)))
    yield one("in the middle of the database", far(), near(), far(), far())
    yield one("last of the database", far(), far(), near())
    yield one("first of the database", near(), far(), far())
    yield one("several below the threshold", 0.6, float(rng.uniform(0.3, 0.4)), 0.5, 0.65)
    yield one("nobody", far(), float(rng.uniform(0.75, 0.85)), far())
    yield one("just inside", far(), float(rng.uniform(0.695, 0.698)))
    yield one("just outside", float(rng.uniform(0.702, 0.705)), far())
    yield one("hardly any distance", far(), float(rng.uniform(0.09, 0.11)))
    yield one("one person", near())
    yield one("one person, a stranger", far())
    yield one("vectors without the batch's axis", far(), near(), float(rng.uniform(0.67, 0.69)), flat=[True])
    yield one("vectors of both shapes", far(), near(), far(), float(rng.uniform(0.67, 0.69)), flat=[False, True])
    yield one("single precision", near(), far(), float(rng.uniform(0.15, 0.28)), dtype=np.float32)
    picture, encoding = somebody(rng)
    order = [str(name) for name in rng.permutation(NAMES)[:6]]
    low, middle, high = sorted(order[1:4])
    face = at_distance(rng, encoding, near())[None]
    vectors = [face if 1 <= place <= 3 else at_distance(rng, encoding, far())[None] for place in range(6)]
    yield case("three with the same face", picture=picture, database=dict(zip([order[0], middle, low, high, *order[4:]], vectors)))
    yield case("far from everybody", picture=picture, database=people(rng, encoding, *(float(rng.uniform(1.5, 1.9)) for _ in range(3)))[0])
    yield case("nobody in the database", picture=picture, database={}, refuses=True)


exercise.slip("the farthest, not the nearest", instead(argmin="argmax"), "The smaller the distance, the more alike two faces are.")
exercise.slip("somebody, however far", edit("return min_dist, identity", "return min_dist, names[nearest]"), "A stranger is nobody in the database: what is `identity` then?")
exercise.slip("a stranger's distance is lost", afterwards(lambda result: result if result[1] else (None, None)), "The least distance is returned in any case.")
exercise.slip("nothing is printed", replacing(print=lambda *texts: None), "Beyond the threshold a sentence is printed; the docstring has it.")
exercise.slip("the same is printed for everybody", afterwards(lambda result: print("Not in the database.") or result), "Only a stranger is not in the database.")
exercise.slip(
    "the threshold is where the search begins",
    afterwards(lambda result: (min(result[0], 0.7), result[1])),
    "What is the least distance where all are beyond the threshold? Begin the search at infinity.",
)
exercise.slip(
    "the first below the threshold",
    lambda image_path, database, model: who_is_it(image_path, dict([one for one in database.items() if np.linalg.norm(img_to_encoding(image_path, model) - one[1]) < 0.7][:1]) or database, model),
    "There may be several below the threshold: look at all of them before you answer.",
)
exercise.slip("the last of the database", beforehand(database="dict([*database.items()][-1:])"), "A distance is only kept where it is smaller than the least so far.")
exercise.slip("the last of equals", beforehand(database="dict(reversed(database.items()))"), "Of equal distances the first counts: is `<=` the comparison you want?")
exercise.slip("the names are sorted", beforehand(database="dict(sorted(database.items()))"), "Of equal distances the first in the order of the dict counts, not that of the alphabet.")
exercise.slip("squared distances", edit("np.linalg.norm(known - encoding, axis=1)", "np.linalg.norm(known - encoding, axis=1) ** 2"), "The Euclidean distance is the root of the sum of squares.")
exercise.slip("absolute differences", passing("norm", ord=1), "The Euclidean distance is the root of the sum of squares.")
exercise.slip(
    "the cosine, not the distance", edit("np.linalg.norm(known - encoding, axis=1)", "np.sum(known * encoding, axis=1)"), "The scalar product grows as two encodings come closer; a distance falls."
)
exercise.slip(
    "a threshold of 0.5", afterwards(lambda result: result if result[0] < 0.5 else (result[0], print("Not in the database."))), "Look at the docstring again: up to which distance is somebody known?"
)
exercise.slip("a threshold of 1", edit("if min_dist < 0.7", "if min_dist < 1"), "Look at the docstring again: up to which distance is somebody known?")
exercise.slip("the threshold is reversed", edit("if min_dist < 0.7", "if min_dist >= 0.7"), "Who is not in the database is far from everybody in it.")
exercise.slip(
    "a place, not a name",
    lambda image_path, database, model: (found := who_is_it(image_path, database, model)) and (found[0], found[1] and [*database].index(found[1])),
    "The identity is a name, a key of the dict, not the place where it stands.",
)
exercise.slip("the name comes first", afterwards(lambda result: result[::-1]), "In which order are the two returned?")
exercise.slip(
    "nothing is known of an empty database",
    lambda image_path, database, model: who_is_it(image_path, database, model) if database else (100.0, None),
    "An empty database is a mistake of the caller: say so by an error.",
)

exercise.equivalent("min_dist < 0.7 → min_dist <= 0.7", "0.7 is no binary fraction: no distance is exactly there")
exercise.equivalent("raise ValueError('The database is empty: there is nobody to compare with.') → pass", "np.stack of nothing raises a ValueError")
exercise.equivalent("np.stack([np.ravel(database[name]) for name in names]) → [np.ravel(database[name]) for name in names]", "a list minus an array is an array")
exercise.equivalent("if not database: raise ValueError('The database is empty: there is nobody to compare with.') → pass", "np.stack of nothing raises a ValueError")
