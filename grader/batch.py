"""A folder of hand-ins in; gradebook, feedback pages, a table of grades and a report out.

Every hand-in gets a result. Only this process touches the gradebook; what judges a hand-in gets bytes and returns data.
"""

from __future__ import annotations

import csv
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from grader import build, handin, judge, sandbox
from grader.course import ConversionFailed, Course, convert, quiet_gradebook
from grader.errors import CourseError
from grader.exercise import load
from grader.judge import Graded, Rulebook
from grader.key import draw

ARCHIVES = (".zip", ".gz", ".tgz", ".7z", ".rar")


@dataclass(frozen=True)
class HandIn:
    """One student's file, or the reason why there is none to read."""

    student: str
    path: Path
    notes: list[str] = field(default_factory=list)
    problem: str = ""


@dataclass
class Report:
    """What a grading run came to: results by student, and where everything was written."""

    assignment: str
    seed: int
    results: dict[str, Graded]
    totals: dict[str, float]
    maximum: float
    feedback: dict[str, Path]
    grades: Path
    problems: list[str] = field(default_factory=list)


class NothingToGrade(CourseError):
    """The folder holds no hand-in; the message says what was looked for."""


def find(folder: Path, assignment: str) -> list[HandIn]:
    """The hand-ins in a folder: STUDENT/<assignment>.ipynb or STUDENT.ipynb, by student.

    Raises:
        NothingToGrade -- where there is none
    """
    if not folder.is_dir():
        raise NothingToGrade(f"There is no folder {folder}.")
    found: dict[str, HandIn] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and path.suffix not in (".ipynb", *ARCHIVES):
            continue
        name = path.name if is_folder else path.stem
        if name in found:
            found[name].notes.append(f"{path.name} was left out: this student has another hand-in.")
        else:
            student = _student(name, {one.student for one in found.values()})
            problem = f"{path.name} is an archive. Hand in the notebook itself." if path.suffix in ARCHIVES else ""
            found[name] = _in_folder(path, student, assignment) if is_folder else HandIn(student, path, problem=problem)
    if not found:
        raise NothingToGrade(f"No hand-in in {folder}: expected STUDENT/{assignment}.ipynb or STUDENT.ipynb.")
    return list(found.values())


def _in_folder(folder: Path, student: str, assignment: str) -> HandIn:
    path = folder / f"{assignment}.ipynb"
    if path.exists() or path.is_symlink():
        return HandIn(student, path)
    others = sorted(other for other in folder.glob("*.ipynb") if not other.name.startswith("."))
    if len(others) == 1:
        return HandIn(student, others[0], notes=[f"{others[0].name} was taken for {assignment}.ipynb."])
    what = f"found: {', '.join(other.name for other in others[:5])}" if others else "the folder holds no notebook"
    return HandIn(student, path, problem=f"There is no {assignment}.ipynb ({what}).")


def _student(name: str, taken: set[str]) -> str:
    """A student's id: the name without what is a wildcard in nbgrader's paths, and unlike every other student's."""
    plain = student = re.sub(r"[^\w.@+-]", "_", name)
    number = 2
    while student in taken:
        student, number = f"{plain}-{number}", number + 1
    return student


def grade_folder(
    assignment: str,
    folder: Path,
    course: Course,
    sandboxed: bool = True,
    limits: sandbox.Limits | None = None,
    on_result: Callable[[str, Graded], None] = lambda student, graded: None,
) -> Report:
    """Grade every hand-in of a folder.

    Arguments:
        on_result -- called with each student and result, as it comes

    Raises:
        NothingToGrade, sandbox.NoSandbox, exercise.NoSuchAssignment -- before anything is run or written
    """
    declared = load(assignment)
    handins = find(folder, assignment)
    if sandboxed:
        sandbox.require()
    build.ensure(assignment, course)
    released = nbformat.read(course.release(assignment), 4)
    seed = secrets.randbits(63)
    rulebook = Rulebook(declared, released, draw(declared, seed), limits or sandbox.Limits(), sandboxed)

    report = Report(
        assignment, seed, {}, {}, build.points(released), {}, course.folder / "grades" / f"{assignment}.csv"
    )
    for one, raw, graded in _judge_each(handins, rulebook):
        report.results[one.student] = graded
        _record(one, raw, graded, course, report)
        on_result(one.student, graded)
    _write_grades(report)
    return report


