"""Run code in a temporary Jupyter kernel, started for one hand-in, whose messages are untrusted.

Messages are limited in size, outputs are cut, and a kernel that hangs, dies, sends too much or sends what cannot be
read is stopped, with the reason in words.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any, cast

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.session import json_unpacker

from grader.base.untrusted_json import has_more_pieces_than
from grader.sandbox.limits import Limits
from grader.sandbox.outputs import OUTPUT_TYPES, Outputs
from grader.sandbox.process import LOST, KernelProcess, new_folder

START_SECONDS = 90
MAX_REPLY = 1_000_000  # bytes of a message on the shell's channel: replies say little
MAX_PIECES = 500_000  # of a message: lists, objects and their elements
QUEUE = 16  # messages that wait here to be read; the kernel keeps the rest, in its own memory


@dataclass
class ExecutionOutcome:
    """The outcome of running a piece of code.

    Attributes:
        outputs -- as a notebook keeps them, cut to the limit
        raised -- name of the exception that ended it, if one did
        stopped -- why the kernel has ended ("stopped after 60 s"), if it has
        died -- whether it ended by itself: what ran may have had nothing to do with it, such as a timer
        cut -- whether outputs were too long to keep
        size -- bytes of memory that the outputs take
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    raised: str = ""
    stopped: str = ""
    died: bool = False
    cut: bool = False
    size: int = 0


