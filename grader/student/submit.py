"""Hand in a notebook: copy it where nobody changes it by accident, write a receipt, and list what is missing."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.base.errors import CourseError
from grader.base.paths import FOLDER, ROOT
from grader.scoring import visible_key
from grader.student.notebook import record
from grader.submission.cells import is_defined, is_unwritten
from grader.submission.notebook_file import HandedCell, Rejected, parse, read_file
from grader.submission.rebuilding import refuse_another_notebook

GIVEN = re.compile(r"markdown-[0-9a-f]{10}(-\d+)?")  # the id of a given text, as `course build` makes it
# In notebooks/, because JupyterLab's file browser and a web browser do not show the course's own folder, which begins
# with a dot.
HANDED_IN = FOLDER / "handed-in" if os.environ.get("COURSE_FOLDER") else ROOT / "notebooks" / "handed-in"


class NotHandedIn(CourseError):
    """Signals that there is no such assignment, or that its file cannot be handed in; the message says why."""


@dataclass(frozen=True)
class Receipt:
    """A record of what was handed in, and when.

    Attributes:
        file -- the copy, relative to the receipt
        handed_in, saved -- times with the time zone; `saved` is when the notebook was last written
        sha256 -- digest of the copy, in hex, as `sha256sum` prints it
        missing -- names of functions and answers that are not written yet
        broken -- cells of functions that are not valid Python, with the line and the reason
    """

    assignment: str
    file: str
    handed_in: str
    saved: str
    bytes: int
    sha256: str
    missing: list[str]
    broken: list[str]


def submit(assignment: str, notebook: Path | None = None, folder: Path | None = None) -> tuple[Receipt, Path]:
    """Copy a notebook into a new folder, with a receipt beside it; earlier copies stay.

    Arguments:
        assignment -- such as "w1_conv"
        notebook -- the file; by default the course's own, notebooks/A/A.ipynb
        folder -- where copies are kept; by default notebooks/handed-in

    Returns:
        the receipt, and the path of the copy

    Raises:
        NotHandedIn -- if there is no such assignment or file, or if the file is not a notebook of this assignment
    """
    if assignment not in visible_key.assignments():
        known = ", ".join(visible_key.assignments())
        raise NotHandedIn(f"There is no assignment {assignment!r}. There are: {known}.")
    notebook = notebook or ROOT / "notebooks" / assignment / f"{assignment}.ipynb"
    try:
        raw = read_file(notebook)
        cells = parse(raw)
        refuse_another_notebook(list(visible_key.points(assignment)), visible_key.written(assignment), cells)
    except Rejected as error:
        raise NotHandedIn(f"{notebook.name} was not handed in. {error}") from None
    now = time.time()
    copy = (folder or HANDED_IN) / assignment / time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(now))
    try:
        copy.mkdir(parents=True)
        file = copy / f"{assignment}.ipynb"
        file.write_bytes(raw)
        receipt = Receipt(
            assignment,
            file.name,
            _written(now),
            _written(notebook.stat().st_mtime),
            len(raw),
            hashlib.sha256(raw).hexdigest(),
            missing(cells, assignment),
            broken(cells, assignment),
        )
        (copy / "receipt.json").write_text(json.dumps(asdict(receipt), indent=1) + "\n")
    except FileExistsError:
        raise NotHandedIn("This was handed in a second ago: it need not be done twice.") from None
    except OSError as error:
        raise NotHandedIn(f"{copy} cannot be written ({error.strerror}): nothing was handed in.") from None
    return receipt, file


def failing(assignment: str) -> list[str]:
    """Return the names of the functions whose last check on this machine did not pass."""
    passed = record.read().get("passed", {})
    return [name for name in visible_key.points(assignment) if passed.get(name) is False]


def missing(cells: list[HandedCell], assignment: str) -> list[str]:
    """Return the names of the functions and written answers of an assignment that a notebook does not contain yet."""
    begun = [cell for cell in cells if cell.source.strip() and not is_unwritten(cell.source)]
    functions = [n for n in visible_key.points(assignment) if not any(is_defined(n, cell.source) for cell in begun)]
    order = [cell.grade_id for cell in cells]
    functions.sort(key=lambda name: order.index(name) if name in order else len(order))
    answered = {name for cell in begun for name in (cell.grade_id, cell.cell_id)}
    # The grader takes a text in a cell of one's own for an answer that would be empty without it.
    own_text = any(cell.kind != "code" and not cell.grade_id and not GIVEN.fullmatch(cell.cell_id) for cell in begun)
    answers = [name for name in visible_key.written(assignment) if name not in answered and not own_text]
    return [*functions, *answers]


def broken(cells: list[HandedCell], assignment: str) -> list[str]:
    """List the cells of functions that are not valid Python, with the line and the reason; no code is run."""
    from IPython.core.inputtransformer2 import TransformerManager

    found = []
    for cell in cells:
        if cell.kind == "code" and cell.grade_id in visible_key.points(assignment):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # such as one on `is` with a number: the code runs anyway
                    ast.parse(TransformerManager().transform_cell(cell.source))
            except SyntaxError as error:
                found.append(f"{cell.grade_id} (line {error.lineno}: {error.msg})")
            except (ValueError, RecursionError, MemoryError):
                found.append(cell.grade_id)
    return found


def _written(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(seconds))
