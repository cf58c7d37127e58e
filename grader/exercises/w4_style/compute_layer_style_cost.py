"""The squared difference of two Gram matrices: which channels answer together, not where."""

import numpy as np
from solutions.w4_style import compute_layer_style_cost

from grader.exercises.w4_style.shared import IN_NUMPY, NO_GRADIENT, TF32, single
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import afterwards, beforehand, edit, instead, replacing, skipping

STYLE_CONSTANT = "The constant is 1 / (4 n_C² (n_H n_W)²)."

exercise = Exercise(
    compute_layer_style_cost,
    points=15,
    uses=["gram_matrix"],
    limit_float32=TF32,
    observer=look_at_loss,
    hints=[
        "gram_matrix wants a matrix with one row a channel. Channels are the last axis of a_S and a_G.",
        "keras.ops.reshape(a, (n_H * n_W, n_C)), and only then keras.ops.transpose.",
        "The sum of the squared differences of the two Gram matrices, divided by 4 * n_C**2 * (n_H * n_W)**2.",
    ],
)


@exercise.cases
def cases(rng):
    def one(title, *shape, scale=1, numbers=single):
        return case(title, y_true=np.float32(scale) * numbers(rng, 1, *shape), y_pred=np.float32(scale) * numbers(rng, 1, *shape))

    yield one("four channels", 5, 5, 4)
    yield one("wider than high", 3, 9, 5)
    yield one("higher than wide", 8, 2, 3)
    yield one("more channels than places", 2, 3, 11)
    yield one("one place", 1, 1, 6)
    # Where there is but one number to compare, the pictures are far apart: digits must not cancel.
    yield case("one channel", y_true=1 + single(rng, 1, 6, 4, 1), y_pred=rng.random((1, 6, 4, 1), np.float32) / 2)
    yield case("a single number", y_true=rng.random((1, 1, 1, 1), np.float32) / 2, y_pred=1 + single(rng, 1, 1, 1, 1))
    yield one("large answers", 4, 6, 3, scale=20)
    yield one("numbers of both signs", 4, 3, 5, numbers=draw.single)
    a = single(rng, 1, 4, 6, 3) + np.float32(0.1)
    b = rng.permutation(a.reshape(24, 3)).reshape(a.shape) * np.float32([1, 1, 1.5])
    yield case("the same in other places, one channel stronger", y_true=a, y_pred=b)


exercise.equivalent("(_, n_H, n_W, n_C) → (_, n_W, n_H, n_C)", "their product alone is used")
exercise.equivalent("(G_S, G_G) → (G_G, G_S)", "a difference, squared")
exercise.equivalent("(a_S, a_G) → (a_G, a_S)", "a difference, squared")

exercise.slip("computed in NumPy", IN_NUMPY, NO_GRADIENT)
exercise.slip(
    "reshaped without a transposition",
    edit("ops.transpose(ops.reshape(a, (n_H * n_W, n_C)))", "ops.reshape(a, (n_C, n_H * n_W))"),
    "Channels are the last axis: reshape to (n_H n_W, n_C) first, then transpose; reshaping straight to (n_C, n_H n_W) mixes channels with places.",
)
exercise.slip("Gram matrix of the places", skipping("transpose"), "gram_matrix wants one row a channel: transpose.")
exercise.slip("not divided", lambda a_S, a_G: compute_layer_style_cost(a_S, a_G) * (2 * a_G.shape[1] * a_G.shape[2] * a_G.shape[3]) ** 2, STYLE_CONSTANT)
exercise.slip("2 in place of 4", afterwards(lambda result: 2 * result), STYLE_CONSTANT)
exercise.slip("n_C not squared", lambda a_S, a_G: compute_layer_style_cost(a_S, a_G) * a_G.shape[3], STYLE_CONSTANT)
exercise.slip("n_H n_W not squared", lambda a_S, a_G: compute_layer_style_cost(a_S, a_G) * a_G.shape[1] * a_G.shape[2], STYLE_CONSTANT)
exercise.slip("nothing squared below", lambda a_S, a_G: compute_layer_style_cost(a_S, a_G) * a_G.shape[1] * a_G.shape[2] * a_G.shape[3], STYLE_CONSTANT)
exercise.slip("the mean", lambda a_S, a_G: compute_layer_style_cost(a_S, a_G) * (2 * a_G.shape[1] * a_G.shape[2]) ** 2, STYLE_CONSTANT)
exercise.slip("not squared", instead(square="abs"), "The differences of the Gram matrices are squared.")
exercise.slip("activations, not Gram matrices", replacing(gram_matrix=lambda A: A), "That compares place by place, which is content. Style compares Gram matrices.")
exercise.slip("the painting alone", beforehand(a_G="a_G * 0"), "The generated picture has a Gram matrix too.")
