"""Update the notebooks to the newest release without losing the student's work: by git, or from another copy.

No code of a notebook is run. New files are prepared first. Then they replace the old ones, which move into a backup; if
anything fails before the last file is in place, all moves are undone.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.base.errors import CourseError
from grader.base.paths import ROOT
from grader.student.update import archive
from grader.student.update.git import Git
from grader.student.update.merge import Conflict, merge
from grader.submission.cells import is_answer, is_unwritten

NOTEBOOK = re.compile(r"notebooks/(\w+)/\1\.ipynb")
# Entries of a copy that belong to its owner and not to the course.
OWN = re.compile(
    r"\.git|\.course|notebooks|\.venv.*|.*_cache|\.hypothesis|__pycache__|\.ipynb_checkpoints|.*\.egg-info"
)
PACKAGES = {"requirements.lock", "pyproject.toml"}


class NotUpdated(CourseError):
    """Signals that nothing was changed; the message says why."""


@dataclass
class Update:
    """The result of an update.

    Attributes:
        changed -- paths in the course's folder that are new or have other content
        merged -- names of the assignments whose notebooks hold the student's work and now have the new release
        conflicts -- with the assignment's name, what both sides have changed
        backup -- the folder that holds the changed files as they were; None if there were none
    """

    changed: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    conflicts: list[tuple[str, Conflict]] = field(default_factory=list)
    backup: Path | None = None

    @property
    def has_new_packages(self) -> bool:
        """Whether the environment must be set up again."""
        return not PACKAGES.isdisjoint(self.changed)


def update(source: Path | None = None, root: Path = ROOT) -> Update:
    """Update a course's folder to a newer release.

    Arguments:
        source -- a newer copy of the course or of a class kit, a folder or a zip archive; without it, the repository
            that the folder was cloned from is used
        root -- the course's folder

    Raises:
        NotUpdated, NoCourse -- if that is impossible: then nothing was changed
    """
    try:
        return _from_copy(source, root) if source else _from_repository(root)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise NotUpdated(f"Nothing was changed. {where}{error.strerror or error}.") from error


def remember(root: Path = ROOT) -> None:
    """Keep a copy of each untouched notebook as the release that a later update compares with; git keeps its own."""
    if (root / ".git").exists():
        return
    for path in root.glob("notebooks/*/*.ipynb"):
        kept = root / ".course" / "base" / path.name
        if NOTEBOOK.fullmatch(path.relative_to(root).as_posix()) and not kept.exists() and _is_untouched(path):
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, kept)


def _is_untouched(path: Path) -> bool:
    cells = _read(path.read_bytes(), path.name).cells
    return all(is_unwritten(cell.source) for cell in cells if is_answer(cell)) and not any(
        cell.get("outputs") for cell in cells
    )


def _from_repository(root: Path) -> Update:
    if not (root / ".git").exists():
        raise NotUpdated(
            "This copy of the course was not cloned by git. With a newer copy, a folder or a zip archive: "
            "course update --from FOLDER_OR_ZIP."
        )
    git = Git(root)
    newest = git.fetched()
    if git.is_in(newest, "HEAD"):
        return Update(changed=_put_back(git, root))
    if not git.is_in("HEAD", newest):
        raise NotUpdated(
            "Nothing was changed: this clone has commits of its own, which the course does not have. "
            "Bring the two together with git pull, and run this again."
        )
    outcome = Update(changed=git.changed("HEAD", newest))
    both = [path for path in git.changed("HEAD") if path in outcome.changed]
    others = [path for path in both if not NOTEBOOK.fullmatch(path)]
    if others:
        raise NotUpdated(
            f"Nothing was changed: {', '.join(others)} was changed here and in the new release. "
            "Keep a copy of yours elsewhere, take the change back (git checkout HEAD -- FILE), and run this again."
        )
    mine = [path for path in both if (root / path).exists()]
    with _workspace(root) as staged:
        for path in mine:
            merged = _merged(git.show("HEAD", path), git.show(newest, path), (root / path).read_bytes(), path, outcome)
            _write(staged / path, merged)
        if mine:
            outcome.backup = _new_backup(root)
        for path in mine:
            _write(outcome.backup / path, (root / path).read_bytes())  # type: ignore[operator]  # there is one
        with git.undone_on_failure(both):
            git.forward(newest, both)
            for path in mine:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged / path, root / path)
    outcome.changed += _put_back(git, root)
    return outcome


def _put_back(git: Git, root: Path) -> list[str]:
    """Restore notebooks that were deleted: a student deletes a notebook to start it again."""
    lost = [path for path in git.changed("HEAD") if NOTEBOOK.fullmatch(path) and not (root / path).exists()]
    found = {path: content for path in lost if (content := git.show("HEAD", path)) is not None}
    for path, content in found.items():
        _write(root / path, content)
    return list(found)


def _from_copy(source: Path, root: Path) -> Update:
    with archive.opened(source) as copy, _workspace(root) as staged:
        if copy.resolve() == root.resolve():
            raise NotUpdated(f"{source} is this course itself: give a newer copy.")
        if (root / "solutions").is_dir() and not (copy / "solutions").is_dir():
            raise NotUpdated(
                f"Nothing was changed: {source.name} is a class kit, and this is the whole course. Unpack the kit elsewhere."
            )
        outcome = Update()
        for part in [*_parts(copy), *_stage_notebooks(copy, root, staged, outcome)]:
            if not (staged / part).exists():
                _copy(copy / part, staged / part)
            if _content(staged / part) != _content(root / part):
                outcome.changed.append(part)
        if any((root / part).exists() for part in outcome.changed):
            outcome.backup = _new_backup(root)
        _change_places(outcome.changed, staged, root, outcome.backup)
    return outcome


def _parts(copy: Path) -> list[str]:
    """Return what is replaced as a whole: the entries at the top, and the keys of each assignment."""
    top = [path.name for path in sorted(copy.iterdir()) if not OWN.fullmatch(path.name)]
    keys = sorted((copy / ".course" / "keys").glob("*/"))
    return top + [path.relative_to(copy).as_posix() for path in keys]


def _stage_notebooks(copy: Path, root: Path, staged: Path, outcome: Update) -> list[str]:
    """Stage the merged notebooks and the releases to remember; return their paths and those of other notebook files."""
    parts = []
    for path in sorted(file for file in (copy / "notebooks").rglob("*") if file.is_file()):
        part = path.relative_to(copy).as_posix()
        if any(OWN.fullmatch(folder) for folder in Path(part).parts[1:]):
            continue
        parts.append(part)
        if not NOTEBOOK.fullmatch(part):
            continue
        kept = f".course/base/{path.name}"  # if somebody has worked in the copy, this is the release
        new = (copy / kept if (copy / kept).exists() else path).read_bytes()
        _write(staged / kept, new)
        parts.append(kept)
        if not (root / part).exists():
            _write(staged / part, new)
            continue
        base = (root / kept).read_bytes() if (root / kept).exists() else None
        if base is None and (root / ".git").exists():
            base = Git(root).show("HEAD", part)
        _write(staged / part, _merged(base, new, (root / part).read_bytes(), part, outcome))
    return parts


def _change_places(parts: list[str], staged: Path, root: Path, backup: Path | None) -> None:
    done: list[tuple[Path, Path]] = []
    try:
        for part in parts:
            moves = [(staged / part, root / part)]
            if backup and (root / part).exists():
                moves.insert(0, (root / part, backup / part))
            for here, there in moves:
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(here, there)
                done.append((here, there))
    except BaseException:
        for here, there in reversed(done):
            shutil.move(there, here)
        raise


def _merged(base: bytes | None, new: bytes | None, mine: bytes, path: str, outcome: Update) -> bytes:
    """Return the bytes of a merged notebook; without a base, every difference from the release is the student's."""
    name = Path(path).stem
    if new is None:
        outcome.conflicts.append((name, Conflict(Path(path).name, "the course no longer has it. Yours is kept.", "")))
        return mine
    released, work = _read(new, f"The new {path}"), _read(mine, path)
    notebook, conflicts = merge(_read(base, path) if base else released, released, work)
    if notebook == work:
        return mine
    outcome.merged.append(name)
    outcome.conflicts += [(name, conflict) for conflict in conflicts]
    return (nbformat.writes(notebook) + "\n").encode()


