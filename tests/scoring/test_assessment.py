"""Test what a mark says about answers that did not come."""

import pytest

from grader.scoring import probe
from grader.scoring.answer_key import CaseKey, ExerciseKey
from grader.scoring.assessment import assess
from grader.scoring.comparison import Tolerance

TITLES = ["a pad of 2", "a pad of 0", "two channels"]
ENDLESS = "stopped after 30 s in check_zero_pad"


@pytest.fixture
def exercise():
    """An exercise whose every case is to be answered with 1."""
    cases = [CaseKey(title, probe.encode([[1], {}]), None, {"value": probe.encode(1)}, []) for title in TITLES]
    return ExerciseKey("zero_pad", 3, "zero_pad(X)", [], [], [], [], Tolerance(1e-5, 1e-4, "number"), None, [], cases)


def answers(*values):
    return [None if value is None else {"value": probe.encode(value)} for value in values]


@pytest.mark.parametrize(
    ("given", "title", "status"),
    [
        ((None, None, None), "a pad of 2", "timeout"),
        ((1, None, None), "a pad of 0", "partial"),
        ((0, 0, None), "two channels", "timeout"),
        ((1, None, 1), "a pad of 0", "partial"),
    ],
)
def test_the_note_on_a_timeout_names_the_case(exercise, given, title, status):
    mark = assess(exercise, answers(*given), ENDLESS)
    assert mark.notes == [f"{ENDLESS}, in the case “{title}”"]
    assert mark.status == status


def test_the_findings_of_the_cases_do_not_repeat_it(exercise):
    mark = assess(exercise, answers(1, None, None), ENDLESS)
    assert [case.what for case in mark.cases[1:]] == [ENDLESS, ENDLESS]


@pytest.mark.parametrize(
    "stopped",
    [
        "ended the kernel (exit status 1) in check_zero_pad",
        "stopped: it flooded its connection in check_zero_pad",
        "not asked with your output_size, which does not come to an end",
        "not run: the hand-in as a whole took more than 600 s",
    ],
)
def test_other_reasons_name_no_case(exercise, stopped):
    assert assess(exercise, answers(1, None, None), stopped).notes == [stopped]


def test_a_broken_rule_is_all_that_is_said(exercise):
    assert assess(exercise, answers(1, None, None), ENDLESS, "np.pad is not allowed here").notes == [
        "np.pad is not allowed here"
    ]
