"""Hand-ins made from a released notebook: for the demo, the audit and the tests."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from copy import deepcopy
from importlib import import_module
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.exercise import Assignment, Code
from grader.handin import grade_id_of

ATTACKS = Path(__file__).parent / "attacks"
WRITTEN_ANSWER = "A filter's weights are the same everywhere: it answers to a pattern wherever the pattern lies."


def solved(
    released: NotebookNode, assignment: Assignment, instead: Mapping[str, Code | str] | None = None
) -> NotebookNode:
    """A hand-in with every function written.

    Arguments:
        instead -- by exercise, a slip or variant to put in place of the reference, or a cell's text
    """
    notebook = deepcopy(released)
    instead = instead or {}
    for cell in notebook.cells:
        name = grade_id_of(cell)
        if name in assignment.exercises:
            code = instead.get(name)
            cell.source = code if isinstance(code, str) else assignment.exercises[name].source(code)
        elif name.startswith("answer_"):
            cell.source = WRITTEN_ANSWER
    imports = _imports(assignment)
    if instead and imports:
        add_cell(notebook, imports)
    return notebook


def add_cell(notebook: NotebookNode, source: str, place: int = 1) -> NotebookNode:
    """Add a code cell, as a student would; at the top unless told otherwise."""
    notebook.cells.insert(place, new_code_cell(source, id=f"added-{len(notebook.cells)}"))
    return notebook


def _imports(assignment: Assignment) -> str:
    """What slips and variants need beside the notebook's own imports."""
    tree = ast.parse(inspect.getsource(import_module(f"grader.exercises.{assignment.name}")))
    lines = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return "\n".join(line for line in lines if not line.startswith(("from grader", "from solutions")))


def attacks() -> dict[str, str]:
    """The hostile cells there are, by name."""
    return {path.stem: path.read_text() for path in sorted(ATTACKS.glob("*.py"))}


def without_given_figures(released: NotebookNode) -> NotebookNode:
    """A released notebook with the cells that define, ask and check, and none of those that only show something."""
    notebook = deepcopy(released)
    notebook.cells = [cell for cell in notebook.cells if grade_id_of(cell) or "setup" in cell.metadata.get("tags", [])]
    return notebook
