"""Convolutions of one kind, then half the size."""

from keras import layers
from solutions.w5_classic import vgg_block

from grader.exercises.w5_classic.shared import CUT, Model
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, ignoring, instead, leaving_out, passing

exercise = Model(
    vgg_block,
    points=6,
    hints=[
        "A loop: n_convs times the same layer, each on what the one before it gave. After the loop, one pooling.",
        'In the loop X = layers.Conv2D(filters, 3, padding="same", activation="relu")(X); after it layers.MaxPooling2D(2)(X).',
    ],
)


@exercise.cases
def cases(rng):
    n_C, filters = draw.number(rng, 3, 6), draw.number(rng, 7, 10)

    def one(title, look, n_convs=2, filters=filters, shape=(8, 13), light=1):
        return case(title, n_convs, filters, look=look, pictures=light * draw.single(rng, 2, *shape, n_C), block=True)

    yield one("its output's shape", "sizes")
    yield one("parameters", "parameters", n_convs=3)
    yield one("given weights", "inference")
    yield one("given weights, one convolution", "inference", n_convs=1)
    yield one("given weights, four convolutions", "inference", n_convs=4, shape=(6, 9))
    yield one("given weights, as many filters as channels", "inference", filters=n_C, n_convs=3)
    yield one("given weights, large numbers", "inference", light=40)
    yield one("given weights, the smallest picture", "inference", shape=(2, 3))
    yield one("given weights, one filter", "inference", filters=1, shape=(7, 6))


def pooled_after_each(X, n_convs, filters):
    for _ in range(n_convs):
        X = vgg_block(X, 1, filters)
    return X


def relu_at_the_end(X, n_convs, filters):
    for _ in range(n_convs):
        X = layers.Conv2D(filters, 3, padding="same")(X)
    return layers.MaxPooling2D(2)(layers.ReLU()(X))


exercise.slip("a pooling after each convolution", pooled_after_each, "All convolutions come first; one pooling ends the block.")
exercise.slip("no pooling", edit("layers.MaxPooling2D(2)(X)", "X"), "At the end of the block the picture becomes half as high and half as wide.")
exercise.slip("convolutions without padding", leaving_out("Conv2D", "padding"), "Each convolution keeps the size: same.")
exercise.slip("one ReLU for the block", relu_at_the_end, "ReLU follows every convolution, not only the last.")
exercise.slip("no ReLU", leaving_out("Conv2D", "activation"), "ReLU follows every convolution.")
exercise.slip("filters double inside the block", edit("layers.Conv2D(filters, 3", "layers.Conv2D(filters * 2**_, 3"), "All convolutions of a block have the same number of filters.")
exercise.slip("average pooling", instead(MaxPooling2D="AveragePooling2D"), "The largest number of each window is kept.")
exercise.slip("windows of the pooling overlap", edit("MaxPooling2D(2)", 'MaxPooling2D(3, strides=2, padding="same")'), "VGG's pooling looks through 2 × 2 and moves by 2.")
exercise.slip("the pooling is padded", edit("MaxPooling2D(2)", 'MaxPooling2D(2, padding="same")'), "An odd row is dropped: the pooling has no padding.")
exercise.slip("5 × 5 windows", edit("filters, 3", "filters, 5"), "VGG's rule: 3 × 3, and nothing else.")
exercise.slip("always two convolutions", ignoring(n_convs=2), "The argument says how many convolutions there are.")
exercise.slip("one convolution too few", beforehand(n_convs="max(1, n_convs - 1)"), "Count them: n_convs convolutions.")
exercise.slip(
    "a stride in place of the pooling",
    edit("return layers.MaxPooling2D(2)(X)", "return X[:, : X.shape[1] // 2 * 2 : 2, : X.shape[2] // 2 * 2 : 2]"),
    "Of each 2 × 2 the largest number is kept, not the first.",
)
exercise.slip("a ReLU that is cut at 6", passing("Conv2D", activation="relu6"), CUT)
