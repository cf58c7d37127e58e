"""A times its transpose: channels with channels, and a gradient."""

import numpy as np
from keras import ops
from solutions.w4_style import gram_matrix

from grader.exercises.w4_style.shared import IN_NUMPY, NO_GRADIENT, TF32, look_at_tensors, single
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand

exercise = Exercise(
    gram_matrix,
    points=8,
    limit_float32=TF32,
    observer=look_at_tensors,
    hints=[
        "Row k of A has what channel k answers at all places. G[k, l] is the sum over places of row k times row l.",
        "That is a matrix product: of A with what, so that n_C × n_HW times … gives n_C × n_C?",
        "keras.ops.matmul(A, keras.ops.transpose(A)).",
    ],
)


@exercise.cases
def cases(rng):
    def one(title, A):
        return case(title, given=A.astype(np.float32), weights=draw.single(rng, len(A), len(A)))

    yield one("four channels, thirty places", single(rng, 4, 30))
    yield one("more channels than places", single(rng, 9, 5))
    yield one("as many of both", single(rng, 7, 7))
    yield one("numbers of both signs", draw.single(rng, 5, 12))
    yield one("channels that never answer together", np.repeat(np.eye(4), 6, axis=1) * rng.random((4, 24)))
    yield one("one place", single(rng, 6, 1) + 0.1)
    yield one("one channel", single(rng, 1, 20))
    yield one("one channel, one place", single(rng, 1, 1) + 0.1)
    yield one("large numbers", 100 * single(rng, 5, 16))


exercise.slip("computed in NumPy", IN_NUMPY, NO_GRADIENT)
exercise.slip("of the transpose", beforehand(A="ops.transpose(A)"), "Channels with channels: the result is n_C × n_C, and places are summed away.")
exercise.slip("number by number", lambda A: A * A, "A matrix product, not a product number by number.")
exercise.slip("divided by the number of places", lambda A: gram_matrix(A) / A.shape[1], "G is A Aᵀ and nothing else; the cost divides.")
exercise.slip("divided by all numbers", lambda A: gram_matrix(A) / (A.shape[0] * A.shape[1]), "G is A Aᵀ and nothing else; the cost divides.")
exercise.slip("the means are taken away first", beforehand(A="A - ops.mean(A, axis=1, keepdims=True)"), "That is a covariance; G multiplies the channels as they are.")
exercise.slip(
    "channels are brought to length 1",
    beforehand(A="A / ops.sqrt(ops.sum(A**2, axis=1, keepdims=True) + 1e-6)"),
    "That is a correlation: how strongly a channel answers is part of the style.",
)
exercise.slip("the diagonal alone", lambda A: gram_matrix(A) * ops.eye(A.shape[0]), "What lies off the diagonal says which channels answer together.")
