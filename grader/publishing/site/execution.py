"""Run the notebooks of the course book: the student's cells, with the outputs of correct solutions below them.

A notebook is run again only if its sources have changed; the copy kept on disk contains no solutions.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode

from grader.base.course import Course
from grader.base.dependencies import of_executed_notebook
from grader.base.errors import CourseError
from grader.base.files import write_atomically
from grader.publishing import build

CELL_SECONDS = 3600  # enough for a cell that trains, on a slow and busy machine
LOOK_SECONDS = 2  # how often a socket is looked at, see `_look_again`
# The numbers in the prose come from the networks included in the course, and a finished progress bar is no information.
ENVIRONMENT = {"COURSE_PRETRAINED": "own", "TQDM_DISABLE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


class OnCell(Protocol):
    """A callback that is called when a cell begins to run, with the number of finished cells and of all cells."""

    def __call__(self, *, completed: float, total: float) -> object: ...


class BookError(CourseError):
    """Signals that the course book cannot be built, or has flaws; the message says where."""


def executed(name: str, course: Course, on_cell: OnCell | None = None) -> NotebookNode:
    """Return the student's notebook with the outputs that correct functions give.

    Arguments:
        name -- the assignment
        course -- its folder keeps notebooks that have been run
        on_cell -- called when a cell begins to run

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
    """Say whether `executed` only has to read a kept notebook."""
    path = course.folder / "executed" / f"{name}.ipynb"
    return path.exists() and nbformat.read(path, 4).metadata.get("made_from") == made_from(name)


def made_from(name: str) -> str:
    """Return a digest of everything that the outputs of a notebook depend on."""
    import data
    from data.lookup import at_hand

    archives = {one.name: one.archive for one in data.weights()}
    archives |= {one.name: one.archive for one in data.sets() if one.archive}
    here = [one for one, archive in archives.items() if at_hand(one, archive)]
    return of_executed_notebook(name, json.dumps([ENVIRONMENT, here]))


def run(name: str, notebook: NotebookNode, on_cell: OnCell | None = None) -> None:
    """Run a notebook's cells in a kernel of this environment, and put the outputs into the notebook.

    Raises:
        BookError -- names the notebook and the cell that does not run
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    place = name

    def begin(cell: NotebookNode, cell_index: int) -> None:
        nonlocal place
        if place == name and client.kc:
            _look_again(client.kc.shell_channel)
            _look_again(client.kc.iopub_channel)
        place = f"{name}, cell {cell_index + 1} ({cell.source.strip().splitlines()[0]!r})"
        if on_cell:
            on_cell(completed=cell_index, total=len(notebook.cells))

    environment = {key: value for key, value in os.environ.items() if key != "COURSE_QUICK"} | ENVIRONMENT
    with TemporaryDirectory() as folder:
        environment["COURSE_FOLDER"] = folder  # so that the user's own record is neither changed nor shown
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


def _look_again(channel: Any) -> None:
    """Let a channel of a kernel's client look at its socket again and again while it waits for a message.

    Otherwise it waits for ZeroMQ to report one, and one in some hundred kernels was seen whose answer had come and was
    never reported.
    """
    wait = channel.get_msg

    async def get_msg(timeout: float | None = None) -> dict[str, Any]:
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while (left := end - time.monotonic()) > LOOK_SECONDS:
            with suppress(Empty):
                return await wait(timeout=LOOK_SECONDS)
        return await wait(timeout=max(0, left))

    channel.get_msg = get_msg


def copy_outputs(solved: NotebookNode, notebook: NotebookNode) -> None:
    """Copy the outputs and widget states of the solved notebook to the same cells of the student's notebook.

    Raises:
        BookError -- if the two do not have the same cells
    """
    if [cell.id for cell in solved.cells] != [cell.id for cell in notebook.cells]:
        raise BookError("The notebook that was run and the student's do not have the same cells: run `course build`.")
    for ran, cell in zip(solved.cells, notebook.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    if "widgets" in solved.metadata:
        notebook.metadata["widgets"] = solved.metadata["widgets"]
