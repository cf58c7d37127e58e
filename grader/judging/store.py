"""Store results with what they depend on, so that a killed run continues where it was and nothing is judged twice.

A result holds as long as the hand-in's bytes, the released notebook, the engine, the limits and the exercise are the
same. If one exercise has changed, the marks of the exercises that do not depend on it still hold.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from functools import cached_property

from grader.base.course import Course
from grader.base.files import write_atomically
from grader.judging.result import Result
from grader.scoring.marks import Mark


@dataclass(frozen=True)
class Provenance:
    """The digests of what a result depends on.

    Attributes:
        handed_in -- of the hand-in's bytes
        run -- of release, engine, limits and the seed's policy
        exercises -- by name, of declaration and reference
    """

    handed_in: str
    run: str
    exercises: dict[str, str]


@dataclass(frozen=True)
class StoredResult:
    """A result of an earlier run; its text is read only when it is needed.

    Attributes:
        identity -- the id by which the gradebook knows it
        provenance -- if there is none, a later run does not take the result over
    """

    identity: str
    provenance: Provenance | None
    text: str

    @cached_property
    def result(self) -> Result:
        """The result.

        Raises:
            ValueError, KeyError, TypeError -- if the text is damaged
        """
        result = Result.from_json(self.text)
        result.reused = True
        return result

    def still_valid(self, now: Provenance) -> set[str]:
        """Return the names of the exercises whose marks would be the same if they were made now."""
        then = self.provenance
        if then is None or (then.handed_in, then.run) != (now.handed_in, now.run):
            return set()
        return {name for name, digest in now.exercises.items() if then.exercises.get(name) == digest}

    def kept(self, now: Provenance) -> dict[str, Mark]:
        """Return the marks that would be the same if they were made now."""
        names = self.still_valid(now)
        return {name: mark for name, mark in self.result.marks.items() if name in names} if names else {}


class ResultStore:
    """The results of one assignment in one course: a file for each student, with the provenance in its first line."""

    def __init__(self, course: Course, assignment: str):
        self.folder = course.folder / "results" / assignment
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, result: Result, provenance: Provenance | None) -> str:
        """Store a result, and return its id.

        Arguments:
            provenance -- without it, the result can be recorded, but the next run does not take it over
        """
        identity = secrets.token_hex(8)
        head = {"id": identity, "provenance": provenance and asdict(provenance)}
        write_atomically(self.folder / f"{result.student}.json", f"{json.dumps(head)}\n{result.to_json()}\n")
        return identity

    def read(self, student: str) -> StoredResult | None:
        """Return a student's result of an earlier run, if there is one that can be read."""
        try:
            head, _, text = (self.folder / f"{student}.json").read_text().partition("\n")
            data = json.loads(head)
            provenance = Provenance(**data["provenance"]) if data["provenance"] else None
            return StoredResult(data["id"], provenance, text)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def students(self) -> set[str]:
        """Return the ids of all students who have a result here, of this run or an earlier one."""
        return {path.stem for path in self.folder.glob("*.json")}

    def seed(self) -> int:
        """Return the seed of the run that has begun and not ended, or a new one."""
        path = self.folder / "run"
        if not path.exists():
            write_atomically(path, str(secrets.randbits(63)))
        return int(path.read_text())

    def end_run(self) -> None:
        """Record that every hand-in has its result: the next run draws its own cases."""
        (self.folder / "run").unlink(missing_ok=True)


def digest_of(raw: bytes) -> str:
    """Return the digest of a hand-in's bytes, which are untrusted and are not parsed for it."""
    return hashlib.sha256(raw).hexdigest()
