"""Build the bubblewrap sandbox for untrusted code: it holds only Python, the course's data and a way to answer.

It has no network, a cleared environment, a read-only system and /proc, an empty home that is deleted with it, and
processes of its own. The gradebook, the solutions, the answer keys and every other hand-in are not hidden inside:
they are not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from grader.base.errors import CourseError
from grader.base.keras_backend import keras_backend
from grader.base.paths import FOLDER, ROOT
from grader.sandbox.limits import Limits

INSIDE = Path(__file__).parent / "inside"  # the course's own code that runs in the sandbox
HOME = "/home/student"
PACKAGES = "/course"
FORK_SERVER = "/fork_server.py"
# Files that say something about the machine and that a hand-in does not need.
MASKED = ("/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/kpageflags", "/proc/kpagecount", "/proc/kpagecgroup")
WRITABLE = ("/tmp", "/dev/shm", HOME)


class NoSandbox(CourseError):
    """Signals that there is no sandbox on this machine; the message says what to install."""


def require() -> None:
    """Check that a sandbox can be built here.

    Raises:
        NoSandbox -- with what to do about it
    """
    if shutil.which("bwrap") is None:
        raise NoSandbox(
            "Hand-ins are run in a bubblewrap sandbox, and bwrap is not on this machine. Install it (Debian, Ubuntu: "
            "apt install bubblewrap; Fedora: dnf install bubblewrap), or pass --no-sandbox where you trust every hand-in."
        )
    if shown := _shown_to_hand_ins(FOLDER):
        raise NoSandbox(
            f"The course's folder {FOLDER} lies in {shown}, which every hand-in can read, and with it the gradebook. "
            "Move it (COURSE_FOLDER names another one), or set up the environment in a folder of its own."
        )
    trial = subprocess.run([*_bubblewrap(Limits()), "true"], capture_output=True, text=True, timeout=60)
    if trial.returncode:
        reason = trial.stderr.strip().splitlines()[-1] if trial.stderr.strip() else f"exit status {trial.returncode}"
        raise NoSandbox(
            f"bubblewrap is installed but cannot build a sandbox here ({reason}). It needs unprivileged user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0). "
            "Pass --no-sandbox only where you trust every hand-in."
        )


def command(inner: list[str], limits: Limits, readable: Path | None = None, filters: int | None = None) -> list[str]:
    """Return the command line that runs `inner`, a command, in a sandbox; this interpreter has the same path inside.

    Arguments:
        readable -- another folder that can be read inside, at the same path
        filters -- file descriptor of the filter of system calls
    """
    arguments = _bubblewrap(limits)
    if readable:
        arguments += ["--ro-bind", str(readable), str(readable)]
    if filters is not None:
        arguments += ["--seccomp", str(filters)]
    return [*arguments, "--remount-ro", "/", *inner]


def command_of_fork_server(preload: str, limits: Limits) -> list[str]:
    """Return the command line of the fork server.

    It makes namespaces for the kernels it forks, and drops for them the rights that this takes; every other sandbox has
    no rights from the start.
    """
    program = ["--ro-bind", str(INSIDE / "fork_server.py"), FORK_SERVER]
    return [*_bubblewrap(limits, furnishes=True), *program, "--remount-ro", "/", sys.executable, FORK_SERVER, preload]


def _bubblewrap(limits: Limits, furnishes: bool = False) -> list[str]:
    arguments = ["bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"]
    if furnishes:
        arguments += ["--uid", "0", "--gid", "0", "--cap-add", "ALL", "--hostname", "course"]
    else:
        # In a user namespace of its own, a hand-in could mount, and so write, without a limit.
        arguments += [
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--cap-drop",
            "ALL",
            "--hostname",
            "course",
            *_no_more_namespaces(),
        ]
    arguments += ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(name):
            arguments += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            arguments += ["--ro-bind", name, name]
    for name in ("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives", "/etc/localtime"):
        arguments += ["--ro-bind-try", name, name]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    if not furnishes:  # the fork server does this for each kernel
        for path in filter(os.path.exists, MASKED):
            arguments += ["--ro-bind", "/dev/null", path]
        # If root grades, /proc/sys would be writable: the user inside is then root outside.
        arguments += ["--remount-ro", "/proc"]
    for folder in WRITABLE:
        arguments += ["--size", str(limits.disk), "--tmpfs", folder]
    for folder in _python_folders():
        arguments += ["--ro-bind", folder, folder]
    arguments += _course_packages() + _data_cache() + _font_cache()
    for name, value in _environment().items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--remount-ro", "/dev", "--chdir", HOME]


@cache
def _no_more_namespaces() -> list[str]:
    """Return bubblewrap's option against further user namespaces, which versions before 0.8 do not have."""
    told = subprocess.run(["bwrap", "--help"], capture_output=True, text=True, timeout=60).stdout
    return ["--disable-userns"] if "--disable-userns" in told else []


def _shown_to_hand_ins(folder: Path) -> str:
    """Return the folder, of those that can be read in every sandbox, that this one lies in; an empty string if none."""
    real = folder.resolve()
    places = ["/usr", *_python_folders()]
    return next((place for place in places if real.is_relative_to(Path(place).resolve())), "")


def _python_folders() -> list[str]:
    """Return the folders of the interpreter and its packages that are outside /usr."""
    folders = {str(Path(folder).absolute()) for folder in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return sorted(folder for folder in folders if folder != "/usr" and not folder.startswith("/usr/"))


def beneath() -> list[str]:
    """Return the course's folders in a folder that each kernel gets anew, such as those of a course in /tmp."""
    from data import cache_dir

    folders = [*_python_folders(), str(cache_dir())]
    return [one for one in folders if Path(one).exists() and one.startswith(tuple(f"{place}/" for place in WRITABLE))]


def _course_packages() -> list[str]:
    """Return the options for `data` as it is and a `grader` that does nothing.

    Empty folders hide `grader` and `solutions` if an installed copy would show them.
    """
    arguments = ["--ro-bind", str(ROOT / "data"), f"{PACKAGES}/data"]
    arguments += ["--ro-bind", str(INSIDE / "grader"), f"{PACKAGES}/grader"]
    visible = [*_python_folders(), "/usr"]
    for name in ("grader", "solutions"):
        if any(str(ROOT / name).startswith(f"{folder}/") for folder in visible):
            arguments += ["--tmpfs", str(ROOT / name)]
    return arguments


def _data_cache() -> list[str]:
    """Return the options for the data that has been downloaded already: there is no network inside."""
    from data import cache_dir

    return ["--ro-bind-try", str(cache_dir()), str(cache_dir())]


def _font_cache() -> list[str]:
    """Return the options for Matplotlib's list of fonts: making it takes a second, and the home inside is empty."""
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
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # the fork server reads it before there is a kernel
        "KERAS_BACKEND": keras_backend(),
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",  # JAX compiles every operation in every kernel, to run it a few times
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **one_thread,
    }


def environment_of_bubblewrap() -> dict[str, str]:
    """Return the environment of bubblewrap itself, without our variables: its /proc entry can be read inside."""
    return {"PATH": os.environ.get("PATH", os.defpath)}


def unsandboxed_environment() -> dict[str, str]:
    """Return the environment of a kernel without a sandbox, for `--no-sandbox`."""
    packages = os.pathsep.join([str(INSIDE), str(ROOT)])
    return {**os.environ, "PYTHONPATH": packages, "TF_CPP_MIN_LOG_LEVEL": "2"}
