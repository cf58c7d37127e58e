"""Giving feedback back: each student's page where it can be handed on, and what still waits for a person."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from grader.course import Course, quiet_gradebook, reach
from grader.errors import CourseError


class NoFeedback(CourseError):
    """There is nothing to give back, or no place to put it; the message says which."""


def give_back(assignment: str, course: Course, to: Path) -> tuple[list[str], list[str]]:
    """Copy the feedback pages of an assignment.

    Arguments:
        to -- a folder, which gets STUDENT/<assignment>.html; or a file that ends in .zip, with the same in it

    Returns:
        the students whose pages were copied; those of them with an answer that nobody has read yet

    Raises:
        NoFeedback
    """
    pages = {
        path.parents[1].name: path for path in sorted(course.folder.glob(f"feedback/*/{assignment}/{assignment}.html"))
    }
    if not pages:
        raise NoFeedback(f"There is no feedback on {assignment} yet: grade it first (course grade {assignment} DIR).")
    try:
        if to.suffix == ".zip":
            with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as file:
                for student, page in pages.items():
                    file.write(page, f"{student}/{assignment}.html")
        else:
            for student, page in pages.items():
                (to / student).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(page, to / student / f"{assignment}.html")
    except OSError as error:
        raise NoFeedback(f"{to} cannot be written ({error.strerror}).") from None
    return list(pages), sorted(_unread(assignment, course) & pages.keys())


def _unread(assignment: str, course: Course) -> set[str]:
    """Students with a written answer that waits for its marks."""
    from nbgrader.api import Gradebook

    reach(course)
    with quiet_gradebook(), Gradebook(course.gradebook) as gradebook:
        submissions = gradebook.assignment_submissions(assignment)
        return {one.student.id for one in submissions if one.needs_manual_grade}
