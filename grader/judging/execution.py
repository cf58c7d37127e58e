"""Run the cells of a hand-in: those that its functions need, all of them, or set-up and functions alone.

If a cell hangs or kills its kernel, only that cell is left out: the rest is run again in a new kernel.
"""

from __future__ import annotations

import time

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from grader.judging.definitions import definitions, only_defines
from grader.judging.needed_cells import needed_cells
from grader.sandbox.kernel import ExecutionOutcome, Kernel
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.limits import Limits
from grader.submission.cells import (
    grade_id_of,
    is_defined,
    is_extra,
    is_missing,
    is_setup,
    is_test,
    is_training,
    is_written_by_the_student,
    tested_function,
)

# `exit()`, `quit()` and `do_shutdown` end a kernel after the cell, when another cell runs: here they do nothing.
STAY = "get_ipython().unobserve_all('exit_now')"
# The types of a student's outputs that a page can show without trusting them.
INERT = ("image/png", "image/jpeg", "text/plain")


class NotebookRun:
    """The cells of one hand-in, run in a kernel; a context manager that ends the kernel.

    Given cells that only show something are left out, unless a student's cell reads a variable of theirs.

    Attributes:
        cells -- of the rebuilt notebook
        needed -- indices of the given cells whose variables a student's cell reads
        left_out -- indices of the cells that are not run
        outcomes -- of the cells that were run, by index
        notes -- on cells that failed, for the feedback
    """

    def __init__(self, cells: list[NotebookNode], limits: Limits, kernels: KernelFactory):
        self.cells = cells
        self.limits, self.kernels = limits, kernels
        self.end = time.monotonic() + limits.submission_seconds
        self.room = limits.outputs  # bytes of memory that are left for outputs
        self.texts = {i: cell.source for i, cell in enumerate(self.cells)}
        self.outcomes: dict[int, ExecutionOutcome] = {}
        self.notes: list[str] = []
        run = {i: cell for i, cell in enumerate(cells) if _is_run(cell)}
        showing = {i: cell.source for i, cell in run.items() if _only_shows(cell)}
        written = [cell.source for cell in run.values() if is_written_by_the_student(cell)]
        self.needed = needed_cells(written, showing)
        self.left_out: set[int] = {*range(len(cells))} - run.keys() | (showing.keys() - self.needed)
        self.kernel: Kernel | None = None

    def __enter__(self) -> NotebookRun:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the kernel; `ready` starts another one."""
        if self.kernel:
            self.kernel.close()
            self.kernel = None

    def every_cell(self) -> NotebookRun:
        """Return another run of this hand-in, in the same time: of every cell but those that train, as the student ran it."""
        whole = NotebookRun(self.cells, self.limits, self.kernels)
        whole.end = self.end
        whole.left_out = {i for i, cell in enumerate(self.cells) if not _is_run(cell)}
        return whole

    def functions_alone(self) -> tuple[NotebookRun, bool]:
        """Return another run of this hand-in, in the same time: of set-up cells and of what the student's cells define.

        Cells of the student's own that do more than define are left out. Also returned is whether any is.
        """
        alone = NotebookRun(self.cells, self.limits, self.kernels)
        alone.end = self.end
        alone.left_out |= alone.needed
        functions = [name for name in map(tested_function, self.cells) if name]
        in_their_cells = {grade_id_of(cell) for cell in self.cells if not is_missing(cell)} & {*functions}
        differs = False
        for index, cell in enumerate(self.cells):
            if index in alone.left_out:
                continue
            if is_extra(cell) and not only_defines(cell.source):
                if any(is_defined(name, cell.source) for name in functions):
                    alone.texts[index] = definitions(cell.source, functions, in_their_cells)
                else:
                    alone.left_out.add(index)
            elif is_written_by_the_student(cell):
                alone.texts[index] = definitions(cell.source, functions)
            differs = differs or index in alone.left_out or alone.texts[index] != cell.source
        return alone, differs

    def ready(self) -> Kernel | None:
        """Return a running kernel in which every cell has been run; None when the hand-in's time is used up."""
        while self.kernel is None or self.kernel.dead:
            self.close()
            if self.seconds_left <= 0:
                return None
            self.kernel = self.kernels.start()
            self.kernel.run(STAY, self.limits.cell_seconds)
            self._run_cells(self.kernel)
        return self.kernel

    def _run_cells(self, kernel: Kernel) -> None:
        for index, cell in enumerate(self.cells):
            if index in self.left_out:
                continue
            if self.seconds_left <= 0:
                self.close()
                return
            seconds, keep = min(self.limits.cell_seconds, self.seconds_left), min(self.limits.output, self.room)
            outcome = kernel.run(self.texts[index], seconds, keep)
            first_time = index not in self.outcomes
            if first_time or outcome.stopped:
                self.outcomes[index] = outcome
                self.room -= outcome.size
            if outcome.stopped:
                self._leave_out(index, outcome.stopped)
                return
            if first_time:
                self._note(cell, outcome)

    @property
    def seconds_left(self) -> float:
        """The time that this hand-in may still take."""
        return self.end - time.monotonic()

    @property
    def too_long(self) -> str:
        """Why nothing is run or asked any more when that time is over."""
        return f"not run: the hand-in as a whole took more than {self.limits.submission_seconds:g} s"

    def _note(self, cell: NotebookNode, outcome: ExecutionOutcome) -> None:
        if outcome.cut and self.room > 0:
            self.notes.append(f"{_what(cell)} printed more than {self.limits.output / 1e6:g} MB; the rest was cut.")
        elif outcome.cut and outcome.size:
            self.notes.append(
                f"The cells printed more than {self.limits.outputs / 1e6:g} MB together; the rest was cut."
            )
        if outcome.raised and is_written_by_the_student(cell):
            self.notes.append(f"{_what(cell)} raised {outcome.raised}.")

    def _leave_out(self, index: int, reason: str) -> None:
        """Leave out the cell that ended the kernel.

        If it is a given cell, leave out all given cells that only show something.
        """
        cell = self.cells[index]
        self.left_out.add(index)
        if not is_written_by_the_student(cell):
            self.left_out |= {i for i, other in enumerate(self.cells) if _only_shows(other)}
        self.notes.append(f"{_what(cell)} {reason}; the rest was run without it.")

    @property
    def raised(self) -> bool:
        """Whether a cell of the student's has stopped with an error."""
        return any(outcome.raised and is_written_by_the_student(self.cells[i]) for i, outcome in self.outcomes.items())

    def write_outputs(self) -> None:
        """Put the cells' outputs into the notebook, as far as a page can show them without trusting them."""
        for number, (index, outcome) in enumerate(sorted(self.outcomes.items())):
            cell = self.cells[index]
            cell.execution_count = number + 1
            cell.outputs = [from_dict(output) for output in map(_inert, outcome.outputs) if output]
            if outcome.stopped:
                text = f"[grader] This cell {outcome.stopped}.\n"
                cell.outputs.append(new_output("stream", name="stdout", text=text))


def _what(cell: NotebookNode) -> str:
    if is_extra(cell):
        return "A cell that you added"
    name = grade_id_of(cell)
    return f"The cell of {name}" if name else "A given cell that calls your functions"


def _is_run(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not (is_test(cell) or is_training(cell) or is_missing(cell))


def _only_shows(cell: NotebookNode) -> bool:
    return not is_written_by_the_student(cell) and not is_setup(cell)


def _inert(output: dict) -> dict | None:
    if "data" not in output:
        return output
    data = {kind: content for kind, content in output["data"].items() if kind in INERT}
    return {"output_type": "display_data", "data": data, "metadata": output["metadata"]} if data else None
