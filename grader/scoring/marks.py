"""The marks of a function, case by case: made once by `assess`, then stored and shown unchanged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CaseMark:
    """The mark of one case: whether it passed, and what to say about it.

    Attributes:
        title -- what is special about the case
        passed -- whether the answer counts
        what -- how the answer differs, without any expected value, so that it can be shown for hidden cases
        expected, yours -- the two in short, for visible cases only
        outcome -- "passed", "wrong", "raised", "unwritten", "undefined" or "stopped"
    """

    title: str
    passed: bool
    what: str
    outcome: str
    expected: str = ""
    yours: str = ""


@dataclass
class Mark:
    """The mark of one exercise.

    Attributes:
        status -- "passed", "partial", "failed", "error", "timeout", "missing" or "rejected"
        points, maximum -- the points given, and the most that can be given
        cases -- one mark per case
        slip -- (title, help) of the slip, or the two, that explain the wrong answers, if any do
        notes -- further remarks: a rule that was broken, a helper that was replaced
        hint -- the first step of help, for the feedback on a function that does not pass
    """

    name: str
    status: str
    points: float
    maximum: float
    cases: list[CaseMark]
    slip: tuple[str, str] | None = None
    notes: list[str] = field(default_factory=list)
    hint: str = ""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Mark:
        """Return a mark from what `dataclasses.asdict` made of it."""
        cases = [CaseMark(**case) for case in data["cases"]]
        return cls(**{**data, "cases": cases, "slip": tuple(data["slip"]) if data["slip"] else None})
