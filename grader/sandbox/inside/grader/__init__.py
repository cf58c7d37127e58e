"""The `grader` package of the sandbox: checks do nothing. Answer keys, exercises and solutions stay outside."""


def check(function):
    """Do nothing: the hand-in is judged from outside."""


def hint(function):
    """Do nothing."""


def progress():
    """Do nothing."""


def reveal(function):
    """Do nothing: there are no solutions here."""
