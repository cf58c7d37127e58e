"""Rebuild a hand-in: put the student's own sources into the released notebook.

Only texts are taken from a hand-in: those of the answer cells and of code cells that the student added. Tags, points,
flags, order, kernel, outputs, ids and all other metadata come from the released notebook.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.submission.cells import OURS, grade_id_of, is_answer, is_defined, is_extra, is_training
from grader.submission.notebook_file import HandedCell, Rejected, parse

MAX_SOURCE = 500_000  # characters of one cell


def rebuild(released: NotebookNode, handed: list[HandedCell]) -> tuple[NotebookNode, list[str]]:
    """Put a student's sources into the released notebook.

    Arguments:
        released -- the notebook as students got it
        handed -- the cells of the hand-in

    Returns:
        the rebuilt notebook: cells that the student added have the metadata {"convnets": {"extra": True}}, answer cells
        that are missing have {"convnets": {"missing": True}}; and notes on what was found, for the feedback

    Raises:
        Rejected -- if nothing in the hand-in answers this notebook
    """
    wanted = {grade_id_of(cell): cell for cell in released.cells if is_answer(cell)}
    _refuse_another_notebook(wanted, handed)
    answers, extras, notes = _sort_out(released, wanted, handed)

    added = "\n".join(source for sources in extras.values() for source in sources)
    rebuilt = deepcopy(released)
    cells: list[NotebookNode] = list(map(_extra_cell, extras.get(-1, [])))
    for index, cell in enumerate(rebuilt.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if is_answer(cell):
            name = grade_id_of(cell)
            if answers.get(name) == cell.source and is_defined(name, added):
                # The stub would replace the function that the student wrote in another cell.
                cell.metadata[OURS] = {"missing": True}
            elif name in answers:
                cell.source = answers[name]
            else:
                cell.metadata[OURS] = {"missing": True}
                notes.append(f"The cell of {name} is missing.")
        cells += [cell, *map(_extra_cell, extras.get(index, []))]
    for number, cell in enumerate(cell for cell in cells if is_extra(cell)):
        cell.id = f"extra-{number + 1}"
    rebuilt.cells = cells
    return rebuilt, notes


def has_work(released: NotebookNode, raw: bytes) -> bool:
    """Say whether a file is a notebook of this assignment in which an answer or a cell is the student's own."""
    try:
        rebuilt, _ = rebuild(released, parse(raw))
    except Rejected:
        return False
    sources = {grade_id_of(cell): cell.source for cell in released.cells if is_answer(cell)}
    return any(is_extra(cell) or cell.source != sources.get(grade_id_of(cell), cell.source) for cell in rebuilt.cells)


def _extra_cell(source: str) -> NotebookNode:
    return new_code_cell(source, metadata={OURS: {"extra": True}})


def _refuse_another_notebook(wanted: dict[str, NotebookNode], handed: list[HandedCell]) -> None:
    found = {cell.grade_id for cell in handed if cell.grade_id}
    if found & set(wanted):
        return
    functions = [name for name, cell in wanted.items() if cell.cell_type == "code"]
    text = "\n".join(cell.source for cell in handed if cell.kind == "code")
    if any(is_defined(name, text) for name in functions):
        return
    others = sorted(name for name in found if name.isidentifier())[:3]
    which = f" It asks for {', '.join(others)} and so on: is it another assignment's?" if others else ""
    raise Rejected(f"None of the {len(wanted)} answer cells of this assignment is in the notebook.{which}")


def _sort_out(
    released: NotebookNode, wanted: dict[str, NotebookNode], handed: list[HandedCell]
) -> tuple[dict[str, str], dict[int, list[str]], list[str]]:
    """Return the answers by name, the extra cells by the index of the released cell that they follow, and notes."""
    place_by_grade_id = {grade_id_of(cell): index for index, cell in enumerate(released.cells) if grade_id_of(cell)}
    place_by_id = {cell.id: index for index, cell in enumerate(released.cells)}
    place_by_source = {
        cell.source.strip(): index for index, cell in enumerate(released.cells) if cell.cell_type == "code"
    }
    answers: dict[str, str] = {}
    extras: dict[int, list[str]] = {}
    notes: list[str] = []
    here = -1
    for cell in handed:
        text = cell.source.strip()
        if len(text) > MAX_SOURCE:
            notes.append(f"A cell of {len(text):,} characters was left out: up to {MAX_SOURCE:,} are read.")
            continue
        if cell.grade_id in place_by_grade_id:
            here = place_by_grade_id[cell.grade_id]
            original = released.cells[here]
            if cell.grade_id not in wanted or cell.kind != original.cell_type:
                continue
            if cell.grade_id not in answers:
                answers[cell.grade_id] = cell.source
                continue
            notes.append(f"The cell of {cell.grade_id} is there twice: both were run, in their order.")
            if text == original.source.strip() or cell.kind != "code":
                continue
            if answers[cell.grade_id].strip() == original.source.strip():
                answers[cell.grade_id] = cell.source
                continue
        elif cell.kind != "code" or not text:
            here = place_by_id.get(cell.cell_id, here)
            continue
        elif text in place_by_source:
            here = place_by_id[cell.cell_id] if cell.cell_id in place_by_id else max(here, place_by_source[text])
            continue
        else:
            here = place_by_id.get(cell.cell_id, here)
            if cell.cell_id in place_by_id and is_training(released.cells[here]):
                continue
        extras.setdefault(here, []).append(cell.source)
    return answers, extras, notes
