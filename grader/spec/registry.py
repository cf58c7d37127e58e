"""Load an assignment's declarations by its name.

An assignment's exercises are in `grader/exercises/<assignment>`, as a list named EXERCISES; its reference functions are
in `solutions/<assignment>.py`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from collections.abc import Iterator
from functools import cache

from grader.base.assignments import names
from grader.base.errors import CourseError
from grader.base.keras_backend import keras_backend
from grader.spec.exercise import Assignment


class NoSuchAssignment(CourseError):
    """Signals that the course does not have an assignment of that name."""


class NoBackend(CourseError):
    """Signals that the backend that Keras is to run on is not installed."""


@cache
def load(name: str) -> Assignment:
    """Load an assignment's declarations.

    Raises:
        NoSuchAssignment -- with the names of the assignments that there are
        NoBackend -- with what to do
    """
    if not names():
        raise NoSuchAssignment("This is a class kit: what an assignment asks for is declared at the instructor's.")
    if name not in names():
        near = "".join(f" Is {one} meant?" for one in difflib.get_close_matches(name, names(), 1))
        raise NoSuchAssignment(f"There is no assignment {name!r}.{near} There are: {', '.join(names())}.")
    if importlib.util.find_spec(keras_backend()) is None:
        raise NoBackend(
            f"KERAS_BACKEND is {keras_backend()!r}, and no such package is installed: install it, or set "
            "KERAS_BACKEND to tensorflow, jax or torch, whichever is there."
        )
    from data import quietly  # imported here because `check` works from the answer key alone

    with quietly():
        exercises = importlib.import_module(f"grader.exercises.{name}").EXERCISES
    for number, one in enumerate(exercises):
        # The judge lends reference helpers in this order; a lent helper must not help with a later exercise.
        if not set(one.uses) <= {earlier.name for earlier in exercises[:number]}:
            raise ValueError(f"{one.name} may use only exercises declared before it, and uses {', '.join(one.uses)}")
        # A helper's helper can be wrong too; that must not cost this exercise its points.
        deeper = {far for near in exercises if near.name in one.uses for far in near.uses} - set(one.uses)
        if deeper:
            raise ValueError(f"{one.name} uses {', '.join(sorted(deeper))} through its helpers, and must name them")
    solution = importlib.import_module(f"solutions.{name}")
    return Assignment(name, {exercise.name: exercise for exercise in exercises}, solution)


def loaded() -> Iterator[Assignment]:
    """Load every assignment, one after the other."""
    return map(load, names())
