"""The mean surprise at the right classes, given as ids or one-hot."""

import numpy as np
from solutions.w1_keras import cross_entropy

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, instead, skipping


def cross_entropy_where_0_counts(function, y_true, y_pred):
    import numpy as np

    loss = function(y_true, y_pred)
    ids = y_true if y_true.ndim == 1 else y_true.argmax(axis=1)
    # A probability of 0 is cut at any place from 1e-15 to 1e-7: all losses of these count as one.
    return loss if y_pred[np.arange(len(ids)), ids].all() or not 16 < float(loss) < 34.6 else -np.log(1e-12)


exercise = Exercise(
    cross_entropy,
    points=12,
    forbids=("categorical_crossentropy", "sparse_categorical_crossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "log_loss"),
    observer=cross_entropy_where_0_counts,
    hints=[
        "Each picture contributes one number: the probability that its right class got.",
        "With ids, pick it by y_pred[np.arange(m), y_true]; with one-hot rows, multiply and add up along the classes.",
        "Put a floor under it, take -log, average: -np.log(np.maximum(right, 1e-12)).mean().",
    ],
)
exercise.also("single precision")


@exercise.cases
def cases(rng):
    m, n = draw.number(rng, 4, 7), draw.number(rng, 3, 6)

    def probabilities(m):
        powers = rng.random((m, n)) + 0.05
        return powers / powers.sum(axis=1, keepdims=True)

    ids = rng.integers(0, n, m)
    yield case("class ids", ids, probabilities(m))
    yield case("one-hot", np.eye(n)[rng.integers(0, n, m)], probabilities(m))
    yield case("one-hot, whole numbers", np.eye(n, dtype=int)[rng.integers(0, n, m)], probabilities(m))
    yield case("one picture", rng.integers(0, n, 1), probabilities(1))
    yield case("as many pictures as classes", np.eye(n)[rng.permutation(n)], probabilities(n))
    yield case("certain and right", ids, np.eye(n)[ids])
    yield case("certain and wrong", ids, np.eye(n)[(ids + 1) % n])


exercise.slip("the sum, not the mean", instead(mean="sum"), "Average over the pictures, or a larger batch looks worse.")
exercise.slip("the sign is missing", afterwards(lambda loss: -loss), "Logarithms of probabilities are negative; a loss is not.")
exercise.slip("log to base 2", instead(log="log2"), "The unit is the nat: which logarithm belongs to it?")
exercise.slip("no floor under 0", skipping("maximum"), "log(0) is minus infinity: one hopeless picture would end the training.")
exercise.slip(
    "the wrong classes count too", edit(".mean()", ".mean() - ((1 - y_true) * np.log(np.maximum(1 - y_pred, 1e-12))).sum(axis=-1).mean()"), "Only the probability of the right class counts here."
)
exercise.slip("mean of all entries", lambda y_true, y_pred: cross_entropy(y_true, y_pred) / y_pred.shape[1], "Divide by the number of pictures, not of pictures times classes.")
exercise.slip("the logarithm of the mean", edit("1e-12)).mean()", "1e-12).mean())"), "First the logarithm of each picture, then the mean: the order matters.")

exercise.equivalent("-1 → 1", "of two axes the last is the second")
exercise.equivalent("np.maximum(right, 1e-12) → np.maximum(right, 1e-10)", "a floor may be anywhere from 1e-15 to 1e-7")
exercise.equivalent("y_true.astype(int) → y_true", "classes are whole numbers")
