"""The block to compare residual ones with: one layer after the other."""

from keras import layers
from solutions.w2_resnet import plain_block

from grader.exercises.w2_resnet.shared import CUT, NO_MEMORY, NO_SEED, OWN_START, Block
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, edits, ignoring, leaving_out, passing, skipping

exercise = Block(
    plain_block,
    points=10,
    hints=[
        "Three times the same three layers: convolution, batch normalisation, ReLU. What differs is the number of filters, and their side.",
        "Only the convolution in the middle has side f; it is padded. layers.Conv2D(F1, 1, kernel_initializer=initializer(seed=0))(X) is the first.",
        'for n, size in zip(filters, (1, f, 1)): layers.Conv2D(n, size, padding="same", …), layers.BatchNormalization(axis=3), layers.ReLU().',
    ],
)


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 8, 12)

    def one(title, look, f=3, filters=(4, 6, n_C), light=1, **more):
        return case(title, f, list(filters), look=look, pictures=light * draw.single(rng, 3, 5, 7, n_C), block=True, **more)

    yield one("its output's shape", "sizes")
    yield one("parameters, trained and others", "parameters")
    yield one("how it begins", "beginning", initializer="random_uniform")
    yield one("how it begins, told otherwise", "beginning", initializer="given")
    yield one("given weights", "inference")
    yield one("given weights, large numbers", "inference", light=40)
    yield one("given weights, a batch's statistics", "training")
    yield one("given weights, other channels, f = 5", "inference", f=5, filters=[5, 3, n_C + 2])
    yield one("given weights, an even f", "inference", f=2)


exercise.slip(
    "a shortcut is left in", lambda X, f, filters, **more: layers.Add()([X, plain_block(X, f, filters, **more)]), "This is the block to compare with: one layer after the other, and nothing is added."
)
exercise.slip("no ReLU at the end", edits(("X = layers.ReLU()(X)", "before, X = X, layers.ReLU()(X)"), ("return X", "return before")), "ReLU follows the third normalisation too.")
exercise.slip("ReLU before each normalisation", passing("Conv2D", activation="relu"), "Each convolution is normalised first; ReLU comes after that.")
exercise.slip("nothing is normalised", skipping("BatchNormalization"), "Every convolution is normalised, all three of them.")
exercise.slip("all three windows have side f", edit("(1, f, 1)", "(f, f, f)"), "Only the filters in the middle are f × f: the other two are 1 × 1.")
exercise.slip("f is ignored", ignoring(f=3), "The argument f says how large the filters in the middle are.")
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), NO_MEMORY)
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), CUT)
exercise.slip("an initializer of its own", beforehand(initializer="random_uniform"), OWN_START)
exercise.slip("no seed", leaving_out("initializer", "seed"), NO_SEED)

exercise.equivalent("layers.BatchNormalization(axis=3) → layers.BatchNormalization()", "the channels are the last axis, which is the default")
