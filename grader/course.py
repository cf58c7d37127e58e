"""The course's working folder, and how nbgrader is told about it.

Stock `nbgrader` commands, Formgrader and `course grade` share this one configuration: whichever is used, hand-ins are
rebuilt, run and judged by the same code.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.exercise import ROOT

FOLDER = Path(os.environ.get("COURSE_FOLDER") or ROOT / ".course")
TEMPLATES = Path(__file__).parent / "templates"
TIMESTAMP = "timestamp.txt"
EXCHANGED = (TIMESTAMP, "submission_secret.txt")  # what nbgrader's exchange puts beside a hand-in, to find the way back


@dataclass(frozen=True)
class Course:
    """Where nbgrader's source, release, submitted, autograded and feedback folders and its gradebook are."""

    folder: Path = FOLDER
    db_url: str = ""

    @property
    def gradebook(self) -> str:
        """The gradebook's SQLAlchemy URL; SQLite waits for a lock instead of failing, PostgreSQL is reached by psycopg 3."""
        if not self.db_url:
            return f"sqlite:///{self.folder / 'gradebook.db'}?timeout=120"
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", self.db_url)

    def path(self, step: str, assignment: str, student: str = ".") -> Path:
        """Folder of one assignment in one of nbgrader's steps."""
        return self.folder / step / student / assignment

    def release(self, assignment: str) -> Path:
        """The notebook that students get."""
        return self.path("release", assignment) / f"{assignment}.ipynb"


def configure(c: Any, course: Course) -> None:
    """Fill a traitlets configuration for nbgrader."""
    c.CourseDirectory.root = str(course.folder)
    c.CourseDirectory.db_url = course.gradebook
    # nbgrader's own word for it. Without one, assignments belong to a course that is not in the gradebook: PostgreSQL objects.
    c.CourseDirectory.course_id = "default_course"
    # A hand-in is its notebook: by the exchange no other file of a student's comes along.
    c.CourseDirectory.include = ["*.ipynb", *EXCHANGED]
    # Its converters know no such list, only what to leave out: every ending but .ipynb and .txt.
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.[!it]*"]
    if os.environ.get("COURSE_EXCHANGE"):
        c.Exchange.root = os.environ["COURSE_EXCHANGE"]
    c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
    c.Autograde.sanitize_preprocessors = ["grader.nbgrader_steps.Rebuild"]
    c.Autograde.autograde_preprocessors = [
        "grader.nbgrader_steps.Judge",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.AssignLatePenalties.plugin_class = "grader.nbgrader_steps.LatePolicy"
    c.GenerateFeedback.preprocessors = ["grader.feedback.Grades"]
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    c.HTMLExporter.template_name = "feedback"
    c.HTMLExporter.filters = {
        "mark_html": "grader.report.html_of_metadata",
        "sign": "grader.report.sign",
        "words": "grader.report.words",
        "readable": "grader.feedback.readable",
        "excerpt": "grader.feedback.excerpt",
        "picture": "grader.feedback.picture",
        "clean_html": "grader.feedback.clean_html",
        "error_line": "grader.feedback.error_line",
        "headings": "grader.feedback.headings",
        "question": "grader.feedback.question",
    }


def convert(step: str, course: Course, assignment: str, student: str = "*", **config: Any) -> None:
    """Run one of nbgrader's converters: "GenerateAssignment", "Autograde" or "GenerateFeedback".

    Arguments:
        config -- more of nbgrader's configuration, as {"Class": {"trait": value}}

    Raises:
        ConversionFailed -- with what nbgrader had to say
        NoGradebook -- where that was that the gradebook is out of reach
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
    # nbgrader starts alembic, which lies beside the interpreter, whether or not its environment is activated.
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if str(Path(sys.executable).parent) not in paths:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *paths])
    errors = _Errors()
    converter = getattr(nbgrader.converters, step)(CourseDirectory(config=c), config=c, force=True, log=errors.log)
    try:
        with quiet_gradebook():
            converter.start()
    except (NbGraderException, SQLAlchemyError) as error:
        reach(course)
        raise ConversionFailed(f"nbgrader could not run {step} for {assignment}: {errors.last or error}") from error


def reach(course: Course) -> None:
    """See that the gradebook's database answers.

    Raises:
        NoGradebook -- where it does not, or where the URL is none; a password in it is not repeated
    """
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        url = make_url(course.gradebook)
    except (ArgumentError, ValueError):
        example = "postgresql://user@host/name or sqlite:////folder/gradebook.db"
        raise NoGradebook(f"The gradebook's URL cannot be read: expected one like {example}.") from None
    if url.get_backend_name() == "sqlite":
        course.folder.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(url)
        try:
            engine.connect().close()
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        shown = url.render_as_string(hide_password=True)
        raise NoGradebook(f"The gradebook {shown} cannot be reached: {reason[0] if reason else error}") from None


@contextmanager
def quiet_gradebook() -> Iterator[None]:
    """nbgrader's models make SQLAlchemy warn about the order in which they are filled: harmless, and not ours to mend."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


class ConversionFailed(CourseError):
    """nbgrader gave up; the message holds its last words."""


class NoGradebook(CourseError):
    """The gradebook's database does not answer, or there is none of that name."""


class _Errors(logging.Handler):
    """Keeps the last error that nbgrader logs; the rest of what it says is not for our users."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.log = logging.Logger("nbgrader")
        self.log.addHandler(self)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text.startswith("Traceback") and not self.last:
            # A traceback ends with what was raised; SQLAlchemy adds lines of its own below.
            raised = re.findall(r"^[A-Za-z_][\w.]*: .+", text, re.MULTILINE)
            self.last = raised[-1] if raised else text.splitlines()[-1]
