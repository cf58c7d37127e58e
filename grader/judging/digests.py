"""The digests of what a result depends on besides the hand-in: released notebook, limits, engine, and each exercise."""

from __future__ import annotations

import ast
import inspect
import json
from dataclasses import asdict

from nbformat import NotebookNode

from grader.base import dependencies
from grader.sandbox.limits import Limits
from grader.scoring import probe
from grader.spec.exercise import VISIBLE_SEED, Assignment, Exercise

POLICY = "one seed a run"


def of_run(released: NotebookNode, limits: Limits, sandboxed: bool, figures: bool) -> str:
    """Return the digest of what all exercises of a run have in common."""
    settings = [POLICY, json.dumps(released, sort_keys=True), json.dumps(asdict(limits)), f"{sandboxed} {figures}"]
    return dependencies.digest(dependencies.of_judging(), *settings)


def of_exercises(assignment: Assignment) -> dict[str, str]:
    """Return the digest of each exercise: of its declaration, its reference and the helpers that it may call."""
    rest = _rest_of_solution(assignment)
    own = {name: dependencies.digest(rest, *_own(one)) for name, one in assignment.exercises.items()}
    found: dict[str, str] = {}
    for name, one in assignment.exercises.items():  # helpers are declared first
        found[name] = dependencies.digest(own[name], *(found[helper] for helper in one.uses))
    return found


def _own(one: Exercise) -> list[str]:
    """Return everything that an exercise declares, as text; its cases as the code that draws them and what it draws."""
    draw = inspect.getsource(one.drawing) if one.drawing else ""
    drawn = json.dumps(
        [[case.title, case.raises, probe.encode([case.args, case.kwargs])] for case in one.draw(VISIBLE_SEED)]
    )
    slips = [text for slip in one.slips for text in (slip.title, slip.help, one.source(slip.code))]
    terms = [
        one.more,
        one.points,
        one.hints,
        one.uses,
        one.forbids,
        one.forbids_own,
        one.dtype,
        one.limit,
        one.limit_float32,
        one.pair_cases,
    ]
    return [one.source(), draw, drawn, one.observer_source() or "", repr(terms), *slips]


def _rest_of_solution(assignment: Assignment) -> str:
    """Return what a solution module holds besides the exercises' functions: imports, constants, helpers of its own."""
    tree = ast.parse(inspect.getsource(assignment.solution))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    kept = [n for n in tree.body if not (isinstance(n, functions) and n.name in assignment.exercises)]
    return "\n".join(ast.unparse(node) for node in kept)
