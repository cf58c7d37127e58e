"""Photographs of two breeds of cats and one of dogs."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.readers.files import pictures
from data.splits import mixed

_SIDE = 224
# The source's two lists are the halves of each breed's names in alphabetical order, in which "10" follows "109":
# where the second half begins.
_HALF = {"Abyssinian": "2", "Bengal": "191", "american_bulldog": "203"}


def read(
    folder: Path, split: str | None, size: int | None, names: tuple[str, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, size, size, 3) RGB, labels int64 (m,), the place in `names`; a size of None means 224.

    Each photograph's longer side is cut to the shorter, in the middle. The split is the source's.

    Source: O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar, CVPR 2012.
    """
    files = [path for path in sorted(folder.glob("images/*.jpg")) if split in (None, part(path))]
    files = [files[place] for place in mixed(len(files))]
    labels = np.array([names.index(_breed(path)) for path in files], np.int64)
    return pictures(files, size or _SIDE), labels


def _breed(path: Path) -> str:
    return path.stem.rpartition("_")[0]


def part(path: Path) -> str:
    """ "train" or "test", by the file's name."""
    number = path.stem.rpartition("_")[2] + "~"  # which sorts after digits
    return "train" if number < _HALF[_breed(path)] else "test"
