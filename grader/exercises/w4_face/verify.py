"""One picture against one encoding; 0.7 is no binary fraction, so no distance is exactly there."""

import keras
import numpy as np
from PIL import Image
from solutions.w4_face import verify

from grader.exercises.w4_face.shared import look_at_door, people, somebody
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, replacing

exercise = Exercise(
    verify,
    points=7,
    uses=["img_to_encoding"],
    observer=look_at_door,
    hints=[
        "Three steps: the encoding of the picture, its distance to database[identity], the comparison with 0.7.",
        "np.linalg.norm(encoding - database[identity]) is the distance, for vectors of both shapes.",
        "door_open = dist < 0.7; print a welcome, or not; return dist, door_open. Before all that: a KeyError or ValueError where identity is not in database.",
    ],
)


@exercise.cases
def cases(rng):
    def one(title, claimed, others, **more):
        picture, encoding = somebody(rng)
        place = int(rng.integers(len(others) + 1))
        distances = [*others[:place], claimed, *others[place:]]
        database, names = people(rng, encoding, *distances, **more)
        return case(title, picture=picture, identity=names[place], database=database)

    near, far = (lambda: float(rng.uniform(0.3, 0.66))), (lambda: float(rng.uniform(0.9, 1.3)))
    yield one("the right person, nearest of all", near(), [far(), far()])
    yield one("somebody else, near to another", far(), [near(), far()])
    yield one("the right person, though another is nearer", near() + 0.02, [0.2, 0.25])
    yield one("just inside", float(rng.uniform(0.695, 0.698)), [far()])
    yield one("just outside", float(rng.uniform(0.702, 0.705)), [near()])
    yield one("hardly any distance", float(rng.uniform(0.09, 0.11)), [far()])
    yield one("one person", near(), [])
    yield one("vectors without the batch's axis", near(), [far(), near()], flat=[True])
    yield one("vectors without the batch's axis, the wrong person", far(), [far(), near()], flat=[True])
    yield one("single precision", near(), [far(), near()], dtype=np.float32)
    yield one("the opposite", float(rng.uniform(1.6, 1.9)), [near(), far()])
    picture, encoding = somebody(rng)
    database, names = people(rng, encoding, near(), far(), near())
    yield case("nobody of that name", picture=picture, identity="Zed", database=database, refuses=True)
    yield case("nobody at all", picture=picture, identity=names[0], database={}, refuses=True)


exercise.slip("the distance is squared", afterwards(lambda result: (result[0] ** 2, result[0] ** 2 < 0.7)), "The Euclidean distance is the root of the sum of squares.")
exercise.slip(
    "absolute differences",
    edit("np.linalg.norm(encoding - database[identity])", "np.sum(np.abs(encoding - database[identity]))"),
    "The Euclidean distance is the root of the sum of squares.",
)
exercise.slip(
    "the cosine, not the distance", afterwards(lambda result: (1 - result[0] ** 2 / 2, 1 - result[0] ** 2 / 2 < 0.7)), "The scalar product grows as two encodings come closer; a distance falls."
)
exercise.slip("one minus the cosine", afterwards(lambda result: (result[0] ** 2 / 2, result[0] ** 2 / 2 < 0.7)), "Of two vectors of length 1 that is half the square of their distance.")
exercise.slip(
    "the mean of the squares",
    lambda image_path, identity, database, model: (dist := verify(image_path, identity, database, model)[0] / np.size(database[identity]) ** 0.5, dist < 0.7),
    "A sum of squares, not their mean: the distance must not fall as d grows.",
)
exercise.slip("a threshold of 0.5", afterwards(lambda result: (result[0], result[0] < 0.5)), "Look at the docstring again: from which distance on does the door stay shut?")
exercise.slip("a threshold of 1", afterwards(lambda result: (result[0], result[0] < 1)), "Look at the docstring again: from which distance on does the door stay shut?")
exercise.slip("the threshold is reversed", afterwards(lambda result: (result[0], result[0] > 0.7)), "A small distance means the same person.")
exercise.slip(
    "the nearest person, whoever is claimed",
    lambda image_path, identity, database, model: min(verify(image_path, name, database, model) for name in [identity, *database]),
    "A stranger who looks like somebody else must not come in as the person claimed: one picture, one encoding.",
)
exercise.slip(
    "not normalised",
    replacing(img_to_encoding=lambda image_path, model: keras.ops.convert_to_numpy(model(np.asarray(Image.open(image_path), dtype=np.float32)[None] / 255))),
    "img_to_encoding gives the encoding, of length 1: the model alone does not.",
)
exercise.slip("the door comes first", afterwards(lambda result: result[::-1]), "In which order are the two returned?")
exercise.slip("the door alone", afterwards(lambda result: result[1]), "Two values are returned: the distance, and whether the door opens.")
exercise.slip("nothing is returned", afterwards(lambda result: None), "Printing is not returning.")
exercise.slip(
    "an unknown name is let through",
    lambda image_path, identity, database, model: verify(image_path, identity, database, model) if identity in database else (None, False),
    "A name that the database does not have is a mistake of the caller: say so by an error.",
)

exercise.equivalent("dist < 0.7 → dist <= 0.7", "0.7 is no binary fraction: no distance is exactly there")
exercise.equivalent("raise ValueError(f'{identity!r} is not in the database, which has {len(database)} persons.') → pass", "the dict raises a KeyError")
exercise.equivalent("if identity not in database: raise ValueError(f'{identity!r} is not in the database, which has {len(… → pass", "the dict raises a KeyError")
exercise.equivalent(
    "if door_open: print(f'It is {identity}: welcome in!') else: print(f'It is not {identity}: please go … → if not door_open: print(f'It is {identity}: welcome in!') else: print(f'It is not {identity}: please…",
    "in which words is not asked",
)
