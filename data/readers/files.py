"""Pictures out of files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def named(folder: Path, names: tuple[str, ...]) -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """All photographs of a set whose names are their files', uint8 (n_H, n_W, 3) RGB; the label of each is its own."""
    from PIL import Image

    images = []
    for name in names:
        (path,) = folder.rglob(f"{name}.jpg")
        with Image.open(path) as picture:
            images.append(np.array(picture.convert("RGB")))
    return images, np.arange(len(images), dtype=np.int64)


def pictures(files: Sequence[Path], side: int) -> NDArray[np.uint8]:
    """uint8 (m, side, side, 3) RGB: the middle square of each, resized with antialiasing."""
    from PIL import Image, ImageOps

    images = np.empty((len(files), side, side, 3), np.uint8)
    for place, path in enumerate(files):
        with Image.open(path) as picture:
            # Pillow widens its filter when it shrinks, which is the antialiasing.
            images[place] = np.asarray(ImageOps.fit(picture.convert("RGB"), (side, side), Image.Resampling.BICUBIC))
    return images


def stretched(files: Sequence[Path], width: int, height: int) -> NDArray[np.uint8]:
    """uint8 (m, height, width, 3) RGB: all of each picture, resized with antialiasing; its proportions may change."""
    from PIL import Image

    images = np.empty((len(files), height, width, 3), np.uint8)
    for place, path in enumerate(files):
        with Image.open(path) as picture:
            images[place] = np.asarray(picture.convert("RGB").resize((width, height), Image.Resampling.BICUBIC))
    return images


def square_labels(path: Path, side: int) -> NDArray[np.uint8]:
    """uint8 (side, side): the numbers in the middle square of a picture of numbers, none of them new: the nearest ones."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        return np.array(ImageOps.fit(picture, (side, side), Image.Resampling.NEAREST))
