"""`conv_single_step` is one number: the products' sum, and the bias once."""

import numpy as np
from solutions.w1_conv import conv_single_step

from grader.exercises.w1_conv.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, instead

exercise = Exercise(
    conv_single_step,
    points=5,
    forbids=ROUTINES,
    hints=[
        "Lay the filter on the window: multiply what lies on top of each other, add it all up.",
        "`*` multiplies arrays entry by entry, np.sum adds every entry.",
        "The bias is the one number b[0, 0, 0].",
    ],
)


@exercise.cases
def cases(rng):
    yield case("3x3, three channels", draw.normal(rng, 3, 3, 3), draw.normal(rng, 3, 3, 3), draw.normal(rng, 1, 1, 1))
    yield case("2x2, one channel", draw.normal(rng, 2, 2, 1), draw.normal(rng, 2, 2, 1), draw.normal(rng, 1, 1, 1))
    yield case("1x1, many channels", draw.normal(rng, 1, 1, 6), draw.normal(rng, 1, 1, 6), draw.normal(rng, 1, 1, 1))
    # All positive: where a sum cancels out, single precision has no digits left to compare.
    yield case("single precision", *(np.abs(draw.single(rng, *shape)) for shape in ((4, 4, 2), (4, 4, 2), (1, 1, 1))))
    yield case("whole numbers", draw.whole(rng, 3, 3, 2), draw.whole(rng, 3, 3, 2), draw.whole(rng, 1, 1, 1, low=1))


exercise.also("whole numbers under fractions")

exercise.slip("the bias is left out", beforehand(b="0 * b"), "The sum over the window is not all: a filter has a bias.")
exercise.slip("the bias is added many times", beforehand(b="b * W.size"), "Add the bias once, after the sum.")
exercise.slip("an array comes back", afterwards(lambda Z: np.full((1, 1, 1), Z)), "b is an array (1, 1, 1); the result is one number. Index into b.")
exercise.slip("a matrix product", edit("np.sum(a_slice_prev * W)", 'np.einsum("ikc,kjc->", a_slice_prev, W)'), "Multiply entry by entry: what lies on top of each other, no rows by columns.")
exercise.slip("the mean of the products", instead(sum="mean"), "What the window and the filter make of each other is added up, not averaged.")

exercise.equivalent("(0, 0, 0) → (-1, 0, 0)", "the axis has one entry")
exercise.equivalent("(0, 0, 0) → (0, -1, 0)", "the axis has one entry")
exercise.equivalent("(0, 0, 0) → (0, 0, -1)", "the axis has one entry")
