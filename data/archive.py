"""Archives: taking out the declared content, safely, and telling whether content is what was declared."""

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, cast

from data.declaration import Archive
from data.errors import DataError

_CONTROL = "".join(map(chr, range(32)))


def unpack(path: Path, name: str, archive: Archive, into: Path) -> None:
    """Take the content of the set `name` out of the .tar.gz `path`, into the folder `into`, which must not exist.

    Only plain files of the declared content are written. Raises DataError for an archive that is damaged, holds
    anything but plain files and folders, names a path outside itself, or is larger than declared; OSError where the
    disk refuses. What was written by then stays in `into`.
    """
    into.mkdir()
    try:
        with gzip.open(path) as unlimited:
            stream = _Capped(unlimited, archive.archive_bytes)
            with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar:  # `read` is all that it asks for
                _write_content(tar, name, archive, into)
            while stream.read(2**20):  # gzip's own check comes at the very end
                pass
    except FileExistsError as error:
        raise DataError(f"The archive holds {error.filename!r} twice.") from error
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise DataError(f"The archive is damaged or truncated ({error}).") from error


def flaw(folder: Path, archive: Archive) -> str:
    """How the content in `folder` differs from what was declared, as a clause; empty where it does not."""
    try:
        paths = _content_paths(folder, archive)
        if len(paths) != archive.files:
            return f"it holds {len(paths):,} of {archive.files:,} files"
        digest = _digest(folder, paths)
    except OSError as error:
        return f"it cannot be read: {error}"
    if digest != archive.digest:
        return f"its content has the wrong digest, {digest[:12]}..., where {archive.digest[:12]}... was wanted"
    return ""


def _write_content(tar: tarfile.TarFile, name: str, archive: Archive, into: Path) -> None:
    written = 0
    for member in tar:
        _refuse_unsafe(member)
        inside = _inside_content(member.name, name, archive)
        if not member.isfile() or inside is None:
            continue
        written += member.size
        if written > archive.bytes:
            raise DataError(f"The archive unpacks to more than the {archive.bytes:,} bytes declared.")
        target = into / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        source = tar.extractfile(member)
        assert source is not None, member.name
        with source, target.open("xb") as sink:
            shutil.copyfileobj(source, sink)


def _refuse_unsafe(member: tarfile.TarInfo) -> None:
    # As Windows reads it, a path is absolute from "/" as well as from "C:".
    absolute = PureWindowsPath(member.name).anchor or "\\" in member.name
    if absolute or ".." in PurePosixPath(member.name).parts or any(sign in member.name for sign in _CONTROL):
        raise DataError(f"The archive names a path outside itself, {member.name!r}, and was not unpacked.")
    if not (member.isfile() or member.isdir()):
        raise DataError(
            f"The archive holds {member.name!r}, a link or a device, which may lead outside it, and was not unpacked."
        )


def _inside_content(path: str, name: str, archive: Archive) -> str | None:
    top = path.partition("/")[0]
    for root in (archive.root.replace("*", top), archive.shared or name):
        if path.startswith(f"{root}/"):
            inside = path.removeprefix(f"{root}/")
            for there, here in archive.renamed:
                if inside.startswith(there):
                    inside = here + inside.removeprefix(there)
            if archive.is_content(inside):
                return inside
    return None


def _content_paths(folder: Path, archive: Archive) -> list[str]:
    found = []
    for parent, _, files in os.walk(folder, onerror=_raise):
        paths = (Path(parent, file).relative_to(folder).as_posix() for file in files)
        found += [path for path in paths if archive.is_content(path)]
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def _digest(folder: Path, paths: list[str]) -> str:
    total = hashlib.sha256()
    for path in paths:
        each = hashlib.sha256((folder / path).read_bytes()).hexdigest()
        total.update(f"{each}  {path}\n".encode(errors="surrogateescape"))
    return total.hexdigest()


class _Capped:
    """A stream that refuses to give more than `limit` bytes: a small archive can unpack without end."""

    def __init__(self, stream: gzip.GzipFile, limit: int):
        self._stream = stream
        self._limit = limit
        self._left = limit

    def read(self, count: int) -> bytes:
        piece = self._stream.read(count)
        self._left -= len(piece)
        if self._left < 0:
            raise DataError(f"The archive unpacks to more than the {self._limit:,} bytes declared.")
        return piece
