"""Releasing an assignment: into nbgrader's course with its due date and what being late costs, and into a class kit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.base.course import Course
from grader.gradebook import lateness
from grader.gradebook.database import quiet_gradebook, reach
from grader.gradebook.lateness import Policy
from grader.publishing import build
from grader.spec.registry import load


def release(assignment: str, course: Course, due: datetime | None = None, policy: Policy | None = None) -> Path:
    """Make the notebook that students get, and its entry in the gradebook.

    Arguments:
        due -- in UTC; what was said before stays without it
        policy -- what being late costs; likewise

    Returns:
        the released notebook
    """
    from nbgrader.api import Gradebook

    load(assignment)  # says which there are, where there is none of that name
    reach(course)
    build.ensure(assignment, course)
    if due:
        with quiet_gradebook(), Gradebook(course.gradebook) as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=due)
    if policy:
        lateness.set_policy(course, assignment, policy)
    return course.release(assignment)


def due_date(assignment: str, course: Course) -> datetime | None:
    """When a released assignment is due, in UTC; None where nobody has said so."""
    from nbgrader.api import Gradebook

    with quiet_gradebook(), Gradebook(course.gradebook) as gradebook:
        return gradebook.find_assignment(assignment).duedate
