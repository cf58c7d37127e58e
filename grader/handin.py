"""A hand-in is data: read it with suspicion, and rebuild the released notebook around the student's own sources.

Of a hand-in only texts survive: those of the answer cells and of code cells that the student added. Tags, points, flags,
order, kernel, outputs, ids and all other metadata come from the released notebook.
"""

from __future__ import annotations

import json
import os
import re
import stat
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

MAX_BYTES = 100_000_000
MAX_PARTS = 5_000_000  # lists, objects and what is in them: each costs far more memory than characters
MAX_SOURCE = 500_000  # characters of one cell
MAX_CODE = 2_000_000  # characters of all code cells
MAX_CELLS = 2_000  # code cells
TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class Rejected(ValueError):
    """A hand-in that cannot be judged; the message is the reason, for the student's feedback."""


@dataclass(frozen=True)
class HandedCell:
    """What is read of a cell: its type, its text, and the ids by which its place is found."""

    kind: str
    source: str
    cell_id: str
    grade_id: str


def read_file(path: Path) -> bytes:
    """Read a hand-in's file.

    Raises:
        Rejected -- for anything that is not a plain file of reasonable size: links are not followed
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise Rejected("The file is a link to another file. Hand in the notebook itself.") from error
        raise Rejected(f"The file cannot be opened: {error.strerror}.") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Rejected("This is not a plain file. Hand in the notebook itself.")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > MAX_BYTES:
            raise Rejected(
                f"The file has {status.st_size / 1e6:.0f} MB; up to {MAX_BYTES / 1e6:.0f} MB are read. "
                "Clear the outputs (Edit, Clear Outputs of All Cells), save, and hand in again."
            )
        return file.read()


def parse(raw: bytes) -> list[HandedCell]:
    """Read the cells of a notebook file, of nbformat 4 or 3.

    Raises:
        Rejected -- where it is not a notebook
    """
    if not raw.strip():
        raise Rejected("The file is empty. Save the notebook and hand in again.")
    if _parts(raw) > MAX_PARTS and _parts(TEXT.sub(b"", raw)) > MAX_PARTS:
        raise Rejected(
            f"The file is not read: it has more than {MAX_PARTS:,} parts. "
            "Clear the outputs (Edit, Clear Outputs of All Cells), save, and hand in again."
        )
    try:
        notebook = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Rejected("The file is not a notebook: it is not text in UTF-8.") from error
    except RecursionError as error:
        raise Rejected("The file is not a notebook: its JSON is nested too deeply.") from error
    except ValueError as error:
        raise Rejected("The file is not a notebook: it is not JSON, or was cut off while it was saved.") from error
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if version not in (3, 4):
        raise Rejected(f"The file is not a notebook of format 4: its nbformat is {str(version)[:20]}.")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise Rejected("The file is not a notebook: it has no list of cells.")
    read = [_read_cell(cell) for cell in cells if isinstance(cell, dict)]
    _see_that_it_is_of_human_size([cell.source for cell in read if cell.kind == "code"])
    return read


def _parts(raw: bytes) -> int:
    return sum(map(raw.count, (b"{", b"[", b",")))


def _see_that_it_is_of_human_size(sources: list[str]) -> None:
    """What is read of the texts takes time that no limit ends: it is not a student's to choose how much."""
    if len(sources) > MAX_CELLS:
        raise Rejected(f"The notebook has {len(sources):,} code cells; up to {MAX_CELLS:,} are read.")
    if (size := sum(map(len, sources))) > MAX_CODE:
        raise Rejected(f"The notebook has {size:,} characters of code; up to {MAX_CODE:,} are read.")


def _read_cell(cell: dict[str, Any]) -> HandedCell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return HandedCell(
        kind=cell["cell_type"] if cell.get("cell_type") in ("code", "markdown", "raw") else "raw",
        source=_clean(source) if isinstance(source, str) else "",
        cell_id=cell["id"] if isinstance(cell.get("id"), str) else "",
        grade_id=grade_id if isinstance(grade_id, str) else "",
    )


def _clean(source: str) -> str:
    """Text without what cannot be stored or sent on: NUL characters, halves of surrogate pairs."""
    return source.replace("\0", "").encode("utf-8", "replace").decode()


def rebuild(released: NotebookNode, handed: list[HandedCell]) -> tuple[NotebookNode, list[str]]:
    """Put a student's sources into the released notebook.

    Arguments:
        released -- the notebook as students got it
        handed -- the cells of the hand-in

    Returns:
        the rebuilt notebook: cells that the student added carry the metadata {"convnets": {"extra": True}}, answer cells
        that are missing {"convnets": {"missing": True}}; and notes on what was found, for the feedback

    Raises:
        Rejected -- where nothing in the hand-in answers this notebook
    """
    wanted = {grade_id_of(cell): cell for cell in released.cells if is_answer(cell)}
    _see_that_it_answers(wanted, handed)
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
                cell.metadata["convnets"] = {
                    "missing": True
                }  # the stub would take the place of what is written elsewhere
            elif name in answers:
                cell.source = answers[name]
            else:
                cell.metadata["convnets"] = {"missing": True}
                notes.append(f"The cell of {name} is missing.")
        cells += [cell, *map(_extra_cell, extras.get(index, []))]
    for number, cell in enumerate(cell for cell in cells if is_extra(cell)):
        cell.id = f"extra-{number + 1}"
    rebuilt.cells = cells
    return rebuilt, notes


def is_extra(cell: NotebookNode) -> bool:
    """Whether the student added this cell of a rebuilt notebook."""
    return bool(cell.metadata.get("convnets", {}).get("extra"))


def is_training(cell: NotebookNode) -> bool:
    """Whether a given cell takes long, so that it is not run for grading."""
    return "training" in cell.metadata.get("tags", [])


def is_missing(cell: NotebookNode) -> bool:
    """Whether the hand-in did not have this answer cell of a rebuilt notebook."""
    return bool(cell.metadata.get("convnets", {}).get("missing"))


def grade_id_of(cell: NotebookNode) -> str:
    """nbgrader's name of a cell, or nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_answer(cell: NotebookNode) -> bool:
    """Whether students fill in this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _extra_cell(source: str) -> NotebookNode:
    return new_code_cell(source, metadata={"convnets": {"extra": True}})


def _see_that_it_answers(wanted: dict[str, NotebookNode], handed: list[HandedCell]) -> None:
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


def is_defined(name: str, text: str) -> bool:
    """Whether a cell's text gives a meaning to a name, by `def` or by `=`."""
    return bool(re.search(rf"^[ \t]*(def[ \t]+{name}\b|{name}[ \t]*=)", text, re.MULTILINE))


def _sort_out(
    released: NotebookNode, wanted: dict[str, NotebookNode], handed: list[HandedCell]
) -> tuple[dict[str, str], dict[int, list[str]], list[str]]:
    """The answers by name; the extra cells by the index of the released cell they follow; and notes."""
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
