"""`zero_pad` adds a border to rows and columns alone, and keeps the dtype."""

import numpy as np
from solutions.w1_conv import zero_pad

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, passing

exercise = Exercise(
    zero_pad,
    points=5,
    dtype="same",
    hints=[
        "np.pad takes one pair (before, after) for each axis of the array.",
        "X has four axes. Two of the four pairs are (0, 0).",
        "The pairs, in the order batch, rows, columns, channels: (0, 0), (pad, pad), (pad, pad), (0, 0).",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng, 3, 6)
    yield case("three channels, not square", draw.normal(rng, 2, n_H, n_W, 3), 2)
    yield case("one picture, one channel", draw.normal(rng, 1, n_W, n_H, 1), 1)
    yield case("a pad of 0", draw.normal(rng, 2, n_H, n_W, 2), 0)
    yield case("a large pad", draw.normal(rng, 1, 2, 3, 2), 4)


exercise.also("single precision", "whole numbers")


def slice_to_minus_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, pad:-pad, pad:-pad] = X
    return X_pad


exercise.slip("every axis is padded", lambda X, pad: np.pad(X, pad), "Give a pair for each axis: batch and channels get no zeros.")
exercise.slip("the batch axis is padded", lambda X, pad: np.pad(X, ((pad, pad), (pad, pad), (0, 0), (0, 0))), "Axis 0 counts the pictures. Which axes are rows and columns?")
exercise.slip("the border repeats the edge", passing("pad", mode="edge"), "The border is zeros, whatever the picture's edge holds.")
exercise.slip("only one side is padded", edit("(pad, pad), (pad, pad)", "(0, pad), (0, pad)"), "There is a border on all four sides: before and after, on each axis.")
exercise.slip("only the side before is padded", edit("(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)"), "There is a border on all four sides: before and after, on each axis.")
exercise.slip("the channels are padded as columns", lambda X, pad: np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad))), "Axis 1 holds the rows and axis 2 the columns: here the channels come last.")
exercise.slip("the border is cut off", lambda X, pad: X[:, pad:-pad, pad:-pad], "A slice takes a border away; np.pad adds one.")
exercise.slip("a slice ends at -pad", slice_to_minus_pad, "With a pad of 0, what does a slice that ends at -0 hold?")
exercise.slip("the dtype is lost", afterwards(lambda X_pad: X_pad.astype(float)), "np.zeros makes float64 unless told otherwise: keep X's dtype.")
