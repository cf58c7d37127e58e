"""Run nbgrader's converters from Python."""

from __future__ import annotations

import logging
import re
from typing import Any

from grader.base.course import Course
from grader.base.errors import CourseError
from grader.gradebook.database import find_alembic, quiet_gradebook, reach
from grader.gradebook.nbgrader_config import configure


class ConversionFailed(CourseError):
    """Signals that an nbgrader converter failed; the message holds the last error that it logged."""


def convert(step: str, course: Course, assignment: str, student: str = "*", **config: Any) -> None:
    """Run one of nbgrader's converters: "GenerateAssignment", "Autograde" or "GenerateFeedback".

    Arguments:
        config -- more of nbgrader's configuration, as {"Class": {"trait": value}}

    Raises:
        ConversionFailed -- with nbgrader's error message
        NoGradebook -- if the gradebook cannot be reached
    """
    import nbgrader.converters
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError
    from traitlets.config import Config

    course.folder.mkdir(parents=True, exist_ok=True)
    c = Config()
    configure(c, course)
    c.merge(Config(config))
    c.CourseDirectory.assignment_id = assignment
    c.CourseDirectory.student_id = student
    find_alembic()
    errors = _Errors()
    converter = getattr(nbgrader.converters, step)(CourseDirectory(config=c), config=c, force=True, log=errors.log)
    try:
        with quiet_gradebook():
            converter.start()
    except (NbGraderException, SQLAlchemyError) as error:
        reach(course)
        raise ConversionFailed(f"nbgrader could not run {step} for {assignment}: {errors.last or error}") from error


class _Errors(logging.Handler):
    """A log handler that keeps the last error that nbgrader logs; its other messages do not concern our users."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.log = logging.Logger("nbgrader")
        self.log.addHandler(self)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text.startswith("Traceback") and not self.last:
            # A traceback ends with the exception, but SQLAlchemy adds lines of its own below it.
            raised = re.findall(r"^[A-Za-z_][\w.]*: .+", text, re.MULTILINE)
            self.last = raised[-1] if raised else text.splitlines()[-1]
