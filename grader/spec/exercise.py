"""The declaration of an exercise, which check, judge and audit all read.

An assignment's exercises are in `grader/exercises/<assignment>.py`, as a list named EXERCISES; its reference functions
are in `solutions/<assignment>.py`. Assignments are discovered by their files: a new one needs no entry in a list.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

VISIBLE_SEED = 0


@dataclass(frozen=True)
class Case:
    """One call: a title that says what is special about it, its inputs, and the exception it must raise, if any."""

    title: str
    args: tuple
    kwargs: dict[str, Any]
    raises: str | None = None


def case(title: str, *args: Any, raises: type[Exception] | None = None, **kwargs: Any) -> Case:
    """Declare a case with the arguments written as in the call."""
    return Case(title, args, kwargs, raises.__name__ if raises else None)


@dataclass(frozen=True)
class Edit:
    """The reference with one piece of its text replaced; most slips differ from a correct solution in this way."""

    old: str
    new: str
    times: int = 1


Code = Callable | Edit


@dataclass(frozen=True)
class Slip:
    """A wrong implementation that students really write, with a sentence of help that does not give the answer away."""

    title: str
    code: Code
    help: str


@dataclass(frozen=True)
class Variant:
    """Another correct solution; the audit proves that it gets full marks."""

    title: str
    code: Code


@dataclass(frozen=True)
class Exercise:
    """What one function must do, and how its answers are judged.

    Attributes:
        function -- the reference
        points -- what it is worth
        cases -- draws the cases from a generator; check uses a fixed seed, every grading run a new one
        slips, variants -- wrong and correct implementations
        hints -- help in steps, from a first clue to nearly the answer
        uses -- the student's other functions that it may call; a wrong one of them costs its own points only
        forbids -- names of library routines it may not call, because writing them is the exercise
        forbids_own -- names of the student's other functions it may not call, for the same reason
        dtype -- what the result's dtype must be: "number" (bool if the reference gives bool, else any real number),
            "whole", "float", or "same" as the reference's
        limit -- largest relative error of a float64 result: wide enough for one that was computed in single precision
        limit_float32 -- the same if an input or the result is float32
        observer -- if a plain call is not enough: a self-contained function `observer(function, *args, **kwargs)` that
            returns what is to be compared
    """

    function: Callable
    points: float
    cases: Callable[[np.random.Generator], Iterable[Case]]
    slips: list[Slip]
    variants: list[Variant]
    hints: list[str]
    uses: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    forbids_own: tuple[str, ...] = ()
    dtype: str = "number"
    limit: float = 1e-5
    limit_float32: float = 1e-4
    observer: Callable | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.function.__name__)

    def draw(self, seed: int) -> list[Case]:
        """Return the cases of one seed; every exercise has its own stream of random numbers."""
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        return list(self.cases(rng))

    def source(self, code: Code | None = None) -> str:
        """Return the text of the reference, a slip or a variant, named as the exercise, as a student would type it."""
        if code is None:
            return without_markers(_text(self.function))
        if isinstance(code, Edit):
            text = self.source()
            found = text.count(code.old)
            if found != code.times:
                raise ValueError(f"{self.name}: {code.old!r} must occur {code.times}x in the reference, found {found}x")
            return text.replace(code.old, code.new)
        return _text(code).replace(f"def {code.__name__}(", f"def {self.name}(", 1)

    def compiled(self, code: Code) -> Callable:
        """Return a slip or variant as a function that calls the reference's helpers."""
        namespace = dict(getattr(code, "__globals__", {})) | dict(self.function.__globals__)
        exec(compile(self.source(code), f"<{self.name}>", "exec"), namespace)
        return namespace[self.name]

    def observer_source(self) -> str | None:
        """Return the text of the observer, under the name by which the probe calls it; None without one."""
        if self.observer is None:
            return None
        return _text(self.observer).replace(f"def {self.observer.__name__}(", "def observer(", 1)


def _text(function: Callable) -> str:
    return textwrap.dedent(inspect.getsource(function))


def without_markers(text: str) -> str:
    """Return source text without nbgrader's solution markers."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith("### "))


@dataclass(frozen=True)
class Assignment:
    """The exercises of one assignment, in the order of their declaration."""

    name: str
    exercises: dict[str, Exercise]
    solution: ModuleType

    def standalone(self, names: Iterable[str]) -> str:
        """Return text that defines reference functions and everything that they call, and no other function."""
        wanted: list[str] = []

        def add(name: str) -> None:
            for helper in self.exercises[name].uses:
                add(helper)
            if name not in wanted:
                wanted.append(name)

        for name in names:
            add(name)
        tree = ast.parse(inspect.getsource(self.solution))
        imports = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        return "\n".join(imports + [self.exercises[name].source() for name in wanted])
