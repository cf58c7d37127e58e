"""The declaration of an exercise, which check, judge and audit all read.

What is asked of one function stands in `grader/exercises/<assignment>/<function>.py`, as `exercise`; its reference is
in `solutions/<assignment>.py`; other right solutions are functions of the same name in
`grader/exercises/<assignment>/variants/`. Nothing is listed anywhere: files are found by their names.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from grader.spec import derived
from grader.spec.case import Case
from grader.spec.errors import BadDeclaration
from grader.spec.source import imports, renamed, text_of
from grader.spec.wrong import Change, as_text, both

VISIBLE_SEED = 0

Code = Callable | Change
Draw = Callable[[np.random.Generator], Iterable[Case]]


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
    code: Callable


@dataclass(eq=False)
class Exercise:
    """What one function must do, and how its answers are judged.

    Attributes:
        function -- the reference
        points -- what it is worth
        hints -- help in steps, from a first clue to nearly the answer
        uses -- the student's other functions that it may call; a wrong one of them costs its own points only
        forbids -- names of library routines it may not call, because writing them is the exercise
        forbids_own -- names of the student's other functions it may not call, for the same reason
        dtype -- what the result's dtype must be: "number" (bool if the reference gives bool, else any real number),
            "whole", "float", or "same" as the reference's
        limit -- largest relative error of a float64 result: wide enough for one that was computed in single precision
        limit_float32 -- the same if an input or the result is float32
        pair_cases -- in how many cases every two slips are run at once, so that both are named; fewer for models, of which
            each takes its time
        observer -- if a plain call is not enough: a self-contained function `observer(function, *args, **kwargs)` that
            returns what is to be compared
        drawing -- draws the cases from a generator, see `cases`
        slips -- wrong implementations, see `slip`
        variants -- right ones, found by the registry
        equivalents -- changes of the reference that change no answer, by what they change, with the reason
    """

    function: Callable
    points: float
    hints: list[str]
    uses: Sequence[str] = ()
    forbids: Sequence[str] = ()
    forbids_own: Sequence[str] = ()
    dtype: str = "number"
    limit: float = 1e-5
    limit_float32: float = 1e-4
    pair_cases: int = 4
    observer: Callable | None = None
    name: str = field(init=False)
    drawing: Draw | None = None
    more: list[str] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    equivalents: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = self.function.__name__

    def cases(self, drawing: Draw) -> Draw:
        """Set the function that draws the cases: check uses a fixed seed, every grading run a new one.

        A property that a case is named for must hold at every seed.
        """
        self.drawing = drawing
        return drawing

    def also(self, *kinds: str) -> None:
        """Ask the first case again with other numbers.

        Arguments:
            kinds -- "single precision", "whole numbers" or "whole numbers under fractions" (the first array alone is of
                whole numbers); these are the cases' titles
        """
        self.more += [kind for kind in kinds if derived.known(kind)]

    def slip(self, title: str, code: Code, help: str) -> None:
        """Declare a wrong implementation that students really write.

        Arguments:
            title -- completes the sentence "Looks like: ..."
            code -- a function or lambda, in which the exercise's own name is the reference; or a change of the
                reference, see `grader/spec/wrong.py`
            help -- where to look; it does not give the answer away
        """
        self.slips.append(Slip(title, code, help))

    def equivalent(self, change: str, reason: str) -> None:
        """Declare that a change of the reference, as `course exercise mutants` prints it, changes no answer."""
        self.equivalents[change] = reason

    def draw(self, seed: int, attempt: int = 0) -> list[Case]:
        """Return the cases of one seed; every exercise and every attempt has its own stream of random numbers."""
        if self.drawing is None:
            raise BadDeclaration(
                f"{self.name} has no cases: decorate the function that draws them with @exercise.cases"
            )
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode()), *[attempt] * bool(attempt)])
        cases = list(self.drawing(rng))
        return cases + [derived.case(kind, cases[0]) for kind in self.more]

    def source(self, code: Code | None = None) -> str:
        """Return the text of the reference, a slip or a variant, named as the exercise, as a student would type it."""
        reference = text_of(self.function)
        return reference if code is None else as_text(code, self.name, reference)

    def compiled(self, code: Code) -> Callable:
        """Return a slip or variant as a function that calls the reference's helpers."""
        return self._function(self.source(code), getattr(code, "__globals__", {}))

    def compiled_pair(self, first: Slip, second: Slip) -> Callable | None:
        """Return a function that has two slips at once; None where one leaves no place for the other."""
        text = both(first.code, second.code, self.name, self.source())
        if text is None:
            return None
        globals_of = [getattr(slip.code, "__globals__", {}) for slip in (first, second)]
        return self._function(text, *globals_of)

    def _function(self, text: str, *globals_of: dict[str, Any]) -> Callable:
        namespace: dict[str, Any] = {}
        for names in (*globals_of, self.function.__globals__):
            namespace |= names
        exec(compile(text, f"<{self.name}>", "exec"), namespace)
        return namespace[self.name]

    def observer_source(self) -> str | None:
        """Return the text of the observer, under the name by which the probe calls it; None without one."""
        if self.observer is None:
            return None
        return renamed(text_of(self.observer), self.observer.__name__, "observer")


@dataclass(frozen=True)
class Assignment:
    """The exercises of one assignment, in the notebook's order, but a helper before whatever may call it."""

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
        needed = imports(inspect.getsource(self.solution))
        return "\n".join(needed + [self.exercises[name].source() for name in wanted])
