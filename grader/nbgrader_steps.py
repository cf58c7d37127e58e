"""The judge as two of nbgrader's preprocessors: stock `nbgrader autograde` and Formgrader give the marks of `course grade`."""

from __future__ import annotations

import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict

from grader import handin, judge, late, sandbox
from grader.course import Course
from grader.exercise import load
from grader.key import draw


class Rebuild(NbGraderPreprocessor):
    """In place of nbgrader's sanitizing: the released notebook with the student's sources, and nothing else."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        released = _released(self, resources)
        try:
            rebuilt, notes = handin.rebuild(released, handin.parse(json.dumps(nb).encode()))
            rebuilt.metadata["convnets"] = {"notes": notes}
        except handin.Rejected as reason:
            rebuilt = released
            rebuilt.metadata["convnets"] = {"rejected": str(reason)}
        return rebuilt, resources


class LatePolicy(BasePlugin):
    """What being late costs, as `course grade` has it."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Points taken off; named and called by nbgrader."""
        step = self.parent
        course = Course(Path(step.parent.parent.coursedir.root))
        return late.policy_of(course, step.assignment_id).penalty(score, total_seconds_late)


class Judge(NbGraderPreprocessor):
    """In place of nbgrader's execution: run, probe and judge."""

    sandboxed = Bool(True, help="Whether hand-ins run in a sandbox.").tag(config=True)
    limits = Dict({}, help="Limits that differ from grader.sandbox.Limits, by name.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        try:
            return self._judge(nb, resources), resources
        except Exception:
            _withdraw_scores(resources["nbgrader"])
            raise

    def _judge(self, nb: NotebookNode, resources: dict[str, Any]) -> NotebookNode:
        if self.sandboxed:
            sandbox.require()
        assignment = load(resources["nbgrader"]["assignment"])
        rulebook = judge.Rulebook(
            assignment,
            _released(self, resources),
            draw(assignment, _seed_of_this_run()),
            sandbox.Limits(**self.limits),
            self.sandboxed,
        )
        found = nb.metadata.get("convnets", {})
        if "rejected" in found:
            return judge.reject(found["rejected"], rulebook).notebook
        graded = judge.grade_rebuilt(nb, rulebook, list(found.get("notes", [])))
        graded.notebook.metadata["convnets"] = {"notes": graded.notes, "seed": rulebook.key.seed}
        return graded.notebook


def _released(step: NbGraderPreprocessor, resources: dict[str, Any]) -> NotebookNode:
    """The released notebook, from the folder of the course that nbgrader is working on."""
    coursedir = step.parent.parent.coursedir
    name = resources["nbgrader"]["assignment"]
    folder = coursedir.format_path(coursedir.release_directory, ".", name)
    return nbformat.read(Path(folder) / f"{name}.ipynb", 4)


@cache
def _seed_of_this_run() -> int:
    return secrets.randbits(63)


def _withdraw_scores(names: dict[str, str]) -> None:
    """Where grading fails, no earlier score may stand as if it were new: the cells wait for a person."""
    with Gradebook(names["db_url"]) as gradebook:
        submission = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
        for grade in submission.grades:
            if grade.cell.cell_type == "code":
                grade.auto_score = None
                grade.needs_manual_grade = True
        gradebook.db.commit()
