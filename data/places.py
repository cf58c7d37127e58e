"""Where data lies on this machine."""

import os
from pathlib import Path


def cache_dir() -> Path:
    """The folder that holds unpacked sets, one folder a set: COURSE_DATA_CACHE, else the platform's cache folder."""
    chosen = os.environ.get("COURSE_DATA_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import pooch

    return Path(pooch.os_cache("convnets"))


def mirror_dir() -> Path | None:
    """The folder of archives that COURSE_DATA_MIRROR names; None where it is not set."""
    chosen = os.environ.get("COURSE_DATA_MIRROR")
    return Path(chosen).expanduser().absolute() if chosen else None
