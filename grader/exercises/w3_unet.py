"""What is asked of each function of assignment `w3_unet`."""

import keras
import numpy as np
from keras import layers

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.losses import look_at_loss
from grader.spec.observers.models import look_at_model
from solutions import w3_unet as solution
from solutions.w3_unet import conv_block, upsampling_block

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise
ROUTINES = (
    "Conv2DTranspose", "conv2d_transpose", "conv_transpose", "conv_transpose2d", "conv2d_backprop_input", "Conv2D", "conv",
    "conv2d", "conv_general_dilated", "convolution", "convolve", "convolve2d", "fftconvolve", "oaconvolve", "correlate",
    "correlate2d",
)  # fmt: skip

# The messages that more than one block needs.
CONVOLUTIONS = "There are two convolutions, one after the other."
HE = "The docstring says how the filters of the 3 × 3 convolutions start."
N_FILTERS = "The argument n_filters says how many filters there are."
RELU = "ReLU follows each of the two convolutions."


def normal(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


def signed(rng, *shape):
    """Numbers of both signs: whoever forgets a ReLU must not get away with it."""
    return rng.standard_normal(shape, dtype=np.float32)


# --- conv_transpose_forward ------------------------------------------------------------------------------------------


def transpose_cases(rng):
    m, n_C_prev, n_C = int(rng.integers(2, 4)), int(rng.integers(3, 5)), int(rng.integers(5, 7))

    def one(title, shape, f, stride, pad, n_C=n_C, draw=normal):
        return case(title, draw(rng, *shape), draw(rng, f, f, n_C, shape[-1]), stride, pad)

    yield one("2 × 2, stride 2: windows side by side", (m, 3, 4, n_C_prev), 2, 2, 0)
    yield one("3 × 3, stride 2: windows overlap", (m, 4, 3, n_C_prev), 3, 2, 0)
    yield one("3 × 3, stride 2, twice the size", (m, 3, 5, n_C_prev), 3, 2, ((0, 1), (0, 1)))
    yield one("3 × 3, stride 1, same size", (m, 4, 6, n_C_prev), 3, 1, 1)
    yield one("4 × 4, stride 2, pad 1", (m, 3, 4, n_C_prev), 4, 2, 1)
    yield one("another pad on each side", (m, 3, 4, n_C_prev), 5, 2, ((1, 0), (2, 3)))
    yield one("stride 3: gaps between the windows", (m, 3, 2, n_C_prev), 2, 3, 0)
    yield one("as many channels out as in", (m, 3, 4, n_C), 3, 2, 1)
    yield one("one picture, one channel, 1 × 1", (1, 3, 4, 1), 1, 1, 0, n_C=1)
    yield one("no picture", (0, 3, 4, n_C_prev), 3, 2, 1)
    yield case("whole numbers", rng.integers(-3, 4, (2, 3, 4, 2)), rng.integers(-3, 4, (3, 3, 3, 2)), 2, 1)
    yield one("single precision", (m, 4, 3, n_C_prev), 3, 2, 1, draw=signed)


def transpose_is_a_convolution(A_prev, W, stride, pad):
    f = W.shape[0]
    sides = ((pad, pad), (pad, pad)) if np.ndim(pad) == 0 else pad
    A = np.pad(A_prev, ((0, 0), *sides, (0, 0)))
    n_H, n_W = (max((n - f) // stride + 1, 0) for n in A.shape[1:3])
    Z = np.zeros((len(A), n_H, n_W, W.shape[2]))
    for h in range(n_H):
        for w in range(n_W):
            Z[:, h, w] = np.einsum("mijk,ijck->mc", A[:, h * stride : h * stride + f, w * stride : w * stride + f], W)
    return Z


def transpose_by_windows(A_prev, W, stride, pad):
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, n_C, _ = W.shape
    sides = [(pad, pad)] * 2 if isinstance(pad, int) else pad
    Z = np.zeros((m, (n_H_prev - 1) * stride + f, (n_W_prev - 1) * stride + f, n_C))
    for h in range(n_H_prev):
        for w in range(n_W_prev):
            window = np.einsum("mk,ijck->mijc", A_prev[:, h, w], W)
            Z[:, h * stride : h * stride + f, w * stride : w * stride + f] += window
    (top, bottom), (left, right) = sides
    return Z[:, top : Z.shape[1] - bottom, left : Z.shape[2] - right]


def transpose_by_zeros_between(A_prev, W, stride, pad):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f = len(W)
    (top, bottom), (left, right) = ((pad,) * 2,) * 2 if np.isscalar(pad) else pad
    apart = np.zeros((m, (n_H_prev - 1) * stride + 2 * f - 1, (n_W_prev - 1) * stride + 2 * f - 1, n_C_prev), A_prev.dtype)
    apart[:, f - 1 : apart.shape[1] - f + 1 : stride, f - 1 : apart.shape[2] - f + 1 : stride] = A_prev
    windows = np.lib.stride_tricks.sliding_window_view(apart, (f, f), axis=(1, 2))
    Z = np.einsum("mhwkij,ijck->mhwc", windows, W[::-1, ::-1])
    return np.ascontiguousarray(Z[:, top : Z.shape[1] - bottom, left : Z.shape[2] - right])


CONV_TRANSPOSE_FORWARD = Exercise(
    solution.conv_transpose_forward,
    points=20,
    cases=transpose_cases,
    slips=[
        Slip("the stride is ignored", Edit("            rows = slice(row, row + stride * n_H_prev, stride)\n            columns = slice(column, column + stride * n_W_prev, stride)", "            rows = slice(row, row + n_H_prev)\n            columns = slice(column, column + n_W_prev)"), "Windows of neighbours start `stride` rows, or columns, apart."),
        Slip("windows overwrite each other", Edit("+= painted[", "= painted["), "Where windows overlap, what they paint adds up."),
        Slip("the filters are turned around", Edit("W.transpose(3, 0, 1, 2)", "W[::-1, ::-1].transpose(3, 0, 1, 2)"), "The window is painted as W has it: its first row on top."),
        Slip("rows and columns of W are swapped", Edit("W.transpose(3, 0, 1, 2)", "W.transpose(3, 1, 0, 2)"), "The first axis of W goes down, the second across."),
        Slip("the channels of W are swapped", Edit("W.transpose(3, 0, 1, 2)", "W.transpose(2, 0, 1, 3)"), "Look at the shape of W again: the channels that come in are its last axis."),
        Slip("it is a convolution", transpose_is_a_convolution, "A convolution reads a window and gives a number; here a number comes in, and a window is painted."),
        Slip("pad is not cut off", Edit("Z[:, top : max(full_H - bottom, 0), left : max(full_W - right, 0)]", "Z"), "pad is cut off the result, on each side."),
        Slip("pad is added", Edit("Z[:, top : max(full_H - bottom, 0), left : max(full_W - right, 0)]", "np.pad(Z, ((0, 0), (top, bottom), (left, right), (0, 0)))"), "Here pad makes the result smaller: it undoes what a convolution has padded."),
        Slip("a pad of 0 cuts everything off", Edit("top : max(full_H - bottom, 0), left : max(full_W - right, 0)", "top:-bottom, left:-right"), "Z[0:-0] is empty: count the end from the front."),
        Slip("cut at the wrong ends", Edit("(top, bottom), (left, right) =", "(bottom, top), (right, left) ="), "The first number of a pair belongs to the top, or to the left."),
        Slip("rows and columns of pad are swapped", Edit("(top, bottom), (left, right) =", "(left, right), (top, bottom) ="), "The first pair of pad belongs to the rows, the second to the columns."),
        Slip("pad is an int only", Edit("(top, bottom), (left, right) = ((pad, pad), (pad, pad)) if np.ndim(pad) == 0 else pad", "top = bottom = left = right = int(pad)"), "pad may also be ((top, bottom), (left, right)), or the sizes of a strided \"same\" could not be said."),
    ],
    variants=[Variant("window by window", transpose_by_windows), Variant("zeros between, then a convolution", transpose_by_zeros_between)],
    hints=[
        "Start with an array of zeros of the whole size, before anything is cut off: (n_H_prev − 1) · stride + f rows.",
        "For each place (h, w) of the input: its n_C_prev numbers, times W, are a window (f, f, n_C). Add it at rows h · stride to h · stride + f.",
        "np.einsum(\"mk,ijck->mijc\", A_prev[:, h, w], W) is that window for all pictures. At the end cut: Z[:, top : n_rows − bottom, left : n_columns − right].",
    ],
    forbids=ROUTINES,
)

# --- conv_block ------------------------------------------------------------------------------------------------------


def conv_block_cases(rng):
    # So many are dropped that some window of four is dropped whole: a slip that pools first is seen every time.
    n_C, n, share = int(rng.integers(3, 6)), int(rng.integers(7, 11)), round(float(rng.uniform(0.4, 0.55)), 2)

    def one(title, look, *args, shape=(2, 7, 10), light=1, **more):
        return case(title, *args, look=look, pictures=light * signed(rng, *shape, n_C), block=2, **more)

    yield one("the shapes, odd sides", "sizes", n)
    yield one("the shapes, not halved", "sizes", n, 0, False)
    yield one("parameters where nothing is said", "parameters")
    yield one("how it begins", "beginning", 16, he=2)
    yield one("given weights", "inference", n)
    yield one("given weights, large numbers", "inference", n, light=40)
    yield one("given weights, not halved", "inference", n, max_pooling=False)
    yield one("given weights, with dropout", "inference", n, share, shape=(1, 4, 5))
    yield one("dropout", "dropout", n, share, shape=(2, 9, 12))
    yield one("dropout, not halved", "dropout", n, dropout_prob=share + 0.2, max_pooling=False)
    yield one("no dropout where nothing is said", "dropout", n)


def conv_block_skip_before_dropout(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(inputs)
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)
    skip_connection = conv
    if dropout_prob > 0:
        conv = layers.Dropout(dropout_prob)(conv)
    return (layers.MaxPooling2D(2)(conv) if max_pooling else conv), skip_connection


def conv_block_dropout_between(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(inputs)
    conv = layers.Dropout(dropout_prob)(conv)
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)
    return (layers.MaxPooling2D(2)(conv) if max_pooling else conv), conv


def conv_block_in_sequence(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    look = keras.Sequential()
    for _ in range(2):
        look.add(layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.HeNormal()))
        look.add(layers.ReLU())
    look.add(layers.Dropout(dropout_prob))
    skip = look(inputs)
    return [layers.MaxPool2D((2, 2))(skip) if max_pooling else skip, skip]


def conv_block_by_class(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    class Look(layers.Layer):
        def __init__(self):
            super().__init__()
            self.drop = layers.Dropout(dropout_prob)
            self.second, self.first = (layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal") for _ in "ab")

        def call(self, x, training=None):
            x = keras.ops.relu(self.second(keras.ops.relu(self.first(x))))
            return self.drop(x, training=training)

    skip = Look()(inputs)
    return (keras.ops.max_pool(skip, 2, 2) if max_pooling else skip), skip


CONV_BLOCK = Exercise(
    solution.conv_block,
    points=14,
    cases=conv_block_cases,
    slips=[
        Slip("the skip connection is halved too", Edit("    skip_connection = conv\n    next_layer = layers.MaxPooling2D(2)(conv) if max_pooling else conv\n", "    next_layer = skip_connection = layers.MaxPooling2D(2)(conv) if max_pooling else conv\n"), "The skip connection keeps the full size: take it before the pooling."),
        Slip("the two results are swapped", Edit("return next_layer, skip_connection", "return skip_connection, next_layer"), "First what goes on downwards, then the skip connection."),
        Slip("the skip connection misses the dropout", conv_block_skip_before_dropout, "The skip connection is taken after dropout."),
        Slip("no dropout", Edit("    if dropout_prob > 0:\n        conv = layers.Dropout(dropout_prob)(conv)\n", ""), "Where dropout_prob is more than 0, a Dropout layer follows the convolutions."),
        Slip("dropout between the convolutions", conv_block_dropout_between, "Dropout comes after both convolutions."),
        Slip("always the same dropout", Edit("Dropout(dropout_prob)", "Dropout(0.3)"), "The argument says how much is dropped."),
        Slip("whole channels are dropped", Edit("layers.Dropout", "layers.SpatialDropout2D"), "Dropout drops number by number."),
        Slip("never halved", Edit("layers.MaxPooling2D(2)(conv) if max_pooling else conv", "conv"), "Where max_pooling is asked for, next_layer has half as many rows and columns."),
        Slip("always halved", Edit(" if max_pooling else conv", ""), "Where max_pooling is False, nothing is halved."),
        Slip("average pooling", Edit("MaxPooling2D", "AveragePooling2D"), "The strongest answer of each window is kept, not the mean."),
        Slip("one convolution", Edit('    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)\n', ""), CONVOLUTIONS),
        Slip("no ReLU", Edit(' activation="relu",', "", 2), RELU),
        Slip("no ReLU after the second", Edit('activation="relu", kernel_initializer="he_normal")(conv)', 'kernel_initializer="he_normal")(conv)'), RELU),
        Slip("another start", Edit(', kernel_initializer="he_normal"', "", 2), HE),
        Slip("n_filters is ignored", Edit("Conv2D(n_filters", "Conv2D(32", 2), N_FILTERS),
        Slip("windows leave the border out", Edit('padding="same"', 'padding="valid"', 2), "Same convolutions keep the size: what must be put around the picture?"),
    ],
    variants=[Variant("a Sequential inside", conv_block_in_sequence), Variant("a layer of its own", conv_block_by_class)],
    hints=[
        "Two convolutions, perhaps a dropout. What you have then is the skip connection; pooling makes next_layer out of it.",
        "layers.Conv2D(n_filters, 3, padding=\"same\", activation=\"relu\", kernel_initializer=\"he_normal\"), twice; if dropout_prob > 0: layers.Dropout(dropout_prob).",
        "next_layer = layers.MaxPooling2D(2)(conv) if max_pooling else conv; return next_layer, conv.",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- upsampling_block ------------------------------------------------------------------------------------------------


def upsampling_cases(rng):
    n, below, beside = int(rng.integers(4, 7)), int(rng.integers(8, 10)), int(rng.integers(10, 12))

    def one(title, look, *args, shape=(2, 3, 4), beside=beside, light=1, **more):
        m, n_H, n_W = shape
        pictures = [light * signed(rng, *shape, below), light * signed(rng, m, 2 * n_H, 2 * n_W, beside)]
        return case(title, *args, look=look, pictures=pictures, block=True, **more)

    yield one("its output's shape", "sizes", n)
    yield one("parameters where nothing is said", "parameters")
    yield one("how it begins", "beginning", 12, he=2)
    yield one("given weights", "inference", n)
    yield one("given weights, large numbers", "inference", n, light=40)
    yield one("given weights, as many channels everywhere", "inference", n_filters=beside)
    yield one("given weights, one pixel below", "inference", n, shape=(1, 1, 1))
    yield one("given weights, one filter", "inference", 1, shape=(3, 2, 3), beside=1)


def upsampling_by_class(expansive_input, contractive_input, n_filters=32):
    class Up(layers.Layer):
        def __init__(self):
            super().__init__()
            self.looks = [layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal") for _ in range(2)]
            self.grow = layers.Conv2DTranspose(n_filters, 3, 2, "same", kernel_initializer="he_normal")

        def call(self, below, beside):
            x = keras.ops.concatenate([self.grow(below), beside], axis=-1)
            for look in self.looks:
                x = keras.ops.relu(look(x))
            return x

    return Up()(expansive_input, contractive_input)


def upsampling_line_by_line(expansive_input, contractive_input, n_filters=32):
    up = layers.Conv2DTranspose(n_filters, (3, 3), strides=(2, 2), padding="same", activation=None)(expansive_input)
    merge = layers.concatenate([up, contractive_input], axis=3)
    conv = layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.he_normal())(merge)
    conv = layers.Activation("relu")(conv)
    conv = layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.he_normal())(conv)
    return layers.Activation("relu")(conv)


UPSAMPLING_BLOCK = Exercise(
    solution.upsampling_block,
    points=14,
    cases=upsampling_cases,
    slips=[
        Slip("the skip connection is cut", Edit("layers.Concatenate(axis=3)([up, contractive_input])", "up"), "contractive_input is not used: lay it beside what came from below."),
        Slip("joined in the other order", Edit("[up, contractive_input]", "[contractive_input, up]"), "What came from below stands first, the skip connection second."),
        Slip("added, not joined", Edit("layers.Concatenate(axis=3)", "layers.Add()"), "U-Net lays the two side by side along the channels; it does not add them."),
        Slip("joined along the rows", Edit("axis=3", "axis=1"), "Which axis of (m, n_H, n_W, n_C) holds the channels?"),
        Slip("no stride", Edit("strides=2, ", ""), "Without a stride the picture does not grow, and does not fit the skip connection."),
        Slip("an activation too many", Edit("strides=2, padding=\"same\")", "strides=2, padding=\"same\", activation=\"relu\")"), "The transposed convolution has no activation."),
        Slip("2 × 2 windows", Edit("Conv2DTranspose(n_filters, 3", "Conv2DTranspose(n_filters, 2"), "The paper's windows are 2 × 2; here the transposed convolution has 3 × 3."),
        Slip("pixels are repeated", Edit("layers.Conv2DTranspose(n_filters, 3, strides=2, padding=\"same\")", "layers.UpSampling2D(2)"), "The picture grows by a transposed convolution, which learns how."),
        Slip("one convolution", Edit('    return layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)\n', "    return conv\n"), CONVOLUTIONS),
        Slip("no ReLU", Edit(' activation="relu",', "", 2), RELU),
        Slip("no ReLU after the second", Edit('activation="relu", kernel_initializer="he_normal")(conv)', 'kernel_initializer="he_normal")(conv)'), RELU),
        Slip("another start", Edit(', kernel_initializer="he_normal"', "", 2), HE),
        Slip("n_filters is ignored", Edit("(n_filters, 3", "(32, 3", 3), N_FILTERS),
    ],
    variants=[Variant("a layer of its own", upsampling_by_class), Variant("line by line", upsampling_line_by_line)],
    hints=[
        "Three steps: make expansive_input as large as contractive_input, join the two, look twice.",
        "layers.Conv2DTranspose(n_filters, 3, strides=2, padding=\"same\") doubles the sides; layers.Concatenate(axis=3)([…, …]) joins.",
        "Then two convolutions as in conv_block: 3 × 3, same, ReLU, he_normal. The second one's output is the result.",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- unet_model ------------------------------------------------------------------------------------------------------


def unet_cases(rng):
    classes, n = int(rng.integers(4, 40)), int(rng.integers(3, 9))
    n_H, n_W = (16 * int(rng.integers(1, 5)) for _ in range(2))

    def one(title, look, *args, shape=(n_H, n_W, 3), m=2, light=1, **more):
        return case(title, *args, look=look, pictures=light * signed(rng, m, *shape), **more)

    yield one("its output's shape", "sizes", (n_H, n_W, 3), n, classes)
    yield one("parameters", "parameters", (n_H, n_W, 3), n, classes)
    yield one("given weights", "inference", (n_H, n_W, 3), n, classes)
    yield one("dropout on the way through the lowest block", "dropout", (n_H, n_W, 3), n, classes)
    yield one("dropout on the way through the lowest skip connection", "dropout", (n_H, n_W, 3), n, classes, joined=16 * n)
    yield one("how it begins", "beginning", (16, 16, 3), 8, classes, shape=(16, 16, 3), m=1, he=19)
    yield one("its output's shape where nothing is said", "sizes", shape=(96, 128, 3), m=int(rng.integers(1, 9)))
    yield one("given weights where only a size is said", "inference", (16, 32, 3), shape=(16, 32, 3), m=1)
    yield one("given weights, grey, large numbers", "inference", input_size=(48, 16, 1), n_filters=3, n_classes=2, shape=(48, 16, 1), m=1, light=40)


def unet_without_skips(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    def up(x, n):
        x = layers.Conv2DTranspose(n, 3, strides=2, padding="same")(x)
        for _ in range(2):
            x = layers.Conv2D(n, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        return x

    inputs = keras.Input(input_size)
    x = inputs
    for times, dropout_prob in ((1, 0), (2, 0), (4, 0), (8, 0.3)):
        x, _ = conv_block(x, times * n_filters, dropout_prob)
    x, _ = conv_block(x, 16 * n_filters, 0.3, max_pooling=False)
    for times in (8, 4, 2, 1):
        x = up(x, times * n_filters)
    x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(x))


def unet_line_by_line(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = keras.Input(input_size)
    cblock1 = conv_block(inputs, n_filters)
    cblock2 = conv_block(cblock1[0], 2 * n_filters)
    cblock3 = conv_block(cblock2[0], 4 * n_filters)
    cblock4 = conv_block(cblock3[0], 8 * n_filters, dropout_prob=0.3)
    cblock5 = conv_block(cblock4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False)
    ublock6 = upsampling_block(cblock5[0], cblock4[1], 8 * n_filters)
    ublock7 = upsampling_block(ublock6, cblock3[1], n_filters * 4)
    ublock8 = upsampling_block(ublock7, cblock2[1], n_filters * 2)
    ublock9 = upsampling_block(ublock8, cblock1[1], n_filters)
    conv9 = layers.Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(ublock9)
    conv10 = layers.Conv2D(n_classes, 1, padding="same")(conv9)
    return keras.Model(inputs=inputs, outputs=conv10)


def unet_by_recursion(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    last = layers.Conv2D(n_classes, (1, 1), activation="linear", name="logits")

    def from_here_down(x, depth=0):
        n = n_filters * 2**depth
        below, beside = conv_block(x, n, 0.3 if depth > 2 else 0, depth < 4)
        return upsampling_block(from_here_down(below, depth + 1), beside, n) if depth < 4 else below

    inputs = keras.Input(input_size)
    x = from_here_down(inputs)
    x = layers.Activation("relu")(layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal")(x))
    return keras.Model(inputs, last(x))


LAST = "return keras.Model(inputs, layers.Conv2D(n_classes, 1)(x))"
UNET_MODEL = Exercise(
    solution.unet_model,
    points=17,
    cases=unet_cases,
    slips=[
        Slip("the skip connections are cut", unet_without_skips, "Each block upwards gets the skip connection of its height; without them the decoder cannot know where the borders ran."),
        Slip("the skip connections carry nothing", Edit("skips.pop()", "0 * skips.pop()"), "What the skip connections bring must reach the convolutions."),
        Slip("the skip connections come in the wrong order", Edit("skips.pop()", "skips.pop(0)"), "The first block upwards needs the last skip connection: their sizes must fit."),
        Slip("no dropout", Edit("0.3", "0", 3), "The last two of the five blocks downwards drop 0.3."),
        Slip("dropout in the lowest block only", Edit("(8, 0.3)", "(8, 0)"), "Two blocks have dropout: which?"),
        Slip("dropout one block too early", Edit('(4, 0), (8, 0.3)):\n        x, skip = conv_block(x, times * n_filters, dropout_prob)\n        skips.append(skip)\n    x, _ = conv_block(x, 16 * n_filters, 0.3,', '(4, 0.3), (8, 0.3)):\n        x, skip = conv_block(x, times * n_filters, dropout_prob)\n        skips.append(skip)\n    x, _ = conv_block(x, 16 * n_filters, 0,'), "The last two of the five blocks have dropout; the lowest is the fifth."),
        Slip("a softmax at the end", Edit("layers.Conv2D(n_classes, 1)", 'layers.Conv2D(n_classes, 1, activation="softmax")'), "The network gives logits: the loss takes the softmax itself."),
        Slip("a ReLU at the end", Edit("layers.Conv2D(n_classes, 1)", 'layers.Conv2D(n_classes, 1, activation="relu")'), "Logits may be negative: the last convolution has no activation."),
        Slip("a sigmoid at the end", Edit("layers.Conv2D(n_classes, 1)", 'layers.Conv2D(n_classes, 1, activation="sigmoid")'), "The network gives logits: no activation after the last convolution."),
        Slip("one convolution is missing", Edit('    x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)\n', ""), "After the last block there is one more 3 × 3 convolution before the 1 × 1."),
        Slip("the last convolution is 3 × 3", Edit("layers.Conv2D(n_classes, 1)", 'layers.Conv2D(n_classes, 3, padding="same")'), "The logits come from a 1 × 1 convolution."),
        Slip("the lowest block is no wider", Edit("16 * n_filters", "8 * n_filters"), "The filters double once more in the lowest block."),
        Slip("the filters do not double", Edit("times * n_filters", "n_filters", 2), "n, 2n, 4n, 8n on the way down, and back on the way up."),
        Slip("n_filters is ignored", Edit("    inputs = keras.Input(input_size)\n", "    n_filters = 32\n    inputs = keras.Input(input_size)\n"), N_FILTERS),
        Slip("always 23 classes", Edit("Conv2D(n_classes", "Conv2D(23"), "The argument says how many classes there are."),
    ],
    variants=[Variant("line by line", unet_line_by_line), Variant("by recursion", unet_by_recursion)],
    hints=[
        "Go down: x, skip = conv_block(x, …), and keep each skip in a list. Go up: upsampling_block(x, the last skip that is left, …).",
        "Downwards n, 2n, 4n and 8n filters (the fourth with dropout 0.3), then conv_block(x, 16 * n_filters, 0.3, max_pooling=False); upwards 8n, 4n, 2n, n.",
        "At the end Conv2D(n_filters, 3, …) as in the blocks, then layers.Conv2D(n_classes, 1). unet_model().count_params() must be 8,640,471.",
    ],
    uses=("conv_block", "upsampling_block"),
    dtype="number",
    limit_float32=1e-2,  # two dozen layers of TF32
    observer=look_at_model,
)

# --- sparse_pixel_loss -----------------------------------------------------------------------------------------------


def loss_cases(rng):
    classes = int(rng.integers(4, 7))

    def one(title, voids=(), void=None, m=2, dtype=np.uint8, light=1, least=0):
        y_true = rng.integers(least, classes, (m, 4, 5))
        for picture, share in enumerate(voids):
            y_true[picture][rng.random((4, 5)) < share] = 255 if void is None else void
        named = {} if void is None else {"void": void}
        return case(title, y_true=y_true.astype(dtype), y_pred=light * signed(rng, m, 4, 5, classes), **named)

    yield one("no pixel is void")
    yield one("some are, in one picture more than in the other", voids=(0.7, 0.1))
    yield one("-1 stands for void", voids=(0.5, 0.2), void=-1, dtype=np.int64)
    yield one("class 0 is void", voids=(0.6, 0.3), void=0, least=1, dtype=np.int32)
    yield one("all are void", voids=(1, 1))
    yield one("large logits", voids=(0.3, 0.3), light=300)
    yield one("one picture", voids=(0.3,), m=1)
    yield one("no picture", m=0)
    yield one("100 stands for void", voids=(0.2, 0.6), void=100)


def loss_picture_by_picture(y_true, logits, void=255):
    y_true = keras.ops.cast(y_true, "int32")
    known = keras.ops.cast(y_true != void, logits.dtype)
    losses = keras.ops.sparse_categorical_crossentropy(keras.ops.where(y_true != void, y_true, 0), logits, from_logits=True)
    of_picture = keras.ops.sum(losses * known, axis=(1, 2)) / keras.ops.maximum(keras.ops.sum(known, axis=(1, 2)), 1.0)
    return keras.ops.sum(of_picture) / max(len(of_picture), 1)


def loss_in_numpy(y_true, logits, void=255):
    y_true, logits = keras.ops.convert_to_numpy(y_true).astype(int), keras.ops.convert_to_numpy(logits)
    known = y_true != void
    if not known.any():
        return keras.ops.convert_to_tensor(0.0)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return keras.ops.convert_to_tensor(-np.mean(logs[known, y_true[known]]))


def loss_by_one_hot(y_true, logits, void=255):
    y_true = keras.ops.cast(y_true, "int32")
    known = keras.ops.cast(keras.ops.not_equal(y_true, void), "float32")
    n_classes = logits.shape[-1]
    picked = keras.ops.one_hot(keras.ops.clip(y_true, 0, n_classes - 1), n_classes) * keras.ops.log_softmax(logits, axis=-1)
    total = keras.ops.sum(known)
    return -keras.ops.sum(keras.ops.sum(picked, axis=-1) * known) / keras.ops.where(total > 0, total, 1.0)


def loss_by_logsumexp(y_true, logits, void=255):
    labels = keras.ops.reshape(keras.ops.cast(y_true, "int64"), (-1,))
    flat = keras.ops.reshape(logits, (-1, logits.shape[-1]))
    known = labels != void
    right = keras.ops.take_along_axis(flat, keras.ops.where(known, labels, 0)[:, None], axis=-1)[:, 0]
    losses = keras.ops.where(known, keras.ops.logsumexp(flat, axis=-1) - right, 0.0)
    return keras.ops.sum(losses) / keras.ops.maximum(1.0, keras.ops.sum(keras.ops.cast(known, "float32")))


CROSSENTROPY = "keras.ops.sparse_categorical_crossentropy(classes, logits, from_logits=True)"
KNOWN_ALONE = "keras.ops.maximum(keras.ops.sum(keras.ops.cast(known, losses.dtype)), 1.0)"
SPARSE_PIXEL_LOSS = Exercise(
    solution.sparse_pixel_loss,
    points=10,
    cases=loss_cases,
    slips=[
        Slip("void pixels count as class 0", Edit("    losses = keras.ops.where(known, losses, 0.0)\n    return keras.ops.sum(losses) / " + KNOWN_ALONE, "    return keras.ops.sum(losses) / max(np.prod(losses.shape), 1)"), "Nobody knows the class of a void pixel: it must not be learnt from."),
        Slip("divided by all pixels", Edit(KNOWN_ALONE, "max(np.prod(losses.shape), 1)"), "The mean is over the pixels that are not void: there are fewer of them."),
        Slip("a sum", Edit("keras.ops.sum(losses) / " + KNOWN_ALONE, "keras.ops.sum(losses)"), "It is a mean: divide by the number of pixels that are not void."),
        Slip("picture by picture", loss_picture_by_picture, "Every pixel counts alike, wherever it is: one mean over all pictures."),
        Slip("not a number where all is void", Edit(KNOWN_ALONE, "keras.ops.sum(keras.ops.cast(known, losses.dtype))"), "Where all pixels are void, or there is none, 0 is divided by 0: the loss is 0."),
        Slip("void is always 255", Edit("y_true != void", "y_true != 255"), "The argument says which number is void."),
        Slip("logits taken for probabilities", Edit(", from_logits=True", ""), "The network gives logits; the softmax is still to come."),
        # Where softmax comes last, Keras on TensorFlow finds the logits again; here something comes after it.
        Slip("softmax twice", Edit("(classes, logits, from_logits=True)", "(classes, 1.0 * keras.ops.softmax(logits), from_logits=True)"), "from_logits=True takes a softmax already."),
        Slip("the exponential overflows", Edit(CROSSENTROPY, "-keras.ops.log(keras.ops.sum(keras.ops.one_hot(classes, logits.shape[-1]) * keras.ops.exp(logits), axis=-1) / keras.ops.sum(keras.ops.exp(logits), axis=-1))"), "The exponential of a large logit is more than a float can hold: let the framework take softmax and logarithm in one step."),
        Slip("computed in NumPy", loss_in_numpy, "Nothing can be learnt through NumPy: only operations of the framework have a gradient."),
        Slip("the minus is missing", Edit("return keras.ops.sum(losses)", "return -keras.ops.sum(losses)"), "A good guess must cost little: the logarithm of a probability is negative, the loss is not."),
    ],
    variants=[Variant("by one-hot vectors", loss_by_one_hot), Variant("by logsumexp", loss_by_logsumexp)],
    hints=[
        "First ask which pixels are known: y_true != void. A void pixel still needs some class for the cross-entropy; give it 0, and drop its loss afterwards.",
        "keras.ops.where(known, y_true, 0) gives every pixel a class; keras.ops.sparse_categorical_crossentropy(classes, logits, from_logits=True) is one loss a pixel.",
        "Sum of keras.ops.where(known, losses, 0.0), divided by the number of known pixels, but at least by 1: keras.ops.maximum(…, 1.0).",
    ],
    dtype="number",
    observer=look_at_loss,
)

# --- mean_iou --------------------------------------------------------------------------------------------------------


def iou_cases(rng):
    classes = int(rng.integers(5, 8))

    def maps(*shape, n=classes, right=0.5):
        y_true = rng.integers(0, n, shape)
        return y_true, np.where(rng.random(shape) < right, y_true, rng.integers(0, n, shape))

    yield case("every class is there", *maps(2, 9, 11), classes)
    yield case("two classes that neither map has", *maps(8, 9), classes + 2)
    y_true, y_pred = maps(7, 12)
    yield case("a class that is only guessed", np.where(y_true == 1, 2, y_true), y_pred, classes)
    yield case("a class that is never guessed", y_true, np.where(y_pred == 2, 0, y_pred), classes)
    y_true, y_pred = maps(3, 6, 8)
    y_true[rng.random(y_true.shape) < 0.3] = 255
    yield case("void pixels", y_true.astype(np.uint8), y_pred.astype(np.uint8), classes, ignore=255)
    yield case("class 0 is ignored", *maps(10, 9, right=0.4), classes, ignore=0)
    yield case("another class is ignored", *maps(2, 8, 7, right=0.4), classes, ignore=3)
    yield case("some classes far rarer than others", *(np.minimum(one, 3) for one in maps(9, 13)), 4)
    yield case("one row of pixels", *maps(40), classes)
    yield case("one class", *maps(4, 5, n=1), 1)
    yield case("nothing is left", np.full((3, 4), 2), *maps(3, 4)[:1], classes, 2)
    yield case("no pixel", np.zeros((0, 4, 5), np.uint8), np.zeros((0, 4, 5), np.uint8), classes)


def iou_by_table(y_true, y_pred, n_classes, ignore=None):
    pairs = np.zeros((n_classes, n_classes), int)
    kept = np.ones(np.shape(y_true), bool) if ignore is None else y_true != ignore
    np.add.at(pairs, (y_true[kept].astype(int), y_pred[kept].astype(int)), 1)
    both = np.diag(pairs)
    either = pairs.sum(axis=0) + pairs.sum(axis=1) - both
    counts = [c for c in range(n_classes) if c != ignore and either[c]]
    return sum(both[c] / either[c] for c in counts) / len(counts) if counts else 0.0


def iou_by_sets(y_true, y_pred, n_classes, ignore=None):
    truth, guess = y_true.ravel().tolist(), y_pred.ravel().tolist()
    known = {k for k, label in enumerate(truth) if ignore is None or label != ignore}
    found = []
    for c in set(range(n_classes)) - {ignore}:
        A, B = {k for k in known if truth[k] == c}, {k for k in known if guess[k] == c}
        if A | B:
            found.append(len(A & B) / len(A | B))
    return float(np.mean(found)) if found else 0.0


def iou_is_accuracy(y_true, y_pred, n_classes, ignore=None):
    kept = y_true != ignore
    return float(np.mean(y_true[kept] == y_pred[kept])) if kept.any() else 0.0


def iou_of_all_classes_together(y_true, y_pred, n_classes, ignore=None):
    kept = y_true != ignore
    y_true, y_pred = y_true[kept], y_pred[kept]
    classes = [c for c in range(n_classes) if c != ignore]
    union = sum(np.sum((y_true == c) | (y_pred == c)) for c in classes)
    return float(sum(np.sum((y_true == c) & (y_pred == c)) for c in classes) / union) if union else 0.0


MEAN_IOU = Exercise(
    solution.mean_iou,
    points=13,
    cases=iou_cases,
    slips=[
        Slip("absent classes count as 0", Edit("        if c != ignore and union > 0:\n            overlaps.append(np.sum((y_true == c) & (y_pred == c)) / union)\n    return float(np.mean(overlaps)) if overlaps else 0.0", "        if c != ignore:\n            overlaps.append(np.sum((y_true == c) & (y_pred == c)) / max(union, 1))\n    return float(np.mean(overlaps)) if overlaps else 0.0"), "A class that neither map has was not missed by anybody: leave it out of the mean."),
        Slip("absent classes count as 1", Edit("        if c != ignore and union > 0:\n            overlaps.append(np.sum((y_true == c) & (y_pred == c)) / union)", "        if c != ignore:\n            overlaps.append(np.sum((y_true == c) & (y_pred == c)) / union if union else 1.0)"), "A class that neither map has was not found by anybody: leave it out of the mean."),
        Slip("classes that are only guessed are left out", Edit("union > 0", "np.any(y_true == c)"), "A class that is guessed where there is none is a mistake: its IoU is 0, and counts."),
        Slip("classes that are never guessed are left out", Edit("union > 0", "np.any(y_pred == c)"), "A class that is never found is a mistake: its IoU is 0, and counts."),
        Slip("the share of right pixels", iou_is_accuracy, "This is the accuracy: large classes hide the small ones. Take each class by itself, then the mean."),
        Slip("all classes together", iou_of_all_classes_together, "Each class has an IoU of its own; the mean is over these."),
        Slip("the overlap counts twice below", Edit("np.sum((y_true == c) | (y_pred == c))", "np.sum(y_true == c) + np.sum(y_pred == c)"), "The union has each pixel once, those that both maps have as well."),
        Slip("Dice, not IoU", Edit("/ union)", "* 2 / (np.sum(y_true == c) + np.sum(y_pred == c)))"), "That is Dice, which is never smaller. IoU divides by the union."),
        Slip("divided by the true pixels alone", Edit("/ union)", "/ max(np.sum(y_true == c), 1))"), "That is recall: to call everything a car would earn full marks for cars. Divide by the union."),
        Slip("guessed pixels are dropped", Edit("kept = y_true != ignore", "kept = y_pred != ignore"), "Which pixels are dropped does not depend on the guess."),
        Slip("no pixel is dropped", Edit("        y_true, y_pred = y_true[kept], y_pred[kept]\n", ""), "Pixels whose true class is ignored count for no class at all."),
        Slip("the ignored class is averaged all the same", Edit("c != ignore and ", ""), "The ignored class itself has no part in the mean."),
        Slip("class 0 cannot be ignored", Edit("    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)\n", "    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)\n    ignore = ignore or None\n"), "0 is a class too, and false in Python: ask whether ignore `is not None`."),
        Slip("not a number where nothing is left", Edit("float(np.mean(overlaps)) if overlaps else 0.0", "float(np.sum(overlaps) / np.int64(len(overlaps)))"), "The mean of no numbers is not a number; the docstring says what to return."),
    ],
    variants=[Variant("by a table of pairs", iou_by_table), Variant("by sets of pixels", iou_by_sets)],
    hints=[
        "For each class c there are two masks: y_true == c and y_pred == c. Count the pixels that both have, and those that at least one has.",
        "Drop the ignored pixels first, from both maps: kept = y_true != ignore. Then skip class `ignore`, and every class whose union is 0.",
        "np.sum((y_true == c) & (y_pred == c)) / np.sum((y_true == c) | (y_pred == c)), collected in a list; the mean of the list, or 0.0 where it is empty.",
    ],
    forbids=("jaccard_score", "jaccard", "confusion_matrix", "MeanIoU", "OneHotMeanIoU", "OneHotIoU", "IoU"),
)

# --- dice ------------------------------------------------------------------------------------------------------------


def dice_cases(rng):
    def masks(*shape, likely=0.4):
        y_true = rng.random(shape) < likely
        return y_true, np.where(rng.random(shape) < 0.7, y_true, rng.random(shape) < likely)

    yield case("two masks", *masks(9, 11))
    yield case("three pictures, one of them nearly empty", *(one * np.array([1, 1, 0])[:, None, None] + (rng.random((3, 7, 8)) < 0.05) for one in masks(3, 7, 8)))
    yield case("0 and 255", *(255 * one.astype(np.uint8) for one in masks(8, 7)))
    yield case("numbers of both signs", rng.standard_normal((7, 9)), rng.standard_normal((7, 9)))
    yield case("probabilities", *(one * rng.random((9, 8), dtype=np.float32) for one in masks(9, 8)))
    yield case("one row of pixels", *(one.astype(int) for one in masks(50)))
    half = rng.random((6, 7)) < 0.5
    yield case("nothing in common", half, ~half)
    yield case("one mask is empty", np.zeros((4, 5), bool), masks(4, 5)[0])
    yield case("both are empty", np.zeros((4, 5), np.uint8), np.zeros((4, 5), np.uint8))
    yield case("no pixel", np.zeros((0, 4, 4), bool), np.zeros((0, 4, 4), bool))


def dice_from_counts(y_true, y_pred):
    hit = np.count_nonzero(np.logical_and(y_true > 0, y_pred > 0))
    missed = np.count_nonzero((y_true > 0) & ~(y_pred > 0))
    invented = np.count_nonzero(~(y_true > 0) & (y_pred > 0))
    return 1.0 if hit + missed + invented == 0 else 2 * hit / (2 * hit + missed + invented)


def dice_by_sets(y_true, y_pred):
    A, B = ({k for k, value in enumerate(one.ravel().tolist()) if value > 0} for one in (y_true, y_pred))
    return 2 * len(A & B) / (len(A) + len(B)) if A or B else 1.0


def dice_picture_by_picture(y_true, y_pred):
    if len(y_true) == 0:
        return 1.0
    found = []
    for a, b in zip(y_true > 0, y_pred > 0):
        total = np.sum(a) + np.sum(b)
        found.append(2 * np.sum(a & b) / total if total else 1.0)
    return float(np.mean(found))


DICE = Exercise(
    solution.dice,
    points=7,
    cases=dice_cases,
    slips=[
        Slip("IoU, not Dice", Edit("float(2 * np.sum(A & B) / total)", "float(np.sum(A & B) / np.sum(A | B))"), "That is IoU. Dice counts the overlap twice, above and below."),
        Slip("the overlap counts once", Edit("2 * np.sum", "np.sum"), "Twice the overlap, or two equal masks would only get one half."),
        Slip("a smoothing 1", Edit("float(2 * np.sum(A & B) / total)", "float((2 * np.sum(A & B) + 1) / (total + 1))"), "The smoothing that losses use has no place in a measure."),
        Slip("two empty masks get 0", Edit("else 1.0", "else 0.0"), "Two empty masks agree in every pixel."),
        Slip("two empty masks are not a number", Edit("float(2 * np.sum(A & B) / total) if total > 0 else 1.0", "float(2 * np.sum(A & B) / total)"), "0 / 0: what do two empty masks deserve?"),
        Slip("foreground begins at one half", Edit("> 0, np.asarray(y_pred) > 0", "> 0.5, np.asarray(y_pred) > 0.5"), "Whatever is greater than 0 is foreground."),
        Slip("negative numbers are foreground", Edit("np.asarray(y_true) > 0, np.asarray(y_pred) > 0", "np.asarray(y_true) != 0, np.asarray(y_pred) != 0"), "Foreground is what is greater than 0, not what is other than 0."),
        Slip("foreground is 1 alone", Edit("np.asarray(y_true) > 0, np.asarray(y_pred) > 0", "np.asarray(y_true) == 1, np.asarray(y_pred) == 1"), "Masks may hold 255, or anything else greater than 0."),
        Slip("picture by picture", dice_picture_by_picture, "All pixels are taken together, whichever picture they are of."),
        Slip("right background counts too", Edit("2 * np.sum(A & B) / total", "np.mean(A == B)"), "That is the accuracy: an empty mask would look good where there is little foreground."),
    ],
    variants=[Variant("from hits and misses", dice_from_counts), Variant("by sets of pixels", dice_by_sets)],
    hints=[
        "Make both into masks of True and False first: y_true > 0.",
        "Then three counts: the pixels that both have, those of the one, those of the other.",
        "2 * np.sum(A & B) / (np.sum(A) + np.sum(B)), but 1.0 where both sums are 0.",
    ],
    forbids=("f1_score", "fbeta_score", "dice", "Dice"),
)

EXERCISES = [
    CONV_TRANSPOSE_FORWARD,
    CONV_BLOCK,
    UPSAMPLING_BLOCK,
    UNET_MODEL,
    SPARSE_PIXEL_LOSS,
    MEAN_IOU,
    DICE,
]
