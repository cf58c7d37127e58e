"""A limit on the time of a call in this process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(BaseException):
    """Signals that the time is over; not an Exception, because what is called may catch those."""


@contextmanager
def seconds(limit: float) -> Iterator[None]:
    """Raise TooSlow when the time is over, inside the block and at its end; on Windows, which has no such signal, never.

    What is called may catch even this: so it is raised again and again.
    """
    over = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal over
        over = True
        raise TooSlow

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if over:
        raise TooSlow
