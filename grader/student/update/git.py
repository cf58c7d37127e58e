"""Run the git commands that an update of a clone of the course needs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.base.errors import CourseError

FETCH_SECONDS = 300


class GitFailed(CourseError):
    """Signals that a git command failed; the message holds the first lines of its error output."""


class Git:
    """A clone of the course's repository."""

    def __init__(self, root: Path):
        self.root = root

    def fetched(self) -> str:
        """Fetch what is new from the repository that this clone comes from; return the name of the followed branch.

        Raises:
            GitFailed -- if no branch is followed, or if the repository cannot be reached
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
        """Say whether a commit is another one or one of its ancestors."""
        return self._run("merge-base", "--is-ancestor", commit, other).returncode == 0

    def changed(self, commit: str, other: str = "") -> list[str]:
        """Return the paths that differ between two commits, or between a commit and the working files."""
        out = self._must("diff", "--name-only", "--no-renames", "-z", commit, *([other] if other else []))
        return [path for path in out.decode(errors="surrogateescape").split("\0") if path]

    def show(self, commit: str, path: str) -> bytes | None:
        """Return a file's content in a commit, or None if the commit does not have it."""
        done = self._run("show", f"{commit}:{path}")
        return None if done.returncode else done.stdout

    def forward(self, commit: str, paths: list[str]) -> None:
        """Fast-forward to a later commit, discarding local changes in the files of these paths.

        Raises:
            GitFailed -- if git refuses
        """
        if paths:
            self._must("checkout", "--quiet", "HEAD", "--", *paths)
        self._must("merge", "--ff-only", "--quiet", commit)

    @contextmanager
    def undone_on_failure(self, paths: list[str]) -> Iterator[None]:
        """Restore the commit, git's index and the content of these files if the body of the `with` statement fails."""
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
        # Git must not ask for a password: this may run where nobody can answer.
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
