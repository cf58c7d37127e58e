"""What came from below stands before the skip connection when the two are joined."""

from solutions.w3_unet import upsampling_block

from grader.exercises.w3_unet.shared import CONVOLUTIONS, HE, N_FILTERS, RELU, TF32
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model
from grader.spec.wrong import edit, ignoring, leaving_out, passing, skipping

exercise = Exercise(
    upsampling_block,
    points=14,
    limit_float32=TF32,
    observer=look_at_model,
    pair_cases=1,
    hints=[
        "Three steps: make expansive_input as large as contractive_input, join the two, look twice.",
        'layers.Conv2DTranspose(n_filters, 3, strides=2, padding="same") doubles the sides; layers.Concatenate(axis=3)([…, …]) joins.',
        "Then two convolutions as in conv_block: 3 × 3, same, ReLU, he_normal. The second one's output is the result.",
    ],
)


@exercise.cases
def cases(rng):
    n, below, beside = draw.number(rng, 4, 7), draw.number(rng, 8, 10), draw.number(rng, 10, 12)

    def one(title, look, *args, shape=(2, 3, 4), beside=beside, light=1, **more):
        m, n_H, n_W = shape
        pictures = [light * draw.single(rng, *shape, below), light * draw.single(rng, m, 2 * n_H, 2 * n_W, beside)]
        return case(title, *args, look=look, pictures=pictures, block=True, **more)

    yield one("its output's shape", "sizes", n)
    yield one("parameters where nothing is said", "parameters")
    yield one("how it begins", "beginning", 12, he=2)
    yield one("given weights", "inference", n)
    yield one("given weights, large numbers", "inference", n, light=40)
    yield one("given weights, as many channels everywhere", "inference", n_filters=beside)
    yield one("given weights, one pixel below", "inference", n, shape=(1, 1, 1))
    yield one("given weights, one filter", "inference", 1, shape=(3, 2, 3), beside=1)


exercise.slip("the skip connection is cut", edit("layers.Concatenate(axis=3)([up, contractive_input])", "up"), "contractive_input is not used: lay it beside what came from below.")
exercise.slip("joined in the other order", edit("[up, contractive_input]", "[contractive_input, up]"), "What came from below stands first, the skip connection second.")
exercise.slip("added, not joined", edit("layers.Concatenate(axis=3)", "layers.Add()"), "U-Net lays the two side by side along the channels; it does not add them.")
exercise.slip("joined along the rows", passing("Concatenate", axis=1), "Which axis of (m, n_H, n_W, n_C) holds the channels?")
exercise.slip("no stride", leaving_out("Conv2DTranspose", "strides"), "Without a stride the picture does not grow, and does not fit the skip connection.")
exercise.slip("an activation too many", passing("Conv2DTranspose", activation="relu"), "The transposed convolution has no activation.")
exercise.slip("2 × 2 windows", edit("Conv2DTranspose(n_filters, 3", "Conv2DTranspose(n_filters, 2"), "The paper's windows are 2 × 2; here the transposed convolution has 3 × 3.")
exercise.slip(
    "pixels are repeated", edit('layers.Conv2DTranspose(n_filters, 3, strides=2, padding="same")', "layers.UpSampling2D(2)"), "The picture grows by a transposed convolution, which learns how."
)
exercise.slip("one convolution", skipping("Conv2D", only=2), CONVOLUTIONS)
exercise.slip("no ReLU", leaving_out("Conv2D", "activation"), RELU)
exercise.slip("no ReLU after the second", leaving_out("Conv2D", "activation", only=2), RELU)
exercise.slip("another start", leaving_out("Conv2D", "kernel_initializer"), HE)
exercise.slip("n_filters is ignored", ignoring(n_filters=32), N_FILTERS)

exercise.equivalent("layers.Concatenate(axis=3) → layers.Concatenate()", "the last axis is the third")
