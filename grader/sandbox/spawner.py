"""Control a spawner from outside: a worker's process in the fork server's sandbox that forks kernels one at a time.

A spawner only forks, so that a new one costs a few milliseconds, and a worker takes a new one when the old one is worn.
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
KERNELS = 200  # how many kernels a spawner forks before it is replaced
PARENTS = 1  # above a kernel's process: the first in its namespaces, whose end kills all others there


class NoWarmStart(RuntimeError):
    """Signals that there is no fork server, or none that can be forked; the message says why.

    Kernels are then started cold.
    """


class Spawner:
    """A process that forks kernels, of which one runs at a time."""

    def __init__(self, address: str, limits: Limits):
        """
        Arguments:
            address -- of a fork server, which may still be importing

        Raises:
            NoWarmStart -- if the fork server did not start or cannot be forked
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
            # Its process id on this machine, which it cannot know itself.
            self.pid = array.array("i", told[0][2])[0]
            self.handle = os.pidfd_open(self.pid)
        ready = self._hear(END_SECONDS)
        if ready.get("ready") != 1:
            self.close()
            reason = "an import has started threads of its own" if ready else "the fork server did not start"
            raise NoWarmStart(f"No warm start: {reason}.")

    @property
    def is_worn(self) -> bool:
        """Whether it must be replaced: it has ended, forked many kernels, or grown."""
        return self.forked >= KERNELS or resident(self.pid) > self.limits.memory / 2 or self._is_gone()

    def start(self) -> KernelProcess:
        """Fork a kernel; the one before must have ended."""
        connection, limits = new_connection("/tmp"), self.limits
        filters = base64.b64encode(seccomp.program()).decode()
        masked = [path for path in bubblewrap.MASKED if os.path.exists(path)]
        # Twice the limit on tasks: there the machine refuses more; above the limit the watchdog ends it and says why.
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
        """Return the processes of a kernel, the first in its namespaces before all others.

        The watchdog of an earlier kernel, which may still be about to end it, gets none.
        """
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
        """Return its next message, or an empty one if none comes within the time."""
        end = time.monotonic() + seconds
        while b"\n" not in self.heard:
            more = b""
            with suppress(OSError, ValueError):  # the connection is lost, or was closed meanwhile
                if select.select([self.line], [], [], max(0.0, end - time.monotonic()))[0]:
                    more = self.line.recv(4096)
            if not more:
                return {}
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        """End the spawner with everything that it has forked."""
        self.line.close()
        if self.handle < 0:
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        select.select([self.handle], [], [], END_SECONDS)
        os.close(self.handle)
        self.handle = -1
