"""Blood cells under a microscope, with a box around each."""

from pathlib import Path
from typing import Any

import numpy as np

from data.readers import voc
from data.readers.files import stretched
from data.splits import mixed

_SIZE = (640, 480)
# The source's list.
_TEST = (
    "00007 00011 00015 00016 00018 00019 00021 00031 00033 00041 00057 00058 00062 00063 00065 00067 00068 00074 00075 "
    "00077 00088 00093 00098 00103 00132 00135 00136 00137 00149 00157 00161 00167 00169 00171 00172 00178 00180 00184 "
    "00205 00208 00220 00225 00226 00227 00229 00233 00234 00249 00253 00271 00282 00284 00287 00290 00293 00296 00303 "
    "00319 00320 00323 00327 00333 00341 00346 00360 00365 00366 00375 00385 00390 00391 00407"
)


def read(folder: Path, split: str | None, size: int | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Images uint8 (m, size, size, 3) RGB, stretched with their boxes; a size of None leaves 480 rows of 640 pixels.

    Two boxes of the source's have no area and are left out. The split is the source's: "train" is what it calls trainval.

    Source: Shenggan, BCCD Dataset, 2017.
    """
    files = [path for path in sorted(folder.glob("JPEGImages/*.jpg")) if split in (None, part(path))]
    files = [files[place] for place in mixed(len(files))]
    target = (size, size) if size else _SIZE
    scale = np.array(target * 2, np.float32) / np.array(_SIZE * 2, np.float32)
    found = [voc.boxes(folder / "Annotations" / f"{path.stem}.xml") for path in files]
    return {
        "images": stretched(files, *target),
        "boxes": [boxes * scale for _, boxes in found],
        "classes": [np.array([names.index(kind) for kind in kinds], np.int64) for kinds, _ in found],
    }


def part(path: Path) -> str:
    """ "train" or "test", by the file's name."""
    return "test" if path.stem.removeprefix("BloodImage_") in _TEST.split() else "train"
