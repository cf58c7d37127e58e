"""What the tests share: a course built once a worker, and what is needed to judge hand-ins of it."""

import os
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import nbformat
import pytest
from hypothesis import given, settings

from grader import build, exercise, handins, judge, key, sandbox
from grader.course import Course

# Their models take a second each to build, their training takes minutes: `make test` trains them for a tenth of it, looks at
# one seed and leaves their audits out; `make test-all` does all of it.
LONG = tuple(
    name
    for name in exercise.names()
    if "CLAIMS_WHEN_TRAINED" in Path(__file__).with_name(f"test_{name}.py").read_text()
)

# A busy machine is slow, not wrong.
settings.register_profile("course", deadline=None)
settings.load_profile("course")


def forall(examples, *strategies):
    """So many examples of what hypothesis draws."""
    return lambda test: settings(max_examples=examples)(given(*strategies)(test))


@pytest.fixture
def no_warning():
    """A division by 0 and the like fail the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A course in a folder of its own, with its first assignment built."""
    course = Course(tmp_path_factory.mktemp("course"))
    build.ensure("w1_conv", course)
    return course


@pytest.fixture(scope="session")
def released(course):
    return nbformat.read(course.release("w1_conv"), 4)


@pytest.fixture(scope="session")
def assignment():
    return exercise.load("w1_conv")


@pytest.fixture(scope="session")
def rulebook(released, assignment):
    """Hidden cases, short time limits, and the notebook without the cells that only show something."""
    limits = sandbox.Limits(cell_seconds=15, exercise_seconds=5, submission_seconds=60)
    return judge.Rulebook(assignment, handins.without_given_figures(released), key.draw(assignment, 20261120), limits)


@pytest.fixture
def grade(rulebook, assignment):
    """Grade a hand-in that is right but for what the arguments say."""

    def grade_with(instead=None, cell="", place=2):
        notebook = handins.solved(rulebook.released, assignment, instead)
        if cell:
            handins.add_cell(notebook, cell, place)
        return judge.grade(nbformat.writes(notebook).encode(), rulebook)

    return grade_with
