"""The base class of errors for the user, whose message is a sentence that says what to do."""


class CourseError(Exception):
    """An error whose message the command line prints before it stops."""
