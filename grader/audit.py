"""The grader, graded: right, wrong, hostile and broken hand-ins go through the judge, and each must get what it deserves."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode

from grader import build, handin, handins, judge, sandbox
from grader.course import Course
from grader.exercise import Assignment, Slip, load
from grader.judge import Graded, Rulebook
from grader.key import draw


@dataclass(frozen=True)
class Finding:
    """One line of the audit: what was tried, what came of it, and whether that is as it should be."""

    kind: str
    title: str
    result: str
    good: bool


def audit(name: str, sandboxed: bool = True) -> Iterator[Finding]:
    """Audit one assignment; findings come as they are made."""
    if sandboxed:
        sandbox.require()
    assignment = load(name)
    with TemporaryDirectory(prefix="cn-audit-") as folder:
        course = Course(Path(folder))
        build.ensure(name, course)
        whole = nbformat.read(course.release(name), 4)
    released = handins.without_given_figures(whole)
    limits = sandbox.Limits(cell_seconds=15, exercise_seconds=20, submission_seconds=120)
    rulebook = Rulebook(assignment, released, draw(assignment, secrets.randbits(63)), limits, sandboxed)
    yield from _right(rulebook)
    yield from _slips(rulebook)
    yield from _hostile(rulebook)
    yield from _broken(rulebook)


def _right(rulebook: Rulebook) -> Iterator[Finding]:
    """The reference, and every variant: the n-th of each exercise together in one hand-in."""
    exercises = rulebook.assignment.exercises
    for number in range(-1, max(len(one.variants) for one in exercises.values())):
        chosen = {name: one.variants[number] for name, one in exercises.items() if 0 <= number < len(one.variants)}
        graded = _grade(
            handins.solved(rulebook.released, rulebook.assignment, {n: v.code for n, v in chosen.items()}), rulebook
        )
        for name, mark in graded.marks.items():
            if number >= 0 and name not in chosen:
                continue
            title = f"{name}: {chosen[name].title if name in chosen else 'the reference'}"
            yield Finding("right", title, f"{mark.points:g} of {mark.maximum:g}", mark.status == "passed")


def _slips(rulebook: Rulebook) -> Iterator[Finding]:
    """Every slip, many in one hand-in; what is right there must not suffer from a helper that is wrong."""
    for chosen in _together(rulebook.assignment):
        graded = _grade(
            handins.solved(rulebook.released, rulebook.assignment, {n: s.code for n, s in chosen.items()}), rulebook
        )
        for name, mark in graded.marks.items():
            slip = chosen.get(name)
            if slip is None:
                if mark.status != "passed":
                    yield Finding(
                        "slip", f"{name}, right beside wrong helpers", f"{mark.points:g} of {mark.maximum:g}", False
                    )
                continue
            told = mark.slip[0] if mark.slip else "no slip recognised"
            good = mark.points < mark.maximum and told == slip.title
            yield Finding("slip", f"{name}: {slip.title}", f"{mark.points:g} of {mark.maximum:g}, told: {told}", good)


def _together(assignment: Assignment) -> list[dict[str, Slip]]:
    """The slips in few hand-ins: none beside one of its own helpers, lest two wrongs make a right."""
    groups: list[dict[str, Slip]] = []
    for name, one in assignment.exercises.items():
        for slip in one.slips:
            free = (group for group in groups if name not in group and not set(one.uses) & set(group))
            group = next(free, None)
            if group is None:
                groups.append(group := {})
            group[name] = slip
    return groups


def _hostile(rulebook: Rulebook) -> Iterator[Finding]:
    """Unsolved hand-ins that attack: no points, nothing learnt; and an honest one right after each."""
    right = handins.solved(rulebook.released, rulebook.assignment)
    for title, cell in handins.attacks().items():
        notebook = nbformat.from_dict(rulebook.released)
        attack = handins.add_cell(nbformat.reads(nbformat.writes(notebook), 4), cell, place=len(notebook.cells))
        graded = _grade(attack, rulebook)
        leaks = _leaks(graded)
        result = f"{graded.points:g} points" + (f", learnt {leaks[:3]}" if leaks else ", learnt nothing")
        yield Finding("hostile", title.replace("_", " "), result, graded.points == 0 and not leaks)
    yield _forged_metadata(rulebook)
    graded = _grade(right, rulebook)
    yield Finding("hostile", "the honest hand-in after them", f"{graded.points:g} points", _full(graded))


def _leaks(graded: Graded) -> list[str]:
    text = "".join(json.dumps(cell.get("outputs", [])) for cell in graded.notebook.cells)
    return [line.split("\\n")[0][:80] for line in text.split("LEAK ")[1:]]


def _forged_metadata(rulebook: Rulebook) -> Finding:
    """Marks written into the notebook, tests retyped, skipped and made worth more: none of it survives."""
    notebook = nbformat.reads(nbformat.writes(rulebook.released), 4)
    notebook.metadata["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "bash"}
    for number, cell in enumerate(notebook.cells):
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "training"]
        data = cell.metadata.get("nbgrader")
        if data and data["grade_id"].startswith("check_"):
            data.update(points=1000, grade=number % 2 == 0, solution=number % 3 == 0, locked=False)
            cell.source = "1000"
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000"}, execution_count=1)]
            cell.metadata["convnets"] = {"points": 1000, "status": "passed"}
    notebook.cells.reverse()
    graded = _grade(notebook, rulebook)
    return Finding("hostile", "forged metadata, outputs and order", f"{graded.points:g} points", graded.points == 0)


def _broken(rulebook: Rulebook) -> Iterator[Finding]:
    """Files that are no notebook get a result with a reason; what only misbehaves keeps its marks."""
    right = handins.solved(rulebook.released, rulebook.assignment)
    for title, raw in broken_files(right).items():
        graded = judge.grade(raw, rulebook)
        yield Finding("broken", title, graded.rejected or "was not rejected", bool(graded.rejected))
    with TemporaryDirectory() as folder:
        link = Path(folder) / "link.ipynb"
        link.symlink_to("/etc/passwd")
        fifo = Path(folder) / "fifo.ipynb"
        os.mkfifo(fifo)
        for path in (link, fifo):
            try:
                handin.read_file(path)
                yield Finding("broken", path.stem, "was read", False)
            except handin.Rejected as rejected:
                yield Finding("broken", path.stem, str(rejected), True)
    for title, change in MISBEHAVIOUR.items():
        notebook = nbformat.reads(nbformat.writes(right), 4)
        change(notebook)
        graded = _grade(notebook, rulebook)
        reason = "; ".join(graded.notes) or "no note"
        yield Finding("broken", f"right, and {title}", f"{graded.points:g} points: {reason}", _full(graded))


def broken_files(right: NotebookNode) -> dict[str, bytes]:
    """Files that cannot be judged."""
    other = nbformat.reads(nbformat.writes(right), 4)
    for cell in other.cells:
        cell.source = ""
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = f"other_{cell.metadata.nbgrader.grade_id}"
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Here is my homework.")])
    return {
        "not JSON": b"PK\x03\x04 this is a zip file",
        "an empty file": b"",
        "cut off": nbformat.writes(right).encode()[:5000],
        "no solution cells": nbformat.writes(bare).encode(),
        "another assignment's notebook": nbformat.writes(other).encode(),
        "deeply nested JSON": b"[" * 200_000,
        "a list": b"[1, 2, 3]",
        "nbformat 2": b'{"nbformat": 2, "worksheets": []}',
    }


def _duplicate(notebook: NotebookNode) -> None:
    first = next(i for i, cell in enumerate(notebook.cells) if handin.is_answer(cell) and cell.cell_type == "code")
    copy = nbformat.from_dict(json.loads(json.dumps(notebook.cells[first])))
    copy.id = "copy"
    notebook.cells.insert(first + 1, copy)


def _adds(source: str) -> Callable[[NotebookNode], None]:
    def add(notebook: NotebookNode) -> None:
        handins.add_cell(notebook, source, place=2)

    return add


MISBEHAVIOUR: dict[str, Callable[[NotebookNode], None]] = {
    "a cell is there twice": _duplicate,
    "an endless loop": _adds(
        "while True:\n    try:\n        import time; time.sleep(0.1)\n    except BaseException:\n        pass"
    ),
    "os._exit": _adds("import os\nos._exit(0)"),
    "raise SystemExit": _adds("raise SystemExit"),
    "100 MB of output in one line": _adds("print('x' * 100_000_000)"),
    "100 MB of output in many": _adds("for i in range(100):\n    print('x' * 1_000_000)"),
    "a crash": _adds("import ctypes\nctypes.string_at(0)"),
    "warnings on stderr": _adds("import sys, warnings\nwarnings.warn('careful')\nprint('noise', file=sys.stderr)"),
    "a cell that fails": _adds("1 / 0"),
    "a cell that is no Python": _adds("this is not ( Python"),
}


def _grade(notebook: NotebookNode, rulebook: Rulebook) -> Graded:
    return judge.grade(nbformat.writes(notebook).encode(), rulebook)


def _full(graded: Graded) -> bool:
    return all(mark.status == "passed" for mark in graded.marks.values())
