"""Make hand-ins from a released notebook, for the demo, the audit and the tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.base.assignments import EXERCISES
from grader.scoring.answer_key import Answer, draw
from grader.spec import source
from grader.spec.exercise import VISIBLE_SEED, Assignment, Code
from grader.submission.cells import ANSWER, grade_id_of, is_setup

ATTACKS = Path(__file__).parent / "attacks"
CANARY = ATTACKS / "canary.py"
WRITTEN_ANSWER = "A filter's weights are the same everywhere: it answers to a pattern wherever the pattern lies."


def solved(
    released: NotebookNode, assignment: Assignment, instead: Mapping[str, Code | str] | None = None
) -> NotebookNode:
    """Return a hand-in with every function written.

    Arguments:
        instead -- by exercise, a slip or variant to put in place of the reference, or the text of a cell
    """
    notebook = deepcopy(released)
    instead = instead or {}
    for cell in notebook.cells:
        name = grade_id_of(cell)
        if name in assignment.exercises:
            code = instead.get(name)
            cell.source = code if isinstance(code, str) else assignment.exercises[name].source(code)
        elif name.startswith(ANSWER):
            cell.source = WRITTEN_ANSWER
    imports = _imports(assignment)
    if instead and imports:
        add_cell(notebook, imports)
    return notebook


def add_cell(notebook: NotebookNode, source: str, place: int = 1) -> NotebookNode:
    """Add a code cell as a student would, by default below the first cell."""
    notebook.cells.insert(place, new_code_cell(source, id=f"added-{len(notebook.cells)}"))
    return notebook


def _imports(assignment: Assignment) -> str:
    """Return the imports that slips and variants need besides the notebook's own."""
    folder = EXERCISES / assignment.name
    lines = [line for path in sorted(folder.rglob("*.py")) for line in source.imports(path.read_text(encoding="utf-8"))]
    wanted = [line for line in lines if not line.startswith(("from grader", "from solutions", "from data"))]
    return "\n".join(dict.fromkeys(wanted))


@dataclass(frozen=True)
class Attack:
    """A hostile cell.

    Attributes:
        name -- the name of its file
        group -- "in-process", "outside", "resources" or "feedback"; only the first is harmless outside of a sandbox
        tries -- what it tries to do, in words
        source -- the cell's text, as a hostile student would type it
    """

    name: str
    group: str
    tries: str
    source: str


def attacks(*groups: str) -> list[Attack]:
    """Return the hostile cells of these groups, or all of them."""
    found = []
    for path in sorted(ATTACKS.glob("*.py")):
        source = path.read_text()
        group, _, tries = source.splitlines()[0].removeprefix("# ").partition(": ")
        if path != CANARY and (not groups or group in groups):
            found.append(Attack(path.stem, group, tries, source))
    return found


def attacked(notebook: NotebookNode, assignment: Assignment, *chosen: Attack) -> NotebookNode:
    """Return a hand-in with hostile cells at its end, which know the assignment's functions and visible answers."""
    attacked = deepcopy(notebook)
    for attack in chosen:
        lines = [f"FUNCTIONS = {list(assignment.exercises)}"]
        if attack.group != "in-process":  # stops the cell if somebody runs it outside of the sandbox
            lines.append("assert __import__('socket').gethostname() == 'course'")
        if "RECORDED" in attack.source:
            lines.append(f"RECORDED = __import__('json').loads({json.dumps(_recorded(assignment))!r})")
        add_cell(attacked, "\n".join([*lines, attack.source]), place=len(attacked.cells))
    return attacked


def with_canary(notebook: NotebookNode) -> NotebookNode:
    """Return a hand-in that looks for what another one has left behind, and prints LEAK if it finds something."""
    return add_cell(deepcopy(notebook), CANARY.read_text())


def _recorded(assignment: Assignment) -> dict[str, list[Answer]]:
    """Return the visible cases' answers by function, which everybody who has the course can write down."""
    key = draw(assignment, VISIBLE_SEED)
    return {name: [case.expected for case in one.cases] for name, one in key.exercises.items()}


def without_given_figures(released: NotebookNode) -> NotebookNode:
    """Return a released notebook without the cells that only show something.

    Kept are the cells that define functions, ask for them and check them.
    """
    notebook = deepcopy(released)
    notebook.cells = [cell for cell in notebook.cells if grade_id_of(cell) or is_setup(cell)]
    return notebook
