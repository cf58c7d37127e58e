"""`conv_forward` is the layer in four loops; every faster one must give the same."""

import numpy as np
from solutions.w1_conv import conv_forward

from grader.exercises.w1_conv.shared import ROUTINES, conv_forward_cases
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, replacing

exercise = Exercise(
    conv_forward,
    points=12,
    uses=["output_size", "zero_pad", "conv_single_step"],
    forbids=ROUTINES,
    hints=[
        "First the sizes (output_size, twice), then an array of zeros for Z, then the padded input.",
        "Four loops: picture, row, column, filter. The window of row h starts at h * stride in the padded input.",
        "Inside: conv_single_step of the window, filter W[..., c] and bias b[..., c], written to Z[i, h, w, c].",
    ],
)

exercise.cases(conv_forward_cases)
exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("windows ignore the stride", edit("top, left = h * stride, w * stride", "top, left = h, w"), "The window of output row h does not start at input row h when the stride is 2.")
exercise.slip(
    "windows are as long as the stride", edit("top : top + f, left : left + f", "top : top + stride, left : left + stride"), "A window starts h strides down and is f rows high, whatever the stride."
)
exercise.slip("the width is counted from the height", edit("output_size(n_W_prev,", "output_size(n_H_prev,"), "n_W comes from n_W_prev: pictures need not be square.")
exercise.slip("padding is left out", lambda A, W, b, hp: (conv_forward(A, W, b, {**hp, "pad": 0})[0], (A, W, b, hp)), 'hparameters["pad"] is not used.')
exercise.slip("the padded picture is not used", edit("a_slice_prev = A_prev_pad[", "a_slice_prev = A_prev["), "n_H and n_W count the padding: cut the windows out of the padded picture.")
exercise.slip("the bias is left out", replacing(conv_single_step=lambda window, W, b: np.sum(window * W)), "Each filter adds its own bias.")
exercise.slip("the first bias for every filter", edit("b[..., c]", "b[..., 0]"), "Each filter adds its own bias: b[..., c].")
exercise.slip("one filter for all channels", lambda A, W, b, hp: (conv_forward(A, 0 * W + W[..., :1], b, hp)[0], (A, W, b, hp)), "Output channel c is made by filter c.")
exercise.slip("only the first picture is seen", lambda A, W, b, hp: (conv_forward(0 * A + A[:1], W, b, hp)[0], (A, W, b, hp)), "Each picture has its own windows.")
exercise.slip("an activation is applied", afterwards(lambda result: (np.maximum(result[0], 0), result[1])), "Return Z as it is: the ReLU is a layer of its own.")

exercise.equivalent("(f, _, _, n_C) → (_, f, _, n_C)", "filters are square")
exercise.equivalent("conv_single_step(a_slice_prev, W[..., c], b[..., c]) → conv_single_step(W[..., c], a_slice_prev, b[..., c])", "a product of entries commutes")
