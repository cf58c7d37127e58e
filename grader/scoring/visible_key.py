"""The answer keys of the visible cases, on disk, by which `check` judges in a student's notebook.

Each exercise has two files, drawn when they are first needed: one to judge by, and one that also holds the answers of
the slips, which is needed only if a check fails and takes half a minute to draw for a model. A class kit contains the
folder; then neither solutions nor exercises are needed.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader.base.assignments import names, week
from grader.base.dependencies import of_keys
from grader.base.files import write_atomically
from grader.base.paths import ROOT
from grader.scoring import answer_key
from grader.scoring.answer_key import ExerciseKey
from grader.spec.exercise import VISIBLE_SEED
from grader.spec.registry import load as load_assignment
from grader.submission.cells import ANSWER

FOLDER = ROOT / ".course" / "keys"
INDEX = "index"  # the file, beside the exercises' files, that says what each is worth
WITH_SLIPS = ".slips"  # the end of the name of an exercise's second file


def assignments() -> list[str]:
    """Return the assignments that can be checked here: those that are declared or have keys."""
    declared = names() if find_spec("solutions") else []
    found = {*declared, *(path.parent.name for path in FOLDER.glob(f"w*/{INDEX}.json"))}
    return sorted(found, key=lambda name: (week(name), name))


def find(function_name: str) -> tuple[str, ExerciseKey] | None:
    """Return the assignment that asks for a function of this name, and the exercise; None if there is none."""
    for assignment in assignments():
        if function_name in points(assignment):
            return assignment, load(assignment, function_name)
    return None


@cache
def points(assignment: str) -> dict[str, float]:
    """Return what each exercise of an assignment is worth, by its name.

    Raises:
        FileNotFoundError -- if there are neither keys nor the sources to make them
    """
    return _read(assignment, INDEX)["points"]


@cache
def written(assignment: str) -> list[str]:
    """Return the ids of the written answers of an assignment."""
    return _read(assignment, INDEX)["written"]


@cache
def load(assignment: str, name: str, slips: bool = False) -> ExerciseKey:
    """Return the key of one exercise, with or without its slips; draw it again if its sources have changed.

    Raises:
        FileNotFoundError -- if there is neither a key nor the sources to make one
    """
    return answer_key.read_exercise(_read(assignment, name + WITH_SLIPS * slips)["exercise"])


def are_slips_drawn(assignment: str, name: str) -> bool:
    """Say whether `load` with slips only has to read a file."""
    return bool(_on_disk(assignment, name + WITH_SLIPS))


def write(assignment: str) -> Path:
    """Draw the keys of an assignment that are missing or out of date, and return the folder of its keys."""
    for slips in (False, True):
        for name in points(assignment):
            load(assignment, name, slips)
    return FOLDER / assignment


def write_all() -> None:
    """Draw the keys of every assignment that are missing or out of date, week by week."""
    for assignment in assignments():
        write(assignment)


def _read(assignment: str, name: str) -> dict[str, Any]:
    content = _on_disk(assignment, name)
    if content:
        return content
    sources = of_keys(assignment)
    if not sources:
        raise FileNotFoundError(
            f"The answer key of {assignment} is missing: copy .course/keys from the course's folder."
        )
    content = {"made_from": sources, **_drawn(assignment, name)}
    write_atomically(FOLDER / assignment / f"{name}.json", json.dumps(content))
    return content


def _on_disk(assignment: str, name: str) -> dict[str, Any]:
    """Return what a file holds; empty if there is no file, or if it does not match the sources as they are now."""
    path = FOLDER / assignment / f"{name}.json"
    sources = of_keys(assignment)
    content = json.loads(path.read_text()) if path.exists() else {}
    return content if not sources or content.get("made_from") == sources else {}


def _drawn(assignment: str, name: str) -> dict[str, Any]:
    exercises = load_assignment(assignment).exercises
    if name == INDEX:
        prose = (ROOT / "notebooks" / assignment / f"{assignment}.md").read_text()
        topics = re.findall(r'^\+\+\+ \{"answer": "(\w+)"', prose, re.MULTILINE)
        return {
            "points": {one.name: one.points for one in exercises.values()},
            "written": [ANSWER + topic for topic in topics],
        }
    one, slips = exercises[name.removesuffix(WITH_SLIPS)], name.endswith(WITH_SLIPS)
    return {"exercise": asdict(answer_key.draw_exercise(one, VISIBLE_SEED, slips))}
