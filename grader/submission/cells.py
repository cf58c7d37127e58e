"""The ids and flags by which every part of the grader recognises the cells of a notebook."""

from __future__ import annotations

import re
from typing import Any

OURS = "convnets"  # the key of our own metadata in a rebuilt notebook
CHECK, ANSWER = "check_", "answer_"  # prefixes of the ids of tests and of written answers
STUB, QUESTION = "raise NotImplementedError", "YOUR ANSWER HERE"  # what nbgrader releases in place of a solution


def grade_id_of(cell: Any) -> str:
    """Return nbgrader's id of a cell, or an empty string."""
    return _nbgrader(cell).get("grade_id", "")


def is_answer(cell: Any) -> bool:
    """Say whether students fill in this cell: a function, or a written answer."""
    return bool(_nbgrader(cell).get("solution"))


def is_test(cell: Any) -> bool:
    """Say whether this cell checks a function and holds its points."""
    return bool(_nbgrader(cell).get("grade")) and not is_answer(cell)


def tested_function(cell: Any) -> str:
    """Return the name of the function that a test cell checks; an empty string for every other cell."""
    identity = grade_id_of(cell)
    return identity.removeprefix(CHECK) if identity.startswith(CHECK) else ""


def is_extra(cell: Any) -> bool:
    """Say whether the student added this cell of a rebuilt notebook."""
    return bool(_ours(cell).get("extra"))


def is_missing(cell: Any) -> bool:
    """Say whether the hand-in did not have this answer cell of a rebuilt notebook."""
    return bool(_ours(cell).get("missing"))


def is_training(cell: Any) -> bool:
    """Say whether a given cell takes so long that it is not run for grading."""
    return "training" in _tags(cell)


def is_setup(cell: Any) -> bool:
    """Say whether a given cell defines or loads what other cells need."""
    return "setup" in _tags(cell)


def is_written_by_the_student(cell: Any) -> bool:
    """Say whether a cell of a rebuilt notebook holds the student's own text."""
    return is_answer(cell) or is_extra(cell)


def is_defined(name: str, text: str) -> bool:
    """Say whether a cell's text defines a name, by `def` or by `=`."""
    return bool(re.search(rf"^[ \t]*(def[ \t]+{name}\b|{name}[ \t]*=)", text, re.MULTILINE))


def is_unwritten(source: str) -> bool:
    """Say whether the text of an answer cell still contains the placeholder for the answer."""
    return STUB in source or QUESTION in source


def _nbgrader(cell: Any) -> Any:
    return cell.get("metadata", {}).get("nbgrader", {})


def _ours(cell: Any) -> Any:
    return cell.get("metadata", {}).get(OURS, {})


def _tags(cell: Any) -> Any:
    return cell.get("metadata", {}).get("tags", [])
