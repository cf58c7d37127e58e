"""Read a student's notebook file as untrusted data: it may hold anything and have any size.

Only the type, the text, the two ids and the pictures of a cell are read; everything else in the file is ignored.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.base.foreign_text import readable_name
from grader.base.untrusted_json import has_more_pieces_than
from grader.submission.pictures import read_pictures

MAX_BYTES = 100_000_000
MAX_PIECES = 2_000_000  # lists, objects and their elements
MAX_CODE = 2_000_000  # characters of all code cells
MAX_CELLS = 2_000  # code cells


class Rejected(ValueError):
    """Signals that a hand-in cannot be judged; the message is the reason, for the student's feedback."""


@dataclass(frozen=True)
class HandedCell:
    """A cell as read from a hand-in: its type, its text, the ids by which its place is found, and pasted pictures."""

    kind: str
    source: str
    cell_id: str
    grade_id: str
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


def read_file(path: Path) -> bytes:
    """Read a hand-in's file.

    Raises:
        Rejected -- if it is not a plain file of at most MAX_BYTES; links are not followed
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
        Rejected -- if it is not a notebook, or is too large
    """
    if not raw.strip():
        raise Rejected("The file is empty. Save the notebook and hand in again.")
    if has_more_pieces_than(MAX_PIECES, raw):
        raise Rejected(
            f"The file is not read: it has more than {MAX_PIECES:,} parts. "
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
        raise Rejected(f"The file is not a notebook of format 4: its nbformat is {readable_name(version, 20)}.")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise Rejected("The file is not a notebook: it has no list of cells.")
    read = [_read_cell(cell) for cell in cells if isinstance(cell, dict)]
    _refuse_more_code_than_a_person_writes([cell.source for cell in read if cell.kind == "code"])
    return read


def _refuse_more_code_than_a_person_writes(sources: list[str]) -> None:
    """Refuse a notebook with too much code, because no time limit covers the reading of the sources."""
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
        pictures=read_pictures(cell.get("attachments")),
    )


def _clean(source: str) -> str:
    """Return the text without what cannot be stored or sent: NUL characters and halves of surrogate pairs."""
    return source.replace("\0", "").encode("utf-8", "replace").decode()
