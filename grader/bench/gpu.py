"""`course bench gpu`: the same hand-ins graded on the CPU and on a GPU. The grades must be equal; the times are told.

A GPU multiplies single precision with ten bits after the point (TF32) unless told otherwise, and adds up in another order:
that is what the tolerances of the exercises allow for. Each side is a process of its own, for a backend takes its devices
once. These hand-ins are the course's own code and run outside of the sandbox, in which there is no GPU.
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

from grader.base.assignments import names
from grader.base.errors import CourseError
from grader.bench.measuring import Measurement
from grader.scoring import probe
from grader.scoring.answer_key import Answer, AnswerKey, draw, read_key
from grader.scoring.assessment import assess
from grader.scoring.marks import Mark
from grader.spec.exercise import Assignment, Code
from grader.spec.registry import load

CPU = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
# For each backend what is an error where it is not installed, and "no" where it sees no GPU.
SEES_GPU = {
    "tensorflow": "import tensorflow as tf; print('yes' if tf.config.list_physical_devices('GPU') else 'no')",
    "jax": "import jax; print('yes' if jax.default_backend() == 'gpu' else 'no')",
    "torch": "import torch; print('yes' if torch.cuda.is_available() else 'no')",
}


class NoGpu(CourseError):
    """No GPU is seen; the message says by what."""


class SideFailed(CourseError):
    """The process of one side ended with an error, which the message shows."""


@dataclass(frozen=True)
class Side:
    """What one device or backend makes of an assignment.

    Attributes:
        key -- the cases with what the reference and every slip answer there
        answers -- by hand-in and exercise, one answer a case
        seconds -- by hand-in, what the answers took; of the right ones alone
    """

    key: AnswerKey
    answers: dict[str, dict[str, list[Answer]]]
    seconds: dict[str, float]


def gpu() -> list[Measurement]:
    """Every assignment that uses Keras, on the CPU and on the GPU.

    Raises:
        NoGpu -- where there is none
    """
    backend, seed = backend_with_gpu(), secrets.randbits(63)
    rows = []
    for name in filter(uses_keras, names()):
        ours = elsewhere({"KERAS_BACKEND": backend}, name, seed)
        theirs = elsewhere({"KERAS_BACKEND": backend, **CPU}, name, seed)
        rows += compared(name, theirs, ours, ("CPU", f"GPU, {backend}"))
    return rows


def backend_with_gpu() -> str:
    """The backend that sees a GPU: the one that KERAS_BACKEND names, or else the first of Keras's.

    Raises:
        NoGpu -- where none does
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
    """Whether an assignment's functions need Keras."""
    return re.search(r"^(import|from) keras", inspect.getsource(load(name).solution), re.MULTILINE) is not None


def hand_ins(assignment: Assignment, kind: str) -> Iterator[dict[str, int]]:
    """The first variant (or slip) of every exercise that has one, then the second, and so on: by exercise its number."""
    counts = {name: len(getattr(one, kind)) for name, one in assignment.exercises.items()}
    for number in range(max(counts.values())):
        yield {name: number for name, count in counts.items() if number < count}


def answered(name: str, seed: int) -> Side:
    """Draw an assignment's cases, and have all hand-ins answer them: here, on this process's backend and device."""
    assignment = load(name)
    key = draw(assignment, seed)  # which runs references and slips: a first time is not timed below
    right: dict[str, dict[str, Code | None]] = {"the references": dict.fromkeys(assignment.exercises)}
    for number, of in enumerate(hand_ins(assignment, "variants")):
        right[f"variants {number + 1}"] = {one: assignment.exercises[one].variants[n].code for one, n in of.items()}
    answers: dict[str, dict[str, list[Answer]]] = {}
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


def _answers(assignment: Assignment, key: AnswerKey, name: str, code: Code | None) -> list[Answer]:
    one, keyed = assignment.exercises[name], key.exercises[name]
    found: list[Answer] = []
    function = one.compiled(code) if code else one.function
    probe.answer_all(function, keyed.inputs, lambda text: found.append(json.loads(text)), keyed.observer)
    return found


def elsewhere(environment: Mapping[str, str], name: str, seed: int) -> Side:
    """The same in a process of its own, with another environment.

    Raises:
        SideFailed -- where it ends with an error
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
    """Have everything answered here, and write it down."""
    Path(file).write_text(json.dumps(asdict(answered(name, seed))))


def marks(key: AnswerKey, answers: Mapping[str, list[Answer]]) -> dict[str, Mark]:
    """A hand-in's marks, by the key of this side or the other."""
    return {name: assess(key.exercises[name], [*of_one]) for name, of_one in answers.items()}


def compared(name: str, peer: Side, side: Side, labels: Sequence[str]) -> list[Measurement]:
    """A row for each hand-in of an assignment: its grade and its time on both sides.

    Arguments:
        peer, side -- the CPU and the GPU, or two backends
        labels -- what to call them

    Returns:
        rows whose target is met where every case of every exercise gets the same verdict, whichever side has answered and
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
    """What a grade rests on: the points, and which cases pass."""
    return {name: (mark.status, mark.points, [case.passed for case in mark.cases]) for name, mark in of.items()}
