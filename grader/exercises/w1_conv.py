"""What is asked of each function of assignment `w1_conv`."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from solutions import w1_conv as solution
from solutions.w1_conv import (
    create_mask_from_window,
    cross_correlate2d,
    distribute_value,
    im2col,
    output_size,
    zero_pad,
)

# Routines that do a whole convolution or pooling; everything else of every library is welcome.
ROUTINES = (
    *("convolve", "convolve1d", "convolve2d", "fftconvolve", "oaconvolve", "choose_conv_method"),
    *("correlate", "correlate1d", "correlate2d", "filter2D", "sepFilter2D", "block_reduce"),
    *("conv", "conv1d", "conv2d", "conv3d", "convolution", "conv_general_dilated", "conv_with_general_padding"),
    *("Conv1D", "Conv2D", "Conv3D", "Conv1d", "Conv2d", "Conv3d", "conv_transpose", "conv2d_transpose"),
    *("Conv2DTranspose", "ConvTranspose2d", "depthwise_conv", "separable_conv", "depthwise_conv2d", "unfold", "Unfold"),
    *("conv2d_backprop_input", "conv2d_backprop_filter", "conv2d_input", "conv2d_weight"),
    *("max_pool", "avg_pool", "max_pool2d", "avg_pool2d", "average_pool", "pool", "MaxPooling2D", "AveragePooling2D"),
    *("MaxPool2D", "AvgPool2D", "MaxPool2d", "AvgPool2d", "reduce_window", "maximum_filter", "uniform_filter"),
    *("sobel", "sobel_h", "sobel_v", "scharr", "scharr_h", "scharr_v", "prewitt", "prewitt_h", "prewitt_v", "Sobel"),
)


def normal(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


def whole(rng, *shape, low=-9, high=10):
    return rng.integers(low, high, shape)


def side(rng, low=5, high=8):
    """Two different lengths: a function that swaps rows and columns must not get away with it."""
    n_H = int(rng.integers(low, high))
    return n_H, n_H + int(rng.integers(1, 3))


# --- output_size ---------------------------------------------------------------------------------------------------


def output_size_cases(rng):
    n, f, pad = int(rng.integers(20, 40)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    yield case("stride 1, no padding", n, f, 0, 1)
    yield case("padding", n, f, pad, 1)
    yield case("a stride that divides", 2 * n + 1, 3, 1, 2)
    yield case("a stride that does not divide", 3 * n + f + 1, f, 0, 3)
    yield case("padding and stride, rounded down", 4 * n + f + 2 - 2 * pad, f, pad, 4)
    yield case("a filter as long as the padded side", n, n + 2 * pad, pad, 2)
    yield case("a filter that does not fit", n, n + 2 * pad + 1, pad, 1, raises=ValueError)
    yield case("a stride of 0", n, f, pad, 0, raises=ValueError)
    yield case("a negative pad", n, f, -1, 1, raises=ValueError)
    yield case("a filter of length 0", n, 0, pad, 1, raises=ValueError)
    yield case("a side of length 0", 0, 1, pad, 1, raises=ValueError)


def rounds_up(n, f, pad, stride):
    if min(n, f, stride) < 1 or pad < 0 or f > n + 2 * pad:
        raise ValueError("impossible size")
    return math.ceil((n + 2 * pad - f) / stride) + 1


def true_division(n, f, pad, stride):
    if min(n, f, stride) < 1 or pad < 0 or f > n + 2 * pad:
        raise ValueError("impossible size")
    return (n + 2 * pad - f) / stride + 1


def refuses_nothing(n, f, pad, stride):
    return (n + 2 * pad - f) // stride + 1


def counted_positions(n, f, pad, stride):
    if min(n, f, stride) < 1 or pad < 0 or f > n + 2 * pad:
        raise ValueError("impossible size")
    return len(range(0, n + 2 * pad - f + 1, stride))


def floored_quotient(n, f, pad, stride):
    if n < 1 or f < 1 or stride < 1 or pad < 0 or n + 2 * pad < f:
        raise ValueError("impossible size")
    return int(np.floor((n + 2 * pad - f) / stride)) + 1


OUTPUT_SIZE = Exercise(
    solution.output_size,
    points=3,
    cases=output_size_cases,
    slips=[
        Slip("the quotient is rounded up", rounds_up, "A window that hangs over the edge does not count: round down."),
        Slip("a fraction comes back", true_division, "A number of positions is whole: which division rounds down?"),
        Slip("padding counted once", Edit("return (n + 2 * pad", "return (n + pad"), "Zeros are added at both ends."),
        Slip("one position is missing", Edit("// stride + 1", "// stride"), "Count the position you start from as well."),
        Slip("impossible sizes get an answer", refuses_nothing, "The docstring lists sizes that must raise a ValueError."),
        Slip("the error is returned", Edit("raise ValueError", "return ValueError", times=3), "An error is raised, not returned: which word starts that line?"),
        Slip("another kind of error is raised", Edit("raise ValueError", "raise Exception", times=3), "The docstring names the kind of error: whoever calls this waits for that one."),
    ],
    variants=[Variant("counted positions", counted_positions), Variant("np.floor", floored_quotient)],
    hints=[
        "Where can the filter's left edge stand? It starts at 0. What is the last place where its right edge still fits?",
        "The left edge moves from 0 to n + 2 * pad - f. In steps of `stride`, how many places is that?",
        "Whole-number division is `//`. Refuse the impossible sizes first, each with `raise ValueError(...)`.",
    ],
    dtype="whole",
)

# --- zero_pad ------------------------------------------------------------------------------------------------------


def zero_pad_cases(rng):
    n_H, n_W = side(rng, 3, 6)
    yield case("three channels, not square", normal(rng, 2, n_H, n_W, 3), 2)
    yield case("one picture, one channel", normal(rng, 1, n_W, n_H, 1), 1)
    yield case("a pad of 0", normal(rng, 2, n_H, n_W, 2) + 3, 0)
    yield case("a large pad", normal(rng, 1, 2, 3, 2), 4)
    yield case("single precision", normal(rng, 2, n_H, n_W, 2, dtype=np.float32), 1)
    yield case("whole numbers", whole(rng, 2, n_H, n_W, 2, low=1), 1)


def pads_every_axis(X, pad):
    return np.pad(X, pad)


def pads_first_axes(X, pad):
    return np.pad(X, ((pad, pad), (pad, pad), (0, 0), (0, 0)))


def repeats_the_edge(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="edge")


def pads_one_side(X, pad):
    return np.pad(X, ((0, 0), (0, pad), (0, pad), (0, 0)))


def loses_the_dtype(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    X_pad[:, pad : pad + n_H, pad : pad + n_W] = X
    return X_pad


def slices_to_minus_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, pad:-pad, pad:-pad] = X
    return X_pad


def copied_into_zeros(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, pad : pad + n_H, pad : pad + n_W] = X
    return X_pad


def glued_strips(X, pad):
    m, n_H, n_W, n_C = X.shape
    strip = np.zeros((m, pad, n_W, n_C), X.dtype)
    X = np.concatenate([strip, X, strip], axis=1)
    strip = np.zeros((m, n_H + 2 * pad, pad, n_C), X.dtype)
    return np.concatenate([strip, X, strip], axis=2)


def tensorflow_pad(X, pad):
    import tensorflow as tf

    return tf.pad(X, [[0, 0], [pad, pad], [pad, pad], [0, 0]])


ZERO_PAD = Exercise(
    solution.zero_pad,
    points=5,
    cases=zero_pad_cases,
    slips=[
        Slip("every axis is padded", pads_every_axis, "Give a pair for each axis: batch and channels get no zeros."),
        Slip("the batch axis is padded", pads_first_axes, "Axis 0 counts the pictures. Which axes are rows and columns?"),
        Slip("the border repeats the edge", repeats_the_edge, "The border is zeros, whatever the picture's edge holds."),
        Slip("only one side is padded", pads_one_side, "There is a border on all four sides: before and after, on each axis."),
        Slip("a slice ends at -pad", slices_to_minus_pad, "With a pad of 0, what does a slice that ends at -0 hold?"),
        Slip("the dtype is lost", loses_the_dtype, "np.zeros makes float64 unless told otherwise: keep X's dtype."),
    ],
    variants=[
        Variant("copied into zeros", copied_into_zeros),
        Variant("glued strips", glued_strips),
        Variant("tf.pad", tensorflow_pad),
    ],
    hints=[
        "np.pad takes one pair (before, after) for each axis of the array.",
        "X has four axes. Two of the four pairs are (0, 0).",
        "The pairs, in the order batch, rows, columns, channels: (0, 0), (pad, pad), (pad, pad), (0, 0).",
    ],
    dtype="same",
)

# --- conv_single_step ----------------------------------------------------------------------------------------------


def conv_single_step_cases(rng):
    yield case("3x3, three channels", normal(rng, 3, 3, 3), normal(rng, 3, 3, 3), normal(rng, 1, 1, 1))
    yield case("2x2, one channel", normal(rng, 2, 2, 1), normal(rng, 2, 2, 1), normal(rng, 1, 1, 1))
    yield case("1x1, many channels", normal(rng, 1, 1, 6), normal(rng, 1, 1, 6), normal(rng, 1, 1, 1))
    # All positive: where a sum cancels out, single precision has no digits left to compare.
    single = [np.abs(normal(rng, *shape, dtype=np.float32)) for shape in ((4, 4, 2), (4, 4, 2), (1, 1, 1))]
    yield case("single precision", *single)
    yield case("whole numbers", whole(rng, 3, 3, 2), whole(rng, 3, 3, 2), whole(rng, 1, 1, 1, low=1))


def forgets_bias(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W)


def bias_in_every_product(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W + b)


def returns_an_array(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + b


def matrix_product(a_slice_prev, W, b):
    return np.sum(np.matmul(a_slice_prev.transpose(2, 0, 1), W.transpose(2, 0, 1))) + b[0, 0, 0]


def dot_product(a_slice_prev, W, b):
    return np.dot(a_slice_prev.ravel(), W.ravel()) + b.item()


def number_by_number(a_slice_prev, W, b):
    total = float(b[0, 0, 0])
    for index in np.ndindex(W.shape):
        total += float(a_slice_prev[index]) * float(W[index])
    return total


CONV_SINGLE_STEP = Exercise(
    solution.conv_single_step,
    points=5,
    cases=conv_single_step_cases,
    slips=[
        Slip("the bias is left out", forgets_bias, "The sum over the window is not all: a filter has a bias."),
        Slip("the bias is added many times", bias_in_every_product, "Add the bias once, after the sum."),
        Slip("an array comes back", returns_an_array, "b is an array (1, 1, 1); the result is one number. Index into b."),
        Slip("a matrix product", matrix_product, "Multiply entry by entry: what lies on top of each other, no rows by columns."),
    ],
    variants=[Variant("dot product", dot_product), Variant("number by number", number_by_number)],
    hints=[
        "Lay the filter on the window: multiply what lies on top of each other, add it all up.",
        "`*` multiplies arrays entry by entry, np.sum adds every entry.",
        "The bias is the one number b[0, 0, 0].",
    ],
    forbids=ROUTINES,
)

# --- conv_forward and conv_forward_fast -----------------------------------------------------------------------------


def layer(rng, m, n_H, n_W, n_C_prev, f, n_C, stride, pad, dtype=np.float64):
    A_prev, W, b = (normal(rng, *shape, dtype=dtype) for shape in ((m, n_H, n_W, n_C_prev), (f, f, n_C_prev, n_C), (1, 1, 1, n_C)))
    return A_prev, W, b, {"stride": stride, "pad": pad}


def conv_forward_cases(rng):
    n_H, n_W = side(rng)
    yield case("3x3, stride 1, no padding", *layer(rng, 2, n_H, n_W, 3, 3, 4, 1, 0))
    yield case("stride 2, pad 1", *layer(rng, 2, n_W, n_H, 2, 3, 3, 2, 1))
    yield case("an even filter", *layer(rng, 2, n_H, n_W, 2, 2, 3, 1, 1))
    yield case("a stride longer than the filter", *layer(rng, 2, n_H + 3, n_W + 2, 2, 2, 2, 3, 0))
    yield case("one picture, one channel, one filter", *layer(rng, 1, n_W, n_H, 1, 3, 1, 1, 2))
    yield case("1x1 filters", *layer(rng, 2, n_H, n_W, 4, 1, 2, 2, 0))
    yield case("single precision", *layer(rng, 2, n_H, n_W, 2, 3, 2, 1, 1, dtype=np.float32))
    weights = whole(rng, 3, 3, 2, 2), whole(rng, 1, 1, 1, 2)
    yield case("whole numbers", whole(rng, 2, n_H, n_W, 2), *weights, {"stride": 2, "pad": 1})


def conv_by_offsets(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, pad)
    n_H = output_size(A_prev.shape[1], f, pad, stride)
    n_W = output_size(A_prev.shape[2], f, pad, stride)
    Z = np.zeros((len(X), n_H, n_W, W.shape[3])) + b
    for i in range(f):
        for j in range(f):
            Z += X[:, i : i + stride * n_H : stride, j : j + stride * n_W : stride][:, :n_H, :n_W] @ W[i, j]
    return Z, (A_prev, W, b, hparameters)


def conv_by_einsum(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    windows = sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("mhwcij,ijck->mhwk", windows, W) + b, (A_prev, W, b, hparameters)


def conv_by_tensordot(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H = (X.shape[1] - f) // stride + 1
    n_W = (X.shape[2] - f) // stride + 1
    Z = np.empty((len(X), n_H, n_W, W.shape[-1]))
    for h in range(n_H):
        for w in range(n_W):
            window = X[:, h * stride : h * stride + f, w * stride : w * stride + f]
            Z[:, h, w] = np.tensordot(window, W, axes=3) + b[0, 0]
    return Z, [A_prev, W, b, hparameters]


READS_PAD = 'stride, pad = hparameters["stride"], hparameters["pad"]'
CONV_FORWARD = Exercise(
    solution.conv_forward,
    points=12,
    cases=conv_forward_cases,
    slips=[
        Slip(
            "windows ignore the stride",
            Edit("top, left = h * stride, w * stride", "top, left = h, w"),
            "The window of output row h does not start at input row h when the stride is 2.",
        ),
        Slip("padding is left out", Edit(READS_PAD, 'stride, pad = hparameters["stride"], 0'), 'hparameters["pad"] is not used.'),
        Slip("the bias is left out", Edit("b[..., c])", "np.zeros((1, 1, 1)))"), "Each filter adds its own bias."),
        Slip("one filter for all channels", Edit("W[..., c]", "W[..., 0]"), "Output channel c is made by filter c."),
        Slip("only the first picture is seen", Edit("A_prev_pad[i, top", "A_prev_pad[0, top"), "Each picture has its own windows."),
        Slip("an activation is applied", Edit("return Z, ", "return np.maximum(Z, 0), "), "Return Z as it is: the ReLU is a layer of its own."),
    ],
    variants=[
        Variant("filter offsets", conv_by_offsets),
        Variant("einsum", conv_by_einsum),
        Variant("tensordot", conv_by_tensordot),
    ],
    hints=[
        "First the sizes (output_size, twice), then an array of zeros for Z, then the padded input.",
        "Four loops: picture, row, column, filter. The window of row h starts at h * stride in the padded input.",
        "Inside: conv_single_step of the window, filter W[..., c] and bias b[..., c], written to Z[i, h, w, c].",
    ],
    uses=("output_size", "zero_pad", "conv_single_step"),
    forbids=ROUTINES,
)


def wrong_order_of_weights(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    n_H = output_size(A_prev.shape[1], f, pad, stride)
    n_W = output_size(A_prev.shape[2], f, pad, stride)
    Z = im2col(zero_pad(A_prev, pad), f, stride) @ W.reshape(W.shape[3], -1).T
    return Z.reshape(len(A_prev), n_H, n_W, -1) + b, (A_prev, W, b, hparameters)


def fast_without_bias(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    n_H = output_size(A_prev.shape[1], f, pad, stride)
    n_W = output_size(A_prev.shape[2], f, pad, stride)
    Z = im2col(zero_pad(A_prev, pad), f, stride) @ W.reshape(-1, W.shape[3])
    return Z.reshape(len(A_prev), n_H, n_W, -1), (A_prev, W, b, hparameters)


def rows_for_columns(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    n_H = output_size(A_prev.shape[1], f, pad, stride)
    n_W = output_size(A_prev.shape[2], f, pad, stride)
    Z = im2col(zero_pad(A_prev, pad), f, stride) @ W.reshape(-1, W.shape[3])
    return Z.reshape(len(A_prev), n_W, n_H, -1) + b, (A_prev, W, b, hparameters)


def pads_nothing(A_prev, W, b, hparameters):
    f, stride = W.shape[0], hparameters["stride"]
    n_H = output_size(A_prev.shape[1], f, 0, stride)
    n_W = output_size(A_prev.shape[2], f, 0, stride)
    Z = im2col(A_prev, f, stride) @ W.reshape(-1, W.shape[3])
    return Z.reshape(len(A_prev), n_H, n_W, -1) + b, (A_prev, W, b, hparameters)


CONV_FORWARD_FAST = Exercise(
    solution.conv_forward_fast,
    points=7,
    cases=conv_forward_cases,
    slips=[
        Slip("the filters are laid out wrong", wrong_order_of_weights, "im2col's rows run (f, f, n_C_prev), as W's first three axes do: which reshape keeps that order?"),
        Slip("the bias is left out", fast_without_bias, "The matrix product is the sums alone: the biases are still to be added."),
        Slip("rows and columns are swapped", rows_for_columns, "im2col goes through a row of windows first: the last spatial axis is n_W."),
        Slip("padding is left out", pads_nothing, "im2col takes the input padded: pad it first."),
    ],
    variants=[
        Variant("filter offsets", conv_by_offsets),
        Variant("einsum", conv_by_einsum),
        Variant("tensordot", conv_by_tensordot),
    ],
    hints=[
        "A row of im2col times a filter written as one column is conv_single_step without its bias.",
        "All windows times all filters: (m * n_H * n_W, f * f * n_C_prev) @ (f * f * n_C_prev, n_C).",
        "Then give the result its shape (m, n_H, n_W, n_C) and add b.",
    ],
    uses=("output_size", "zero_pad", "im2col"),
    forbids=ROUTINES,
    forbids_own=("conv_forward",),
)

# --- pool_forward --------------------------------------------------------------------------------------------------


def pool_forward_cases(rng):
    n_H, n_W = side(rng)
    yield case("max, 2x2, stride 2", normal(rng, 2, n_H, n_W, 3), {"f": 2, "stride": 2})
    yield case("average, 2x2, stride 2", normal(rng, 2, n_H, n_W, 3), {"f": 2, "stride": 2}, "average")
    yield case("max, overlapping windows", normal(rng, 2, n_W, n_H, 2), {"f": 3, "stride": 1}, "max")
    yield case("average, overlapping windows", normal(rng, 1, n_W, n_H, 2), {"f": 3, "stride": 2}, "average")
    yield case("max of negative numbers", -1 - np.abs(normal(rng, 2, n_H, n_W, 2)), {"f": 2, "stride": 1})
    yield case("a stride longer than the window", normal(rng, 2, n_W, n_H, 1), {"f": 2, "stride": 3})
    yield case("average of whole numbers", whole(rng, 1, n_H, n_W, 2), {"f": 2, "stride": 2}, "average")
    yield case("single precision", normal(rng, 2, n_H, n_W, 2, dtype=np.float32), {"f": 2, "stride": 2})
    yield case("an unknown mode", normal(rng, 1, n_H, n_W, 1), {"f": 2, "stride": 2}, "median", raises=ValueError)


def pool_by_windows(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    if mode == "max":
        A = windows.max(axis=(-2, -1))
    elif mode == "average":
        A = windows.mean(axis=(-2, -1))
    else:
        raise ValueError(mode)
    return A, (A_prev, hparameters)


def pool_row_by_row(A_prev, hparameters, mode="max"):
    reduce = {"max": np.max, "average": np.mean}.get(mode)
    if reduce is None:
        raise ValueError(f"no pooling is called {mode}")
    f, stride = hparameters["f"], hparameters["stride"]
    rows = []
    for top in range(0, A_prev.shape[1] - f + 1, stride):
        starts = range(0, A_prev.shape[2] - f + 1, stride)
        rows.append(np.stack([reduce(A_prev[:, top : top + f, s : s + f], axis=(1, 2)) for s in starts], axis=1))
    return np.stack(rows, axis=1), (A_prev, hparameters)


WINDOW = "A_prev[i, top : top + f, left : left + f, c]"
POOL_FORWARD = Exercise(
    solution.pool_forward,
    points=8,
    cases=pool_forward_cases,
    slips=[
        Slip("the mode is ignored", Edit('np.max(window) if mode == "max" else np.mean(window)', "np.max(window)"), "Two modes are asked for; look at `mode`."),
        Slip("windows ignore the stride", Edit("top, left = h * stride, w * stride", "top, left = h, w"), "The window of output row h starts h strides down."),
        Slip("channels are mixed", Edit(WINDOW, "A_prev[i, top : top + f, left : left + f, :]"), "Every channel is pooled on its own."),
        Slip("the maximum starts at 0", Edit("np.max(window) if", "np.max(window, initial=0) if"), "The largest of negative numbers is negative, not 0."),
        Slip("window and stride are swapped", Edit('hparameters["f"], hparameters["stride"]', 'hparameters["stride"], hparameters["f"]'), '"f" is the window\'s side, "stride" the step.'),
        Slip("an unknown mode is accepted", Edit('mode not in ("max", "average")', "mode is None"), "A mode that is neither of the two must raise a ValueError."),
    ],
    variants=[Variant("sliding windows", pool_by_windows), Variant("row by row", pool_row_by_row)],
    hints=[
        "The loops are those of conv_forward, without padding and without filters.",
        "The window of one channel: A_prev[i, top : top + f, left : left + f, c].",
        "np.max or np.mean of it, by mode. Refuse any other mode before you start.",
    ],
    uses=("output_size",),
    forbids=ROUTINES,
)

# --- conv_backward -------------------------------------------------------------------------------------------------


def conv_backward_cases(rng):
    n_H, n_W = side(rng, 4, 7)

    def backward(title, *sizes, dtype=np.float64):
        A_prev, W, b, hparameters = layer(rng, *sizes, dtype=dtype)
        Z, cache = solution.conv_forward(A_prev, W, b, hparameters)
        return case(title, normal(rng, *Z.shape, dtype=dtype), cache)

    yield backward("3x3, stride 1, no padding", 2, n_H, n_W, 2, 3, 3, 1, 0)
    yield backward("stride 1, pad 1", 2, n_W, n_H, 3, 3, 2, 1, 1)
    yield backward("stride 2, pad 1", 2, n_H, n_W, 2, 3, 2, 2, 1)
    yield backward("an even filter, pad 2", 3, n_W, n_H, 2, 2, 2, 1, 2)
    yield backward("a stride that skips pixels", 1, n_H + 3, n_W + 3, 2, 2, 2, 3, 0)
    yield backward("one picture, one channel, one filter", 1, n_H, n_W, 1, 3, 1, 1, 1)
    yield backward("single precision", 2, n_W, n_H, 2, 3, 2, 2, 1, dtype=np.float32)


def conv_backward_by_offsets(dZ, cache):
    A_prev, W, b, hparameters = cache
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    _, n_H, n_W, n_C = dZ.shape
    X = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dX, dW = np.zeros(X.shape), np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            rows = slice(i, i + stride * (n_H - 1) + 1, stride)
            columns = slice(j, j + stride * (n_W - 1) + 1, stride)
            dW[i, j] = np.einsum("mhwc,mhwk->ck", X[:, rows, columns], dZ)
            dX[:, rows, columns] += dZ @ W[i, j].T
    inside = dX[:, pad : dX.shape[1] - pad, pad : dX.shape[2] - pad]
    return inside, dW, dZ.sum(axis=(0, 1, 2), keepdims=True)


def conv_backward_by_windows(dZ, cache):
    A_prev, W, b, hparameters = cache
    f, s, p = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, p)
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros_like(b)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            window = X[:, h * s : h * s + f, w * s : w * s + f]
            dW += np.tensordot(window, dZ[:, h, w], axes=(0, 0))
            dX[:, h * s : h * s + f, w * s : w * s + f] += np.tensordot(dZ[:, h, w], W, axes=(1, 3))
            db += dZ[:, h, w].sum(axis=0)
    if p:
        dX = dX[:, p:-p, p:-p]
    return dX, dW, db


CUT = "dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]"
CONV_BACKWARD = Exercise(
    solution.conv_backward,
    points=12,
    cases=conv_backward_cases,
    slips=[
        Slip("a pad of 0 empties the gradient", Edit(CUT, "dA_prev_pad[:, pad:-pad, pad:-pad, :]"), "x[0:-0] is empty: how else can you cut `pad` rows from each end?"),
        Slip("gradients overwrite each other", Edit("columns, :] += W", "columns, :] = W"), "A pixel lies under several windows: its gradients add up."),
        Slip("divided by the batch", Edit("return dA_prev, dW, db", "return dA_prev, dW / m, db / m"), "The gradients are of the sum over the batch: no division by m."),
        Slip("windows ignore the stride", Edit("h * stride, h * stride + f", "h, h + f"), "Forward, the window of output row h started h strides down; so does its gradient."),
        Slip("the padding is still there", Edit(CUT, "dA_prev_pad"), "dA_prev has A_prev's shape: the gradients of the padding are cut off."),
        Slip("the bias gradient is an average", Edit("return dA_prev, dW, db", "return dA_prev, dW, db / (m * n_H * n_W)"), "b is added at every position: its gradient is the sum of dZ."),
    ],
    variants=[Variant("filter offsets", conv_backward_by_offsets), Variant("window by window", conv_backward_by_windows)],
    hints=[
        "One output number is Z[i, h, w, c] = sum(window * W[..., c]) + b[c]. What is its derivative by the window, by W[..., c], by b[c]?",
        "The loops of conv_forward again; in each round three lines, each with +=, each times dZ[i, h, w, c].",
        "Collect the input's gradient in an array of the padded shape; cut the padding off at the end, so that it works for a pad of 0.",
    ],
    uses=("zero_pad",),
    forbids=ROUTINES,
)

# --- create_mask_from_window, distribute_value, pool_backward -------------------------------------------------------


def create_mask_cases(rng):
    yield case("one maximum", normal(rng, 3, 3))
    window = whole(rng, 3, 3, low=-5, high=5)
    window[0, 2] = window[1, 0] = window[2, 1] = 7
    yield case("ties", window)
    yield case("all equal", np.full((2, 2), float(rng.normal())))
    yield case("negative numbers", -1 - np.abs(normal(rng, 2, 2)))
    yield case("one entry", normal(rng, 1, 1))
    yield case("single precision", normal(rng, 4, 4, dtype=np.float32))


def first_maximum_only(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


def numbers_not_bools(x):
    return (x == np.max(x)).astype(float)


def maximum_of_each_row(x):
    return x == x.max(axis=1, keepdims=True)


def marks_the_minimum(x):
    return x == np.min(x)


def not_below_the_maximum(x):
    return ~(x < x.max())


def entry_by_entry(x):
    largest = max(float(value) for value in x.ravel())
    return np.array([[float(value) == largest for value in row] for row in x])


CREATE_MASK = Exercise(
    solution.create_mask_from_window,
    points=4,
    cases=create_mask_cases,
    slips=[
        Slip("only the first maximum", first_maximum_only, "Where several entries are largest, each of them is marked."),
        Slip("numbers instead of bools", numbers_not_bools, "A mask is an array of True and False: what does a comparison return?"),
        Slip("a maximum for each row", maximum_of_each_row, "The largest value of the whole window, not of each row."),
        Slip("the minimum is marked", marks_the_minimum, "Max pooling passes on the largest value."),
    ],
    variants=[Variant("not below", not_below_the_maximum), Variant("entry by entry", entry_by_entry)],
    hints=[
        "Comparing an array with a number gives an array of bools.",
        "The number to compare with is the largest of all entries.",
    ],
)


def distribute_value_cases(rng):
    yield case("2x2", float(rng.normal()), (2, 2))
    yield case("not square", float(rng.normal()) * 10, (2, 3))
    yield case("3x3, a whole number", int(rng.integers(2, 8)), (3, 3))
    yield case("a negative gradient", -1 - float(rng.random()), (4, 2))
    yield case("one entry", float(rng.normal()), (1, 1))


def not_divided(dz, shape):
    return np.full(shape, float(dz))


def divided_by_rows(dz, shape):
    return np.full(shape, dz / shape[0])


def whole_division(dz, shape):
    return np.full(shape, dz // (shape[0] * shape[1]))


def one_number(dz, shape):
    return dz / (shape[0] * shape[1])


def share_of_ones(dz, shape):
    return np.ones(shape) * dz / np.prod(shape)


def broadcast_share(dz, shape):
    n_H, n_W = shape
    return np.broadcast_to(dz / n_H / n_W, (n_H, n_W))


DISTRIBUTE_VALUE = Exercise(
    solution.distribute_value,
    points=4,
    cases=distribute_value_cases,
    slips=[
        Slip("every entry gets everything", not_divided, "Each entry had an equal share in the average: so it has in the gradient."),
        Slip("divided by the rows alone", divided_by_rows, "How many entries does the window have?"),
        Slip("the share is rounded down", whole_division, "`//` throws the fraction away: a share is not whole."),
        Slip("one number comes back", one_number, "The result is an array of the given shape."),
    ],
    variants=[Variant("ones times share", share_of_ones), Variant("broadcast", broadcast_share)],
    hints=[
        "The average of n numbers is their sum over n. By how much does it grow when one of them grows by 1?",
        "np.full makes an array of a shape filled with one number.",
    ],
)


def pool_backward_cases(rng):
    n_H, n_W = side(rng)

    def backward(title, mode, A_prev, f, stride, **more):
        shape = (len(A_prev), *(solution.output_size(n, f, 0, stride) for n in A_prev.shape[1:3]), A_prev.shape[3])
        return case(title, normal(rng, *shape, dtype=np.result_type(A_prev, np.float32)), (A_prev, {"f": f, "stride": stride}), mode, **more)

    yield backward("max, 2x2, stride 2", "max", normal(rng, 2, n_H, n_W, 2), 2, 2)
    yield backward("average, 2x2, stride 2", "average", normal(rng, 2, n_H, n_W, 2), 2, 2)
    yield backward("max, overlapping windows", "max", normal(rng, 1, n_W, n_H, 2), 3, 1)
    yield backward("average, overlapping windows", "average", normal(rng, 2, n_W, n_H, 1), 3, 2)
    yield backward("max with ties", "max", whole(rng, 2, n_H, n_W, 2, low=0, high=2), 2, 2)
    yield backward("a stride longer than the window", "max", normal(rng, 2, n_H, n_W, 1), 2, 3)
    yield backward("an unknown mode", "median", normal(rng, 1, n_H, n_W, 1), 2, 2, raises=ValueError)


def pool_backward_tie_to_first(dA, cache, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        rows, columns = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
        window = A_prev[i, rows, columns, c]
        mask = np.zeros(window.shape)
        mask.flat[np.argmax(window)] = 1
        share = mask if mode == "max" else np.full((f, f), 1 / f**2)
        dA_prev[i, rows, columns, c] += share * dA[i, h, w, c]
    return dA_prev


def pool_backward_by_offsets(dA, cache, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    _, n_H, n_W, _ = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    largest = windows.max(axis=(-2, -1))
    for i in range(f):
        for j in range(f):
            share = windows[..., i, j] == largest if mode == "max" else 1 / f**2
            dA_prev[:, i : i + stride * n_H : stride, j : j + stride * n_W : stride][:, :n_H, :n_W] += share * dA
    return dA_prev


def pool_backward_flat(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        place = (i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f), c)
        if mode == "max":
            dA_prev[place] += create_mask_from_window(A_prev[place]) * dA[i, h, w, c]
        elif mode == "average":
            dA_prev[place] += distribute_value(dA[i, h, w, c], (f, f))
        else:
            raise ValueError("mode must be max or average")
    return dA_prev


POOL_BACKWARD = Exercise(
    solution.pool_backward,
    points=8,
    cases=pool_backward_cases,
    slips=[
        Slip("the mode is ignored", Edit('if mode == "max":', "if True:"), "Average pooling spreads the gradient over the whole window."),
        Slip("gradients overwrite each other", Edit("columns, c] += ", "columns, c] = ", times=2), "Where windows overlap, a pixel's gradients add up."),
        Slip("a tie goes to the first", pool_backward_tie_to_first, "Each of several equal maxima receives the whole gradient: use your mask."),
        Slip("the average is not shared out", Edit("distribute_value(dA[i, h, w, c], (f, f))", "dA[i, h, w, c]"), "Through an average, each pixel gets its share only."),
        Slip("values instead of gradients", Edit("mask * dA[i, h, w, c]", "mask * A_prev[i, rows, columns, c]"), "What flows back through the mask is dA, not the input."),
        Slip("an unknown mode is accepted", Edit('mode not in ("max", "average")', "mode is None"), "A mode that is neither of the two must raise a ValueError."),
    ],
    variants=[Variant("window offsets", pool_backward_by_offsets), Variant("one flat loop", pool_backward_flat)],
    hints=[
        "The loops of pool_forward; each output number sends its gradient back to its own window.",
        "Max: create_mask_from_window(window) * dA[i, h, w, c]. Average: distribute_value(dA[i, h, w, c], (f, f)).",
        "Add with +=: with a stride below f a pixel lies in several windows.",
    ],
    uses=("create_mask_from_window", "distribute_value"),
    forbids=ROUTINES,
)

# --- cross_correlate2d, convolve2d, detect_edges ---------------------------------------------------------------------


def correlation_cases(rng):
    n_H, n_W = side(rng, 6, 9)
    yield case("3x3 kernel", normal(rng, n_H, n_W), normal(rng, 3, 3))
    yield case("a row for a kernel", normal(rng, n_H, n_W), normal(rng, 1, 4))
    yield case("a column for a kernel", normal(rng, n_W, n_H), normal(rng, 3, 1))
    yield case("an even kernel, not square", normal(rng, n_H, n_W), normal(rng, 4, 2))
    yield case("a kernel as large as the picture", normal(rng, 3, 4), normal(rng, 3, 4))
    yield case("whole numbers", whole(rng, n_W, n_H), whole(rng, 2, 3))
    yield case("single precision", normal(rng, n_H, n_W, dtype=np.float32), normal(rng, 3, 3, dtype=np.float32))
    yield case("whole numbers under fractions", whole(rng, n_H, n_W), normal(rng, 3, 2))


def same_size(image, kernel):
    k_H, k_W = kernel.shape
    padded = np.pad(image, ((k_H // 2, k_H - 1 - k_H // 2), (k_W // 2, k_W - 1 - k_W // 2)))
    return np.einsum("hwij,ij->hw", sliding_window_view(padded, (k_H, k_W)), kernel)


def same_size_flipped(image, kernel):
    k_H, k_W = kernel.shape
    padded = np.pad(image, ((k_H // 2, k_H - 1 - k_H // 2), (k_W // 2, k_W - 1 - k_W // 2)))
    return np.einsum("hwij,ij->hw", sliding_window_view(padded, (k_H, k_W)), kernel[::-1, ::-1])


def flips_the_kernel(image, kernel):
    return np.einsum("hwij,ij->hw", sliding_window_view(image, kernel.shape), kernel[::-1, ::-1])


def last_place_missing(image, kernel):
    k_H, k_W = kernel.shape
    n_H, n_W = image.shape[0] - k_H, image.shape[1] - k_W
    result = np.zeros((n_H, n_W))
    for h, w in np.ndindex(n_H, n_W):
        result[h, w] = np.sum(image[h : h + k_H, w : w + k_W] * kernel)
    return result


def swaps_the_kernels_sides(image, kernel):
    k_W, k_H = kernel.shape
    result = np.zeros((image.shape[0] - k_H + 1, image.shape[1] - k_W + 1))
    for h, w in np.ndindex(*result.shape):
        result[h, w] = np.sum(image[h : h + k_H, w : w + k_W] * kernel)
    return result


def keeps_the_pictures_dtype(image, kernel):
    k_H, k_W = kernel.shape
    result = np.zeros((image.shape[0] - k_H + 1, image.shape[1] - k_W + 1), dtype=image.dtype)
    for h, w in np.ndindex(*result.shape):
        result[h, w] = np.sum(image[h : h + k_H, w : w + k_W] * kernel)
    return result


def overwrites_the_sum(image, kernel):
    k_H, k_W = kernel.shape
    result = np.zeros((image.shape[0] - k_H + 1, image.shape[1] - k_W + 1))
    for i in range(k_H):
        for j in range(k_W):
            result = image[i : i + result.shape[0], j : j + result.shape[1]] * kernel[i, j]
    return result


def window_by_window(image, kernel):
    k_H, k_W = kernel.shape
    result = np.zeros((image.shape[0] - k_H + 1, image.shape[1] - k_W + 1))
    for h in range(result.shape[0]):
        for w in range(result.shape[1]):
            result[h, w] = (image[h : h + k_H, w : w + k_W] * kernel).sum()
    return result


def kernel_entry_by_entry(image, kernel):
    k_H, k_W = kernel.shape
    n_H, n_W = image.shape[0] - k_H + 1, image.shape[1] - k_W + 1
    return sum(kernel[i, j] * image[i : i + n_H, j : j + n_W] for i in range(k_H) for j in range(k_W))


CROSS_CORRELATE2D = Exercise(
    solution.cross_correlate2d,
    points=5,
    cases=correlation_cases,
    slips=[
        Slip("the kernel is flipped", flips_the_kernel, "Cross-correlation lays the kernel down as it is; flipping it makes a convolution."),
        Slip("the border is padded", same_size, "Valid size: only positions where the kernel lies wholly inside."),
        Slip("the last row and column are missing", last_place_missing, "A side of n holds n - k + 1 positions of a kernel of k."),
        Slip("the kernel's sides are swapped", swaps_the_kernels_sides, "shape has the rows first: k_H, then k_W."),
        Slip("fractions are cut off", keeps_the_pictures_dtype, "An array of whole numbers cuts off what is put into it: which dtype has yours?"),
        Slip("the sum is overwritten", overwrites_the_sum, "Every entry of the kernel adds its part: only the last one is left."),
    ],
    variants=[Variant("window by window", window_by_window), Variant("kernel entry by entry", kernel_entry_by_entry)],
    hints=[
        "The result has (n_H - k_H + 1, n_W - k_W + 1) entries, one for each place of the kernel's upper left corner.",
        "At (h, w): multiply image[h : h + k_H, w : w + k_W] by the kernel, entry by entry, and sum.",
    ],
    forbids=ROUTINES,
)


def flips_rows_only(image, kernel):
    return cross_correlate2d(image, kernel[::-1, :])


def transposes_the_kernel(image, kernel):
    return np.einsum("hwij,ij->hw", sliding_window_view(image, kernel.shape[::-1]), kernel.T)


def turned_by_half(image, kernel):
    return cross_correlate2d(image, np.rot90(kernel, 2))


def convolution_sum(image, kernel):
    k_H, k_W = kernel.shape
    n_H, n_W = image.shape[0] - k_H + 1, image.shape[1] - k_W + 1
    result = np.zeros((n_H, n_W))
    for i in range(k_H):
        for j in range(k_W):
            top, left = k_H - 1 - i, k_W - 1 - j
            result += kernel[i, j] * image[top : top + n_H, left : left + n_W]
    return result


CONVOLVE2D = Exercise(
    solution.convolve2d,
    points=5,
    cases=correlation_cases,
    slips=[
        Slip("the kernel is not flipped", Edit("kernel[::-1, ::-1]", "kernel"), "That is the cross-correlation: a convolution flips the kernel first."),
        Slip("one axis is flipped", flips_rows_only, "Flip both: upside down and left to right."),
        Slip("the kernel is transposed", transposes_the_kernel, "Rows stay rows: flipping turns the kernel around, transposing swaps its axes."),
        Slip("the border is padded", same_size_flipped, "Valid size: only positions where the kernel lies wholly inside."),
    ],
    variants=[Variant("turned by half", turned_by_half), Variant("convolution sum", convolution_sum)],
    hints=["It is a cross-correlation with another kernel.", "x[::-1] reverses the first axis. A kernel has two axes."],
    uses=("cross_correlate2d",),
    forbids=ROUTINES,
)


def detect_edges_cases(rng):
    n_H, n_W = side(rng, 6, 9)
    sobel = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])
    photograph = rng.integers(0, 256, (n_H, n_W), dtype=np.uint8)
    yield case("a uint8 photograph, Sobel", photograph, sobel)
    yield case("a uint8 photograph, a kernel of whole numbers", photograph, np.array([[3, 10, 3], [0, 0, 0], [-3, -10, -3]]))
    dark_to_bright = np.repeat([[0, 0, 0, 200, 200, 200]], 4, axis=0).astype(np.uint8)
    yield case("from dark to bright", dark_to_bright, sobel)
    yield case("from bright to dark", dark_to_bright[:, ::-1].copy(), sobel)
    yield case("floats, a kernel that is not square", normal(rng, n_W, n_H), normal(rng, 2, 3))
    yield case("single precision", normal(rng, n_H, n_W, dtype=np.float32), sobel.astype(np.float32))


def signed_edges(image, kernel):
    return cross_correlate2d(image.astype(float), kernel)


def squeezed_into_bytes(image, kernel):
    return np.clip(np.abs(cross_correlate2d(image.astype(float), kernel)), 0, 255).astype(np.uint8)


def one_direction_only(image, kernel):
    return np.maximum(cross_correlate2d(image.astype(float), kernel), 0)


def squared_edges(image, kernel):
    return cross_correlate2d(image.astype(float), kernel) ** 2


def larger_of_both_signs(image, kernel):
    edges = cross_correlate2d(np.asarray(image, dtype=np.float64), kernel)
    return np.maximum(edges, -edges)


def edges_window_by_window(image, kernel):
    k_H, k_W = kernel.shape
    picture = image * 1.0
    n_H, n_W = image.shape[0] - k_H + 1, image.shape[1] - k_W + 1
    rows = [[abs(np.sum(picture[h : h + k_H, w : w + k_W] * kernel)) for w in range(n_W)] for h in range(n_H)]
    return np.array(rows, dtype=float)


DETECT_EDGES = Exercise(
    solution.detect_edges,
    points=4,
    cases=detect_edges_cases,
    slips=[
        Slip("the sign is kept", signed_edges, "An edge from bright to dark counts like one from dark to bright."),
        Slip("the map is squeezed into bytes", squeezed_into_bytes, "Edge strengths go beyond 255: leave the map in floats."),
        Slip("half of the edges are cut off", one_direction_only, "A negative response is an edge too: take its size, do not cut it off."),
        Slip("the map is squared", squared_edges, "The absolute value, not the square."),
    ],
    variants=[Variant("larger of both signs", larger_of_both_signs), Variant("window by window", edges_window_by_window)],
    hints=[
        "A photograph of uint8 cannot hold negative numbers: make floats of it first.",
        "Cross-correlate with the kernel, then take the absolute value.",
    ],
    uses=("cross_correlate2d", "convolve2d"),
    forbids=ROUTINES,
    dtype="float",
)

# --- im2col --------------------------------------------------------------------------------------------------------


def im2col_cases(rng):
    n_H, n_W = side(rng)
    yield case("3x3, stride 1", normal(rng, 2, n_H, n_W, 2), 3, 1)
    yield case("stride 2", normal(rng, 2, n_W, n_H, 3), 3, 2)
    yield case("an even window", normal(rng, 2, n_H, n_W, 2), 2, 1)
    yield case("1x1 windows", normal(rng, 2, n_H, n_W, 3), 1, 1)
    yield case("one picture, one channel", normal(rng, 1, n_W, n_H, 1), 3, 1)
    yield case("a stride longer than the window", normal(rng, 1, n_H + 2, n_W, 2), 2, 3)
    yield case("single precision", normal(rng, 2, n_H, n_W, 2, dtype=np.float32), 3, 2)
    yield case("whole numbers", whole(rng, 1, n_H, n_W, 2), 2, 2)


def channels_first(X, f, stride):
    windows = sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return windows.reshape(-1, f * f * X.shape[-1])


def windows_in_columns(X, f, stride):
    windows = sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, f * f * X.shape[-1]).T


def column_by_column(X, f, stride):
    windows = sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return windows.transpose(0, 2, 1, 4, 5, 3).reshape(-1, f * f * X.shape[-1])


def every_window(X, f, stride):
    windows = sliding_window_view(X, (f, f), axis=(1, 2))
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, f * f * X.shape[-1])


def row_for_row(X, f, stride):
    m, n_H, n_W, _ = X.shape
    rows = []
    for i in range(m):
        for top in range(0, n_H - f + 1, stride):
            for left in range(0, n_W - f + 1, stride):
                rows.append(X[i, top : top + f, left : left + f].ravel())
    return np.array(rows)


def by_index_arrays(X, f, stride):
    tops = np.arange(0, X.shape[1] - f + 1, stride)
    lefts = np.arange(0, X.shape[2] - f + 1, stride)
    rows = tops[:, None, None, None] + np.arange(f)[None, None, :, None]
    columns = lefts[None, :, None, None] + np.arange(f)[None, None, None, :]
    return X[:, rows, columns].reshape(-1, f * f * X.shape[-1])


IM2COL = Exercise(
    solution.im2col,
    points=6,
    cases=im2col_cases,
    slips=[
        Slip("channels come first", channels_first, "Inside a row the channels of one pixel stand side by side: they are the last axis."),
        Slip("windows stand in columns", windows_in_columns, "One window, one row: the matrix is transposed."),
        Slip("windows run down the columns", column_by_column, "Windows follow each other along a row of the picture first."),
        Slip("the stride is ignored", every_window, "Only every stride-th window is wanted, in both directions."),
    ],
    variants=[Variant("row for row", row_for_row), Variant("index arrays", by_index_arrays)],
    hints=[
        "A loop over pictures, rows and columns that appends window.ravel() is right, though slow. Start there.",
        "sliding_window_view(X, (f, f), axis=(1, 2)) gives every window at once. Print its shape.",
        "It puts the window's axes last, behind the channels: transpose before you reshape.",
    ],
    uses=("output_size",),
    forbids=ROUTINES,
)

# --- conv_nd_forward -------------------------------------------------------------------------------------------------


def conv_nd_cases(rng):
    n_H, n_W = side(rng)
    yield case("1-D: 14 samples, 16 filters of 5", normal(rng, 2, 14, 1), normal(rng, 5, 1, 16), normal(rng, 16))
    yield case("1-D, stride 3, pad 2", normal(rng, 2, 13, 2), normal(rng, 4, 2, 3), normal(rng, 3), 3, 2)
    yield case("2-D, bias (1, 1, 1, n_C)", normal(rng, 2, n_H, n_W, 3), normal(rng, 3, 3, 3, 2), normal(rng, 1, 1, 1, 2), 1, 1)
    yield case("2-D, a filter that is not square, stride 2", normal(rng, 2, n_W, n_H, 2), normal(rng, 2, 3, 2, 2), normal(rng, 2), 2, 1)
    yield case("3-D", normal(rng, 1, 6, 5, 7, 1), normal(rng, 3, 3, 3, 1, 4), normal(rng, 4))
    yield case("3-D, two channels, stride 2, pad 1", normal(rng, 2, 5, 4, 6, 2), normal(rng, 2, 3, 1, 2, 3), normal(rng, 1, 3), 2, 1)
    single = [normal(rng, *shape, dtype=np.float32) for shape in ((2, 12, 2), (3, 2, 4), (4,))]
    yield case("single precision", *single, 1, 1)


def nd_without_bias(A_prev, W, b, stride=1, pad=0):
    n = W.ndim - 2
    padded = np.pad(A_prev, [(0, 0), *[(pad, pad)] * n, (0, 0)])
    windows = sliding_window_view(padded, W.shape[:-2], axis=tuple(range(1, n + 1)))
    windows = windows[(slice(None), *[slice(None, None, stride)] * n)]
    return np.tensordot(np.moveaxis(windows, n + 1, -1), W, axes=n + 1)


def nd_stride_on_first_axis(A_prev, W, b, stride=1, pad=0):
    n = W.ndim - 2
    padded = np.pad(A_prev, [(0, 0), *[(pad, pad)] * n, (0, 0)])
    windows = sliding_window_view(padded, W.shape[:-2], axis=tuple(range(1, n + 1)))[:, ::stride]
    return np.tensordot(np.moveaxis(windows, n + 1, -1), W, axes=n + 1) + b.ravel()


def nd_without_padding(A_prev, W, b, stride=1, pad=0):
    n = W.ndim - 2
    windows = sliding_window_view(A_prev, W.shape[:-2], axis=tuple(range(1, n + 1)))
    windows = windows[(slice(None), *[slice(None, None, stride)] * n)]
    return np.tensordot(np.moveaxis(windows, n + 1, -1), W, axes=n + 1) + b.ravel()


def nd_flips_the_filters(A_prev, W, b, stride=1, pad=0):
    n = W.ndim - 2
    padded = np.pad(A_prev, [(0, 0), *[(pad, pad)] * n, (0, 0)])
    windows = sliding_window_view(padded, W.shape[:-2], axis=tuple(range(1, n + 1)))
    windows = windows[(slice(None), *[slice(None, None, stride)] * n)]
    flipped = np.flip(W, axis=tuple(range(n)))
    return np.tensordot(np.moveaxis(windows, n + 1, -1), flipped, axes=n + 1) + b.ravel()


def nd_pads_every_axis(A_prev, W, b, stride=1, pad=0):
    n = W.ndim - 2
    windows = sliding_window_view(np.pad(A_prev, pad), W.shape[:-2], axis=tuple(range(1, n + 1)))
    windows = windows[(slice(None), *[slice(None, None, stride)] * n)]
    return np.tensordot(np.moveaxis(windows, n + 1, -1), W, axes=n + 1) + b.ravel()


def nd_by_offsets(A_prev, W, b, stride=1, pad=0):
    *f, n_C_prev, n_C = W.shape
    X = np.pad(A_prev, [(0, 0)] + [(pad, pad)] * len(f) + [(0, 0)])
    out = [(n - k) // stride + 1 for n, k in zip(X.shape[1:-1], f)]
    Z = np.zeros((len(X), *out, n_C))
    for offset in np.ndindex(*f):
        picked = tuple(slice(o, o + (n - 1) * stride + 1, stride) for o, n in zip(offset, out))
        Z = Z + X[(slice(None), *picked)] @ W[offset]
    return Z + np.asarray(b).reshape(-1)


def nd_window_by_window(A_prev, W, b, stride=1, pad=0):
    f = W.shape[:-2]
    X = np.pad(A_prev, [(0, 0)] + [(pad, pad)] * len(f) + [(0, 0)])
    out = [output_size(n, k, pad, stride) for n, k in zip(A_prev.shape[1:-1], f)]
    Z = np.zeros((X.shape[0], *out, W.shape[-1]))
    for place in np.ndindex(*out):
        window = tuple(slice(p * stride, p * stride + k) for p, k in zip(place, f))
        Z[(slice(None), *place)] = np.tensordot(X[(slice(None), *window)], W, axes=len(f) + 1) + np.ravel(b)
    return Z


CONV_ND_FORWARD = Exercise(
    solution.conv_nd_forward,
    points=7,
    cases=conv_nd_cases,
    slips=[
        Slip("the bias is left out", nd_without_bias, "Each filter adds its bias, whatever the number of axes."),
        Slip("the stride holds for one axis", nd_stride_on_first_axis, "The stride is the same along every spatial axis."),
        Slip("padding is left out", nd_without_padding, "`pad` zeros belong at both ends of every spatial axis."),
        Slip("the filters are flipped", nd_flips_the_filters, "In a network the filter is laid down as it is."),
        Slip("every axis is padded", nd_pads_every_axis, "Batch and channels get no zeros."),
    ],
    variants=[Variant("filter offsets", nd_by_offsets), Variant("window by window", nd_window_by_window)],
    hints=[
        "W.ndim - 2 is the number of spatial axes. Build the lists for np.pad and for slicing from it.",
        "Loop over the filter's offsets (np.ndindex(*f)) and add a slice of the input @ W[offset]; or take all windows at once.",
        "sliding_window_view takes several axes. Move the channels behind the window's axes, then it is one matrix product.",
    ],
    uses=("output_size",),
    forbids=ROUTINES,
)

EXERCISES = [
    OUTPUT_SIZE,
    ZERO_PAD,
    CONV_SINGLE_STEP,
    CONV_FORWARD,
    POOL_FORWARD,
    CROSS_CORRELATE2D,
    CONVOLVE2D,
    DETECT_EDGES,
    CONV_BACKWARD,
    CREATE_MASK,
    DISTRIBUTE_VALUE,
    POOL_BACKWARD,
    IM2COL,
    CONV_FORWARD_FAST,
    CONV_ND_FORWARD,
]
