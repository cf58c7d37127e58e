"""Windows that are painted overlap where the stride is smaller than they are; what pad says is cut off at the end."""

import numpy as np
from solutions.w3_unet import conv_transpose_forward

from grader.exercises.w3_unet.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring

exercise = Exercise(
    conv_transpose_forward,
    points=20,
    forbids=ROUTINES,
    hints=[
        "Start with an array of zeros of the whole size, before anything is cut off: (n_H_prev − 1) · stride + f rows.",
        "For each place (h, w) of the input: its n_C_prev numbers, times W, are a window (f, f, n_C). Add it at rows h · stride to h · stride + f.",
        'np.einsum("mk,ijck->mijc", A_prev[:, h, w], W) is that window for all pictures. At the end cut: Z[:, top : n_rows − bottom, left : n_columns − right].',
    ],
)


@exercise.cases
def cases(rng):
    m, n_C_prev, n_C = draw.number(rng, 2, 4), draw.number(rng, 3, 5), draw.number(rng, 5, 7)

    def one(title, shape, f, stride, pad, n_C=n_C, draw_W=draw.normal):
        return case(title, draw.normal(rng, *shape), draw_W(rng, f, f, n_C, shape[-1]), stride, pad)

    yield one("2 × 2, stride 2: windows side by side", (m, 3, 4, n_C_prev), 2, 2, 0)
    yield one("3 × 3, stride 2: windows overlap", (m, 4, 3, n_C_prev), 3, 2, 0)
    yield one("3 × 3, stride 2, twice the size", (m, 3, 5, n_C_prev), 3, 2, ((0, 1), (0, 1)))
    yield one("3 × 3, stride 1, same size", (m, 4, 6, n_C_prev), 3, 1, 1)
    yield one("4 × 4, stride 2, pad 1", (m, 3, 4, n_C_prev), 4, 2, 1)
    yield one("another pad on each side", (m, 3, 4, n_C_prev), 5, 2, ((1, 0), (2, 3)))
    yield one("stride 3: gaps between the windows", (m, 3, 2, n_C_prev), 2, 3, 0)
    yield one("as many channels out as in", (m, 3, 4, n_C), 3, 2, 1)
    yield one("one picture, one channel, 1 × 1", (1, 3, 4, 1), 1, 1, 0, n_C=1)
    yield one("one pixel, cut on the left alone", (m, 1, 1, n_C_prev), 3, 2, ((0, 0), (1, 0)))
    yield one("no picture", (0, 3, 4, n_C_prev), 3, 2, 1)
    yield one("no row", (m, 0, 4, n_C_prev), 2, 3, 0)
    yield one("more rows cut off than there are", (m, 1, 4, n_C_prev), 3, 2, ((0, 4), (0, 1)))
    yield one("more columns cut off than there are", (m, 4, 1, n_C_prev), 3, 2, ((0, 1), (0, 4)))
    yield one("fractions under whole weights", (m, 3, 4, n_C_prev), 3, 2, 1, draw_W=draw.whole)


exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("the stride is ignored", ignoring(stride=1), "Windows of neighbours start `stride` rows, or columns, apart.")
exercise.slip("windows overwrite each other", edit("+= painted[", "= painted["), "Where windows overlap, what they paint adds up.")
exercise.slip(
    "a later window overwrites an earlier one",
    edit(
        "Z[:, rows, columns] += painted[:, :, :, row, column]",
        "pass\n    for h in range(n_H_prev):\n        for w in range(n_W_prev):\n            Z[:, h * stride : h * stride + f, w * stride : w * stride + f] = painted[:, h, w]",
    ),
    "Where windows meet, what they paint is added up.",
)
exercise.slip("the filters are turned around", beforehand(W="W[::-1, ::-1]"), "The window is painted as W has it: its first row on top.")
exercise.slip("rows and columns of W are swapped", beforehand(W="W.swapaxes(0, 1)"), "The first axis of W goes down, the second across.")
exercise.slip("the channels of W are swapped", beforehand(W="W.swapaxes(2, 3)"), "Look at the shape of W again: the channels that come in are its last axis.")


def convolution(A_prev, W, stride, pad):
    A = np.pad(A_prev, ((0, 0), *np.broadcast_to(pad, (2, 2)), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(A, W.shape[:2], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("mhwkij,ijck->mhwc", windows, W)


exercise.slip("it is a convolution", convolution, "A convolution reads a window and gives a number; here a number comes in, and a window is painted.")
exercise.slip("pad is not cut off", ignoring(pad=0), "pad is cut off the result, on each side.")
exercise.slip(
    "pad is added",
    lambda A_prev, W, stride, pad: np.pad(conv_transpose_forward(A_prev, W, stride, 0), ((0, 0), *np.broadcast_to(pad, (2, 2)), (0, 0))),
    "Here pad makes the result smaller: it undoes what a convolution has padded.",
)
exercise.slip("a pad of 0 cuts everything off", edit("top : max(full_H - bottom, 0), left : max(full_W - right, 0)", "top:-bottom, left:-right"), "Z[0:-0] is empty: count the end from the front.")
exercise.slip("cut at the wrong ends", beforehand(pad="np.broadcast_to(pad, (2, 2))[:, ::-1]"), "The first number of a pair belongs to the top, or to the left.")
exercise.slip("rows and columns of pad are swapped", beforehand(pad="np.broadcast_to(pad, (2, 2))[::-1]"), "The first pair of pad belongs to the rows, the second to the columns.")
exercise.slip("pad is an int only", beforehand(pad="int(pad)"), 'pad may also be ((top, bottom), (left, right)), or the sizes of a strided "same" could not be said.')

exercise.equivalent("(f, _, n_C, _) → (_, f, n_C, _)", "windows are square")
exercise.equivalent("A_prev.reshape(m * n_H_prev * n_W_prev, n_C_prev) → A_prev", "@ takes the last axis, whatever is before it")
