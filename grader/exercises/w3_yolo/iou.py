"""The overlap of two boxes, which three functions build on: apart, touching, without an area, and as small as a pixel."""

import numpy as np
from solutions.w3_yolo import iou

from grader.exercises.w3_yolo.shared import OVERLAPS, apart, corners, inside, smallest, touching, without_area
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, edits


def iou_of_pairs(function, boxes1, boxes2, given="as they are"):
    """One answer a pair of boxes: an array of them, if they are numbers."""
    import keras
    import numpy as np

    def is_number(answer):
        return isinstance(answer, (int, float)) or len(getattr(answer, "shape", "none")) == 0

    answers = []
    for box1, box2 in zip(boxes1, boxes2):
        if given == "tensors":
            box1, box2 = keras.ops.convert_to_tensor(box1), keras.ops.convert_to_tensor(box2)
        answers.append(function(box1, box2))
    if not all(map(is_number, answers)):
        return answers
    return np.array([one if isinstance(one, (int, float)) else keras.ops.convert_to_numpy(one) for one in answers])


exercise = Exercise(
    iou,
    points=7,
    forbids=OVERLAPS,
    observer=iou_of_pairs,
    hints=[
        "The intersection is a box too: it starts at the larger of the two left edges and ends at the smaller of the two right ones.",
        "Where the boxes lie apart its width or its height comes out negative: cut each of them at 0. The union is both areas, less what was counted twice.",
        "width = max(min(ax2, bx2) - max(ax1, bx1), 0), the height likewise; divide width * height by the union, but only if that is above 0.",
    ],
)


def overlapping(rng, n):
    """Two lists of n boxes each: every box overlaps its partner by a part."""
    first = corners(rng, n, least=4.0)
    step = rng.uniform(0.1, 0.6, (n, 2)) * (first[:, 2:] - first[:, :2]) * rng.choice([-1, 1], (n, 2))
    second = first + np.hstack([step, step])
    second[:, 2:] += rng.uniform(0.1, 2.0, (n, 2))
    return first, second


@exercise.cases
def cases(rng):
    def with_overlap(pairs):
        """Together with two boxes that overlap, in a place that nobody knows: an answer of 0 alone is soon guessed."""
        first, second = overlapping(rng, 2)
        order = rng.permutation(len(pairs[0]) + 2)
        return [[[*one, *two][place] for place in order] for one, two in zip(pairs, (first, second))]

    yield case("boxes that overlap", *map(list, overlapping(rng, 3)))
    outer, inner = inside(rng)
    yield case("one inside the other", [outer[0], inner[1]], [inner[0], outer[1]])
    yield case("boxes apart, and two that overlap", *with_overlap(apart(rng)))
    yield case("boxes that touch, and two that overlap", *with_overlap(touching(rng)))
    same = list(corners(rng, 2))
    yield case("the same box twice, and two that overlap", *with_overlap((same, [one.copy() for one in same])))
    yield case("boxes without an area, and two that overlap", *with_overlap(without_area(rng)))
    yield case("left of 0 and above it", *(list(one - 30) for one in overlapping(rng, 2)))
    start = rng.uniform(0, 0.2, (2, 4))
    yield case("shares of a picture", list(start + [0, 0, 0.5, 0.7]), list(start[::-1] + [0.1, 0.1, 0.8, 0.6]))
    yield case("boxes of a few pixels, as shares of a picture", *smallest(rng))
    yield case("long and thin", [np.array([0, 3, 40, 5.0]), np.array([2, 0, 4, 30.0])], [np.array([20, 2, 70, 4.5]) + rng.random(4), np.array([1, 10, 3.5, 50]) + rng.random(4) / 2])
    x, y = (int(number) for number in rng.integers(2, 9, 2))
    yield case("lists of whole numbers", [[0, 0, 10, y]], [[x - 1, 0, x + 10, y + 3]], given="lists")
    yield case("tuples", [(0.0, float(x), 9.5, x + 4.0)], [(float(rng.uniform(1, 8)), x - 1.0, 12.0, x + 2.5)], given="tuples")
    yield case("tensors", *(list(one.astype(np.float32)) for one in overlapping(rng, 2)), given="tensors")
    yield case("single precision", *(list(one.astype(np.float32)) for one in overlapping(rng, 2)))


