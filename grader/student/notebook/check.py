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
from grader.scoring.assessment import ALONE, IN_PROPORTION, assess
from grader.scoring.comparison import describe
from grader.scoring.marks import Mark
from grader.spec import rules
from grader.student.notebook import record, slips, slow_call
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
    rule = _broken_rule(exercise, names)
    inputs = [_inputs(case.inputs) for case in exercise.cases]

    def assessed(key: ExerciseKey) -> Mark:
        return assess(key, answers, broken_rule=rule, show_values=True)

    def shown(mark: Mark, later: bool = False, instead_of: Any = None) -> Any:
        rich, text = mark_view.html(mark, inputs), mark_view.text(mark, inputs)
        if later:
            rich, text = f"{rich}<p>{slips.LATER}</p>", f"{text}\n{slips.AGAIN}"
        return show(rich, text, instead_of)

    mark, key = assessed(exercise), None
    if mark.status not in ("passed", "missing"):
        key = slips.exercise_with_slips(assignment, exercise.name)
        mark = assessed(key or exercise)
    if mark.status in ("passed", "missing") or key:
        shown(mark)
    elif handle := shown(mark, later=True):
        slips.when_drawn(assignment, exercise.name, lambda drawn: shown(assessed(drawn), instead_of=handle))
    record.checked(mark.name, mark.status)
    if mark.status != "passed":
        raise CheckFailed(_sentence(mark, exercise, names))


def run(function: Callable, exercise: ExerciseKey, names: dict[str, Any]) -> Mark:
    """Return the mark of a function on an exercise's visible cases; `names` is the notebook's namespace."""
    answers = _answers(function, exercise)
    return assess(exercise, answers, broken_rule=_broken_rule(exercise, names), show_values=True)


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
    return [case.received(answer) for case, answer in zip(exercise.cases, answers, strict=True) if answer]


def _broken_rule(exercise: ExerciseKey, names: dict[str, Any]) -> str:
    text = rules.read(_sources(names))
    return rules.broken(exercise.name, text, exercise.forbids, exercise.forbids_own, exercise.uses)


def _sentence(mark: Mark, exercise: ExerciseKey, names: dict[str, Any]) -> str:
    """Say in one line why the check failed: a wrong helper, a broken rule, a known slip, or the first wrong case."""
    if mark.status == "missing":
        return f"{mark.name} is not written yet."
    beginning = f"{mark.name}: {sum(case.passed for case in mark.cases)} of {len(mark.cases)} cases pass."
    notes = [note for note in mark.notes if note not in (ALONE, IN_PROPORTION)]  # what is wrong says more
    if notes:
        return f"{beginning} {notes[0]}"
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
