"""Measure functions by the median of several runs, and format the figures."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A measured figure with its target."""

    what: str
    ours: float | None  # median in seconds; None if the row summarises others
    peer: str
    theirs: float | None
    figure: str  # what is compared with the target, with its unit
    target: str  # "" if the figure is only reported
    met: bool


def seconds(value: float | None) -> str:
    """Format a duration in the unit that fits: "12.3 ms"."""
    if value is None:
        return ""
    unit, scale = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if value >= s), ("µs", 1e-6))
    return f"{digits(value / scale, 3)} {unit}"


def digits(value: float, significant: int = 2) -> str:
    """Format a number with that many significant digits, never with an exponent: 1.1, 0.87, 4,700."""
    value = float(f"{value:.{significant}g}")
    decimals = significant - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return f"{value:,.{max(decimals, 0)}f}"


def medians(functions: Iterable[Callable[[], object]], rounds: int, warm_up: int = 3) -> list[float]:
    """Return the median time of each function, in seconds.

    The functions take turns, so that what slows the machine for a while slows all of them.
    """
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
