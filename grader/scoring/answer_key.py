"""Draw answer keys: an assignment's cases for one seed, with the answers of the reference and of every slip.

The key of the fixed seed is for `check` in the student's notebook (`scoring/visible_key.py`). Every grading run draws a
key of its own, which only the judging processes have.
"""

from __future__ import annotations

import base64
import inspect
import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import combinations
from typing import Any

import numpy as np

from grader.scoring import probe
from grader.scoring.comparison import Tolerance, fractions
from grader.spec import exercise as declarations
from grader.spec.case import Case
from grader.spec.errors import BadDeclaration

Answer = dict[str, Any]
TELLING = 10  # numbers that are not whole: with so many an answer tells much
ATTEMPTS = 20  # to draw a case whose answer is not the same as that of the visible case


@dataclass(frozen=True)
class CaseKey:
    """A case's inputs and answers, encoded by `probe`; one answer per slip, in the exercise's order.

    Attributes:
        known -- whether the visible case of this title has the same answer, so that a student can have written it down
        pairs -- answers of two slips at once, with the slips' numbers, where both make a difference and where it was drawn
    """

    title: str
    inputs: list
    raises: str | None
    expected: Answer
    slips: list[Answer]
    known: bool = False
    pairs: list[list] = field(default_factory=list)

    @cached_property
    def together(self) -> dict[tuple[int, int], Answer]:
        """The answers of two slips at once, by their numbers."""
        return {(first, second): answer for first, second, answer in self.pairs}

    @cached_property
    def wanted(self) -> Any:
        """The expected value, decoded; all hand-ins share it, so it must not be changed."""
        return probe.decode(self.expected["value"])

    @cached_property
    def untouched(self) -> str:
        """The digest of the inputs as they are before a call."""
        return probe.digest(*probe.decode(self.inputs))

    def received(self, answer: Answer) -> Answer:
        """Return an answer from a kernel, with whether the call has changed its inputs."""
        after = answer.pop("after", None)
        return answer if "undefined" in answer or after == self.untouched else {**answer, "changed": True}

    @cached_property
    def is_single(self) -> bool:
        """Whether an input is an array of single precision."""
        return _is_single(self.inputs)


@dataclass(frozen=True)
class ExerciseKey:
    """The data that is needed to judge one function: an Exercise without its code.

    Attributes:
        visible -- inputs of the cases that `check` shows, for a key of hidden cases
    """

    name: str
    points: float
    signature: str
    hints: list[str]
    uses: list[str]
    forbids: list[str]
    forbids_own: list[str]
    tolerance: Tolerance
    observer: str | None
    slips: list[tuple[str, str]]
    cases: list[CaseKey]
    visible: list[list] = field(default_factory=list)

    @cached_property
    def inputs(self) -> str:
        """The inputs of all cases, as JSON."""
        return json.dumps([case.inputs for case in self.cases])


@dataclass(frozen=True)
class AnswerKey:
    """The exercises of an assignment, drawn for one seed."""

    assignment: str
    seed: int
    exercises: dict[str, ExerciseKey]


def _is_single(tree: Any) -> bool:
    kind, content = tree
    if kind == "array":
        return probe.read_npy(base64.b64decode(content)).dtype == np.float32
    if kind in ("tuple", "list"):
        return any(_is_single(item) for item in content)
    return kind == "dict" and any(_is_single(value) for _, value in content)


def draw(assignment: declarations.Assignment, seed: int) -> AnswerKey:
    """Draw every exercise's cases and run the reference and the slips on them."""
    return AnswerKey(
        assignment.name, seed, {name: draw_exercise(one, seed) for name, one in assignment.exercises.items()}
    )


@cache
def visible_cases(one: declarations.Exercise) -> list[tuple[str, list, Answer]]:
    """Return title, inputs and right answer of the cases that `check` shows; a student can have written the answers down."""
    drawn = [(case.title, probe.encode([case.args, case.kwargs])) for case in one.draw(declarations.VISIBLE_SEED)]
    return [(title, inputs, answer(one.function, inputs, one.observer)) for title, inputs in drawn]


def draw_exercise(one: declarations.Exercise, seed: int, with_slips: bool = True) -> ExerciseKey:
    """Draw one exercise's cases and run the reference and, if `with_slips`, the slips on them."""
    from data import quietly  # imported here because keys are drawn only if the sources are here

    with quietly():  # a slip can make TensorFlow's C++ code print warnings, which do not concern the user
        return _drawn(one, seed, one.slips if with_slips else [])


