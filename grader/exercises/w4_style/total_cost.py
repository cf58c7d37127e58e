"""Two weighted costs and their sum: of tensors a tensor, through which both get a gradient."""

import numpy as np
from solutions.w4_style import total_cost

from grader.exercises.w4_style.shared import look_at_tensors
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, exchanging, ignoring

exercise = Exercise(
    total_cost,
    points=4,
    limit_float32=1e-5,
    observer=look_at_tensors,
    hints=[
        "Two products and one sum.",
        "alpha belongs to the content, beta to the style.",
        "alpha * J_content + beta * J_style.",
    ],
)


@exercise.cases
def cases(rng):
    def number(low=0.5, high=9.0):
        return float(rng.uniform(low, high))

    def tensors():
        return np.float32(number()), np.float32(number())

    yield case("with the usual weights", given=tensors())
    yield case("content counts more", given=tensors(), alpha=number(60, 90), beta=number(1, 9))
    yield case("style counts more", given=tensors(), alpha=number(1, 9), beta=number(60, 90))
    yield case("alpha alone is given", given=tensors(), alpha=number(2, 8))
    yield case("beta alone is given", given=tensors(), beta=number(2, 8))
    yield case("no content", given=(np.float32(0), np.float32(number())), alpha=3, beta=7)
    yield case("no style", given=(np.float32(number()), np.float32(0)), alpha=3, beta=7)
    yield case("a weight of 0", given=tensors(), alpha=number(2, 8), beta=0)
    yield case("plain numbers", given=(number(), number()))
    yield case("whole numbers", given=(int(rng.integers(2, 50)), int(rng.integers(2, 50))), alpha=2, beta=5)


exercise.slip("alpha and beta exchanged", exchanging("alpha", "beta"), "alpha weighs the content, beta the style.")
exercise.slip("weights ignored", ignoring(alpha=1, beta=1), "Each cost has its weight.")
exercise.slip("always 10 and 40", ignoring(alpha=10, beta=40), "10 and 40 are what the weights are where nothing else is said.")
exercise.slip("style taken away", beforehand(J_style="-J_style"), "Both are costs: both shall be small.")
exercise.slip("weights brought to a sum of 1", lambda J_content, J_style, alpha=10, beta=40: total_cost(J_content, J_style, alpha, beta) / (alpha + beta), "The weights count as they are.")
exercise.slip("multiplied", lambda J_content, J_style, alpha=10, beta=40: alpha * J_content * beta * J_style, "The two weighted costs are added.")
