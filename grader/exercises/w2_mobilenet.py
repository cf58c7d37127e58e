"""What is asked of each function of assignment `w2_mobilenet`."""

import math

import keras
import numpy as np
from keras import layers

import data
from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.models import look_at_model
from grader.spec.observers.transfer import look_at_augmenter, look_at_fine_tuning, look_at_transfer
from solutions import w2_mobilenet as solution
from solutions.w2_mobilenet import data_augmenter

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise
ROUTINES = (
    "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "conv", "conv2d", "depthwise_conv", "depthwise_conv2d",
    "separable_conv", "separable_conv2d", "convolution", "convolve", "convolve2d", "fftconvolve", "oaconvolve",
    "correlate", "correlate2d",
)  # fmt: skip


def normal(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


def signed(rng, *shape):
    return rng.standard_normal(shape, dtype=np.float32)


def pixels(rng, *shape):
    return (255 * rng.random(shape)).astype(np.float32)


# --- depthwise_conv ------------------------------------------------------------------------------------------------


def depthwise_cases(rng):
    m, n_C = int(rng.integers(2, 4)), int(rng.integers(3, 6))
    yield case("3 × 3, same size", normal(rng, m, 5, 7, n_C), normal(rng, 3, 3, n_C), 1, 1)
    yield case("valid", normal(rng, m, 6, 5, n_C), normal(rng, 3, 3, n_C), 1, 0)
    yield case("stride 2", normal(rng, m, 7, 9, n_C), normal(rng, 3, 3, n_C), 2, 1)
    yield case("stride 2 that leaves a rest", normal(rng, m, 6, 8, n_C), normal(rng, 3, 3, n_C), 2, 0)
    yield case("stride 3, padded by 2", normal(rng, m, 6, 7, n_C), normal(rng, 2, 2, n_C), 3, 2)
    yield case("even filters", normal(rng, m, 5, 4, n_C), normal(rng, 4, 4, n_C), 1, 0)
    yield case("as many pixels as channels", normal(rng, 3, 3, 3, 3), normal(rng, 3, 3, 3), 1, 1)
    yield case("one channel, one picture", normal(rng, 1, 4, 6, 1), normal(rng, 3, 3, 1), 1, 0)
    yield case("whole numbers", rng.integers(-3, 4, (2, 5, 5, 2)), rng.integers(-3, 4, (3, 3, 2)), 1, 1)
    yield case("single precision", signed(rng, 2, 5, 6, n_C), signed(rng, 3, 3, n_C), 1, 1)


def depthwise_mixes(X, W, stride, pad):
    f = W.shape[0]
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H, n_W = (X.shape[1] - f) // stride + 1, (X.shape[2] - f) // stride + 1
    Z = np.zeros((X.shape[0], n_H, n_W, X.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            window = X[:, h * stride : h * stride + f, w * stride : w * stride + f]
            Z[:, h, w] = (window.sum(axis=3, keepdims=True) * W).sum(axis=(1, 2))
    return Z


def depthwise_sums_channels(X, W, stride, pad):
    f = W.shape[0]
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H, n_W = (X.shape[1] - f) // stride + 1, (X.shape[2] - f) // stride + 1
    Z = np.zeros((X.shape[0], n_H, n_W, X.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            window = X[:, h * stride : h * stride + f, w * stride : w * stride + f]
            Z[:, h, w] = (window * W).sum(axis=(1, 2, 3))[:, None]
    return Z


def depthwise_ignores_stride_in_windows(X, W, stride, pad):
    f = W.shape[0]
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H, n_W = (X.shape[1] - f) // stride + 1, (X.shape[2] - f) // stride + 1
    Z = np.zeros((X.shape[0], n_H, n_W, X.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            Z[:, h, w] = (X[:, h : h + f, w : w + f] * W).sum(axis=(1, 2))
    return Z


def depthwise_by_windows(X, W, stride, pad):
    f = W.shape[0]
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("mhwcij,ijc->mhwc", windows, W)


def depthwise_by_loops(X, W, stride, pad):
    f, (m, n_H_prev, n_W_prev, n_C) = len(W), X.shape
    n_H, n_W = int((n_H_prev + 2 * pad - f) / stride) + 1, int((n_W_prev + 2 * pad - f) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        padded = np.pad(X[i], ((pad, pad), (pad, pad), (0, 0)))
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    window = padded[h * stride : h * stride + f, w * stride : w * stride + f, c]
                    Z[i, h, w, c] = np.sum(window * W[:, :, c])
    return Z


DEPTHWISE_CONV = Exercise(
    solution.depthwise_conv,
    points=14,
    cases=depthwise_cases,
    slips=[
        Slip("the channels are mixed", depthwise_mixes, "Filter c sees channel c and no other."),
        Slip("one sum over all channels", depthwise_sums_channels, "Add up over rows and columns only: every channel keeps its own result."),
        Slip("windows ignore the stride", depthwise_ignores_stride_in_windows, "The window of output row h does not start at input row h when the stride is 2."),
        Slip("one filter for all channels", Edit("* W[row, column]", "* W[row, column, 0]"), "Each channel has a filter of its own: W[:, :, c]."),
        Slip("padding is left out", Edit("(pad, pad), (pad, pad)", "(0, 0), (0, 0)"), "pad zeros belong on each side of the picture first."),
        Slip("the filters are turned around", Edit("* W[row, column]", "* W[f - 1 - row, f - 1 - column]"), "As everywhere in this course, filters are not turned: it is a cross-correlation."),
        Slip("the last window is missing", Edit("// stride + 1", "// stride"), "Count the position you start from as well."),
        Slip("rows and columns are swapped", Edit("W[row, column]", "W[column, row]"), "The first axis of W goes down, the second across."),
    ],
    variants=[Variant("all windows at once", depthwise_by_windows), Variant("four loops", depthwise_by_loops)],
    hints=[
        "It is conv_forward without the sum over channels, and without a loop over filters: channel c meets filter c.",
        "Pad, work out n_H and n_W, then for each window: multiply by W and add up over rows and columns, not over channels.",
        "A window X[:, top : top + f, left : left + f] is (m, f, f, n_C) and W is (f, f, n_C): (window * W).sum(axis=(1, 2)).",
    ],
    forbids=ROUTINES,
)

# --- pointwise_conv ------------------------------------------------------------------------------------------------


def pointwise_cases(rng):
    n_C, n_C_out = int(rng.integers(3, 5)), int(rng.integers(5, 8))
    yield case("more channels out", normal(rng, 2, 4, 5, n_C), normal(rng, n_C, n_C_out))
    yield case("fewer channels out", normal(rng, 2, 3, 6, n_C_out), normal(rng, n_C_out, n_C))
    yield case("as many out as in", normal(rng, 3, 2, 5, n_C), normal(rng, n_C, n_C))
    yield case("one channel in", normal(rng, 2, 3, 4, 1), normal(rng, 1, n_C))
    yield case("one channel out, one picture", normal(rng, 1, 4, 3, n_C), normal(rng, n_C, 1))
    yield case("whole numbers", rng.integers(-3, 4, (2, 3, 4, n_C)), rng.integers(-3, 4, (n_C, 2)))
    yield case("single precision", signed(rng, 2, 5, 4, n_C), signed(rng, n_C, n_C_out))


def pointwise_filters_turned(X, W):
    if W.shape[0] != W.shape[1]:
        return X @ W
    return X @ W.T


def pointwise_of_the_mean(X, W):
    return X.mean(axis=(1, 2), keepdims=True) * np.ones(X.shape[:3] + (1,)) @ W


def pointwise_without_a_sum(X, W):
    return X[..., :1] * W[0]


def pointwise_by_einsum(X, W):
    return np.einsum("mhwc,ck->mhwk", X, W)


def pointwise_by_pixels(X, W):
    Z = np.zeros((*X.shape[:-1], W.shape[1]))
    for place in np.ndindex(X.shape[:-1]):
        for k in range(W.shape[1]):
            Z[place][k] = np.sum(X[place] * W[:, k])
    return Z


POINTWISE_CONV = Exercise(
    solution.pointwise_conv,
    points=8,
    cases=pointwise_cases,
    slips=[
        Slip("W is turned", pointwise_filters_turned, "W is (n_C, n_C_out): its rows belong to what comes in."),
        Slip("every pixel gets the average", pointwise_of_the_mean, "Each pixel is mixed by itself: its neighbours have no say."),
        Slip("only the first channel counts", pointwise_without_a_sum, "Every output channel is a weighted sum of all input channels."),
        Slip("a ReLU is applied", Edit("return X @ W", "return np.maximum(X @ W, 0)"), "Return the sums as they are: an activation is a layer of its own."),
        Slip("the weights are made positive", Edit("X @ W", "X @ np.abs(W)"), "Take the weights as they are, with their signs."),
    ],
    variants=[Variant("einsum", pointwise_by_einsum), Variant("pixel by pixel", pointwise_by_pixels)],
    hints=[
        "Look at one pixel: n_C numbers go in, n_C_out come out, by the matrix W. The same for every pixel.",
        "NumPy's @ works on the last axis of the left and the first of the right, and keeps all the others.",
        "(m, n_H, n_W, n_C) @ (n_C, n_C_out): one operation.",
    ],
    forbids=ROUTINES,
)

# --- depthwise_separable_cost --------------------------------------------------------------------------------------


def cost_cases(rng):
    n_H, n_W = int(rng.integers(7, 12)), int(rng.integers(13, 20))
    n_C, n_C_out = int(rng.integers(8, 16)), int(rng.integers(20, 40))
    yield case("the lecture's", 4, 4, 3, 3, 5)
    yield case("not square", n_H, n_W, 3, n_C, n_C_out)
    yield case("5 × 5", n_W, n_H, 5, n_C, n_C_out)
    yield case("more in than out", n_H, n_W, 3, n_C_out, n_C)
    yield case("1 × 1: two steps cost more", n_H, n_W, 1, n_C, n_C_out)
    yield case("one channel", n_H, n_W, 3, 1, 1)
    yield case("a real layer", 112, 112, 3, 64, 128)


def cost_by_formula(n_H, n_W, f, n_C, n_C_out):
    normal = n_H * n_W * n_C * n_C_out * f**2
    ratio = 1 / n_C_out + 1 / f**2
    return normal, round(normal * ratio), ratio


def cost_step_by_step(n_H, n_W, f, n_C, n_C_out):
    at_once = math.prod((f, f, n_C)) * n_H * n_W * n_C_out
    depthwise = math.prod((f, f)) * n_H * n_W * n_C
    pointwise = n_C * n_H * n_W * n_C_out
    both = depthwise + pointwise
    return at_once, both, np.divide(both, at_once)


DEPTHWISE_SEPARABLE_COST = Exercise(
    solution.depthwise_separable_cost,
    points=8,
    cases=cost_cases,
    slips=[
        Slip("the ratio is upside down", Edit("return normal, separable, separable / normal", "return normal, separable, normal / separable"), "The ratio says what share of the cost is left: below 1 where something is saved."),
        Slip("f is not squared", Edit("f * f", "f", 2), "A filter has f × f places in each channel."),
        Slip("the pointwise step is missing", Edit(" + places * n_C * n_C_out", ""), "Two steps: both have to be paid for."),
        Slip("the depthwise step mixes channels", Edit("places * f * f * n_C +", "places * f * f * n_C * n_C +"), "In the depthwise step each channel meets one filter only."),
        Slip("the two steps are multiplied", Edit("f * f * n_C + places", "f * f * n_C * places"), "One step after the other: their costs add up."),
        Slip("one place only", Edit("places = n_H * n_W", "places = 1"), "The filter stands at n_H · n_W places."),
        Slip("height counts twice", Edit("n_H * n_W", "n_H * n_H"), "The output is n_H high and n_W wide."),
        Slip("additions count as well", Edit("return normal, separable,", "return 2 * normal, 2 * separable,"), "Count multiplications only."),
    ],
    variants=[Variant("by the formula", cost_by_formula), Variant("step by step", cost_step_by_step)],
    hints=[
        "Multiplications = those for one output number × how many output numbers there are.",
        "At once: f · f · n_C for each of n_H · n_W · n_C_out numbers. Depthwise: f · f for each of n_H · n_W · n_C.",
        "Pointwise: n_C for each of n_H · n_W · n_C_out. Add the last two, and divide by the first.",
    ],
)

# --- inverted_residual_block ---------------------------------------------------------------------------------------


def inverted_residual_cases(rng):
    n_C = int(rng.integers(4, 8))

    def one(title, look, expansion=3, filters=n_C, stride=1, light=1, size=(6, 9)):
        pictures = light * signed(rng, 3, *size, n_C)
        return case(title, expansion, filters, stride, look=look, pictures=pictures, block=True)

    yield one("its output's shape, stride 2", "sizes", stride=2, size=(7, 10))
    yield one("parameters, trained and others", "parameters")
    yield one("parameters, nothing to expand", "parameters", expansion=1, filters=n_C + 3)
    yield one("how it begins", "beginning")
    yield one("given weights, with a shortcut", "inference")
    yield one("given weights, large numbers", "inference", light=300)
    yield one("given weights, other channels", "inference", filters=n_C + 2)
    yield one("given weights, stride 2", "inference", stride=2)
    yield one("given weights, stride 2, odd sides", "inference", stride=2, filters=n_C + 1, size=(5, 7))
    yield one("given weights, nothing to expand", "inference", expansion=1)
    yield one("given weights, six times as wide", "inference", expansion=6, light=20)
    yield one("given weights, a batch's statistics", "training")


def block_with_relu_at_the_end(X, expansion, filters, stride):
    n_C = X.shape[-1]
    Y = X
    if expansion > 1:
        Y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(expansion * n_C, 1, use_bias=False)(Y)))
    Y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(Y)
    Y = layers.ReLU(6.0)(layers.BatchNormalization()(Y))
    Y = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(Y))
    if stride == 1 and filters == n_C:
        Y = layers.Add()([X, Y])
    return layers.ReLU(6.0)(Y)


def block_always_expands(X, expansion, filters, stride):
    Y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(expansion * X.shape[-1], 1, use_bias=False)(X)))
    Y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(Y)
    Y = layers.ReLU(6.0)(layers.BatchNormalization()(Y))
    Y = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(Y))
    return layers.Add()([X, Y]) if stride == 1 and filters == X.shape[-1] else Y


def block_strides_at_the_end(X, expansion, filters, stride):
    n_C = X.shape[-1]
    Y = X
    if expansion > 1:
        Y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(expansion * n_C, 1, use_bias=False)(Y)))
    Y = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(Y)
    Y = layers.ReLU(6.0)(layers.BatchNormalization()(Y))
    Y = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(Y))
    return layers.Add()([X, Y]) if stride == 1 and filters == n_C else Y


