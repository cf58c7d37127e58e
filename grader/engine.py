"""What a result depends on, as digests: the engine and its libraries, the released notebook, each exercise."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path

from nbformat import NotebookNode

from grader import probe
from grader.exercise import VISIBLE_SEED, Assignment, Exercise, keras_backend
from grader.sandbox import Limits

FOLDER = Path(__file__).parent
POLICY = "one seed a run"
LIBRARIES = ("numpy", "scipy", "matplotlib", "ipykernel", "ipython", "keras", "nbformat")


@cache
def digest() -> str:
    """Of the code that runs and judges hand-ins, and of the libraries that it and they use."""
    files = [FOLDER / f"{name}.py" for name in sorted(reached("judge"))]
    files += sorted((FOLDER / "inside").rglob("*.py"))
    versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    versions.append(f"keras on {keras_backend()}")
    return _hash(platform.python_version(), *versions, *(path.read_text() for path in files))


def reached(*names: str) -> set[str]:
    """The modules of the grader that some of them import, at once or later, and those that these import, and themselves."""
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in found and (FOLDER / f"{name}.py").exists():
            found.add(name)
            ahead += _imported(name)
    return found


def _imported(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "grader":
            inner = node.module.partition(".")[2]
            yield from [inner] if inner else [alias.name for alias in node.names]


def of_run(released: NotebookNode, limits: Limits, sandboxed: bool) -> str:
    """Of what all exercises of a run have in common."""
    return _hash(digest(), POLICY, json.dumps(released, sort_keys=True), json.dumps(asdict(limits)), str(sandboxed))


def of_exercises(assignment: Assignment) -> dict[str, str]:
    """Of each exercise: its declaration, its reference, and those of the helpers that it may call."""
    rest = _rest_of_solution(assignment)
    own = {name: _hash(rest, *_own(one)) for name, one in assignment.exercises.items()}
    found: dict[str, str] = {}
    for name, one in assignment.exercises.items():  # helpers are declared first
        found[name] = _hash(own[name], *(found[helper] for helper in one.uses))
    return found


def _own(one: Exercise) -> list[str]:
    """All that an exercise declares, as text: the code that draws its cases by its text, and by what it draws."""
    draw = inspect.getsource(one.cases)
    drawn = json.dumps(
        [[case.title, case.raises, probe.encode([case.args, case.kwargs])] for case in one.draw(VISIBLE_SEED)]
    )
    slips = [text for slip in one.slips for text in (slip.title, slip.help, one.source(slip.code))]
    terms = [one.points, one.hints, one.uses, one.forbids, one.forbids_own, one.dtype, one.limit, one.limit_float32]
    return [one.source(), draw, drawn, one.observer_source() or "", repr(terms), *slips]


def _rest_of_solution(assignment: Assignment) -> str:
    """What a solution module holds beside the exercises' functions: imports, constants, helpers of its own."""
    tree = ast.parse(inspect.getsource(assignment.solution))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    kept = [n for n in tree.body if not (isinstance(n, functions) and n.name in assignment.exercises)]
    return "\n".join(ast.unparse(node) for node in kept)


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
