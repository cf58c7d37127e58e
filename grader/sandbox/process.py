"""Start, watch and end the process of a kernel, from outside."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.limits import Limits
from grader.sandbox.watchdog import Watchdog, descendants, rlimits

END_SECONDS = 5
LOST = -1  # in place of an exit status, for a kernel that was lost with the spawner that forked it
PREFIX = "cn-"
Connection = dict[str, Any]
PLACE = "/tmp" if Path("/tmp").is_dir() else None


class KernelProcess:
    """A started kernel.

    Attributes:
        connection -- its addresses and key, as in a connection file; its sockets are in folders of its own
        status -- returns its exit status, as a shell gives it, or None while it runs
        watchdog -- ends it if it takes too much, and says why
    """

    def __init__(
        self,
        connection: Connection,
        family: Callable[[], list[int]],
        status: Callable[[], int | None],
        force: Callable[[], None],
        limits: Limits,
        parents: int | None = None,
    ):
        """
        Arguments:
            family -- returns the process ids of the kernel and of every process that it started
            force -- is called if a signal does not end them
            parents -- how many processes of the family are above the kernel's own, if it is in a sandbox
        """
        self.connection, self.family, self.status, self.force = connection, family, status, force
        self.parents = parents
        self.watchdog = Watchdog(family, self.end, limits, sandboxed=parents is not None)
        self.watchdog.start()

    def address(self) -> str | None:
        """Return where its sockets are, seen from here; None until there is such a place."""
        if self.parents is None:
            return self.connection["ip"]
        family = self.family()
        return f"/proc/{family[self.parents]}/root{self.connection['ip']}" if len(family) > self.parents else None

    def end(self) -> None:
        """Kill the kernel and every process that it started."""
        deadline = time.monotonic() + END_SECONDS
        while self.status() is None:
            for pid in self.family():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                self.force()
                return
            time.sleep(0.003)

    def close(self) -> None:
        """End the kernel and its watchdog."""
        self.watchdog.stop()
        self.end()


def new_connection(folder: str) -> Connection:
    """Return a kernel's connection: addresses in a folder, and a new key."""
    ports = {f"{name}_port": number + 1 for number, name in enumerate(("shell", "iopub", "stdin", "control", "hb"))}
    key = {"key": secrets.token_hex(32), "signature_scheme": "hmac-sha256", "kernel_name": "python3"}
    return {"transport": "ipc", "ip": f"{folder}/k", **ports, **key}


def new_folder() -> Path:
    """Make a folder outside any sandbox, with the process id of this grader in its name."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=PLACE))


def sweep() -> None:
    """Remove the folders of graders that were killed before they could remove them."""
    for folder in Path(PLACE or tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def start_cold(limits: Limits, sandboxed: bool) -> KernelProcess:
    """Start a kernel in a sandbox of its own, or without a sandbox."""
    folder = new_folder()
    connection = new_connection("/tmp" if sandboxed else str(folder))
    file = folder / "kernel.json"
    file.write_text(json.dumps(connection))
    inner = [sys.executable, "-m", "ipykernel_launcher", "-f", str(file), "--HistoryManager.enabled=False"]
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(seccomp.program())
    filters = reading if sandboxed and seccomp.program() else None
    process = subprocess.Popen(
        bubblewrap.command(inner, limits, folder, filters) if sandboxed else inner,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: rlimits(limits),
        pass_fds=[filters] if filters is not None else [],
        start_new_session=True,
        env=bubblewrap.environment_of_bubblewrap() if sandboxed else bubblewrap.unsandboxed_environment(),
        cwd=None if sandboxed else folder,
    )
    os.close(reading)

    def family() -> list[int]:
        # bubblewrap itself is not killed, so that it reaps its child: killed first, it would leave a zombie process.
        return [*([] if sandboxed else [process.pid]), *descendants(process.pid)]

    def status() -> int | None:
        code = process.poll()
        if code is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return code if code is None or code >= 0 else 128 - code

    def force() -> None:
        process.kill()
        process.wait()

    return KernelProcess(connection, family, status, force, limits, 1 if sandboxed else None)
