"""Keep what handing in late costs: set once for an assignment, and applied by every way of grading it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

from grader.base.course import Course
from grader.base.errors import CourseError
from grader.base.files import write_atomically

DAY = 24 * 60 * 60  # seconds
# A day, the time of the day, and all the rest: the zone.
TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]\s*(\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[ap]m)?|\d\d? ?[ap]m))?\s*(.*)",
    re.DOTALL | re.IGNORECASE,
)
OFFSET = re.compile(r"(?:Z|UTC|GMT)?\s*(?:([+-])([01]?\d)(?::?([0-5]\d))?)?", re.IGNORECASE)


class BadTime(CourseError):
    """Signals that a time cannot be read; the message says what was expected."""


@dataclass(frozen=True)
class Policy:
    """The share of the reached points that is taken off for being late.

    Attributes:
        percent -- for each day that has begun since the due date
        at_most -- percent, however late it is
    """

    percent: float = 0.0
    at_most: float = 100.0

    def penalty(self, score: float, seconds: float) -> float:
        """Return the points taken off a score that came that many seconds after the due date."""
        days = math.ceil(max(0.0, seconds) / DAY)
        return round(score * min(self.percent * days, self.at_most, 100.0) / 100, 2)


def policy_of(course: Course, assignment: str) -> Policy:
    """Return the policy of an assignment; without one, being late costs nothing."""
    return Policy(**_read(course).get(assignment, {}))


def set_policy(course: Course, assignment: str, policy: Policy) -> None:
    """Store the policy of an assignment in the course's folder."""
    path = _path(course)
    write_atomically(path, json.dumps({**_read(course), assignment: asdict(policy)}, indent=1) + "\n")


def _path(course: Course) -> Path:
    return course.folder / "late.json"


def _read(course: Course) -> dict[str, dict[str, float]]:
    path = _path(course)
    return json.loads(path.read_text()) if path.exists() else {}


def read_time(text: str, of_a_day: str = "00:00") -> datetime:
    """Read a time, and return it in UTC without its zone, as nbgrader keeps it; a time without a zone is local time.

    A zone is UTC, GMT, Z, a difference such as +01:00 or UTC+1, or a place such as Europe/Berlin. Abbreviations such as
    CET or EST are refused: some stand for several zones, and some differ from the time that was meant in summer.

    Arguments:
        text -- begins with year, month and day, since 01.12.2026 means different days in different countries
        of_a_day -- the hour that is meant if only a day is given

    Raises:
        BadTime -- if the text is not such a time
    """
    from dateutil import parser, tz

    text = text.strip()
    try:
        found = TIME.fullmatch(text)
        if not found:
            raise ValueError
        day, time, zone = found.groups()
        return (
            parser.parse(f"{day} {time or of_a_day}")
            .replace(tzinfo=_zone(zone))
            .astimezone(tz.UTC)
            .replace(tzinfo=None)
        )
    except (ValueError, OverflowError):
        raise BadTime(f"{text[:40]!r} is no time: expected one like 2026-12-01 18:30.") from None


def _zone(text: str) -> tzinfo:
    """Return the zone that a text means; without a text, that of this machine.

    Raises:
        BadTime -- if there is no such zone
        ValueError -- if the text is none: a time that is written in another way
    """
    from dateutil import tz

    if not text:
        return tz.tzlocal()
    offset = OFFSET.fullmatch(text)
    if offset:
        sign, hours, minutes = offset.groups()
        return timezone((-1 if sign == "-" else 1) * timedelta(hours=int(hours or 0), minutes=int(minutes or 0)))
    place = tz.gettz(text) if re.fullmatch(r"[A-Za-z_]+(/[\w+-]+)+", text) else None
    if place is None:
        if re.search(r"\d", text) and not re.match(r"(Z|UTC|GMT)?\s*[+-]", text, re.IGNORECASE):
            raise ValueError
        raise BadTime(f"The time zone {text[:20]!r} is not understood: expected UTC, +01:00 or Europe/Berlin.")
    return place
