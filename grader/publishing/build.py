"""Build the instructor's notebook and the student's notebook from one source: prose and solutions.

The prose is `notebooks/<a>/<a>.md`. A cell with the option `:exercise: name` is filled with that function of
`solutions/<a>.py`, and the cell that checks the function is put below it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.base import interrupts
from grader.base.course import Course
from grader.base.dependencies import digest, of_notebook
from grader.base.errors import CourseError
from grader.base.files import write_atomically
from grader.base.paths import ROOT
from grader.gradebook import database
from grader.gradebook.conversion import convert
from grader.spec import source
from grader.spec.exercise import Assignment
from grader.spec.registry import load
from grader.submission.cells import ANSWER, CHECK, grade_id_of

SCHEMA = {"schema_version": 3, "task": False}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class BuildError(CourseError):
    """Signals that the sources of an assignment are inconsistent; the message says which and how."""


def build(name: str, course: Course, notebooks: Path = ROOT / "notebooks") -> Path:
    """Build an assignment's notebooks: the instructor's, the released one and the student's.

    Arguments:
        name -- the assignment
        course -- receives the instructor's notebook (source/), the released one (release/) and the gradebook's entry
        notebooks -- folder whose <name>/<name>.ipynb becomes the student's notebook

    Returns:
        path of the student's notebook

    Raises:
        BuildError -- if prose, solutions and exercises are inconsistent
    """
    _into_course(name, course)
    target = notebooks / name / f"{name}.ipynb"
    write_atomically(target, course.release(name).read_bytes())
    return target


def ensure(name: str, course: Course) -> None:
    """Build an assignment into a course's folder and gradebook, unless that was done already from the same sources."""
    stamp = _stamp(name, course)
    same = stamp.exists() and stamp.read_text() == _made_from(name, course) and course.release(name).exists()
    if same and database.has(course, name):
        return
    _into_course(name, course)
    mark_as_built(name, course)


def mark_as_built(name: str, course: Course) -> None:
    """Note that an assignment in a course's folder is built from the sources as they are now."""
    write_atomically(_stamp(name, course), _made_from(name, course))


def _stamp(name: str, course: Course) -> Path:
    return course.path("source", name) / ".built"


def _made_from(name: str, course: Course) -> str:
    return digest(of_notebook(name), course.gradebook)  # a digest, because the address may hold a password


def points(notebook: NotebookNode) -> float:
    """Return the points of a notebook, including written answers."""
    return sum(cell.metadata["nbgrader"].get("points", 0) for cell in notebook.cells if "nbgrader" in cell.metadata)


def _into_course(name: str, course: Course) -> None:
    source = course.path("source", name) / f"{name}.ipynb"
    source.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(instructor_notebook(name), source)
    with interrupts.held():  # nbgrader starts alembic, which would answer Ctrl-C by itself
        convert("GenerateAssignment", course, name)


def instructor_notebook(name: str) -> NotebookNode:
    """Return the notebook with solutions, and with nbgrader's metadata."""
    import jupytext  # and much of Jupyter with it: only where something is built

    assignment = load(name)
    prose = ROOT / "notebooks" / name / f"{name}.md"
    cells: list[NotebookNode] = []
    for cell in jupytext.read(prose).cells:
        exercise = cell.metadata.pop("exercise", None)
        if exercise:
            cells += _exercise_cells(assignment, exercise, cell)
        elif "answer" in cell.metadata:
            cells.append(_answer_cell(cell))
        else:
            cells.append(cell)
    _require_all_functions_once(assignment, cells)
    _name_cells(cells)
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def _exercise_cells(assignment: Assignment, name: str, cell: NotebookNode) -> list[NotebookNode]:
    exercise = assignment.exercises[name]
    if cell.source.strip():
        raise BuildError(
            f"The cell of {name!r} in {assignment.name}.md must be empty: it is filled from the solutions."
        )
    text = source.cut(source.read(ROOT / "solutions" / f"{assignment.name}.py"), name).strip()
    if source.BEGIN not in text:
        raise BuildError(f"{name} in solutions/{assignment.name}.py has no {source.BEGIN!r} line.")
    solution = new_code_cell(text, metadata=dict(cell.metadata))
    solution.metadata["nbgrader"] = {**SCHEMA, "grade_id": name, "grade": False, "solution": True, "locked": False}
    test = new_code_cell(f"check({name})")
    test.metadata["nbgrader"] = {
        **SCHEMA,
        "grade_id": f"{CHECK}{name}",
        "grade": True,
        "solution": False,
        "locked": True,
        "points": exercise.points,
    }
    return [solution, test]


def _answer_cell(cell: NotebookNode) -> NotebookNode:
    topic, points = cell.metadata.pop("answer"), cell.metadata.pop("points")
    cell.metadata["nbgrader"] = {
        **SCHEMA,
        "grade_id": f"{ANSWER}{topic}",
        "grade": True,
        "solution": True,
        "locked": False,
        "points": points,
    }
    return cell


def _require_all_functions_once(assignment: Assignment, cells: list[NotebookNode]) -> None:
    asked = [cell.metadata["nbgrader"]["grade_id"] for cell in cells if "nbgrader" in cell.metadata]
    missing = [name for name in assignment.exercises if asked.count(name) != 1]
    if missing:
        raise BuildError(f"{assignment.name}.md must ask exactly once for: {', '.join(missing)}.")
    total = points(nbformat.v4.new_notebook(cells=cells))
    if total != 100:
        each = ", ".join(f"{name} {one.points:g}" for name, one in assignment.exercises.items())
        raise BuildError(
            f"The points of {assignment.name} sum to {total:g}, not to 100: {each}; the rest is for written answers."
        )


def _name_cells(cells: list[NotebookNode]) -> None:
    """Give cells ids that depend only on their content, so that the same sources give the same bytes."""
    seen: dict[str, int] = {}
    for cell in cells:
        identity = grade_id_of(cell)
        identity = identity or f"{cell.cell_type}-{hashlib.sha256(cell.source.encode()).hexdigest()[:10]}"
        seen[identity] = seen.get(identity, 0) + 1
        cell.id = identity if seen[identity] == 1 else f"{identity}-{seen[identity]}"
