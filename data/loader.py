"""`data.load`: from a set's name to its pictures."""

import pkgutil
from copy import deepcopy
from typing import Any

from data.catalogue import find
from data.dataset import Dataset
from data.declaration import Declaration
from data.errors import DataError

_kept: dict[tuple[str, str | None, int | None], Dataset] = {}


def keep(name: str, split: str | None = None, *, size: int | None = None) -> None:
    """Load a set once and for all: from here on `load` gives copies of it. For a process that others are forked from."""
    _kept[name, split, size] = load(name, split, size=size)


def load(name: str, split: str | None = None, *, size: int | None = None) -> Dataset:
    """The pictures of the set `name`.

    name    one of the names in `data.sets()`, which also say what the pictures are and whose
    split   "train", "test", or None for everything; the same pictures in the same, mixed order every time
    size    for photographs that are fetched: side of the pictures in pixels, resized with antialiasing; None leaves what
            `data.sets()` says

    Returns a `data.Dataset`; its images are uint8, 0..255. What a set does not have, such as boxes, is None there.

    Raises `data.DataError` for a set, split or size that there is not, and where the data can neither be found nor
    fetched, or is damaged; the message says what to do.
    """
    declared = find(name)
    _check_split(declared, split)
    _check_size(declared, size)
    if (name, split, size) in _kept:
        return deepcopy(_kept[name, split, size])

    given: dict[str, Any] = {}
    if declared.archive is not None:
        from data.lookup import content_folder

        given = {"folder": content_folder(declared.name, declared.archive), "names": declared.names}
    if declared.splits:
        given["split"] = split
    if declared.resizes:
        given["size"] = size

    def read() -> dict[str, Any]:
        content = pkgutil.resolve_name(declared.reader)(**given)
        return content if isinstance(content, dict) else dict(zip(("images", "labels"), content, strict=True))

    if declared.drawn:
        from data import drawn

        fields = drawn.kept(name, split, read)
    else:
        fields = read()
    known = {"labels": None, "mask_names": declared.mask_names or None} | fields
    return Dataset(name=declared.name, split=split, names=declared.names, **known)


def _check_split(declared: Declaration, split: str | None) -> None:
    if split is None or split in declared.splits:
        return
    offered = " and ".join(repr(known) for known in declared.splits) or "none"
    raise DataError(
        f"{declared.name!r} has no split {split!r}; its splits: {offered}. Leave `split` out to get everything."
    )


def _check_size(declared: Declaration, size: int | None) -> None:
    if size is None:
        return
    if not declared.resizes:
        raise DataError(f"{declared.name!r} comes in its own size only, and size={size!r} was asked. Leave `size` out.")
    if not isinstance(size, int) or size < 1:
        raise DataError(f"size={size!r} was asked; wanted is the side in pixels, a whole number from 1, such as 64.")
