"""Silence for libraries that talk while they are imported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """Drop what is written to the process's stderr: TensorFlow's C++ part logs there before it can be told not to.

    Python's own exceptions and warnings are shown as ever: in a notebook they take another way.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
