"""Rebuild a hand-in: put the student's own sources into the released notebook.

Only texts are taken from a hand-in, those of the answer cells and of code cells that the student added, and pictures in
written answers. Tags, points, flags, order, kernel, outputs, ids and all other metadata come from the released notebook.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.submission.cells import OURS, grade_id_of, is_answer, is_defined, is_extra, is_training
from grader.submission.notebook_file import HandedCell, Rejected, parse
from grader.submission.written_answers import MAX_SOURCE, written_answers


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
    functions = [name for name, cell in wanted.items() if cell.cell_type == "code"]
    refuse_another_notebook(functions, [name for name in wanted if name not in functions], handed)
    answers, extras, notes = _sort_out(released, functions, handed)
    written = written_answers(released, handed)
    for name, answer in written.items():
        if answer.cells > 1:
            notes.append(f"{name} was put together from {answer.cells} cells.")
        if answer.cut:
            notes.append(
                f"{name} is longer than {MAX_SOURCE:,} characters; the rest is only in the file that was handed in."
            )
        if answer.lost:
            notes.append(f"{name}: of its pictures {answer.lost} could not be kept. Up to 2 MB of PNG or JPEG are.")

    added = "\n".join(source for sources in extras.values() for source in sources)
    rebuilt = deepcopy(released)
    cells: list[NotebookNode] = list(map(_extra_cell, extras.get(-1, [])))
    for index, cell in enumerate(rebuilt.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        name = grade_id_of(cell)
        if name in written:
            cell.source = written[name].source
            if written[name].attachments:
                cell.attachments = NotebookNode(written[name].attachments)
        elif name in functions:
            _fill(cell, answers, added, notes)
        elif name in wanted and not any(name in (one.grade_id, one.cell_id) for one in handed):
            cell.metadata[OURS] = {"missing": True}
            notes.append(f"The cell of {name} is missing.")
        cells += [cell, *map(_extra_cell, extras.get(index, []))]
    for number, cell in enumerate(cell for cell in cells if is_extra(cell)):
        cell.id = f"extra-{number + 1}"
    rebuilt.cells = cells
    return rebuilt, notes


def _fill(cell: NotebookNode, answers: dict[str, str], added: str, notes: list[str]) -> None:
    """Put the student's function into its cell; where the student wrote it in another cell, the stub must not replace it."""
    name = grade_id_of(cell)
    if name in answers and not (answers[name] == cell.source and is_defined(name, added)):
        cell.source = answers[name]
        return
    cell.metadata[OURS] = {"missing": True}
    if not is_defined(name, added):
        notes.append(f"The cell of {name} is missing.")


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


def refuse_another_notebook(functions: Collection[str], written: Collection[str], handed: list[HandedCell]) -> None:
    """Refuse a notebook that answers nothing of an assignment.

    Arguments:
        functions, written -- names of the functions and written answers that the assignment asks for

    Raises:
        Rejected -- if it has none of their cells, and defines none of the functions
    """
    found = {cell.grade_id for cell in handed if cell.grade_id}
    # Where an editor has dropped the metadata, the id is that of the answer still.
    if {cell.grade_id or cell.cell_id for cell in handed} & {*functions, *written}:
        return
    if any(is_defined(name, cell.source) for cell in handed for name in functions):
        return
    others = sorted(name for name in found if name.isidentifier())[:3]
    which = f" It asks for {', '.join(others)} and so on: is it another assignment's?" if others else ""
    count = len(functions) + len(written)
    raise Rejected(f"None of the {count} answer cells of this assignment is in the notebook.{which}")


def _sort_out(
    released: NotebookNode, functions: Collection[str], handed: list[HandedCell]
) -> tuple[dict[str, str], dict[int, list[str]], list[str]]:
    """Return the functions by name, the extra cells by the index of the released cell that they follow, and notes."""
    place_by_grade_id = {grade_id_of(cell): index for index, cell in enumerate(released.cells) if grade_id_of(cell)}
    place_by_id = {cell.id: index for index, cell in enumerate(released.cells)}
    place_by_source = {
        cell.source.strip(): index for index, cell in enumerate(released.cells) if cell.cell_type == "code"
    }
    names = [grade_id_of(cell) for cell in released.cells if is_answer(cell)]
    answers: dict[str, str] = {}
    retyped: set[str] = set()  # functions of which only a text cell was found so far
    extras: dict[int, list[str]] = {}
    notes: list[str] = []
    here = -1
    for cell in handed:
        text = cell.source.strip()
        if len(text) > MAX_SOURCE:
            notes.append(f"A cell of {len(text):,} characters was left out: up to {MAX_SOURCE:,} are read.")
            continue
        name = cell.grade_id or (cell.cell_id if cell.cell_id in names else "")  # the metadata may be lost
        if name in place_by_grade_id:
            here = place_by_grade_id[name]
            stub = released.cells[here].source.strip()
            if name not in functions:
                continue
            if name not in answers or name in retyped:
                if cell.kind == "code":
                    answers[name] = cell.source
                    retyped.discard(name)
                elif text and name not in answers:
                    answers[name] = cell.source
                    retyped.add(name)
                continue
            if cell.kind != "code":
                continue
            notes.append(f"The cell of {name} is there twice: both were run, in their order.")
            if text == stub:
                continue
            if answers[name].strip() == stub:
                answers[name] = cell.source
                continue
        elif cell.kind != "code" or not text:
            here = place_by_id.get(cell.cell_id, here)
            if not (text and cell.cell_id not in place_by_id and any(is_defined(one, text) for one in functions)):
                continue
        elif text in place_by_source:
            here = place_by_id[cell.cell_id] if cell.cell_id in place_by_id else max(here, place_by_source[text])
            continue
        else:
            here = place_by_id.get(cell.cell_id, here)
            if cell.cell_id in place_by_id and is_training(released.cells[here]):
                continue
        extras.setdefault(here, []).append(cell.source)
    notes += [f"The cell of {name} was text, and was read as code." for name in sorted(retyped)]
    return answers, extras, notes
