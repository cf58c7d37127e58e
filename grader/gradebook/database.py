"""The gradebook's database: whether it answers, and working with it quietly."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from grader.base.course import Course
from grader.base.errors import CourseError


class NoGradebook(CourseError):
    """The gradebook's database does not answer, or there is none of that name."""


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
