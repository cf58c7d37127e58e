"""Ctrl-C: held back while processes start, so that it is handled once, and never lost on the way."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

AGAIN_SECONDS = 0.05


@contextmanager
def held() -> Iterator[None]:
    """Delay a Ctrl-C until the block ends, and keep it from the processes and threads that are started in the block.

    A terminal sends it to every process of the foreground group; the process that started the others ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # started later, with another process, it would unblock the signal there
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def never_lost() -> None:
    """Raise a Ctrl-C again that came while a destructor ran: Python only prints what is raised there, and goes on."""
    before = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if unraisable.exc_type is KeyboardInterrupt:
            threading.Timer(AGAIN_SECONDS, _thread.interrupt_main).start()
        else:
            before(unraisable)

    sys.unraisablehook = hook
