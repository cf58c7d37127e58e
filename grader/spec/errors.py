"""The error of a declaration."""

from grader.base.errors import CourseError


class BadDeclaration(CourseError, ValueError):
    """Signals that an exercise's declaration cannot be right; the message says where."""
