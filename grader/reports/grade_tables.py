"""Write tables of grades: one for people (`grades/w1_conv.csv`), and those that Canvas and Moodle import."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from grader.judging.result import Result
from grader.presentation.status import WORDS
from grader.reports.grading_report import Report
from grader.scoring.marks import Mark

TableRow = Iterable[Any]


def write_all(report: Report) -> list[Path]:
    """Write every table of grades into the report's folder, and return their paths."""
    return [write_grades(report), write_canvas(report), write_moodle(report)]


def write_grades(report: Report) -> Path:
    """Write total, maximum, status and the points of each exercise and written answer, in one row for each student.

    The cell of an answer that nobody has read yet is empty; "unread" counts those.
    """
    first = next(iter(report.results.values()), None)
    names, answers = (list(first.marks), list(first.written)) if first else ([], [])
    rows: list[TableRow] = [["student", "total", "maximum", "status", "late", "unread", *names, *answers]]
    for student, result in report.results.items():
        points = [_number(result.marks[name].points) for name in names]
        written = [result.written.get(name) for name in answers]
        rows.append(
            [
                _not_a_formula(student),
                _total(result),
                _number(report.maximum),
                result.status,
                _number(result.late),
                result.unread,
                *points,
                *("" if one is None else _number(one) for one in written),
            ]
        )
    return _write(report.grades, rows)


def write_canvas(report: Report) -> Path:
    """Write the table that Canvas's gradebook imports (Grades, Import).

    Canvas finds an assignment by its title, and a student by Canvas's id or by SIS login
    (`app/models/gradebook_importer.rb` in instructure/canvas-lms). The id is in the file names of hand-ins downloaded
    from Canvas; without it, the name of a hand-in's folder serves as both name and login.
    """
    rows: list[TableRow] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", report.assignment],
        ["    Points Possible", "", "", "", "", _number(report.maximum)],
    ]
    for student, result in report.results.items():
        name = _not_a_formula(student)
        canvas = report.canvas.get(student, "")
        rows.append([name, canvas, "", "" if canvas else name, "", _total(result)])
    return _write(report.folder / f"{report.assignment}-canvas.csv", rows)


def write_moodle(report: Report) -> Path:
    """Write the table that Moodle imports (Grades, Import, CSV file): grade and feedback comment, one row a student.

    Every cell that identifies a student is filled: if one is empty, Moodle gives the grade to the student of the row
    before (`grade/import/csv/classes/load_data.php`). The column of addresses exists only if every student has one.
    """
    has_addresses = bool(report.results) and all("@" in student.strip("@") for student in report.results)
    rows: list[TableRow] = [
        ["Username", *(["Email address"] if has_addresses else []), report.assignment, "Feedback comments"]
    ]
    for student, result in report.results.items():
        name = _not_a_formula(student)
        # An empty grade would stop Moodle's import when it makes a new grade item; "-" is Moodle's sign for no grade.
        total = "-" if result.total is None else _total(result)
        rows.append([name, *([name] if has_addresses else []), total, _comment(result)])
    return _write(report.folder / f"{report.assignment}-moodle.csv", rows)


def _comment(result: Result) -> str:
    """Return a line on each exercise that does not pass, as HTML, because Moodle shows comments as HTML."""
    if result.rejected:
        return _not_a_formula(escape(result.rejected, quote=False))
    lines = [_line(mark) for mark in result.marks.values() if mark.status != "passed"] or ["Every function passes."]
    lines += ["A written answer waits to be read: its points are still to come."] * bool(result.unread)
    if result.late:
        lines.insert(0, f"Handed in late: {result.late:g} points are taken off.")
    return "<br>".join(escape(line, quote=False) for line in lines)


def _line(mark: Mark) -> str:
    slip = f" Looks like: {mark.slip[0]}." if mark.slip else ""
    return f"{mark.name}: {mark.points:g} of {mark.maximum:g} points, {WORDS[mark.status]}.{slip}"


def _total(result: Result) -> str:
    return "" if result.total is None else _number(result.total)


def _number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _not_a_formula(text: str) -> str:
    """Quote text that a spreadsheet would run as a formula; no real name or login begins like one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _write(path: Path, rows: Iterable[TableRow]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows(rows)
    return path
