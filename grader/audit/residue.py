"""Find what hand-ins leave behind on the machine that grades them, by comparing it before and after an audit."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from glob import glob
from pathlib import Path

import psutil

from grader.sandbox.process import PREFIX

MARK = "convnets-left-behind"  # in the names of everything that the hostile cells leave behind
PATIENCE = 3.0  # seconds for processes that were asked to end


def found() -> set[str]:
    """Return descriptions of what there is now; the difference of two calls is what was left in between."""
    return set().union(_processes(), _folders(), _mounts(), _marked(), _shared_memory())


def since(before: set[str]) -> list[str]:
    """Return what is there now but was not before, after waiting for it to go away."""
    end = time.monotonic() + PATIENCE
    while (left := found() - before) and time.monotonic() < end:
        time.sleep(0.1)
    return sorted(left)


def _processes() -> set[str]:
    """Return this process's descendants and all marked processes, except those in another grader's sandbox."""
    ours = {one.pid for one in psutil.Process().children(recursive=True)}
    told = {f"process {pid} of the grader's" for pid in ours}
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            marked = MARK in " ".join(one.cmdline())
            if marked and (one.pid in ours or "bwrap" not in {parent.name() for parent in one.parents()}):
                told.add(f"process {one.pid}, {one.name()}")
    return told


def _folders() -> set[str]:
    """Return the folders of this process's kernels and fork servers, and those of nobody in which a hostile cell left something.

    What another grader that was killed meanwhile leaves is no hand-in's: the next run sweeps it up.
    """
    told = set()
    for path in Path("/tmp").glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if not owner.isdigit():
            continue
        planted = not psutil.pid_exists(int(owner)) and any(MARK in one.name for one in path.rglob("*"))
        if int(owner) == os.getpid() or planted:
            told.add(f"folder {path}")
    return told


def _mounts() -> set[str]:
    return {f"mount {line.split()[1]}" for line in _lines("/proc/self/mounts") if len(line.split()) > 1}


def _marked() -> set[str]:
    """Return the sockets, keys and files whose names contain the mark."""
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
