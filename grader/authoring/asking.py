"""Judge the functions of Python files in this process: no notebook, no sandbox, so only for files that are trusted.

A file's own functions call each other as they would in a notebook. A helper that the file lacks is the reference; and as
in grading, a wrong helper costs its own points only.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.authoring import limits
from grader.authoring.trial import asked, drawn
from grader.base.errors import CourseError
from grader.scoring.assessment import assess
from grader.scoring.marks import Mark
from grader.spec import rules
from grader.spec.exercise import Assignment, Exercise

SECONDS = 60.0  # for the whole of a file, and for each function


class NothingToAsk(CourseError):
    """Signals that there is no such file, or nothing in it to judge."""


@dataclass(frozen=True)
class Asked:
    """What a file gets.

    Attributes:
        path -- the file
        marks -- by function, of those that the file defines
        problem -- why the file could not be run to its end; its functions up to there are judged
    """

    path: Path
    marks: dict[str, Mark] = field(default_factory=dict)
    problem: str = ""


def files(path: Path) -> list[Path]:
    """Return a Python file, or those of a folder and below.

    Raises:
        NothingToAsk -- if there are none
    """
    if path.is_file() and path.suffix == ".py":
        return [path]
    found = sorted(one for one in path.rglob("*.py") if "__pycache__" not in one.parts) if path.is_dir() else []
    if not found:
        what = "has no Python files (*.py)" if path.is_dir() else "is not a Python file (*.py) or a folder of them"
        raise NothingToAsk(f"{path} {what}.")
    return found


def judged(assignment: Assignment, path: Path, seed: int, function: str | None = None) -> Asked:
    """Run a file and judge the functions of the assignment that it defines.

    Arguments:
        seed -- of the cases
        function -- judge this one alone
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    names: dict[str, Any] = {**vars(assignment.solution), "__name__": "__asked__", "__file__": str(path)}
    given = dict(names)
    problem = _run(text, path, names)
    own = [name for name in assignment.exercises if names.get(name) is not given.get(name)]
    wanted = [name for name in own if function in (None, name)]
    marks: dict[str, Mark] = {}
    for name in wanted:
        marks[name] = _mark(assignment.exercises[name], names, text, seed)
    passed = {name for name, mark in marks.items() if mark.status == "passed"}
    for name, mark in marks.items():
        one = assignment.exercises[name]
        helpers = [helper for helper in one.uses if helper in own and helper not in passed]
        if mark.status != "passed" and helpers:
            better = _mark(one, {**names}, text, seed, lent={helper: given[helper] for helper in helpers})
            if (better.points, better.slip is not None) > (mark.points, mark.slip is not None):
                better.notes.append(f"Judged with the reference's {' and '.join(helpers)} in place of the file's.")
                marks[name] = better
    return Asked(path, marks, problem)


def _mark(one: Exercise, names: dict[str, Any], text: str, seed: int, lent: dict[str, Any] | None = None) -> Mark:
    key = drawn(one, seed)
    function = names[one.name]
    broken = rules.broken(one.name, rules.read([text]), one.forbids, one.forbids_own, one.uses)
    shared = getattr(function, "__globals__", {})
    before = {helper: shared[helper] for helper in lent or {} if helper in shared}
    shared.update(lent or {})
    try:
        with _silently(), limits.seconds(SECONDS):
            return assess(key, asked(function, key), broken_rule=broken)
    except limits.TooSlow:
        return assess(key, [None] * len(key.cases), f"took more than {SECONDS:g} s", broken)
    finally:
        shared.update(before)


def _run(text: str, path: Path, names: dict[str, Any]) -> str:
    """Run a file's text, and return why it did not come to its end; empty if it did."""
    try:
        with _silently(), limits.seconds(SECONDS):
            exec(compile(text, str(path), "exec"), names)
    except limits.TooSlow:
        return f"takes more than {SECONDS:g} s"
    except (Exception, SystemExit) as error:
        line = _line(error, str(path))
        said = f": {error}" if str(error) and not isinstance(error, SystemExit) else ""
        return f"stops {f'in line {line} ' if line else ''}with {type(error).__name__}{said}"
    return ""


def _line(error: BaseException, path: str) -> int:
    found = error.lineno if isinstance(error, SyntaxError) else 0
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found or 0


@contextlib.contextmanager
def _silently() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
