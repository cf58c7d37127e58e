"""The blocks stand at the right heights: filters, dropout and skip connections."""

from keras import layers
from solutions.w3_unet import conv_block, unet_model

from grader.exercises.w3_unet.shared import N_FILTERS
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model
from grader.spec.wrong import edit, edits, ignoring, passing, replacing, skipping

exercise = Exercise(
    unet_model,
    points=17,
    uses=["conv_block", "upsampling_block"],
    limit_float32=0.01,
    observer=look_at_model,
    pair_cases=0,
    hints=[
        "Go down: x, skip = conv_block(x, …), and keep each skip in a list. Go up: upsampling_block(x, the last skip that is left, …).",
        "Downwards n, 2n, 4n and 8n filters (the fourth with dropout 0.3), then conv_block(x, 16 * n_filters, 0.3, max_pooling=False); upwards 8n, 4n, 2n, n.",
        "At the end Conv2D(n_filters, 3, …) as in the blocks, then layers.Conv2D(n_classes, 1). unet_model().count_params() must be 8,640,471.",
    ],
)


@exercise.cases
def cases(rng):
    classes, n = draw.number(rng, 4, 40), draw.number(rng, 3, 9)
    n_H, n_W = (16 * side for side in draw.sides(rng, 1, 3))

    def one(title, look, *args, shape=(n_H, n_W, 3), m=2, light=1, **more):
        return case(title, *args, look=look, pictures=light * draw.single(rng, m, *shape), **more)

    yield one("its output's shape", "sizes", (n_H, n_W, 3), n, classes)
    yield one("parameters", "parameters", (n_H, n_W, 3), n, classes)
    yield one("given weights", "inference", (n_H, n_W, 3), n, classes)
    yield one("dropout on the way through the lowest block", "dropout", (n_H, n_W, 3), n, classes)
    yield one("dropout on the way through the lowest skip connection", "dropout", (n_H, n_W, 3), n, classes, joined=16 * n)
    yield one("how it begins", "beginning", (16, 16, 3), 8, classes, shape=(16, 16, 3), m=1, he=19)
    yield one("its output's shape where nothing is said", "sizes", shape=(96, 128, 3), m=draw.number(rng, 1, 9))
    yield one("given weights where only a size is said", "inference", (16, 32, 3), shape=(16, 32, 3), m=1)
    yield one("given weights, grey, large numbers", "inference", input_size=(48, 16, 1), n_filters=3, n_classes=2, shape=(48, 16, 1), m=1, light=40)


exercise.slip(
    "the skip connections are cut",
    replacing(upsampling_block=lambda x, _, n: conv_block(layers.Conv2DTranspose(n, 3, strides=2, padding="same")(x), n, max_pooling=False)[0]),
    "Each block upwards gets the skip connection of its height; without them the decoder cannot know where the borders ran.",
)
exercise.slip("the skip connections carry nothing", edit("skips.pop()", "0 * skips.pop()"), "What the skip connections bring must reach the convolutions.")
exercise.slip("the skip connections come in the wrong order", edit("skips.pop()", "skips.pop(0)"), "The first block upwards needs the last skip connection: their sizes must fit.")
exercise.slip("no dropout", edits(("(8, 0.3)", "(8, 0)"), ("16 * n_filters, 0.3", "16 * n_filters, 0")), "The last two of the five blocks downwards drop 0.3.")
exercise.slip("dropout in the lowest block only", edit("(8, 0.3)", "(8, 0)"), "Two blocks have dropout: which?")
exercise.slip("dropout one block too early", edits(("(4, 0)", "(4, 0.3)"), ("16 * n_filters, 0.3", "16 * n_filters, 0")), "The last two of the five blocks have dropout; the lowest is the fifth.")
exercise.slip("a softmax at the end", passing("Conv2D", only=2, activation="softmax"), "The network gives logits: the loss takes the softmax itself.")
exercise.slip("a ReLU at the end", passing("Conv2D", only=2, activation="relu"), "Logits may be negative: the last convolution has no activation.")
exercise.slip("a sigmoid at the end", passing("Conv2D", only=2, activation="sigmoid"), "The network gives logits: no activation after the last convolution.")
exercise.slip("one convolution is missing", skipping("Conv2D", only=1), "After the last block there is one more 3 × 3 convolution before the 1 × 1.")
exercise.slip("the last convolution is 3 × 3", edit("layers.Conv2D(n_classes, 1)", 'layers.Conv2D(n_classes, 3, padding="same")'), "The logits come from a 1 × 1 convolution.")
exercise.slip("the lowest block is no wider", edit("16 * n_filters", "8 * n_filters"), "The filters double once more in the lowest block.")
exercise.slip("the filters do not double", edit("times * n_filters", "n_filters", 2), "n, 2n, 4n, 8n on the way down, and back on the way up.")
exercise.slip("n_filters is ignored", ignoring(n_filters=32), N_FILTERS)
exercise.slip("always 23 classes", ignoring(n_classes=23), "The argument says how many classes there are.")

exercise.equivalent("(1, 0) → (1, -1)", "no share below 0 is dropped")
exercise.equivalent("(2, 0) → (2, -1)", "no share below 0 is dropped")
exercise.equivalent("(4, 0) → (4, -1)", "no share below 0 is dropped")
exercise.equivalent("(x, _) → (_, x)", "where nothing is pooled both are the same tensor")
