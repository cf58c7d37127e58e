"""`pool_forward` has two modes and a default; what the last window does not reach is left out."""

import numpy as np
from solutions.w1_conv import pool_forward

from grader.exercises.w1_conv.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring, passing

exercise = Exercise(
    pool_forward,
    points=8,
    uses=["output_size"],
    forbids=ROUTINES,
    hints=[
        "The loops are those of conv_forward, without padding and without filters.",
        "The window of one channel: A_prev[i, top : top + f, left : left + f, c].",
        "np.max or np.mean of it, by mode. Refuse any other mode before you start.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng)
    h, w = draw.sides(rng, 2, 4)
    yield case("max, 2x2, stride 2", draw.normal(rng, 2, 2 * h + 1, 2 * w + 1, 3), {"f": 2, "stride": 2})
    yield case("average, 2x2, stride 2", draw.normal(rng, 2, 2 * h, 2 * w + 1, 3), {"f": 2, "stride": 2}, "average")
    yield case("max, overlapping windows", draw.normal(rng, 2, n_W, n_H, 2), {"f": 3, "stride": 1}, "max")
    yield case("average, overlapping windows", draw.normal(rng, 1, n_W, n_H, 2), {"f": 3, "stride": 2}, "average")
    yield case("max of negative numbers", -1 - np.abs(draw.normal(rng, 2, n_H, n_W, 2)), {"f": 2, "stride": 1})
    yield case("a stride longer than the window", draw.normal(rng, 2, 3 * w - 1, 3 * h + 1, 1), {"f": 2, "stride": 3})
    yield case("windows of one pixel", draw.normal(rng, 2, n_H, n_W, 2), {"f": 1, "stride": 2}, "average")
    yield case("a window as high as the picture", draw.normal(rng, 2, n_H, n_W, 2), {"f": n_H, "stride": 1}, "max")
    quarters = 4 * draw.whole(rng, 1, 2 * h, 2 * w, 2)
    quarters[:, ::2, ::2] += 1
    yield case("average of whole numbers", quarters, {"f": 2, "stride": 2}, "average")
    yield case("an unknown mode", draw.normal(rng, 1, n_H, n_W, 1), {"f": 2, "stride": 2}, "median", raises=ValueError)


exercise.also("single precision", "whole numbers")

exercise.slip("the mode is ignored", ignoring(mode="max"), "Two modes are asked for; look at `mode`.")
exercise.slip("windows ignore the stride", edit("top, left = h * stride, w * stride", "top, left = h, w"), "The window of output row h starts h strides down.")
exercise.slip("windows lie side by side", edit("top, left = h * stride, w * stride", "top, left = h * f, w * f"), "The step from one window to the next is the stride, not the window's side.")
exercise.slip("the sum, not the average", edit("np.mean(window)", "np.sum(window)"), "Average pooling divides by the number of pixels in the window.")
exercise.slip("channels are mixed", edit("left : left + f, c]", "left : left + f, :]"), "Every channel is pooled on its own.")
exercise.slip("the maximum starts at 0", passing("max", initial=0), "The largest of negative numbers is negative, not 0.")
exercise.slip("window and stride are swapped", lambda A, hp, mode="max": (pool_forward(A, {"f": hp["stride"], "stride": hp["f"]}, mode)[0], (A, hp)), '"f" is the window\'s side, "stride" the step.')
exercise.slip("an unknown mode is accepted", beforehand(mode="'max' if mode == 'max' else 'average'"), "A mode that is neither of the two must raise a ValueError.")
