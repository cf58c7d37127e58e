"""Configure nbgrader.

Stock `nbgrader` commands, Formgrader and `course grade` share this one configuration: with each of them, hand-ins
are rebuilt, run and judged by the same code.
"""

from __future__ import annotations

import os
from typing import Any

from grader.base.course import EXCHANGED, Course
from grader.reports.feedback_page import TEMPLATES


def configure(c: Any, course: Course) -> None:
    """Fill a traitlets configuration for nbgrader."""
    c.CourseDirectory.root = str(course.folder)
    c.CourseDirectory.db_url = course.gradebook
    # nbgrader's own default. Without an id, assignments refer to a course that is not in the gradebook, and
    # PostgreSQL refuses that.
    c.CourseDirectory.course_id = "default_course"
    # A hand-in is its notebook: the exchange copies no other file of a student.
    c.CourseDirectory.include = ["*.ipynb", *EXCHANGED]
    # nbgrader's converters have only a list of what to leave out: here, names that do not end like .ipynb or .txt.
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.[!it]*"]
    if os.environ.get("COURSE_EXCHANGE"):
        c.Exchange.root = os.environ["COURSE_EXCHANGE"]
    c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
    c.Autograde.sanitize_preprocessors = ["grader.gradebook.preprocessors.Rebuild"]
    c.Autograde.autograde_preprocessors = [
        "grader.gradebook.preprocessors.Judge",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.AssignLatePenalties.plugin_class = "grader.gradebook.preprocessors.LatePolicy"
    c.GenerateFeedback.preprocessors = ["grader.gradebook.preprocessors.Grades"]
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    c.HTMLExporter.template_name = "feedback"
    c.HTMLExporter.filters = {
        "sign": "grader.presentation.status.sign",
        "words": "grader.presentation.status.words",
        "readable": "grader.base.foreign_text.readable",
        "excerpt": "grader.reports.feedback_page.excerpt",
        "picture": "grader.reports.feedback_page.picture",
        "attached": "grader.reports.feedback_page.attached",
        "clean_html": "grader.reports.formgrader_page.clean_html",
        "markdown2html": "grader.reports.formgrader_page.markdown2html",
        "highlight_code": "grader.reports.formgrader_page.highlight_code",
        "error_line": "grader.reports.feedback_page.error_line",
        "headings": "grader.reports.feedback_page.headings",
        "question": "grader.reports.feedback_page.question",
    }
