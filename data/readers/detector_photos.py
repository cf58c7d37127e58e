"""The photographs that detectors are shown first."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def read(folder: Path, names: tuple[str, ...]) -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """All photographs, uint8 (n_H, n_W, 3) RGB, in the order of `names`; the label of each is its own."""
    from PIL import Image

    images = []
    for name in names:
        with Image.open(folder / f"{name}.jpg") as picture:
            images.append(np.array(picture.convert("RGB")))
    return images, np.arange(len(images), dtype=np.int64)
