"""Compare two answers, and say how they differ.

Errors are relative to the largest expected number: max |yours - expected| / max |expected|. A relative error entry by
entry would reject correct results if rounding leaves 1e-17 instead of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.scoring.probe import Other

TINY = 1e-30
WHOLE = "the result"


@dataclass(frozen=True)
class Tolerance:
    """The largest relative error, and what the dtype of a result must be (see Exercise)."""

    limit: float
    limit_float32: float
    dtype: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of a comparison.

    Attributes:
        same -- whether the answer counts
        what -- how it differs, in words that give away no expected value; if it is the same, how near it is
        where -- index of the first entry that differs, and the two entries there: for visible cases only
        plain -- how it differs without anything that the answer chose: where a reference was lent, its text could leave
            in the answer's types and shapes
    """

    same: bool
    what: str
    where: str = ""
    plain: str = "the answer differs from what was expected"


def compare(expected: Any, yours: Any, tolerance: Tolerance, single: bool = False, place: str = WHOLE) -> Verdict:
    """Compare decoded values.

    Arguments:
        expected, yours -- numbers, arrays, text, None, and tuples, lists and dicts of them
        tolerance -- what counts as equal
        single -- whether an input had single precision, so that the looser limit applies
        place -- name of the value in messages
    """
    if yours is None and expected is not None:
        return Verdict(False, said := f"{place} is None: is a `return` missing?", plain=said)
    if isinstance(expected, Other):  # only a slip gives such an answer
        return Verdict(isinstance(yours, Other) and yours.name == expected.name, f"{place} is no {expected.name}")
    if isinstance(yours, Other):
        return _another_kind(place, f"is of type {yours.name}", describe_kind(expected))
    if isinstance(expected, (tuple, list)):
        return _compare_sequences(expected, yours, tolerance, single, place)
    if isinstance(expected, dict):
        return _compare_dicts(expected, yours, tolerance, single, place)
    if expected is None or isinstance(expected, str):
        same = type(expected) is type(yours) and expected == yours
        wanted = "something else" if type(expected) is type(yours) else describe_kind(expected)
        return Verdict(True, "") if same else _another_kind(place, f"is {describe(yours)}", wanted)
    if isinstance(yours, (tuple, list, dict, str)) and not _is_numbers(yours):
        return _another_kind(place, f"is {describe_kind(yours)}", describe_kind(expected))
    return _compare_arrays(np.asarray(expected), np.asarray(yours), tolerance, single, place)


def _another_kind(place: str, is_now: str, wanted: str, plain: str = "is something else") -> Verdict:
    """Return the verdict on an answer of another type, shape or dtype than was expected."""
    return Verdict(False, f"{place} {is_now}, expected {wanted}", plain=f"{place} {plain}, expected {wanted}")


def _is_numbers(value: Any) -> bool:
    """Say whether a list is an array written as a list: of numbers, all of one shape."""
    if not _holds_numbers(value):
        return False  # NumPy makes texts as long as the longest, which can take all memory
    try:
        return np.asarray(value).dtype.kind in "biufc"
    except (ValueError, OverflowError):
        return False


def _holds_numbers(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_holds_numbers, value))
    return isinstance(value, (bool, int, float, np.ndarray))


def _compare_sequences(expected: Any, yours: Any, tolerance: Tolerance, single: bool, place: str) -> Verdict:
    if not isinstance(yours, (tuple, list)) or len(yours) != len(expected):
        wanted = f"{len(expected)} values ({', '.join(describe_kind(item) for item in expected)})"
        return _another_kind(place, f"is {describe_kind(yours)}", wanted)
    inside = "" if place == WHOLE else f" in {place}"
    verdicts = [
        compare(e, y, tolerance, single, f"value {i + 1} of {len(expected)}{inside}")
        for i, (e, y) in enumerate(zip(expected, yours, strict=True))
    ]
    return _worst(verdicts)


def _compare_dicts(expected: dict, yours: Any, tolerance: Tolerance, single: bool, place: str) -> Verdict:
    if not isinstance(yours, dict) or set(yours) != set(expected):
        got = f"a dict with {sorted(map(str, yours))}" if isinstance(yours, dict) else describe_kind(yours)
        return _another_kind(place, f"is {got}", f"a dict with {sorted(map(str, expected))}")
    return _worst([compare(expected[k], yours[k], tolerance, single, _entry(place, k)) for k in expected])


def _entry(place: str, key: Any) -> str:
    """Return the name of a dictionary's entry: what an observer looks at is said in words."""
    return f"“{key}”" if isinstance(key, str) and " " in key else f"{place}[{key!r}]"


def _worst(verdicts: list[Verdict]) -> Verdict:
    wrong = [verdict for verdict in verdicts if not verdict.same]
    if wrong:
        return wrong[0]
    return next((verdict for verdict in verdicts if "error" in verdict.what), Verdict(True, "exact"))


