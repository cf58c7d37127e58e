"""End a kernel that uses too much memory, too many files, processes or threads, seen from outside, and keep the reason."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from grader.sandbox.bubblewrap import WRITABLE
from grader.sandbox.limits import Limits

EVERY = 0.2  # seconds


class Watchdog(threading.Thread):
    """A thread that ends a kernel which takes too much, and keeps the reason."""

    def __init__(self, family: Callable[[], list[int]], end: Callable[[], None], limits: Limits, sandboxed: bool):
        """
        Arguments:
            family -- returns the process ids of the kernel and of every process that it started
            end -- kills them
            sandboxed -- whether the folders that it can write to are its own
        """
        super().__init__(daemon=True)
        self.family, self.end, self.limits, self.sandboxed = family, end, limits, sandboxed
        self.reason = ""
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(EVERY):
            with suppress(FileNotFoundError, ProcessLookupError):  # the process ended meanwhile
                self.reason = self._excess()
            if self.reason:
                self.end()
                return

    def stop(self) -> None:
        self._done.set()

    def _excess(self) -> str:
        limits, family = self.limits, self.family()
        if len(family) > limits.processes:
            return f"started more than {limits.processes} processes"
        if sum(map(_threads, family)) > limits.threads:
            return f"started more than {limits.threads} threads"
        if sum(map(resident, family)) > limits.memory and sum(map(_proportional, family)) > limits.memory:
            return f"used more than {limits.memory / 1e9:g} GB of memory"
        if self.sandboxed and _files(family) > limits.files:
            return f"made more than {limits.files} files"
        if sum(map(_handles, family)) > limits.handles:
            return f"had more than {limits.handles} files and sockets open"
        return ""


def descendants(pid: int) -> list[int]:
    """Return the process ids of everything that a process started, parents first."""
    found: list[int] = []
    parents = [pid]
    while parents:
        parent = parents.pop()
        children = _children(parent)
        found += children
        parents += children
    return found


def _children(pid: int) -> list[int]:
    """Return the process ids of a process's children.

    They are read from the file that lists them: psutil would read every process of the machine, five times a second.
    """
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        return [
            int(child)
            for thread in threads
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
    except FileNotFoundError:
        if Path("/proc/self/task").exists():
            return []
    except OSError:
        return []
    with suppress(psutil.Error):  # not Linux
        return [child.pid for child in psutil.Process(pid).children()]
    return []


def resident(pid: int) -> int:
    """Return the bytes of memory that a process has; 0 if the process is gone."""
    with suppress(psutil.Error):
        return psutil.Process(pid).memory_info().rss
    return 0


def _proportional(pid: int) -> int:
    """Return the resident bytes, counting those that forked processes share only once; this is slower to read."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return resident(pid)


def _threads(pid: int) -> int:
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/task"))
    return 0


def _handles(pid: int) -> int:
    """Return the number of files, pipes and sockets that a process has open: each can hold memory that is in no process."""
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def _files(family: list[int]) -> int:
    """Return the number of files in the fullest of the folders that sandboxed processes can write to."""
    for pid in reversed(family):
        with suppress(OSError):  # of a process that has ended and was not reaped, nothing can be seen
            disks = [os.statvfs(f"/proc/{pid}/root{folder}") for folder in WRITABLE]
            return max(disk.f_files - disk.f_ffree for disk in disks)
    return 0


def rlimits(limits: Limits, fork_server: bool = False) -> None:
    """Set the limits that the machine's kernel enforces; this runs in the child, between fork and exec.

    When a machine has no memory left, its kernel ends the process with the highest score: a hand-in's rather than ours.
    """
    if not fork_server:
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.handles, limits.handles))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.disk, limits.disk))
    resource.setrlimit(resource.RLIMIT_DATA, (4 * limits.memory, 4 * limits.memory))
