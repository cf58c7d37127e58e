"""Provide `hint` and `reveal`: help in steps, and the course's own solution once the student has tried."""

from __future__ import annotations

import sys
from collections.abc import Callable

from grader.base.paths import ROOT
from grader.presentation.text import with_code
from grader.spec import source
from grader.student.notebook import record
from grader.student.notebook.display import OneLine, show
from grader.student.notebook.exercise_of import exercise_of

SOLUTIONS = ROOT / "solutions"


class NotShown(OneLine):
    """Signals that a solution is not shown; the message says what to do instead."""

    title = "Not shown"


def hint(function: Callable) -> None:
    """Show a hint for a function: each call adds the next one.

    Arguments:
        function -- one of the functions that a notebook asks for; or its name in quotes, if you have no function yet
    """
    assignment, exercise = exercise_of(function, sys._getframe(1).f_globals, "hint")
    shown = min(record.hints_shown(exercise.name) + 1, len(exercise.hints))
    record.hinted(exercise.name, shown)
    lines = [f"Hint {i + 1} of {len(exercise.hints)}: {text}" for i, text in enumerate(exercise.hints[:shown])]
    if shown == len(exercise.hints):
        last = "That was the last hint."
        if _solution(assignment, exercise.name):
            last += f" Once you have tried, the solution can be had: from grader import reveal; reveal({exercise.name})"
        lines.append(last)
    items = "".join(f"<p style='margin:.2em 0'>{with_code(line)}</p>" for line in lines)
    show(
        f"<div class='convnets-hint' style='border-left:4px solid #3b7dd8;padding:.2em .8em'>{items}</div>",
        "\n".join(lines),
    )


def reveal(function: Callable) -> None:
    """Show the course's own solution of a function, once you have tried it; your record notes that it was shown.

    Arguments:
        function -- one of the functions that a notebook asks for; or its name in quotes, if you have no function yet

    Raises:
        AssertionError -- with a message of one line, if you have not tried yet, or if this copy has no solutions
    """
    assignment, exercise = exercise_of(function, sys._getframe(1).f_globals, "reveal")
    name = exercise.name
    solution = _solution(assignment, name)
    left = len(exercise.hints) - record.hints_shown(name)
    help_left = f" {left} hint{'s are' * (left > 1) or ' is'} left: hint({name})." if left else ""
    if not solution:
        raise NotShown(f"the solutions are with your instructor, not in this copy of the course.{help_left}")
    if not record.has_tried(name):
        todo = f"write {name} as well as you can, run check({name}), and then ask again"
        raise NotShown(f"first a try of your own: {todo}.{help_left}")
    record.revealed(name)
    line = "The course's own solution. Others are right too: check decides."
    show(f"{line}\n\n```python\n{solution}\n```", f"{line}\n\n{solution}", kind="text/markdown")


def _solution(assignment: str, name: str) -> str:
    """Return the source of the reference solution; empty in a class kit, which has no solutions.

    The module is read, not imported, because importing it takes seconds.
    """
    path = SOLUTIONS / f"{assignment}.py"
    return source.without_markers(source.cut(source.read(path), name)).rstrip() if path.is_file() else ""
