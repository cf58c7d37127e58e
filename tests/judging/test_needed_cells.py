"""Which given cells are run for grading: those whose variables a student's cells read, and no others."""

import pytest

from grader.judging.needed_cells import needed_cells

GIVEN = {
    3: "photograph = load()\nsmall = photograph[::2]",
    5: "for filter in filters:\n    show(convolve(small, filter))",
    7: "with open('x') as file, other() as (first, *rest):\n    import json as reader",
}


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("def zero_pad(X, pad):\n    return X + pad", set()),
        ("print(zero_pad(small, 2).shape)", {3}),
        ("def zero_pad(X, pad):\n    return [small for _ in X]", {3}),
        ("def zero_pad(small, pad):\n    photograph = small\n    return [photograph for filter in photograph]", set()),
        ("class A:\n    def b(self):\n        return lambda: filter", {3, 5}),  # the second reads what the first makes
        ("print(X.small)", set()),
        ("small = 3\nprint(small)\ndef f():\n    return small", set()),
        ("small = small + 3", {3}),
        ("reader.loads(rest)", {7}),
        ("global first\ndel first", {7}),
        ("%timeit convolve(small)", {3}),
        ("def broken(:\n    small", set()),
        ("files = !ls {small}", {3}),
        ("small?", {3}),
        ("print(globals()['rest'])", {7}),
        ("eval('small + 1')", {3}),
        ("%%time\nprint(rest)", {7}),
        ("", set()),
    ],
)
def test_given_cells_are_needed_for_the_variables_that_are_read(text, needed):
    assert needed_cells([text], GIVEN) == needed
