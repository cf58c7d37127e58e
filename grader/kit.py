"""The class kit: what students get of an assignment, as one archive.

In it are the notebook, answer keys of the visible cases, data, environment, and those modules of the grader that a
student's commands reach. Solutions are not in it, nor the exercises: hidden cases are drawn from these, and slips stand
there as code. Whatever a later version of the grader adds stays out, unless a student's command reaches it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader import start, visible
from grader.course import TEMPLATES, Course
from grader.engine import reached
from grader.errors import CourseError
from grader.exercise import ROOT

# What a student uses. `course` itself comes along, and asks for the rest only when it is called.
ENTRANCES = ("notebook", "lab", "gpu_kernel", "kernelspecs", "submit", "update", "doctor")
ALONE = ("__init__", "cli", "cli_data")
FILES = ("LICENSE", "Makefile", "environment.yml", "pyproject.toml", "requirements.lock")
FOLDER = "convnets"
README = TEMPLATES / "kit" / "README.md"
SUFFIXES = (".py", ".md", ".npz", ".json")
TEACHING = ROOT / "data" / "pretraining"  # how the small networks were taught; no notebook needs it
DATE = (1980, 1, 1, 0, 0, 0)  # so that the same course gives the same bytes


class NoKit(CourseError):
    """The archive cannot be written; the message says why."""


def write(assignment: str, course: Course, archive: Path) -> list[str]:
    """Write the kit of a released assignment; returns the names in it.

    Raises:
        NoKit -- where the archive cannot be written
    """
    visible.write(assignment)
    contents = dict(_contents(assignment, course))
    unfinished = archive.with_name(f".{archive.name}.part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as file:
            for name in sorted(contents):
                entry = zipfile.ZipInfo(f"{FOLDER}/{name}", DATE)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                file.writestr(entry, contents[name])
        unfinished.replace(archive)
    except OSError as error:
        raise NoKit(f"{archive} cannot be written ({error.strerror}): there is no kit.") from None
    return sorted(contents)


def _contents(assignment: str, course: Course) -> Iterator[tuple[str, bytes]]:
    released = course.release(assignment)
    about = start.opening(released)
    yield "README.md", README.read_text().format(title=about.title, time=about.time, assignment=assignment).encode()
    yield f"notebooks/{assignment}/{assignment}.ipynb", released.read_bytes()
    yield (
        f".course/base/{assignment}.ipynb",
        released.read_bytes(),
    )  # what `course update` compares a student's work with
    for name in FILES:
        yield name, (ROOT / name).read_bytes()
    files = [ROOT / "grader" / f"{name}.py" for name in sorted({*ALONE, *reached(*ENTRANCES)})]
    files += [path for path in (TEMPLATES / "lab").rglob("*") if path.is_file()]
    files += list((ROOT / "grader" / "inside").rglob("*.py"))
    files += [path for path in (ROOT / "data").rglob("*") if path.suffix in SUFFIXES and TEACHING not in path.parents]
    files += list((visible.FOLDER / assignment).glob("*.json"))
    for path in files:
        yield _name(path), path.read_bytes()


def _name(path: Path) -> str:
    """Of a file of the course, in the archive; keys lie in the working folder, which may be elsewhere here."""
    inside = (
        path.relative_to(ROOT)
        if path.is_relative_to(ROOT)
        else Path(".course", path.relative_to(visible.FOLDER.parent))
    )
    return inside.as_posix()
