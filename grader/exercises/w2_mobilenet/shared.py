"""What several exercises of `w2_mobilenet` have in common."""

import numpy as np

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise
ROUTINES = (
    "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "conv", "conv2d", "depthwise_conv", "depthwise_conv2d",
    "separable_conv", "separable_conv2d", "convolution", "convolve", "convolve2d", "fftconvolve", "oaconvolve",
    "correlate", "correlate2d",
)  # fmt: skip


def pixels(rng, *shape):
    return (255 * rng.random(shape)).astype(np.float32)
