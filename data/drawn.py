"""Sets that the course draws are drawn once a machine and kept in the cache: 4,160 faces take most of a minute.

A file holds a set or one of its splits, and bears the digest of the code that drew it: other code draws anew. Where the
cache cannot be written, the set is drawn each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from data.places import cache_dir

HERE = Path(__file__).parent
_LENGTHS = " lengths"  # of a list of arrays, which is kept as one


def kept(name: str, split: str | None, draw: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `draw` returns, from the cache if it has been drawn before: arrays, and lists of arrays, by name."""
    folder = cache_dir() / "drawn"
    path = folder / f"{name}-{split or 'all'}-{_digest()}.npz"
    # A file that cannot be read, or is damaged, is drawn again.
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return _read(path)
    fields = draw()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, fields)
        for old in folder.glob(f"{name}-{split or 'all'}-*.npz"):
            if old != path:
                old.unlink()
    return fields


@cache
def _digest() -> str:
    """Of all that decides what is drawn: the code beside this file, and the libraries that it draws with."""
    files = [path for folder in (HERE, HERE / "readers", HERE / "street") for path in sorted(folder.glob("*.py"))]
    seen = hashlib.sha256("".join(metadata.version(one) for one in ("numpy", "pillow", "scipy")).encode())
    for path in files:
        seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


def _read(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as arrays:
        fields: dict[str, Any] = {name: arrays[name] for name in arrays.files}
    for name in [name for name in fields if name.endswith(_LENGTHS)]:
        ends = np.cumsum(fields.pop(name))[:-1]
        one = name.removesuffix(_LENGTHS)
        fields[one] = np.split(fields[one], ends)
    return fields


def _write(path: Path, fields: dict[str, Any]) -> None:
    arrays: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, list):
            arrays[name] = np.concatenate(value)
            arrays[name + _LENGTHS] = np.array([len(one) for one in value])
        else:
            arrays[name] = value
    # A folder that is private to its user; the file inside has the permissions that the cache shall have.
    with TemporaryDirectory(prefix=".drawn-", dir=path.parent, ignore_cleanup_errors=True) as room:
        np.savez(Path(room, path.name), **arrays)  # pictures of noise do not get smaller
        Path(room, path.name).replace(path)
