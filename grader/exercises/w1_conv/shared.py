"""What several exercises of `w1_conv` have in common."""

import numpy as np

from grader.spec import draw
from grader.spec.case import case

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


def layer(rng, m, n_H, n_W, n_C_prev, f, n_C, stride, pad):
    A_prev, W, b = (draw.normal(rng, *shape) for shape in ((m, n_H, n_W, n_C_prev), (f, f, n_C_prev, n_C), (1, 1, 1, n_C)))
    return A_prev, W, b, {"stride": stride, "pad": pad}


def conv_forward_cases(rng):
    n_H, n_W = draw.sides(rng)
    h, w = draw.sides(rng, 2, 4)
    yield case("3x3, stride 1, no padding", *layer(rng, 2, n_H, n_W, 3, 3, 4, 1, 0))
    yield case("stride 2, pad 1", *layer(rng, 2, 2 * h, 2 * w, 2, 3, 3, 2, 1))  # leaves a remainder on both sides
    yield case("an even filter", *layer(rng, 2, n_H, n_W, 2, 2, 3, 1, 1))
    yield case("a stride longer than the filter", *layer(rng, 2, 3 * h + 1, 3 * w - 1, 2, 2, 2, 3, 0))  # on one
    yield case("one picture, one channel, one filter", *layer(rng, 1, n_W, n_H, 1, 3, 1, 1, 2))
    yield case("1x1 filters", *layer(rng, 2, n_H, n_W, 4, 1, 2, 2, 0))
    yield case("a picture smaller than the filter", *layer(rng, 2, 1, 2, 2, 3, 2, 1, 1))
    yield case("a filter as large as the picture", *layer(rng, 2, 3, 3, 2, 3, 2, 2, 0))
    A_prev, W, b, hparameters = layer(rng, 2, n_W, n_H, 2, 2, 3, 1, 0)
    yield case("filters of whole numbers", A_prev, np.rint(4 * W).astype(int), np.rint(4 * b).astype(int), hparameters)


def correlation_cases(rng):
    n_H, n_W = draw.sides(rng, 6, 9)
    yield case("3x3 kernel", draw.normal(rng, n_H, n_W), draw.normal(rng, 3, 3))
    yield case("a row for a kernel", draw.normal(rng, n_H, n_W), draw.normal(rng, 1, 4))
    yield case("a column for a kernel", draw.normal(rng, n_W, n_H), draw.normal(rng, 3, 1))
    yield case("an even kernel, not square", draw.normal(rng, n_H, n_W), draw.normal(rng, 4, 2))
    yield case("a kernel of one entry", draw.normal(rng, n_H, n_W), draw.normal(rng, 1, 1))
    yield case("a kernel as large as the picture", draw.normal(rng, 3, 5), draw.normal(rng, 3, 5))
    yield case("a kernel of whole numbers", draw.normal(rng, n_W, n_H), draw.whole(rng, 2, 3))
