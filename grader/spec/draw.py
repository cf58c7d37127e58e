"""Draw what exercises are asked with."""

from __future__ import annotations

from typing import Any

import numpy as np

Generator = np.random.Generator


def normal(rng: Generator, *shape: int, dtype: Any = np.float64) -> np.ndarray:
    """Return standard normal numbers."""
    return rng.standard_normal(shape).astype(dtype)


def single(rng: Generator, *shape: int) -> np.ndarray:
    """Return standard normal numbers of single precision: of both signs, so that a forgotten ReLU is seen."""
    return rng.standard_normal(shape, dtype=np.float32)


def whole(rng: Generator, *shape: int, low: int = -9, high: int = 10) -> np.ndarray:
    """Return whole numbers from `low` to `high` - 1."""
    return rng.integers(low, high, shape)


def number(rng: Generator, low: int, high: int) -> int:
    """Return a whole number from `low` to `high` - 1."""
    return int(rng.integers(low, high))


def sides(rng: Generator, low: int = 5, high: int = 8) -> tuple[int, int]:
    """Return two different lengths: a function that swaps rows and columns must not get away with it."""
    n_H = number(rng, low, high)
    return n_H, n_H + number(rng, 1, 3)
