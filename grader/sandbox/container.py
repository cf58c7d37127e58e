"""Run the course in a Linux container if this machine cannot run bubblewrap itself: macOS, Windows, a Linux without it.

`course …` runs itself again in a container, which Docker or Podman makes from one image. The engine only provides
Linux; bubblewrap is the sandbox inside the container. So marks, limits and warm start are the same code everywhere.
"""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath

import psutil
from rich.console import Console

from grader.base.dependencies import of_image
from grader.base.errors import CourseError
from grader.base.paths import ROOT
from grader.sandbox.runtime import CHOICE, FACTS, NAMES, Backend, ask

# bubblewrap makes namespaces and mounts a /proc of its own, which engines refuse by default. It does not need a
# capability.
LETS_BUBBLEWRAP_WORK = {
    "docker": ("seccomp=unconfined", "apparmor=unconfined", "label=disable", "systempaths=unconfined"),
    "podman": ("seccomp=unconfined", "apparmor=unconfined", "label=disable", "unmask=ALL"),
}
THIS_MACHINE = {"docker": "host.docker.internal", "podman": "host.containers.internal"}
LOCAL = ("localhost", "127.0.0.1", "::1")
USER = 1000  # for an engine with Linux in a virtual machine, which itself decides who owns a file outside
PROCESSES = 8192
MEMORY_SHARE = 0.9


@dataclass(frozen=True)
class Reads:
    """An argument that names a folder from which the container only reads."""

    folder: Path


@dataclass(frozen=True)
class Writes:
    """An argument that names a file that the container writes."""

    file: Path


@dataclass(frozen=True)
class Reaches:
    """An argument that is the URL of a database or a scheduler: a file, or a service on the network."""

    url: str


Argument = str | Reads | Writes | Reaches


@dataclass(frozen=True)
class Mount:
    """A folder of this machine that the container sees."""

    source: Path
    writable: bool = False


def image_name() -> str:
    """Return the image's name, which is different after every change of the course or of its packages."""
    return f"convnets:{of_image()[:12]}"


def build_image_command(engine: str, image: str) -> list[str]:
    """Return the command line that builds the image from the course's folder."""
    return [engine, "build", "--tag", image, "--file", str(ROOT / "Dockerfile"), str(ROOT)]


def container_command(
    engine: str,
    image: str,
    arguments: Sequence[str],
    mounts: Iterable[Mount] = (),
    environment: Mapping[str, str] | None = None,
    network: str = "none",
    user: Sequence[str] = ("--user", f"{USER}:{USER}"),
    memory: int = 0,
    terminal: bool = False,
) -> list[str]:
    """Return the command line that runs `course` in a container, with nothing of this machine except what is named.

    Arguments:
        arguments -- of `course`, with paths as the container sees them
        environment -- the container's variables besides those of the image
        network -- "none", "host" or "bridge"
        user -- options that say which user runs it, from `user_options`
        memory -- bytes for everything together, without a limit if it is 0
        terminal -- whether a person uses it, who may want to see a progress bar and to interrupt it
    """
    command = [engine, "run", "--rm", "--pull", "never", *(["--interactive", "--tty"] if terminal else [])]
    command += ["--network", network, *user, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    for option in LETS_BUBBLEWRAP_WORK[engine]:
        command += ["--security-opt", option]
    command += ["--pids-limit", str(PROCESSES), *(["--memory", str(memory)] if memory else [])]
    command += ["--read-only", "--tmpfs", "/tmp:rw,nosuid,nodev,mode=1777"]
    for mount in mounts:
        command += ["--mount", _mount_option(mount)]
    for name, value in (environment or {}).items():
        command += ["--env", f"{name}={value}"]
    return [*command, image, *arguments]


def _mount_option(mount: Mount) -> str:
    """Return a mount as engines read it, as a line of CSV: a path with a comma in it is quoted."""
    fields = ["type=bind", f"src={mount.source}", f"dst={inside(mount.source)}"]
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields if mount.writable else [*fields, "readonly=true"])
    return line.getvalue()


def inside(path: PurePath) -> str:
    """Return a path as the container sees it: the same as outside, so that paths printed inside are right outside."""
    if not isinstance(path, PureWindowsPath):
        return str(path)
    drive = path.drive.rstrip(":").replace("\\", "/").strip("/").lower()
    return "/".join(["", drive, *path.parts[1:]])


