"""Photographs of 39 persons, ten of each."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.splits import chosen, grouped

EACH = 10


def read(folder: Path, split: str | None, names: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 112, 92, 1), labels int64 (m,), the person; a fifth of the persons is "test".

    Source: F. Samaria, A. Harter, Parameterisation of a stochastic model for human face identification, WACV 1994.
    """
    from PIL import Image

    labels = np.repeat(np.arange(len(names)), EACH)
    order = chosen(split, len(labels), grouped(labels.tolist()))
    images = np.empty((len(order), 112, 92, 1), np.uint8)
    for place, k in enumerate(order):
        with Image.open(folder / names[labels[k]] / f"{k % EACH + 1}.pgm") as picture:
            images[place, :, :, 0] = np.asarray(picture)
    return images, labels[order]
