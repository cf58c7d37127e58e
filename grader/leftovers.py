"""What a hand-in might leave on the machine that graded it: looked for before an audit and after."""

from __future__ import annotations

import time
from contextlib import suppress
from glob import glob
from pathlib import Path

import psutil

MARK = "convnets-left-behind"  # in the name of whatever the hostile cells leave
PATIENCE = 3.0  # seconds in which what has been told to end may do so


def found() -> set[str]:
    """What there is now, in words: the difference of two calls is what has been left in between."""
    return set().union(_processes(), _folders(), _mounts(), _marked(), _shared_memory())


def since(before: set[str]) -> list[str]:
    """What is there and was not before, once it has had the time to go."""
    end = time.monotonic() + PATIENCE
    while (left := found() - before) and time.monotonic() < end:
        time.sleep(0.1)
    return sorted(left)


def _processes() -> set[str]:
    """Of this process, and whatever on the machine bears the mark."""
    told = {f"process {one.pid} of the grader's" for one in psutil.Process().children(recursive=True)}
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if MARK in " ".join(one.cmdline()):
                told.add(f"process {one.pid}, {one.name()}")
    return told


def _folders() -> set[str]:
    """Kernels' folders that no living process was told of: another grader on this machine has its own."""
    commands = []
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            commands.append(" ".join(one.cmdline()))
    stale = {path for path in glob("/tmp/cn-*") if not path.startswith("/tmp/cn-audit-")}
    return {f"folder {path}" for path in stale if not any(path in command for command in commands)}


def _mounts() -> set[str]:
    return {f"mount {line.split()[1]}" for line in _lines("/proc/self/mounts") if len(line.split()) > 1}


def _marked() -> set[str]:
    """Sockets, keys and files that bear the mark."""
    places = ("/proc/net/unix", "/proc/keys")
    told = {f"{line.split()[-1]} in {place}" for place in places for line in _lines(place) if MARK in line}
    folders = ("/tmp", "/dev/shm", "/dev/mqueue", str(Path.home()), str(Path.cwd()))
    return told | {f"file {path}" for folder in folders for path in glob(f"{folder}/*{MARK}*")}


def _shared_memory() -> set[str]:
    kinds = ("shm", "msg", "sem")
    return {f"System V {kind} {line.split()[1]}" for kind in kinds for line in _lines(f"/proc/sysvipc/{kind}")[1:]}


def _lines(place: str) -> list[str]:
    with suppress(OSError):
        return Path(place).read_text(errors="replace").splitlines()
    return []
