"""A ratio for each number, whose denominator may be 0, or below it."""

import numpy as np
from solutions.w4_face import chi_square_similarity

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, instead, passing

exercise = Exercise(
    chi_square_similarity,
    points=6,
    limit_float32=0.001,
    hints=[
        "Three steps: the squared differences, the sums, and their ratio where the sum is not 0.",
        "NumPy divides where it is told to: np.divide(a, b, out=np.zeros(b.shape), where=b != 0), of floats.",
        "np.sum of the terms over axis=-1: one number of two vectors, m numbers of two arrays (m, d).",
    ],
)


@exercise.cases
def cases(rng):
    """Encodings whose sums are 0, or well away from it."""
    m, d = int(rng.integers(3, 6)), int(rng.integers(6, 10))

    def positive(*shape):
        return rng.uniform(0.1, 2, (2, *shape))

    def signed(*shape):
        f_i, f_j, sign = rng.uniform(0.5, 2, shape), rng.uniform(-0.4, 2, shape), rng.choice([-1, 1], shape)
        f_j[..., 0], sign[..., :2] = rng.uniform(-0.4, -0.1), (-1, 1)
        return sign * f_i, sign * f_j

    yield case("two vectors", *positive(d))
    yield case("m pairs of vectors", *positive(m, d))
    yield case("as many pairs as numbers", *positive(d, d))
    yield case("numbers of both signs", *signed(m, d))
    f_i, f_j = positive(m, d)
    f_i[:, :3], f_j[:, :2] = 0, 0
    yield case("numbers that are both 0", f_i, f_j)
    f_i, f_j = signed(m, d)
    f_j[:, 1], f_j[0] = -f_i[:, 1], -f_i[0]
    yield case("opposite numbers, whose sum is 0", f_i, f_j)
    f_i, f_j = signed(d)
    f_j[0] = -f_i[0]
    yield case("a vector with a sum of 0", f_i, f_j)
    yield case("tiny numbers", *(1e-12 * positive(m, d)))
    yield case("one pair", *positive(1, d))
    yield case("one number each", *positive(m, 1))
    yield case("nothing but 0", *np.zeros((2, d)))
    yield case("no pair", *positive(0, d))


exercise.also("single precision", "whole numbers", "whole numbers under fractions")
exercise.slip(
    "only where both are 0", lambda f_i, f_j: np.sum(np.where((f_i == 0) & (f_j == 0), 0, (f_i - f_j) ** 2 / (f_i + f_j)), axis=-1), "Of opposite numbers the sum is 0 too, and their term counts 0."
)
exercise.slip("no guard at 0", lambda f_i, f_j: np.sum((f_i - f_j) ** 2 / (f_i + f_j), axis=-1), "Two zeros have a sum of 0: what is 0 / 0, and what should it count?")
exercise.slip(
    "a small number added below",
    lambda f_i, f_j: np.sum((f_i - f_j) ** 2 / (f_i + f_j + 1e-7), axis=-1),
    "Of opposite numbers the sum is 0 too: divided by something tiny, their difference becomes enormous. Such a term counts 0.",
)
exercise.slip(
    "infinite terms stay",
    lambda f_i, f_j: np.sum(np.nan_to_num((f_i - f_j) ** 2 / (f_i + f_j)), axis=-1),
    "Where the sum is 0 and the difference is not, the ratio is infinite, which nan_to_num makes a huge number: such a term counts 0.",
)
exercise.slip("only positive sums", lambda f_i, f_j: np.sum(np.where(f_i + f_j > 0, (f_i - f_j) ** 2 / (f_i + f_j), 0), axis=-1), "A sum below 0 can be divided by: only a sum of 0 cannot.")
exercise.slip("absolute sums", lambda f_i, f_j: np.sum(np.nan_to_num((f_i - f_j) ** 2 / np.abs(f_i + f_j), posinf=0), axis=-1), "The sum stays as it is, also where it is negative.")
exercise.slip(
    "sums of absolute numbers",
    lambda f_i, f_j: np.sum(np.nan_to_num((f_i - f_j) ** 2 / (np.abs(f_i) + np.abs(f_j))), axis=-1),
    "The sum is that of the numbers as they are, also where they are negative.",
)
exercise.slip("absolute differences", lambda f_i, f_j: np.sum(np.nan_to_num(np.abs(f_i - f_j) / (f_i + f_j), posinf=0), axis=-1), "The differences are squared.")
exercise.slip("the sum is squared too", lambda f_i, f_j: np.sum(np.nan_to_num(((f_i - f_j) / (f_i + f_j)) ** 2, posinf=0), axis=-1), "Only the difference is squared.")
exercise.slip("one half of it", afterwards(lambda result: result / 2), "Other books take one half of it; the formula here does not.")
exercise.slip("a mean, not a sum", instead(sum="mean"), "Nothing is divided by: add up the terms.")
exercise.slip("the ratio of the sums", lambda f_i, f_j: np.nan_to_num(np.sum((f_i - f_j) ** 2, axis=-1) / np.sum(f_i + f_j, axis=-1)), "Divide term by term, then add up.")
exercise.slip("all pairs together", passing("sum", axis=None), "Each pair has a number of its own: the sum is over the last axis.")
exercise.slip("along the first axis", passing("sum", axis=0), "Each pair has a number of its own: the sum is over the last axis.")
