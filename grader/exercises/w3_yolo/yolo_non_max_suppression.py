"""Of boxes that show one thing, the best: overlaps at and above the threshold, equal scores, classes in one place, one box, none."""

import numpy as np
from solutions.w3_yolo import yolo_non_max_suppression

from grader.exercises.w3_yolo.shared import SUPPRESSIONS, found_boxes, whole_corners
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring, replacing

exercise = Exercise(
    yolo_non_max_suppression,
    points=12,
    uses=["iou", "iou_matrix"],
    forbids=SUPPRESSIONS,
    observer=found_boxes,
    hints=[
        "Look at the boxes from the best to the worst. A box is kept unless one that is kept already, of its class, overlaps it by more than the threshold.",
        'np.argsort(-scores, kind="stable") is that order, and leaves equals as they came. Scores, boxes and classes may be lists or tensors: ops.convert_to_numpy makes arrays of all.',
        "For each i in that order: if no j in kept has classes[i] == classes[j] and iou(boxes[i], boxes[j]) > iou_threshold, append it; stop at max_boxes. Return scores[kept] and so on.",
    ],
)


def steps_down(rng, k):
    """k different scores in an order by chance, in numbers that any precision holds."""
    return rng.permutation(256)[:k] / 256


def crowd(rng, k, things=4, n_classes=3):
    """k guesses at a few things: many overlap, some by more than half."""
    base = whole_corners(rng, things, reach=40, most=16) + [0, 0, 6, 6]
    boxes = base[rng.integers(0, things, k)] + rng.integers(-2, 3, (k, 4))
    return steps_down(rng, k), boxes.astype(float), rng.integers(0, n_classes, k)


