"""Shares of a picture become pixels: the rows' numbers by its height, the columns' by its width."""

import numpy as np
from keras import ops
from solutions.w3_yolo import scale_boxes

from grader.exercises.w3_yolo.shared import on_tensors
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, ignoring, instead

exercise = Exercise(
    scale_boxes,
    points=3,
    observer=on_tensors,
    hints=[
        "y_min and y_max are shares of the height, x_min and x_max shares of the width.",
        "One product does it: a tensor of four numbers meets the boxes' last axis.",
        "boxes * [height, width, height, width], the list turned into a tensor of the boxes' dtype by ops.convert_to_tensor.",
    ],
)


@exercise.cases
def cases(rng):
    def shares(*leading):
        return rng.uniform(0.05, 0.95, (*leading, 4)).astype(np.float32)

    height, width = (int(number) for number in rng.permutation([240, 320, 416, 608])[:2])
    yield case("a row of boxes", shares(6), (height, width))
    yield case("one box", shares(), (width, height))
    yield case("a row of one box", shares(1), [height, width])
    yield case("a grid of anchors", shares(3, 2, 4), (720, 1280))
    yield case("a square picture", shares(5), (height, height))
    yield case("a picture of one row", shares(5), (1, width))
    yield case("beyond the picture", shares(5) + np.float32([-1, -1, 1, 1]), (width, height))
    yield case("four boxes, a picture on its side", shares(4), (1280, 720))
    yield case("the whole picture, and a point in its corner", np.float32([[0, 0, 1, 1], [1, 1, 1, 1]]), (height, width))
    yield case("no box, and some", shares(0), (height, width), also=[(shares(3), (width, height))])


exercise.slip("scaled with (width, height)", beforehand(image_shape="image_shape[::-1]"), "y counts rows: is it the height or the width that a share of it is multiplied by?")
exercise.slip("height, height, width, width", lambda boxes, image_shape: ops.multiply(boxes, np.repeat(np.float32(image_shape), 2)), "The corners come one after the other: y, x, y, x.")
exercise.slip("not scaled", lambda boxes, image_shape: boxes, "From 0 to 1 is a share of the picture; how many pixels is that?")
exercise.slip("scaled with the height only", beforehand(image_shape="(image_shape[0], image_shape[0])"), "Pictures need not be square: x goes with another number than y.")
exercise.slip("always 720 × 1280", ignoring(image_shape=(720, 1280)), "The argument says how large the picture is.")
exercise.slip("divided", instead(multiply="divide"), "A share of 0.5 of 720 rows: is that 360, or 0.0007?")
exercise.slip("only the first corner", lambda boxes, image_shape: ops.multiply(boxes, np.array([*image_shape, 1, 1], np.float32)), "All four numbers are shares, those of the second corner too.")
exercise.slip("one pixel less", beforehand(image_shape="(image_shape[0] - 1, image_shape[1] - 1)"), "A picture of 720 rows reaches from 0 to 720.")
exercise.slip("cut at the picture's edge", beforehand(boxes="ops.clip(boxes, 0, 1)"), "A box may reach beyond the picture: nobody asks to cut it.")
exercise.slip("whole pixels", afterwards(lambda result: ops.round(result)), "A corner may lie within a pixel: nobody asks to round it.")

tensor = "ops.convert_to_tensor([height, width, height, width], dtype=boxes.dtype)"
exercise.equivalent(f"{tensor} → [height, width, height, width]", "Keras makes the tensor itself")
exercise.equivalent(f"{tensor} → {tensor.replace(', dtype=boxes.dtype', '')}", "the product has the dtype of the boxes")