class Kernel:
    """A kernel in a sandbox of its own; a context manager that leaves no process and no file behind."""

    def __init__(self, limits: Limits, start: Callable[[], KernelProcess]):
        """
        Arguments:
            start -- starts its process, warm or cold

        Raises:
            KernelFailed -- if it does not start
        """
        self.limits = limits
        self.dead = ""
        self.handles: list[int] = []
        self.folder: Path | None = None
        self.process = start()
        context = zmq.Context()
        context.setsockopt(zmq.LINGER, 0)  # the default for the sockets made from it
        context.setsockopt(zmq.RCVHWM, QUEUE)
        context.setsockopt(zmq.RECONNECT_IVL, 5)  # ms; by default it tries to reach a starting kernel every 100 ms
        self.context = context
        self.client = BlockingKernelClient(context=context)
        self.client.session.unpack = _unpack
        try:
            self._connect()
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the kernel and every process that it started, and remove its files."""
        self.process.close()
        self.client.stop_channels()
        self.context.destroy(linger=0)
        for handle in self.handles:
            os.close(handle)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self) -> None:
        connection = dict(self.process.connection)
        if self.process.parents is not None:
            self.folder = new_folder()
            connection["ip"] = f"{self.folder}/k"
            for channel in ("shell", "iopub"):
                self._reach(connection[f"{channel}_port"])
        self.client.load_connection_info(cast(Any, connection))
        self.context.setsockopt(zmq.MAXMSGSIZE, MAX_REPLY)
        self.client.start_channels(iopub=False, stdin=False, hb=False, control=False)
        self.context.setsockopt(zmq.MAXMSGSIZE, self.limits.message)
        self.client.start_channels(shell=False, stdin=False, hb=False, control=False)

    def _reach(self, port: int) -> None:
        """Open one of the kernel's sockets, and give it a name outside the sandbox.

        The student's code can put something else in the socket's place, such as a link to a socket of this machine. So
        the socket is opened before any of that code runs, and every connection goes to what was opened.
        """
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                handle = os.open(f"{self.process.address()}-{port}", os.O_PATH | os.O_NOFOLLOW)
                break
            except OSError as error:
                if self.process.status() is not None or time.monotonic() > end:
                    raise KernelFailed("the kernel ended before it started") from error
                time.sleep(0.002)
        self.handles.append(handle)
        os.symlink(f"/proc/self/fd/{handle}", f"{self.folder}/k-{port}")

    def _wait_until_ready(self) -> None:
        """Wait until the kernel answers and its outputs arrive.

        BlockingKernelClient.wait_for_ready checks neither whether the process is still there nor whether outputs
        arrive: a subscription takes a moment, and what is published before it is lost.
        """
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.client.kernel_info()
            try:
                self.client.get_shell_msg(timeout=0.5)
            except Empty:
                status = self.process.status()
                if status is not None:
                    raise KernelFailed(f"the kernel ended while it started (exit status {status})") from None
                continue
            if self._hears():
                return
        raise KernelFailed(f"the kernel did not start within {START_SECONDS} s")

    def _hears(self) -> bool:
        """Send requests until a message arrives among the outputs; say whether one did."""
        for _ in range(100):
            self.client.kernel_info()
            try:
                self.client.get_iopub_msg(timeout=0.05)
                return True
            except Empty:
                continue
        return False

    def run(
        self, code: str, seconds: float, keep: int | None = None, only: str = "", question: object = None
    ) -> ExecutionOutcome:
        """Run code and wait for its end.

        Arguments:
            code -- as it would be in a cell
            seconds -- time after which the kernel is stopped
            keep -- bytes of output to keep; the limit for a cell by default
            only -- keep only outputs of this MIME type
            question -- data sent beside the code, which finds it in the content of the kernel's parent message
        """
        budget = self.limits.output if keep is None else keep
        outputs = Outputs(budget)
        outcome = self._run(code, seconds, outputs, only, question)
        outcome.outputs, outcome.raised = outputs.written(), outputs.raised
        outcome.cut, outcome.size = outcome.cut or outputs.cut, budget - outputs.left
        return outcome

    def _run(self, code: str, seconds: float, outputs: Outputs, only: str, question: object) -> ExecutionOutcome:
        outcome = ExecutionOutcome()
        if self.dead:
            outcome.stopped = self.dead
            return outcome
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        request = self.client.session.msg("execute_request", {**content, "stop_on_error": False, "question": question})
        self.client.shell_channel.send(request)
        message_id = request["header"]["msg_id"]
        end = time.monotonic() + seconds
        replied_at = 0.0
        while True:
            now = time.monotonic()
            if now > end:
                return self._stop(outcome, f"stopped after {round(seconds, 1):g} s")
            try:
                message = self.client.get_iopub_msg(timeout=min(0.2, max(0.01, end - now)))
            except Empty:
                status = self.process.status()
                if status == LOST and not self.process.watchdog.reason:
                    raise KernelFailed("what it was forked from has ended") from None
                if status is not None:
                    outcome.died = not self.process.watchdog.reason
                    return self._stop(outcome, self.process.watchdog.reason or _last_words(status))
                # The reply comes on another channel. If it has arrived and the end of the outputs has not, a message
                # of the outputs was too large and was dropped.
                if not replied_at and self._has_replied(message_id):
                    replied_at = now
                if replied_at and now - replied_at > 1:
                    outcome.cut = True
                    return outcome if self._hears_again() else self._stop(outcome, "stopped: it flooded its connection")
                continue
            except Exception:
                return self._stop(outcome, "stopped: it sent a message that cannot be read")
            if not _is_part_of(message, message_id):
                continue
            kind, sent = message.get("msg_type"), message.get("content")
            if kind == "status" and isinstance(sent, dict) and sent.get("execution_state") == "idle":
                return outcome
            if kind in OUTPUT_TYPES:
                outputs.add(kind, sent, only)

    def _has_replied(self, message_id: str) -> bool:
        try:
            return any(_is_part_of(self.client.get_shell_msg(timeout=0), message_id) for _ in range(QUEUE))
        except Exception:  # none has come, or one that cannot be read
            return False

    def _hears_again(self) -> bool:
        """Reconnect, and say whether outputs arrive.

        ZeroMQ permanently drops a connection that carries a message above the limit.
        """
        self.client.iopub_channel.stop()
        self.client._iopub_channel = None
        self.client.iopub_channel.start()
        return self._hears()

    def _stop(self, outcome: ExecutionOutcome, reason: str) -> ExecutionOutcome:
        self.process.end()
        self.dead = outcome.stopped = reason
        return outcome


class KernelFailed(RuntimeError):
    """Signals that a kernel did not start, or was lost with its spawner: the machine's fault, not the student's."""


def _last_words(status: int) -> str:
    if status > 128:
        number = status - 128
        name = signal.Signals(number).name if number in list(signal.Signals) else number
        return f"ended the kernel (signal {name})"
    return f"ended the kernel (exit status {status})"


def _is_part_of(message: dict[str, Any], request: str) -> bool:
    parent = message.get("parent_header")
    return isinstance(parent, dict) and parent.get("msg_id") == request


def _unpack(raw: bytes) -> Any:
    """Read a part of a message, which may hold anything.

    Raises:
        ValueError -- if it has so many pieces that they would take far more memory than its bytes
    """
    if has_more_pieces_than(MAX_PIECES, bytes(raw)):
        raise ValueError(f"a message of more than {MAX_PIECES} pieces")
    return json_unpacker(raw)
