"""Test what a mark says about answers that did not come."""

import dataclasses

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


def raised(kind, message=""):
    return [{"raised": [kind, "Exception"], "message": message, "line": 2}] * 3


@pytest.mark.parametrize("message", ["", "in user code:\n\n    File line 3\n        raise NotImplementedError\n"])
def test_the_stub_is_not_written(exercise, message):
    mark = assess(exercise, raised("NotImplementedError", message))
    assert mark.status == "missing" and mark.cases[0].what == "not written yet"


def test_what_a_library_has_not_implemented_is_no_stub(exercise):
    mark = assess(exercise, raised("NotImplementedError", "numpy() is only available when eager execution is enabled."))
    assert mark.status == "error" and mark.cases[0].what == "raised NotImplementedError in line 2 of the cell"


@pytest.mark.parametrize(
    ("theirs", "named"),
    [
        ("operands could not be broadcast together with shapes (9,7,2) (8,7,2)", True),
        ("a shape is missing", False),
        ("", False),
    ],
)
def test_a_slip_that_raises_is_named_only_where_an_error_has_the_same_reason(exercise, theirs, named):
    ours = "operands could not be broadcast together with shapes (4,4,3) (2,4,3) "
    slip = {"raised": ["ValueError", "Exception"], "message": ours, "line": 5}
    cases = [dataclasses.replace(case, slips=[slip]) for case in exercise.cases]
    exercise = dataclasses.replace(exercise, slips=[("the border is cut off twice", "help")], cases=cases)
    assert bool(assess(exercise, raised("ValueError", theirs)).slip) is named