def translate(engine: str, arguments: Iterable[Argument]) -> tuple[list[str], list[Mount], bool]:
    """Return arguments as the container reads them, the folders that it needs, and whether it needs the network.

    Raises:
        CourseError -- if a folder does not exist
    """
    words: list[str] = []
    mounts: list[Mount] = []
    network = False
    for argument in arguments:
        if isinstance(argument, Reads):
            mounts.append(Mount(_existing(argument.folder)))
            words.append(inside(mounts[-1].source))
        elif isinstance(argument, Writes):
            mounts.append(Mount(_existing(argument.file.absolute().parent), writable=True))
            words.append(inside(mounts[-1].source / argument.file.name))
        elif isinstance(argument, Reaches):
            word, file = _reach(engine, argument.url)
            words.append(word)
            mounts += [Mount(_existing(file.parent), writable=True)] if file else []
            network = network or file is None
        else:
            words.append(argument)
    return words, mounts, network


def _reach(engine: str, url: str) -> tuple[str, Path | None]:
    """Return a URL as the container must have it, and the file if the URL names one."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
    except ArgumentError:
        return url, None  # the command in the container reports what is wrong with it
    if parts.get_backend_name() == "sqlite":
        file = Path(os.path.abspath(parts.database or ""))
        return parts.set(database=inside(file)).render_as_string(hide_password=False), file
    if parts.host in LOCAL and not _shares_this_network():
        return parts.set(host=THIS_MACHINE[engine]).render_as_string(hide_password=False), None
    return url, None


def _shares_this_network() -> bool:
    """Say whether the engine uses this machine's network: outside Linux it runs a virtual machine with its own."""
    return sys.platform.startswith("linux")


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}.")
    return Path(os.path.abspath(folder))


def user_options(engine: str) -> list[str]:
    """Return options by which files written to the course's folder belong to the user who runs this.

    The container's user is root outside only if the user who runs this is root.
    """
    if not sys.platform.startswith("linux"):
        mapped = ["--userns", f"keep-id:uid={USER},gid={USER}"] if engine == "podman" else []
        return [*mapped, "--user", f"{USER}:{USER}"]
    uid, gid = os.getuid(), os.getgid()
    if uid and engine == "podman":
        return ["--userns", "keep-id", "--user", f"{uid}:{gid}"]
    facts = ask(engine, "info", "--format", FACTS[engine]).stdout if uid else ""
    if uid and "rootless" not in facts and "Docker Desktop" not in facts:
        return ["--user", f"{uid}:{gid}"]
    # The container's root is the user who runs this. Linux lets root into a namespace of bubblewrap's only with this
    # one capability.
    return ["--user", "0:0", "--cap-add", "SETFCAP"]


def run_in_container(backend: Backend, arguments: Iterable[Argument], console: Console) -> int:
    """Run `course` in a container with bubblewrap as its sandbox; build the image if it is missing.

    Arguments:
        arguments -- of `course`; files of this machine, and whatever is reached by URL, as Reads, Writes, Reaches

    Returns:
        its exit status; its output goes where this process's output goes

    Raises:
        CourseError -- if the image cannot be built, or a folder does not exist
    """
    from data import cache_dir
    from grader.base.paths import FOLDER

    engine, image = backend.kind, image_name()
    words, mounts, network = translate(engine, arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    mounts.append(Mount(_existing(FOLDER), writable=True))
    environment = {CHOICE: "bubblewrap", "COURSE_FOLDER": inside(mounts[-1].source), "HOME": "/tmp", "USER": "course"}
    if cache_dir().is_dir():
        mounts.append(Mount(cache_dir()))
        environment["COURSE_DATA_CACHE"] = inside(cache_dir())
    environment |= {name: os.environ[name] for name in ("KERAS_BACKEND", "TERM") if name in os.environ}
    if ask(engine, "image", "inspect", image).returncode:
        _build(engine, image, console)
    console.print(f"In a container by {NAMES[engine]}, of the image {image}:")
    command = container_command(
        engine,
        image,
        words,
        _each_once(mounts),
        environment,
        network=("host" if _shares_this_network() else "bridge") if network else "none",
        user=user_options(engine),
        memory=int(MEMORY_SHARE * psutil.virtual_memory().total),
        terminal=sys.stdin.isatty() and sys.stdout.isatty(),
    )
    with _interrupts_left_to_the_container():
        return subprocess.call(command)


def _build(engine: str, image: str, console: Console) -> None:
    console.print(f"Building the image {image}, once for this version of the course: a few minutes, about 3 GB …")
    if subprocess.call(build_image_command(engine, image)):
        raise CourseError(f"{NAMES[engine]} could not build the image {image}; what it said stands above.")


def _each_once(mounts: Iterable[Mount]) -> list[Mount]:
    """Return one mount per folder, because engines refuse two at one place; a writable mount can be read, too."""
    writable: dict[Path, bool] = {}
    for mount in mounts:
        writable[mount.source] = writable.get(mount.source, False) or mount.writable
    return [Mount(source, is_writable) for source, is_writable in writable.items()]


@contextmanager
def _interrupts_left_to_the_container() -> Iterator[None]:
    """Ignore Ctrl-C: the engine's client also receives it and passes it on.

    If this process killed the client, the container would go on running.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
