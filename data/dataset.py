"""What `data.load` gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Pictures with what is known about them: a label, boxes, or a class for every pixel; None for what the set has not.

    name    the set's name, as given to `data.load`
    split   "train", "test", or None where it is everything
    images  uint8, 0..255: one array (m, n_H, n_W, n_C) where all pictures have one size, else a list of m arrays,
            each (n_H, n_W, n_C) or, where it is grey, (n_H, n_W)
    labels  int64 (m,): labels[i] is the place of picture i's class in `names`
    names   the names of the classes, of pictures or of boxes; for photographs, the pictures' names
    boxes   m arrays, float32 (N, 4): x1, y1, x2, y2 of the N things in a picture, corners in its pixels; N may be 0
    classes m arrays, int64 (N,): classes[i][j] is the place of the class of picture i's box j in `names`
    masks   uint8 (m, n_H, n_W): the place of each pixel's class in `mask_names`, 255 where nothing was said of it
    mask_names  the names of the pixels' classes
    """

    name: str
    split: str | None
    images: NDArray[np.uint8] | list[NDArray[np.uint8]]
    labels: NDArray[np.int64] | None
    names: tuple[str, ...]
    boxes: list[NDArray[np.float32]] | None = None
    classes: list[NDArray[np.int64]] | None = None
    masks: NDArray[np.uint8] | None = None
    mask_names: tuple[str, ...] | None = None

    def named(self, name: str) -> NDArray[np.uint8]:
        """The first picture of the class `name`: uint8 (n_H, n_W, n_C) or, where it is grey, (n_H, n_W).

        Raises KeyError, with the nearest name, where no picture here bears that name, or none has one.
        """
        if self.labels is None:
            raise KeyError(f"The pictures of {self.name!r} have no names of their own: take `images[i]`.")
        for image, label in zip(self.images, self.labels, strict=True):
            if self.names[label] == name:
                return image
        present = [self.names[label] for label in sorted(set(self.labels.tolist()))]
        raise KeyError(
            f"No picture in {self.name!r} is named {name!r}; the nearest is {nearest(name, present)!r}. "
            f"There are: {', '.join(present)}."
        )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        part = self.split or "everything"
        about = [f"{len(self)} pictures", f"{len(self.names)} names"]
        if self.boxes is not None:
            about.append(f"{sum(map(len, self.boxes))} boxes")
        if self.mask_names is not None:
            about.append(f"masks of {len(self.mask_names)} classes")
        return f"<Dataset {self.name}, {part}: {', '.join(about)}>"
