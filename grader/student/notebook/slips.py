"""Get the answers of an exercise's slips without letting a failed check wait for them.

A class kit has them. Elsewhere they are worked out when they are first needed, which takes a minute for a large model:
another process does it, silently, and the student goes on meanwhile.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from grader.base.paths import ROOT
from grader.scoring import visible_key
from grader.scoring.answer_key import ExerciseKey

SECONDS = 3.5  # that a check waits
LATER = "What it may be is still being worked out, and will stand here in a minute."
AGAIN = "What it may be is still being worked out: check again in a minute."  # outside of a notebook
DRAW = """
import pathlib, sys
from grader.scoring import visible_key
visible_key.FOLDER = pathlib.Path(sys.argv[1])
visible_key.load(*sys.argv[2:], slips=True)
"""

_drawing: dict[str, subprocess.Popen] = {}


def exercise_with_slips(assignment: str, name: str) -> ExerciseKey | None:
    """Return an exercise's key with its slips; None if they are still being worked out."""
    if not visible_key.are_slips_drawn(assignment, name):
        if name not in _drawing:
            _drawing[name] = _draw(assignment, name)
        try:
            _drawing[name].wait(SECONDS)
        except subprocess.TimeoutExpired:
            return None
        _drawing.pop(name, None)
    return visible_key.load(assignment, name, slips=True)


def when_drawn(assignment: str, name: str, use: Callable[[ExerciseKey], object]) -> None:
    """Call `use` with the key in another thread, as soon as the slips that are being worked out are there."""
    process = _drawing[name]

    def wait() -> None:
        process.wait()
        if visible_key.are_slips_drawn(assignment, name):
            use(visible_key.load(assignment, name, slips=True))

    threading.Thread(target=wait, daemon=True).start()


def _draw(assignment: str, name: str) -> subprocess.Popen:
    # The notebook's own kernel may hold the GPU's memory.
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        [sys.executable, "-c", DRAW, str(visible_key.FOLDER), assignment, name],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # interrupting a cell does not end it
    )
