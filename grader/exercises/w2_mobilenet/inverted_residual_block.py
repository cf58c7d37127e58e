"""`inverted_residual_block`: wide inside, linear at the end, a shortcut only where shape and channels stay."""

from keras import layers
from solutions.w2_mobilenet import inverted_residual_block

from grader.exercises.w2_mobilenet.shared import TF32
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model
from grader.spec.wrong import afterwards, edit, edits, leaving_out, passing, skipping

exercise = Exercise(
    inverted_residual_block,
    points=16,
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
    pair_cases=1,
    hints=[
        "Three convolutions: 1x1 to widen, 3x3 depthwise, 1x1 to narrow. The first two end in ReLU6, the last one in nothing.",
        'layers.Conv2D(expansion * n_C, 1, use_bias=False), layers.BatchNormalization(), layers.ReLU(6.0); then layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False).',
        "At the end: if stride == 1 and filters == n_C, return layers.Add()([X, Y]). The first convolution stands under `if expansion > 1`.",
    ],
)


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 4, 8)

    def one(title, look, expansion=3, filters=n_C, stride=1, light=1, size=(6, 9)):
        pictures = light * draw.single(rng, 3, *size, n_C)
        return case(title, expansion, filters, stride, look=look, pictures=pictures, block=True)

    yield one("its output's shape, stride 2", "sizes", stride=2, size=(7, 10))
    yield one("parameters, trained and others", "parameters")
    yield one("parameters, nothing to expand", "parameters", expansion=1, filters=n_C + 3)
    yield one("how it begins", "beginning")
    yield one("given weights, with a shortcut", "inference")
    yield one("given weights, large numbers", "inference", light=300)
    yield one("given weights, other channels", "inference", filters=n_C + 2)
    yield one("given weights, one channel out", "inference", expansion=2, filters=1)
    yield one("given weights, stride 2", "inference", stride=2)
    yield one("given weights, stride 2, odd sides", "inference", stride=2, filters=n_C + 1, size=(5, 7))
    yield one("given weights, stride 2, one pixel", "inference", stride=2, size=(1, 1))
    yield one("given weights, nothing to expand", "inference", expansion=1)
    yield one("given weights, nothing to expand, large numbers", "inference", expansion=1, filters=n_C + 1, light=300)  # the second ReLU6 cuts
    yield one("given weights, six times as wide", "inference", expansion=6, light=20)
    yield one("given weights, a batch's statistics", "training")
    yield one("given weights, a faint batch's statistics", "training", light=0.01)


exercise.equivalent("[X, Y] → [Y, X]", "a sum's order does not matter")

exercise.slip("ReLU6 at the end", afterwards(lambda Y: layers.ReLU(6.0)(Y)), "The end of the block is linear: what is narrow cannot afford to lose what is negative.")
exercise.slip("expansion forgotten", edit("Conv2D(expansion * n_C, 1", "Conv2D(n_C, 1"), "Inside, there are expansion · n_C channels.")
exercise.slip("expanded to so many filters", edit("expansion * n_C", "expansion * filters"), "What is expanded are the channels that come in.")
exercise.slip("expanded by 1 all the same", edit("expansion > 1", "True"), "Where the expansion is 1, there is nothing to expand: the first convolution is left out.")
exercise.slip("no shortcut", edit("stride == 1 and filters == n_C", "False"), "Where shapes allow it, X is added at the end.")
exercise.slip("a ReLU that is not cut", edit("ReLU(6.0)", "ReLU()", 2), "ReLU6 ends at 6.")
exercise.slip(
    "the stride at the end",
    edits(("strides=stride, ", ""), ("Conv2D(filters, 1", "Conv2D(filters, 1, strides=stride")),
    "It is the depthwise convolution that takes larger steps.",
)
exercise.slip("the stride is ignored", leaving_out("DepthwiseConv2D", "strides"), "The depthwise convolution takes steps of the stride.")
exercise.slip("not padded", leaving_out("DepthwiseConv2D", "padding"), 'The depthwise convolution is padded: "same".')
exercise.slip("a full convolution in the middle", edit("DepthwiseConv2D(3", "Conv2D(Y.shape[-1], 3"), "In the middle every channel is filtered by itself.")
exercise.slip("biases", edit(", use_bias=False", "", 3), "Normalisation takes a bias away again: the convolutions have none.")
exercise.slip("the end is not normalised", skipping("BatchNormalization", only=3), "All three convolutions are normalised, the last one too.")
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), "Leave momentum at Keras's default: inference relies on what was seen before.")
