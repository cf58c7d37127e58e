"""Forge the parts of a notebook beside its sources: the grader discards them, so they must not change any mark."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from grader.submission.cells import grade_id_of, is_test


def skip_execution(notebook: NotebookNode) -> None:
    """Tag every cell so that nbclient does not run it: nbgrader counts such a cell as passed."""
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]


def raises_exception(notebook: NotebookNode) -> None:
    """Tag every cell as expected to fail, so that failed tests do not count."""
    for cell in notebook.cells:
        cell.metadata["tags"] = ["raises-exception", "remove-cell", "training", "setup"]


def changed_points(notebook: NotebookNode) -> None:
    """Make tests worth more, a negative number of points, or something that is not a number."""
    for number, data in enumerate(_nbgrader(notebook)):
        data["points"] = (1000, -5, 1e308, "all")[number % 4]
        data["max_score"] = 1000


def flipped_flags(notebook: NotebookNode) -> None:
    """Mark answers as tests and tests as answers, and lock nothing."""
    for data in _nbgrader(notebook):
        data.update(grade=not data.get("grade"), solution=not data.get("solution"), locked=False, task=True)


def doubled_tests(notebook: NotebookNode) -> None:
    """Insert every test twice, the copy with 100 as its source: a doubled grade_id aborts stock nbgrader."""
    for index in reversed(_tests(notebook)):
        copy = deepcopy(notebook.cells[index])
        copy.id = f"copy-{index}"
        copy.source = "100"
        notebook.cells.insert(index + 1, copy)


def reversed_order(notebook: NotebookNode) -> None:
    """Move every test above what it tests."""
    tests = [notebook.cells[index] for index in _tests(notebook)]
    notebook.cells = tests[::-1] + [cell for cell in notebook.cells if cell not in tests]


def deleted_tests(notebook: NotebookNode) -> None:
    """Delete every test."""
    tests = _tests(notebook)
    notebook.cells = [cell for index, cell in enumerate(notebook.cells) if index not in tests]


def retyped_tests(notebook: NotebookNode) -> None:
    """Turn tests into text cells or raw cells, which are not run."""
    for number, index in enumerate(_tests(notebook)):
        notebook.cells[index].cell_type = ("markdown", "raw")[number % 2]


def rewritten_tests(notebook: NotebookNode) -> None:
    """Replace the source of every test by 100."""
    for index in _tests(notebook):
        notebook.cells[index].source = "100"


def renamed_tests(notebook: NotebookNode) -> None:
    """Give every test the name of one test, to get its marks many times."""
    tests = [grade_id_of(notebook.cells[index]) for index in _tests(notebook)]
    for index in _tests(notebook):
        notebook.cells[index].metadata["nbgrader"]["grade_id"] = tests[0]


def foreign_kernelspec(notebook: NotebookNode) -> None:
    """Name another language and another program for the kernel."""
    notebook.metadata["kernelspec"] = {"name": "evil", "display_name": "evil", "argv": ["sh"], "language": "bash"}
    notebook.metadata["language_info"] = {"name": "bash", "file_extension": "/../../evil"}


def forged_outputs(notebook: NotebookNode) -> None:
    """Add outputs of tests that pass, as nbgrader and our own judge write them."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            page = new_output("display_data", {"text/html": "<b>100 of 100 points</b>"})
            cell.outputs = [page, new_output("execute_result", {"text/plain": "100"}, execution_count=1)]
            cell.execution_count = 1
        cell.metadata["convnets"] = {
            "points": 1000,
            "maximum": 1000,
            "status": "passed",
            "extra": True,
            "missing": True,
        }


def changed_ids(notebook: NotebookNode) -> None:
    """Replace cell ids by doubled ones, by a path, and by ones that are too long."""
    for number, cell in enumerate(notebook.cells):
        cell.id = ("same", "../../evil", "x" * 10_000)[number % 3]


def back_dated(notebook: NotebookNode) -> None:
    """Add a time stamp from before the deadline in every place that could hold one."""
    stamp = "2000-01-01 00:00:00 UTC"
    notebook.metadata.update(timestamp=stamp, created=stamp, submitted=stamp, date=stamp)
    for cell in notebook.cells:
        cell.metadata.update(timestamp=stamp, execution={"iopub.execute_input": stamp, "shell.execute_reply": stamp})


def attachments(notebook: NotebookNode) -> None:
    """Attach files to cells, with names that lead out of every folder."""
    for cell in notebook.cells:
        cell["attachments"] = {
            "../../../../tmp/convnets-left-behind": {"text/plain": "x"},
            "/etc/x": {"image/png": "x"},
        }


FORGERIES: tuple[Callable[[NotebookNode], None], ...] = (
    skip_execution,
    raises_exception,
    changed_points,
    flipped_flags,
    doubled_tests,
    reversed_order,
    deleted_tests,
    retyped_tests,
    rewritten_tests,
    renamed_tests,
    foreign_kernelspec,
    forged_outputs,
    changed_ids,
    back_dated,
    attachments,
)


def forge(notebook: NotebookNode, forgery: Callable[[NotebookNode], None]) -> bytes:
    """Return the file of a forged notebook, written without nbformat, which would refuse many forgeries."""
    forged = deepcopy(notebook)
    forgery(forged)
    return json.dumps(forged).encode()


def everything(notebook: NotebookNode) -> None:
    """Apply every forgery, one after the other."""
    for forgery in FORGERIES:
        forgery(notebook)
    notebook.cells.append(
        new_code_cell("100", metadata={"nbgrader": {"grade": True, "points": 100, "grade_id": "more"}})
    )


def _tests(notebook: NotebookNode) -> list[int]:
    """Return the indices of the tests."""
    return [index for index, cell in enumerate(notebook.cells) if is_test(cell)]


def _nbgrader(notebook: NotebookNode) -> list[dict]:
    return [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