def block_with_a_full_convolution(X, expansion, filters, stride):
    n_C = X.shape[-1]
    Y = X
    if expansion > 1:
        Y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(expansion * n_C, 1, use_bias=False)(Y)))
    Y = layers.Conv2D(Y.shape[-1], 3, strides=stride, padding="same", use_bias=False)(Y)
    Y = layers.ReLU(6.0)(layers.BatchNormalization()(Y))
    Y = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(Y))
    return layers.Add()([X, Y]) if stride == 1 and filters == n_C else Y


def block_in_small_steps(X, expansion, filters, stride):
    def normalised(layer, x):
        return layers.BatchNormalization(axis=-1)(layer(x))

    n_C = X.shape[-1]
    project = layers.Conv2D(filters, (1, 1), padding="same", use_bias=False)
    depthwise = layers.DepthwiseConv2D((3, 3), strides=(stride, stride), padding="same", use_bias=False)
    wide = X
    if expansion != 1:
        wide = keras.ops.relu6(normalised(layers.Conv2D(n_C * expansion, (1, 1), use_bias=False), X))
    out = normalised(project, keras.ops.relu6(normalised(depthwise, wide)))
    return X + out if stride == 1 and out.shape[-1] == n_C else out


def block_as_a_list(X, expansion, filters, stride):
    wide = expansion * X.shape[-1]
    path = []
    if expansion > 1:
        path += [layers.Conv2D(wide, 1, use_bias=False), layers.BatchNormalization(), layers.ReLU(max_value=6)]
    path += [layers.DepthwiseConv2D(3, stride, "same", use_bias=False), layers.BatchNormalization()]
    path += [layers.Activation("relu6"), layers.Conv2D(filters, 1, use_bias=False), layers.BatchNormalization()]
    out = keras.Sequential(path)(X)
    if stride > 1 or filters != X.shape[-1]:
        return out
    return layers.add([out, X])


