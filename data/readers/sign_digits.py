"""Photographs of hands that show a digit, one folder a digit."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.readers.files import pictures
from data.splits import chosen, grouped

_SIDE = 100


def read(
    folder: Path, split: str | None, size: int | None, names: tuple[str, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, size, size, 3) RGB, labels int64 (m,), the digit shown, 0..9; a size of None leaves 100x100.

    "test" has a fifth of the persons and no person is on both sides, as far as the file numbers tell (see `persons`).

    Source: A. Mavi, 2020, arXiv:2011.08927.
    """
    files = sorted(folder.glob("[0-9]/IMG_*.JPG"), key=_number)
    digits = [names.index(path.parent.name) for path in files]
    order = chosen(split, len(files), grouped(persons(digits)))

    return pictures([files[place] for place in order], size or _SIDE), np.array(digits, np.int64)[order]


def persons(digits: list[int]) -> list[int]:
    """A number for the person in each photograph; `digits` is what is shown, in the order of the file numbers.

    The source names no persons, but its file numbers run through 0, 1, ... 9 for one after the other: where the digits
    start over, the next person stands before the camera. A drop by one or two is the same person, out of turn.
    """
    found = [0]
    for before, digit in pairwise(digits):
        found.append(found[-1] + (digit <= before - 3))
    return found


def _number(path: Path) -> int:
    match = re.search(r"\d+", path.stem)
    assert match is not None, path
    return int(match.group())
