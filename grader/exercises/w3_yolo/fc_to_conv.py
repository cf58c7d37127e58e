"""Dense layers as convolutions: no number changes, so that all depends on the order of the axes."""

import numpy as np
from solutions.w3_yolo import fc_to_conv

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, passing

exercise = Exercise(
    fc_to_conv,
    points=6,
    hints=[
        "A unit of the first dense layer weighs every number of an (h, w, c) block: that is a filter as large as the block.",
        "Flatten reads rows, then columns, then channels, and so does reshape: no axis has to move. After the first layer there is one pixel left.",
        "W1.reshape(h, w, c, -1) is the first filter, W.reshape(1, 1, *W.shape) every later one; put each one's b behind it.",
    ],
)


@exercise.cases
def cases(rng):
    n1, n2, n3 = (int(number) for number in rng.permutation([4, 5, 7]))
    for title, shape, sizes, dtype in (
        ("one layer", (4, 4, 3), (n1,), np.float32),
        ("two layers", (3, 3, 2), (n1, n2), np.float32),
        ("three layers, not square", (2, 3, 4), (n1, n2, n3), np.float32),
        ("three layers, the other way", (4, 2, 3), (n3, n1, n2), np.float32),
        ("as many rows as columns and channels", (3, 3, 3), (n2, n2), np.float32),
        ("four layers", (2, 2, 3), (n2, n3, n1, n2), np.float32),
        ("one channel", (3, 5, 1), (n3, n1), np.float32),
        ("one pixel", (1, 1, n2), (n1, n3), np.float32),
        ("one number", (1, 1, 1), (n1, n2), np.float32),
        ("one number at the end", (2, 4, 2), (n2, 1), np.float32),
        ("one number between", (3, 2, 2), (1, n1, n3), np.float32),
        ("as wide as what was flattened", (2, 3, 2), (12, 12, n1), np.float32),
        ("double precision", (3, 2, 2), (n1, n2), np.float64),
    ):
        widths = [int(np.prod(shape)), *sizes]
        layers = [(rng.standard_normal(pair).astype(dtype), rng.standard_normal(pair[1]).astype(dtype)) for pair in zip(widths, sizes)]
        yield case(title, [one for layer in layers for one in layer], shape)


exercise.slip(
    "channels first",
    lambda dense_weights, input_shape: [dense_weights[0].reshape(input_shape[2], *input_shape[:2], -1).transpose(1, 2, 0, 3), *fc_to_conv(dense_weights, input_shape)[1:]],
    "In which order does Flatten lay out (h, w, c): which of the three moves fastest?",
)
exercise.slip(
    "rows and columns swapped",
    lambda dense_weights, input_shape: [dense_weights[0].reshape(input_shape[1], input_shape[0], input_shape[2], -1).transpose(1, 0, 2, 3), *fc_to_conv(dense_weights, input_shape)[1:]],
    "In which order does Flatten lay out (h, w, c): which comes first, a row or a column?",
)
exercise.slip("in the other order of memory", passing("reshape", order="F"), "Flatten and reshape read rows first, as NumPy does unless it is told otherwise.")
exercise.slip("filters turned over", afterwards(lambda result: [result[0][::-1, ::-1], *result[1:]]), "Keras's convolution lays its filter on the picture as it is: nothing is turned over.")
exercise.slip("the output's axis first", afterwards(lambda result: [one.transpose(3, 0, 1, 2) if one.ndim == 4 else one for one in result]), "Keras keeps the filters' number last: (h, w, c, n).")
exercise.slip(
    "turned before it is reshaped",
    beforehand(dense_weights="[one.T.reshape(one.shape) for one in dense_weights]"),
    "A column of W holds one unit's weights, and the units stay the last axis: does W need to be turned?",
)
exercise.slip(
    "later layers reshaped like the first",
    lambda dense_weights, input_shape: [one.reshape(*input_shape, -1) if one.ndim == 2 else one for one in dense_weights],
    "After the first convolution a picture of the old size is a single pixel: how large are the later filters?",
)
exercise.slip("later layers stay dense", lambda given, shape: [*fc_to_conv(given[:2], shape), *given[2:]], "The later layers become convolutions too, of 1 × 1: what shape has such a filter?")
exercise.slip("1 × 1 filters with in and out swapped", afterwards(lambda x: x[:2] + [one.swapaxes(-1, one.ndim - 2) for one in x[2:]]), "A filter's last two axes are channels in, then channels out.")
exercise.slip("the offsets are lost", afterwards(lambda result: result[::2]), "Every convolution needs its offset as well: the list has two arrays a layer.")
exercise.slip("the offsets are zeros", afterwards(lambda result: [0 * one if one.ndim == 1 else one for one in result]), "The offsets stay as they are.")
exercise.slip("the offsets get four axes", afterwards(lambda result: [one[(None,) * (4 - one.ndim)] for one in result]), "Keras keeps an offset as (n,), in a convolution as in a dense layer.")
exercise.slip("all filters, then all offsets", afterwards(lambda result: result[::2] + result[1::2]), "The list goes layer by layer: what follows K1, before K2?")
exercise.slip("only the first layer", afterwards(lambda result: result[:2]), "All dense layers are turned into convolutions, however many there are.")
exercise.equivalent("-1 → -2", "NumPy takes any negative number for what is left")
