"""The few things that are asked of git, of a clone of the course."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.base.errors import CourseError

FETCH_SECONDS = 300


class GitFailed(CourseError):
    """Git could not do it; the message holds its last words."""


class Git:
    """A clone."""

    def __init__(self, root: Path):
        self.root = root

    def fetched(self) -> str:
        """Ask the repository that this is a clone of what is new there; the name of the branch that is followed.

        Raises:
            GitFailed -- where no branch is followed, or where the repository cannot be reached
        """
        followed = self._run("rev-parse", "--symbolic-full-name", "@{upstream}")
        if followed.returncode:
            raise GitFailed(
                "Nothing was changed: this clone follows no branch of another repository, so there is nothing to ask. "
                "With a newer copy of the course: course update --from FOLDER_OR_ZIP."
            )
        self._must("fetch", "--quiet")
        return followed.stdout.decode().strip()

    def is_in(self, commit: str, other: str) -> bool:
        """Whether a commit is another one, or among those before it."""
        return self._run("merge-base", "--is-ancestor", commit, other).returncode == 0

    def changed(self, commit: str, other: str = "") -> list[str]:
        """Paths that differ between two commits, or between a commit and the files."""
        out = self._must("diff", "--name-only", "--no-renames", "-z", commit, *([other] if other else []))
        return [path for path in out.decode(errors="surrogateescape").split("\0") if path]

    def show(self, commit: str, path: str) -> bytes | None:
        """A file as a commit has it, or None where it has none."""
        done = self._run("show", f"{commit}:{path}")
        return None if done.returncode else done.stdout

    def forward(self, commit: str, paths: list[str]) -> None:
        """Go forward to a later commit; changes in the files of these paths are given up.

        Raises:
            GitFailed -- where git will not
        """
        if paths:
            self._must("checkout", "--quiet", "HEAD", "--", *paths)
        self._must("merge", "--ff-only", "--quiet", commit)

    @contextmanager
    def undone_on_failure(self, paths: list[str]) -> Iterator[None]:
        """Should what is done meanwhile fail: the commit and git's index as before, and these files byte by byte."""
        commit = self._must("rev-parse", "HEAD").decode().strip()
        index = self.root / self._must("rev-parse", "--git-path", "index").decode().strip()
        staged = index.read_bytes()
        files = {path: self.root / path for path in paths}
        contents = {path: file.read_bytes() if file.exists() else None for path, file in files.items()}
        try:
            yield
        except BaseException:
            if self._must("rev-parse", "HEAD").decode().strip() != commit:
                self._run("checkout", "--quiet", "HEAD", "--", *paths)
                self._must("reset", "--quiet", "--keep", commit)
            for path, content in contents.items():
                if content is None:
                    files[path].unlink(missing_ok=True)
                else:
                    files[path].write_bytes(content)
            index.write_bytes(staged)
            raise

    def _must(self, *arguments: str) -> bytes:
        done = self._run(*arguments)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["it does not say why"]
            raise GitFailed(f"Nothing was changed: git {arguments[0]} failed. {' '.join(map(str.strip, said[:4]))}")
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        # Without a question for a password: this may run where nobody can answer.
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=FETCH_SECONDS,
            )
        except FileNotFoundError:
            raise GitFailed(
                "Nothing was changed: git is not installed, and this copy of the course came by git."
            ) from None
        except subprocess.TimeoutExpired:
            raise GitFailed(
                f"Nothing was changed: git {arguments[0]} did not end in {FETCH_SECONDS} seconds."
            ) from None