def spread(rng, n, side=20.0):
    """Boxes that do not overlap: one in each square of a board."""
    cells = rng.permutation(36)[:n]
    start = np.stack([cells % 6, cells // 6], axis=1) * side + rng.integers(0, 8, (n, 2))
    return np.hstack([start, start + rng.integers(3, 12, (n, 2))])


def in_a_row(rng, steps, scores, width=24.0):
    """Boxes of one class side by side, each as many 24ths of a width further as `steps` says, in an order by chance."""
    x, y = rng.integers(0, 50, 2)
    left = x + np.cumsum(steps) * width / 24
    height = int(rng.integers(5, 30))
    boxes = np.stack([left, np.full(len(left), y), left + width, np.full(len(left), y + height)], axis=1)
    order = rng.permutation(len(left))
    return np.array(scores)[order] + rng.random() / 16, boxes[order], np.full(len(left), rng.integers(0, 80))


def twice(scores, boxes, classes, factor=1):
    """The boxes, and each once more: from the same corner, so many times as wide and as high, and half as good."""
    larger = np.hstack([boxes[:, :2], boxes[:, :2] + factor * (boxes[:, 2:] - boxes[:, :2])])
    return np.hstack([scores, scores / 2]), np.vstack([boxes, larger]), np.hstack([classes, classes])


@exercise.cases
def cases(rng):
    yield case("a crowd", *crowd(rng, 30), given="arrays")
    yield case("a crowd of one class", *crowd(rng, 20, n_classes=1), 20, given="arrays")
    yield case("another threshold", *crowd(rng, 24, 3, 2), iou_threshold=0.25, max_boxes=24, given="arrays")
    yield case("tensors", *(given.astype(kind) for given, kind in zip(crowd(rng, 24), (np.float32, np.float32, np.int32))), 8, 0.375)
    yield case("lists", *crowd(rng, 20), max_boxes=7, given="lists")
    scores, boxes, classes = crowd(rng, 18)
    yield case("boxes of whole numbers", scores, boxes.astype(int), classes, 18, given="arrays")
    # A step of a third of the width is an IoU of exactly 0.5, one of 7 / 24 is one of 17 / 31.
    yield case("an overlap exactly as large as the threshold", *in_a_row(rng, [0, 8, 8, 7, 8], [0.75, 0.5, 0.625, 0.25, 0.125]), given="arrays")
    scores, boxes, classes = in_a_row(rng, [0, 7, 7, 7], [0.75, 0.5, 0.625, 0.25])
    yield case("boxes of a few pixels, as shares of a picture", scores, boxes / 32768, classes, given="arrays")
    scores, boxes, classes = twice(steps_down(rng, 4), spread(rng, 4, 40.0), np.zeros(4, int), 2)  # exactly 0.25
    classes[5] = 1
    yield case("exactly a quarter", scores, boxes, classes, iou_threshold=0.25, given="arrays")
    # The second goes because of the first; the third overlaps the second alone.
    yield case("a box that is gone takes none along", *in_a_row(rng, [0, 5, 5, 5, 5], [0.875, 0.75, 0.5, 0.375, 0.25]), given="arrays")
    several = np.repeat(crowd(rng, 4)[1], 3, axis=0), rng.permuted(np.tile([0, 2, 5], (4, 1)), axis=1).ravel()
    yield case("several classes in one place", steps_down(rng, 12), *several, max_boxes=12, given="arrays")
    _, boxes, classes = crowd(rng, 16)
    yield case("equal scores", rng.choice([0.25, 0.5, 0.75], 16), boxes, classes, max_boxes=12, given="arrays")
    yield case("equal scores, nothing overlaps", rng.choice([0.5, 0.75], 12), spread(rng, 12), rng.integers(0, 2, 12), max_boxes=5, given="arrays")
    yield case("few of many", steps_down(rng, 16), spread(rng, 16), rng.integers(0, 4, 16), max_boxes=3, given="arrays")
    yield case("one of many", *crowd(rng, 12), max_boxes=1, given="arrays")
    yield case("one is left, though more are asked for", *in_a_row(rng, [0, 3, 1, 2], [0.75, 0.5, 0.625, 0.25]), given="arrays")
    yield case("fewer boxes than are asked for", steps_down(rng, 5), spread(rng, 5), rng.integers(0, 3, 5), max_boxes=50, given="arrays")
    yield case("more than ten", steps_down(rng, 20), spread(rng, 20), rng.integers(0, 5, 20), given="arrays")
    boxes = crowd(rng, 5)[1]
    points = np.repeat(boxes[:2, :2], 2, axis=0)
    yield case("equal boxes, and some without an area", steps_down(rng, 14), np.vstack([boxes, boxes, np.hstack([points, points])]), np.zeros(14, int), 14, given="arrays")
    yield case("no overlap is allowed", *crowd(rng, 16), 16, 0.0, given="arrays")
    yield case("no overlap is allowed, and edges touch", *in_a_row(rng, [0, 24, 23, 24], [0.75, 0.5, 0.25, 0.125]), 16, 0.0, given="arrays")
    yield case("any overlap is allowed", *twice(*crowd(rng, 8)), 16, 1.0, given="arrays")
    nothing = np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)
    yield case("no box, and some", *nothing, also=[crowd(rng, 6), tuple(one[:1] for one in crowd(rng, 3))], given="arrays")
    yield case("no box in lists, and some", *nothing, also=[crowd(rng, 6)], given="lists")


exercise.slip("boxes of another class go too", edit(" if classes[j] == classes[i]]", "]"), "A person in front of a car hides neither: which boxes does a box compete with?")
exercise.slip("nothing is suppressed", replacing(iou=lambda box1, box2: 0.0), "Sorting and cutting is half of it: a box goes if it overlaps a better one of its class too much.")
exercise.slip("what overlaps is kept", edit("<= iou_threshold", "> iou_threshold"), "Boxes that overlap a better one by more than the threshold are those that go.")
exercise.slip("the threshold is ignored", ignoring(iou_threshold=0.5), "The caller says how much boxes may overlap; 0.5 is only what holds where nobody says.")
exercise.slip("a box on the threshold goes", edit("<= iou_threshold", "< iou_threshold"), "A box goes where its overlap is larger than the threshold: is 0.5 larger than 0.5?")
exercise.slip("a box that is gone takes others along", edit("for j in kept", "for j, s in enumerate(scores) if (s, -j) > (scores[i], -i)"), "Only a box that is kept itself can push another out.")
exercise.slip("each box looks at the last one only", edit("for j in kept", "for j in kept[-1:]"), "A box must be compared with all better boxes that are kept, not with the last of them.")
exercise.slip(
    "a pixel more on each side",
    replacing(
        iou=lambda box1, box2: (lambda both, one, other: both / (one + other - both))(
            np.prod(np.maximum(np.minimum(box1, box2)[2:] - np.maximum(box1, box2)[:2] + 1, 0)), np.prod(box1[2:] - box1[:2] + 1), np.prod(box2[2:] - box2[:2] + 1)
        )
    ),
    "IoU is that of the plane, as in iou: a box from 2 to 5 is 3 wide, whether it counts in pixels or in shares.",
)
exercise.slip("one box of each class", replacing(iou=lambda box1, box2: 2.0), "A picture may show two things of one class: only boxes that overlap compete.")
exercise.slip("boxes in the order given", edit("argsort(-scores", "argsort(0 * scores"), "Which box is kept, of two that overlap? The best comes first, wherever it stands in the list.")
exercise.slip("the worst first", edit("argsort(-scores", "argsort(scores"), "argsort counts upwards: which end is the best at?")
exercise.slip(
    "of equal scores the last one first",
    beforehand(scores="ops.convert_to_numpy(scores)[::-1]", boxes="ops.convert_to_numpy(boxes)[::-1]", classes="ops.convert_to_numpy(classes)[::-1]"),
    "Of equal scores the one that came first is to be first: turning a sorted list over turns equals over, too.",
)
exercise.slip("sorted out, but not sorted", edit("return", "kept.sort()\n    return"), "The right boxes are there; the result has the best of them first.")
exercise.slip(
    "class by class",
    lambda scores, boxes, classes, max_boxes=10, iou_threshold=0.5: [
        one[np.argsort(every[2], kind="stable")][:max_boxes] for every in [yolo_non_max_suppression(scores, boxes, classes, len(scores), iou_threshold)] for one in every
    ],
    "Suppress class by class, but what is left is sorted all together: the best of all classes comes first.",
)
exercise.slip("max_boxes is ignored", ignoring(max_boxes=1000), "How many boxes does the caller want at most?")
exercise.slip(
    "max_boxes of each class",
    lambda scores, boxes, classes, max_boxes=10, iou_threshold=0.5: [
        one[[i for i, kind in enumerate(every[2]) if sum(every[2][:i] == kind) < max_boxes]]
        for every in [yolo_non_max_suppression(scores, boxes, classes, len(scores), iou_threshold)]
        for one in every
    ],
    "max_boxes counts the boxes of all classes together.",
)
exercise.slip("max_boxes are looked at, not kept", edit('kind="stable")', 'kind="stable")[:max_boxes]'), "A box that is suppressed makes room for the next: when is the list cut?")
exercise.slip("always ten at most", ignoring(max_boxes=10), "The caller says how many; ten is only what holds where nobody says.")
exercise.slip("no box, and the shapes are lost", afterwards(lambda x: [np.array([*one]) for one in x]), "Of no boxes the result is (0,), (0, 4), (0,): what does np.array([]) know of four numbers?")
exercise.slip(
    "only the scores are picked out",
    lambda *given, **how: (yolo_non_max_suppression(*given, **how)[0], *given[1:3]),
    "What is done to the scores is done to their boxes and classes, or they do not belong together any more.",
)
exercise.slip("classes that are no whole numbers", afterwards(lambda result: (*result[:2], result[2].astype(float))), "A class is a number to look things up by: keep it whole.")

exercise.equivalent("-1 → -2", "NumPy takes any number below 0 for -1")
exercise.equivalent("classes.astype(int) → classes", "classes are whole numbers; of none, any type will do")
exercise.equivalent("iou(boxes[i], boxes[j]) → iou(boxes[j], boxes[i])", "which box comes first does not matter")
