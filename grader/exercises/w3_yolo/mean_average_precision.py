"""The whole measure of COCO: who takes which thing, and one curve for all pictures of a class."""

import numpy as np
from solutions.w3_yolo import mean_average_precision

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring, replacing


def scenes_seen(function, predictions, ground_truth, *threshold, and_none=False, **named):
    answer = function(predictions, ground_truth, *threshold, **named)
    if not and_none:
        return answer
    bare = [(boxes[:0], classes[:0]) for boxes, classes in ground_truth]
    unsaid = [(scores[:0], boxes[:0], classes[:0]) for scores, boxes, classes in predictions]
    return answer, function(predictions, bare), function(unsaid, bare), function(unsaid, ground_truth)


exercise = Exercise(
    mean_average_precision,
    points=8,
    uses=["iou", "iou_matrix", "average_precision"],
    forbids=("COCOeval", "MeanAveragePrecision", "mean_average_precision", "average_precision_score"),
    observer=scenes_seen,
    hints=[
        "For each class: in each picture, let the guesses choose, the best first; then put all pictures' guesses into one list, sort it, and draw the curve.",
        "A guess looks at the things of its picture and class that are free. If the largest IoU is at least the threshold, it is right and that thing is taken.",
        'found = right.cumsum() in the order of all scores (kind="stable"); average_precision(found / things, found / np.arange(1, len(found) + 1)); the mean over classes and thresholds.',
    ],
)


