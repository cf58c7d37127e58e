"""The paths in the course's working folder: nbgrader's folders and the gradebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader.base.paths import FOLDER

TIMESTAMP = "timestamp.txt"
EXCHANGED = (TIMESTAMP, "submission_secret.txt")  # added to a hand-in by nbgrader's exchange, to return feedback


@dataclass(frozen=True)
class Course:
    """The places of nbgrader's source, release, submitted, autograded and feedback folders and of its gradebook."""

    folder: Path = FOLDER
    db_url: str = ""

    @property
    def gradebook(self) -> str:
        """The gradebook's SQLAlchemy URL: SQLite waits for a lock instead of failing; PostgreSQL uses psycopg 3."""
        if not self.db_url:
            return f"sqlite:///{self.folder / 'gradebook.db'}?timeout=120"
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", self.db_url)

    def path(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return the folder of one assignment in one of nbgrader's steps."""
        return self.folder / step / student / assignment

    def release(self, assignment: str) -> Path:
        """Return the path of the notebook that students get."""
        return self.path("release", assignment) / f"{assignment}.ipynb"
