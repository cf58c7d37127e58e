"""Four branches, each convolution normalised; two 3 × 3 windows where a 5 × 5 was."""

from solutions.w5_classic import inception_bn_module

from grader.exercises.w5_classic.shared import CUT, MODE, NO_BIAS, NO_MEMORY, NORMALISED_FIRST, ROWS, Model
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, edits, ignoring, instead, passing, skipping

exercise = Model(
    inception_bn_module,
    points=10,
    pair_cases=0,
    hints=[
        "What repeats is convolution, normalisation, ReLU: write a function inside for it, with the number of filters and the side of the window.",
        'layers.Conv2D(n, f, padding="same", use_bias=False), layers.BatchNormalization(axis=3)(X, training=training), layers.ReLU(). Then four branches, each of which starts at X.',
        'Third branch: 1 × 1 with d3_reduce, then 3 × 3 with d3, twice. Fourth: layers.AveragePooling2D(3, strides=1, padding="same"), then 1 × 1. layers.Concatenate(axis=3) in the docstring\'s order.',
    ],
)


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 6, 9)

    def one(title, look, *filters, shape=(3, 6, 9), light=1, **more):
        return case(title, list(filters), look=look, pictures=light * draw.single(rng, *shape, n_C), block=True, **more)

    yield one("its output's shape", "sizes", 4, 3, 5, 2, 6, 3)
    yield one("parameters, trained and others", "parameters", 4, 3, 5, 2, 6, 3)
    yield one("given weights", "inference", 4, 3, 5, 2, 6, 3)
    yield one("given weights, large numbers", "inference", 4, 3, 5, 2, 6, 3, light=40)
    yield one("given weights, a batch's statistics", "training", 4, 3, 5, 2, 6, 3)
    yield one("given weights, branches of one size", "inference", 4, 3, 4, 5, 4, 4, shape=(2, 5, 5))
    yield one("given weights, the thinnest there is", "inference", 1, 1, 1, 1, 1, 1, shape=(2, 7, 4))
    yield one("given weights, a picture smaller than the windows", "inference", 3, 2, 4, 3, 2, 5, shape=(2, 2, 3))
    yield one("told to train", "inference", 4, 3, 5, 2, 6, 3, training=True)


exercise.slip("ReLU before each normalisation", edits(("use_bias=False)", 'use_bias=False, activation="relu")'), ("return layers.ReLU()(X)", "return X")), NORMALISED_FIRST)
exercise.slip("no ReLU", skipping("ReLU"), "ReLU follows each normalisation.")
exercise.slip("nothing is normalised", skipping("BatchNormalization"), "Every convolution is normalised.")
exercise.slip("the convolutions keep their biases", edit(", use_bias=False", ""), NO_BIAS)
exercise.slip(
    "one 3 × 3 in the third branch", edit("convolution(convolution(double, d3, 3), d3, 3)", "convolution(double, d3, 3)"), "Two 3 × 3 convolutions, one after the other, see as much as one 5 × 5."
)
exercise.slip("a 5 × 5 in the third branch", edit("convolution(convolution(double, d3, 3), d3, 3)", "convolution(double, d3, 5)"), "Two 3 × 3 convolutions take the place of the 5 × 5.")
exercise.slip("max pooling", instead(AveragePooling2D="MaxPooling2D"), "In this module the fourth branch averages.")
exercise.slip("the mode is not passed on", ignoring(training=None), MODE)
exercise.slip("always in training mode", ignoring(training=True), "The caller says which mode it is: pass on what came in.")
exercise.slip(
    "no bottlenecks",
    edits(("convolution(convolution(X, f3_reduce, 1), f3, 3)", "convolution(X, f3, 3)"), ("double = convolution(X, d3_reduce, 1)", "double = X")),
    "Before the 3 × 3 windows, a 1 × 1 convolution makes the channels fewer.",
)
exercise.slip("the bottlenecks are exchanged", beforehand(filters="[filters[n] for n in (0, 3, 2, 1, 4, 5)]"), "The six numbers come branch by branch, the bottleneck first.")
exercise.slip("no convolution after the pooling", edit("    pooled = convolution(pooled, f_pool, 1)\n", ""), "Pooling keeps all channels: a 1 × 1 convolution follows it.")
exercise.slip(
    "the convolution comes before the pooling",
    edits(('layers.AveragePooling2D(3, strides=1, padding="same")(X)', "X"), (", pooled]", ', layers.AveragePooling2D(3, strides=1, padding="same")(pooled)]')),
    "In the fourth branch pooling comes first, its 1 × 1 convolution second.",
)
exercise.slip("the branches are in another order", edit("[one, three, double, pooled]", "[pooled, one, three, double]"), "The docstring says in which order the channels stand.")
exercise.slip("normalised over the rows", passing("BatchNormalization", axis=1), ROWS)
exercise.slip(
    "added, not joined",
    edit("layers.Concatenate(axis=3)([one, three, double, pooled])", "layers.Add()([one, three, double, pooled]) if len({f1, f3, d3, f_pool}) == 1 else one"),
    "The branches keep their channels: they are joined side by side.",
)
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), NO_MEMORY)
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), CUT)

exercise.equivalent("layers.BatchNormalization(axis=3) → layers.BatchNormalization()", "the channels are the last axis, which is the default")
exercise.equivalent("layers.Concatenate(axis=3) → layers.Concatenate()", "the channels are the last axis, which is the default")
