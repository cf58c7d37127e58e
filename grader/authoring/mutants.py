"""Change a reference by small steps, and see which changes no case notices.

Libraries for this (mutmut, cosmic-ray) change files and run a test suite for each change; here a function is changed and
asked the cases of one exercise, which takes milliseconds. The kinds of change are those of Offutt et al. 1996, "An
experimental determination of sufficient mutant operators": operators, comparisons, constants, and calls, keywords,
statements and parts of slices left out, and pairs exchanged.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from grader.authoring import limits
from grader.authoring.trial import drawn
from grader.scoring import answer_key
from grader.scoring.answer_key import CaseKey, ExerciseKey
from grader.scoring.assessment import assess
from grader.spec import source
from grader.spec.exercise import Exercise

SECONDS = 3  # for one call of a changed function: a changed loop may never end

OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
CHECKED = "strict"  # zip's check of its arguments, which changes no answer
# What leaves an array or a number as it is: an answer may have any dtype, so that leaving them out is not a mistake.
CONVERSIONS = ("asarray", "float", "float64")
COMMUTATIVE = ("minimum", "maximum", "min", "max", "add", "multiply", "logical_and", "logical_or", "array_equal")


@dataclass(frozen=True)
class Mutant:
    """A changed reference.

    Attributes:
        change -- what was changed, as "before → after"; it differs from that of every other mutant of the function
        text -- the changed function
    """

    change: str
    text: str


@dataclass(frozen=True)
class Survivor:
    """A mutant that gets full marks, at these seeds."""

    change: str
    seeds: list[int]


@dataclass(frozen=True)
class Tried:
    """What became of an exercise's mutants.

    Attributes:
        count -- how many there were, without those declared equivalent
        survivors -- those that kept full marks and are not declared equivalent
        equivalent -- how many are declared equivalent
        stale -- declared changes that the reference does not have, or that a case notices
    """

    count: int
    survivors: list[Survivor]
    equivalent: int
    stale: list[str]


def tried(
    one: Exercise,
    seeds: Iterable[int],
    chosen: Callable[[list[Mutant]], list[Mutant]] = list,
    key: ExerciseKey | None = None,
) -> Tried:
    """Ask the cases of some seeds of every mutant, or of those chosen, until a case notices the change.

    Arguments:
        key -- of the only seed, if it is drawn already
    """
    every = list(mutants(one.source()))
    keys = {seed: key or drawn(one, seed, with_slips=False) for seed in seeds}
    survivors, noticed = [], set()
    picked = chosen(every)
    for mutant in picked:
        kept = [seed for seed, key in keys.items() if not _noticed(one, mutant, key)]
        if not kept:
            noticed.add(mutant.change)
        elif mutant.change not in one.equivalents:
            survivors.append(Survivor(mutant.change, kept))
    known = {mutant.change for mutant in every}
    stale = [change for change in one.equivalents if change not in known or change in noticed]
    equivalent = sum(mutant.change in one.equivalents for mutant in picked)
    return Tried(len(picked) - equivalent, survivors, equivalent, stale)


def _noticed(one: Exercise, mutant: Mutant, key: ExerciseKey) -> bool:
    namespace = dict(one.function.__globals__)
    try:
        with limits.seconds(SECONDS):
            exec(compile(mutant.text, f"<{one.name}>", "exec"), namespace)
    except Exception:
        return True
    return any(not _passes(namespace[one.name], one, replace(key, cases=[case])) for case in _fastest(key))


def _fastest(key: ExerciseKey) -> list[CaseKey]:
    """Return the cases, those that raise first: they cost nothing."""
    return sorted(key.cases, key=lambda case: not case.raises)


def _passes(function: Callable, one: Exercise, key: ExerciseKey) -> bool:
    (case,) = key.cases
    try:
        with limits.seconds(SECONDS):
            found = answer_key.answer(function, case.inputs, one.observer)
    except (limits.TooSlow, MemoryError, RecursionError):
        return False
    return assess(key, [found]).cases[0].passed


def mutants(text: str) -> Iterator[Mutant]:
    """Make every mutant of a function's text, in the order of the text."""
    tree = ast.Module([source.definition(text)], [])
    original = ast.unparse(tree)
    seen = {original}
    counted: dict[str, int] = {}
    for place, (node, parent) in enumerate(_nodes(tree)):
        for change in _changes(node, parent):
            copy = deepcopy(tree)
            there, above = _nodes(copy)[place]
            short = _is_short(node) and above is not None
            change(there, above)
            changed = ast.unparse(ast.fix_missing_locations(copy))
            if changed in seen:
                continue
            seen.add(changed)
            after = above if short else getattr(change, "new", there)
            title = f"{_shown(parent if short else node)} → {_shown(after)}"
            counted[title] = counted.get(title, 0) + 1
            yield Mutant(title if counted[title] == 1 else f"{title} ({counted[title]})", changed + "\n")


