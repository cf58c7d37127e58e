"""`conv_forward_fast` answers as conv_forward does, by one matrix product; it may not call it."""

import numpy as np
from solutions.w1_conv import conv_forward_fast, conv_single_step, output_size, zero_pad

from grader.exercises.w1_conv.shared import ROUTINES, conv_forward_cases, layer
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.loops import look_for_a_loop
from grader.spec.wrong import afterwards, edit

exercise = Exercise(
    conv_forward_fast,
    points=7,
    uses=["output_size", "zero_pad", "im2col"],
    forbids=ROUTINES,
    forbids_own=["conv_forward"],
    observer=look_for_a_loop,
    hints=[
        "A row of im2col times a filter written as one column is conv_single_step without its bias.",
        "All windows times all filters: (m * n_H * n_W, f * f * n_C_prev) @ (f * f * n_C_prev, n_C).",
        "Then give the result its shape (m, n_H, n_W, n_C) and add b.",
    ],
)


@exercise.cases
def cases(rng):
    yield from conv_forward_cases(rng)
    small, large = (layer(rng, 1, side, side, 1, 2, 1, 1, 0) for side in (7, 31))
    yield case("36 pixels, then 900", *small, larger=large, further=900 - 36, what="pixels", helpers=exercise.uses)


exercise.also("single precision", "whole numbers", "whole numbers under fractions")


def pixel_by_pixel(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    (m, n_H_prev, n_W_prev, _), (f, _, _, n_C) = A_prev.shape, W.shape
    n_H, n_W = output_size(n_H_prev, f, pad, stride), output_size(n_W_prev, f, pad, stride)
    padded, Z = zero_pad(A_prev, pad), np.zeros((m, n_H, n_W, n_C))
    for i, h, w, c in np.ndindex(Z.shape):
        window = padded[i, h * stride : h * stride + f, w * stride : w * stride + f]
        Z[i, h, w, c] = conv_single_step(window, W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)


exercise.slip("the filters are laid out wrong", edit("W.reshape(-1, n_C)", "W.reshape(n_C, -1).T"), "im2col's rows run (f, f, n_C_prev), as W's first three axes do: which reshape keeps that order?")
exercise.slip("the bias is left out", lambda A, W, b, hp: (conv_forward_fast(A, W, 0 * b, hp)[0], (A, W, b, hp)), "The matrix product is the sums alone: the biases are still to be added.")
exercise.slip("rows and columns are swapped", afterwards(lambda r: (r[0].reshape(r[0].swapaxes(1, 2).shape), r[1])), "im2col goes through a row of windows first: the last spatial axis is n_W.")
exercise.slip("padding is left out", lambda A, W, b, hp: (conv_forward_fast(A, W, b, {**hp, "pad": 0})[0], (A, W, b, hp)), "im2col takes the input padded: pad it first.")
exercise.slip("a loop over the pixels", pixel_by_pixel, "All windows times all filters are one product of two matrices: im2col has the windows ready.")

exercise.equivalent("(f, _, _, n_C) → (_, f, _, n_C)", "filters are square")
exercise.equivalent("-1 → -2", "reshape takes any negative number")
