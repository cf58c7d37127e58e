"""Frames of films taken from a car, with a class for every pixel."""

from pathlib import Path
from typing import Any

import numpy as np

from data.readers.files import stretched
from data.splits import mixed

_SIZE = (480, 360)
_UNLABELLED = 11
_PARTS = {"train": ("train", "val"), "test": ("test",), None: ("train", "val", "test")}


def read(folder: Path, split: str | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Images uint8 (m, 360, 480, 3) RGB, masks uint8 (m, 360, 480), 255 where the source has no class.

    The split is the source's: "train" is what it has for training and for validation.

    Source: G. J. Brostow, J. Fauqueur, R. Cipolla, Pattern Recognition Letters 30(2), 2009.
    """
    from PIL import Image

    files = [path for part in _PARTS[split] for path in sorted(folder.glob(f"{part}/*.png"))]
    files = [files[place] for place in mixed(len(files))]
    masks = np.stack([np.array(Image.open(folder / f"{path.parent.name}annot" / path.name)) for path in files])
    masks[masks == _UNLABELLED] = 255
    return {"images": stretched(files, *_SIZE), "masks": masks}
