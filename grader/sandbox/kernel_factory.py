"""Supply a grading process with kernels: from a fork server for many hand-ins, or by a cold start without one."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any

from grader.sandbox.fork_server import ForkServer
from grader.sandbox.kernel import Kernel, KernelFailed
from grader.sandbox.limits import Limits
from grader.sandbox.preload import Preload
from grader.sandbox.process import start_cold
from grader.sandbox.spawner import NoWarmStart, Spawner


class KernelFactory:
    """A supplier of kernels, one at a time; a context manager that leaves no process and no file behind."""

    def __init__(
        self,
        limits: Limits,
        sandboxed: bool = True,
        warm: bool = False,
        preload: Preload | None = None,
        fork_server: str = "",
        cores: Collection[int] = (),
    ):
        """
        Arguments:
            cores -- the processors that the kernels run on, so that none takes those of a neighbour; empty: all
            warm -- whether kernels are forked from a fork server, which has imported what they need
            fork_server -- address of one that runs already; without it, one is started
        """
        self.limits, self.sandboxed, self.preload = limits, sandboxed, preload or Preload()
        self.why_cold = "" if warm and sandboxed else "not asked for"
        self.address, self.cores = fork_server, cores
        self.fork_server: ForkServer | None = None
        self.spawner: Spawner | None = None

    def __enter__(self) -> KernelFactory:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def close(self) -> None:
        """End the spawner, and the fork server if this factory started it."""
        if self.spawner:
            self.spawner.close()
            self.spawner = None
        if self.fork_server:
            self.fork_server.close()
            self.fork_server = None
        self.address = ""

    def start(self) -> Kernel:
        """Start a kernel whose outputs arrive here.

        Raises:
            KernelFailed -- if no kernel starts, warm or cold
        """
        kernel = self._start()
        if self.cores:
            for pid in kernel.process.family():
                bind(pid, self.cores)
        return kernel

    def _start(self) -> Kernel:
        for _ in range(2):  # a kernel that does not start is the machine's fault, which is often only busy
            if not self.why_cold:
                try:
                    return Kernel(self.limits, self._spawner().start)
                except (KernelFailed, NoWarmStart, OSError) as reason:
                    self.close()
                    failure = str(reason)
        if not self.why_cold:
            self.why_cold = failure
        cold = partial(start_cold, self.limits, self.sandboxed)
        try:
            return Kernel(self.limits, cold)
        except KernelFailed:
            return Kernel(self.limits, cold)

    def _spawner(self) -> Spawner:
        if self.spawner and self.spawner.is_worn:
            self.spawner.close()
            self.spawner = None
        if not self.spawner:
            if not self.address:
                self.fork_server = ForkServer(self.preload, self.limits)
                self.address = self.fork_server.address
            self.spawner = Spawner(self.address, self.limits)
        return self.spawner


def bind(pid: int, cores: Collection[int]) -> None:
    """Let a process, with all its threads and what they start, run on some of the machine's processors alone."""
    with suppress(OSError):  # it ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(thread), cores)


def share(number: int, of: int) -> list[int]:
    """Return the processors of one of several workers, counted from 0: of few, some share one."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[number % len(cores) :: of] if of <= len(cores) else [cores[number % len(cores)]]
