"""nbgrader's configuration, for `nbgrader …` commands and Formgrader started in this folder."""

from grader.course import Course, configure

configure(get_config(), Course())  # type: ignore[name-defined]  # noqa: F821  nbgrader provides get_config
