"""`create_mask_from_window` marks every largest entry, ties included, by True."""

import numpy as np
from solutions.w1_conv import create_mask_from_window

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, instead, passing

exercise = Exercise(
    create_mask_from_window,
    points=4,
    hints=[
        "Comparing an array with a number gives an array of bools.",
        "The number to compare with is the largest of all entries.",
    ],
)


@exercise.cases
def cases(rng):
    yield case("one maximum", draw.normal(rng, 5, 5))
    window = draw.whole(rng, 4, 4, low=-5, high=5)
    window.flat[rng.choice(16, 3, replace=False)] = 7
    yield case("ties", window)
    yield case("all equal", np.full((2, 2), float(rng.normal())))
    yield case("negative numbers", -1 - np.abs(draw.normal(rng, 3, 3)))
    yield case("one entry", draw.normal(rng, 1, 1))
    yield case("single precision", draw.single(rng, 4, 4))


exercise.slip("only the first maximum", afterwards(lambda mask: np.arange(mask.size).reshape(mask.shape) == np.argmax(mask)), "Where several entries are largest, each of them is marked.")
exercise.slip("numbers instead of bools", afterwards(lambda mask: mask.astype(float)), "A mask is an array of True and False: what does a comparison return?")
exercise.slip("a maximum for each row", passing("max", axis=1, keepdims=True), "The largest value of the whole window, not of each row.")
exercise.slip("the minimum is marked", instead(max="min"), "Max pooling passes on the largest value.")
exercise.slip("the largest absolute value is marked", beforehand(x="np.abs(x)"), "A number far below 0 is small.")
