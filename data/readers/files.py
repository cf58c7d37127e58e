"""Pictures out of files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def pictures(files: Sequence[Path], side: int) -> NDArray[np.uint8]:
    """uint8 (m, side, side, 3) RGB: the middle square of each, resized with antialiasing."""
    images = np.empty((len(files), side, side, 3), np.uint8)
    for place, path in enumerate(files):
        images[place] = _square(path, side)
    return images


def _square(path: Path, side: int) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        rgb = picture.convert("RGB")
        # Pillow widens its filter when it shrinks, which is the antialiasing.
        return np.asarray(ImageOps.fit(rgb, (side, side), Image.Resampling.BICUBIC))