@exercise.cases
def cases(rng):
    def draw(pictures, classes, things=4, guesses=8, size=100.0, bare=()):
        """Pictures with things in them, but for the bare ones, and guesses near these or not. No class has 5 · n things, for
        which k / things and 0.01 · i may be the same number but for a last bit."""
        while True:
            ground_truth = []
            for _ in range(pictures):
                centres, half = rng.uniform(0, size, (things, 2)), rng.uniform(8, 15, (things, 2))
                ground_truth.append((np.concatenate([centres - half, centres + half], axis=1), rng.integers(0, classes, things)))
            there = [kinds for place, (_, kinds) in enumerate(ground_truth) if place not in bare]
            if (np.bincount(np.concatenate(there), minlength=classes) % 5).all():
                break
        predictions = []
        for boxes, kinds in ground_truth:
            of = rng.integers(0, things, guesses)
            near = boxes[of] + rng.choice([1.5, 1.5, 6.0], (guesses, 1)) * rng.normal(0, 1, (guesses, 4))
            near = np.sort(near.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
            said = np.where(rng.random(guesses) < 0.2, rng.integers(0, classes, guesses), kinds[of])
            predictions.append((rng.random(guesses), near, said))
        for place in bare:
            ground_truth[place] = those(ground_truth[place], slice(0))
        return predictions, ground_truth

    def those(parts, which):
        return tuple(part[which] for part in parts)

    def add(where, picture, *parts):
        """Put more into a picture, behind what there is: boxes one by one, all else as a list."""
        where[picture] = tuple(np.concatenate([old, np.asarray(new, old.dtype)]) for old, new in zip(where[picture], parts))

    def as_types(scenes, boxes_of, classes_of=int):
        predictions, ground_truth = scenes
        made = [(scores, boxes.astype(boxes_of), kinds.astype(classes_of)) for scores, boxes, kinds in predictions]
        return made, [(boxes.astype(boxes_of), kinds.astype(classes_of)) for boxes, kinds in ground_truth]

    yield case("three pictures, two classes", *draw(3, 2))
    yield case("another threshold", *draw(3, 2, guesses=12), iou_threshold=float(rng.uniform(0.65, 0.75)))
    yield case("several thresholds", *draw(3, 3, guesses=12), iou_threshold=[0.5, 0.6, 0.7, 0.8, 0.9])
    yield case("one picture, one class", *draw(1, 1, things=6), 0.4)
    thing = 50 * rng.random((1, 4)) + [0, 0, 50, 50]
    yield case("one guess, one thing", [(rng.random(1), thing + 0.5, np.array([3]))], [(thing, np.array([3]))])

    predictions, ground_truth = draw(5, 2, bare=(1, 2))
    predictions[0], predictions[2] = those(predictions[0], slice(0)), those(predictions[2], slice(0))
    yield case("pictures without things, or guesses, or both", predictions, ground_truth)

    predictions, ground_truth = draw(3, 4)
    predictions = [those(guessed, guessed[2] != 0) for guessed in predictions]
    ground_truth = [those(there, there[1] != 1) for there in ground_truth]
    add(ground_truth, 0, [[0, 0, 9, 9]], [0])
    add(predictions, 0, [0.5], [[0, 0, 9, 9]], [1])
    yield case("a class that is never guessed, and one that is not there", predictions, ground_truth)

    predictions, ground_truth = draw(3, 2)
    predictions = [(scores, boxes, 7 * kinds + 3) for scores, boxes, kinds in predictions]
    ground_truth = [(boxes, 7 * kinds + 3) for boxes, kinds in ground_truth]
    yield case("class numbers with gaps", predictions, ground_truth, iou_threshold=np.array([0.45, 0.6]))

    # The first of two equals is right and the second is wrong: of two pictures, of one, and of so many that no sort keeps
    # their order by itself.
    predictions, ground_truth = draw(4, 2, guesses=12)
    predictions = [(np.ceil(3 * scores) / 4, boxes, kinds) for scores, boxes, kinds in predictions]
    right, wrong, row = [0, 0, 9, 9], [500, 0, 509, 9], 20 * np.arange(42)[:, None] + [0, 0, 9, 9]
    add(ground_truth, 1, [right, right, *row[::2]], [2, 3] + 21 * [4])
    add(predictions, 1, [0.5, 0.5, 0.5] + 14 * [0.25, 0.5, 0.375], [right, right, wrong, *row], [2, 3, 3] + 42 * [4])
    add(predictions, 2, [0.5], [wrong], [2])
    yield case("equal scores", predictions, ground_truth)

    # A guess half way between two things, and a weaker one that is near the first of them alone.
    predictions, ground_truth = draw(2, 2)
    first, middle, second = [200, 200, 204, 204], [201, 200, 205, 204], [202, 200, 206, 204]
    add(ground_truth, 1, [first, second], [2, 2])
    add(predictions, 1, [0.5 + rng.random(), 0.4 * rng.random()], [middle, first], [2, 2])
    yield case("equal overlaps", predictions, ground_truth)

    # One thing guessed three times while another is not found; a guess whose nearest thing a better one has taken, with the
    # next thing near enough; and a better guess that fits worse.
    predictions, ground_truth = draw(2, 2)
    first, between, second, away = [0, 0, 10, 10], [1, 0, 11, 10], [3, 0, 13, 10], [90, 0, 99, 9]
    add(ground_truth, 1, [first, away, first, second, first], [2, 2, 3, 3, 4])
    add(predictions, 1, [0.9, 0.8, 0.7, 0.9, 0.8, 0.7, 0.8], [first, first, first, first, between, first, between], [2, 2, 2, 3, 3, 4, 4])
    yield case("things that are taken", predictions, ground_truth)

    predictions, ground_truth = draw(2, 2)
    add(ground_truth, 0, [[0, 0, 10, 20], [0, 0, 10, 20]], [2, 3])
    add(predictions, 0, rng.random(2), [[0, 0, 10, 10], [0, 0, 10, 10 - 1e-5]], [2, 3])
    yield case("an overlap of just the threshold", predictions, ground_truth)

    predictions, ground_truth = as_types(draw(2, 2), int, int)
    predictions[0] = (predictions[0][0][:4], ground_truth[0][0], ground_truth[0][1])
    predictions, ground_truth = as_types((predictions, ground_truth), float, int)
    add(ground_truth, 1, [[0, 0, 10, 10]], [2])
    add(predictions, 1, [0.5], [[0, 0, 10, 10 - 5e-6]], [2])
    yield case("a threshold of 1", predictions, ground_truth, 1.0)

    yield case("a crowd", *draw(3, 2, things=9, guesses=25, size=22.0), iou_threshold=(0.4, 0.55))

    # Three right guesses are among the best, and one is the hundredth in the first picture, the one after it in the second.
    predictions, ground_truth = draw(2, 1, things=6)
    for place, wrong in enumerate([96, 97]):
        boxes, kinds = ground_truth[place]
        scores = np.concatenate([0.5 + rng.random(wrong) / 2, 0.5 + rng.random(3) / 2, [0.4, 0.3, 0.2]])
        shuffled = rng.permutation(len(scores))
        all_boxes = np.concatenate([rng.uniform(500, 600, (wrong, 1)) + [0, 0, 9, 9], boxes + 0.5])
        predictions[place] = those((scores, all_boxes, np.zeros(len(scores), int)), shuffled)
    yield case("more than a hundred guesses", predictions, ground_truth)

    predictions, ground_truth = as_types(draw(3, 2), np.float32, np.int32)
    yield case("single precision", [(scores.astype(np.float32), *rest) for scores, *rest in predictions], ground_truth)
    yield case("boxes in whole numbers, and one threshold in a list", *as_types(draw(3, 2), int), iou_threshold=[0.5])
    yield case("some things, and none at all", *draw(2, 2), and_none=True)


exercise.slip("a thing is found again and again", edit("free[:, nearest] = -1", "pass"), "A thing that is taken is gone: the second guess at it is wrong.")
exercise.slip("only the nearest thing will do", edit("nearest = free[", "nearest = overlap["), "Where the nearest thing is taken, the next one may do: look among those that are free.")
exercise.slip("things of any class", edit("[true_classes == one]", ""), "A cat is no answer to a dog: match within the class.")
exercise.slip("more than the threshold", beforehand(iou_threshold="np.nextafter(iou_threshold, 1)"), "An IoU that equals the threshold is enough.")
exercise.slip(
    "the largest overlaps first",
    edit("np.flatnonzero((overlap >= threshold).any(axis=1))", "sorted(np.flatnonzero((overlap >= threshold).any(axis=1)), key=lambda place: -overlap[place].max())"),
    "The guess with the best score chooses first, not the one that fits best.",
)
exercise.slip("guesses as they come, in a picture", edit('[np.argsort(-scores[mine], kind="stable")][:100]', "[:100]"), "In a picture, too, the best guess chooses first.")
exercise.slip(
    "the curve goes picture by picture",
    beforehand(predictions="[(scores - 9 * place, *rest) for place, (scores, *rest) in enumerate(predictions)]"),
    "One curve for all pictures: sort the guesses of all of them by score.",
)
exercise.slip("the worst guess first", beforehand(predictions="[(-scores, *rest) for scores, *rest in predictions]"), "The best guess comes first: argsort goes upwards.")
exercise.slip(
    "of equal scores the later picture first",
    beforehand(predictions="predictions[::-1]", ground_truth="ground_truth[::-1]"),
    "Of equal scores the earlier picture's comes first: reversing a sorted list turns them round.",
)
exercise.slip(
    "of equal overlaps the first", beforehand(ground_truth="[(boxes[::-1], classes[::-1]) for boxes, classes in ground_truth]"), "Where two things fit equally well, the last of them is taken."
)
exercise.slip("no limit of guesses", edit("[:100]", ""), "In each picture and class, only the best 100 guesses count.")
exercise.slip("always at 0.5", ignoring(iou_threshold=0.5), "The threshold is an argument.")
exercise.slip("the first threshold alone", beforehand(iou_threshold="np.ravel(iou_threshold)[:1]"), "Of several thresholds, the mean over all of them is asked for.")
exercise.slip(
    "classes that are not there",
    edit("in things.items()", "in [*things.items(), *((one, 1) for one in set(guesses) - set(things))]"),
    "A class that nothing in the pictures is of is left out, whatever was guessed.",
)
exercise.slip("classes that are never guessed are left out", edit("areas += [0.0] * len(thresholds)", "pass"), "A class that is there and never guessed is not found: it counts 0.")
exercise.slip(
    "picture by picture",
    lambda predictions, ground_truth, iou_threshold=0.5: float(
        np.mean([mean_average_precision([said], [there], iou_threshold) for said, there in zip(predictions, ground_truth) if len(there[1])] or [0])
    ),
    "First all pictures into one curve for each class, then the mean over the classes.",
)
exercise.slip(
    "all classes in one curve",
    beforehand(predictions="[(scores, boxes, 0 * classes) for scores, boxes, classes in predictions]", ground_truth="[(boxes, 0 * classes) for boxes, classes in ground_truth]"),
    "Each class has a curve of its own; the mean over the classes is asked for.",
)
exercise.slip("recall of the guesses", edit("row / count", "row / len(row)"), "Recall is a share of the things that are there, precision one of the guesses.")
exercise.slip(
    "precision where something is found",
    replacing(average_precision=lambda recall, precision: float((precision * np.diff(recall, prepend=0)).sum())),
    "The area is what `average_precision` gives, and you have written it.",
)
exercise.slip("nothing there gives no number", edit("if areas else 0.0", 'if areas else float("nan")'), "Where there is nothing to find, it is 0.0.")
exercise.slip(
    "things of any picture",
    lambda predictions, ground_truth, iou_threshold=0.5: mean_average_precision([tuple(map(np.concatenate, zip(*predictions)))], [tuple(map(np.concatenate, zip(*ground_truth)))], iou_threshold),
    "A guess is about its own picture: match picture by picture.",
)

exercise.equivalent("-1 → -2 (2)", "both are below any threshold")
exercise.equivalent("-1 → -0 (2)", "both are below any threshold")
