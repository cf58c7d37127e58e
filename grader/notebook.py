"""What students call in their notebooks: `check`, `hint`, `progress` and `reveal`.

Feedback only: the marks of a hand-in are made elsewhere (`grader.judge`), out of reach of the code that is judged.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from grader import key, learner, patience, probe, report, rules, visible
from grader.assess import Mark, assess
from grader.compare import describe
from grader.exercise import ROOT, without_markers

SOLUTIONS = ROOT / "solutions"


class CheckFailed(AssertionError):
    """A check that does not pass, as one line; IPython shows that line instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"Check failed — {self}"]


class NotShown(AssertionError):
    """A solution that is not shown, with what to do instead, likewise as one line."""

    def _render_traceback_(self) -> list[str]:
        return [f"Not shown — {self}"]


def check(function: Callable) -> None:
    """Try a function of the course on its visible cases and show what comes out.

    Arguments:
        function -- one of the functions that a notebook asks for, as you wrote it

    Raises:
        AssertionError -- with one line, where a case does not pass
    """
    names = sys._getframe(1).f_globals
    assignment, exercise = _exercise_of(function, names)
    answers = _answers(function, exercise)
    mark = _assessed(exercise, answers, names)
    shown = None
    if mark.status not in ("passed", "missing"):
        if not visible.are_slips_drawn(assignment, exercise.name):
            line = "Not right yet. Looking for what it may be; the first time, that can take a minute."
            shown = _show(f"<p>{line}</p>", line)
        exercise = visible.load(assignment, exercise.name, slips=True)
        mark = _assessed(exercise, answers, names)
    inputs = [_inputs(case.inputs) for case in exercise.cases]
    _show(report.html(mark, inputs), report.text(mark, inputs), instead_of=shown)
    learner.checked(mark.name, mark.status)
    if mark.status != "passed":
        raise CheckFailed(_sentence(mark, exercise, names))


def run(function: Callable, exercise: key.KeyExercise, names: dict[str, Any]) -> Mark:
    """The mark of a function on an exercise's visible cases; `names` is the notebook's namespace."""
    return _assessed(exercise, _answers(function, exercise), names)


def _answers(function: Callable, exercise: key.KeyExercise) -> list[key.Answer | None]:
    answers: list[key.Answer | None] = []
    try:
        with patience.told(function, exercise.name):
            probe.answer_all(
                function,
                json.dumps([case.inputs for case in exercise.cases]),
                lambda text: answers.append(json.loads(text)),
                exercise.observer,
            )
    except KeyboardInterrupt as stop:
        case = exercise.cases[min(len(answers), len(exercise.cases) - 1)].title
        where = patience.place(stop, function)
        raise CheckFailed(
            f"{exercise.name} was interrupted{where}, in the case “{case}”. Does a loop end there?"
        ) from None
    return answers


def _assessed(exercise: key.KeyExercise, answers: list[key.Answer | None], names: dict[str, Any]) -> Mark:
    rule = rules.broken(
        exercise.name, rules.read(_sources(names)), exercise.forbids, exercise.forbids_own, exercise.uses
    )
    return assess(exercise, answers, broken_rule=rule, show_values=True)


def hint(function: Callable) -> None:
    """Show the next step of help for a function: each call shows one more."""
    assignment, exercise = _exercise_of(function, sys._getframe(1).f_globals, "hint")
    shown = min(learner.hints_shown(exercise.name) + 1, len(exercise.hints))
    learner.hinted(exercise.name, shown)
    lines = [f"Hint {i + 1} of {len(exercise.hints)}: {text}" for i, text in enumerate(exercise.hints[:shown])]
    if shown == len(exercise.hints):
        last = "That was the last hint."
        if _solution(assignment, exercise.name):
            last += f" Once you have tried, the solution can be had: from grader import reveal; reveal({exercise.name})"
        lines.append(last)
    items = "".join(f"<p style='margin:.2em 0'>{report.with_code(line)}</p>" for line in lines)
    _show(
        f"<div class='convnets-hint' style='border-left:4px solid #3b7dd8;padding:.2em .8em'>{items}</div>",
        "\n".join(lines),
    )


def progress() -> None:
    """Show which functions of the course pass their checks, over all notebooks, on this machine."""
    from grader import start

    record = learner.read()
    order = start.in_order(ROOT / "notebooks")
    passed, revealed = record.get("passed", {}), record.get("revealed", [])
    lines, rows = [], []
    for name in order + [name for name in visible.assignments() if name not in order]:
        points = visible.points(name)
        done = [one for one in points if passed.get(one)]
        shown = sum(one in revealed for one in points)
        end = f"{sum(points[one] for one in done):g} of {sum(points.values()):g} points"
        end += f" · {shown} revealed" if shown else ""
        lines.append(f"{name}: {len(done)} of {len(points)} functions pass · {end}")
        rows.append(
            f"<tr><td style='text-align:left'>{report.escape(name)}</td>"
            f"<td><progress value='{len(done)}' max='{len(points)}' aria-label='{len(done)} of {len(points)}'></progress></td>"
            f"<td style='text-align:left'>{len(done)} of {len(points)} functions · {end}</td></tr>"
        )
    _show(f"<table>{''.join(rows)}</table>", "\n".join(lines))