def _drawn(one: declarations.Exercise, seed: int, declared: list[declarations.Slip]) -> ExerciseKey:
    slips = [one.compiled(slip.code) for slip in declared]
    visible = visible_cases(one) if seed != declarations.VISIBLE_SEED else []
    for attempt in range(ATTEMPTS):
        cases = _cases(one, one.draw(seed, attempt), slips, visible)
        # By chance every answer may be one that students have seen, and then the visible answers would earn points.
        if any(case.raises is None and not case.known for case in cases):
            break
    _draw_pairs(one, declared, cases)
    return ExerciseKey(
        name=one.name,
        points=one.points,
        signature=f"{one.name}{inspect.signature(one.function)}",
        hints=one.hints,
        uses=list(one.uses),
        forbids=list(one.forbids),
        forbids_own=list(one.forbids_own),
        tolerance=Tolerance(one.limit, one.limit_float32, one.dtype),
        observer=one.observer_source(),
        slips=[(slip.title, slip.help) for slip in declared],
        cases=cases,
        visible=[inputs for _, inputs, _ in visible],
    )


def _cases(
    one: declarations.Exercise, drawn: list[Case], slips: list[Any], visible: list[tuple[str, list, Answer]]
) -> list[CaseKey]:
    known = [(title, answer) for title, _, answer in visible]
    asked = [probe.encode([case.args, case.kwargs]) for case in drawn]
    # One function after the other: an observer keeps the model that the last one has built for its next case.
    by_function = [[answer(function, inputs, one.observer) for inputs in asked] for function in (one.function, *slips)]
    cases = []
    for case, inputs, (expected, *answers) in zip(drawn, asked, zip(*by_function, strict=True), strict=True):
        if ("raised" in expected) != bool(case.raises) or (case.raises and case.raises not in expected["raised"]):
            said = f"raises {expected['raised'][0]}: {expected['message']}" if "raised" in expected else "returns"
            raise BadDeclaration(
                f"{one.name}, case {case.title!r}: the reference {said}; declared is {case.raises or 'no error'}."
            )
        cases.append(CaseKey(case.title, inputs, case.raises, expected, answers, (case.title, expected) in known))
    return cases


def _draw_pairs(one: declarations.Exercise, declared: list[declarations.Slip], cases: list[CaseKey]) -> None:
    """Run every two slips at once where both make a difference: first in the cases whose answers hold most numbers."""
    asking = sorted(
        (case for case in cases if case.raises is None), key=lambda case: -min(TELLING, fractions(case.wanted))
    )
    acting = [_acting(case) for case in asking]
    for (first, slip), (second, other) in combinations(enumerate(declared), 2):
        both_act = [case for case, slips in zip(asking, acting, strict=True) if {first, second} <= slips]
        asked = both_act[: one.pair_cases]
        function = one.compiled_pair(slip, other) if asked else None
        for case in asked if function else []:
            case.pairs.append([first, second, answer(function, case.inputs, one.observer)])


def _acting(case: CaseKey) -> set[int]:
    """Return the numbers of the slips that make a difference in a case; as text, since to Python 3 and 3.0 are equal."""
    expected = json.dumps(case.expected)
    return {number for number, answer in enumerate(case.slips) if json.dumps(answer) != expected}


def answer(function: Any, inputs: list, observer: Any) -> Answer:
    """Call a function on the encoded inputs of a case, in this process."""
    args, kwargs = probe.decode(inputs)
    with np.errstate(all="ignore"):
        return probe.observe(function, args, kwargs, observer)


def read_key(content: dict[str, Any]) -> AnswerKey:
    """Return a key from what `dataclasses.asdict` made of it."""
    exercises = {name: read_exercise(one) for name, one in content["exercises"].items()}
    return AnswerKey(content["assignment"], content["seed"], exercises)


def read_exercise(one: dict[str, Any]) -> ExerciseKey:
    """Return an exercise's key from what `dataclasses.asdict` made of it."""
    cases = [CaseKey(**case) for case in one["cases"]]
    slips = [(title, text) for title, text in one["slips"]]
    return ExerciseKey(**{**one, "tolerance": Tolerance(**one["tolerance"]), "slips": slips, "cases": cases})
