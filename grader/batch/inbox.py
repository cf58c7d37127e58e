"""Find the hand-ins in a folder: for each student one file, or the reason why there is none to read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grader.base.course import TIMESTAMP
from grader.base.errors import CourseError
from grader.gradebook import lateness

ORIGINAL = "original"
ARCHIVES = (".zip", ".gz", ".tgz", ".7z", ".rar")


@dataclass(frozen=True)
class HandIn:
    """One student's file, or the reason why there is none to read.

    Attributes:
        handed_in -- when, in UTC, if a `timestamp.txt` beside the file says so, as nbgrader's exchange writes it. The
            file's own time is not used, because it changes when somebody copies or unpacks a folder
        canvas -- Canvas's id of the student, if Canvas has named the file
    """

    student: str
    path: Path
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    handed_in: datetime | None = None
    canvas: str = ""


# Moodle's names of folders and files when all are downloaded at once: name, number of the submission, plugin, file.
MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_(file|onlinetext)(_.*)?")
# Canvas's names: name, LATE if it was, the student's id, the file's id, and the name that the student gave the file.
CANVAS = r"(?P<student>[^_]+(_LATE)?_(?P<canvas>\d+))_\d+_{assignment}(-\d+)?"
MAX_NAME = 100  # characters of a student's id: it becomes a file's name


class NothingToGrade(CourseError):
    """Signals that the folder holds no hand-in; the message says what was looked for."""


def find(folder: Path, assignment: str) -> list[HandIn]:
    """Find the hand-ins in a folder: STUDENT/<assignment>.ipynb or STUDENT.ipynb, by student.

    Also read are STUDENT/<assignment>/<assignment>.ipynb, as nbgrader's exchange collects hand-ins, and the names that
    Moodle and Canvas use when all hand-ins are downloaded: there, the part that stands for the student is used.

    Raises:
        NothingToGrade -- if there is none
    """
    if folder.is_file():
        raise NothingToGrade(f"{folder} is a file: give the folder that it lies in, for every hand-in there.")
    if not folder.is_dir():
        raise NothingToGrade(f"There is no folder {folder}.")
    found: dict[str, HandIn] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")):  # hidden, or made by a system: __MACOSX, __pycache__
            continue
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and path.suffix not in (".ipynb", *ARCHIVES):
            continue
        name, canvas = _named(path.name if is_folder else path.stem, assignment)
        if name in found:
            found[name].notes.append(
                f"! Two hand-ins: {found[name].path.relative_to(folder)} is what is graded, {path.name} was left out."
            )
        else:
            student = _student(name, {one.student for one in found.values()})
            problem = f"{path.name} is an archive. Hand in the notebook itself." if path.suffix in ARCHIVES else ""
            if is_folder:
                found[name] = _in_folder(path, student, assignment)
            else:
                found[name] = HandIn(student, path, problem=problem, canvas=canvas)
            found[name].notes.extend(_remarks(path, assignment))
    if not found:
        raise NothingToGrade(f"No hand-in in {folder}: expected STUDENT/{assignment}.ipynb or STUDENT.ipynb.")
    if all(one.problem for one in found.values()):
        _look_below(folder, assignment)
    return list(found.values())


def _remarks(path: Path, assignment: str) -> list[str]:
    """Return notes on what the name of a file or folder suggests, but the grader ignores."""
    if path.name == f"{assignment}.ipynb":
        return [f"! {path.name} was taken for the hand-in of somebody called {assignment}."]
    if re.match(r"[^_]+_LATE_\d+_\d+_", path.name):
        return ["! Canvas calls it late. That costs nothing here: a timestamp.txt beside it would say when it came."]
    return []


def _look_below(folder: Path, assignment: str) -> None:
    """Refuse a folder above the hand-ins, since each folder in it would be graded as a student."""
    for inner in sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith((".", "__"))):
        if any(inner.glob(f"*/{assignment}.ipynb")) or len(list(inner.glob("*.ipynb"))) > 1:
            raise NothingToGrade(f"No hand-in in {folder}, but there are some in {inner}: is that folder meant?")


def _in_folder(folder: Path, student: str, assignment: str) -> HandIn:
    names = [f"{assignment}.ipynb"]
    if (folder / assignment).is_dir() and not (folder / assignment).is_symlink():
        folder = folder / assignment
        names.insert(0, ORIGINAL)  # if it was graded before, the rebuilt notebook lies beside the original
    time, notes = _handed_in(folder)
    for path in (folder / name for name in names):
        if path.exists() or path.is_symlink():
            return HandIn(student, path, notes, handed_in=time)
    others = sorted(other for other in folder.glob("*.ipynb") if not other.name.startswith("."))
    if len(others) == 1:
        return HandIn(
            student, others[0], [f"{others[0].name} was taken for {assignment}.ipynb.", *notes], handed_in=time
        )
    what = f"found: {', '.join(other.name for other in others[:5])}" if others else "the folder holds no notebook"
    return HandIn(student, folder / names[-1], notes, f"There is no {assignment}.ipynb ({what}).")


def _handed_in(folder: Path) -> tuple[datetime | None, list[str]]:
    """Return when a hand-in came, and a note if that cannot be read."""
    path = folder / TIMESTAMP
    if path.is_symlink() or not path.is_file():
        return None, []
    try:
        return lateness.read_time(path.read_bytes()[:100].decode("utf-8", "replace")), []
    except lateness.BadTime as problem:
        return None, [f"{path.name}: {problem} It is not counted as late."]


def _named(name: str, assignment: str) -> tuple[str, str]:
    """Return the part of a file's or folder's name that stands for the student, and Canvas's id if there is one."""
    moodle = MOODLE.fullmatch(name)
    if moodle:
        return moodle["student"], ""
    canvas = re.fullmatch(CANVAS.format(assignment=re.escape(assignment)), name)
    return (canvas["student"].replace("_LATE_", "_"), canvas["canvas"]) if canvas else (name, "")


def _student(name: str, taken: set[str]) -> str:
    """Return a student's id: the name without wildcards of nbgrader's paths, and different from all ids taken."""
    plain = student = re.sub(r"[^\w.@+-]", "_", name)[:MAX_NAME]
    number = 2
    while student in taken:
        student, number = f"{plain}-{number}", number + 1
    return student
