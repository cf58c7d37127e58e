"""The limits on what one hand-in may use of the machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from grader.base.errors import CourseError


@dataclass(frozen=True)
class Limits:
    """The limits of one hand-in.

    Attributes:
        cell_seconds, exercise_seconds -- for one cell, and for one function on all its cases
        submission_seconds -- for everything together
        memory -- bytes of resident memory, all processes together
        processes, threads -- how many at once, all processes together
        handles -- files, pipes and sockets open at once, all processes together
        disk, files -- bytes and number of files in each of the three folders that can be written to
        output, outputs -- bytes of memory for what is kept of one cell's output, and of all cells' together
        message -- bytes of one message from the kernel; a longer one is dropped
    """

    cell_seconds: float = 60
    exercise_seconds: float = 30
    submission_seconds: float = 600
    memory: int = 4_000_000_000
    processes: int = 64
    threads: int = 1000
    handles: int = 2000
    disk: int = 500_000_000
    files: int = 20_000
    output: int = 4_000_000
    outputs: int = 40_000_000
    message: int = 8_000_000


def limits_from(settings: Iterable[str]) -> Limits:
    """Return limits with some set by hand: "memory=2e9", "cell_seconds=30".

    Raises:
        CourseError -- for a name that is not a limit, or a value that is not a number above 0
    """
    kinds: dict[str, type] = {one.name: type(one.default) for one in fields(Limits)}
    chosen: dict[str, Any] = {}
    for setting in settings:
        name, _, text = setting.partition("=")
        if name not in kinds:
            raise CourseError(f"There is no limit {name!r}. There are: {', '.join(kinds)}.")
        try:
            chosen[name] = kinds[name](float(text))
        except (ValueError, OverflowError):
            chosen[name] = 0
        if not chosen[name] > 0:
            raise CourseError(f"The limit {name} must be a number above 0, and is {text!r}.")
    return Limits(**chosen)
