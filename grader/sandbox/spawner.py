"""Forks kernels from a fork server, one at a time: a process of a worker's own in the fork server's sandbox, seen from outside.

Nothing but forking happens in it, so a new one costs a few milliseconds, and a worker takes one whenever the old is worn.
"""

from __future__ import annotations

import array
import base64
import json
import os
import select
import signal
import socket
import struct
import threading
import time
from contextlib import suppress

from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.limits import Limits
from grader.sandbox.process import LOST, KernelProcess, new_connection
from grader.sandbox.watchdog import descendants, resident

IMPORT_SECONDS = 180
END_SECONDS = 10
KERNELS = 200  # that one spawner forks, before a new one takes its place
PARENTS = 1  # of a kernel's process: the first in its namespaces, at whose end all others there are killed


class NoWarmStart(RuntimeError):
    """There is no fork server, or none that can be forked; the message says why. Kernels are then started cold."""


class Spawner:
    """A process that forks kernels. One kernel lives at a time."""

    def __init__(self, address: str, limits: Limits):
        """
        Arguments:
            address -- of a fork server, which may still be importing

        Raises:
            NoWarmStart
        """
        self.limits = limits
        self.forked = 0
        self.ended: int | None = LOST
        self.heard = b""
        self.lock = threading.Lock()
        self.line = socket.socket(socket.AF_UNIX)
        self.pid, self.handle = 0, -1
        try:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            self.line.connect(address)
            self.line.settimeout(IMPORT_SECONDS)
            self.heard, told, _, _ = self.line.recvmsg(4096, socket.CMSG_SPACE(struct.calcsize("3i")))
        except OSError as error:
            self.close()
            raise NoWarmStart(f"No warm start: the fork server did not start ({error.strerror or error}).") from error
        if self.heard:
            # Who it is as this machine counts, which it cannot know itself.
            self.pid = array.array("i", told[0][2])[0]
            self.handle = os.pidfd_open(self.pid)
        ready = self._hear(END_SECONDS)
        if ready.get("ready") != 1:
            self.close()
            reason = "an import has started threads of its own" if ready else "the fork server did not start"
            raise NoWarmStart(f"No warm start: {reason}.")

    @property
    def is_worn(self) -> bool:
        """Whether it is time for a new one: it has ended, forked many kernels, or grown."""
        return self.forked >= KERNELS or resident(self.pid) > self.limits.memory / 2 or self._is_gone()

    def start(self) -> KernelProcess:
        """Fork a kernel; the one before must have ended."""
        connection, limits = new_connection("/tmp"), self.limits
        filters = base64.b64encode(seccomp.program()).decode()
        masked = [path for path in bubblewrap.MASKED if os.path.exists(path)]
        # Twice what is allowed: the machine stops who starts more, the watchdog ends who goes past the limit, and says so.
        sizes = {"disk": limits.disk, "files": limits.files, "tasks": 2 * limits.threads}
        with self.lock:
            self.forked += 1
            number, self.ended = self.forked, None
            self._tell(connection=connection, filters=filters, masked=masked, shown=bubblewrap.beneath(), **sizes)
            self._hear(END_SECONDS)
        return KernelProcess(
            connection, lambda: self._family(number), lambda: self._status(number), self.close, limits, PARENTS
        )

    def _family(self, number: int) -> list[int]:
        """Processes of a kernel, the first in its namespaces before all others. The watchdog of an earlier kernel, which may
        still be about to end it, gets none."""
        return descendants(self.pid) if number == self.forked and not self._is_gone() else []

    def _status(self, number: int) -> int | None:
        with self.lock:
            if number != self.forked:
                return LOST
            if self.ended is None:
                self.ended = self._hear(0).get("ended")
            if self.ended is None and self._is_gone():
                self.ended = LOST
            return self.ended

    def _is_gone(self) -> bool:
        return self.handle < 0 or bool(select.select([self.handle], [], [], 0)[0])

    def _tell(self, **request: object) -> None:
        with suppress(OSError):
            self.line.sendall(json.dumps(request).encode() + b"\n")

    def _hear(self, seconds: float) -> dict[str, int]:
        """Its next line, or nothing within the time."""
        end = time.monotonic() + seconds
        while b"\n" not in self.heard:
            more = b""
            with suppress(OSError, ValueError):  # the line is down, or was closed meanwhile
                if select.select([self.line], [], [], max(0.0, end - time.monotonic()))[0]:
                    more = self.line.recv(4096)
            if not more:
                return {}
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        """End it, with what it has forked."""
        self.line.close()
        if self.handle < 0:
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        select.select([self.handle], [], [], END_SECONDS)
        os.close(self.handle)
        self.handle = -1
