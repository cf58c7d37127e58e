"""A learner's own record: what passes, what was tried, how many hints and which solutions were shown.

It stays on this machine, in one file; nothing that is graded reads it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from grader.base.files import write_atomically
from grader.base.paths import FOLDER

RECORD = FOLDER / "progress.json"


def read() -> dict[str, Any]:
    """The record: {"passed": {name: bool}, "tried": {name: times}, "hints": {name: shown}, "revealed": [name]}, each part
    where there is something to say."""
    try:
        return json.loads(RECORD.read_text())
    except (OSError, ValueError):
        return {}


def checked(name: str, status: str) -> None:
    """Remember a check by the status of its mark. A stub is no try: what was written and does not pass is one."""
    record = read()
    record.setdefault("passed", {})[name] = status == "passed"
    if status not in ("passed", "missing"):
        tried = record.setdefault("tried", {})
        tried[name] = tried.get(name, 0) + 1
    _write(record)


def has_tried(name: str) -> bool:
    """Whether the learner has written something for a function and had it checked."""
    record = read()
    return bool(record.get("passed", {}).get(name) or record.get("tried", {}).get(name))


def hints_shown(name: str) -> int:
    """How many steps of help were shown."""
    return read().get("hints", {}).get(name, 0)


def hinted(name: str, shown: int) -> None:
    """Remember that so many steps of help were shown."""
    record = read()
    record.setdefault("hints", {})[name] = shown
    _write(record)


def revealed(name: str) -> None:
    """Remember that the solution was shown."""
    record = read()
    names = record.setdefault("revealed", [])
    if name not in names:
        names.append(name)
    _write(record)


def _write(record: dict[str, Any]) -> None:
    """A folder that cannot be written to costs the record, not the check."""
    with suppress(OSError):
        write_atomically(RECORD, json.dumps(record))