INVERTED_RESIDUAL_BLOCK = Exercise(
    solution.inverted_residual_block,
    points=16,
    cases=inverted_residual_cases,
    slips=[
        Slip("ReLU6 at the end", block_with_relu_at_the_end, "The end of the block is linear: what is narrow cannot afford to lose what is negative."),
        Slip("expansion forgotten", Edit("Conv2D(expansion * n_C, 1", "Conv2D(n_C, 1"), "Inside, there are expansion · n_C channels."),
        Slip("expanded to so many filters", Edit("Conv2D(expansion * n_C, 1", "Conv2D(expansion * filters, 1"), "What is expanded are the channels that come in."),
        Slip("expanded by 1 all the same", block_always_expands, "Where the expansion is 1, there is nothing to expand: the first convolution is left out."),
        Slip("no shortcut", Edit("    if stride == 1 and filters == n_C:\n        Y = layers.Add()([X, Y])\n", ""), "Where shapes allow it, X is added at the end."),
        Slip("a ReLU that is not cut", Edit("layers.ReLU(6.0)", "layers.ReLU()", 2), "ReLU6 ends at 6."),
        Slip("the stride at the end", block_strides_at_the_end, "It is the depthwise convolution that takes larger steps."),
        Slip("the stride is ignored", Edit("strides=stride, ", ""), "The depthwise convolution takes steps of the stride."),
        Slip("not padded", Edit('padding="same", ', ""), "The depthwise convolution is padded: \"same\"."),
        Slip("a full convolution in the middle", block_with_a_full_convolution, "In the middle every channel is filtered by itself."),
        Slip("biases", Edit(", use_bias=False", "", 3), "Normalisation takes a bias away again: the convolutions have none."),
        Slip("the end is not normalised", Edit("    Y = layers.Conv2D(filters, 1, use_bias=False)(Y)\n    Y = layers.BatchNormalization()(Y)\n", "    Y = layers.Conv2D(filters, 1, use_bias=False)(Y)\n"), "All three convolutions are normalised, the last one too."),
        Slip("a running mean without memory", Edit("layers.BatchNormalization()", "layers.BatchNormalization(momentum=0.0)", 3), "Leave momentum at Keras's default: inference relies on what was seen before."),
    ],
    variants=[Variant("in small steps", block_in_small_steps), Variant("as a list", block_as_a_list)],
    hints=[
        "Three convolutions: 1x1 to widen, 3x3 depthwise, 1x1 to narrow. The first two end in ReLU6, the last one in nothing.",
        "layers.Conv2D(expansion * n_C, 1, use_bias=False), layers.BatchNormalization(), layers.ReLU(6.0); then layers.DepthwiseConv2D(3, strides=stride, padding=\"same\", use_bias=False).",
        "At the end: if stride == 1 and filters == n_C, return layers.Add()([X, Y]). The first convolution stands under `if expansion > 1`.",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- compound_scaling ----------------------------------------------------------------------------------------------


def compound_cases(rng):
    phi = float(rng.uniform(1.5, 4))
    yield case("one step", 1)
    yield case("no step", 0)
    yield case("seven steps", 7)
    yield case("a fraction", phi)
    yield case("smaller", -2)
    yield case("other growth", 3, alpha=1.4, beta=1.05, gamma=float(rng.uniform(1.1, 1.3)))
    yield case("nothing grows", 5, 1.0, 1.0, 1.0)


def compound_by_logarithms(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return tuple(math.exp(phi * math.log(base)) for base in (alpha, beta, gamma))


def compound_as_an_array(phi, alpha=1.2, beta=1.1, gamma=1.15):
    depth, width, resolution = np.power(np.array([alpha, beta, gamma]), float(phi))
    return depth, width, resolution


COMPOUND_SCALING = Exercise(
    solution.compound_scaling,
    points=6,
    cases=compound_cases,
    slips=[
        Slip("multiplied, not raised", Edit("alpha**phi, beta**phi, gamma**phi", "alpha * phi, beta * phi, gamma * phi"), "Each step multiplies once more: phi is an exponent."),
        Slip("base and exponent are swapped", Edit("alpha**phi, beta**phi, gamma**phi", "phi**alpha, phi**beta, phi**gamma"), "phi counts the steps: it is the exponent."),
        Slip("width and resolution are swapped", Edit("beta**phi, gamma**phi", "gamma**phi, beta**phi"), "beta is the width's growth, gamma the resolution's."),
        Slip("width and resolution are squared", Edit("beta**phi, gamma**phi", "beta ** (2 * phi), gamma ** (2 * phi)"), "Their squares count in the cost; the factors themselves are asked for."),
        Slip("the growth is fixed", Edit("alpha**phi, beta**phi, gamma**phi", "1.2**phi, 1.1**phi, 1.15**phi"), "alpha, beta and gamma are arguments."),
    ],
    variants=[Variant("by logarithms", compound_by_logarithms), Variant("as an array", compound_as_an_array)],
    hints=[
        "One step multiplies the depth by alpha, two steps by alpha twice.",
        "phi steps multiply it by alpha to the power of phi. The same for width and resolution.",
        "alpha**phi, beta**phi, gamma**phi, in this order.",
    ],
)

# --- pca_color_jitter ----------------------------------------------------------------------------------------------


def jitter_cases(rng):
    seed = int(rng.integers(2**31))

    def picture(n_H, n_W, factor=1.0):
        mixed = normal(rng, n_H, n_W, 3) @ normal(rng, 3, 3)
        return factor * (mixed + 3 * normal(rng, 3))

    yield case("a picture", picture(6, 9), seed)
    yield case("a strong change", picture(9, 6), seed + 1, sigma=2.0)
    yield case("no change", picture(5, 7), seed + 2, sigma=0.0)
    yield case("another seed", picture(7, 8), seed + 3, sigma=0.5)
    yield case("large numbers", picture(6, 9, 40.0), seed + 4, sigma=0.01)
    yield case("one bright colour", picture(8, 5) * np.array([4.0, 1.0, 0.2]), seed + 5)
    yield case("single precision", picture(7, 6).astype(np.float32), seed + 6, sigma=0.3)


def jitter_seen(function, X, seed, **sigma):
    """What was added, along each eigenvector and without its sign, which is anybody's choice."""
    import numpy as np

    rng = np.random.default_rng(seed)
    out = np.asarray(function(X, rng, **sigma))
    if out.shape != X.shape:
        return out
    added = out.astype(float) - X
    values, vectors = np.linalg.eigh(np.cov(X.reshape(-1, 3).astype(float), rowvar=False))
    along = np.abs(added.reshape(-1, 3).mean(axis=0) @ vectors)
    spread = np.abs(added - added.mean(axis=(0, 1))).max()
    scale = np.sqrt(values.sum())
    return {
        "added along the eigenvectors": along / scale,
        "the same for every pixel": bool(spread <= 1e-4 * (scale + np.abs(X).max())),
        "the generator's next number": rng.random(),
    }


def jitter_by_channels(X, rng, sigma=0.1):
    return X + rng.normal(0, sigma, 3) * X.reshape(-1, 3).std(axis=0)


def jitter_each_pixel(X, rng, sigma=0.1):
    values, vectors = np.linalg.eigh(np.cov(X.reshape(-1, 3), rowvar=False))
    return X + (rng.normal(0, sigma, X.shape) * values) @ vectors.T


def jitter_by_hand(X, rng, sigma=0.1):
    flat = X.reshape(-1, 3).astype(float)
    centred = flat - flat.mean(axis=0)
    covariance = centred.T @ centred / (len(flat) - 1)
    values, vectors = np.linalg.eigh(covariance)
    shift = np.zeros(3)
    for alpha, value, vector in zip(rng.normal(0, sigma, size=3), values, vectors.T):
        shift += alpha * value * vector
    return (flat + shift).reshape(X.shape)


def jitter_by_matrix(X, rng, sigma=0.1):
    lam, P = np.linalg.eigh(np.cov(np.moveaxis(X, 2, 0).reshape(3, -1)))
    return X + P.dot(lam * rng.normal(scale=sigma, size=3)).reshape(1, 1, 3)


def jitter_other_signs(X, rng, sigma=0.1):
    lam, P = np.linalg.eigh(np.cov(X.reshape(-1, 3).T))
    P = P * np.array([-1.0, 1.0, -1.0])
    return X + P @ (lam * rng.normal(0, sigma, 3))


PCA_COLOR_JITTER = Exercise(
    solution.pca_color_jitter,
    points=12,
    cases=jitter_cases,
    slips=[
        Slip("each channel by itself", jitter_by_channels, "The directions are the eigenvectors of the pixels' covariance, not red, green and blue."),
        Slip("another change for every pixel", jitter_each_pixel, "Three numbers are drawn for the whole picture: the light changes, not the grain."),
        Slip("rows of eigenvectors", Edit("vectors @ (strengths * values)", "vectors.T @ (strengths * values)"), "eigh gives the eigenvectors as columns: vectors[:, i] belongs to values[i]."),
        Slip("without the eigenvalues", Edit("strengths * values", "strengths"), "Where the colours vary more, more is added: λ is a factor."),
        Slip("their roots", Edit("strengths * values", "strengths * np.sqrt(np.abs(values))"), "The factor is the eigenvalue itself, not its root."),
        Slip("sigma is ignored", Edit("strengths = rng.normal(0, sigma, 3)", "strengths = rng.normal(0, 0.1, 3)"), "The strengths' standard deviation is an argument."),
        Slip("sigma taken for the variance", Edit("strengths = rng.normal(0, sigma, 3)", "strengths = rng.normal(0, np.sqrt(sigma), 3)"), "The second argument of rng.normal is the standard deviation already."),
        Slip("multiplied into the picture", Edit("return X + vectors @ (strengths * values)", "return X * (1 + vectors @ (strengths * values))"), "The change is added to every pixel."),
        Slip("clipped", Edit("return X + vectors @ (strengths * values)", "return np.clip(X + vectors @ (strengths * values), 0, 1)"), "Return the sums as they are: they are not clipped."),
        Slip("a generator of its own", Edit("strengths = rng.normal(", "strengths = np.random.default_rng(0).normal("), "Draw from the rng that is given, so that the caller can repeat it."),
    ],
    variants=[
        Variant("by hand", jitter_by_hand),
        Variant("as a matrix", jitter_by_matrix),
        Variant("eigenvectors of the other sign", jitter_other_signs),
    ],
    hints=[
        "Every pixel is a point with three coordinates. In which directions do these points spread, and how far?",
        "np.cov(X.reshape(-1, 3), rowvar=False) is (3, 3); np.linalg.eigh of it gives λ and, as columns, p.",
        "strengths = rng.normal(0, sigma, 3); add vectors @ (strengths * values), three numbers, to every pixel.",
    ],
    limit_float32=TF32,
    observer=jitter_seen,
)

# --- data_augmenter ------------------------------------------------------------------------------------------------


def augmenter_cases(rng):
    seed = int(rng.integers(2**31))
    yield case("its kind", look="kind", seed=seed)
    yield case("when it does not train", look="inference", seed=seed + 1)
    yield case("turned over", look="flips", seed=seed + 2)
    yield case("turned around", look="turns", seed=seed + 3)
    yield case("sizes", look="sizes", seed=seed + 4)


def augmenter_as_a_model():
    inputs = keras.Input((None, None, 3))
    return keras.Model(inputs, layers.RandomRotation(0.2)(layers.RandomFlip("horizontal")(inputs)))


def augmenter_by_add():
    model = keras.Sequential()
    model.add(layers.RandomFlip(mode="horizontal"))
    model.add(layers.RandomRotation(factor=(-0.2, 0.2)))
    return model


def augmenter_turns_first():
    return keras.models.Sequential([layers.RandomRotation(0.2, fill_mode="nearest"), layers.RandomFlip("horizontal", seed=3)])


DATA_AUGMENTER = Exercise(
    solution.data_augmenter,
    points=6,
    cases=augmenter_cases,
    slips=[
        Slip("turned upside down", Edit('"horizontal"', '"vertical"'), "Left becomes right; up stays up."),
        Slip("turned over both ways", Edit('"horizontal"', '"horizontal_and_vertical"'), "Left becomes right; up stays up."),
        Slip("never turned over", Edit('layers.RandomFlip("horizontal"), ', ""), "Two layers: one turns pictures over, one around."),
        Slip("never turned around", Edit(", layers.RandomRotation(0.2)", ""), "Two layers: one turns pictures over, one around."),
        Slip("turned by degrees", Edit("RandomRotation(0.2)", "RandomRotation(0.2 / 360)"), "The rotation's factor is a share of a full turn."),
        Slip("turned too far", Edit("RandomRotation(0.2)", "RandomRotation(0.4)"), "0.2 of a full turn to either side, no more."),
        Slip("turned one way only", Edit("RandomRotation(0.2)", "RandomRotation((0, 0.2))"), "To either side: a single number means both."),
        Slip("a functional model", augmenter_as_a_model, "Build it as a keras.Sequential: its layers in a list."),
    ],
    variants=[Variant("layer by layer", augmenter_by_add), Variant("turned first", augmenter_turns_first)],
    hints=[
        "Keras has a layer for each: their names begin with Random.",
        "layers.RandomFlip(\"horizontal\") turns left into right; layers.RandomRotation takes a share of a full turn.",
        "keras.Sequential([layers.RandomFlip(\"horizontal\"), layers.RandomRotation(0.2)]).",
    ],
    observer=look_at_augmenter,
)

# --- alpaca_model --------------------------------------------------------------------------------------------------


def alpaca_cases(rng):
    size = (48, 32)
    for title, look, m, light in (
        ("one logit for each picture", "sizes", 2, 1),
        ("parameters, trained and others", "parameters", 1, 1),
        ("the features are borrowed", "borrowed", 1, 1),
        ("given last weights", "inference", 4, 1),
        ("given last weights, dark pictures", "inference", 4, 1 / 8),
        ("while it trains", "training", 2, 1),
        ("numbers that are dropped", "dropout", 1, 1),
    ):
        yield case(title, size, look=look, pictures=light * pixels(rng, m, *size, 3))


def alpaca_frozen_but_for_bn(image_shape=(160, 160), data_augmentation=data_augmenter()):
    base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
    for layer in base.layers:
        layer.trainable = isinstance(layer, layers.BatchNormalization)
    inputs = keras.Input((*image_shape, 3))
    x = keras.applications.mobilenet_v2.preprocess_input(data_augmentation(inputs))
    x = layers.GlobalAveragePooling2D()(base(x))
    return keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.2)(x)))


