"""`data.varied`: the same pictures once more, mirrored, moved and scaled, and their boxes with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from data.dataset import Dataset

LEAST_SHARE = 0.5
"""A thing that shows less of itself than this, at the edge of a changed picture, loses its box."""


def varied(scenes: Dataset, rng: np.random.Generator, *, reach: float = 0.15, turned: bool = False) -> Dataset:
    """Every picture once, changed at random: what augmentation is where a label has a place.

    scenes  a set with boxes whose pictures have one size; it is left as it is
    rng     where the chances come from: the same state gives the same pictures
    reach   each picture is seen through a window whose side is 1 - reach to 1 + reach of the picture's, and which is moved
            by up to reach / 2 of it; beyond the edge, the edge goes on
    turned  False: half of the pictures are mirrored, left to right. True: also top to bottom, for what has no above

    Returns a `data.Dataset` like `scenes`, without masks. A thing of which less than half is left has no box.
    """
    import numpy as np

    if scenes.boxes is None or scenes.classes is None or isinstance(scenes.images, list):
        raise DataError(f"Pictures of one size, with boxes, can be varied; {scenes.name!r} has none.")
    changed = [
        _seen(image, boxes, rng, reach, turned) for image, boxes in zip(scenes.images, scenes.boxes, strict=True)
    ]
    images, boxes, kept = zip(*changed, strict=True)
    classes = [one[left] for one, left in zip(scenes.classes, kept, strict=True)]
    return replace(scenes, images=np.stack(images), boxes=list(boxes), classes=classes, masks=None)


def _seen(
    image: NDArray[np.uint8], boxes: NDArray[np.float32], rng: np.random.Generator, reach: float, turned: bool
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_]]:
    """A picture and its boxes through a window, mirrored or not, and which of the boxes are left."""
    import numpy as np
    from PIL import Image

    sides = np.array(image.shape[1::-1])  # width, height
    share = rng.uniform(1 - reach, 1 + reach)
    corner = sides * ((1 - share) / 2 + rng.uniform(-reach / 2, reach / 2, 2))
    margin = int(np.ceil(reach * sides.max())) + 1
    wide = Image.fromarray(np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
    extent = (*(corner + margin), *(corner + share * sides + margin))
    seen = np.asarray(wide.transform(tuple(sides), Image.Transform.EXTENT, extent, Image.Resampling.BILINEAR))

    whole = (boxes - np.tile(corner, 2)) / share
    for axis in (0, 1)[: 1 + turned]:
        if rng.random() < 0.5:
            seen = np.flip(seen, 1 - axis)
            whole[:, [axis, axis + 2]] = sides[axis] - whole[:, [axis + 2, axis]]
    moved = np.clip(whole, 0, np.tile(sides, 2))
    left = _areas(moved) >= LEAST_SHARE * _areas(whole)
    return seen, moved[left].astype(np.float32), left


def _areas(boxes: NDArray) -> NDArray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
