"""A residual block with a stride, and a shortcut whose convolution has it too."""

from solutions.w2_resnet import convolutional_block

from grader.exercises.w2_resnet.shared import CUT, DROPPED, NO_MEMORY, NO_MODE, NO_SEED, ONE_MODE, OWN_START, RELU_LAST, ROWS, Block, looks_at_residual_block
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, edits, ignoring, leaving_out, passing, skipping

exercise = Block(
    convolutional_block,
    points=20,
    hints=[
        "It is the identity block with two changes: the first convolution has a stride, and the shortcut needs one to match.",
        "Begin with the shortcut, as long as X is still the input: a 1 × 1 convolution with F3 filters and stride s, then its normalisation.",
        "X_shortcut = layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer(seed=0))(X); normalise it; X = layers.Conv2D(F1, 1, strides=s, …)(X) and on.",
    ],
)


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 10, 14)
    yield from looks_at_residual_block(rng, (3, 8, 5, 7), [4, 6, n_C], "glorot_uniform")
    for s, f in ((1, 2), (3, 3)):
        yield case(f"given weights, a stride of {s}", f, [6, 3, n_C], s=s, look="inference", pictures=draw.single(rng, 2, 7, 9, 5), block=True)


exercise.slip("the shortcut is dropped", edit("layers.Add()([X, X_shortcut])", "X"), DROPPED)
exercise.slip("no stride on the shortcut", leaving_out("Conv2D", "strides", only=1), "Both ways must end with one shape: the shortcut takes the same stride.")
exercise.slip("the stride is on the middle convolution", edits(("F1, 1, strides=s", "F1, 1"), ("F2, f,", "F2, f, strides=s,")), "The stride belongs to the first convolution of the main path.")
exercise.slip("the stride is on the last convolution", edit("F3, 1, kernel", "F3, 1, strides=s, kernel"), "The stride belongs to the first convolution of the main path, and to it alone.")
exercise.slip("the stride is always 2", ignoring(s=2), "The argument s says what the stride is.")
exercise.slip("the shortcut does not know the mode", edit("(X_shortcut, training=training)", "(X_shortcut)"), NO_MODE)
exercise.slip("the shortcut is not normalised", skipping("BatchNormalization", only=1), "The shortcut has a convolution here, and that is normalised like every other.")
exercise.slip("ReLU on the shortcut", edit("[X, X_shortcut]", "[X, layers.ReLU()(X_shortcut)]"), "The shortcut is a convolution and its normalisation, no more: ReLU comes after the sum.")
exercise.slip(
    "the shortcut is pooled",
    edits(("F3, 1, strides=s", "F3, 1"), ("(X)\n    X_shortcut", '(layers.MaxPooling2D(s, padding="same")(X))\n    X_shortcut')),
    "The shortcut's own 1 × 1 convolution takes the stride; nothing is pooled.",
)
exercise.slip("ReLU before the sum", edits(("[X, X_shortcut]", "[layers.ReLU()(X), X_shortcut]"), ("return layers.ReLU()(X)", "return X")), RELU_LAST)
exercise.slip("no ReLU after the sum", skipping("ReLU", only=3), RELU_LAST)
exercise.slip("the mode is not passed on", ignoring(training=None), NO_MODE)
exercise.slip("always in training mode", ignoring(training=True), ONE_MODE)
exercise.slip("normalised over the rows", passing("BatchNormalization", axis=1), ROWS)
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), NO_MEMORY)
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), CUT)
exercise.slip("no seed", leaving_out("initializer", "seed"), NO_SEED)
exercise.slip("an initializer of its own", beforehand(initializer="glorot_uniform"), OWN_START)

for place in ("", " (2)", " (3)", " (4)"):
    exercise.equivalent(f"layers.BatchNormalization(axis=3) → layers.BatchNormalization(){place}", "the channels are the last axis, which is the default")
exercise.equivalent("[X, X_shortcut] → [X_shortcut, X]", "a sum")
