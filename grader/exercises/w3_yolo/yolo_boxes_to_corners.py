"""From centres to corners, rows first: halves, and x and y exchanged."""

import numpy as np
from keras import ops
from solutions.w3_yolo import yolo_boxes_to_corners

from grader.exercises.w3_yolo.shared import centres, on_tensors
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, passing, skipping

exercise = Exercise(
    yolo_boxes_to_corners,
    points=4,
    observer=on_tensors,
    hints=[
        "Half the size to either side of the centre: box_xy - box_wh / 2 and box_xy + box_wh / 2 are the corners, x first.",
        "Rows come first in the result: [..., 0] is x and [..., 1] is y, and [..., 1:2] keeps the axis.",
        "ops.concatenate([mins[..., 1:2], mins[..., 0:1], maxes[..., 1:2], maxes[..., 0:1]], axis=-1).",
    ],
)


@exercise.cases
def cases(rng):
    n = int(rng.integers(3, 7))
    yield case("a grid of anchors", *centres(rng, 3, n, 2))
    yield case("one box", *centres(rng))
    yield case("a row of boxes", *centres(rng, n))
    yield case("a row of one box", *centres(rng, 1))
    yield case("a batch of grids", *centres(rng, 2, 3, 2, n))
    yield case("two boxes", *centres(rng, 2))
    xy, wh = centres(rng, n, 3)
    yield case("beyond the picture", 2 * xy - 0.5, 3 * wh)
    yield case("in pixels", 500 * xy, 300 * wh)
    xy, wh = centres(rng, 4)
    yield case("without an area", xy, wh * np.float32([[0, 0], [1, 0], [0, 1], [1, 1]]))
    yield case("no box, and some", *centres(rng, 0), also=[centres(rng, n)])


exercise.slip("the sizes are not halved", beforehand(box_wh="2 * box_wh"), "From the centre it is how much of the width to either side?")
exercise.slip("width and height swapped", beforehand(box_wh="ops.flip(box_wh, axis=-1)"), "Widths go along x, heights along y.")
exercise.slip("x first", skipping("flip"), "The result is addressed like a picture, rows first: is y or x a row?")
exercise.slip("only the first corner is turned", skipping("flip", only=2), "Both corners are given as y, then x.")
exercise.slip("minimum and maximum swapped", beforehand(box_wh="-box_wh"), "The corner with the smaller numbers comes first.")
exercise.slip("y, y, x, x", afterwards(lambda result: ops.take(result, [0, 2, 1, 3], axis=-1)), "One corner, then the other: y_min, x_min, y_max, x_max.")
exercise.slip("the centre taken for the first corner", beforehand(box_xy="box_xy + box_wh / 2"), "box_xy lies in the middle of the box: both corners are away from it.")
exercise.slip("the last corner is the size", edit("flip(box_xy + half", "flip(box_wh"), "Two corners are wanted: what does the second one follow from?")
exercise.slip("only one half is added", edit("box_xy + half", "box_xy + half / 2"), "Both corners are equally far from the centre.")
exercise.slip("joined along the first axis", passing("concatenate", axis=0), "The four numbers of a box stand on the last axis: which one are the corners joined along?")
exercise.slip("corners on an axis of their own", afterwards(lambda result: ops.reshape(result, (*result.shape[:-1], 2, 2))), "A box is four numbers in a row, not two times two.")
exercise.slip("cut at the picture's edge", afterwards(lambda result: ops.clip(result, 0, 1)), "A box may reach beyond the picture: nobody asks to cut it.")
