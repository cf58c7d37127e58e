"""Find the hand-ins in a folder: for each student one file, or the reason why there is none to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from grader.base.course import TIMESTAMP
from grader.base.errors import CourseError
from grader.base.foreign_text import readable_name
from grader.batch.names import ARCHIVE, NOTEBOOK, Owner, owners
from grader.gradebook import lateness
from grader.presentation.text import some
from grader.submission.notebook_file import Rejected, read_file

ORIGINAL = "original"


@dataclass(frozen=True)
class HandIn:
    """One student's file, or the reason why there is none to read.

    Attributes:
        path -- the file; for `open_hand_in`, the first to be tried
        others -- further notebooks of the student, in the order in which they are tried
        names -- what the notes call these files
        problem -- why there is nothing to judge, if so
        doubt -- whether none of several files has the name that was asked for
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
    others: list[Path] = field(default_factory=list)
    names: dict[Path, str] = field(default_factory=dict)
    doubt: bool = False


@dataclass(frozen=True)
class Inbox:
    """What is in a folder of hand-ins.

    Attributes:
        hand_ins -- one of each student
        ignored -- names of the files that are neither a notebook nor an archive
    """

    hand_ins: list[HandIn]
    ignored: list[str]


class NothingToGrade(CourseError):
    """Signals that the folder holds no hand-in; the message says what was looked for."""


def find(folder: Path, assignment: str) -> Inbox:
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
    # What begins with __ was made by a system: __MACOSX, __pycache__.
    entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "__"))]
    stems = {path: _stem(path) for path in entries}
    found = owners(stem for stem in stems.values() if stem)
    by_student: dict[str, list[tuple[Path, Owner]]] = {}
    for path, stem in stems.items():
        if stem:
            by_student.setdefault(found[stem].student, []).append((path, found[stem]))
    if not by_student:
        raise NothingToGrade(f"No hand-in in {folder}: expected STUDENT/{assignment}.ipynb or STUDENT.ipynb.")
    hand_ins = [_of_student(student, theirs, assignment) for student, theirs in by_student.items()]
    if all(one.problem or one.doubt for one in hand_ins):
        _look_below(folder, assignment)
    return Inbox(hand_ins, [readable_name(path.name) for path, stem in stems.items() if not stem])


def open_hand_in(one: HandIn, has_work: Callable[[bytes], bool]) -> tuple[HandIn, bytes]:
    """Read a hand-in: of several notebooks, the first in which the student has worked.

    Arguments:
        has_work -- says whether a file answers this assignment otherwise than the notebook that was released

    Returns:
        the hand-in, with the file that was read, the reason if there is none to judge, and notes on the other files;
        and the file's bytes
    """
    if one.problem:
        return one, b""
    read, problems = {}, {}
    for path in (one.path, *one.others):
        try:
            read[path] = read_file(path)
        except Rejected as reason:
            problems[path] = str(reason)
    if not one.others:
        return replace(one, problem=problems.get(one.path, "")), read.get(one.path, b"")
    worked_in = [path for path, raw in read.items() if has_work(raw)]
    if len(worked_in) > 1 and (one.doubt or one.path not in worked_in):
        files = some([one.names[path] for path in worked_in])
        return replace(one, problem=f"Which notebook is meant? There is work in {files}."), b""
    path = next(iter(worked_in), one.path)
    notes = list(one.notes)
    for is_left_out in (True, False):
        rest = [one.names[o] for o in (one.path, *one.others) if o != path and (o in worked_in) == is_left_out]
        if rest and is_left_out:
            count, were = ("Two", "was") if len(rest) == 1 else (str(1 + len(rest)), "were")
            notes.append(f"! {count} hand-ins: {one.names[path]} is what is graded, {some(rest)} {were} left out.")
        elif rest:
            notes.append(f"{one.names[path]} is what is graded: there is no work in {some(rest)}.")
    return replace(one, path=path, notes=notes, problem=problems.get(path, "")), read.get(path, b"")


def _stem(path: Path) -> str:
    """Return the part of a name that stands for the student; nothing for a file that is neither notebook nor archive."""
    if path.is_dir() and not path.is_symlink():
        return path.name
    match = NOTEBOOK.fullmatch(path.name) or ARCHIVE.fullmatch(path.name)
    return match["stem"] if match else ""


