"""Photographs of twelve kinds of flowers, one folder a kind, in two folders for training and testing."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.readers.files import pictures
from data.splits import mixed

_SIDE = 224


def read(
    folder: Path, split: str | None, size: int | None, names: tuple[str, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, size, size, 3) RGB, labels int64 (m,), the place in `names`; a size of None leaves 224x224.

    The split is the source's: 60 of each kind for training, 20 for testing.

    Source: M.-E. Nilsback, A. Zisserman, CVPR 2006.
    """
    files = [
        path for part in ("test", "train") if split in (None, part) for path in sorted(folder.glob(f"{part}/*/*.jpg"))
    ]
    files = [files[place] for place in mixed(len(files))]
    labels = np.array([names.index(path.parent.name) for path in files], np.int64)
    return pictures(files, size or _SIDE), labels
