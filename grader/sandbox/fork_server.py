"""Start and end the fork server: one sandbox per machine, with an assignment's imports, for all kernels of a run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack, suppress
from dataclasses import asdict

from grader.sandbox import bubblewrap
from grader.sandbox.limits import Limits
from grader.sandbox.preload import Preload
from grader.sandbox.process import new_folder
from grader.sandbox.watchdog import descendants, rlimits

END_SECONDS = 10


class ForkServer:
    """A fork server, with the address at which it gives out spawners; a context manager.

    Its imports take seconds; the constructor does not wait for them.
    """

    def __init__(self, preload: Preload, limits: Limits):
        self.folder = new_folder()
        self.address = f"{self.folder}/server"
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(self.address)
            listener.listen()
            self.process = subprocess.Popen(
                bubblewrap.command_of_fork_server(json.dumps(asdict(preload)), limits),
                stdin=listener.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda: rlimits(limits, fork_server=True),
                start_new_session=True,
                env=bubblewrap.environment_of_bubblewrap(),
            )
            listener.close()
            stack.pop_all()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the fork server, and leave no process and no file behind."""
        for pid in descendants(self.process.pid):  # bubblewrap then ends by itself, and reaps them
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=END_SECONDS)
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
