"""Results on disk, keyed by what they depend on: a run that was killed goes on where it was, and nothing is done twice.

A result holds as long as the hand-in's bytes, the released notebook, the engine, the limits and the exercise are the
same. Where one exercise has changed, the marks of those that it does not touch hold all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.assess import Mark
from grader.course import Course
from grader.results import Result, mark_of


@dataclass(frozen=True)
class Key:
    """What a result depends on, as digests.

    Attributes:
        handed_in -- of the hand-in's bytes
        run -- of release, engine, limits and the seed's policy
        exercises -- by name, of declaration and reference
    """

    handed_in: str
    run: str
    exercises: dict[str, str]


class Store:
    """The results of one assignment in one course."""

    def __init__(self, course: Course, assignment: str):
        self.folder = course.folder / "results" / assignment
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, key: Key | None, seed: int, result: Result, notebook: str) -> str:
        """Keep a result, and the notebook's text; its id is returned.

        Arguments:
            key -- without one, it is there to be recorded but is not taken for a result by the next run
        """
        identity = secrets.token_hex(8)
        marks = {name: asdict(mark) for name, mark in result.marks.items()}
        kept = {"notes": result.notes, "rejected": result.rejected, "seconds": result.seconds, "marks": marks}
        _replace(self.folder / f"{result.student}.ipynb", notebook)
        head = {"id": identity, "key": key and asdict(key), "seed": seed}
        _replace(self.folder / f"{result.student}.json", json.dumps({**head, **kept}))
        return identity

    def read(self, student: str) -> Stored | None:
        """A student's result of an earlier run, if there is one that can be read."""
        try:
            data = json.loads((self.folder / f"{student}.json").read_text())
            marks = {name: mark_of(mark) for name, mark in data["marks"].items()}
            result = Result(student, marks, data["notes"], data["rejected"], data["seconds"], reused=True)
            return Stored(data["id"], Key(**data["key"]) if data["key"] else None, data["seed"], result)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def students(self) -> set[str]:
        """Everybody who has a result here, of this run or an earlier one."""
        return {path.stem for path in self.folder.glob("*.json")}

    def seed(self) -> int:
        """The seed of the run that has begun and not ended, or a new one."""
        path = self.folder / "run"
        if not path.exists():
            _replace(path, str(secrets.randbits(63)))
        return int(path.read_text())

    def end_run(self) -> None:
        """Say that every hand-in has its result: the next run draws its own cases."""
        (self.folder / "run").unlink(missing_ok=True)

    def is_recorded(self, identity: str, gradebook: str, student: str, state: str) -> bool:
        """Whether a gradebook and the feedback page have this result, and no mark by hand came since."""
        return self._recorded(student) == [identity, digest_of(gradebook.encode()), state]

    def was_recorded(self, identity: str, gradebook: str, student: str) -> bool:
        """Whether a gradebook has this result, whatever marks by hand came since."""
        return self._recorded(student)[:2] == [identity, digest_of(gradebook.encode())]

    def recorded(self, identity: str, gradebook: str, student: str, state: str) -> None:
        """Note that a result is recorded; of the gradebook's address, which may hold a password, a digest."""
        _replace(self._marker(student), json.dumps([identity, digest_of(gradebook.encode()), state]))

    def _recorded(self, student: str) -> list[str]:
        try:
            return json.loads(self._marker(student).read_text())
        except (OSError, ValueError):
            return []

    def _marker(self, student: str) -> Path:
        return self.folder / f"{student}.recorded"


@dataclass(frozen=True)
class Stored:
    """A result of an earlier run."""

    identity: str
    key: Key | None
    seed: int
    result: Result

    def holds(self, key: Key) -> dict[str, Mark]:
        """The marks that are what they would be if they were made now."""
        if self.key is None or (self.key.handed_in, self.key.run) != (key.handed_in, key.run):
            return {}
        same = {name for name, digest in key.exercises.items() if self.key.exercises.get(name) == digest}
        return {name: mark for name, mark in self.result.marks.items() if name in same}


def digest_of(raw: bytes) -> str:
    """Digest of bytes; of a hand-in's, for what is hostile is not even parsed here."""
    return hashlib.sha256(raw).hexdigest()


def _replace(path: Path, text: str) -> None:
    """Write a file at once or not at all, whenever this process is killed."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
