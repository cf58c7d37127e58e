"""Each word for what a slip does wrong, on one function; a word that does not fit says so."""

import numpy as np
import pytest

from grader.spec import wrong
from grader.spec.errors import BadDeclaration
from grader.spec.exercise import Exercise


def _doubled(x):
    return 2 * x


def largest(x, axis=0, *, scale=1):
    """Return the largest number along an axis."""
    ### BEGIN SOLUTION
    scaled = _doubled(np.multiply(x, scale)) / 2  # a comment
    return np.max(scaled, axis=axis)
    ### END SOLUTION


EXERCISE = Exercise(largest, points=1, hints=["np.max"])
X = np.array([[1.0, 5.0], [2.0, 3.0]])


def smallest_of_the_reference(x, axis=0, *, scale=1):
    return -largest(-x, axis, scale=scale)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (wrong.ignoring(axis=1), [5, 3]),
        (wrong.ignoring(axis=None), 5),
        (wrong.exchanging("axis", "scale"), [0, 0]),
        (wrong.beforehand(x="x[::-1] * [1, 2]"), [2, 10]),
        (wrong.afterwards(lambda result: result + 1), [3, 6]),
        (wrong.replacing(_doubled=lambda x: 4 * x), [4, 10]),
        (wrong.replacing(_doubled="np.square"), [2, 12.5]),
        (wrong.instead(max="min"), [1, 3]),
        (wrong.passing("max", axis=1), [5, 3]),
        (wrong.passing("max", only=1, keepdims=True), [[2, 5]]),
        (wrong.leaving_out("max", "axis"), 5),
        (wrong.skipping("multiply"), [2, 5]),
        (wrong.skipping("max"), [[1, 5], [2, 3]]),
        (wrong.edit("/ 2", "/ 4"), [1, 2.5]),
        (wrong.edits(("/ 2", "/ 4"), ("np.max", "np.min")), [0.5, 1.5]),
        (lambda x, axis=0, *, scale=1: largest(x, 1 - axis), [5, 3]),
        (smallest_of_the_reference, [1, 3]),
    ],
)
def test_what_is_wrong_is_said(code, answer):
    function = EXERCISE.compiled(code)
    assert function.__name__ == "largest"
    assert np.array_equal(function(X, axis=0), answer)
    assert "###" not in EXERCISE.source(code)


TAKEN_TWICE = """
def both(x, axis=None):
    while axis is None:
        axis = 0
    return np.max(x, axis=axis)
"""


def test_two_slips_at_once_are_the_one_inside_the_other():
    ignored, doubled = wrong.ignoring(axis=1), wrong.afterwards(lambda result: 2 * result)
    text = "def both(x, axis=None):\n    return np.max(x, axis=axis)\n"
    for pair in ((ignored, doubled), (doubled, ignored), (wrong.instead(max="min"), ignored)):
        assert wrong.both(*pair, "both", text) not in (None, *(wrong.as_text(one, "both", text) for one in pair))
    assert "axis = 1" in wrong.both(doubled, ignored, "both", text)
    # An edit that finds its place first, or never; and what replaces the function as a whole.
    assert wrong.both(wrong.instead(max="min"), wrong.edit("np.max", "np.mean"), "both", text) is None
    assert wrong.both(lambda x, axis=None: 0, lambda x, axis=None: 1, "both", text) is None
    assert wrong.both(ignored, doubled, "both", TAKEN_TWICE) is None, "nobody has seen that it ends"


def test_two_lambdas_on_one_line_are_told_apart():
    one, other = wrong.afterwards(lambda result: result + 1), wrong.afterwards(lambda result: result - 1)
    assert EXERCISE.compiled(one)(X)[0] == 3 and EXERCISE.compiled(other)(X)[0] == 1


def test_a_private_helper_travels_with_its_function():
    namespace = {"np": np}
    exec(EXERCISE.source(), namespace)
    assert np.array_equal(namespace["largest"](X), [2, 5])
    assert EXERCISE.source().startswith("def largest(x")


@pytest.mark.parametrize(
    "code",
    [
        wrong.edit("nowhere", "there"),
        wrong.edit("x", "y"),
        wrong.instead(argmax="argmin"),
        wrong.passing("argmax", axis=1),
        wrong.leaving_out("max", "keepdims"),
        wrong.skipping("argmax"),
        wrong.replacing(nobody="max"),
    ],
)
def test_a_word_that_does_not_fit_the_reference_says_so(code):
    with pytest.raises(BadDeclaration, match="the reference"):
        EXERCISE.source(code)


def test_another_right_solution_may_have_the_exercises_own_name():
    text = wrong.as_text(largest, "largest", "")
    assert text.count("def largest") == 1


def test_derived_cases_change_the_numbers_alone():
    one = Exercise(largest, points=1, hints=["np.max"])

    @one.cases
    def cases(rng):
        from grader.spec.case import case

        yield case("first", rng.standard_normal((2, 3)), 1, extra={"b": rng.standard_normal(2), "mode": "max"})

    one.also("single precision", "whole numbers", "whole numbers under fractions")
    first, single, whole, under = one.draw(1)
    assert [case.title for case in one.draw(1)[1:]] == one.more
    assert single.args[0].dtype == single.kwargs["extra"]["b"].dtype == np.float32
    assert whole.args[0].dtype == whole.kwargs["extra"]["b"].dtype == np.int64
    assert under.args[0].dtype == np.int64 and np.array_equal(under.kwargs["extra"]["b"], first.kwargs["extra"]["b"])
    assert under.args[1] == 1 and under.kwargs["extra"]["mode"] == "max"
    with pytest.raises(BadDeclaration, match="single precision"):
        one.also("double precision")


def test_an_exercise_without_cases_says_so():
    with pytest.raises(BadDeclaration, match=r"@exercise\.cases"):
        Exercise(largest, points=1, hints=["np.max"]).draw(0)
