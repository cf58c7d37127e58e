"""Record results in nbgrader's folders, in the gradebook and on feedback pages; recording one twice changes nothing.

nbgrader's own steps save the marks and read the marks given by hand. They are called here one by one, because
nbgrader's converters read, check and write every notebook five times.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from grader.base import dependencies
from grader.base.course import EXCHANGED, TIMESTAMP, Course
from grader.base.files import write_atomically
from grader.gradebook import lateness
from grader.gradebook.database import open_gradebook, quiet_gradebook, reach
from grader.gradebook.graded_notebook import graded_notebook
from grader.gradebook.nbgrader_config import configure
from grader.gradebook.preprocessors import Grades, waits
from grader.judging.result import Result
from grader.judging.store import ResultStore, digest_of
from grader.reports.grading_report import Report
from grader.submission.cells import ANSWER

log = logging.Logger("nbgrader", logging.CRITICAL)


@dataclass(frozen=True)
class Marker:
    """What is stored about a recorded result, to see whether it must be recorded again.

    Attributes:
        identity -- the store's identity of the result
        gradebook -- digest of the gradebook's address, which may hold a password
        look -- digest of everything that decides how a page looks
        state -- what the gradebook holds for the hand-in, including marks given by hand
    """

    identity: str
    gradebook: str
    look: str
    state: str


class Recorder:
    """A context manager that records the results of one run; only it touches the gradebook and the feedback folder.

    It keeps one connection to the gradebook, because with each new one SQLAlchemy compiles its queries to SQL again,
    which takes longer than the queries.
    """

    def __init__(self, course: Course, store: ResultStore, report: Report):
        from traitlets.config import Config

        self.course, self.store, self.report = course, store, report
        self.policy = lateness.policy_of(course, report.assignment)
        self.gradebook: Any = None
        config = Config()
        configure(config, course)
        config.Exporter.default_preprocessors = []
        self.exporter = HTMLExporter(config=config)
        self.look = dependencies.of_pages()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def _close(self) -> None:
        if self.gradebook:
            self.gradebook.close()
            self.gradebook = None

    def record(self, identity: str, result: Result, handed_in: datetime | None = None) -> None:
        """Put a result into the gradebook and make its feedback page; if both are done already, only read the total.

        The result gets its total, and its notebook is dropped to free memory.

        Arguments:
            identity -- the store's identity of the result
            handed_in -- when it was handed in, in UTC, if that is known
        """
        try:
            self._record_or_report(identity, result, handed_in)
        finally:
            result.notebook = ""

    def _record_or_report(self, identity: str, result: Result, handed_in: datetime | None) -> None:
        from nbgrader.api import InvalidEntry
        from sqlalchemy.exc import SQLAlchemyError

        for attempt in range(2):  # the second time on a new connection, in case the old one was lost
            try:
                self._record(identity, result, handed_in)
                return
            except (SQLAlchemyError, InvalidEntry) as error:
                with suppress(SQLAlchemyError):
                    self._close()
                self.gradebook = None
                reach(self.course)  # stops the run if the database is gone; what is judged is kept
                if attempt:
                    reason = str(error).splitlines()[0]
                    problem = f"{result.student}: the gradebook did not take the marks ({reason})."
                    self.report.problems.append(problem)

    def _record(self, identity: str, result: Result, handed_in: datetime | None) -> None:
        name, student = self.report.assignment, result.student
        page = self.course.path("feedback", name, student) / f"{name}.html"
        with quiet_gradebook():
            self.gradebook = self.gradebook or open_gradebook(self.course)
            try:
                self._date(student, handed_in)
                marker = Marker(identity, digest_of(self.course.gradebook.encode()), self.look, self._state(student))
                before = self._marker(student)
                if not page.exists() or before != marker:
                    again = bool(before and (before.identity, before.gradebook) == (identity, marker.gradebook))
                    self._write(result, page, again)
                    marker = replace(marker, state=self._state(student))
                    write_atomically(self._marker_file(student), json.dumps(asdict(marker)))
            finally:
                self.gradebook.db.remove()  # releases the hand-in's objects and the database
        self.report.feedback[student] = page
        now = json.loads(marker.state)
        result.total, result.late, result.written = now["total"], now["late"], now["written"]

    def _marker(self, student: str) -> Marker | None:
        try:
            return Marker(**json.loads(self._marker_file(student).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _marker_file(self, student: str) -> Path:
        return self.store.folder / f"{student}.recorded"

    def _write(self, result: Result, page: Path, again: bool) -> None:
        """Write a result into the gradebook, nbgrader's folders and its feedback page.

        Arguments:
            again -- whether the same result was recorded before: then marks that a person has given stay valid
        """
        from nbgrader.preprocessors import SaveAutoGrades

        name, student = self.report.assignment, result.student
        notebook = graded_notebook(result)
        self._submit(student, notebook)
        resources = self._resources(student)
        sheet = Sheet(self.gradebook, name, student)
        read = [grade for grade in sheet.grades.values() if again and not grade.needs_manual_grade]
        notebook = sheet.through(SaveAutoGrades(log=log), notebook, resources)
        for grade in read:
            grade.needs_manual_grade = False
        self.gradebook.db.commit()
        self._charge_delay(student)
        autograded = self.course.path("autograded", name, student)
        autograded.mkdir(parents=True, exist_ok=True)
        _write(notebook, autograded / f"{name}.ipynb")
        sheet = Sheet(self.gradebook, name, student)
        notebook = sheet.through(Grades(log=log), notebook, resources)
        resources["nbgrader"] |= sheet.totals()
        # HTMLExporter itself would parse the page again to find pictures without alt text: here, every picture has one.
        html, _ = super(HTMLExporter, self.exporter).from_notebook_node(notebook, resources)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(html)
        submitted = self.course.path("submitted", name, student)
        for note in filter(Path.is_file, map(submitted.joinpath, EXCHANGED)):
            shutil.copyfile(note, autograded / note.name)
            shutil.copyfile(note, page.parent / note.name)

    def _charge_delay(self, student: str) -> None:
        """Set the late penalty as nbgrader's AssignLatePenalties does, which would open a second gradebook."""
        name = self.report.assignment
        seconds = self.gradebook.find_submission(name, student).total_seconds_late
        submission = self.gradebook.find_submission_notebook(name, name, student)
        submission.late_submission_penalty = self.policy.penalty(submission.score, seconds) if seconds > 0 else None
        self.gradebook.db.commit()

    def _date(self, student: str, handed_in: datetime | None) -> None:
        """Record when a hand-in came, also in the file where nbgrader's own `autograde` looks for it."""
        name = self.report.assignment
        self.gradebook.update_or_create_student(student)
        self.gradebook.update_or_create_submission(name, student, timestamp=handed_in)
        stamp = self.course.path("submitted", name, student) / TIMESTAMP
        if handed_in:
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stamp.write_text(f"{handed_in.isoformat(' ')} UTC\n")
        else:
            stamp.unlink(missing_ok=True)

    def _submit(self, student: str, notebook: NotebookNode) -> None:
        """Write the rebuilt notebook, without outputs, as the submitted one.

        nbgrader cannot open every file that students save; the original file is kept beside it.
        """
        submitted = self.course.path("submitted", self.report.assignment, student)
        submitted.mkdir(parents=True, exist_ok=True)
        bare = [NotebookNode({**cell, "outputs": []}) if cell.cell_type == "code" else cell for cell in notebook.cells]
        _write(NotebookNode({**notebook, "cells": bare}), submitted / f"{self.report.assignment}.ipynb")

    def _resources(self, student: str) -> dict[str, Any]:
        name = self.report.assignment
        names = {"student": student, "assignment": name, "notebook": name, "db_url": self.course.gradebook}
        return {"nbgrader": names, "unique_key": name}

    def _state(self, student: str) -> str:
        """Return what the gradebook holds for a hand-in: points, and a digest that changes if somebody gives a mark."""
        from nbgrader.api import MissingEntry

        name = self.report.assignment
        try:
            found = self.gradebook.find_submission_notebook(name, name, student)
        except MissingEntry:
            return ""
        total = round(found.score - (found.late_submission_penalty or 0), 2)
        grades = [(g.name, g.auto_score, g.manual_score, g.extra_credit) for g in found.grades]
        comments = [(c.name, c.manual_comment) for c in found.comments]
        delay = self.gradebook.find_submission(name, student).total_seconds_late
        terms = [delay, str(self.policy) if delay else ""]
        digest = hashlib.sha256(json.dumps([sorted(grades), sorted(comments), terms]).encode()).hexdigest()
        written = {
            g.name: None if waits(g) else g.score
            for g in sorted(found.grades, key=lambda one: one.name)
            if g.name.startswith(ANSWER)
        }
        late_points = found.late_submission_penalty or 0.0
        return json.dumps({"total": total, "late": late_points, "written": written, "digest": digest})


