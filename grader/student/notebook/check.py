"""Provide `check`, which tries a function of the course on its visible cases.

It gives feedback only: the marks of a hand-in are made by `grader.judging`, out of reach of the code that is judged.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from grader.presentation import mark_view
from grader.scoring import probe, visible_key
from grader.scoring.answer_key import Answer, ExerciseKey
from grader.scoring.assessment import assess
from grader.scoring.comparison import describe
from grader.scoring.marks import Mark
from grader.spec import rules
from grader.student.notebook import record, slow_call
from grader.student.notebook.display import show
from grader.student.notebook.exercise_of import CheckFailed, exercise_of


def check(function: Callable) -> None:
    """Check a function that you wrote: run it on its visible cases and show which of them pass.

    Arguments:
        function -- one of the functions that a notebook asks for, without quotes or brackets: `check(zero_pad)`

    Raises:
        AssertionError -- with a message of one line, if a case does not pass
    """
    names = sys._getframe(1).f_globals
    assignment, exercise = exercise_of(function, names)
    answers = _answers(function, exercise)
    mark = _assessed(exercise, answers, names)
    shown = None
    if mark.status not in ("passed", "missing"):
        if not visible_key.are_slips_drawn(assignment, exercise.name):
            line = "Not right yet. Looking for what it may be; the first time, that can take a minute."
            shown = show(f"<p>{line}</p>", line)
        exercise = visible_key.load(assignment, exercise.name, slips=True)
        mark = _assessed(exercise, answers, names)
    inputs = [_inputs(case.inputs) for case in exercise.cases]
    show(mark_view.html(mark, inputs), mark_view.text(mark, inputs), instead_of=shown)
    record.checked(mark.name, mark.status)
    if mark.status != "passed":
        raise CheckFailed(_sentence(mark, exercise, names))


def run(function: Callable, exercise: ExerciseKey, names: dict[str, Any]) -> Mark:
    """Return the mark of a function on an exercise's visible cases; `names` is the notebook's namespace."""
    return _assessed(exercise, _answers(function, exercise), names)


def _answers(function: Callable, exercise: ExerciseKey) -> list[Answer | None]:
    answers: list[Answer | None] = []
    try:
        with slow_call.reported(function, exercise.name):
            probe.answer_all(
                function,
                json.dumps([case.inputs for case in exercise.cases]),
                lambda text: answers.append(json.loads(text)),
                exercise.observer,
            )
    except KeyboardInterrupt as stop:
        case = exercise.cases[min(len(answers), len(exercise.cases) - 1)].title
        where = slow_call.place(stop, function)
        raise CheckFailed(
            f"{exercise.name} was interrupted{where}, in the case “{case}”. Does a loop end there?"
        ) from None
    return answers


def _assessed(exercise: ExerciseKey, answers: list[Answer | None], names: dict[str, Any]) -> Mark:
    rule = rules.broken(
        exercise.name, rules.read(_sources(names)), exercise.forbids, exercise.forbids_own, exercise.uses
    )
    return assess(exercise, answers, broken_rule=rule, show_values=True)


def _sentence(mark: Mark, exercise: ExerciseKey, names: dict[str, Any]) -> str:
    """Say in one line why the check failed: a wrong helper, a broken rule, a known slip, or the first wrong case."""
    if mark.status == "missing":
        return f"{mark.name} is not written yet."
    beginning = f"{mark.name}: {sum(case.passed for case in mark.cases)} of {len(mark.cases)} cases pass."
    if mark.notes:
        return f"{beginning} {mark.notes[0]}"
    helper = _wrong_helper(exercise, names)
    if helper:
        return f"{beginning} It may call {helper}, whose own check does not pass: look there first."
    if mark.slip:
        return f"{beginning} {mark.slip[1]}"
    first = next(case for case in mark.cases if not case.passed)
    return f"{beginning} First: {first.title}: {first.what}{'' if first.what.endswith('?') else '.'}"


def _wrong_helper(exercise: ExerciseKey, names: dict[str, Any]) -> str:
    for helper in exercise.uses:
        found = visible_key.find(helper)
        if found and callable(names.get(helper)) and run(names[helper], found[1], names).status != "passed":
            return helper
    return ""


def _sources(names: dict[str, Any]) -> list[str]:
    """Return the source of the notebook's functions, and an import line for each library routine in their reach."""
    texts = []
    for alias, value in names.items():
        if isinstance(value, ModuleType):
            texts.append(f"import {value.__name__} as {alias}")
        if not callable(value) or alias.startswith("_"):
            continue
        if getattr(value, "__globals__", None) is names:
            try:
                texts.append(inspect.getsource(value))
            except (OSError, TypeError):
                continue
        elif str(getattr(value, "__name__", "")).isidentifier() and alias.isidentifier():
            texts.append(f"from library import {value.__name__} as {alias}")
    return texts


def _inputs(tree: list) -> str:
    args, kwargs = probe.decode(tree)
    return ", ".join(
        [describe(value) for value in args] + [f"{name}={describe(value)}" for name, value in kwargs.items()]
    )