def _compare_arrays(expected: np.ndarray, yours: np.ndarray, tolerance: Tolerance, single: bool, place: str) -> Verdict:
    if yours.shape != expected.shape:
        return _another_kind(place, f"has shape {_shape(yours)}", _shape(expected), "has another shape")
    if expected.dtype.kind == "b" and yours.ndim == 0 and yours.dtype.kind in "iu" and yours in (0, 1):
        yours = yours.astype(bool)  # 1 and 0 for True and False, as many people write it
    wrong_kind = _wrong_dtype(expected.dtype, yours.dtype, tolerance.dtype)
    if wrong_kind:
        return _another_kind(place, f"has dtype {yours.dtype}", wrong_kind, "has another dtype")
    if expected.size == 0:
        return Verdict(True, "exact")
    if expected.dtype.kind == "b":
        if expected.ndim == 0 and yours != expected:
            return Verdict(False, f"{place} is {bool(yours)}, and should not be")
        return _verdict(expected, yours, yours != expected, "", place)

    if expected.dtype.kind == "c":  # only a slip gives such an answer
        return Verdict(np.array_equal(expected, yours), f"{place} holds complex numbers")
    a, b = expected.astype(np.float64), yours.astype(np.float64)
    if np.isnan(b).any() and not np.isnan(a).any():
        return _verdict(a, b, np.isnan(b), "NaN among them", place)
    unequal = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    finite = np.isfinite(a) & np.isfinite(b)
    gap = np.where(unequal, np.inf, 0.0)
    np.subtract(a, b, out=gap, where=finite)
    gap = np.abs(gap)
    scale = max(float(np.max(np.abs(a), where=np.isfinite(a), initial=0.0)), TINY)
    limit = (
        tolerance.limit_float32
        if single or (yours.dtype.itemsize <= 4 and yours.dtype.kind == "f")
        else tolerance.limit
    )
    if expected.dtype.kind in "iu" and yours.dtype.kind in "iu":
        limit = 0.0  # counts, sizes, ids: nothing was rounded
    error = float(gap.max()) / scale
    measure = f"max rel. error {error:.1e}, limit {limit:.0e}" if limit else ""
    if error <= limit:
        return Verdict(True, measure if error else "exact")
    return _verdict(a, b, gap > limit * scale, measure, place)


def _verdict(expected: np.ndarray, yours: np.ndarray, differs: np.ndarray, measure: str, place: str) -> Verdict:
    count = int(differs.sum())
    if count == 0:
        return Verdict(True, "exact")
    first = tuple(int(i) for i in np.argwhere(differs)[0])
    if expected.ndim == 0:
        what = f"{place} differs ({measure})" if measure else f"{place} differs"
        # A single number does not need a place: it is shown beside the expected number.
        where = "" if place == WHOLE else f"{place}: expected {_number(expected)}, yours {_number(yours)}"
        return Verdict(False, what, where)
    many = f"{count} of {expected.size} entries of {place} differ" + (f" ({measure})" if measure else "")
    there = f"at {list(first)}" if place == WHOLE else f"{place} at {list(first)}"
    return Verdict(False, many, f"{there}: expected {_number(expected[first])}, yours {_number(yours[first])}")


def _wrong_dtype(expected: np.dtype, yours: np.dtype, rule: str) -> str:
    """Return what the dtype should have been; empty if it is right."""
    if rule == "same":
        return "" if yours == expected else str(expected)
    if yours == expected:
        return ""
    if rule == "float":
        return "" if yours.kind == "f" else "a float"
    if rule == "whole":
        return "" if yours.kind in "iu" else "a whole number"
    if expected.kind == "b":
        return "" if yours.kind == "b" else "bool"
    return "" if yours.kind in "iuf" else "real numbers"


def _shape(array: np.ndarray) -> str:
    return str(tuple(int(n) for n in array.shape)) if array.ndim else "() (one number)"


def _number(value: Any) -> str:
    value = np.asarray(value).item()
    if not isinstance(value, float):
        return str(value)
    text = f"{value:.6g}"
    return f"{text}.0" if text.lstrip("-").isdigit() else text  # so that 31.0 is not mistaken for 31


def describe_kind(value: Any) -> str:
    """Return a value's type and shape, in a few words that give away no number."""
    if isinstance(value, Other):
        return value.name
    if value is None or isinstance(value, str):
        return "None" if value is None else "text"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict):
        return f"a dict of {len(value)}"
    array = np.asarray(value)
    return "one number" if array.ndim == 0 else f"an array {_shape(array)}"


def describe(value: Any, inside: bool = False) -> str:
    """Return a value in one short line, for a table; what is inside a result (a cache, say) only by its kind."""
    if isinstance(value, Other):
        return value.name
    if isinstance(value, (tuple, list)):
        if inside:
            return "(…)" if isinstance(value, tuple) else "[…]"
        items = ", ".join(describe(item, inside=True) for item in value)
        return f"({items})" if isinstance(value, tuple) else f"[{items}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {describe(v, inside=True)}" for k, v in value.items()) + "}"
    if value is None or isinstance(value, (str, bool)):
        return repr(value)
    array = np.asarray(value)
    if array.ndim == 0:
        return _number(array)
    if array.ndim <= 2 and array.size <= 6:
        return " ".join(np.array2string(array, precision=3, separator=", ", suppress_small=True).split())
    return f"{array.dtype} {_shape(array)}"


def fractions(value: Any) -> int:
    """Return how many numbers of a value are not whole."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return sum(map(fractions, value))
    array = np.asarray(value)
    return int((array[np.isfinite(array)] % 1 != 0).sum()) if array.dtype.kind == "f" else 0