def _write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as JSON.

    nbformat.write would validate what this program has built itself, and copy it to format it.
    """
    path.write_text(json.dumps(notebook))


class Sheet:
    """A hand-in's grades and comments, read once.

    It stands in for the gradebook in nbgrader's steps, which ask for each grade by name and would query the database
    each time.
    """

    def __init__(self, gradebook: Any, assignment: str, student: str):
        from nbgrader.api import BaseCell

        self.where = (assignment, assignment, student)
        self.cells = gradebook.db.query(BaseCell).all()  # kept in memory, so that no grade queries for its cell
        self.gradebook, self.submission = gradebook, gradebook.find_submission_notebook(*self.where)
        self.grades = {grade.name: grade for grade in self.submission.grades}
        self.comments = {comment.name: comment for comment in self.submission.comments}
        self.db = self

    def through(self, step: Any, notebook: NotebookNode, resources: dict[str, Any]) -> NotebookNode:
        """Run one of nbgrader's steps on every cell, with this object in place of its gradebook."""
        step.gradebook = self
        step.notebook_id, step.assignment_id, step.student_id = self.where
        return Preprocessor.preprocess(step, notebook, resources)[0]

    def find_grade(self, name: str, *where: str) -> Any:
        """Return a grade by name, as nbgrader's gradebook does."""
        return self.grades.get(name) or self.gradebook.find_grade(name, *where)

    def find_comment(self, name: str, *where: str) -> Any:
        """Return a comment by name, as nbgrader's gradebook does."""
        return self.comments.get(name) or self.gradebook.find_comment(name, *where)

    def commit(self) -> None:
        """Do nothing: the recorder commits a hand-in as a whole, or not at all."""

    def totals(self) -> dict[str, float]:
        """Return the totals that nbgrader's GetGrades passes to the page."""
        penalty = self.submission.late_submission_penalty or 0
        return {
            "score": self.submission.score - penalty,
            "max_score": self.submission.max_score,
            "late_penalty": penalty,
        }


def write_pages(report: Report, course: Course) -> None:
    """Write the tables of grades and the page of statistics."""
    from grader.reports import grade_tables, statistics

    report.folder.mkdir(parents=True, exist_ok=True)
    grade_tables.write_all(report)
    statistics.write(report, course)
