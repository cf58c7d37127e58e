"""Write a page for the instructor: statistics of a grading run about the class and about the exercises."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from grader.base.course import Course
from grader.judging.result import Result
from grader.presentation.status import WORDS
from grader.reports.feedback_page import TEMPLATES
from grader.reports.grading_report import Change, Report

STATUSES = tuple(WORDS)
BINS = 10
SLOWEST = 10
MOST_ROWS = 200
FEWEST = 3  # hand-ins that a correlation needs


@dataclass(frozen=True)
class Distribution:
    """The totals of a class, in points.

    Attributes:
        count -- number of hand-ins that have a total
        lower, upper -- quartiles
        bins -- (from, to, count); each without its upper end, except for the last
    """

    count: int
    mean: float
    median: float
    lower: float
    upper: float
    bins: list[tuple[float, float, int]]


@dataclass(frozen=True)
class SlipCount:
    """A slip with the number of hand-ins that have it, and their share of the hand-ins that could be judged."""

    exercise: str
    title: str
    count: int
    share: float


@dataclass(frozen=True)
class Item:
    """Statistics of one exercise.

    Attributes:
        solved -- mean share of its points, 0 to 1, over the hand-ins that could be judged; None if there are none
        discrimination -- correlation of its points with the points of all other exercises; None if undefined
        statuses -- number of hand-ins with each status, including the rejected ones
    """

    name: str
    maximum: float
    solved: float | None
    discrimination: float | None
    statuses: dict[str, int]


@dataclass(frozen=True)
class Trouble:
    """A hand-in, or some exercises of one, that failed for a reason other than a wrong answer."""

    student: str
    status: str
    where: list[str]
    reason: str


def write(report: Report, course: Course) -> Path:
    """Write the page `<assignment>.html` beside the tables of grades: one file, without scripts.

    Arguments:
        report -- of a run, with totals and feedback pages
        course -- holds the rebuilt and the released notebooks, from which hand-ins are compared
    """
    path = report.folder / f"{report.assignment}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_page(report, _likeness(report, course)), encoding="utf-8", errors="replace")
    return path


def distribution(report: Report) -> Distribution | None:
    """Return the distribution of the totals; None if there are no totals."""
    totals = np.array([result.total for result in report.results.values() if result.total is not None])
    if not totals.size:
        return None
    maximum = report.maximum or 1.0
    edges = np.linspace(0, maximum, BINS + 1)
    # Late penalties may lead below 0, extra credit above the maximum: both count in the outermost bins.
    counts, _ = np.histogram(np.clip(totals, 0, maximum), edges)
    lower, median, upper = np.percentile(totals, [25, 50, 75])
    bins = [(float(edges[i]), float(edges[i + 1]), int(counts[i])) for i in range(BINS)]
    return Distribution(len(totals), float(totals.mean()), float(median), float(lower), float(upper), bins)


def items(report: Report) -> list[Item]:
    """Return the statistics of each exercise, in the order of the notebook."""
    everybody = list(report.results.values())
    judged = [result for result in everybody if not result.rejected]
    names = list(everybody[0].marks) if everybody else []
    points = np.array([[one.marks[name].points for name in names] for one in judged]).reshape(len(judged), len(names))
    found = []
    for i, name in enumerate(names):
        maximum = everybody[0].marks[name].maximum
        rest = points.sum(axis=1) - points[:, i]
        solved = float(points[:, i].mean() / maximum) if judged and maximum else None
        statuses = Counter(one.marks[name].status for one in everybody)
        counts = {status: statuses[status] for status in STATUSES}
        found.append(Item(name, maximum, solved, _correlation(points[:, i], rest), counts))
    return found


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return Pearson's correlation; None if one of the two does not vary, or if there are too few values."""
    if len(one) < FEWEST or np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def slips(report: Report) -> list[SlipCount]:
    """Return the slips that were made, the most frequent first."""
    judged = [result for result in report.results.values() if not result.rejected]
    found = Counter((name, mark.slip[0]) for one in judged for name, mark in one.marks.items() if mark.slip)
    return [SlipCount(name, title, count, count / len(judged)) for (name, title), count in found.most_common()]


def troubles(report: Report) -> list[Trouble]:
    """Return the rejected hand-ins, and the functions that were stopped or raised in every case, with the reason."""
    found = []
    for result in report.results.values():
        if result.rejected:
            found.append(Trouble(result.student, "rejected", [], result.rejected))
            continue
        reasons: dict[tuple[str, str], list[str]] = {}
        for name, mark in result.marks.items():
            if mark.status in ("timeout", "error"):
                said = mark.notes or [case.what for case in mark.cases if not case.passed]
                reasons.setdefault((mark.status, said[0] if said else ""), []).append(name)
        found += [Trouble(result.student, status, where, reason) for (status, reason), where in reasons.items()]
    return sorted(found, key=lambda one: -STATUSES.index(one.status))


def slowest(report: Report) -> list[Result]:
    """Return the hand-ins that took longest."""
    return sorted(report.results.values(), key=lambda one: -one.seconds)[:SLOWEST]


def _likeness(report: Report, course: Course) -> Any:
    from grader.reports import similarity

    name = report.assignment
    handins = {
        student: similarity.sources_of(course.path("submitted", name, student) / f"{name}.ipynb")
        for student, result in report.results.items()
        if not result.rejected
    }
    return similarity.find(handins, similarity.sources_of(course.release(name)))


def _page(report: Report, likeness: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from grader.base.foreign_text import readable
    from grader.presentation.status import sign

    loader = FileSystemLoader([TEMPLATES / "statistics", TEMPLATES / "feedback"])
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": _number, "percent": _percent, "readable": readable, "sign": sign}
    found, changes = troubles(report), _changes(report)
    return environment.get_template("index.html.j2").render(
        report=report,
        results=list(report.results.values()),
        spread=distribution(report),
        items=items(report),
        slips=slips(report),
        slowest=slowest(report),
        troubles=found[:MOST_ROWS],
        more_troubles=max(0, len(found) - MOST_ROWS),
        changes=changes[:MOST_ROWS],
        more_changes=max(0, len(changes) - MOST_ROWS),
        likeness=likeness,
        feedback=_links(report),
        words=WORDS,
    )


def _changes(report: Report) -> list[Change]:
    """Return the changed marks, the largest change first, since the instructor should look at those first."""
    return sorted(report.changes, key=lambda one: -abs(one.after - one.before))


def _links(report: Report) -> dict[str, str]:
    """Return the link to each student's feedback page, relative to this page."""
    relative = {student: os.path.relpath(page, report.folder) for student, page in report.feedback.items()}
    return {student: quote(path.replace(os.sep, "/"), errors="replace") for student, path in relative.items()}


def _number(value: float | None, digits: int = 2, fixed: bool = False) -> str:
    """Format a number with that many digits after the point (at most, unless `fixed`); a dash stands for None."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    if "." in text and not fixed:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
