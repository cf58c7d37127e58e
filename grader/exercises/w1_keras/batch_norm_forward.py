"""Every channel is normalised over all other axes; what was seen is remembered in new arrays."""

from solutions.w1_keras import batch_norm_forward

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, edits, ignoring, passing

exercise = Exercise(
    batch_norm_forward,
    points=20,
    forbids=("BatchNormalization", "batch_normalization", "batch_norm", "batch_normalization_v2"),
    dtype="float",
    hints=[
        "All axes but the last are averaged over: axis=tuple(range(x.ndim - 1)).",
        "Two modes: the batch's own mean and variance while training, the running ones in inference; the rest is the same line.",
        "Keras's rule is running = momentum * running + (1 - momentum) * batch. Write it as a new array, not with *=.",
    ],
)
exercise.also("single precision", "whole numbers under fractions")


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 2, 5)

    def one(title, *shape, training=True, spread=1.0, **more):
        batch = spread * (3 * draw.normal(rng, *shape, n_C) + 5 * draw.normal(rng, n_C))
        gamma, beta, mean, var = 1 + 0.5 * draw.normal(rng, n_C), draw.normal(rng, n_C), draw.normal(rng, n_C), 0.5 + rng.random(n_C)
        return case(title, batch, gamma, beta, mean, var, training, **more)

    yield one("pictures, training", 3, 4, 5)
    yield one("features, training", 6)
    yield one("pictures, inference", 3, 4, 5, training=False)
    yield one("features, inference", 4, training=False)
    yield one("a film, training", 2, 3, 2, 4)
    yield one("another momentum", 2, 3, 4, momentum=0.6)
    yield one("another eps", 2, 3, 4, spread=0.05, eps=0.5)
    yield one("another eps, inference", 2, 3, 4, training=False, eps=0.5)
    yield one("one picture", 1, 3, 4)


exercise.slip("statistics of the batch axis alone", edit("tuple(range(x.ndim - 1))", "0"), "A channel has one mean: over pictures, rows and columns together.")
exercise.slip("unbiased variance", passing("var", ddof=1), "Divide by the number of values, not by one less.")
exercise.slip("eps outside the root", edit("np.sqrt(var + eps)", "(np.sqrt(var) + eps)"), "eps is added to the variance, under the root.")
exercise.slip("momentum the wrong way round", beforehand(momentum="1 - momentum"), "With a momentum of 0.99 the running mean moves by a hundredth: what is it that is kept?")
exercise.slip("the running numbers stay put", ignoring(momentum=1), "While training, the running mean and variance move towards the batch's.")
exercise.slip(
    "running numbers used in training", edits(("(x - mean)", "(x - running_mean)"), ("var + eps", "running_var + eps")), "While training, the batch is normalised by its own mean and variance."
)
exercise.slip("the batch's numbers in inference", ignoring(training=True), "In inference nothing is learnt from the batch, and a picture's result must not depend on its neighbours.")
exercise.slip("no offset", ignoring(beta=0), "After scaling by gamma, every channel is shifted by beta.")
exercise.slip("overwrites its arguments", edits(("running_mean =", "running_mean[:] ="), ("running_var =", "running_var[:] =")), "The caller still needs the old running numbers: return new arrays.")

exercise.equivalent("np.array(running_mean) → running_mean", "what is returned in inference may be the argument itself")
exercise.equivalent("np.array(running_var) → running_var", "what is returned in inference may be the argument itself")
