"""nbgrader's configuration, for `nbgrader …` commands and Formgrader started in this folder."""

from grader.base.course import Course
from grader.gradebook.nbgrader_config import configure

configure(get_config(), Course())  # type: ignore[name-defined]  # noqa: F821  nbgrader provides get_config