def _read(raw: bytes, name: str) -> NotebookNode:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about cells without ids, which get some
            notebook = nbformat.reads(raw.decode("utf-8-sig"), as_version=4)
            nbformat.validate(notebook, relax_add_props=True)
    except (ValueError, nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0][:100]
        raise NotUpdated(
            f"Nothing was changed: {name} cannot be read as a notebook ({reason}). Move it elsewhere, and run this again."
        ) from None
    return notebook


@contextmanager
def _workspace(root: Path) -> Iterator[Path]:
    (root / ".course").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="update-", dir=root / ".course") as folder:
        yield Path(folder)


def _new_backup(root: Path) -> Path:
    now = time.strftime("%Y-%m-%d %H-%M-%S")
    folder, number = root / ".course" / "backups" / now, 1
    while folder.exists():
        number += 1
        folder = folder.with_name(f"{now} {number}")
    folder.mkdir(parents=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _copy(path: Path, to: Path) -> None:
    """Copy a file or a folder without what belongs to its owner; links are neither followed nor copied."""
    if path.is_dir():
        to.mkdir(parents=True)
        for one in path.iterdir():
            if not one.is_symlink() and not OWN.fullmatch(one.name):
                _copy(one, to / one.name)
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


def _content(path: Path) -> dict[str, bytes]:
    """Return the content of a folder's files, or of one file, by their paths in it."""
    if path.is_file():
        return {"": path.read_bytes()}
    files = [file for file in path.rglob("*") if file.is_file() and not OWN.fullmatch(file.parent.name)]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}
