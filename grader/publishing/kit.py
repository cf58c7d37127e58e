"""Write the class kit: what students get of an assignment, as one archive.

It contains the notebook, answer keys of the visible cases, data, environment, and the packages of the grader that
the students' commands need. It contains neither solutions nor exercises, because hidden cases are drawn from the
exercises, and these contain slips as code.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.base.course import Course
from grader.base.errors import CourseError
from grader.base.files import replacing
from grader.base.paths import ROOT
from grader.scoring import visible_key
from grader.student.notebook.opening import opening

# What a student uses. The command line is included whole: its commands import missing packages only when called.
PACKAGES = ("base", "spec", "submission", "sandbox", "scoring", "presentation", "student", "cli")
FILES = ("LICENSE", "Makefile", "environment.yml", "pyproject.toml", "requirements.lock")
FOLDER = "convnets"
README = Path(__file__).parent / "templates" / "kit" / "README.md"
SUFFIXES = (".py", ".md", ".npz", ".json")
OBSERVERS = (
    ROOT / "grader" / "spec" / "observers"
)  # only the declarations need them: their texts are in the answer keys
TEACHING = ROOT / "data" / "pretraining"  # how the small networks were trained; no notebook needs it
DATE = (1980, 1, 1, 0, 0, 0)  # so that the same course gives the same bytes


class NoKit(CourseError):
    """Signals that the archive cannot be written; the message says why."""


def write(assignment: str, course: Course, archive: Path) -> list[str]:
    """Write the kit of a released assignment, and return the names in it.

    Raises:
        NoKit -- if the archive cannot be written
    """
    visible_key.write(assignment)
    contents = dict(_contents(assignment, course))
    try:
        with replacing(archive) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as file:
            for name in sorted(contents):
                entry = zipfile.ZipInfo(f"{FOLDER}/{name}", DATE)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                file.writestr(entry, contents[name])
    except OSError as error:
        raise NoKit(f"{archive} cannot be written ({error.strerror}): there is no kit.") from None
    return sorted(contents)


def _contents(assignment: str, course: Course) -> Iterator[tuple[str, bytes]]:
    released = course.release(assignment)
    about = opening(released)
    yield "README.md", README.read_text().format(title=about.title, time=about.time, assignment=assignment).encode()
    yield f"notebooks/{assignment}/{assignment}.ipynb", released.read_bytes()
    yield (
        f".course/base/{assignment}.ipynb",
        released.read_bytes(),
    )  # the release that `course update` compares a student's work with
    for name in FILES:
        yield name, (ROOT / name).read_bytes()
    files = [ROOT / "grader" / "__init__.py"]
    for package in PACKAGES:
        inside = (ROOT / "grader" / package).rglob("*")
        files += [path for path in inside if path.suffix in SUFFIXES and OBSERVERS not in path.parents]
    files += [path for path in (ROOT / "data").rglob("*") if path.suffix in SUFFIXES and TEACHING not in path.parents]
    files += list((visible_key.FOLDER / assignment).glob("*.json"))
    for path in files:
        yield _name(path), path.read_bytes()


def _name(path: Path) -> str:
    """Return a file's name in the archive; keys go below .course, even if the working folder is elsewhere here."""
    inside = (
        path.relative_to(ROOT)
        if path.is_relative_to(ROOT)
        else Path(".course", path.relative_to(visible_key.FOLDER.parent))
    )
    return inside.as_posix()
