"""Release an assignment: into nbgrader's course, with its due date and what being late costs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.base.course import Course
from grader.gradebook import lateness
from grader.gradebook.database import open_gradebook, quiet_gradebook, reach
from grader.gradebook.lateness import Policy
from grader.publishing import build
from grader.spec.registry import load


def release(assignment: str, course: Course, due: datetime | None = None, policy: Policy | None = None) -> Path:
    """Make the notebook that students get, and its entry in the gradebook.

    Arguments:
        due -- in UTC; None keeps the earlier due date
        policy -- what being late costs; None keeps the earlier policy

    Returns:
        path of the released notebook
    """
    load(assignment)  # raises an error that lists the assignments if there is none of that name
    reach(course)
    build.ensure(assignment, course)
    if due:
        with quiet_gradebook(), open_gradebook(course) as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=due)
    if policy:
        lateness.set_policy(course, assignment, policy)
    return course.release(assignment)


def due_date(assignment: str, course: Course) -> datetime | None:
    """Return when a released assignment is due, in UTC; None if no due date is set."""
    with quiet_gradebook(), open_gradebook(course) as gradebook:
        return gradebook.find_assignment(assignment).duedate
