"""Warm start: one sandbox a machine that has imported what an assignment needs, for all kernels of a grading run."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode

from grader import sandbox
from grader.exercise import ROOT
from grader.handin import is_answer, is_training
from grader.living import new_folder
from grader.sandbox import Limits
from grader.watchdog import descendants, rlimits

END_SECONDS = 10


@dataclass(frozen=True)
class Needs:
    """What kernels are to have at hand from the start.

    Attributes:
        modules -- to import
        pictures -- sets to load: name, and keywords of `data.load`
    """

    modules: list[str] = field(default_factory=list)
    pictures: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Zygote:
    """The sandbox, and the address at which starters are to be had; a context manager.

    It takes seconds to import what is needed; that is not waited for here.
    """

    def __init__(self, needs: Needs, limits: Limits):
        self.folder = new_folder()
        self.address = f"{self.folder}/zygote"
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(self.address)
            listener.listen()
            self.process = subprocess.Popen(
                sandbox.command_of_zygote(json.dumps(asdict(needs)), limits),
                stdin=listener.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda: rlimits(limits),
                start_new_session=True,
                env=sandbox.environment_of_bubblewrap(),
            )
            listener.close()
            stack.pop_all()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and leave nothing behind."""
        for pid in descendants(self.process.pid):  # bubblewrap dies of it by itself, and buries them
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=END_SECONDS)
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def needs_of(released: NotebookNode) -> Needs:
    """What the released notebook's given cells import and load, and what the course's `data` imports for them."""
    given = [c.source for c in released.cells if c.cell_type == "code" and not is_answer(c) and not is_training(c)]
    nodes = [node for source in given for node in _nodes(source)]
    found = dict.fromkeys(name for node in nodes for name in _imported(node))
    if any(name.partition(".")[0] == "data" for name in found):
        ours = (path.read_text() for path in sorted((ROOT / "data").rglob("*.py")))
        found |= dict.fromkeys(name for source in ours for node in _nodes(source) for name in _imported(node))
    return Needs(list(found), [call for node in nodes for call in _loaded(node)])


def _nodes(source: str) -> list[ast.AST]:
    """All that a piece of code is made of."""
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a cell of IPython's own commands
        return []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _loaded(node: ast.AST) -> list[tuple[str, dict[str, Any]]]:
    """The set that `data.load(...)` is called for, where all its arguments are written out."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "data.load" and node.args):
        return []
    try:
        name, *split = [ast.literal_eval(argument) for argument in node.args]
        keywords = {str(one.arg): ast.literal_eval(one.value) for one in node.keywords}
    except ValueError:
        return []
    return [(name, {**dict(zip(["split"], split, strict=False)), **keywords})]