Change = Callable[[ast.AST, ast.AST | None], None]


def _nodes(tree: ast.AST) -> list[tuple[ast.AST, ast.AST | None]]:
    """Return what may be changed, each with what it stands in: no docstring, no message of an error, no mere conversion."""
    found: list[tuple[ast.AST, ast.AST | None]] = []

    def visit(node: ast.AST, parent: ast.AST | None) -> None:
        if _only_converts(node):
            return
        found.append((node, parent))
        if isinstance(node, (ast.Raise, ast.JoinedStr)):
            return
        for name, value in ast.iter_fields(node):
            items = value if isinstance(value, list) else [value]
            if isinstance(node, ast.FunctionDef) and name == "body" and ast.get_docstring(node):
                items = items[1:]
            for item in items:
                if isinstance(item, ast.AST) and getattr(item, "arg", None) != CHECKED:
                    visit(item, node)

    visit(tree, None)
    return found


def _is_short(node: ast.AST) -> bool:
    return isinstance(node, (ast.Constant, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.keyword, ast.Slice))


def _shown(node: ast.AST | None) -> str:
    text = " ".join(ast.unparse(node).split()) if node is not None else ""
    return text if len(text) <= 100 else f"{text[:100]}…"


def _changes(node: ast.AST, parent: ast.AST | None) -> Iterator[Change]:
    """Yield the changes of one place; each takes the place in a copy, and what it stands in."""
    if type(node) in OPERATORS:
        yield from (_put(kind()) for kind in OPERATORS[type(node)])
    elif isinstance(node, ast.UnaryOp):
        yield _put(node.operand)
    elif isinstance(node, ast.Constant):
        yield from (_put(ast.Constant(value)) for value in _other_constants(node.value))
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield _negate
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Slice):
        yield from (_without(part) for part in ("lower", "upper", "step") if getattr(node, part) is not None)
    looked_up = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], (ast.In, ast.NotIn))
    if isinstance(node, (ast.Tuple, ast.List)) and not looked_up:
        yield from (_exchange("elts", first) for first in range(len(node.elts) - 1))
    if isinstance(node, ast.stmt) and not isinstance(node, (ast.FunctionDef, ast.Return, ast.Pass, ast.Import)):
        yield _put(ast.Pass())


def _is_conversion(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(node.args) and source.routine(node) in CONVERSIONS


def _only_converts(node: ast.AST) -> bool:
    """Tell whether a statement gives variables their own values, converted: `a, b = np.asarray(a), np.asarray(b)`."""
    if not isinstance(node, ast.Assign):
        return False
    targets, values = (one.elts if isinstance(one, ast.Tuple) else [one] for one in (node.targets[0], node.value))
    return all(
        isinstance(value, ast.Call) and _is_conversion(value) and ast.unparse(value.args[0]) == ast.unparse(target)
        for target, value in zip(targets, values, strict=False)
    )


def _of_call(node: ast.Call) -> Iterator[Change]:
    if _is_conversion(node):
        return
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield _put(node.args[0])
    if isinstance(node.func, ast.Attribute):
        yield _put(node.func.value)
    if source.routine(node) not in COMMUTATIVE:
        yield from (_exchange("args", first) for first in range(len(node.args) - 1))
    yield from (_drop("keywords", number) for number, one in enumerate(node.keywords) if one.arg != CHECKED)


def _other_constants(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1] if abs(value) >= 0.01 or value == 0 else [value * 100, 0.0]
    return []


def _put(new: ast.AST) -> Change:
    def change(place: ast.AST, above: ast.AST | None) -> None:
        for name, value in ast.iter_fields(above or place):
            if value is place:
                setattr(above, name, deepcopy(new))
            elif isinstance(value, list):
                setattr(above, name, [deepcopy(new) if item is place else item for item in value])

    change.new = new  # type: ignore[attr-defined]
    return change


def _negate(place: ast.AST, above: ast.AST | None) -> None:
    place.test = ast.UnaryOp(ast.Not(), place.test)  # type: ignore[attr-defined]


def _without(part: str) -> Change:
    return lambda place, above: setattr(place, part, None)


def _exchange(parts: str, first: int) -> Change:
    def change(place: ast.AST, above: ast.AST | None) -> None:
        items = getattr(place, parts)
        items[first], items[first + 1] = items[first + 1], items[first]

    return change


def _drop(parts: str, number: int) -> Change:
    return lambda place, above: getattr(place, parts).pop(number)
