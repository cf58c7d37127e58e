"""Marks: what a function got, case by case. Made once by `assess`, stored and shown as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CaseMark:
    """One case: whether it passed, and what to say of it.

    Attributes:
        title -- what is special about the case
        passed -- whether the answer counts
        what -- how the answer differs, without any expected value: fit for hidden cases
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
    """An exercise's marks.

    Attributes:
        status -- "passed", "partial", "failed", "error", "timeout", "missing" or "rejected"
        points, maximum -- what it got, and could get
        cases -- one mark a case
        slip -- (title, help) of the slip that explains every wrong answer, if one does
        notes -- what else is to be said: a rule that was broken, a helper that was replaced
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
        """Read what `dataclasses.asdict` made of a mark."""
        cases = [CaseMark(**case) for case in data["cases"]]
        return cls(**{**data, "cases": cases, "slip": tuple(data["slip"]) if data["slip"] else None})
