"""One result, from the judge to the gradebook: what travels as text comes back the same."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.base.course import Course
from grader.judging.result import Result
from grader.judging.store import Provenance, ResultStore
from grader.scoring.marks import CaseMark, Mark

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
CASES = st.builds(CaseMark, title=TEXTS, passed=st.booleans(), what=TEXTS, outcome=TEXTS, expected=TEXTS, yours=TEXTS)
MARKS = st.builds(
    Mark,
    name=TEXTS,
    status=st.sampled_from(["passed", "failed"]),
    points=st.floats(0, 100),
    maximum=st.floats(0, 100),
    cases=st.lists(CASES, max_size=3),
    slip=st.none() | st.tuples(TEXTS, TEXTS),
    notes=st.lists(TEXTS, max_size=2),
    hint=TEXTS,
)
RESULTS = st.builds(
    Result,
    student=TEXTS,
    marks=st.dictionaries(TEXTS, MARKS, max_size=3),
    notes=st.lists(TEXTS, max_size=2),
    rejected=TEXTS,
    seconds=st.floats(0, 1000),
    seed=st.integers(0, 2**63),
    notebook=TEXTS,
)
NOW = Provenance("bytes", "run", {"f": "1", "g": "2"})


def result(student="ann", points=1.0):
    marks = {name: Mark(name, "passed", points, 2.0, [CaseMark("a", True, "exact", "passed")]) for name in ("f", "g")}
    return Result(student, marks, seed=7, notebook='{"cells": []}')


@given(RESULTS)
def test_text_and_back(one):
    text = one.to_json()
    assert "\n" not in text
    assert Result.from_json(text) == one


def test_what_the_gradebook_adds_is_not_stored():
    one = dataclasses.replace(result(), total=3.0, late=1.0, written={"answer_why": 2.0}, reused=True)
    assert Result.from_json(one.to_json()) == result()


def test_a_result_is_stored_as_it_has_travelled(tmp_path):
    store = ResultStore(Course(tmp_path), "w1_conv")
    store.write(result(), NOW)
    assert (store.folder / "ann.json").read_text().splitlines()[1] == result().to_json()
    stored = store.read("ann")
    assert stored.result == dataclasses.replace(result(), reused=True)
    assert store.students() == {"ann"}


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        (NOW, {"f", "g"}),
        (dataclasses.replace(NOW, handed_in="other bytes"), set()),
        (dataclasses.replace(NOW, run="another engine"), set()),
        (dataclasses.replace(NOW, exercises={"f": "1", "g": "changed"}), {"f"}),
        (dataclasses.replace(NOW, exercises={"f": "1", "g": "2", "h": "new"}), {"f", "g"}),
    ],
)
def test_marks_hold_as_long_as_what_they_are_made_from(tmp_path, now, kept):
    store = ResultStore(Course(tmp_path), "w1_conv")
    store.write(result(), NOW)
    assert store.read("ann").kept(now).keys() == kept


def test_a_result_without_provenance_is_not_taken_over(tmp_path):
    store = ResultStore(Course(tmp_path), "w1_conv")
    store.write(result(), None)
    assert store.read("ann").kept(NOW) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": 3}', json.dumps({"id": "x", "provenance": [1]})])
def test_what_cannot_be_read_is_not_there(tmp_path, text):
    store = ResultStore(Course(tmp_path), "w1_conv")
    (store.folder / "ann.json").write_text(text)
    assert store.read("ann") is None
