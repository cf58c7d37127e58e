"""Find the exercise that a given function is meant to solve."""

from __future__ import annotations

from typing import Any

from grader.scoring import visible_key
from grader.scoring.answer_key import ExerciseKey
from grader.scoring.comparison import describe
from grader.student.notebook.display import OneLine


class CheckFailed(OneLine):
    """Signals that a check does not pass."""

    title = "Check failed"


def exercise_of(function: Any, names: dict[str, Any], asked: str = "check") -> tuple[str, ExerciseKey]:
    """Return the assignment and the exercise of a function, by its own name or by the name that it has in the notebook.

    The second serves lambdas and callable objects. Help also accepts the name alone, as text: after a syntax error
    there is no function.
    """
    if isinstance(function, str) and asked != "check" and (known := visible_key.find(function)):
        return known
    if not callable(function):
        this = describe(function)
        raise CheckFailed(f"give the function itself, without quotes or brackets: {asked}(zero_pad). This is {this}.")
    own = getattr(function, "__name__", type(function).__name__)
    for name in [own, *(name for name, value in names.items() if value is function)]:
        found = visible_key.find(name)
        if found:
            return found
    raise CheckFailed(f"no notebook of the course asks for a function named {own}.")
