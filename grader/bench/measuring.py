"""Measuring: medians of functions that take turns, and what is said of a figure."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One measured figure and the target it is held to."""

    what: str
    ours: float | None  # median in seconds; None where the row sums up others
    peer: str
    theirs: float | None
    figure: str  # what is held to the target, with its unit
    target: str  # "" where the figure is only told
    met: bool


def seconds(value: float | None) -> str:
    """A duration in the unit that fits: "12.3 ms"."""
    if value is None:
        return ""
    unit, scale = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if value >= s), ("µs", 1e-6))
    return f"{digits(value / scale, 3)} {unit}"


def digits(value: float, significant: int = 2) -> str:
    """A number rounded to so many significant digits, never with an exponent: 1.1, 0.87, 4,700."""
    value = float(f"{value:.{significant}g}")
    decimals = significant - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return f"{value:,.{max(decimals, 0)}f}"


def medians(functions: Iterable[Callable[[], object]], rounds: int, warm_up: int = 3) -> list[float]:
    """Median time of each function, in seconds. They take turns: what slows the machine for a while slows them all."""
    functions = list(functions)
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(warm_up + rounds):
        for function, of_function in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            elapsed = time.perf_counter() - start
            if turn >= warm_up:
                of_function.append(elapsed)
    return [statistics.median(of_function) for of_function in times]
