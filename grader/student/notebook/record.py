"""Keep the student's own record: which functions pass, what was tried, and which hints and solutions were shown.

The record stays on this machine, in one file; grading never reads it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from grader.base.files import write_atomically
from grader.base.paths import FOLDER

RECORD = FOLDER / "progress.json"


def read() -> dict[str, Any]:
    """Return the record; it has only those keys for which something was recorded.

    Returns:
        {"passed": {name: bool}, "tried": {name: times}, "hints": {name: shown}, "revealed": [name]}
    """
    try:
        return json.loads(RECORD.read_text())
    except (OSError, ValueError):
        return {}


def checked(name: str, status: str) -> None:
    """Record a check by the status of its mark: a function that is written but does not pass counts as a try."""
    record = read()
    record.setdefault("passed", {})[name] = status == "passed"
    if status not in ("passed", "missing"):
        tried = record.setdefault("tried", {})
        tried[name] = tried.get(name, 0) + 1
    _write(record)


def has_tried(name: str) -> bool:
    """Say whether the student has written a function and checked it."""
    record = read()
    return bool(record.get("passed", {}).get(name) or record.get("tried", {}).get(name))


def hints_shown(name: str) -> int:
    """Return how many hints were shown for a function."""
    return read().get("hints", {}).get(name, 0)


def hinted(name: str, shown: int) -> None:
    """Record how many hints were shown for a function."""
    record = read()
    record.setdefault("hints", {})[name] = shown
    _write(record)


def revealed(name: str) -> None:
    """Record that the solution of a function was shown."""
    record = read()
    names = record.setdefault("revealed", [])
    if name not in names:
        names.append(name)
    _write(record)


def _write(record: dict[str, Any]) -> None:
    """Write the record; if the folder cannot be written to, only the record is lost and the check still works."""
    with suppress(OSError):
        write_atomically(RECORD, json.dumps(record))
