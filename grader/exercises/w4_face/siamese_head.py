"""A probability of absolute differences, for numbers of any size."""

import numpy as np
from solutions.w4_face import siamese_head

from grader.exercises.w4_face.shared import HEAD_SLIPS, TF32, head_cases
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, skipping

exercise = Exercise(
    siamese_head,
    points=6,
    limit_float32=TF32,
    hints=[
        "First z, one number a pair: the absolute differences, times w, added up over the last axis, plus b.",
        "np.abs(f_i - f_j) @ w + b is z for two vectors and for m pairs of them.",
        "e^−|z| never overflows. For z ≥ 0, σ is 1 / (1 + e^−|z|); for z < 0 it is e^−|z| / (1 + e^−|z|).",
    ],
)
exercise.cases(head_cases)

for title, code, help_text in HEAD_SLIPS:
    exercise.slip(title, code, help_text)
exercise.slip("no absolute values", skipping("abs", only=1), "Which of the two comes first must not matter.")
exercise.slip("squared differences", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-((f_i - f_j) ** 2) @ w - b)), "The absolute values of the differences, not their squares.")
exercise.slip("the absolute value of the sum", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-np.abs((f_i - f_j) @ w) - b)), "The absolute value is taken number by number, before the weights.")
exercise.slip("the weights are not used", beforehand(w="np.ones_like(w)"), "Each difference has a weight of its own.")
exercise.slip("a mean, not a sum", beforehand(w="w / len(w)"), "Nothing is divided by: add up the weighted differences.")
exercise.slip("the bias at each number", beforehand(b="len(w) * b"), "The bias is added once, after the sum.")
exercise.slip("all pairs together", lambda f_i, f_j, w, b: 1 / (1 + np.exp(-np.sum(np.abs(f_i - f_j) * w) - b)), "Each pair has a probability of its own: the sum is over the last axis.")

exercise.equivalent("z >= 0 → z > 0", "at 0 both forms give one half")
