"""Functions as people write them, with one misconception or two: the slips that they are named by, if they are, are right.

The functions of `people/` were written by somebody who had not seen which slips are declared; those of `people/two/` by
somebody who chose two of their titles and saw nothing else. Above each stands what is wrong with it, and what it must be
named.
"""

import re
from pathlib import Path

import pytest
from conftest import LONG

from grader.authoring import asking
from grader.base.assignments import names
from grader.spec.registry import load

PEOPLE = Path(__file__).parent / "people"


ASSIGNMENTS = [pytest.param(n, marks=[pytest.mark.slow] if n in LONG else []) for n in names()]


def expected(path):
    """Names and functions of a file, as its comments say."""
    return set(re.findall(r"^# named: (.*)\n(?:@.*\n)*def (\w+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("folder", [PEOPLE, PEOPLE / "two"], ids=["one", "two"])
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_what_people_get_wrong_is_named(name, folder):
    path = folder / f"{name}.py"
    marks = asking.judged(load(name), path, 5).marks
    assert marks.keys() == load(name).exercises.keys()
    assert all(mark.status != "passed" for mark in marks.values())
    assert {(mark.slip[0], function) for function, mark in marks.items() if mark.slip} == expected(path)


@pytest.mark.parametrize("folder", [PEOPLE, PEOPLE / "two"], ids=["one", "two"])
def test_four_of_five_are_named(folder):
    written = sum(len(load(name).exercises) for name in names())
    assert sum(len(expected(folder / f"{name}.py")) for name in names()) >= 0.8 * written