def reveal(function: Callable) -> None:
    """Show the course's own solution of a function, to those who have tried; the record says that it was shown.

    Arguments:
        function -- one of the functions that a notebook asks for, as you wrote it

    Raises:
        AssertionError -- with one line, where nothing was tried yet, or where the solutions are not in this copy
    """
    assignment, exercise = _exercise_of(function, sys._getframe(1).f_globals, "reveal")
    name = exercise.name
    source = _solution(assignment, name)
    left = len(exercise.hints) - learner.hints_shown(name)
    help_left = f" {left} hint{'s are' * (left > 1) or ' is'} left: hint({name})." if left else ""
    if not source:
        raise NotShown(f"the solutions are with your instructor, not in this copy of the course.{help_left}")
    if not learner.has_tried(name):
        todo = f"write {name} as well as you can, run check({name}), and then ask again"
        raise NotShown(f"first a try of your own: {todo}.{help_left}")
    learner.revealed(name)
    line = "The course's own solution. Others are right too: check decides."
    _show(f"{line}\n\n```python\n{source}\n```", f"{line}\n\n{source}", kind="text/markdown")


def _solution(assignment: str, name: str) -> str:
    """The reference's text, read and not imported, for that costs seconds; nothing in a class kit, which has none."""
    try:
        text = (SOLUTIONS / f"{assignment}.py").read_text(encoding="utf-8")
    except OSError:
        return ""
    node = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name)
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    lines = text.splitlines(keepends=True)[first - 1 : node.end_lineno]
    return without_markers("".join(lines)).rstrip()


def _exercise_of(function: Any, names: dict[str, Any], asked: str = "check") -> tuple[str, key.KeyExercise]:
    """The assignment and the exercise of a function: by its own name, or by the name that a lambda or an object was given.

    Help is had by the name alone as well: after a syntax error there is no function.
    """
    if isinstance(function, str) and asked != "check" and (known := visible.find(function)):
        return known
    if not callable(function):
        this = describe(function)
        raise CheckFailed(f"give the function itself, without quotes or brackets: {asked}(zero_pad). This is {this}.")
    own = getattr(function, "__name__", type(function).__name__)
    for name in [own, *(name for name, value in names.items() if value is function)]:
        found = visible.find(name)
        if found:
            return found
    raise CheckFailed(f"no notebook of the course asks for a function named {own}.")


def _sentence(mark: Mark, exercise: key.KeyExercise, names: dict[str, Any]) -> str:
    """Why the check failed, in one line: the helper that is to blame, the rule, the slip, or the first wrong case."""
    if mark.status == "missing":
        return f"{mark.name} is not written yet."
    start = f"{mark.name}: {sum(case.passed for case in mark.cases)} of {len(mark.cases)} cases pass."
    if mark.notes:
        return f"{start} {mark.notes[0]}"
    helper = _wrong_helper(exercise, names)
    if helper:
        return f"{start} It may call {helper}, whose own check does not pass: look there first."
    if mark.slip:
        return f"{start} {mark.slip[1]}"
    first = next(case for case in mark.cases if not case.passed)
    return f"{start} First: {first.title}: {first.what}{'' if first.what.endswith('?') else '.'}"


def _wrong_helper(exercise: key.KeyExercise, names: dict[str, Any]) -> str:
    for helper in exercise.uses:
        found = visible.find(helper)
        if found and callable(names.get(helper)) and run(names[helper], found[1], names).status != "passed":
            return helper
    return ""


def _sources(names: dict[str, Any]) -> list[str]:
    """The text of the notebook's functions, and an import line for each library routine in their reach."""
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


def _show(rich: str, text: str, instead_of: Any = None, kind: str = "text/html") -> Any:
    """Show both, where each can be seen; what comes back can be replaced by what is shown later, in a notebook."""
    try:
        from IPython import get_ipython
        from IPython.display import display

        in_notebook = get_ipython() is not None
    except ImportError:
        in_notebook = False
    if not in_notebook:
        return print(text)
    content = {kind: rich, "text/plain": text}
    if instead_of is None:
        return display(content, raw=True, display_id=True)
    return instead_of.update(content, raw=True)
