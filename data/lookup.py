"""Finding a set's files: cache, then archives at hand, then download; verified each time."""

import errno
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from data.archive import flaw, unpack
from data.declaration import Archive
from data.errors import DataError
from data.places import cache_dir, mirror_dir

_sound: set[Path] = set()
"""Cache entries that this process has verified."""


def content_folder(name: str, archive: Archive) -> Path:
    """The folder in the cache with the unpacked, verified content of the set `name`.

    Its digest is checked when it is unpacked, and when this process first reads it. A damaged entry is replaced, with a
    warning. A complete cache may be read-only. Raises DataError where the content cannot be had.
    """
    entry = cache_dir() / name
    if _is_sound(entry, archive):
        return entry
    with _cache_refusals_explained(name, archive):
        entry.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(entry.parent / f".{name}.lock"):
            if not _is_sound(entry, archive):  # another process may have been first
                _install(entry, archive)
    return entry


def at_hand(name: str, archive: Archive) -> bool:
    """Whether the cache or the mirror has something under that name, sound or not: nothing would be downloaded."""
    return (cache_dir() / name).is_dir() or _find_archive(name, archive) is not None


def _is_sound(entry: Path, archive: Archive) -> bool:
    if not entry.is_dir():
        return False
    if entry not in _sound and not flaw(entry, archive):
        _sound.add(entry)
    return entry in _sound


def _install(entry: Path, archive: Archive) -> None:
    if entry.exists():
        reason = flaw(entry, archive)
        warnings.warn(f"{entry} is damaged ({reason}); it is being replaced.", RuntimeWarning, stacklevel=4)
    for left_behind in entry.parent.glob(f".{entry.name}-*"):  # by a process that was killed: the lock is ours
        shutil.rmtree(left_behind, ignore_errors=True)
    with TemporaryDirectory(prefix=f".{entry.name}-", dir=entry.parent, ignore_cleanup_errors=True) as room:
        # TemporaryDirectory is private to its user; a folder inside it has the permissions that a cache shall have.
        content = Path(room, "content")
        found = _find_archive(entry.name, archive) or _download(entry.name, archive, Path(room))
        _unpack_verified(found, entry.name, archive, content)
        if entry.exists():
            entry.rename(Path(room, "damaged"))
        content.rename(entry)
    _sound.add(entry)


def _unpack_verified(path: Path, name: str, archive: Archive, content: Path) -> None:
    try:
        unpack(path, name, archive, content)
        if reason := flaw(content, archive):
            raise DataError(f"The archive is not the one declared: {reason}.")
    except DataError as error:
        raise DataError(f"{name}: {path} cannot be used. {error} {_by_hand(name, archive)}") from None


def _find_archive(name: str, archive: Archive) -> Path | None:
    for folder in (cache_dir(), mirror_dir()):
        for file in (name, archive.shared.partition("/")[0]):
            if folder is not None and file and (path := folder / f"{file}.tar.gz").is_file():
                return path
    return None


def _download(name: str, archive: Archive, room: Path) -> Path:
    if not archive.url:
        raise DataError(
            f"{name} is neither in the cache ({cache_dir()}) nor in COURSE_DATA_MIRROR ({mirror_dir() or 'not set'}), "
            f"and there is no address to fetch it from. Put {name}.tar.gz into one of the two."
        )
    import pooch

    path = room / f"{name}.tar.gz"
    try:
        pooch.HTTPDownloader(progressbar=True, chunk_size=2**16)(archive.url, str(path), None)
    except OSError as error:
        if error.errno is not None:  # the disk's; the network's errors, from requests, carry no number
            raise
        looked = f"COURSE_DATA_MIRROR ({mirror_dir() or 'not set'})"
        raise DataError(
            f"{name} is neither in the cache ({cache_dir()}) nor in {looked}, and its download failed: {error}. "
            f"{_by_hand(name, archive)}"
        ) from None  # a hundred lines of network code tell a student nothing
    return path


def _by_hand(name: str, archive: Archive) -> str:
    if not archive.url:
        return f"Put {name}.tar.gz, as the course's mirror has it, into the folder {cache_dir()}."
    return (
        f"By hand: fetch {archive.url} on any machine, save it as {name}.tar.gz in the folder {cache_dir()}, "
        "and run this again."
    )


@contextmanager
def _cache_refusals_explained(name: str, archive: Archive) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        elsewhere = "set the environment variable COURSE_DATA_CACHE to a folder elsewhere"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DataError(
                f"{name} does not fit on the disk of {cache_dir()}: it takes {archive.bytes / 1e6:.0f} MB, and its "
                f"archive about as much while it is unpacked. Free some space, or {elsewhere}."
            ) from error
        raise DataError(
            f"{name} cannot be put into the cache {cache_dir()} ({error}). Make it writable, or {elsewhere}."
        ) from error
