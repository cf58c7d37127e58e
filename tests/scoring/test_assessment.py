"""Test what a mark says about answers that did not come."""

import dataclasses

import pytest

from grader.scoring import probe
from grader.scoring.answer_key import CaseKey, ExerciseKey
from grader.scoring.assessment import assess, quotation
from grader.scoring.comparison import Tolerance
from grader.scoring.library_changes import known_change

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


def with_slips(exercise, **answers_of_slips):
    """The exercise with slips of these names, each with an answer for each case."""
    cases = [
        dataclasses.replace(case, slips=[{"value": probe.encode(given[i])} for given in answers_of_slips.values()])
        for i, case in enumerate(exercise.cases)
    ]
    return dataclasses.replace(exercise, slips=[(name, f"Look at {name}.") for name in answers_of_slips], cases=cases)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((5, 1, 1), "pad"),
        ((5, 6, 1), "pad; and channels"),  # each is seen alone
        ((5, 6, 7), None),  # the last case must pass
        ((5, 1, 6), None),  # the second case must be wrong if it is the channels
        ((2, 6, 1), None),  # nobody's first answer
    ],
)
def test_two_slips_are_named_where_each_explains_its_cases(exercise, given, named):
    exercise = with_slips(exercise, pad=(5, 1, 1), channels=(1, 6, 1), stride=(1, 1, 8))
    mark = assess(exercise, answers(*given))
    assert (mark.slip and mark.slip[0]) == named
    if named == "pad; and channels":
        assert mark.slip[1] == "Look at pad. Look at channels."


def test_a_slip_that_explains_some_wrong_answers_is_named_for_them(exercise):
    exercise = with_slips(exercise, pad=(5, 6, 1.5), channels=(8, 9, 7))
    cases = [dataclasses.replace(case, expected={"value": probe.encode(1.5)}) for case in exercise.cases]
    exercise = dataclasses.replace(exercise, cases=cases)
    assert assess(exercise, answers(5, 6, 77)).slip == (
        "pad",
        "Look at pad. That explains 2 of the 3 wrong answers; the others have another reason.",
    )
    assert assess(exercise, answers(5, 66, 77)).slip is None, "one may agree by chance"
    assert assess(exercise, answers(5, 1.5, 77)).slip is None, "it would have made the second case wrong"


def test_whole_numbers_agree_by_chance(exercise):
    assert assess(with_slips(exercise, pad=(5, 6, 1)), answers(5, 6, 77)).slip is None


def test_where_both_slips_act_any_wrong_answer_will_do(exercise):
    exercise = with_slips(exercise, pad=(5, 1, 5), channels=(1, 6, 6))
    assert assess(exercise, answers(5, 6, 77)).slip[0] == "pad; and channels"
    assert assess(exercise, answers(5, 6, 1)).slip is None


def with_pairs(exercise, wanted, *together):
    """The exercise with other right answers, and with those of its first two slips at once."""
    cases = [
        dataclasses.replace(
            case, expected={"value": probe.encode(right)}, pairs=[[0, 1, {"value": probe.encode(pair)}]]
        )
        for case, right, pair in zip(exercise.cases, wanted, together, strict=True)
    ]
    return dataclasses.replace(exercise, cases=cases)


def test_two_slips_that_act_in_every_case_are_named_by_their_answers_together(exercise):
    exercise = with_slips(exercise, pad=(2.5, 3.5, 4.5), channels=(5.5, 6.5, 7.5))
    exercise = with_pairs(exercise, (1.5, 1.25, 1.75), 8.5, 9.5, 10.5)
    assert assess(exercise, answers(8.5, 9.5, 10.5)).slip == ("pad; and channels", "Look at pad. Look at channels.")
    assert assess(exercise, answers(8.5, 9.5, 10.25)).slip is None, "one answer is another"
    assert assess(exercise, answers(8.5, 9.5, 1.75)).slip is None, "one case passes"


def test_a_slip_that_makes_no_difference_beside_another_is_not_named_with_it(exercise):
    exercise = with_slips(exercise, forgotten=(2.5, 3.5, 9.5), subtracted=(5.5, 6.5, 7.5))
    exercise = with_pairs(exercise, (1.5, 1.25, 1.75), 2.5, 3.5, 4.5)
    assert assess(exercise, answers(2.5, 3.5, 4.5)).slip[0] != "subtracted"
    beside = with_pairs(exercise, (1.5, 1.25, 1.75), 2.5, 3.5, 9.5)
    assert assess(beside, answers(2.5, 3.5, 9.5)).slip[0] == "forgotten"


def test_a_few_answers_of_two_slips_at_once_agree_by_chance(exercise):
    exercise = with_pairs(with_slips(exercise, pad=(2, 1, 4), channels=(5, 1, 7)), (1, 1, 1), 8, 1, 10)
    assert assess(exercise, answers(8, 1, 10)).slip is None


