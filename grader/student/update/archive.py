"""Open a newer copy of the course that somebody has passed on: a folder, or a zip archive, which is not trusted."""

from __future__ import annotations

import lzma
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from grader.base.errors import CourseError
from grader.base.foreign_text import readable_name

MAX_BYTES = 2_000_000_000  # limit on the unpacked size of an archive
MAX_MEMBERS = 10_000  # files and folders in it
DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),  # a method or an encryption that zipfile does not know
)


class NoCourse(CourseError):
    """Signals that a path is not a copy of the course, or cannot be unpacked; the message says why."""


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """Yield the folder of the course inside a folder or an archive; an archive is unpacked into a temporary folder.

    Raises:
        NoCourse -- if there is no course in it, or if the archive is damaged, too large, or has paths outside itself
    """
    if path.is_dir():
        yield _course_in(path, path.name)
        return
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _see_that_it_is_safe(archive)
                archive.extractall(folder)
        except (*DAMAGES, OSError) as error:
            if isinstance(error, OSError) and error.strerror:
                raise NoCourse(f"{path} cannot be unpacked: {error.strerror}.") from None
            reason = readable_name(error)
            raise NoCourse(f"{path.name} is no zip archive that can be read ({reason}): get it again.") from None
        yield _course_in(Path(folder), path.name)


def _see_that_it_is_safe(archive: zipfile.ZipFile) -> None:
    if (count := len(archive.infolist())) > MAX_MEMBERS:
        raise NoCourse(f"The archive holds {count:,} files; up to {MAX_MEMBERS:,} are unpacked.")
    for member in archive.infolist():
        name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
        # Paths are checked by Windows' rules, which treat "/x" as well as "C:x" as leading out of the folder.
        if PureWindowsPath(name).anchor or "\\" in name or ".." in PurePosixPath(name).parts:
            raise NoCourse(f"The archive names a path outside itself, {name!r}, and was not unpacked.")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise NoCourse(f"The archive holds {name!r}, a link or a device, and was not unpacked.")
    if (size := sum(member.file_size for member in archive.infolist())) > MAX_BYTES:
        raise NoCourse(f"The archive unpacks to {size / 1e9:.1f} GB; up to {MAX_BYTES / 1e9:.0f} GB are unpacked.")


def _course_in(folder: Path, name: str) -> Path:
    for one in [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]:
        if (one / "notebooks").is_dir() and (one / "grader" / "__init__.py").is_file():
            return one
    raise NoCourse(
        f"{name} is no copy of the course: it holds no notebooks/ beside a grader/, nor does a folder in it."
    )
