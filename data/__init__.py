"""The pictures of the course: one call for every set.

    import data
    signs = data.load("sign_digits", split="train", size=64)
    signs.images      # uint8 (m, 64, 64, 3)
    signs.labels      # int64 (m,)
    signs.names       # ("0", ..., "9")

    data.load("photographs").named("camera")      # uint8 (512, 512)

A set is declared once, in `data/declared/`. What has to be fetched is looked for in the cache, then in the folder
that COURSE_DATA_MIRROR names, then at its origin; its content is checked against the declared digest each time.
"""

from data.budget import epochs
from data.catalogue import sets, weights
from data.dataset import Dataset
from data.declaration import Archive, Declaration, Weights
from data.errors import DataError
from data.loader import load
from data.local_response import local_response_layer
from data.places import cache_dir
from data.pretrained import pretrained
from data.quiet import quietly
from data.resize import resized
from data.trained import keep, trained
from data.varied import varied
from data.yolo_fastest import yolo_fastest

__all__ = [
    "Archive",
    "DataError",
    "Dataset",
    "Declaration",
    "Weights",
    "cache_dir",
    "epochs",
    "keep",
    "load",
    "local_response_layer",
    "pretrained",
    "quietly",
    "resized",
    "sets",
    "trained",
    "varied",
    "weights",
    "yolo_fastest",
]
