"""Measure `course bench gpu`: grade the same hand-ins on the CPU and on a GPU; the grades must be equal.

The times are reported. By default a GPU multiplies single precision with ten bits after the point (TF32), and it
adds in another order: the tolerances of the exercises allow for that. Each side is a process of its own, because a
backend takes its devices only once. These hand-ins are the course's own code and run outside of the sandbox, in
which there is no GPU.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.authoring.trial import asked
from grader.base.assignments import names
from grader.base.errors import CourseError
from grader.bench.measuring import Measurement
from grader.scoring.answer_key import Answer, AnswerKey, draw, read_key
from grader.scoring.assessment import assess
from grader.scoring.marks import Mark
from grader.spec.exercise import Assignment, Code
from grader.spec.registry import load

CPU = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
# For each backend, code that fails if it is not installed, and prints "no" if it sees no GPU.
SEES_GPU = {
    "tensorflow": "import tensorflow as tf; print('yes' if tf.config.list_physical_devices('GPU') else 'no')",
    "jax": "import jax; print('yes' if jax.default_backend() == 'gpu' else 'no')",
    "torch": "import torch; print('yes' if torch.cuda.is_available() else 'no')",
}


class NoGpu(CourseError):
    """Signals that no GPU was found; the message says which backends looked for one."""


class SideFailed(CourseError):
    """Signals that the process of one side ended with an error, which the message shows."""


@dataclass(frozen=True)
class Side:
    """The answers of one device or backend for an assignment.

    Attributes:
        key -- the cases with the answers of the reference and of every slip on that side
        answers -- by hand-in and exercise, one answer for each case
        seconds -- by hand-in, the time that the answers took; only for right hand-ins
    """

    key: AnswerKey
    answers: dict[str, dict[str, list[Answer | None]]]
    seconds: dict[str, float]


def gpu() -> list[Measurement]:
    """Compare every assignment that uses Keras on the CPU and on the GPU.

    Raises:
        NoGpu -- if there is none
    """
    backend, seed = backend_with_gpu(), secrets.randbits(63)
    rows = []
    for name in filter(uses_keras, names()):
        ours = elsewhere({"KERAS_BACKEND": backend}, name, seed)
        theirs = elsewhere({"KERAS_BACKEND": backend, **CPU}, name, seed)
        rows += compared(name, theirs, ours, ("CPU", f"GPU, {backend}"))
    return rows


def backend_with_gpu() -> str:
    """Return the backend that sees a GPU: the one that KERAS_BACKEND names, or else the first of Keras's.

    Raises:
        NoGpu -- if none does
    """
    chosen = os.environ.get("KERAS_BACKEND", "")
    asked = {name: code for name, code in SEES_GPU.items() if chosen in ("", name)}
    seen = {}
    for name, code in asked.items():
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()
        if told == ["yes"]:
            return name
        seen[name] = "sees none" if told == ["no"] else "is not installed"
    found = ", ".join(f"{name} {what}" for name, what in seen.items()) or f"KERAS_BACKEND is {chosen!r}"
    raise NoGpu(f"There is no GPU to compare the CPU with: {found}.")


def uses_keras(name: str) -> bool:
    """Say whether an assignment's functions need Keras."""
    return re.search(r"^(import|from) keras", inspect.getsource(load(name).solution), re.MULTILINE) is not None


def hand_ins(assignment: Assignment, kind: str) -> Iterator[dict[str, int]]:
    """Yield hand-ins: the first variant (or slip) of every exercise that has one, then the second, and so on.

    Each gives, by exercise, the number of its variant or slip.
    """
    counts = {name: len(getattr(one, kind)) for name, one in assignment.exercises.items()}
    for number in range(max(counts.values())):
        yield {name: number for name, count in counts.items() if number < count}


def answered(name: str, seed: int) -> Side:
    """Draw an assignment's cases, and let all hand-ins answer them in this process, on its backend and device."""
    assignment = load(name)
    key = draw(assignment, seed)  # also runs references and slips, so that no first run is timed below
    right: dict[str, dict[str, Code | None]] = {"the references": dict.fromkeys(assignment.exercises)}
    for number, of in enumerate(hand_ins(assignment, "variants")):
        right[f"variants {number + 1}"] = {one: assignment.exercises[one].variants[n].code for one, n in of.items()}
    answers: dict[str, dict[str, list[Answer | None]]] = {}
    seconds = {}
    for title, codes in right.items():
        start = time.perf_counter()
        answers[title] = {one: _answers(assignment, key, one, code) for one, code in codes.items()}
        seconds[title] = time.perf_counter() - start
    for number, of in enumerate(hand_ins(assignment, "slips")):
        answers[f"slips {number + 1}"] = {
            one: [case.slips[n] for case in key.exercises[one].cases] for one, n in of.items()
        }
    return Side(key, answers, seconds)


def _answers(assignment: Assignment, key: AnswerKey, name: str, code: Code | None) -> list[Answer | None]:
    one, keyed = assignment.exercises[name], key.exercises[name]
    return asked(one.compiled(code) if code else one.function, keyed)


def elsewhere(environment: Mapping[str, str], name: str, seed: int) -> Side:
    """Do the same in a new process with another environment.

    Raises:
        SideFailed -- if the process ends with an error
    """
    code = "import sys; from grader.bench import gpu; gpu.write(sys.argv[1], int(sys.argv[2]), sys.argv[3])"
    with TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "side.json"
        command = [sys.executable, "-c", code, name, str(seed), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            raise SideFailed(f"{name} with {dict(environment)} ended with an error: {reason}")
        content = json.loads(file.read_text())
    return Side(read_key(content["key"]), content["answers"], content["seconds"])


def write(name: str, seed: int, file: str) -> None:
    """Answer everything in this process, and write the answers to a file."""
    Path(file).write_text(json.dumps(asdict(answered(name, seed))))


def marks(key: AnswerKey, answers: Mapping[str, list[Answer | None]]) -> dict[str, Mark]:
    """Return a hand-in's marks, by the key of this side or of the other."""
    return {name: assess(key.exercises[name], [*of_one]) for name, of_one in answers.items()}


def compared(name: str, peer: Side, side: Side, labels: Sequence[str]) -> list[Measurement]:
    """Return a row for each hand-in of an assignment, with its grade and its time on both sides.

    Arguments:
        peer, side -- the CPU and the GPU, or two backends
        labels -- their names

    Returns:
        rows whose target is met if every case of every exercise gets the same verdict, whichever side has answered and
        whichever side's reference has judged
    """
    rows = []
    for title, theirs in peer.answers.items():
        ours = side.answers[title]
        usual = marks(peer.key, theirs)
        others = [marks(peer.key, ours), marks(side.key, ours), marks(side.key, theirs)]
        same = all(verdicts(each) == verdicts(usual) for each in others)
        grades = " and ".join(f"{sum(mark.points for mark in each.values()):g}" for each in (usual, others[0]))
        whole = sum(mark.maximum for mark in usual.values())
        rows.append(
            Measurement(
                f"{name}, {title}: {labels[1]}",
                side.seconds.get(title),
                labels[0],
                peer.seconds.get(title),
                f"{grades} of {whole:g}",
                "equal",
                same,
            )
        )
    return rows


def verdicts(of: Mapping[str, Mark]) -> dict[str, tuple]:
    """Return what a grade depends on: the points, and which cases pass."""
    return {name: (mark.status, mark.points, [case.passed for case in mark.cases]) for name, mark in of.items()}
