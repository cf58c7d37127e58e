"""What of a student's cell is run where functions are judged alone."""

import pytest

from grader.judging.definitions import definitions, only_defines

TRY = "try:\n    import cv2\nexcept ImportError:\n    cv2 = None"
PAD = "def zero_pad(X, pad):\n    return X"


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (PAD, PAD),
        (f"# mine\n{PAD}\n", f"# mine\n{PAD}\n"),
        (f"import numpy as np\n\n@cached\n{PAD}\n\nexit()", f"import numpy as np\n@cached\n{PAD}"),
        (f"{PAD}\nzero_pad = zero_pad(X, 1)", PAD),
        ("zero_pad = lambda X, pad: X", "zero_pad = lambda X, pad: X"),
        (f"{PAD}\nfor zero_pad in range(3):\n    print(zero_pad)", PAD),
        (f"{PAD}\nsum = 0\nwidth = 3\ndel np", f"{PAD}\nwidth = 3"),
        (f"%time\n{PAD}", PAD),
        (f"{PAD}\n%reset -f", PAD),
        (f"{TRY}\nprint(cv2)", TRY),
        ("def zero_pad(X, pad)\n    return X", "def zero_pad(X, pad)\n    return X"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_only_does_something_is_left_out(source, left):
    assert definitions(source, ["zero_pad"]) == left


def test_a_name_that_another_cell_defines_is_not_used_for_something_else():
    assert definitions("zero_pad = zero_pad(X, 1)\ny = 2", ["zero_pad"], ["zero_pad"]) == "y = 2"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        (f"import numpy\n{PAD}", True),
        ("class Pad:\n    pass", True),
        ("exit()", False),
        ("%reset -f", False),
        ("x = 3", False),
        ("def (", False),
    ],
)
def test_which_cells_only_define(source, answer):
    assert only_defines(source) is answer
