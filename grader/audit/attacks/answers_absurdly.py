# in-process: answers of absurd shape: NaN, Inf, objects, no elements, more than fits anywhere, endless ones, huge ones
import itertools

import numpy as np


def itself():
    value = []
    value.append(value)
    return value


ANSWERS = [
    lambda *args: np.full((3, 3), np.nan),
    lambda *args: np.array([np.inf, -np.inf]),
    lambda *args: np.array([{"points": 100}, None], dtype=object),
    lambda *args: np.empty((0,) * 30),
    lambda *args: np.broadcast_to(0.0, (10**6, 10**6)),
    lambda *args: itself(),
    lambda *args: itertools.count(),
    lambda *args: [1] * 100_000,
    lambda *args: 10**5000,
    lambda *args: complex("nan+infj"),
    lambda *args: {float("nan"): 1, (1, 2): 2, None: itself()},
    lambda *args: np.zeros(3, dtype=[("points", "f8")]),
    lambda *args: np.array(["100"]),
    lambda *args: np.datetime64("2026-01-01"),
    lambda *args: memoryview(bytes(5_000_000)),
]
for number, name in enumerate(FUNCTIONS):
    globals()[name] = lambda *args, answer=ANSWERS[number % len(ANSWERS)], **kwargs: answer(*args)