exercise.slip(
    "boxes apart overlap",
    lambda a, b: (both := (min(a[2], b[2]) - max(a[0], b[0])) * (min(a[3], b[3]) - max(a[1], b[1]))) / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-9),
    "What do width and height of the intersection become where two boxes lie apart, and what may they not be?",
)
exercise.slip(
    "only the product is cut at 0",
    lambda a, b: (both := max((min(a[2], b[2]) - max(a[0], b[0])) * (min(a[3], b[3]) - max(a[1], b[1])), 0)) / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-9),
    "Two boxes that lie apart cornerwise: what is the product of two negative numbers?",
)
exercise.slip(
    "only the width is cut at 0",
    lambda a, b: (both := max(min(a[2], b[2]) - max(a[0], b[0]), 0) * (min(a[3], b[3]) - max(a[1], b[1]))) / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-9),
    "Boxes can lie apart sideways and up or down: both sides need the cut.",
)
exercise.slip(
    "the sign is dropped",
    lambda a, b: (both := abs((min(a[2], b[2]) - max(a[0], b[0])) * (min(a[3], b[3]) - max(a[1], b[1])))) / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-9),
    "A negative width means that there is no intersection, not that it is as wide the other way.",
)
exercise.slip("a pixel more on each side", beforehand(box1="np.add(box1, (0, 0, 1, 1))", box2="np.add(box2, (0, 0, 1, 1))"), "Areas are those of the plane: how wide is a box from 2 to 5?")
exercise.slip("the union counts the intersection twice", afterwards(lambda result: result / (1 + result)), "What two boxes share is part of both areas: how often is it in their sum?")
exercise.slip("areas that are sums", edit(") * (", ") + (", 2), "How does the area of a rectangle follow from its sides?")
exercise.slip("x1, x2, y1, y2", beforehand(box1="[box1[0], box1[2], box1[1], box1[3]]", box2="[box2[0], box2[2], box2[1], box2[3]]"), "A box is one corner, then the other: what is its second number?")
exercise.slip(
    "corners taken for centre and size",
    beforehand(
        box1="[box1[0] - box1[2] / 2, box1[1] - box1[3] / 2, box1[0] + box1[2] / 2, box1[1] + box1[3] / 2]",
        box2="[box2[0] - box2[2] / 2, box2[1] - box2[3] / 2, box2[0] + box2[2] / 2, box2[1] + box2[3] / 2]",
    ),
    "The four numbers are two corners already: there is nothing to convert.",
)
exercise.slip(
    "minimum and maximum swapped",
    edits(("min(ax2, bx2) - max(ax1, bx1)", "max(ax2, bx2) - min(ax1, bx1)"), ("min(ay2, by2) - max(ay1, by1)", "max(ay2, by2) - min(ay1, by1)")),
    "That is the box around both. Where does the intersection begin: at the smaller left edge, or at the larger?",
)
exercise.slip(
    "divided by the smaller area",
    edit("return", "union = min((ax2 - ax1) * (ay2 - ay1), (bx2 - bx1) * (by2 - by1))\n    return"),
    "A small box inside a large one has an IoU far below 1: divide by what either covers.",
)
exercise.slip("divided by the first area", beforehand(box2="[*np.maximum(box1, box2)[:2], *np.minimum(box1, box2)[2:]]"), "Both boxes belong to the union, and swapping them must change nothing.")
exercise.slip(
    "divided by the box around both",
    edit("return", "union = (max(ax2, bx2) - min(ax1, bx1)) * (max(ay2, by2) - min(ay1, by1))\n    return"),
    "The union is what either box covers, without the corners that neither does.",
)
exercise.slip("Dice's coefficient", afterwards(lambda result: 2 * result / (1 + result)), "Twice the intersection over the sum of the areas is another measure: divide by the union.")
exercise.slip("the intersection alone", lambda a, b: np.prod(np.maximum(np.minimum(a, b)[2:] - np.maximum(a, b)[:2], 0)), "A share from 0 to 1 is wanted, not an area: what is it a share of?")
exercise.slip("no answer without an area", edit(" if union > 0 else 0.0", ""), "Two boxes can be points or lines: what is 0 divided by 0?")
exercise.slip("1 for two boxes without an area", edit("else 0.0", "else 1.0"), "Where neither covers anything, the docstring asks for another number.")
