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
    """Pictures with their labels.

    name    the set's name, as given to `data.load`
    split   "train", "test", or None where it is everything
    images  uint8, 0..255: one array (m, n_H, n_W, n_C) where all pictures have one size, else a list of m arrays,
            each (n_H, n_W, n_C) or, where it is grey, (n_H, n_W)
    labels  int64 (m,): labels[i] is the place of picture i's class in `names`
    names   the classes' names; for photographs, the pictures' names
    """

    name: str
    split: str | None
    images: NDArray[np.uint8] | list[NDArray[np.uint8]]
    labels: NDArray[np.int64]
    names: tuple[str, ...]

    def named(self, name: str) -> NDArray[np.uint8]:
        """The first picture of the class `name`: uint8 (n_H, n_W, n_C) or, where it is grey, (n_H, n_W).

        Raises KeyError, with the nearest name, where no picture here bears that name.
        """
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
        return f"<Dataset {self.name}, {part}: {len(self)} pictures, {len(self.names)} names>"
