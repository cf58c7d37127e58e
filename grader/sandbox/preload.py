"""Find what kernels of an assignment should have imported and loaded before they are forked."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from grader.base.paths import ROOT
from grader.submission.cells import is_answer, is_training

PRETRAINING = ROOT / "data" / "pretraining"
BACKENDS = ("keras", "tensorflow", "jax", "torch")


@dataclass(frozen=True)
class Preload:
    """What kernels have imported and loaded from the start.

    Attributes:
        modules -- names of the modules to import
        datasets -- data sets to load: name, and keywords of `data.load`
    """

    modules: list[str] = field(default_factory=list)
    datasets: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def preload_of(released: NotebookNode) -> Preload:
    """Return what the released notebook's given cells import and load, and what `data` imports for them.

    Not what `data` would train or load networks with, unless the notebook imports it itself: that takes longer than all
    the rest.
    """
    given = [c.source for c in released.cells if c.cell_type == "code" and not is_answer(c) and not is_training(c)]
    nodes = [node for source in given for node in _nodes(source)]
    found = dict.fromkeys(name for node in nodes for name in _imported(node))
    if any(name.partition(".")[0] == "data" for name in found):
        ours = (path.read_text() for path in sorted((ROOT / "data").rglob("*.py")) if PRETRAINING not in path.parents)
        theirs = dict.fromkeys(name for source in ours for node in _nodes(source) for name in _imported(node))
        found |= {name: None for name in theirs if name.partition(".")[0] not in BACKENDS}
    return Preload(list(found), [call for node in nodes for call in _loaded(node)])


def _nodes(source: str) -> list[ast.AST]:
    """Return all nodes of a piece of code's syntax tree."""
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a cell with IPython's own commands
        return []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _loaded(node: ast.AST) -> list[tuple[str, dict[str, Any]]]:
    """Return the data set that `data.load(...)` is called for, if all its arguments are literals."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "data.load" and node.args):
        return []
    try:
        name, *split = [ast.literal_eval(argument) for argument in node.args]
        keywords = {str(one.arg): ast.literal_eval(one.value) for one in node.keywords}
    except ValueError:
        return []
    return [(name, {**dict(zip(["split"], split, strict=False)), **keywords})]
