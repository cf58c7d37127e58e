"""The wire between kernel and judge: what goes in comes out, and what nobody would send is refused."""

import base64
import io
import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.scoring import probe

DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?", "c16", ">f4"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        )
    if isinstance(a, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or a != a)


@given(VALUES)
def test_values_survive_the_journey(value):
    assert same(value, probe.decode(json.loads(json.dumps(probe.encode(value)))))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=3), x),
    )
)
def test_any_other_json_is_refused_or_read(tree):
    with suppress(ValueError):  # Unreadable, and base64's own error: the judge expects nothing else
        probe.decode(tree)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(raw):
    for prefix in (b"", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x02\x00"):
        with suppress(probe.Unreadable):
            probe.read_npy(prefix + raw)


def npy(header, body=b""):
    text = header.encode() + b" " * (118 - len(header)) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }",
        "__import__('os').system('true')",
    ],
)
def test_a_lying_header_is_refused(header):
    with pytest.raises(probe.Unreadable):
        probe.read_npy(npy(header, b"\0" * 8))


def test_pickles_are_refused():
    file = io.BytesIO()
    np.lib.format.write_array(file, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(probe.Unreadable):
        probe.decode(["array", base64.b64encode(file.getvalue()).decode()])


def test_a_transposed_array_keeps_its_values():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert same(np.array(array), np.ascontiguousarray(probe.decode(probe.encode(array))))


def test_tensors_come_as_arrays():
    import tensorflow as tf

    assert same(np.ones((2, 3), np.float32), probe.decode(probe.encode(tf.ones((2, 3)))))
    assert probe.decode(probe.encode(tf.cast(tf.ones(3), tf.bfloat16))).dtype == np.float32


@pytest.mark.parametrize("value", [object(), lambda: 1, np.array(["text"]), iter([1]), {1, 2}, np.array([object()])])
def test_what_is_no_answer_is_named_not_sent(value):
    assert probe.encode(value)[0] == "other"


def test_a_self_containing_list_ends():
    value = []
    value.append(value)
    assert probe.encode(value)


def test_an_exception_is_told_with_its_line():
    namespace = {}
    exec(compile("def f(x):\n    y = x\n    return y.missing\n", "cell", "exec"), namespace)
    answer = probe.observe(namespace["f"], (1,), {})
    assert answer["raised"][0] == "AttributeError"
    assert answer["line"] == 3


def test_a_changed_input_is_told():
    def f(x):
        x += 1

    assert probe.observe(f, (np.zeros(2),), {})["changed"]
    assert "changed" not in probe.observe(lambda x: x + 1, (np.zeros(2),), {})


def test_an_observer_stands_between():
    out = []
    text = "def observer(function, x):\n    return function(x) + 1\n"
    probe.answer_all(lambda x: 2 * x, json.dumps([probe.encode([(3,), {}])]), out.append, text)
    assert probe.decode(json.loads(out[0])["value"]) == 7


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"value": 1},
        {"case": "0", "value": ["plain", 1]},
        {"case": True, "value": ["plain", 1]},
        {"case": 0},
        {"case": 0, "raised": 5},
        {"case": 0, "raised": {"ValueError": 1}},
        {"case": 0, "undefined": "yes"},
    ],
)
def test_what_is_no_answer_is_none(answer):
    assert probe.well_formed(answer) is None


def test_of_an_answer_only_what_the_probe_writes_is_kept_and_texts_are_short():
    sent = {
        "case": 2,
        "raised": ["E" * 999, 7, "\x1b[2J", "ValueError"] * 99,
        "message": "m" * 9_999,
        "line": 10**9,
        "more": 1,
    }
    kept = probe.well_formed(sent)
    assert set(kept) == {"case", "after", "raised", "message", "line"}
    assert set(kept["raised"]) == {"E" * 60, "ValueError"} and len(kept["message"]) == 300 and kept["line"] is None
    assert probe.well_formed({"case": 0, "value": 1, "changed": True}) == {"case": 0, "value": 1, "after": None}


@pytest.mark.parametrize(
    "tree",
    [
        ["plain", "x" * 1001],
        ["plain", [1]],
        ["array", "no base64 !"],
        ["array", "A" * 9_000_000],
        ["list", {"0": 1}],
        ["dict", [["plain", 1]]],
        ["tuple"],
    ],
)
def test_what_encode_would_not_write_is_not_read(tree):
    with pytest.raises(ValueError):
        probe.decode(tree)


def test_the_digest_of_inputs_is_the_same_in_every_process_until_they_change():
    inputs = [([np.asfortranarray(np.arange(6.0).reshape(2, 3)), "a"], 1), {"k": (1, None)}]
    tree = probe.encode(inputs)
    args, kwargs = probe.decode(tree)
    before = probe.digest(args, kwargs)
    assert before == probe.digest(*probe.decode(tree))
    args[0][0][0, 0] += 1
    assert probe.digest(args, kwargs) != before
