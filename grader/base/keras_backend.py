"""The choice of the library that Keras computes with."""

from __future__ import annotations

import os


def keras_backend() -> str:
    """Return the backend that Keras will use: "tensorflow" unless the environment names another."""
    return os.environ.get("KERAS_BACKEND") or "tensorflow"
