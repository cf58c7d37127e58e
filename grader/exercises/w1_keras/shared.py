"""What several exercises of `w1_keras` have in common."""

from functools import partial

import numpy as np

from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model

Model = partial(Exercise, limit_float32=3e-3, pair_cases=1, observer=look_at_model)  # a GPU may multiply with ten bits after the point


def pictures(rng, *shape):
    return rng.random(shape, dtype=np.float32)
