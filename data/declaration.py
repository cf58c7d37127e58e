"""What is to be said of a set of pictures, and of the archive that it lies in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Archive:
    """A .tar.gz to fetch, and the part of it that is wanted: its content.

    The same content lies under `root` in the archive from `url`, under a folder with the set's name in a mirror's
    archive, and in the cache; paths below are relative to there, so the three verify alike.
    """

    url: str
    """Pinned to a commit, so that it always holds the same files; empty where only a mirror has it."""
    root: str
    """The folder inside the origin's archive in which the content lies; "*" is the top folder, whatever it is called."""
    members: str
    """A regular expression that the paths of the content match, and no other path."""
    files: int
    bytes: int
    """Size of the content, unpacked."""
    digest: str
    """SHA-256, in hex, of what `find * -type f | LC_ALL=C sort | xargs sha256sum` prints over the content."""
    archive_bytes: int
    """More than everything in the archive takes, unpacked, wanted or not: reading stops there."""
    left_out: frozenset[str] = frozenset()
    """Paths that match `members` and yet are no part of the content."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Beginnings of paths that are others in the origin's archive: there, here."""
    shared: str = ""
    """Where a mirror keeps it together with other sets: "archive/folder"; empty where it has an archive of its own."""

    def is_content(self, path: str) -> bool:
        """Whether `path`, relative to the content's folder and with forward slashes, belongs to the content."""
        return re.fullmatch(self.members, path) is not None and path not in self.left_out


@dataclass(frozen=True)
class Declaration:
    """One set. What it lists decides what its reader is called with, by keyword.

    The reader gets `folder` and `names` where there is an archive, `split` where there are splits, and `size` where
    `resizes`; it returns images and labels as `data.Dataset` has them, or a dict of these and of its other fields.
    """

    name: str
    purpose: str
    pictures: str
    """How many, how large, and what to know before a number is quoted."""
    licence: str
    citation: str
    origin: str
    """Where it comes from, for people: an address, or the package that carries it."""
    names: tuple[str, ...]
    reader: str
    """"module:function", imported when the set is first loaded."""
    mask_names: tuple[str, ...] = ()
    """The classes of pixels, where the set has masks."""
    splits: tuple[str, ...] = ()
    resizes: bool = False
    drawn: bool = False
    """Whether the course draws it, which takes long enough to keep it in the cache."""
    archive: Archive | None = None
    """None: nothing to fetch, the set works without a network from the start."""
    credits: dict[str, str] = field(default_factory=dict, hash=False)
    """For a set whose pictures are by different people: picture name -> maker and licence."""


@dataclass(frozen=True)
class Weights:
    """The numbers of networks that others have trained, in an archive as a set's pictures are."""

    name: str
    purpose: str
    numbers: str
    """How many, and of what networks."""
    licence: str
    citation: str
    origin: str
    archive: Archive
