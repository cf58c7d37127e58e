"""Where foreign code runs: a bubblewrap sandbox with nothing in it but Python, the course's data and a way to answer.

No network, a cleared environment, a read-only system, an empty home that vanishes, processes of its own. The gradebook,
the solutions, the answer keys and every other hand-in are not hidden inside: they are not there.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psutil

from grader.errors import CourseError
from grader.exercise import ROOT

HOME = "/home/student"
PACKAGES = "/course"
SOCKETS = 20  # what a kernel's folder holds at most: five sockets and the connection file, with room to spare


@dataclass(frozen=True)
class Limits:
    """What one hand-in may use.

    Attributes:
        cell_seconds, exercise_seconds -- for one cell, and for one function on all its cases
        submission_seconds -- for everything together
        memory -- bytes of resident memory, all processes together
        processes -- how many at once
        disk -- bytes of each of the two folders that can be written to
        output -- bytes kept of one cell's output
        message -- bytes of one message from the kernel; a longer one is dropped
    """

    cell_seconds: float = 60
    exercise_seconds: float = 30
    submission_seconds: float = 600
    memory: int = 4_000_000_000
    processes: int = 64
    disk: int = 500_000_000
    output: int = 4_000_000
    message: int = 50_000_000


class NoSandbox(CourseError):
    """There is no sandbox on this machine; the message says what to install."""


def require() -> None:
    """See that a sandbox can be built here.

    Raises:
        NoSandbox -- with what to do about it
    """
    if shutil.which("bwrap") is None:
        raise NoSandbox(
            "Hand-ins are run in a bubblewrap sandbox, and bwrap is not on this machine. Install it (Debian, Ubuntu: "
            "apt install bubblewrap; Fedora: dnf install bubblewrap), or pass --no-sandbox where you trust every hand-in."
        )
    trial = subprocess.run([*_bubblewrap(Limits()), "true"], capture_output=True, text=True, timeout=60)
    if trial.returncode:
        reason = trial.stderr.strip().splitlines()[-1] if trial.stderr.strip() else f"exit status {trial.returncode}"
        raise NoSandbox(
            f"bubblewrap is installed but cannot build a sandbox here ({reason}). It needs unprivileged user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0). "
            "Pass --no-sandbox only where you trust every hand-in."
        )


def command(inner: list[str], shared: Path, limits: Limits) -> list[str]:
    """The command line that runs `inner` in a sandbox.

    Arguments:
        inner -- command; this interpreter and its packages are at the paths they have outside
        shared -- the one folder that both sides see, at the same path, for the kernel's sockets
        limits -- sizes of the writable folders
    """
    return [*_bubblewrap(limits), "--bind", str(shared), str(shared), "--remount-ro", "/", *inner]


def _bubblewrap(limits: Limits) -> list[str]:
    arguments = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    arguments += ["--uid", "1000", "--gid", "1000", "--hostname", "course"]
    arguments += ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(name):
            arguments += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            arguments += ["--ro-bind", name, name]
    for name in ("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives", "/etc/localtime"):
        arguments += ["--ro-bind-try", name, name]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm", HOME):
        arguments += ["--size", str(limits.disk), "--tmpfs", folder]
    for folder in _python_folders():
        arguments += ["--ro-bind", folder, folder]
    arguments += _course_packages() + _data_cache() + _font_cache()
    for name, value in _environment().items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--remount-ro", "/dev", "--chdir", HOME]


def _python_folders() -> list[str]:
    """The interpreter and its packages, outside /usr."""
    folders = {str(Path(folder).absolute()) for folder in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return sorted(folder for folder in folders if folder != "/usr" and not folder.startswith("/usr/"))


def _course_packages() -> list[str]:
    """`data` as it is, a `grader` that does nothing; and nothing in place of what an installed copy would show."""
    arguments = ["--ro-bind", str(ROOT / "data"), f"{PACKAGES}/data"]
    arguments += ["--ro-bind", str(Path(__file__).parent / "inside" / "grader"), f"{PACKAGES}/grader"]
    visible = [*_python_folders(), "/usr"]
    for name in ("grader", "solutions"):
        if any(str(ROOT / name).startswith(f"{folder}/") for folder in visible):
            arguments += ["--tmpfs", str(ROOT / name)]
    return arguments


def _data_cache() -> list[str]:
    """What has been downloaded already: there is no network inside."""
    from data import cache_dir

    return ["--ro-bind-try", str(cache_dir()), str(cache_dir())]


def _font_cache() -> list[str]:
    """Matplotlib's list of fonts, made once out here: making it takes a second, and a sandbox starts with no home."""
    import matplotlib

    arguments = []
    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        arguments += ["--ro-bind", str(path), f"{HOME}/.matplotlib/{path.name}"]
    return arguments


