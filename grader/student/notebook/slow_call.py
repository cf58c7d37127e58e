"""Report a function that runs for long: a message while it runs, and the line at which it was interrupted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from grader.scoring.probe import line_of

SECONDS = 20.0


@contextmanager
def reported(function: Callable, name: str) -> Iterator[None]:
    """Say once, after some time, that a function is still running, and where. Slow is not wrong: it is not stopped."""
    # Windows has no such signal, and only the main thread may set one: otherwise nothing is reported.
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def say(number: int, frame: FrameType | None) -> None:
        line = _line(frame, function)
        where = f", now in line {line} of its cell" if line else ""
        print(
            f"{name} is still running after {SECONDS:g} s{where}. If it does not end: Kernel, Interrupt Kernel.",
            flush=True,
        )

    before = signal.signal(signal.SIGALRM, say)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def place(stop: BaseException, function: Callable) -> str:
    """Return where in a function an exception was raised, such as " in line 5 of its cell"; empty if unknown."""
    line = line_of(stop, function)
    return f" in line {line} of its cell" if line else ""


def _line(frame: FrameType | None, function: Callable) -> int | None:
    while frame is not None and frame.f_code.co_filename != _file(function):
        frame = frame.f_back
    return frame.f_lineno if frame else None


def _file(function: Any) -> str | None:
    code = getattr(function, "__code__", None)
    return code.co_filename if code else None
