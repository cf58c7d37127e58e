"""The head of `siamese_head` on the terms of `chi_square_similarity`."""

import numpy as np
from solutions.w4_face import siamese_head_chi_square

from grader.exercises.w4_face.shared import HEAD_SLIPS, TF32, head_cases
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand

exercise = Exercise(
    siamese_head_chi_square,
    points=5,
    limit_float32=TF32,
    hints=[
        "It is siamese_head with other terms: (f_i − f_j)² / (f_i + f_j), number by number, in place of |f_i − f_j|.",
        "The terms are those of chi_square_similarity, before they are added up: 0 where the sum is 0.",
        "z = terms @ w + b, then σ as in siamese_head.",
    ],
)


@exercise.cases
def cases(rng):
    return head_cases(rng, ratio=True)


for title, code, help_text in HEAD_SLIPS:
    exercise.slip(title, code, help_text)
exercise.slip("no guard at 0", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-((f_i - f_j) ** 2 / (f_i + f_j)) @ w - b)), "Two zeros have a sum of 0: what is 0 / 0, and what should it count?")
exercise.slip(
    "a small number added below",
    lambda f_i, f_j, w, b: 1 / (1 + np.exp(-((f_i - f_j) ** 2 / (f_i + f_j + 1e-7)) @ w - b)),
    "Of opposite numbers the sum is 0 too: divided by something tiny, their difference becomes enormous. Such a term counts 0.",
)
exercise.slip("absolute differences", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-np.nan_to_num(np.abs(f_i - f_j) / (f_i + f_j), posinf=0) @ w - b)), "The differences are squared.")
exercise.slip("the sums are forgotten", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-((f_i - f_j) ** 2) @ w - b)), "Each squared difference is divided by a sum.")
exercise.slip("the sum is squared too", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-np.nan_to_num(((f_i - f_j) / (f_i + f_j)) ** 2, posinf=0) @ w - b)), "Only the difference is squared.")
exercise.slip("the weights are not used", beforehand(w="np.ones_like(w)"), "Each term has a weight of its own.")
exercise.slip("a mean, not a sum", beforehand(w="w / len(w)"), "Nothing is divided by: add up the weighted terms.")
exercise.slip(
    "all pairs together",
    lambda f_i, f_j, w, b: 1 / (1 + np.exp(-np.sum(np.nan_to_num((f_i - f_j) ** 2 / (f_i + f_j), posinf=0) * w) - b)),
    "Each pair has a probability of its own: the sum is over the last axis.",
)

exercise.equivalent("z >= 0 → z > 0", "at 0 both forms give one half")
