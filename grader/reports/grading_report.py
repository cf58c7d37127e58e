"""Hold the outcome of a grading run: the results of a class, and the paths of everything that was written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.judging.result import Result
from grader.presentation.mark_view import messages


@dataclass(frozen=True)
class Change:
    """A mark that differs from the one of the previous run."""

    student: str
    exercise: str
    before: float
    after: float


@dataclass
class Report:
    """The report of a grading run.

    Attributes:
        folder -- holds the tables of grades and the page of statistics
        canvas -- by student, Canvas's own id, if a file's name contains it
        results -- by student
        feedback -- by student, the path of the feedback page
        changes -- marks that differ from those of the previous run
        problems -- results that could not be recorded, one sentence each
        ignored -- names of files in the folder that are no hand-ins
        others -- number of students only in the gradebook: they were graded before, from another folder
        sandbox -- how hand-ins were run: "bubblewrap", or "none"
    """

    assignment: str
    seed: int
    maximum: float
    folder: Path
    canvas: dict[str, str] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    feedback: dict[str, Path] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    others: int = 0
    sandbox: str = ""

    @property
    def grades(self) -> Path:
        """The path of the table of grades."""
        return self.folder / f"{self.assignment}.csv"


def as_json(report: Report) -> dict[str, Any]:
    """Return a whole run as data: for each student and exercise the points, maximum, status and messages."""
    return {
        "assignment": report.assignment,
        "seed": report.seed,
        "maximum": report.maximum,
        "sandbox": report.sandbox,
        "students": {student: _result_as_json(result) for student, result in report.results.items()},
        "ignored": report.ignored,
        "changes": [asdict(change) for change in report.changes],
    }


def _result_as_json(result: Result) -> dict[str, Any]:
    return {
        "total": result.total,
        "late": result.late,
        "written": result.written,
        "status": result.status,
        "points": result.points,
        "messages": result.notes,
        "seconds": round(result.seconds, 2),
        "reused": result.reused,
        "exercises": {
            name: {
                "points": mark.points,
                "maximum": mark.maximum,
                "status": mark.status,
                "messages": messages(mark),
            }
            for name, mark in result.marks.items()
        },
    }
