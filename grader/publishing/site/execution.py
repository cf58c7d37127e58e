"""The notebooks of the course book, run: outputs of the right solutions below the cells that a student gets.

A notebook is run again only when what it is made from has changed; what is kept on disk has no solution in it.
"""

from __future__ import annotations

import json
import os
import subprocess
from tempfile import TemporaryDirectory
from typing import Protocol

import nbformat
from nbformat import NotebookNode

from grader.base.course import Course
from grader.base.dependencies import of_executed_notebook
from grader.base.errors import CourseError
from grader.base.files import write_atomically
from grader.publishing import build

CELL_SECONDS = 3600  # of a cell that trains, on a slow and busy machine
# The numbers in the prose are those of the networks that come along; a bar that has run to its end says nothing.
ENVIRONMENT = {"COURSE_PRETRAINED": "own", "TQDM_DISABLE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


class OnCell(Protocol):
    """Is told of each cell that begins to run: how many are done, and of how many."""

    def __call__(self, *, completed: float, total: float) -> object: ...


class BookError(CourseError):
    """The course book cannot be built, or is not what it must be; the message says where."""


def executed(name: str, course: Course, on_cell: OnCell | None = None) -> NotebookNode:
    """The student's notebook with the outputs that right functions give.

    Arguments:
        name -- the assignment
        course -- whose folder keeps what has been run
        on_cell -- told of each cell that begins to run

    Raises:
        BookError -- names the notebook and the cell that does not run
    """
    path = course.folder / "executed" / f"{name}.ipynb"
    digest = made_from(name)
    if path.exists():
        kept = nbformat.read(path, 4)
        if kept.metadata.get("made_from") == digest:
            return kept
    build.ensure(name, course)
    notebook = nbformat.read(course.release(name), 4)
    solved = build.instructor_notebook(name)
    run(name, solved, on_cell)
    copy_outputs(solved, notebook)
    notebook.metadata["made_from"] = digest
    write_atomically(path, nbformat.writes(notebook))
    return notebook


def is_kept(name: str, course: Course) -> bool:
    """Whether `executed` has only to read."""
    path = course.folder / "executed" / f"{name}.ipynb"
    return path.exists() and nbformat.read(path, 4).metadata.get("made_from") == made_from(name)


def made_from(name: str) -> str:
    """Digest of all that the outputs of a notebook depend on."""
    import data
    from data.lookup import at_hand

    archives = {one.name: one.archive for one in data.weights()}
    archives |= {one.name: one.archive for one in data.sets() if one.archive}
    here = [one for one, archive in archives.items() if at_hand(one, archive)]
    return of_executed_notebook(name, json.dumps([ENVIRONMENT, here]))


def run(name: str, notebook: NotebookNode, on_cell: OnCell | None = None) -> None:
    """Run a notebook's cells in a kernel of this environment; outputs are put in place.

    Raises:
        BookError -- names the notebook and the cell that does not run
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    place = name

    def begin(cell: NotebookNode, cell_index: int) -> None:
        nonlocal place
        place = f"{name}, cell {cell_index + 1} ({cell.source.strip().splitlines()[0]!r})"
        if on_cell:
            on_cell(completed=cell_index, total=len(notebook.cells))

    environment = {key: value for key, value in os.environ.items() if key != "COURSE_QUICK"} | ENVIRONMENT
    with TemporaryDirectory() as folder:
        environment["COURSE_FOLDER"] = folder  # the learner's own record is neither touched nor shown
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            on_cell_start=begin,
        )
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raise BookError(f"{place} stops: {error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            raise BookError(f"{place} runs for more than {CELL_SECONDS} s.") from None
        except DeadKernelError:
            raise BookError(f"The kernel has died in {place}; memory may be short.") from None


def copy_outputs(solved: NotebookNode, notebook: NotebookNode) -> None:
    """Put the outputs of the solved notebook below the same cells of the student's, and what its widgets hold.

    Raises:
        BookError -- where the two do not have the same cells
    """
    if [cell.id for cell in solved.cells] != [cell.id for cell in notebook.cells]:
        raise BookError("The notebook that was run and the student's do not have the same cells: run `course build`.")
    for ran, cell in zip(solved.cells, notebook.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    if "widgets" in solved.metadata:
        notebook.metadata["widgets"] = solved.metadata["widgets"]