def _environment() -> dict[str, str]:
    from data import cache_dir

    one_thread = dict.fromkeys(
        (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "TF_NUM_INTRAOP_THREADS",
            "TF_NUM_INTEROP_THREADS",
        ),
        "1",
    )
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "PYTHONPATH": PACKAGES,
        "PYTHONNOUSERSITE": "1",
        "IPYTHONDIR": f"{HOME}/.ipython",
        "MPLCONFIGDIR": f"{HOME}/.matplotlib",
        "COURSE_DATA_CACHE": str(cache_dir()),
        "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **one_thread,
    }


def unsandboxed_environment() -> dict[str, str]:
    """The environment of a kernel with no sandbox around it, for `--no-sandbox`."""
    packages = os.pathsep.join([str(Path(__file__).parent / "inside"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": packages, "TF_CPP_MIN_LOG_LEVEL": "2"}


def rlimits(limits: Limits) -> None:
    """Limits that the kernel of the machine enforces; runs in the child, between fork and exec."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.disk, limits.disk))
    resource.setrlimit(resource.RLIMIT_DATA, (4 * limits.memory, 4 * limits.memory))


def end(process: subprocess.Popen) -> None:
    """Kill a sandbox with all that is in it, or a kernel and its process group where there is no sandbox.

    bubblewrap itself is left to see its child die: killed first, it would leave a zombie behind.
    """
    if process.poll() is None:
        try:
            for child in psutil.Process(process.pid).children():
                child.kill()
            if process.args[0] != "bwrap":  # type: ignore[index]
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=5)
        except (psutil.Error, ProcessLookupError, subprocess.TimeoutExpired):
            process.kill()
    process.wait()


class Watchdog(threading.Thread):
    """Stops a sandbox that takes too much memory, disk or processes, and keeps the reason."""

    def __init__(self, process: subprocess.Popen, shared: Path, limits: Limits, every: float = 0.2):
        super().__init__(daemon=True)
        self.process, self.shared, self.limits, self.every = process, shared, limits, every
        self.reason = ""
        self._done = threading.Event()

    def run(self) -> None:
        try:
            root = psutil.Process(self.process.pid)
            while not self._done.wait(self.every):
                family = root.children(recursive=True)
                memory = sum(_resident(child) for child in family)
                if len(family) > self.limits.processes:
                    self.reason = f"started more than {self.limits.processes} processes"
                elif memory > self.limits.memory:
                    self.reason = f"used more than {self.limits.memory / 1e9:g} GB of memory"
                elif _is_filled(self.shared):
                    self.reason = "wrote files into the folder of its own connection"
                if self.reason:
                    end(self.process)
                    return
        except (psutil.NoSuchProcess, FileNotFoundError):
            return

    def stop(self) -> None:
        self._done.set()


def _is_filled(folder: Path) -> bool:
    """Whether there is more in the shared folder than a kernel's sockets: it is the one place with no limit of its own."""
    with os.scandir(folder) as entries:
        found = list(islice(entries, SOCKETS + 1))
    return len(found) > SOCKETS or any(
        one.stat(follow_symlinks=False).st_size > 1_000_000 or one.is_dir() for one in found
    )


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0
