"""Load an assignment's declarations by its name.

What is asked of a function is in `grader/exercises/<assignment>/<function>.py`, as `exercise`; other right solutions are
in `grader/exercises/<assignment>/variants/`; the reference functions are in `solutions/<assignment>.py`. Which functions
there are, and in which order, is what the notebook says.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from grader.base.assignments import EXERCISES, names
from grader.base.errors import CourseError
from grader.base.keras_backend import keras_backend
from grader.base.paths import ROOT
from grader.spec.errors import BadDeclaration
from grader.spec.exercise import Assignment, Exercise, Variant

ASKED = re.compile(r"^:exercise: *(\w+) *$", re.MULTILINE)  # an option of a cell in notebooks/<a>/<a>.md


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
        BadDeclaration -- with the file to look at
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
        declared = {function: _declared(name, function) for function in functions(name)}
        for variants in _variants(name):
            title = variants.__name__.rpartition(".")[2].replace("_", " ")
            for function, one in declared.items():
                code = vars(variants).get(function)
                if inspect.isfunction(code) and code.__module__ == variants.__name__:
                    one.variants.append(Variant(title, code))
        solution = importlib.import_module(f"solutions.{name}")
    return Assignment(name, _helpers_first(declared), solution)


def functions(name: str) -> list[str]:
    """Return the functions that an assignment's notebook asks for, in its order."""
    return ASKED.findall((ROOT / "notebooks" / name / f"{name}.md").read_text(encoding="utf-8"))


def loaded() -> Iterator[Assignment]:
    """Load every assignment, one after the other."""
    return map(load, names())


def _declared(name: str, function: str) -> Exercise:
    if not (EXERCISES / name / f"{function}.py").is_file():
        raise BadDeclaration(
            f"{name}.md asks for {function!r}, and there is no grader/exercises/{name}/{function}.py: "
            f"`course exercise new {name} {function}` writes one."
        )
    return importlib.import_module(f"grader.exercises.{name}.{function}").exercise


def _variants(name: str) -> list[ModuleType]:
    files = sorted((EXERCISES / name / "variants").glob("*.py"))
    modules = [path.stem for path in files if path.stem != "__init__"]
    return [importlib.import_module(f"grader.exercises.{name}.variants.{one}") for one in modules]


def _helpers_first(declared: dict[str, Exercise]) -> dict[str, Exercise]:
    """Sort exercises so that each comes after those it may call: the judge asks in this order and lends references.

    Otherwise the notebook's order is kept.
    """
    ordered: dict[str, Exercise] = {}

    def add(one: Exercise, waiting: tuple[str, ...]) -> None:
        if one.name in waiting:
            raise BadDeclaration(f"{' and '.join(waiting)} use each other: one of them must do without.")
        for helper in one.uses:
            if helper not in declared:
                raise BadDeclaration(f"{one.name} uses {helper}, which the notebook does not ask for.")
            add(declared[helper], (*waiting, one.name))
            # A helper's helper can be wrong too; that must not cost this exercise its points.
            deeper = set(declared[helper].uses) - set(one.uses)
            if deeper:
                raise BadDeclaration(
                    f"{one.name} uses {', '.join(sorted(deeper))} through {helper}, and must name them."
                )
        ordered.setdefault(one.name, one)

    for one in declared.values():
        add(one, ())
    return ordered
