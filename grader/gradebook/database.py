"""Check that the gradebook's database answers, open it, and use it without harmless warnings."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grader.base.course import Course
from grader.base.errors import CourseError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class NoGradebook(CourseError):
    """Signals that the gradebook's database does not answer, or does not exist."""


def reach(course: Course) -> None:
    """Check that the gradebook's database answers.

    Raises:
        NoGradebook -- if it does not, or if its URL is not valid; the message hides a password in the URL
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


def has(course: Course, assignment: str) -> bool:
    """Return whether the gradebook has an assignment; one that was deleted or is new has none."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(course.gradebook)
        try:
            with engine.connect() as connection:
                query = text("SELECT COUNT(*) FROM assignment WHERE name = :name")
                return connection.execute(query, {"name": assignment}).scalar_one() > 0
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError, ValueError):
        return False  # no table yet, or no database: whoever needs it says so


def open_gradebook(course: Course) -> Gradebook:
    """Return nbgrader's gradebook of a course; where there is none yet, nbgrader creates it."""
    from nbgrader.api import Gradebook

    find_alembic()
    return Gradebook(course.gradebook)


def find_alembic() -> None:
    """Put the interpreter's folder on PATH: nbgrader starts alembic to create a gradebook, and it lies there.

    It is on PATH already where the environment is activated.
    """
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if str(Path(sys.executable).parent) not in paths:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *paths])


@contextmanager
def quiet_gradebook() -> Iterator[None]:
    """Silence the warnings that nbgrader's models cause in SQLAlchemy.

    They concern the order in which the models are filled, are harmless, and can only be mended in nbgrader.
    """
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield
