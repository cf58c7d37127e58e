"""Functions as people write them, each with one misconception: the slip that it is named by, if one is, is the right one.

The functions of `people/` were written by somebody who had not seen which slips are declared; above each stands what is
wrong with it, and what it must be named.
"""

import re
from pathlib import Path

import pytest
from conftest import LONG

from grader.authoring import asking
from grader.base.assignments import names
from grader.spec.registry import load

PEOPLE = Path(__file__).parent / "people"


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in LONG else []) for n in names()])
def test_what_people_get_wrong_is_named(name):
    path = PEOPLE / f"{name}.py"
    expected = set(re.findall(r"^# named: (.*)\n(?:@.*\n)*def (\w+)", path.read_text(), re.MULTILINE))
    marks = asking.judged(load(name), path, 5).marks
    assert marks.keys() == load(name).exercises.keys()
    assert all(mark.status != "passed" for mark in marks.values())
    assert {(mark.slip[0], function) for function, mark in marks.items() if mark.slip} == expected
    assert len(expected) >= 0.8 * len(marks)
