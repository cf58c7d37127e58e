"""What a kernel sends is kept within its budget of memory, whatever it is."""

import sys
import time

import pytest

from grader.sandbox.outputs import CUT, OVERHEAD, Outputs

BUDGET = 100_000
LONG = "x" * 60_000
EMOJI = "\N{SNAKE}" + "x" * 59_999  # one such character makes each of the others take four bytes


def memory_of(value):
    if isinstance(value, dict):
        return sum(memory_of(key) + memory_of(one) for key, one in value.items())
    return sum(map(memory_of, value)) if isinstance(value, list) else sys.getsizeof(value)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": "stdout", "text": LONG}),
        ("stream", {"name": "stdout", "text": EMOJI}),
        ("error", {"ename": "E", "evalue": LONG, "traceback": []}),
        ("error", {"ename": LONG, "evalue": "", "traceback": [LONG]}),
        ("error", {"ename": "E", "evalue": "", "traceback": ["x"] * 3_000}),
        ("display_data", {"data": {LONG: "x"}, "metadata": {}}),
        ("display_data", {"data": {"text/plain": EMOJI}, "metadata": {}}),
        ("display_data", {"data": {f"x/{i}": "" for i in range(3_000)}, "metadata": {}}),
        ("execute_result", {"data": {"text/plain": "x"}, "metadata": {"image/png": {"alt": LONG}}}),
        ("display_data", {"data": {}, "metadata": {}}),
    ],
)
def test_no_content_takes_more_memory_than_the_budget(kind, content):
    outputs = Outputs(BUDGET)
    for _ in range(1_000):
        outputs.add(kind, content)
    assert memory_of(outputs.written()) < BUDGET * 2 + OVERHEAD
    assert outputs.cut and outputs.left == 0
    assert sum(one.get("text") == CUT or CUT in one.get("text", "") for one in outputs.written()) == 1


@pytest.mark.parametrize(
    "content", [None, [], 5, {"data": [1], "metadata": 7}, {"name": {}, "text": ["x"]}, {"traceback": "no"}]
)
@pytest.mark.parametrize("kind", ["stream", "error", "display_data", "execute_result"])
def test_content_of_any_form_is_no_error(kind, content):
    outputs = Outputs(BUDGET)
    outputs.add(kind, content)
    outputs.add(kind, content, only="text/plain")
    assert len(outputs.written()) <= 2


def test_many_small_prints_are_one_output_and_take_no_time():
    outputs = Outputs(4_000_000)
    start = time.process_time()
    for _ in range(40_000):
        outputs.add("stream", {"name": "stdout", "text": "a line of words\n"})
    (written,) = outputs.written()
    assert written["text"] == "a line of words\n" * 40_000
    assert time.process_time() - start < 2


def test_an_exceptions_name_is_a_name():
    for sent, name in {
        "ValueError": "ValueError",
        "\x1b[2Jx": "an exception",
        "Überlauf": "Überlauf",
        5: "an exception",
    }.items():
        outputs = Outputs(BUDGET)
        outputs.add("error", {"ename": sent, "evalue": "", "traceback": []})
        assert outputs.raised == outputs.written()[0]["ename"] == name
