"""Show a grading run or an audit on the terminal."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from grader.judging.result import Result
from grader.presentation.status import SIGNS
from grader.presentation.text import some
from grader.reports.grading_report import Report

if TYPE_CHECKING:
    from grader.audit.audit import Finding

COLOURS = {
    "passed": "green",
    "partial": "yellow",
    "failed": "red",
    "error": "red",
    "timeout": "red",
    "rejected": "red",
    "missing": "dim",
}


def show(report: Report, console: Console) -> None:
    """Show each student's points and functions, remarks on the hand-in, the statistics, and where everything is."""
    width = max(map(len, report.results))
    for student, result in report.results.items():
        line = Text.assemble(
            (f"{student:{width}}", "bold"), f"  {result.score:6g} of {report.maximum:g}  ", _signs(result)
        )
        console.print(line, soft_wrap=True)
        for remark in _remarks(result):
            console.print(Text(f"    {remark}", style="dim"), soft_wrap=True)
    _show_legend(report, console)
    if report.ignored:
        said = f"! not looked at, because a hand-in is STUDENT.ipynb or a folder STUDENT: {some(report.ignored)}"
        console.print(Text(said, style="yellow"), soft_wrap=True)
    for problem in report.problems:
        console.print(Text(f"✗ {problem}", style="red"))
    if report.feedback:
        folder = next(iter(report.feedback.values())).parents[2]  # of STUDENT/ASSIGNMENT/ASSIGNMENT.html
        console.print(
            f"feedback pages: {_near(folder)}{os.sep}STUDENT{os.sep}{report.assignment}{os.sep}{report.assignment}.html",
            soft_wrap=True,
        )
    console.print(f"grades:         {_near(report.grades)}, and for Canvas and Moodle beside it", soft_wrap=True)
    console.print(f"statistics:     {_near(report.grades.with_suffix('.html'))}", soft_wrap=True)
    if report.others:
        console.print(
            f"These hold this folder's hand-ins. {report.others} more, graded before, are in the gradebook: for tables of "
            "all, grade a folder that has all of them; what is graded is not judged twice.",
            soft_wrap=True,
        )


def show_changes(report: Report, console: Console) -> None:
    """Show every mark that differs from the previous run."""
    count = len(report.changes)
    console.print(f"\n{count} mark{' has' if count == 1 else 's have'} changed since the run before:")
    for change in report.changes:
        line = f"    {change.student} · {change.exercise}: {change.before:g} → {change.after:g}"
        console.print(Text(line), soft_wrap=True)


def _show_legend(report: Report, console: Console) -> None:
    statuses = Counter(mark.status for result in report.results.values() for mark in result.marks.values())
    words = [f"{SIGNS[status]} {status} {count}" for status, count in statuses.most_common()]
    totals = [result.score for result in report.results.values()]
    console.print(f"\nfunctions: {'   '.join(words)}", soft_wrap=True)
    by_hand = report.maximum - sum(mark.maximum for mark in next(iter(report.results.values())).marks.values())
    console.print(
        f"{len(totals)} hand-in{'s' * (len(totals) > 1)} · median {median(totals):g} of {report.maximum:g} points"
        + (f" ({by_hand:g} of them are given by hand)" if by_hand else "")
    )
    unread = [student for student, result in report.results.items() if result.unread]
    if unread:
        line = f"! written answers wait to be read: {some(unread)}. In Formgrader (course lab --instructor); then grade again"
        console.print(Text(line, style="yellow"), soft_wrap=True)
    elif by_hand:
        console.print("every written answer is read", soft_wrap=True)


def _signs(result: Result) -> Text:
    return Text.assemble(*((SIGNS[mark.status], COLOURS[mark.status]) for mark in result.marks.values()))


def _remarks(result: Result) -> list[str]:
    """Return what an instructor needs to see at once: what went wrong with the hand-in, and which slips it has."""
    if result.rejected:
        return [result.rejected]
    slips = [f"{mark.name}: {mark.slip[0]}" for mark in result.marks.values() if mark.slip]
    late = [f"late: {result.late:g} points are taken off"] if result.late else []
    return result.notes[:3] + late + slips or [_in_a_word(result)]


def _in_a_word(result: Result) -> str:
    statuses = {mark.status for mark in result.marks.values()}
    if statuses == {"passed"}:
        return "every function passes"
    return "nothing is written yet" if statuses == {"missing"} else "no known slip"


def show_audit(assignment: str, findings: Iterable[Finding], console: Console) -> int:
    """Print findings as they come, and return how many are not as they should be."""
    counts: Counter[tuple[str, bool]] = Counter()
    for finding in findings:
        counts[finding.kind, finding.good] += 1
        sign = Text("✓ ", "green") if finding.good else Text("✗ ", "bold red")
        console.print(
            Text.assemble(sign, (f"{finding.kind:8}", "dim"), f"{finding.title} ", (f"· {finding.result}", "dim")),
            soft_wrap=True,
        )
    kinds = dict.fromkeys(kind for kind, _ in counts)
    line = ", ".join(f"{counts[kind, True]} of {counts[kind, True] + counts[kind, False]} {kind}" for kind in kinds)
    missed = sum(count for (_, good), count in counts.items() if not good)
    console.print(f"{'✗' if missed else '✓'} {assignment}: as they should be are {line}.")
    return missed


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
