"""Check whether this machine has what the course needs, one line a check, with what to do if something is missing.

The checks change nothing and import nothing large, so that they take only a second or two.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import psutil
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.base.assignments import names
from grader.base.course import Course
from grader.base.paths import ROOT
from grader.presentation.text import some
from grader.sandbox import runtime
from grader.sandbox.bubblewrap import NoSandbox
from grader.sandbox.limits import Limits
from grader.student import gpu

DISTRIBUTION = "convnets"
PYTHON = SpecifierSet(">=3.11,<3.14")
DISK = 2_000_000_000  # bytes free, below which a class may not fit
DISK_AT_LEAST = 100_000_000
PROGRAM_SECONDS = 2
SHOWN = 6  # entries that a list names at most
OK, NOTE, MISSING = "ok", "note", "missing"
SIGNS = {OK: ("✓", "green"), NOTE: ("!", "yellow"), MISSING: ("✗", "red")}


@dataclass(frozen=True)
class Check:
    """One line of the report.

    Attributes:
        what -- what was checked
        state -- "ok", "note" if something could be better, "missing" if hand-ins cannot be graded like this
        sentence -- what was found, and what to do about it
    """

    what: str
    state: str
    sentence: str


def doctor(console: Console) -> bool:
    """Show every check, and say whether hand-ins can be graded on this machine."""
    course = Course()
    table = Table.grid(padding=(0, 2))
    good = True
    for check in checks(course):
        sign, colour = SIGNS[check.state]
        table.add_row(Text(f"{sign} {check.state}", style=colour), Text(check.what, style="bold"), Text(check.sentence))
        good = good and check.state != MISSING
    console.print(table)
    if not good:
        console.print("[red]✗[/] The course cannot do all its work here yet: see what is missing.")
    return good


def checks(course: Course) -> Iterator[Check]:
    """Yield all checks, one after the other."""
    problem = cache(runtime.problem_with)  # cached: its own line and the choice both ask for it
    yield _python()
    yield _packages()
    yield _course_folder(course)
    yield _disk(course)
    yield _memory()
    if names():  # a class kit has no assignments, and cannot grade
        yield _gradebook(course)
        yield _postgresql()
        yield _bubblewrap(problem)
        yield from (_engine(engine, problem) for engine in runtime.FACTS)
        yield _sandbox(problem)
        if not problem("bubblewrap"):
            yield _warm_start()
    yield _data_cache()
    yield _data_mirror()
    yield _kernels()
    yield _gpu()


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if version in PYTHON:
        return Check("Python", OK, f"{version}, {sys.executable}")
    return Check(
        "Python", MISSING, f"{version}; the course runs on {PYTHON}: make a new environment with one of these."
    )


def _packages() -> Check:
    """Compare installed packages with the lock file; an absent one is missing only if the course imports it."""
    installed: dict[str, str] = {}
    for one in metadata.distributions():  # of several with the same name, the first is imported
        if one.name:
            installed.setdefault(_normal(one.name), one.version)
    locked = _locked()
    needed = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or []]
    names = [_normal(one.name) for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    missing = [name for name in names if name not in installed]
    if missing:
        return Check("packages", MISSING, f"{some(missing, SHOWN)} not installed: run `make setup`.")
    other = [
        f"{name} {installed[name]} instead of {version}"
        for name, version in locked.items()
        if name in installed and installed[name] != version
    ]
    if other:
        return Check(
            "packages", NOTE, f"not as in requirements.lock: {some(other, SHOWN)}. `make setup` installs those."
        )
    return Check("packages", OK, f"{sum(name in installed for name in locked)} as in requirements.lock")


def _locked() -> dict[str, str]:
    """Return the lock file's versions for this Python on this system."""
    locked: dict[str, str] = {}
    for line in re.findall(r"^([^\s#-][^\\\n]*?) *\\?$", (ROOT / "requirements.lock").read_text(), re.MULTILINE):
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate():
            locked[_normal(one.name)] = str(one.specifier).removeprefix("==")
    return locked


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _course_folder(course: Course) -> Check:
    there = _nearest(course.folder)
    if os.access(there, os.W_OK | os.X_OK):
        return Check("course folder", OK, f"{course.folder}" + ("" if there == course.folder else ", not made yet"))
    return Check("course folder", MISSING, f"{there} cannot be written to: name another folder in COURSE_FOLDER.")


