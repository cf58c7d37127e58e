"""A row of n, then a column of n."""

from keras import layers
from solutions.w5_classic import factorised_conv

from grader.exercises.w5_classic.shared import CUT, NO_BIAS, NO_MEMORY, NORMALISED_FIRST, ROWS, Model
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import edit, edits, ignoring, passing, skipping

exercise = Model(
    factorised_conv,
    points=6,
    hints=[
        "A window of Keras's Conv2D may be (height, width). How high and how wide is each of the two?",
        'layers.Conv2D(filters, (1, n), padding="same", use_bias=False), then BatchNormalization(axis=3), then ReLU; and the same with (n, 1) on what that gave.',
    ],
)


@exercise.cases
def cases(rng):
    n_C, filters = draw.number(rng, 3, 5), draw.number(rng, 6, 9)

    def one(title, look, n=3, filters=filters, shape=(3, 6, 9), light=1):
        return case(title, filters, n, look=look, pictures=light * draw.single(rng, *shape, n_C), block=True)

    yield one("its output's shape", "sizes")
    yield one("parameters, trained and others", "parameters", n=5)
    yield one("given weights", "inference")
    yield one("given weights, n = 7", "inference", n=7)
    yield one("given weights, a batch's statistics", "training", n=5)
    yield one("given weights, an even n", "inference", n=4)
    yield one("given weights, n = 1", "inference", n=1)
    yield one("given weights, large numbers", "inference", light=40)
    yield one("given weights, fewer filters than channels", "inference", filters=2, n=5)
    yield one("given weights, a picture smaller than the windows", "inference", n=7, shape=(2, 3, 4))


def side_by_side(X, filters, n):
    ways = []
    for window in ((1, n), (n, 1)):
        way = layers.Conv2D(filters, window, padding="same", use_bias=False)(X)
        ways.append(layers.ReLU()(layers.BatchNormalization(axis=3)(way)))
    return layers.Add()(ways)


exercise.slip("the column comes first", edit("((1, n), (n, 1))", "((n, 1), (1, n))"), "First 1 high and n wide, then n high and 1 wide.")
exercise.slip("two columns", edit("((1, n), (n, 1))", "((n, 1), (n, 1))"), "One of the two windows is a row: (1, n).")
exercise.slip("two rows", edit("((1, n), (n, 1))", "((1, n), (1, n))"), "One of the two windows is a column: (n, 1).")
exercise.slip("n × n after all", edit("((1, n), (n, 1))", "((n, n),)"), "Two thin windows take the place of the square one.")
exercise.slip("one convolution alone", edit("((1, n), (n, 1))", "((1, n),)"), "A row and a column: two convolutions.")
exercise.slip("side by side, and added", side_by_side, "One after the other: the column works on what the row gave.")
exercise.slip(
    "nothing between the two",
    edits(("        X = layers.BatchNormalization(axis=3)(X)\n        X = layers.ReLU()(X)\n", "    X = layers.BatchNormalization(axis=3)(X)\n    X = layers.ReLU()(X)\n")),
    "Each of the two is followed by normalisation and ReLU.",
)
exercise.slip("ReLU at the end alone", edit("        X = layers.ReLU()(X)\n", "    X = layers.ReLU()(X)\n"), "Each of the two is followed by normalisation and ReLU.")
exercise.slip(
    "the first has as many filters as X has channels",
    edit("layers.Conv2D(filters, window", "layers.Conv2D(filters if window == (n, 1) else X.shape[-1], window"),
    "Both convolutions have `filters` filters.",
)
exercise.slip("the convolutions keep their biases", edit(", use_bias=False", ""), NO_BIAS)
exercise.slip("nothing is normalised", skipping("BatchNormalization"), "Normalisation follows each of the two convolutions.")
exercise.slip("ReLU before each normalisation", edits(("use_bias=False)", 'use_bias=False, activation="relu")'), ("        X = layers.ReLU()(X)\n", "")), NORMALISED_FIRST)
exercise.slip("n is always 3", ignoring(n=3), "The argument says how long the windows are.")
exercise.slip("normalised over the rows", passing("BatchNormalization", axis=1), ROWS)
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), NO_MEMORY)
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), CUT)

exercise.equivalent("layers.BatchNormalization(axis=3) → layers.BatchNormalization()", "the channels are the last axis, which is the default")
