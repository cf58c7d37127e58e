"""`conv_backward` has three gradients, summed over everything that an entry took part in."""

from solutions.w1_conv import conv_backward, conv_forward

from grader.exercises.w1_conv.shared import ROUTINES, layer
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit

exercise = Exercise(
    conv_backward,
    points=12,
    uses=["zero_pad"],
    forbids=ROUTINES,
    hints=[
        "One output number is Z[i, h, w, c] = sum(window * W[..., c]) + b[c]. What is its derivative by the window, by W[..., c], by b[c]?",
        "The loops of conv_forward again; in each round three lines, each with +=, each times dZ[i, h, w, c].",
        "Collect the input's gradient in an array of the padded shape; cut the padding off at the end, so that it works for a pad of 0.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng, 4, 7)
    h, w = draw.sides(rng, 2, 4)

    def backward(title, *sizes, dtype=float):
        A_prev, W, b, hparameters = layer(rng, *sizes)
        Z, cache = conv_forward((4 * A_prev).astype(dtype), W, b, hparameters)
        return case(title, draw.normal(rng, *Z.shape), cache)

    yield backward("3x3, stride 1, no padding", 2, n_H, n_W, 2, 3, 3, 1, 0)
    yield backward("stride 1, pad 1", 2, n_W, n_H, 3, 3, 2, 1, 1)
    yield backward("stride 2, pad 1", 2, 2 * h, 2 * w, 2, 3, 2, 2, 1)
    yield backward("an even filter, pad 2", 3, n_W, n_H, 2, 2, 2, 1, 2)
    yield backward("a stride that skips pixels", 1, 3 * h + 1, 3 * w - 1, 2, 2, 2, 3, 0)
    yield backward("one picture, one channel, one filter", 1, n_H, n_W, 1, 3, 1, 1, 1)
    yield backward("1x1 filters", 2, n_H, n_W, 3, 1, 2, 2, 0)
    yield backward("a picture of whole numbers", 2, n_H, n_W, 2, 2, 2, 1, 0, dtype=int)


exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("a pad of 0 empties the gradient", edit("pad : pad + n_H_prev, pad : pad + n_W_prev", "pad:-pad, pad:-pad"), "x[0:-0] is empty: how else can you cut `pad` rows from each end?")
exercise.slip(
    "a pad of 0 leaves nothing to fill the gradient with",
    edit("    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]", "    dA_prev = np.zeros(A_prev.shape)\n    dA_prev[:] = dA_prev_pad[:, pad:-pad, pad:-pad, :]"),
    "x[0:-0] is empty: how else can you cut `pad` rows from each end?",
)
exercise.slip("gradients overwrite each other", edit("columns, :] += W", "columns, :] = W"), "A pixel lies under several windows: its gradients add up.")
exercise.slip("divided by the batch", afterwards(lambda result: (result[0], result[1] / len(result[0]), result[2] / len(result[0]))), "The gradients are of the sum over the batch: no division by m.")
exercise.slip("windows ignore the stride", edit("h * stride, h * stride + f", "h, h + f"), "Forward, the window of output row h started h strides down; so does its gradient.")
exercise.slip(
    "windows ignore the stride on both axes",
    lambda dZ, cache: conv_backward(dZ, (*cache[:3], {**cache[3], "stride": 1})),
    "Forward, the window of output row h started h strides down; so does its gradient.",
)
exercise.slip("the padding is still there", edit("[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]", ""), "dA_prev has A_prev's shape: the gradients of the padding are cut off.")
exercise.slip(
    "pixels that no window reaches are missing",
    edit("np.zeros(A_prev_pad.shape)", "np.zeros((m, (n_H - 1) * stride + f, (n_W - 1) * stride + f, A_prev.shape[3]))"),
    "A stride can leave rows and columns over that no window reaches: their gradient is 0, and dA_prev has A_prev's shape.",
)
exercise.slip("the bias gradient is an average", lambda dZ, cache: (*conv_backward(dZ, cache)[:2], dZ.mean((0, 1, 2), keepdims=True)), "b is added at every position: its gradient is the sum of dZ.")

exercise.equivalent("W.shape[0] → W.shape[1]", "filters are square")