def _nearest(folder: Path) -> Path:
    """Return the folder, or the closest one above it that exists."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.exists())


def _disk(course: Course) -> Check:
    free = shutil.disk_usage(_nearest(course.folder)).free
    found = f"{free / 1e9:.1f} GB free for the course folder"
    if free < DISK_AT_LEAST:
        return Check("disk", MISSING, f"{found}: make room, or name another folder in COURSE_FOLDER.")
    if free < DISK:
        return Check("disk", NOTE, f"{found}: a large class may need more.")
    return Check("disk", OK, found)


def _memory() -> Check:
    memory, limit = psutil.virtual_memory(), Limits().memory
    found = f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free"
    if memory.available < limit:
        return Check("memory", NOTE, f"{found}; one hand-in may use up to {limit / 1e9:g} GB: grade with few workers.")
    return Check("memory", OK, found)


def _gradebook(course: Course) -> Check:
    path = course.folder / "gradebook.db"
    if not path.exists():
        return Check("gradebook", OK, "none yet: the first grading makes it")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as gradebook:
            (students,) = gradebook.execute("SELECT count(*) FROM student").fetchone()
    except sqlite3.Error as error:
        return Check("gradebook", MISSING, f"{path} cannot be read ({error}): move it away, or grade with --db.")
    return Check("gradebook", OK, f"{students} {'student' if students == 1 else 'students'} in {path}")


def _postgresql() -> Check:
    try:
        import psycopg
    except ImportError as error:
        return Check("PostgreSQL", NOTE, f"no driver ({error}): needed for `--db postgresql+psycopg://…` only.")
    return Check("PostgreSQL", OK, f"psycopg {psycopg.__version__}, for `--db postgresql+psycopg://…`")


def _bubblewrap(problem: Callable[[str], str]) -> Check:
    trouble = problem("bubblewrap")
    if trouble:
        return Check("bubblewrap", NOTE, f"{trouble}.{_kernel_settings()}")
    return Check("bubblewrap", OK, f"{_says('bwrap', '--version')}; it can build a sandbox here")


def _kernel_settings() -> str:
    """Return advice on the kernel settings that keep ordinary users from making namespaces; empty if there are none."""
    wanted = {
        "kernel/unprivileged_userns_clone": ("0", "1"),
        "kernel/apparmor_restrict_unprivileged_userns": ("1", "0"),
        "user/max_user_namespaces": ("0", "10000"),
    }
    advice = [
        f"sudo sysctl {name.replace('/', '.')}={good}"
        for name, (bad, good) in wanted.items()
        if (path := Path("/proc/sys", name)).exists() and path.read_text().strip() == bad
    ]
    return f" The Linux kernel is set to forbid it, in containers, too: {'; '.join(advice)}." if advice else ""


def _engine(engine: str, problem: Callable[[str], str]) -> Check:
    name, trouble = runtime.NAMES[engine], problem(engine)
    if not trouble:
        return Check(name, OK, _says(engine, "--version"))
    if not problem("bubblewrap"):
        return Check(name, OK, f"{trouble}; not needed where bubblewrap works")
    return Check(name, NOTE, f"{trouble}.")


def _sandbox(problem: Callable[[str], str]) -> Check:
    try:
        backend = runtime.choose(problem=problem)
    except NoSandbox as error:
        return Check("sandbox", MISSING, str(error))
    return Check("sandbox", OK, " ".join([backend.why, *backend.passed_over]))


def _warm_start() -> Check:
    """Check whether kernels can be forked from one that has imported everything; without it grading is only slower."""
    from grader.sandbox.kernel import KernelFailed
    from grader.sandbox.kernel_factory import KernelFactory

    with KernelFactory(Limits(), warm=True) as kernels, suppress(KernelFailed, OSError):
        kernels.start().close()
    if kernels.why_cold:
        return Check(
            "warm start", NOTE, f"{kernels.why_cold} Each hand-in's kernel starts on its own, which is slower."
        )
    return Check("warm start", OK, "kernels are forked from one that has imported everything")


def _data_cache() -> Check:
    from data import cache_dir

    folder = cache_dir()
    return _readable("data cache", folder) if folder.exists() else Check("data cache", OK, f"{folder}, not made yet")


def _data_mirror() -> Check:
    from data.places import mirror_dir

    folder = mirror_dir()
    if folder is None:
        return Check("data mirror", OK, "none; COURSE_DATA_MIRROR may name a folder of archives")
    if not folder.is_dir():
        return Check("data mirror", NOTE, f"COURSE_DATA_MIRROR names {folder}, and there is no such folder.")
    return _readable("data mirror", folder)


def _readable(what: str, folder: Path) -> Check:
    if not os.access(folder, os.R_OK | os.X_OK):
        return Check(what, NOTE, f"{folder} cannot be read: notebooks that use what is in it will fail.")
    return Check(what, OK, f"{sum(not name.startswith('.') for name in os.listdir(folder))} entries in {folder}")


def _kernels() -> Check:
    from grader.student import kernelspecs

    missing = kernelspecs.missing()
    if missing:
        return Check("kernels", NOTE, f"{some(missing, SHOWN)} not offered in Jupyter: run `course kernels install`.")
    return Check("kernels", OK, ", ".join(kernel.label for kernel in kernelspecs.KERNELS.values()))


def _gpu() -> Check:
    found = gpu.seen()
    if not found:
        return Check("GPU", OK, "none; nothing in the course needs one, and grading uses the CPU")
    trouble = gpu.refusal()
    return Check("GPU", NOTE, trouble) if trouble else Check("GPU", OK, some(found, SHOWN))


def _says(program: str, *arguments: str, lines: int | None = 1) -> str:
    """Return the first lines of what a program prints."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=PROGRAM_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return f"{program} does not answer"
    return "\n".join(done.stdout.strip().splitlines()[:lines])
