"""Three convolutions on the main path; the input is added before the last ReLU."""

from solutions.w2_resnet import identity_block

from grader.exercises.w2_resnet.shared import CUT, DROPPED, NO_MEMORY, NO_MODE, NO_SEED, ONE_MODE, OWN_START, RELU_LAST, ROWS, Block, looks_at_residual_block
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, edits, ignoring, instead, leaving_out, passing, skipping

exercise = Block(
    identity_block,
    points=20,
    hints=[
        "Keep X under another name before anything happens to it: X_shortcut = X. The main path then changes X.",
        "layers.Conv2D(F1, 1, kernel_initializer=initializer(seed=0))(X), layers.BatchNormalization(axis=3)(X, training=training), layers.ReLU()(X), and so on.",
        "After the third normalisation no ReLU yet: X = layers.Add()([X, X_shortcut]) comes first, and then layers.ReLU()(X).",
    ],
)


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 10, 14)
    yield from looks_at_residual_block(rng, (3, 5, 7, n_C), [4, 6, n_C], "random_uniform")
    yield case("given weights, an even f", 2, [5, 4, n_C], look="inference", pictures=draw.single(rng, 2, 6, 4, n_C), block=True)


exercise.slip("the shortcut is dropped", edit("layers.Add()([X, X_shortcut])", "X"), DROPPED)
exercise.slip("ReLU before the sum", edits(("[X, X_shortcut]", "[layers.ReLU()(X), X_shortcut]"), ("return layers.ReLU()(X)", "return X")), RELU_LAST)
exercise.slip("no ReLU after the sum", skipping("ReLU", only=3), RELU_LAST)
exercise.slip("ReLU before each normalisation", passing("Conv2D", activation="relu"), "Each convolution is normalised first; ReLU comes after that.")
exercise.slip("the sum is a concatenation", instead(Add="Concatenate"), "The two ways have one shape and are added, number by number.")
exercise.slip("the mode is not passed on", ignoring(training=None), NO_MODE)
exercise.slip("always in training mode", ignoring(training=True), ONE_MODE)
exercise.slip("the last convolution is not normalised", skipping("BatchNormalization", only=3), "All three convolutions are normalised, the last one before the sum.")
exercise.slip("normalised over the rows", passing("BatchNormalization", axis=1), ROWS)
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), NO_MEMORY)
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), CUT)
exercise.slip("the middle is valid", passing("Conv2D", padding="valid"), "The convolution in the middle is padded: the sum needs the input's size.")
exercise.slip("f is ignored", ignoring(f=3), "The argument f says how large the filters in the middle are.")
exercise.slip("the filters' numbers are swapped", beforehand(filters="[filters[1], filters[0], filters[2]]"), "The three numbers come in the order of the main path.")
exercise.slip("no biases", passing("Conv2D", use_bias=False), "The convolutions here keep their biases, as Keras gives them.")
exercise.slip("no seed", leaving_out("initializer", "seed"), NO_SEED)
exercise.slip("an initializer of its own", beforehand(initializer="random_uniform"), OWN_START)

for place in ("", " (2)", " (3)"):
    exercise.equivalent(f"layers.BatchNormalization(axis=3) → layers.BatchNormalization(){place}", "the channels are the last axis, which is the default")
exercise.equivalent("[X, X_shortcut] → [X_shortcut, X]", "a sum")
