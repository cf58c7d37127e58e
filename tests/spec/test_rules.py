"""Forbidden routines are found however they are named; a student's own functions of the same name are not."""

import pytest

from grader.spec.rules import broken, read

FORBIDDEN = ("convolve2d", "conv2d", "max_pool")


@pytest.mark.parametrize(
    "source",
    [
        "import scipy.signal\ndef f(x):\n    return scipy.signal.convolve2d(x, x)",
        "from scipy.signal import convolve2d\ndef f(x):\n    return convolve2d(x, x)",
        "from scipy.signal import convolve2d as c\ndef f(x):\n    return c(x, x)",
        "def f(x):\n    from scipy.signal import convolve2d as c\n    return c(x, x)",
        "import tensorflow as tf\ndef f(x):\n    return tf.nn.conv2d(x, x, 1, 'SAME')",
        "import tensorflow as tf\ndef helper(x):\n    return tf.nn.max_pool(x, 2)\ndef f(x):\n    return helper(x)",
        "from scipy import signal\nf = lambda x: signal.convolve2d(x, x)",
        "from scipy import signal\nf = signal.convolve2d",
        "from scipy.signal import convolve2d\nf = convolve2d",
        "%matplotlib inline\n!ls\nimport tensorflow as tf\ndef f(x):\n    return tf.nn.conv2d(x)",
    ],
)
def test_a_short_cut_is_found(source):
    assert "writing that yourself" in broken("f", read([source]), FORBIDDEN)


@pytest.mark.parametrize(
    "source",
    [
        "def convolve2d(x, k):\n    return x\ndef f(x):\n    return convolve2d(x, x)",
        "import numpy as np\ndef f(x):\n    return np.pad(x, 1)",
        "from scipy.signal import convolve2d\ndef f(x):\n    return x\ndef g(x):\n    return convolve2d(x, x)",
        "def f(x):\n    'conv2d is not called here'\n    return x",
        "from scipy import signal\nwindow = signal.convolve2d\ndef f(x):\n    window = x[:2]\n    return window.sum()",
        "from scipy import signal\ndef test(x):\n    return signal.convolve2d(x, x)\ndef f(test):\n    return test + 1",
        "from scipy import signal\nexpected = signal.convolve2d(1, 2)\ndef f(x):\n    return x",
        "def f(x:\n  broken",
        "def f(x):\n    return f(x - 1) if x else 0",
    ],
)
def test_right_solutions_are_left_alone(source):
    assert broken("f", read([source]), FORBIDDEN) == ""


def test_a_students_own_methods_are_no_library():
    layer = "class Layer:\n    def max_pool(self, x):\n        return x\n"
    source = f"import numpy as np\n{layer}def f(x):\n    layer = Layer()\n    return layer.max_pool(x)"
    assert broken("f", read([source]), FORBIDDEN) == ""


def test_what_a_helper_calls_is_judged_at_the_helper():
    source = (
        "from scipy import signal\ndef helper(x):\n    return signal.convolve2d(x, x)\ndef f(x):\n    return helper(x)"
    )
    assert broken("f", read([source]), FORBIDDEN)
    assert broken("f", read([source]), FORBIDDEN, helpers=["helper"]) == ""
    assert broken("helper", read([source]), FORBIDDEN)


def test_a_routine_of_the_functions_own_name_is_told_in_full():
    source = "import tensorflow as tf\ndef conv2d(x):\n    return tf.nn.conv2d(x, x, 1, 'SAME')"
    assert broken("conv2d", read([source]), FORBIDDEN).startswith("conv2d calls tf.nn.conv2d; writing")


def test_own_functions_can_be_ruled_out():
    source = "def slow(x):\n    return x\ndef f(x):\n    return slow(x)"
    assert "calls slow" in broken("f", read([source]), (), ("slow",))
    assert broken("slow", read([source]), (), ("slow",)) == ""


def test_a_hopeless_source_is_no_error():
    assert broken("f", read(["(" * 100_000, "\0"]), FORBIDDEN) == ""
