"""Prove one exercise: its reference, variants, slips and cases, in this process, without a notebook or a sandbox."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from grader.scoring import answer_key, probe
from grader.scoring.answer_key import Answer, ExerciseKey
from grader.scoring.assessment import assess
from grader.scoring.marks import CaseMark, Mark
from grader.spec import rules, source
from grader.spec.exercise import VISIBLE_SEED, Exercise

SEEDS = (VISIBLE_SEED, 1, 7, 2**62)
SLIPS, VARIANTS, CASES = 3, 2, 5  # the least that an exercise must have


@dataclass(frozen=True)
class Finding:
    """What one look at an exercise has shown.

    Attributes:
        group -- "declared", "right", "slip", "visible" or "input"
        title -- what was looked at
        detail -- what was found
        good -- whether it is as it must be
    """

    group: str
    title: str
    detail: str
    good: bool


# What somebody hands in who knows the visible answers and nothing else.
SIMPLE: dict[str, Callable] = {
    "the first argument": lambda *args, **kwargs: args[0],
    "zeros of its shape": lambda *args, **kwargs: np.zeros_like(args[0]),
    "0": lambda *args, **kwargs: 0.0,
    "1": lambda *args, **kwargs: 1.0,
    "True": lambda *args, **kwargs: True,
    "False": lambda *args, **kwargs: False,
    "nothing": lambda *args, **kwargs: None,
}


@cache
def drawn(one: Exercise, seed: int, with_slips: bool = True) -> ExerciseKey:
    """Draw a key once: for models that takes seconds."""
    return answer_key.draw_exercise(one, seed, with_slips)


def tried(one: Exercise, seed: int, key: ExerciseKey | None = None) -> Iterator[Finding]:
    """Prove an exercise with the cases of one seed.

    Arguments:
        key -- the seed's, if it is drawn already
    """
    key = key or drawn(one, seed)
    yield from _right(one, key)
    yield from _slips(key)
    yield from _visible(one, key, seed)
    yield from _input(one, key)


def declared(one: Exercise) -> Iterator[Finding]:
    """Check what is declared, whatever the seed."""
    wanted = [
        (len(one.slips) >= SLIPS, f"{len(one.slips)} slips, at least {SLIPS} are wanted"),
        (len(one.variants) >= VARIANTS, f"{len(one.variants)} variants, at least {VARIANTS} are wanted"),
        (len(one.draw(VISIBLE_SEED)) >= CASES, f"{len(one.draw(VISIBLE_SEED))} cases, at least {CASES} are wanted"),
        (bool(one.hints), f"{len(one.hints)} hints, at least one is wanted"),
    ]
    for good, detail in wanted:
        yield Finding("declared", "enough of each", detail, good)
    for slip in one.slips:
        if not slip.help.endswith((".", "?")):
            yield Finding("declared", slip.title, f"its help must end with . or ?: {slip.help!r}", False)
    for titles in ([slip.title for slip in one.slips], [case.title for case in one.draw(VISIBLE_SEED)]):
        for title in sorted({title for title in titles if titles.count(title) > 1}):
            yield Finding("declared", title, "two have this title", False)
    if (one.forbids or one.forbids_own) and "without" not in (one.function.__doc__ or ""):
        yield Finding("declared", "what it forbids", "its docstring does not say: To be written without …", False)
    one_seed, other = ([probe.encode([c.args, c.kwargs]) for c in one.draw(seed)] for seed in (3, 4))
    again = [probe.encode([c.args, c.kwargs]) for c in one.draw(3)]
    yield Finding("declared", "the cases of one seed", "are the same each time", one_seed == again)
    yield Finding("declared", "the cases of two seeds", "differ", one_seed != other)


def asked(function: Callable, key: ExerciseKey) -> list[Answer | None]:
    """Call a function on all cases of a key, as the judge does in a kernel."""
    answers: list[Answer | None] = []
    probe.answer_all(function, key.inputs, lambda text: answers.append(json.loads(text)), key.observer)
    return [case.received(answer) for case, answer in zip(key.cases, answers, strict=True) if answer]


def mark_of(function: Callable, key: ExerciseKey, sources: Iterable[str] = ()) -> Mark:
    """Return the mark of a function; a forbidden routine in its text costs it all points."""
    broken = rules.broken(key.name, rules.read(sources), key.forbids, key.forbids_own)
    return assess(key, asked(function, key), broken_rule=broken)


def _right(one: Exercise, key: ExerciseKey) -> Iterator[Finding]:
    codes = {"the reference": one.function, **{v.title: one.compiled(v.code) for v in one.variants}}
    texts = {"the reference": one.source(), **{v.title: one.source(v.code) for v in one.variants}}
    needs = {"the reference": one.function, **{v.title: v.code for v in one.variants}}
    for title, function in codes.items():
        mark = mark_of(function, key, [*source.imports("".join(inspect.findsource(needs[title])[0])), texts[title]])
        wrong = [f"{case.title}: {_what(case)}" for case in mark.cases if not case.passed]
        detail = "; ".join([f"{mark.points:g} of {mark.maximum:g} points", *mark.notes, *wrong])
        yield Finding("right", title, detail, mark.status == "passed" and mark.points == mark.maximum)


def _what(case: CaseMark) -> str:
    """Say what is wrong in one case: an author has no cell, and may see the message of an error."""
    return f"raises {case.yours}" if case.outcome == "raised" else case.what


def _slips(key: ExerciseKey) -> Iterator[Finding]:
    for number, (title, text) in enumerate(key.slips):
        mark = assess(key, [case.slips[number] for case in key.cases])
        named = repr(mark.slip[0]) if mark.slip else "nothing"
        good = mark.points < mark.maximum and mark.slip == (title, text)
        detail = f"{mark.points:g} of {mark.maximum:g} points, {named} is named"
        if not good:
            detail += ": no case fails it" if mark.points == mark.maximum else ": no case tells the two apart"
        yield Finding("slip", title, detail, good)


def _visible(one: Exercise, key: ExerciseKey, seed: int) -> Iterator[Finding]:
    if seed == VISIBLE_SEED:
        return
    points = assess(key, [answer for _, _, answer in answer_key.visible_cases(one)]).points
    yield Finding("visible", "the answers to the visible cases", f"earn {points:g} points", points == 0)
    for title, function in SIMPLE.items():
        answers = asked(function, key)
        known = [case.expected if case.known else answer for case, answer in zip(key.cases, answers, strict=True)]
        points = assess(key, known).points
        detail = f"and the known answers earn {points:g} of {key.points:g} points"
        yield Finding("visible", title, detail, points <= key.points / 2)


def _input(one: Exercise, key: ExerciseKey) -> Iterator[Finding]:
    """Check that a function that changes its arguments does not get full marks."""
    changed = False

    def changes(*args: object, **kwargs: object) -> object:
        nonlocal changed
        result = one.function(*args, **kwargs)
        for value in args:
            arrays = list(_arrays([value]))
            for array in arrays:
                array[...] = 0
            if isinstance(value, list) and not arrays:
                value.append(value[0] if value else 0)
            changed = changed or bool(arrays) or isinstance(value, list)
        return result

    mark = mark_of(changes, key)
    # An observer may hand over tensors, which cannot be changed: trying to is an error.
    if changed or mark.status == "error":
        found = f"{mark.points:g} of {mark.maximum:g} points"
        yield Finding("input", "a function that changes its arguments", found, mark.points < mark.maximum)


def _arrays(values: Iterable) -> Iterator:
    for value in values:
        if isinstance(value, (tuple, list, dict)):
            yield from _arrays(value.values() if isinstance(value, dict) else value)
        elif hasattr(value, "dtype"):
            yield value


def unused_cases(one: Exercise, seeds: Iterable[int]) -> list[str]:
    """Return the titles of cases in which every slip answers rightly, at all of the seeds.

    Such a case may be there for a right solution of another kind, or against what `course exercise mutants` finds.
    """
    titles: list[str] = []
    used: set[str] = set()
    for seed in seeds:
        key = drawn(one, seed)
        titles = [case.title for case in key.cases]
        for number in range(len(key.slips)):
            mark = assess(key, [case.slips[number] for case in key.cases])
            used |= {case.title for case in mark.cases if not case.passed}
    return [title for title in titles if title not in used]
