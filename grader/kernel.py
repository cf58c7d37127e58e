"""A throwaway Jupyter kernel, started for one hand-in and talked to with suspicion.

What it sends is foreign: messages are limited in size, outputs are cut, and a kernel that hangs, dies, floods or speaks
nonsense is stopped, with the reason in words.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from grader import sandbox
from grader.sandbox import Limits

START_SECONDS = 90
OUTPUT_TYPES = ("stream", "display_data", "execute_result", "error")
CUT = "… the rest of this output was cut\n"


@dataclass
class Outcome:
    """What running a piece of code led to.

    Attributes:
        outputs -- as a notebook keeps them, cut to the limit
        raised -- name of the exception that ended it, if one did
        stopped -- why the kernel is no more ("stopped after 60 s"), if it is
        cut -- whether outputs were too long to keep
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    raised: str = ""
    stopped: str = ""
    cut: bool = False


class Kernel:
    """A kernel in a sandbox of its own; a context manager that leaves nothing behind."""

    def __init__(self, limits: Limits, sandboxed: bool = True):
        self.limits, self.sandboxed = limits, sandboxed
        self.dead = ""

    def __enter__(self) -> Kernel:
        # Short, because a socket's path may have 108 characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="cn-", dir="/tmp" if Path("/tmp").is_dir() else None))
        connection = str(self.folder / "kernel.json")
        write_connection_file(connection, transport="ipc", ip=str(self.folder / "k"))
        inner = [sys.executable, "-m", "ipykernel_launcher", "-f", connection, "--HistoryManager.enabled=False"]
        outer = sandbox.command(inner, self.folder, self.limits) if self.sandboxed else inner
        self.process = subprocess.Popen(
            outer,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: sandbox.rlimits(self.limits),
            start_new_session=True,
            env=None if self.sandboxed else sandbox.unsandboxed_environment(),
            cwd=None if self.sandboxed else self.folder,
        )
        self.watchdog = sandbox.Watchdog(self.process, self.folder, self.limits)
        self.watchdog.start()
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, self.limits.message)  # the default of the sockets made from it
        context.setsockopt(zmq.LINGER, 0)
        self.context = context
        self.client = BlockingKernelClient(connection_file=connection, context=context)
        self.client.load_connection_file()
        self.client.start_channels()
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.watchdog.stop()
        self._kill()
        self.client.stop_channels()
        self.context.destroy(linger=0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        """As BlockingKernelClient.wait_for_ready, which does not look whether the process is still there, nor whether
        outputs arrive: a subscription takes a moment, and what is published before it is lost."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.client.kernel_info()
            try:
                self.client.get_shell_msg(timeout=0.5)
            except Empty:
                if self.process.poll() is not None:
                    status = self.process.returncode
                    raise KernelFailed(f"the kernel ended while it started (exit status {status})") from None
                continue
            if self._hears():
                return
        raise KernelFailed(f"the kernel did not start within {START_SECONDS} s")

    def _hears(self) -> bool:
        """Ask for a sign of life until one arrives among the outputs; then let the others pass."""
        for _ in range(25):
            self.client.kernel_info()
            try:
                self.client.get_iopub_msg(timeout=0.2)
                break
            except Empty:
                continue
        else:
            return False
        with suppress(Empty):
            while True:
                self.client.get_iopub_msg(timeout=0.05)
        return True

    def run(self, code: str, seconds: float, keep: int | None = None, only: str = "") -> Outcome:
        """Run code and wait for its end.

        Arguments:
            code -- as it would stand in a cell
            seconds -- after which the kernel is stopped
            keep -- bytes of output to keep, the limit for a cell unless told otherwise
            only -- keep outputs of this MIME type alone
        """
        outcome = Outcome()
        budget = self.limits.output if keep is None else keep
        if self.dead:
            outcome.stopped = self.dead
            return outcome
        message_id = self.client.execute(code, allow_stdin=False, store_history=True, stop_on_error=False)
        end = time.monotonic() + seconds
        replied_at = 0.0
        while True:
            now = time.monotonic()
            if now > end:
                return self._stop(outcome, f"stopped after {seconds:g} s")
            try:
                message = self.client.get_iopub_msg(timeout=min(0.2, max(0.01, end - now)))
            except Empty:
                if self.process.poll() is not None:
                    return self._stop(outcome, self.watchdog.reason or self._last_words())
                # The reply goes by another way. When it is there and the outputs' end is not, that message was too
                # large to be let through.
                if not replied_at and self._has_replied(message_id):
                    replied_at = now
                if replied_at and now - replied_at > 1:
                    outcome.cut = True
                    return outcome if self._hears_again() else self._stop(outcome, "stopped: it flooded its connection")
                continue
            except Exception:
                return self._stop(outcome, "stopped: it sent a message that cannot be read")
            if message.get("parent_header", {}).get("msg_id") != message_id:
                continue
            kind, content = message.get("msg_type"), message.get("content", {})
            if kind == "status" and content.get("execution_state") == "idle":
                return outcome
            if kind in OUTPUT_TYPES:
                if kind == "error":
                    outcome.raised = str(content.get("ename", "an exception"))[:100]
                if not only or only in content.get("data", {}):
                    budget = self._keep(outcome, kind, content, budget)

    def _keep(self, outcome: Outcome, kind: str, content: dict[str, Any], budget: int) -> int:
        output = _output(kind, content)
        size = _size(output)
        if size <= budget:
            last = outcome.outputs[-1] if outcome.outputs else {}
            if kind == "stream" and last.get("output_type") == "stream" and last["name"] == output["name"]:
                last["text"] += output["text"]
            else:
                outcome.outputs.append(output)
            return budget - size
        if not outcome.cut:
            outcome.outputs.append({"output_type": "stream", "name": "stdout", "text": CUT})
        outcome.cut = True
        return 0

    def _has_replied(self, message_id: str) -> bool:
        try:
            while True:
                reply = self.client.get_shell_msg(timeout=0)
                if reply.get("parent_header", {}).get("msg_id") == message_id:
                    return True
        except Empty:
            return False

    def _hears_again(self) -> bool:
        """Connect anew: ZeroMQ drops the connection that carries a too large message, for good."""
        self.client.iopub_channel.stop()
        self.client._iopub_channel = None
        self.client.iopub_channel.start()
        return self._hears()

    def _last_words(self) -> str:
        code = self.process.returncode
        if code is not None and code > 128:
            code = 128 - code
        if code is not None and code < 0:
            return f"ended the kernel (signal {signal.Signals(-code).name if -code in list(signal.Signals) else -code})"
        return f"ended the kernel (exit status {code})"

    def _stop(self, outcome: Outcome, reason: str) -> Outcome:
        self._kill()
        self.dead = outcome.stopped = reason
        return outcome

    def _kill(self) -> None:
        sandbox.end(self.process)


class KernelFailed(RuntimeError):
    """A kernel that did not come up: the machine's fault, not the student's."""


def _output(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """An output as nbformat wants it, whatever came."""
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": str(content.get("text", ""))}
    if kind == "error":
        lines = content.get("traceback")
        return {
            "output_type": "error",
            "ename": str(content.get("ename", "")),
            "evalue": str(content.get("evalue", "")),
            "traceback": [str(line) for line in lines] if isinstance(lines, list) else [],
        }
    data = content.get("data")
    bundle = {str(k): v for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}
    output: dict[str, Any] = {"output_type": kind, "data": bundle, "metadata": _alt_text(content.get("metadata"))}
    if kind == "execute_result":
        output["execution_count"] = None
    return output


def _alt_text(metadata: Any) -> dict[str, Any]:
    """What `data.show` writes beside a picture for those who cannot see it; no other metadata is kept."""
    picture = metadata.get("image/png") if isinstance(metadata, dict) else None
    alt = picture.get("alt") if isinstance(picture, dict) else None
    return {"image/png": {"alt": alt[:1000]}} if isinstance(alt, str) else {}


def _size(output: dict[str, Any]) -> int:
    if "data" in output:
        return sum(map(len, output["data"].values()))
    return len(output.get("text", "")) + sum(map(len, output.get("traceback", [])))
