"""Give feedback back: copy each student's page to where it can be distributed, and list what is still unread."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from grader.base.course import Course
from grader.base.errors import CourseError
from grader.gradebook.database import open_gradebook, quiet_gradebook, reach


class NoFeedback(CourseError):
    """Signals that there is no feedback to give back, or that it cannot be written; the message says which."""


def give_back(assignment: str, course: Course, to: Path) -> tuple[list[str], list[str]]:
    """Copy the feedback pages of an assignment, for all students in the gradebook.

    Arguments:
        to -- a folder, which gets STUDENT/<assignment>.html; or a file that ends in .zip, with the same content

    Returns:
        the students whose pages were copied; those of them with an answer that nobody has read yet

    Raises:
        NoFeedback -- if there are no pages, or if `to` cannot be written
    """
    waits = _waits(assignment, course)
    found = sorted(course.folder.glob(f"feedback/*/{assignment}/{assignment}.html"))
    pages = {path.parents[1].name: path for path in found if path.parents[1].name in waits}
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
    return list(pages), [student for student in pages if waits[student]]


def _waits(assignment: str, course: Course) -> dict[str, bool]:
    """Return, for each student in the gradebook, whether a written answer waits for its marks."""
    reach(course)
    with quiet_gradebook(), open_gradebook(course) as gradebook:
        submissions = gradebook.assignment_submissions(assignment)
        return {one.student.id: one.needs_manual_grade for one in submissions}
