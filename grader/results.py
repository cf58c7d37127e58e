"""What a grading run comes to, as data: a result for each student, small enough to hold a thousand of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.assess import CaseMark, Mark


@dataclass
class Result:
    """One student's result, without the notebook.

    Attributes:
        marks -- by exercise
        notes -- on the hand-in as a whole
        rejected -- why nothing could be judged, if so
        seconds -- what judging it took
        late -- points that being late has cost in the gradebook
        written -- points of written answers, by the cell's id; None where nobody has read one yet
        total -- the points in the gradebook, with manual marks and late penalties; None where it could not be recorded
        reused -- whether it was there already, from an earlier run on the same hand-in, release and exercises
    """

    student: str
    marks: dict[str, Mark]
    notes: list[str] = field(default_factory=list)
    rejected: str = ""
    seconds: float = 0.0
    late: float = 0.0
    written: dict[str, float | None] = field(default_factory=dict)
    total: float | None = None
    reused: bool = False

    @property
    def points(self) -> float:
        """What the judge gave, before manual marks and late penalties."""
        return round(sum(mark.points for mark in self.marks.values()), 2)

    @property
    def score(self) -> float:
        """What the gradebook has; the judge's points where it could not be recorded."""
        return self.points if self.total is None else self.total

    @property
    def unread(self) -> int:
        """How many written answers wait for a person."""
        return list(self.written.values()).count(None)

    @property
    def status(self) -> str:
        return "rejected" if self.rejected else "graded"


@dataclass(frozen=True)
class Change:
    """A mark that is not what it was in the run before."""

    student: str
    exercise: str
    before: float
    after: float


@dataclass
class Report:
    """What a grading run came to: results by student, and where everything was written."""

    assignment: str
    seed: int
    maximum: float
    folder: Path  # of grades.csv and its like
    canvas: dict[str, str] = field(default_factory=dict)  # by student, Canvas's own id, where a file's name says it
    results: dict[str, Result] = field(default_factory=dict)
    feedback: dict[str, Path] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    others: int = 0  # how many only the gradebook has: they were graded before, from another folder
    sandbox: str = ""  # how hand-ins were run: "bubblewrap", or that they ran unprotected

    @property
    def grades(self) -> Path:
        return self.folder / f"{self.assignment}.csv"


def mark_of(data: dict[str, Any]) -> Mark:
    """A mark from what `dataclasses.asdict` made of it."""
    cases = [CaseMark(**case) for case in data["cases"]]
    return Mark(**{**data, "cases": cases, "slip": tuple(data["slip"]) if data["slip"] else None})


def messages(mark: Mark) -> list[str]:
    """What there is to say of a mark, without any expected value."""
    slip = [f"{mark.slip[0]}: {mark.slip[1]}"] if mark.slip else []
    return [*mark.notes, *slip, *(f"{case.title}: {case.what}" for case in mark.cases if not case.passed)]


def as_json(report: Report) -> dict[str, Any]:
    """A whole run as data: per student and exercise points, maximum, status and messages."""
    return {
        "assignment": report.assignment,
        "seed": report.seed,
        "maximum": report.maximum,
        "sandbox": report.sandbox,
        "students": {student: _result_as_json(result) for student, result in report.results.items()},
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
