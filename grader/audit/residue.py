"""What a hand-in might leave on the machine that graded it: looked for before an audit and after."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from glob import glob
from pathlib import Path

import psutil

from grader.sandbox.process import PREFIX

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
    """Of this process, and whatever on the machine bears the mark, but for what is in another grader's sandbox."""
    ours = {one.pid for one in psutil.Process().children(recursive=True)}
    told = {f"process {pid} of the grader's" for pid in ours}
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            marked = MARK in " ".join(one.cmdline())
            if marked and (one.pid in ours or "bwrap" not in {parent.name() for parent in one.parents()}):
                told.add(f"process {one.pid}, {one.name()}")
    return told


def _folders() -> set[str]:
    """Kernels' and zygotes' folders, but for those of other graders that are at work on this machine."""
    told = set()
    for path in Path("/tmp").glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and (int(owner) == os.getpid() or not psutil.pid_exists(int(owner))):
            told.add(f"folder {path}")
    return told


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
