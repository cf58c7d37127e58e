"""Warm start, from outside: one sandbox that has imported what an assignment needs, and forks a kernel for each hand-in."""

from __future__ import annotations

import ast
import base64
import json
import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress

from nbformat import NotebookNode

from grader import sandbox, syscalls
from grader.exercise import ROOT
from grader.handin import is_answer, is_training
from grader.living import Living, new_connection
from grader.sandbox import Limits
from grader.watchdog import descendants, resident, rlimits

IMPORT_SECONDS = 180
END_SECONDS = 10
LOST = 70  # exit status of a kernel whose zygote is gone
PARENTS = 2  # of a kernel's process: one that waits for it outside of its namespaces, and the first in them
KERNELS = 200  # that one zygote forks, before a new one takes its place


class ZygoteFailed(RuntimeError):
    """No zygote could be started here; the message says why. Kernels are then started cold."""


class Zygote:
    """A sandbox with the zygote in it. One kernel lives at a time."""

    def __init__(self, modules: list[str], limits: Limits):
        """
        Raises:
            ZygoteFailed
        """
        self.limits = limits
        self.forked = 0
        self.ended: int | None = LOST
        self.heard = b""
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            sandbox.command_of_zygote(modules, limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            preexec_fn=lambda: rlimits(limits),
            start_new_session=True,
            env=sandbox.environment_of_bubblewrap(),
        )
        ready = self._hear(IMPORT_SECONDS)
        if ready.get("ready") != 1:
            self.close()
            threads = f"an import has started {ready['ready'] - 1} threads" if ready else "the zygote did not start"
            raise ZygoteFailed(f"No warm start: {threads}.")
        self.own = set(descendants(self.process.pid))

    @property
    def is_worn(self) -> bool:
        """Whether it is time for a new one: it has ended, forked many kernels, or grown."""
        used_up = self.forked >= KERNELS or sum(map(resident, self.own)) > self.limits.memory / 2
        return used_up or self.process.poll() is not None

    def start(self) -> Living:
        """Fork a kernel; the one before must have ended."""
        connection, limits = new_connection("/tmp"), self.limits
        filters = base64.b64encode(syscalls.program()).decode()
        masked = [path for path in sandbox.MASKED if os.path.exists(path)]
        sizes = {"disk": limits.disk, "files": limits.files, "tasks": limits.threads}
        with self.lock:
            self.forked += 1
            number, self.ended = self.forked, None
            self._tell(connection=connection, filters=filters, masked=masked, shown=sandbox.beneath(), **sizes)
            self._hear(END_SECONDS)
        return Living(
            connection, lambda: self._family(number), lambda: self._status(number), self.close, limits, PARENTS
        )

    def _family(self, number: int) -> list[int]:
        """Processes of a kernel: one that waits for it, the first in its namespaces, at whose end all others are killed,
        and then the rest. The watchdog of an earlier kernel, which may still be about to end it, gets none."""
        return [pid for pid in descendants(self.process.pid) if pid not in self.own] if number == self.forked else []

    def _status(self, number: int) -> int | None:
        with self.lock:
            if number != self.forked:
                return LOST
            if self.ended is None:
                self.ended = self._hear(0).get("ended")
            if self.ended is None and self.process.poll() is not None:
                self.ended = LOST
            return self.ended

    def _tell(self, **request: object) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request).encode() + b"\n")

    def _hear(self, seconds: float) -> dict[str, int]:
        """The zygote's next line, or nothing within the time."""
        assert self.process.stdout
        end = time.monotonic() + seconds
        while b"\n" not in self.heard:
            readable, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not more:
                return {}
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        """End it, and leave nothing behind."""
        for pid in descendants(self.process.pid):  # bubblewrap dies of it by itself, and buries them
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=END_SECONDS)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


def modules(released: NotebookNode) -> list[str]:
    """What the released notebook's given cells import, and the course's `data` for them: imported once for all hand-ins."""
    given = (c.source for c in released.cells if c.cell_type == "code" and not is_answer(c) and not is_training(c))
    ours = (path.read_text() for path in sorted((ROOT / "data").rglob("*.py")))
    found = dict.fromkeys(name for source in given for name in _imported(source))
    if any(name.partition(".")[0] == "data" for name in found):
        found |= dict.fromkeys(name for source in ours for name in _imported(source))
    return list(found)


def _imported(source: str) -> list[str]:
    """Modules that a piece of code imports, anywhere in it."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a cell of IPython's own commands
        return []
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    ]
