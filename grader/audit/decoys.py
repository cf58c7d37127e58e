"""Place secrets where a real grader may have some, so that an audit can see whether hostile hand-ins find them."""

from __future__ import annotations

import ctypes
import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "COURSE_AUDIT_SECRET"
KEY = b"convnets-audit-secret"
ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}.get(platform.machine(), (0, 0))
JOIN_SESSION, UNLINK = 1, 9
SESSION = ctypes.c_int(-3)


@contextmanager
def laid_out() -> Iterator[None]:
    """Set a secret environment variable, and add a key to a session keyring like that of a logged-in user."""
    os.environ[VARIABLE] = secrets.token_hex()
    key = _add_key() if KEYCTL and os.uname().sysname == "Linux" else 0
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if key > 0:
            ctypes.CDLL(None).syscall(KEYCTL, UNLINK, key, SESSION)


def _add_key() -> int:
    """Add a key and return its number; below 0 if this machine's kernel has no keyrings, or does not allow one."""
    libc = ctypes.CDLL(None)
    if libc.syscall(KEYCTL, JOIN_SESSION, None) < 0:
        return -1
    return libc.syscall(ADD_KEY, b"user", KEY, b"secret", 6, SESSION)
