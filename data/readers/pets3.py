"""Photographs of two breeds of cats and one of dogs, with masks of them, and of some with the box of the head."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.readers import voc
from data.readers.files import pictures, square_labels
from data.splits import mixed

_SIDE = 224
# The source's two lists are the halves of each breed's names in alphabetical order, in which "10" follows "109":
# where the second half begins.
_HALF = {"Abyssinian": "2", "Bengal": "191", "american_bulldog": "203"}


def read(folder: Path, split: str | None, size: int | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Images uint8 (m, size, size, 3) RGB, labels int64 (m,), the place in `names`; a size of None means 224.

    masks are uint8 (m, size, size): 0 on the animal, 1 on what is not of it, 2 on the border between them. boxes are
    of heads, classes their breeds; where the source has no box, or it lies outside the picture, there is none.

    Each photograph's longer side is cut to the shorter, in the middle. The split is the source's.

    Source: O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar, CVPR 2012.
    """
    side = size or _SIDE
    files = [path for path in sorted(folder.glob("images/*.jpg")) if split in (None, part(path))]
    files = [files[place] for place in mixed(len(files))]
    labels = np.array([names.index(_breed(path)) for path in files], np.int64)
    boxes = [_head(path, folder / "xmls" / f"{path.stem}.xml", side) for path in files]
    trimaps = [square_labels(folder / "trimaps" / f"{path.stem}.png", side) for path in files]
    return {
        "images": pictures(files, side),
        "labels": labels,
        "masks": np.stack(trimaps) - np.uint8(1),
        "boxes": boxes,
        "classes": [np.full(len(box), label) for box, label in zip(boxes, labels, strict=True)],
    }


def _head(path: Path, annotation: Path, side: int) -> NDArray[np.float32]:
    """The boxes of a photograph, cut and resized as it is."""
    from PIL import Image

    if not annotation.exists():
        return np.zeros((0, 4), np.float32)
    with Image.open(path) as picture:
        sides = np.array(picture.size * 2, np.float32)
    shorter = sides.min()
    found = np.clip(voc.boxes(annotation)[1] - (sides - shorter) / 2, 0, shorter) * (side / shorter)
    return found[np.all(found[:, :2] < found[:, 2:], axis=1)].astype(np.float32)


def _breed(path: Path) -> str:
    return path.stem.rpartition("_")[0]


def part(path: Path) -> str:
    """ "train" or "test", by the file's name."""
    number = path.stem.rpartition("_")[2] + "~"  # which sorts after digits
    return "train" if number < _HALF[_breed(path)] else "test"
