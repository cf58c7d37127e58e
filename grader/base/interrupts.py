"""Ctrl-C while other processes start: it is heard, once, and not answered by each of them with a traceback."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def held() -> Iterator[None]:
    """A Ctrl-C that comes meanwhile is heard afterwards, and never by processes and threads that are started meanwhile.

    A terminal sends it to every process in reach; who started them ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # started later, beside another process, it would end the holding there
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
