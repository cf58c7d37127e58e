"""What can go wrong for a user: exceptions whose message is a sentence that says what to do."""


class CourseError(Exception):
    """The command line prints its message and stops."""
