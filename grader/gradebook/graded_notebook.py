"""Put a result into the form that nbgrader reads: the rebuilt notebook with its marks in the test cells."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.judging.result import Result
from grader.presentation import mark_view
from grader.scoring.marks import Mark
from grader.submission.cells import OURS, tested_function


def graded_notebook(result: Result) -> NotebookNode:
    """Return a result's notebook with every mark written into its test cell, once, as HTML and as text.

    nbgrader reads the points from the one number among a cell's outputs; the displayed output is for people.
    """
    notebook = result.read_notebook()
    notebook.metadata[OURS] = {"notes": result.notes, "seed": result.seed}
    for cell in notebook.cells:
        mark = result.marks.get(tested_function(cell))
        if mark:
            write_mark(cell, mark)
    return notebook


def write_mark(cell: NotebookNode, mark: Mark) -> None:
    """Write a mark into its test cell."""
    shown = {"text/html": mark_view.html(mark), "text/plain": mark_view.text(mark)}
    cell.metadata[OURS] = {"name": mark.name, "status": mark.status, "points": mark.points}
    cell.execution_count = None
    cell.outputs = [
        new_output("display_data", shown),
        new_output("execute_result", {"text/plain": f"{mark.points}"}, execution_count=None),
    ]
