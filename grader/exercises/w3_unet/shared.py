"""What several exercises of `w3_unet` have in common."""

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise

# What a transposed convolution must not be handed on to.
ROUTINES = (
    "Conv2DTranspose", "conv2d_transpose", "conv_transpose", "conv_transpose2d", "conv2d_backprop_input", "Conv2D", "conv", "conv2d",
    "conv_general_dilated", "convolution", "convolve", "convolve2d", "fftconvolve", "oaconvolve", "correlate", "correlate2d",
)  # fmt: skip

CONVOLUTIONS = "There are two convolutions, one after the other."
HE = "The docstring says how the filters of the 3 × 3 convolutions start."
N_FILTERS = "The argument n_filters says how many filters there are."
RELU = "ReLU follows each of the two convolutions."