def _of_student(student: str, theirs: list[tuple[Path, Owner]], assignment: str) -> HandIn:
    """Join what belongs to one student: the first that can be read counts, the others are tried after it."""
    every = []
    for path, owner in theirs:
        if path.is_dir() and not path.is_symlink():
            one = _in_folder(path, student, assignment)
        else:
            archive = ARCHIVE.fullmatch(path.name)
            problem = f"{readable_name(path.name)} is an archive. Hand in the notebook itself." if archive else ""
            one = HandIn(student, path, problem=problem, names={path: readable_name(path.name)})
        every.append(replace(one, canvas=owner.canvas, notes=[*one.notes, *_remarks(path, owner, assignment)]))
    first = next((one for one in every if not one.problem), every[0])
    others = [one for one in every if one is not first]
    return replace(
        first,
        notes=[*first.notes, *(f"! {one.problem}" for one in others if one.problem and one.names)],
        others=[*first.others, *(path for one in others if not one.problem for path in (one.path, *one.others))],
        names={path: name for one in every for path, name in one.names.items()},
    )


def _remarks(path: Path, owner: Owner, assignment: str) -> list[str]:
    """Return notes on what the name of a file or folder suggests, but the grader ignores."""
    if path.name == f"{assignment}.ipynb":
        return [f"! {path.name} was taken for the hand-in of somebody called {assignment}."]
    if owner.late:
        return ["! Canvas calls it late. That costs nothing here: a timestamp.txt beside it would say when it came."]
    return []


def _look_below(folder: Path, assignment: str) -> None:
    """Refuse a folder above the hand-ins, since each folder in it would be graded as a student."""
    for inner in sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith((".", "__"))):
        if any(inner.glob(f"*/{assignment}.ipynb")) or len(list(inner.glob("*.ipynb"))) > 1:
            raise NothingToGrade(f"No hand-in in {folder}, but there are some in {inner}: is that folder meant?")


def _in_folder(folder: Path, student: str, assignment: str) -> HandIn:
    """Return the hand-in in a student's folder, or in the folder of the assignment in it, as nbgrader lays it out."""
    wanted, place = f"{assignment}.ipynb", folder
    if (folder / assignment).is_dir() and not (folder / assignment).is_symlink():
        place = folder / assignment
    time, notes = _handed_in([folder] if place == folder else [folder, place])
    original = place / ORIGINAL  # if it was graded before, the rebuilt notebook lies beside the original
    if place != folder and (original.exists() or original.is_symlink()):
        return HandIn(student, original, notes, handed_in=time, names={original: ORIGINAL})
    try:
        paths = [one for one in place.iterdir() if NOTEBOOK.fullmatch(one.name) and not one.name.startswith(".")]
    except OSError as error:
        return HandIn(student, place / wanted, notes, f"The folder cannot be opened: {error.strerror}.")
    paths.sort(key=lambda path: (path.name != wanted, path.name.lower() != wanted.lower(), path.name))
    if not paths:
        return HandIn(student, place / wanted, notes, f"There is no {wanted} ({_held(place)}).")
    named_otherwise = paths[0].name.lower() != wanted.lower()
    if named_otherwise and len(paths) == 1:
        notes = [f"{readable_name(paths[0].name)} was taken for {wanted}.", *notes]
    names = {path: f"{readable_name(folder.name)}/{readable_name(path.name)}" for path in paths}
    doubt = named_otherwise and len(paths) > 1
    return HandIn(student, paths[0], notes, handed_in=time, others=paths[1:], names=names, doubt=doubt)


def _held(folder: Path) -> str:
    """Say what a folder without a notebook holds."""
    below = sorted(str(one.relative_to(folder)) for one in folder.glob("*/*.ipynb"))
    names = below or sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    return f"found: {some([readable_name(name) for name in names])}" if names else "the folder is empty"


def _handed_in(folders: list[Path]) -> tuple[datetime | None, list[str]]:
    """Return when a hand-in came, and a note if that cannot be read; of the stamps in these folders the first counts."""
    for path in (folder / TIMESTAMP for folder in folders):
        if path.is_symlink() or not path.is_file():
            continue
        try:
            return lateness.read_time(path.read_bytes()[:100].decode("utf-8-sig", "replace")), []
        except lateness.BadTime as problem:
            return None, [f"{path.name}: {problem} It is not counted as late."]
    return None, []