def _judge_each(handins: list[HandIn], rulebook: Rulebook) -> Iterator[tuple[HandIn, bytes, Graded]]:
    for one in handins:
        raw = b""
        try:
            if one.problem:
                raise handin.Rejected(one.problem)
            raw = handin.read_file(one.path)
            graded = judge.grade(raw, rulebook)
        except handin.Rejected as reason:
            graded = judge.reject(str(reason), rulebook)
        except Exception as error:  # whatever goes wrong with one hand-in, the others are graded
            graded = judge.reject(f"The grader failed on this hand-in ({type(error).__name__}: {error}).", rulebook)
            for mark in graded.marks.values():
                mark.status = "error"
        graded.notes[:0] = one.notes
        yield one, raw, graded


def _record(one: HandIn, raw: bytes, graded: Graded, course: Course, report: Report) -> None:
    """Put one result into nbgrader's folders, the gradebook and a feedback page."""
    name = report.assignment
    submitted = course.path("submitted", name, one.student)
    submitted.mkdir(parents=True, exist_ok=True)
    # nbgrader cannot open whatever students save: it gets the rebuilt notebook, and the file itself is kept beside it.
    (submitted / "original").write_bytes(raw)
    nbformat.write(graded.notebook, submitted / f"{name}.ipynb")
    graded.notebook.metadata["convnets"] = {"notes": graded.notes, "seed": report.seed}
    results = course.folder / "results" / name
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{one.student}.json").write_text(json.dumps({"notebook": graded.notebook, **as_json(graded)}))
    try:
        convert("Autograde", course, name, one.student, Judge={"results": str(results)})
        convert("GenerateFeedback", course, name, one.student)
    except ConversionFailed as error:
        report.problems.append(f"{one.student}: {error}")
        return
    report.feedback[one.student] = course.path("feedback", name, one.student) / f"{name}.html"
    report.totals[one.student] = _total(course, name, one.student)


def _total(course: Course, assignment: str, student: str) -> float:
    """The points in the gradebook: with marks that were given by hand, and late penalties."""
    from nbgrader.api import Gradebook

    with quiet_gradebook(), Gradebook(course.gradebook) as gradebook:
        notebook = gradebook.find_submission_notebook(assignment, assignment, student)
        return round(notebook.score - (notebook.late_submission_penalty or 0), 2)


def as_json(graded: Graded) -> dict[str, Any]:
    """A result as data: per exercise its points, maximum, status and messages."""
    return {
        "status": "rejected" if graded.rejected else "graded",
        "points": graded.points,
        "messages": graded.notes,
        "seconds": round(graded.seconds, 2),
        "exercises": {
            name: {
                "points": mark.points,
                "maximum": mark.maximum,
                "status": mark.status,
                "messages": messages(mark),
            }
            for name, mark in graded.marks.items()
        },
    }


def messages(mark: judge.Mark) -> list[str]:
    """What there is to say of a mark, without any expected value."""
    slip = [f"{mark.slip[0]}: {mark.slip[1]}"] if mark.slip else []
    return [*mark.notes, *slip, *(f"{case.title}: {case.what}" for case in mark.cases if not case.passed)]


def report_as_json(report: Report) -> dict[str, Any]:
    """A whole run as data."""
    students = {
        student: {"total": report.totals.get(student), **as_json(graded)} for student, graded in report.results.items()
    }
    return {"assignment": report.assignment, "seed": report.seed, "maximum": report.maximum, "students": students}


def _write_grades(report: Report) -> None:
    report.grades.parent.mkdir(parents=True, exist_ok=True)
    with report.grades.open("w", newline="") as file:
        table = csv.writer(file)
        names = list(next(iter(report.results.values())).marks)
        table.writerow(["student", "total", "maximum", "status", *names])
        for student, graded in report.results.items():
            status = "rejected" if graded.rejected else "graded"
            points = [graded.marks[name].points for name in names]
            table.writerow([_not_a_formula(student), report.totals.get(student, ""), report.maximum, status, *points])


def _not_a_formula(text: str) -> str:
    """A spreadsheet would run a name that starts like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
