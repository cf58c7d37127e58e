"""The overlap of each box with each: an axis for the one, an axis for the other, and no box on either side."""

import numpy as np
from solutions.w3_yolo import iou, iou_matrix

from grader.exercises.w3_yolo.shared import OVERLAPS, apart, corners, inside, smallest, touching, whole_corners, without_area
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.loops import look_for_a_loop
from grader.spec.wrong import afterwards, beforehand, edit, edits, exchanging, leaving_out

exercise = Exercise(
    iou_matrix,
    points=8,
    uses=["iou"],
    forbids=OVERLAPS,
    dtype="float",
    observer=look_for_a_loop,
    hints=[
        "It is iou's arithmetic, on all pairs at once: NumPy compares (N, 1) with (1, M) and gets (N, M).",
        "Take the columns apart: boxes1[:, 0][:, None] is (N, 1), boxes2[:, 0][None, :] is (1, M); np.maximum of the two is where the intersections begin.",
        "np.maximum(width, 0) cuts all widths at once. Divide where the union is above 0 only: np.divide(a, b, out=zeros, where=b > 0).",
    ],
)


@exercise.cases
def cases(rng):
    n, m = int(rng.integers(3, 6)), int(rng.integers(6, 9))
    yield case("few by many", corners(rng, n, 8), corners(rng, m, 8))
    yield case("many by few", corners(rng, m, 8), corners(rng, n, 8))
    yield case("as many as there are", corners(rng, m, 8), corners(rng, m, 8))
    one, another, several = (corners(rng, count, 4, 4.0) for count in (1, 1, m))
    yield case("one by many, many by one", one, several, also=[(several, one)])
    yield case("one by one, and many", one, another, also=[(several, corners(rng, n, 4, 4.0))])
    boxes = corners(rng, n, 8)
    yield case("each with each of the same", boxes, boxes.copy())
    yield case("inside one another", *map(np.array, inside(rng, 3)))
    first, second = apart(rng)
    yield case("apart, in all directions", np.array([*first, *corners(rng, 1, 8)]), np.array([*second, *corners(rng, 3, 8)]))
    first, second = touching(rng)
    yield case("touching", np.array([*first, *corners(rng, 1, 8)]), np.array([*second, *corners(rng, 2, 8)]))
    first, second = without_area(rng)
    yield case("without an area among them", np.array([*first, *corners(rng, 2, 8)]), np.array([*second, *corners(rng, 1, 8)]))
    nothing = np.zeros((0, 4))
    yield case("no box here, none there, none at all, some", nothing, corners(rng, n), also=[(corners(rng, n), nothing), (nothing, nothing), (corners(rng, n, 6), corners(rng, m, 6))])
    yield case("whole numbers", whole_corners(rng, n), whole_corners(rng, m))
    yield case("left of 0 and above it", corners(rng, n, 8) - 20, corners(rng, m, 8) - 20)
    yield case("boxes of a few pixels, as shares of a picture", *map(np.array, smallest(rng)))
    yield case("single precision", corners(rng, m, 8).astype(np.float32), corners(rng, n, 8).astype(np.float32))
    fewer, more = (corners(rng, count, 8) for count in (4, 200))
    yield case("4 boxes, then 200", fewer, fewer, larger=(more, more), further=200 - 4, what="boxes", helpers=exercise.uses)


exercise.slip("boxes apart overlap", edit("= np.maximum(width, 0)", "= width * height  #"), "What do width and height of the intersection become where two boxes lie apart, and what may they not be?")
exercise.slip("only the product is cut at 0", edit("width, 0) * np.maximum(height", "width * height"), "Two boxes that lie apart cornerwise: what is the product of two negative numbers?")
exercise.slip("a pixel more on each side", beforehand(boxes1="boxes1 + [0, 0, 1, 1]", boxes2="boxes2 + [0, 0, 1, 1]"), "Areas are those of the plane: how wide is a box from 2 to 5?")
exercise.slip("the union counts the intersection twice", afterwards(lambda result: result / (1 + result)), "What two boxes share is part of both areas: how often is it in their sum?")
exercise.slip("areas that are sums", edit(") * (", ") + (", 2), "How does the area of a rectangle follow from its sides?")
exercise.slip("x1, x2, y1, y2", beforehand(boxes1="boxes1[:, [0, 2, 1, 3]]", boxes2="boxes2[:, [0, 2, 1, 3]]"), "A box is one corner, then the other: what stands in column 1?")
exercise.slip(
    "minimum and maximum swapped",
    edits(
        ("np.minimum(right1, right2) - np.maximum(left1, left2)", "np.maximum(right1, right2) - np.minimum(left1, left2)"),
        ("np.minimum(bottom1, bottom2) - np.maximum(top1, top2)", "np.maximum(bottom1, bottom2) - np.minimum(top1, top2)"),
    ),
    "That is the box around both. Where does the intersection begin: at the smaller left edge, or at the larger?",
)
exercise.slip("rows and columns swapped", exchanging("boxes1", "boxes2"), "Which boxes do the rows stand for, the first argument's or the second's?")
exercise.slip(
    "each box with its partner only",
    afterwards(lambda result: result.diagonal()),
    "Each box is compared with each, not the first with the first and the second with the second. What shape has the result?",
)
exercise.slip("NaN without an area", leaving_out("divide", "where"), "Two boxes can be points or lines: what does NumPy make of 0 / 0, and what should it be?")
exercise.slip("Dice's coefficient", afterwards(lambda result: 2 * result / (1 + result)), "Twice the intersection over the sum of the areas is another measure: divide by the union.")
exercise.slip("divided by the first areas", edit("(right2 - left2) * (bottom2 - top2) - intersection", "0 * intersection"), "Both boxes belong to the union, and swapping them must change nothing.")
exercise.slip(
    "the intersection alone",
    lambda boxes1, boxes2: np.maximum(np.minimum(boxes1[:, None, 2:], boxes2[:, 2:]) - np.maximum(boxes1[:, None, :2], boxes2[:, :2]), 0.0).prod(axis=-1),
    "Shares from 0 to 1 are wanted, not areas: what are they shares of?",
)
exercise.slip("the boxes' type cuts the shares off", lambda boxes1, boxes2: iou_matrix(boxes1, boxes2).astype(boxes1.dtype), "Boxes may be whole numbers; what happens to 0.7 in an array of those?")
exercise.slip(
    "a loop over the boxes",
    lambda boxes1, boxes2: np.array([iou(one, other) for one in boxes1 for other in boxes2]).reshape(len(boxes1), len(boxes2)),
    "Two columns of shape (N, 1) and (1, M) meet as (N, M): iou's arithmetic then works on all pairs at once.",
)
exercise.slip("no box, and the shape is lost", afterwards(lambda result: np.array(result.tolist())), "Of no boxes and M, the result has no row, but M columns: what does np.array([]) know of them?")
