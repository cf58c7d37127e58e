"""Cases that follow from another one: the same call with numbers of another kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.spec.case import Case
from grader.spec.errors import BadDeclaration


def _single(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32)


def _whole(array: np.ndarray) -> np.ndarray:
    """Round standard normal numbers to -12 ... 12 or so: few of them become 0."""
    return np.rint(4 * array).astype(np.int64)


KINDS: dict[str, tuple[Callable, bool]] = {  # how numbers change, and whether in the first array alone
    "single precision": (_single, False),
    "whole numbers": (_whole, False),
    "whole numbers under fractions": (_whole, True),
}


def known(kind: str) -> bool:
    """Say whether a kind of derived case exists, and raise if not."""
    if kind not in KINDS:
        raise BadDeclaration(f"{kind!r} is not a kind of derived case: {', '.join(KINDS)}")
    return True


def case(kind: str, first: Case) -> Case:
    """Return a case whose floating-point arrays have become of that kind, titled by it."""
    change, only_first = KINDS[kind]
    left = 1 if only_first else -1

    def changed(value: Any) -> Any:
        nonlocal left
        if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating) and left:
            left -= 1
            return change(value)
        if isinstance(value, dict):
            return {key: changed(item) for key, item in value.items()}
        return type(value)(map(changed, value)) if isinstance(value, (tuple, list)) else value

    return Case(kind, changed(first.args), changed(first.kwargs), first.raises)
