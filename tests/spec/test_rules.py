"""Forbidden routines are found however they are named; a student's own functions of the same name are not."""

import time

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


CALLS = "from scipy.signal import convolve2d as c\ndef f(x):\n    return c(x, x)\n"


@pytest.mark.parametrize(
    "cell",
    [
        CALLS + "x = !true",
        "print?\n" + CALLS,
        CALLS + "?print",
        CALLS + "files = %sx ls",
        CALLS + "if True:\n    !ls",
        CALLS + "for name in 'ab':\n    %time f(1)\n    x = !ls {name}",
        "%%time\n" + CALLS,
        "%%capture out\nx = !ls\n" + CALLS,
        "".join(f">>> {line}\n" if line[0] != " " else f"... {line}\n" for line in CALLS.splitlines()),
        "".join(
            f"In [{i}]: {line}\n" if line[0] != " " else f"   ...: {line}\n"
            for i, line in enumerate(CALLS.splitlines())
        ),
        "".join(f"    {line}\n" for line in CALLS.splitlines()),
        "\n\n   \n" + CALLS + "!echo \\\n  further",
        CALLS + "/f 1",
        CALLS + "a, b = !ls",
        CALLS + "text = '''\n%d\n''' % 3\n!ls",
        CALLS + "y = (7\n  % 3)\n!ls",
    ],
)
def test_commands_of_ipython_hide_nothing(cell):
    text = read([cell])
    assert text.unread == [] and "f calls convolve2d" in broken("f", text, FORBIDDEN)


def test_what_cannot_be_read_is_said():
    many_and_one_like_them = CALLS + "x = !ls\n" * 30 + "y = 7 \\\n  % 3"
    assert read(["x = 1", "def f(x:\n  broken", CALLS, many_and_one_like_them]).unread == [1, 3]


@pytest.mark.parametrize(
    "source",
    [
        "".join(f"{' ' * i}def f{i % 7}(x):\n" for i in range(95)) + " " * 95 + "return x\n",
        "".join(f"{' ' * i}def f(x, a{i}=1):\n" for i in range(60)) + (" " * 60 + "x = a + b\n") * 4000,
        "a = " + "b." * 900 + "c\n" + ("d = " + "b." * 900 + "c\n") * 200,
        "x = !ls\n" * 6_000,
        "y = (7\n  % 3)\n!ls\n" * 3_000,
        "def f(x):\n    return " + "+".join(["x"] * 900) + "\n" + "f(1)\n" * 50_000,
        "(" * 3000,
        "print?" * 10_000,
    ],
)
def test_reading_takes_no_time(source):
    start = time.process_time()
    text = read([source])
    for name in ("f", "f1", "g"):
        broken(name, text, FORBIDDEN)
    assert time.process_time() - start < 5
