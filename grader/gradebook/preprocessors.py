"""Provide the judge as nbgrader's preprocessors, so that `nbgrader autograde` and Formgrader give the same marks."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import Bool, Dict

from grader.base.course import Course
from grader.gradebook import lateness
from grader.gradebook.graded_notebook import graded_notebook
from grader.judging.judge import judge_rebuilt, reject
from grader.judging.rulebook import Rulebook
from grader.sandbox import bubblewrap
from grader.sandbox.limits import Limits
from grader.spec.registry import load
from grader.submission.cells import OURS
from grader.submission.notebook_file import Rejected, parse
from grader.submission.rebuilding import rebuild

# Hand-ins graded within this time after the first belong to one run and share cases that are drawn once. Drawing them
# takes up to a minute, and Formgrader's button starts nbgrader anew for each hand-in.
RUN_SECONDS = 900


class Rebuild(NbGraderPreprocessor):
    """A preprocessor in place of nbgrader's sanitizing: it puts the student's sources into the released notebook.

    Nothing else of a hand-in is kept.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        released = _released(self, resources)
        try:
            rebuilt, notes = rebuild(released, parse(json.dumps(nb).encode()))
            rebuilt.metadata[OURS] = {"notes": notes}
        except Rejected as reason:
            rebuilt = released
            rebuilt.metadata[OURS] = {"rejected": str(reason)}
        return rebuilt, resources


class Judge(NbGraderPreprocessor):
    """A preprocessor in place of nbgrader's execution: it runs a hand-in, calls its functions and judges answers."""

    sandboxed = Bool(True, help="Whether hand-ins run in a sandbox.").tag(config=True)
    figures = Bool(False, help="Whether given cells that only show something are run for the pages.").tag(config=True)
    limits = Dict({}, help="Limits that differ from grader.sandbox.limits.Limits, by name.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        try:
            return self._judge(nb, resources), resources
        except Exception:
            _withdraw_scores(resources["nbgrader"])
            raise

    def _judge(self, nb: NotebookNode, resources: dict[str, Any]) -> NotebookNode:
        if self.sandboxed:
            bubblewrap.require()
        name = resources["nbgrader"]["assignment"]
        rulebook = _rulebook(name, _released(self, resources), Limits(**self.limits), self.sandboxed)
        found = nb.metadata.pop(OURS, {})
        if "rejected" in found:
            return graded_notebook(reject(found["rejected"], rulebook))
        rulebook = replace(rulebook, figures=self.figures)
        return graded_notebook(judge_rebuilt(nb, rulebook, found.get("notes", [])))


class Grades(GetGrades):
    """nbgrader's own step, which also records for each mark whether it waits for a person."""

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader["grade_id"]
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        cell.metadata.nbgrader["waits"] = waits(grade)


def waits(grade: Any) -> bool:
    """Say whether a mark in the gradebook waits for a person."""
    return grade.auto_score is None and grade.manual_score is None


class LatePolicy(BasePlugin):
    """The policy on lateness that `course grade` uses, as nbgrader's plugin."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Return the points taken off; nbgrader defines the name and calls it."""
        step = self.parent
        course = Course(Path(step.parent.parent.coursedir.root))
        return lateness.policy_of(course, step.assignment_id).penalty(score, total_seconds_late)


@dataclass
class _Run:
    """The cases of a run, and when they were drawn."""

    rulebook: Rulebook
    drawn: float


_runs: dict[str, _Run] = {}


def _rulebook(name: str, released: NotebookNode, limits: Limits, sandboxed: bool) -> Rulebook:
    """Return the rulebook of the current run, or of a new one."""
    run = _runs.get(name)
    now = time.monotonic()
    same = run and (run.rulebook.released, run.rulebook.limits, run.rulebook.sandboxed) == (released, limits, sandboxed)
    if not run or not same or now - run.drawn > RUN_SECONDS:
        run = _Run(Rulebook.draw(load(name), released, secrets.randbits(63), limits, sandboxed), now)
        _runs[name] = run
    return run.rulebook


def _released(step: NbGraderPreprocessor, resources: dict[str, Any]) -> NotebookNode:
    """Return the released notebook, from the folder of the course that nbgrader is working on."""
    coursedir = step.parent.parent.coursedir
    name = resources["nbgrader"]["assignment"]
    folder = coursedir.format_path(coursedir.release_directory, ".", name)
    return nbformat.read(Path(folder) / f"{name}.ipynb", 4)


def _withdraw_scores(names: dict[str, str]) -> None:
    """Remove earlier scores and mark the cells for a person, so that no old score counts as new when grading fails."""
    with Gradebook(names["db_url"]) as gradebook:
        submission = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
        for grade in submission.grades:
            if grade.cell.cell_type == "code":
                grade.auto_score = None
                grade.needs_manual_grade = True
        gradebook.db.commit()
