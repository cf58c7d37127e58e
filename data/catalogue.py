"""Every set of pictures, declared once: what it is for, whose it is, where it comes from, what exactly it holds.

To add a set, add one `Declaration` to `SETS`, and a reader where none of `data/readers/` fits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data.errors import DataError, nearest


@dataclass(frozen=True)
class Archive:
    """A .tar.gz to fetch, and the part of it that is wanted: its content.

    The same content lies under `root` in the archive from `url`, under a folder with the set's name in a mirror's
    archive, and in the cache; paths below are relative to there, so the three verify alike.
    """

    url: str
    """Pinned to a commit, so that it always holds the same files."""
    root: str
    """The folder inside the origin's archive in which the content lies."""
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

    def is_content(self, path: str) -> bool:
        """Whether `path`, relative to the content's folder and with forward slashes, belongs to the content."""
        return re.fullmatch(self.members, path) is not None and path not in self.left_out


@dataclass(frozen=True)
class Declaration:
    """One set. What it lists decides what its reader is called with, by keyword.

    The reader gets `folder` where there is an archive, `split` where there are splits, and `size` where `resizes`;
    it returns images and labels as `data.Dataset` has them.
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
    splits: tuple[str, ...] = ()
    resizes: bool = False
    archive: Archive | None = None
    """None: nothing to fetch, the set works without a network from the start."""
    credits: dict[str, str] = field(default_factory=dict, hash=False)
    """For a set whose pictures are by different people: picture name -> maker and licence."""


# Photographs inside the packages themselves, where nothing is downloaded: those whose licence the package states.
SKIMAGE_PHOTOGRAPHS = {
    "astronaut": "NASA, Eileen Collins; public domain",
    "brick": "CC0Textures, Bricks25; CC0",
    "camera": "Lav Varshney; CC0",
    "cat": "Stefan van der Walt, Chelsea the cat; CC0",
    "cell": "Paul Müller et al., doi:10.1364/OE.26.010729; CC0",
    "clock": "Stefan van der Walt; public domain",
    "coffee": "Rachel Michetti, courtesy of Pikolo Espresso Bar; CC0",
    "coins": "Brooklyn Museum, Greek coins from Pompeii; no known copyright restrictions",
    "grass": "linolafett on DeviantArt; CC0",
    "gravel": "CC0Textures, Gravel04; CC0",
    "hubble_deep_field": "NASA, Hubble eXtreme Deep Field; public domain",
    "immunohistochemistry": "Center for Microscopy and Molecular Imaging; no known copyright restrictions",
    "microaneurysms": "Andreas Maier, High-Resolution Fundus database, doi:10.1155/2013/154860; CC0",
    "retina": "Mikael Häggström, doi:10.15347/wjm/2014.008; CC0",
    "rocket": "SpaceX, launch of DSCOVR; public domain",
    "text": "Wikipedia, File:Corner.png; public domain",
}
SKLEARN_PHOTOGRAPHS = {
    "china": "danielbuechele on Flickr; CC BY 2.0",
    "flower": "vultilion on Flickr; CC BY 2.0",
}
_TEN_DIGITS = tuple("0123456789")

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="photographs",
        purpose="pictures to look at: edges, padding, strides, pooling",
        pictures="18, each of its own size, half grey, half colour",
        licence="each its own, see credits: CC0, public domain or CC BY 2.0",
        citation="S. van der Walt et al., scikit-image: image processing in Python, PeerJ 2:e453, 2014",
        origin="carried by scikit-image and scikit-learn",
        names=(*SKIMAGE_PHOTOGRAPHS, *SKLEARN_PHOTOGRAPHS),
        reader="data.readers.photographs:read",
        credits=SKIMAGE_PHOTOGRAPHS | SKLEARN_PHOTOGRAPHS,
    ),
    Declaration(
        name="digits",
        purpose="classification in seconds",
        pictures="1,797 handwritten digits, grey 8x8; 0..16 in the source, stretched to 0..255",
        licence="CC BY 4.0",
        citation="E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, doi:10.24432/C50P49",
        origin="carried by scikit-learn",
        names=_TEN_DIGITS,
        reader="data.readers.digits:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="smiles",
        purpose="a first network: does a face smile?",
        pictures="1,000 drawn faces, colour 64x64, half of them smiling; no person was photographed",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/smiles.py",
        names=("not smiling", "smiling"),
        reader="data.readers.smiles:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="hands",
        purpose="classification without a network: how many fingers?",
        pictures="1,200 drawn hands that show 0 to 5, colour 64x64",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/hands.py",
        names=tuple("012345"),
        reader="data.readers.hands:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="sign_digits",
        purpose="classification of photographs",
        pictures="2,059 hands that show a digit, colour 100x100; the source names no persons, the split keeps them "
        "apart as far as the file numbers tell",
        licence="Apache-2.0",
        citation="A. Mavi, A New Dataset and Proposed Convolutional Neural Network Architecture for Classification of "
        "American Sign Language Digits, 2020, arXiv:2011.08927",
        origin="https://github.com/ardamavi/Sign-Language-Digits-Dataset",
        names=_TEN_DIGITS,
        reader="data.readers.sign_digits:read",
        splits=("train", "test"),
        resizes=True,
        archive=Archive(
            url="https://github.com/ardamavi/Sign-Language-Digits-Dataset/archive/"
            "4b09433ef9d5c60602e8805bb54b8aa2428527f8.tar.gz",
            root="Sign-Language-Digits-Dataset-4b09433ef9d5c60602e8805bb54b8aa2428527f8/Dataset",
            members=r"[0-9]/IMG_[0-9]+\.JPG",
            files=2_059,
            bytes=19_719_847,
            digest="a28b11269fcb105debcdd55b7ba53b84f8f8a835ecad858dc369b47c2be137c7",
            archive_bytes=100_000_000,
            # Three pictures that the source forgot to scale down: 3024x3024.
            left_out=frozenset({"7/IMG_5874.JPG", "7/IMG_5935.JPG", "7/IMG_5978.JPG"}),
        ),
    ),
)


def sets() -> tuple[Declaration, ...]:
    """All declarations, in the order of the course."""
    return SETS


def find(name: str) -> Declaration:
    """The declaration of the set `name`; raises DataError, with the nearest name, where there is none."""
    known = {declared.name: declared for declared in sets()}
    if name in known:
        return known[name]
    raise DataError(
        f"There is no data set {name!r}; the nearest name is {nearest(name, known)!r}. "
        f"The sets are: {', '.join(known)}."
    )
