"""`pointwise_conv`: one matrix for the channels of every pixel."""

import numpy as np
from solutions.w2_mobilenet import pointwise_conv

from grader.exercises.w2_mobilenet.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand

exercise = Exercise(
    pointwise_conv,
    points=8,
    forbids=ROUTINES,
    hints=[
        "Look at one pixel: n_C numbers go in, n_C_out come out, by the matrix W. The same for every pixel.",
        "NumPy's @ works on the last axis of the left and the first of the right, and keeps all the others.",
        "(m, n_H, n_W, n_C) @ (n_C, n_C_out): one operation.",
    ],
)


@exercise.cases
def cases(rng):
    n_C, n_C_out = draw.number(rng, 3, 5), draw.number(rng, 5, 8)
    yield case("more channels out", draw.normal(rng, 2, 4, 5, n_C), draw.normal(rng, n_C, n_C_out))
    yield case("fewer channels out", draw.normal(rng, 2, 3, 6, n_C_out), draw.normal(rng, n_C_out, n_C))
    yield case("as many out as in", draw.normal(rng, 3, 2, 5, n_C), draw.normal(rng, n_C, n_C))
    yield case("as many pixels as channels", draw.normal(rng, 3, 3, 3, 3), draw.normal(rng, 3, 3))
    yield case("one channel in", draw.normal(rng, 2, 3, 4, 1), draw.normal(rng, 1, n_C))
    yield case("one channel out, one picture", draw.normal(rng, 1, 4, 3, n_C), draw.normal(rng, n_C, 1))
    yield case("one pixel", draw.normal(rng, 1, 1, 1, n_C), draw.normal(rng, n_C, n_C_out))
    yield case("fractions under whole numbers", draw.normal(rng, 2, 3, 4, n_C), draw.whole(rng, n_C, n_C_out))


exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("W is turned", lambda X, W: X @ (W.T if len(W) == len(W.T) else W), "W is (n_C, n_C_out): its rows belong to what comes in.")
exercise.slip("every pixel gets the average", beforehand(X="X.mean(axis=(1, 2), keepdims=True) + 0 * X"), "Each pixel is mixed by itself: its neighbours have no say.")
exercise.slip("only the first channel counts", lambda X, W: X[..., :1] * W[0], "Every output channel is a weighted sum of all input channels.")
exercise.slip("a ReLU is applied", afterwards(lambda Z: np.maximum(Z, 0)), "Return the sums as they are: an activation is a layer of its own.")
exercise.slip("the weights are made positive", beforehand(W="np.abs(W)"), "Take the weights as they are, with their signs.")