def alpaca_augments_afterwards(image_shape=(160, 160), data_augmentation=data_augmenter()):
    base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
    base.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = data_augmentation(keras.applications.mobilenet_v2.preprocess_input(inputs))
    x = layers.GlobalAveragePooling2D()(base(x, training=False))
    return keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.2)(x)))


def alpaca_as_a_list(image_shape=(160, 160), data_augmentation=data_augmenter()):
    base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
    base.trainable = False
    return keras.Sequential(
        [
            keras.Input((*image_shape, 3)),
            data_augmentation,
            layers.Rescaling(1 / 127.5, offset=-1),
            base,
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )


def alpaca_layer_by_layer(image_shape=(160, 160), data_augmentation=data_augmenter()):
    input_shape = image_shape + (3,)
    base_model = data.pretrained("mobilenet_v2", input_shape=input_shape)
    for layer in base_model.layers:
        layer.trainable = False
    pooling, dropout, prediction = layers.GlobalAvgPool2D(), layers.Dropout(rate=0.2), layers.Dense(units=1, activation="linear")
    inputs = keras.Input(shape=input_shape)
    x = data_augmentation(inputs)
    x = x / 127.5 - 1.0
    x = base_model(x)
    return keras.Model(inputs=inputs, outputs=prediction(dropout(pooling(x))))


def alpaca_by_class(image_shape=(160, 160), data_augmentation=data_augmenter()):
    class Alpaca(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(1)
            self.drop = layers.Dropout(0.2)
            self.base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
            self.base.trainable = False
            self.augment = data_augmentation

        def call(self, x, training=None):
            x = keras.applications.mobilenet_v2.preprocess_input(self.augment(x, training=training))
            x = keras.ops.mean(self.base(x, training=False), axis=(1, 2))
            return self.last(self.drop(x, training=training))

    model = Alpaca()
    model(np.zeros((1, *image_shape, 3), np.float32))
    return model


ALPACA_MODEL = Exercise(
    solution.alpaca_model,
    points=16,
    cases=alpaca_cases,
    slips=[
        Slip("the base is not frozen", Edit("    base.trainable = False\n", ""), "What is borrowed must not change: base.trainable."),
        Slip("normalisation left to learn", alpaca_frozen_but_for_bn, "All of the base is frozen, its batch normalisations too."),
        Slip("pixels as they are", Edit("    x = keras.applications.mobilenet_v2.preprocess_input(x)\n", ""), "The base was taught on values from -1 to 1: preprocess_input."),
        Slip("pixels from 0 to 1", Edit("keras.applications.mobilenet_v2.preprocess_input(x)", "x / 255"), "The base was taught on values from -1 to 1: preprocess_input."),
        Slip("augmented after preprocessing", alpaca_augments_afterwards, "The augmentation sees pictures: it comes first."),
        Slip("no augmentation", Edit("    x = data_augmentation(inputs)\n", "    x = inputs\n"), "The pictures pass through data_augmentation first."),
        Slip("no dropout", Edit("    x = layers.Dropout(0.2)(x)\n", ""), "Between pooling and the last layer, a fifth of the numbers is dropped."),
        Slip("a sigmoid", Edit("layers.Dense(1)(x)", 'layers.Dense(1, activation="sigmoid")(x)'), "A logit is wanted: the loss will do the rest."),
        Slip("two outputs", Edit("layers.Dense(1)", "layers.Dense(2)"), "Two kinds are one question: one number answers it."),
        Slip("half is dropped", Edit("Dropout(0.2)", "Dropout(0.5)"), "A fifth of the numbers is dropped, no more."),
        Slip("flattened", Edit("layers.GlobalAveragePooling2D()", "layers.Flatten()"), "Each feature is averaged over all places."),
        Slip("the strongest, not the mean", Edit("GlobalAveragePooling2D", "GlobalMaxPooling2D"), "Each feature is averaged over all places."),
        Slip("nothing is borrowed", Edit('data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))', 'keras.applications.MobileNetV2((*image_shape, 3), alpha=0.75, include_top=False, weights=None)'), "Without its weights, the base knows nothing: data.pretrained."),
        Slip("the size is fixed", Edit("keras.Input((*image_shape, 3))", "keras.Input((160, 160, 3))"), "The argument says how large a picture is."),
    ],
    variants=[
        Variant("a list", alpaca_as_a_list),
        Variant("layer by layer, scaled by hand", alpaca_layer_by_layer),
        Variant("a class of its own", alpaca_by_class),
    ],
    hints=[
        "base = data.pretrained(\"mobilenet_v2\", input_shape=(*image_shape, 3)); base.trainable = False. Then six steps, one line each.",
        "inputs = keras.Input((*image_shape, 3)); data_augmentation(inputs); keras.applications.mobilenet_v2.preprocess_input; base(x, training=False).",
        "layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(1): keras.Model(inputs, outputs).",
    ],
    uses=("data_augmenter",),
    dtype="number",
    limit_float32=TF32,
    observer=look_at_transfer,
)

# --- fine_tune -----------------------------------------------------------------------------------------------------


def fine_tune_cases(rng):
    def one(title, look, *args, **kwargs):
        return case(title, *args, look=look, pictures=pixels(rng, 4, 32, 48, 3), **kwargs)

    yield one("what learns", "trainable")
    yield one("what learns, from another layer on", "trainable", int(rng.integers(50, 118)))
    yield one("what learns, a model tuned before", "again", int(rng.integers(121, 150)))
    yield one("its rule and its loss", "settings")
    yield one("its rule, another rate", "settings", 130, float(rng.uniform(0.005, 0.05)))
    yield one("what a step moves", "fit", int(rng.integers(50, 118)))


def tunes_its_statistics(model, fine_tune_at=120, base_learning_rate=0.001):
    base = max(model.layers, key=lambda layer: len(getattr(layer, "layers", [])))
    base.trainable = True
    for layer in base.layers[:fine_tune_at]:
        layer.trainable = False
    model.compile(
        optimizer=keras.optimizers.Adam(base_learning_rate / 10),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def tunes_from_the_other_end(model, fine_tune_at=120, base_learning_rate=0.001):
    base = max(model.layers, key=lambda layer: len(getattr(layer, "layers", [])))
    base.trainable = True
    for place, layer in enumerate(base.layers):
        layer.trainable = place < fine_tune_at and not isinstance(layer, layers.BatchNormalization)
    model.compile(
        optimizer=keras.optimizers.Adam(base_learning_rate / 10),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def tunes_the_base_only(model, fine_tune_at=120, base_learning_rate=0.001):
    base = max(model.layers, key=lambda layer: len(getattr(layer, "layers", [])))
    model.trainable = False
    for layer in base.layers[fine_tune_at:]:
        if not isinstance(layer, layers.BatchNormalization):
            base.trainable = model.trainable = True
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= fine_tune_at and not isinstance(layer, layers.BatchNormalization)
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            layer.trainable = False
    model.compile(keras.optimizers.Adam(base_learning_rate / 10), keras.losses.BinaryCrossentropy(from_logits=True), ["accuracy"])
    return model


def tuned_layer_by_layer(model, fine_tune_at=120, base_learning_rate=0.001):
    for layer in model.layers:
        if isinstance(layer, keras.Model) and len(layer.layers) > 50:
            base = layer
    base.trainable = True
    for layer in base.layers[:fine_tune_at]:
        layer.trainable = False
    for layer in base.layers[fine_tune_at:]:
        layer.trainable = "BatchNorm" not in type(layer).__name__
    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(learning_rate=0.1 * base_learning_rate),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    )
    return model


def tuned_with_scale_and_offset(model, fine_tune_at=120, base_learning_rate=0.001):
    """The normalisations' scale and offset learn too; told that nobody trains, they keep their statistics."""
    base = next(layer for layer in model.layers if len(getattr(layer, "layers", ())) > 100)
    base.trainable = True
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= fine_tune_at
        if isinstance(layer, keras.layers.BatchNormalization):

            def never_training(inputs, training=None, mask=None, call=type(layer).call, layer=layer):
                return call(layer, inputs, training=False)

            layer.call = never_training
    rule = keras.optimizers.Adam(base_learning_rate * 0.1)
    model.compile(rule, loss=keras.losses.BinaryCrossentropy(True), metrics=["binary_accuracy"])
    return model


FINE_TUNE = Exercise(
    solution.fine_tune,
    points=9,
    cases=fine_tune_cases,
    slips=[
        Slip("its statistics move", tunes_its_statistics, "In fit, a batch normalisation that may learn takes each batch's statistics, whatever was said when the model was built: freeze them."),
        Slip("the other end learns", tunes_from_the_other_end, "What is close to the pictures is of use to everyone: the last layers learn."),
        Slip("all of the base learns", Edit("place >= fine_tune_at and not", "not"), "The layers before fine_tune_at stay frozen."),
        Slip("the base stays frozen", Edit("layer.trainable = place >= fine_tune_at and not isinstance(layer, layers.BatchNormalization)", "layer.trainable = False"), "From fine_tune_at on, layers learn again."),
        Slip("the new layer is frozen", tunes_the_base_only, "The new last layer goes on learning."),
        Slip("always from layer 120", Edit("place >= fine_tune_at", "place >= 120"), "The argument says from where on."),
        Slip("the rate is not lowered", Edit("base_learning_rate / 10", "base_learning_rate"), "Gently: a tenth of the rate that the new layer was trained with."),
        Slip("always the same rate", Edit("base_learning_rate / 10", "0.0001"), "A tenth of base_learning_rate, whatever that is."),
        Slip("a loss for probabilities", Edit("from_logits=True", "from_logits=False"), "The model gives logits: the loss must know."),
        Slip("another rule", Edit("optimizers.Adam(", "optimizers.SGD("), "The rule is Adam."),
        Slip("compiled without accuracy", Edit('        metrics=["accuracy"],\n', ""), "Accuracy is wanted beside the loss: metrics."),
    ],
    variants=[
        Variant("layer by layer", tuned_layer_by_layer),
        Variant("scale and offset learn too", tuned_with_scale_and_offset),
    ],
    hints=[
        "First find the base: of the model's layers it is the one that has many layers itself. Then go through those.",
        "base.trainable = True, then say of every layer what it shall do: layer.trainable is False for base.layers[:fine_tune_at] and for every BatchNormalization, True for the others.",
        "model.compile(optimizer=keras.optimizers.Adam(base_learning_rate / 10), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=[\"accuracy\"]).",
    ],
    uses=("data_augmenter", "alpaca_model"),
    dtype="number",
    limit_float32=TF32,
    observer=look_at_fine_tuning,
)

EXERCISES = [
    DEPTHWISE_CONV,
    POINTWISE_CONV,
    DEPTHWISE_SEPARABLE_COST,
    INVERTED_RESIDUAL_BLOCK,
    COMPOUND_SCALING,
    PCA_COLOR_JITTER,
    DATA_AUGMENTER,
    ALPACA_MODEL,
    FINE_TUNE,
]
