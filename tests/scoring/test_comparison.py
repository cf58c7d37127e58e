"""What counts as equal, and how a difference is told."""

import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.scoring.comparison import Tolerance, compare, describe
from grader.scoring.probe import Other

NUMBER = Tolerance(1e-7, 1e-4, "number")
FINITE = hnp.arrays(np.float64, hnp.array_shapes(), elements=st.floats(-1e6, 1e6))


@given(FINITE)
def test_a_value_equals_itself_and_its_float32(array):
    assert compare(array, array.copy(), NUMBER).same
    assert compare(array, array.astype(np.float32), NUMBER).same


@given(FINITE, st.integers(min_value=0))
def test_one_wrong_entry_is_enough(array, place):
    wrong = array.copy()
    wrong.flat[place % array.size] += 1e-5 * max(1.0, np.abs(array).max())
    verdict = compare(array, wrong, NUMBER)
    assert not verdict.same
    assert "expected" in verdict.where
    assert "expected" not in verdict.what


@pytest.mark.parametrize(
    ("expected", "yours", "words"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape (3, 2), expected (2, 3)"),
        (np.float64(1), np.ones((1, 1, 1)), "shape (1, 1, 1), expected () (one number)"),
        (np.ones(2), None, "return"),
        (np.ones(2), Other("generator"), "type generator"),
        (np.ones(2), np.array([1, np.nan]), "NaN"),
        (np.ones(2), np.array([1, np.inf]), "differ"),
        (np.ones(2), "text", "text"),
        (np.ones(2), {"a": 1}, "a dict"),
        ((np.ones(2), 1), np.ones(2), "expected 2 values"),
        ((np.ones(2), 1), (np.ones(2), 2), "value 2 of 2"),
        ({"f": 2}, {"g": 2}, "expected a dict with ['f']"),
        ((np.ones(2), 1), None, "is a `return` missing?"),
        ({"f": 2}, None, "is a `return` missing?"),
        ("text", None, "is a `return` missing?"),
        (np.array([True]), np.array([1.0]), "expected bool"),
        (True, 0, "is False, and should not be"),
        (True, 2, "expected bool"),
        (True, 1.0, "expected bool"),
        (np.ones(2), np.ones(2, dtype=complex), "real numbers"),
        (None, 1, "expected None"),
    ],
)
def test_differences_are_told(expected, yours, words):
    verdict = compare(expected, yours, NUMBER)
    assert not verdict.same
    assert words in verdict.what


@pytest.mark.parametrize(
    ("expected", "yours"),
    [
        (np.array([1.0, 2.0]), [1, 2]),
        (np.array([[1.0, 2.0]]), ((1.0, 2.0),)),
        (np.float64(3), 3),
        ((1, 2), [1, 2]),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (np.zeros((0, 4)), np.zeros((0, 4))),
        (np.zeros(3), np.zeros(3) + 1e-40),
        (True, 1),
        ((0.5, np.bool_(False)), (0.5, np.int64(0))),
    ],
)
def test_right_answers_in_other_clothes_count(expected, yours):
    assert compare(expected, yours, NUMBER).same


@pytest.mark.parametrize(
    ("rule", "expected", "yours", "same"),
    [
        ("same", np.ones(2, np.float32), np.ones(2), False),
        ("same", np.ones(2, np.float32), np.ones(2, np.float32), True),
        ("whole", 3, 3.0, False),
        ("whole", 3, np.int32(3), True),
        ("float", np.ones(2), np.ones(2, int), False),
        ("float", np.ones(2), np.ones(2, np.float32), True),
    ],
)
def test_dtype_rules(rule, expected, yours, same):
    assert compare(expected, yours, Tolerance(1e-7, 1e-4, rule)).same is same


def test_the_limit_is_the_looser_of_input_and_result():
    a, b = np.ones(4), np.ones(4) + 1e-6
    assert not compare(a, b, NUMBER).same
    assert compare(a, b, NUMBER, single=True).same
    assert compare(a, b.astype(np.float32), NUMBER).same
    assert "limit 1e-07" in compare(a, b, NUMBER).what


def test_descriptions_are_short():
    assert describe(np.zeros((2, 3, 4))) == "float64 (2, 3, 4)"
    assert describe({"stride": 2}) == "{stride: 2}"
    assert describe((np.float64(1.5), None)) == "(1.5, None)"


def test_whole_numbers_are_compared_exactly_whatever_the_inputs_were():
    loose = Tolerance(1e-2, 1e-2, "number")
    assert compare(8_640_471, 8_640_471, loose, single=True).same
    assert not compare(8_640_471, 8_640_472, loose, single=True).same
    assert compare(8_640_471, 8_640_472.0, loose, single=True).same


@pytest.mark.parametrize(
    "yours", [["x" * 1000] * 50_000, [["x" * 1000], *[["y"]] * 50_000], [1, "x" * 1_000], [{}] * 50_000]
)
def test_a_list_of_anything_where_an_array_is_wanted_takes_no_memory(yours):
    tracemalloc.start()
    verdict = compare(np.zeros(3), yours, NUMBER)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not verdict.same and peak < 5_000_000


@pytest.mark.parametrize(
    "yours", [10**4000, [10**400, 1.0], complex("nan+infj"), [[1, 2], [3]], np.zeros((0,) * 30), {}]
)
def test_a_number_of_any_size_is_no_error(yours):
    assert not compare(np.zeros(2), yours, NUMBER).same
    assert not compare(1.0, yours, NUMBER).same


def test_where_a_reference_was_lent_nothing_of_the_answer_is_told():
    secret = "text_of_the_reference"
    answers = [
        Other(secret),
        secret,
        [0] * 12345,
        {secret: 1},
        np.zeros((12345, 2)),
        np.zeros(3, np.int8),
        None,
        (1, 2),
        12345,
    ]
    for expected in (np.zeros(3), (np.zeros(3), 1), {"a": 1.0}, "text", 1.5):
        for yours in answers:
            verdict = compare(expected, yours, NUMBER)
            assert verdict.same or not re.search("text_of|12345|int8", verdict.plain)
