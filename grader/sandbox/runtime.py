"""Choose where hand-ins run on this machine, and say why.

The sandbox is always bubblewrap. On a machine that cannot run it, Docker or Podman provide a Linux in which it runs
(see `grader.sandbox.container`). If none of them can be used, no hand-in is run, unless the user asked for no sandbox.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from grader.sandbox import bubblewrap
from grader.sandbox.bubblewrap import NoSandbox

NAMES = {"bubblewrap": "bubblewrap", "docker": "Docker", "podman": "Podman"}  # in the order in which they are tried
CHOICE = "COURSE_SANDBOX"
ENGINE_SECONDS = 20
# The template fails if another program is named "docker"; Docker itself can be set to run Windows in its containers.
FACTS = {"docker": "{{.OSType}} {{.OperatingSystem}} {{json .SecurityOptions}}", "podman": "{{.Host.OS}}"}
INSTALL = (
    "Install bubblewrap (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap) or, on macOS and Windows, "
    "Docker or Podman; or pass --no-sandbox where you trust every hand-in."
)


@dataclass(frozen=True)
class Backend:
    """The way in which hand-ins are run.

    Attributes:
        kind -- "bubblewrap", "docker", "podman" or "none"
        why -- a sentence with the reason
        passed_over -- why the kinds that come first are not used, a sentence each
    """

    kind: str
    why: str
    passed_over: tuple[str, ...] = ()

    @property
    def is_container(self) -> bool:
        return self.kind in FACTS


def choose(no_sandbox: bool = False, problem: Callable[[str], str] | None = None) -> Backend:
    """Choose how hand-ins are run on this machine.

    Arguments:
        no_sandbox -- whether the user asked for no sandbox
        problem -- returns why a kind cannot be used, or an empty string; for a caller that has checked already

    Raises:
        NoSandbox -- if no kind can be used; there is no fallback
    """
    if no_sandbox:
        return Backend("none", "--no-sandbox was given: hand-ins run unprotected, with your own rights.")
    problem = problem or problem_with
    wanted = os.environ.get(CHOICE, "")
    if wanted and wanted not in NAMES:
        raise NoSandbox(f"{CHOICE} is {wanted!r}; it may be bubblewrap, docker or podman, or not set.")
    passed_over: list[str] = []
    for kind, name in NAMES.items():
        if wanted and kind != wanted:
            continue
        trouble = problem(kind)
        if not trouble:
            return Backend(kind, _why(kind, wanted), tuple(passed_over))
        passed_over.append(f"{name} {trouble}.")
    if wanted:
        raise NoSandbox(f"{CHOICE} asks for {wanted}, and that cannot be had: {passed_over[0]}")
    raise NoSandbox(f"There is no sandbox here, so no hand-in is run. {' '.join(passed_over)} {INSTALL}")


def _why(kind: str, wanted: str) -> str:
    reason = f"{CHOICE} asks for it" if wanted else "it works here"
    if kind == "bubblewrap":
        return f"bubblewrap: {reason}."
    return f"bubblewrap in a container by {NAMES[kind]}: {reason}."


def problem_with(kind: str) -> str:
    """Return why a backend cannot be used here, as the rest of a sentence after its name; empty if it can be used."""
    if kind != "bubblewrap":
        return _problem_with_engine(kind)
    if not sys.platform.startswith("linux"):
        return "runs on Linux only"
    if shutil.which("bwrap") is None:
        return "is not installed"
    try:
        bubblewrap.require()
    except NoSandbox as error:
        advice = " Pass --no-sandbox"  # the sentence in `choose` ends with it already
        return str(error).partition(advice)[0].removeprefix("bubblewrap ").rstrip(".")
    return ""


def _problem_with_engine(engine: str) -> str:
    if shutil.which(engine) is None:
        return "is not installed"
    try:
        told = ask(engine, "info", "--format", FACTS[engine])
    except subprocess.TimeoutExpired:
        return f"is installed, but does not answer within {ENGINE_SECONDS} s"
    if told.returncode:
        words = told.stderr.strip().splitlines() or [f"exit status {told.returncode}"]
        return f"is installed, but cannot run a container now ({words[-1].rstrip('.')})"
    if not told.stdout.startswith("linux"):
        return "is set to run Windows in its containers; switch it to Linux containers"
    return ""


def ask(engine: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of an engine's short commands."""
    return subprocess.run([engine, *arguments], capture_output=True, text=True, timeout=ENGINE_SECONDS)
