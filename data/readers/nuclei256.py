"""Nuclei of cells, stained so that they shine, with a mask of them."""

from pathlib import Path
from typing import Any

import numpy as np

from data.readers.files import pictures, square_labels
from data.splits import chosen, stratified

_SIDE = 256


def read(folder: Path, split: str | None, size: int | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Images uint8 (m, size, size, 3), masks uint8 (m, size, size), 1 on a nucleus; a size of None leaves 256x256.

    The source numbers the nuclei of a picture; here they are all one class. "test" has a fifth of the pictures with few
    nuclei (up to 20) and a fifth of those with more. All are bright on black.

    Source: J. C. Caicedo et al., Nature Methods 16, 2019.
    """
    side = size or _SIDE
    files = sorted(folder.glob("images/*.png"))
    labels = [folder / "labels" / path.name for path in files]
    test = stratified([int(square_labels(path, _SIDE).max() > 20) for path in labels])
    order = chosen(split, len(files), test)
    masks = [square_labels(labels[place], side) > 0 for place in order]
    return {"images": pictures([files[place] for place in order], side), "masks": np.stack(masks).astype(np.uint8)}