@pytest.mark.parametrize("sent", [3, None, {}, "ValueError", [[]], [None]])
def test_whatever_is_sent_as_an_exception_is_a_wrong_answer(exercise, sent):
    cases = [dataclasses.replace(case, slips=raised("ValueError")[:1]) for case in exercise.cases]
    exercise = dataclasses.replace(exercise, slips=[("pad", "help")], cases=cases)
    mark = assess(exercise, [{"raised": sent, "message": [], "line": "x"}] * 3)
    assert mark.points == 0 and mark.slip is None


def test_an_error_of_an_old_library_is_explained_in_the_notebook(exercise):
    old = raised("TypeError", "only 0-dimensional arrays can be converted to Python scalars")
    assert assess(exercise, old, show_values=True).notes == [known_change(f"TypeError: {old[0]['message']}")]
    assert assess(exercise, old).notes == []


def test_an_error_is_quoted_where_a_visible_case_raises_the_same(exercise):
    hidden = assess(exercise, raised("TypeError", "only 0-dimensional arrays can be converted to Python scalars: 77"))
    seen = raised("TypeError", "only 0-dimensional arrays can be converted to Python scalars\x1b[31m" + "x" * 900)
    text, change = quotation(hidden, [None, {"value": probe.encode(1)}, *seen])
    assert (
        text.startswith("A case that you can see raises the same: TypeError: only 0-dimensional") and "\x1b" not in text
    )
    assert len(text) < 300 and change.startswith("NumPy no longer")
    elsewhere = [{**seen[0], "line": 3}]
    assert quotation(hidden, elsewhere) == quotation(hidden, raised("ValueError")) == quotation(hidden, []) == []
    assert "77" not in str(hidden)


def mixed(*kinds):
    """An exercise worth 10 points, of cases that must raise (R), whose answer is known (K), or that tell much (t)."""
    cases = [
        CaseKey(
            f"{kind}{i}",
            probe.encode([[i], {}]),
            "ValueError" if kind == "R" else None,
            {"value": probe.encode(1)},
            [],
            kind == "K",
        )
        for i, kind in enumerate(kinds)
    ]
    return ExerciseKey("f", 10, "f(x)", [], [], [], [], Tolerance(1e-5, 1e-4, "number"), None, [], cases)


@pytest.mark.parametrize(
    ("kinds", "passed", "points"),
    [
        ("tttKR", "11111", 10),
        ("tttKR", "00011", 0),
        ("ttttKR", "100011", 10 * (1 + 2 / 4) / 6),
        ("ttttKR", "111000", 5),
        ("KK", "11", 10),
        ("KK", "10", 5),
    ],
)
def test_what_everybody_can_know_counts_in_proportion(kinds, passed, points):
    given = [
        {"raised": ["ValueError"]} if kind == "R" and good == "1" else {"value": probe.encode(int(good))}
        for kind, good in zip(kinds, passed, strict=True)
    ]
    mark = assess(mixed(*kinds), given)
    assert mark.points == round(points, 2)
    raw = 10 * passed.count("1") / len(kinds)
    assert bool(mark.notes) == (mark.points < round(raw, 2))


def test_a_finding_has_a_length_that_can_be_read(exercise):
    many = {"value": probe.encode({f"key{i}": i for i in range(20_000)})}
    mark = assess(
        exercise, [many, {"value": probe.encode([[0]] * 20_000)}, {"value": probe.encode("x" * 900)}], show_values=True
    )
    texts = [text for case in mark.cases for text in (case.what, case.yours, case.expected)]
    assert max(map(len, texts)) <= 300 and not any(case.passed for case in mark.cases)


def test_whatever_an_answer_does_to_the_comparison_it_is_a_wrong_answer(exercise, monkeypatch):
    monkeypatch.setattr("grader.scoring.assessment.compare", lambda *_, **__: 1 / 0)
    mark = assess(exercise, answers(1, 1, 1))
    assert mark.points == 0 and mark.cases[0].what == "the answer cannot be compared with what was expected"


def test_where_references_were_lent_a_mark_tells_nothing_that_the_process_chose(exercise):
    secret = "text_of_the_reference"
    given = [
        {"raised": [secret, "ValueError"], "message": secret, "line": 1234},
        {"value": ["other", secret]},
        {"value": probe.encode([[0] * 1234])},
    ]
    told = str(assess(exercise, given, lent=True))
    assert secret not in told and "1234" not in told and "raised ValueError" in told
    stopped = "ended the kernel (exit status 123) in check_f"
    assert "123" not in str(assess(exercise, [None] * 3, stopped, lent=True))
    assert "stopped after" in str(assess(exercise, [None] * 3, ENDLESS, lent=True))
