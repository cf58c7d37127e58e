"""The keys of the visible cases, on disk: what `check` judges by in a student's notebook.

Each exercise has two files, drawn when they are first asked for: one judges, the other also knows what slips answer, which
is of use only when a check fails, and takes half a minute for a model. A class kit ships the folder, and then neither
solutions nor exercises are needed.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader import exercise as declarations
from grader import key
from grader.exercise import VISIBLE_SEED
from grader.key import KeyExercise

FOLDER = declarations.ROOT / ".course" / "keys"
INDEX = "index"  # beside the exercises' files: what each is worth
WITH_SLIPS = ".slips"  # ends the name of an exercise's second file


def assignments() -> list[str]:
    """The assignments that can be checked here: declared, or with keys."""
    declared = declarations.names() if find_spec("solutions") else []
    return sorted({*declared, *(path.parent.name for path in FOLDER.glob(f"*/{INDEX}.json"))})


def find(function_name: str) -> tuple[str, KeyExercise] | None:
    """The assignment that asks for a function of this name, and the exercise."""
    for assignment in assignments():
        if function_name in points(assignment):
            return assignment, load(assignment, function_name)
    return None


@cache
def points(assignment: str) -> dict[str, float]:
    """What each exercise of an assignment is worth, by its name.

    Raises:
        FileNotFoundError -- where there are neither keys nor the sources to make them
    """
    return _read(assignment, INDEX)["points"]


@cache
def load(assignment: str, name: str, slips: bool = False) -> KeyExercise:
    """The key of one exercise, with or without its slips; made anew where its sources are here and have changed.

    Raises:
        FileNotFoundError -- where there is neither a key nor the sources to make one
    """
    return key.read_exercise(_read(assignment, name + WITH_SLIPS * slips)["exercise"])


def are_slips_drawn(assignment: str, name: str) -> bool:
    """Whether `load` with slips has only to read."""
    return bool(_on_disk(assignment, name + WITH_SLIPS))


def write(assignment: str) -> Path:
    """Draw all that is missing or out of date of an assignment; the folder of its keys."""
    for slips in (False, True):
        for name in points(assignment):
            load(assignment, name, slips)
    return FOLDER / assignment


def write_all() -> None:
    """Draw all that is missing or out of date of every assignment, week by week."""
    for assignment in assignments():
        write(assignment)


def _read(assignment: str, name: str) -> dict[str, Any]:
    content = _on_disk(assignment, name)
    if content:
        return content
    sources = made_from(assignment)
    if not sources:
        raise FileNotFoundError(
            f"The answer key of {assignment} is missing: copy .course/keys from the course's folder."
        )
    content = {"made_from": sources, **_drawn(assignment, name)}
    path = FOLDER / assignment / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(content))
    unfinished.replace(path)
    return content


def _on_disk(assignment: str, name: str) -> dict[str, Any]:
    """What a file holds; empty where there is none, or where it is not what the sources say now."""
    path = FOLDER / assignment / f"{name}.json"
    sources = made_from(assignment)
    content = json.loads(path.read_text()) if path.exists() else {}
    return content if not sources or content.get("made_from") == sources else {}


def _drawn(assignment: str, name: str) -> dict[str, Any]:
    exercises = declarations.load(assignment).exercises
    if name == INDEX:
        return {"points": {one.name: one.points for one in exercises.values()}}
    one, slips = exercises[name.removesuffix(WITH_SLIPS)], name.endswith(WITH_SLIPS)
    return {"exercise": asdict(key.draw_exercise(one, VISIBLE_SEED, slips))}


@cache
def made_from(assignment: str) -> str:
    """Digest of the sources that keys are made from; empty where they are not here, as in a class kit."""
    files = [declarations.ROOT / folder / f"{assignment}.py" for folder in ("solutions", "grader/exercises")]
    engine = ("exercise.py", "key.py", "losses.py", "models.py", "probe.py", "transfer.py", "visible.py")
    files += [Path(__file__).parent / name for name in engine]
    files += sorted((declarations.ROOT / "data" / "weights").glob("*.npz"))
    if not all(path.exists() for path in files):
        return ""
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
