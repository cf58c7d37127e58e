"""Call a student's function in its kernel: inputs go in, answers come back as data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.base.untrusted_json import has_more_pieces_than
from grader.judging.execution import NotebookRun
from grader.sandbox.bubblewrap import INSIDE
from grader.scoring import probe
from grader.scoring.answer_key import Answer, ExerciseKey
from grader.submission.cells import CHECK, grade_id_of

# The code of the request; everything that it needs is sent beside it.
ASK = "exec(__import__('IPython').get_ipython().kernel.get_parent()['content']['question']['ask'], {})"
MIME = "application/x-convnets-answer"
ASK_FILE, PROBE_FILE = INSIDE / "ask.py", Path(probe.__file__)


def ask(run: NotebookRun, exercise: ExerciseKey, lent: str = "") -> tuple[list[Answer | None], str]:
    """Call the student's function on all its cases.

    Arguments:
        lent -- text of references that replace the student's helpers meanwhile

    Returns:
        an answer for each case, None if none came; and why some are missing
    """
    answers = no_answers(exercise)
    for first_time in (True, False):  # a second time if answers were lost on the way
        kernel = run.ready()
        if kernel is None or run.seconds_left <= 0:
            return answers, run.too_long
        seconds = min(run.limits.exercise_seconds, run.seconds_left)
        question = _question(exercise, lent, run.cells)
        outcome = kernel.run(ASK, seconds, probe.MAX_OUTPUT, only=MIME, question=question)
        for output in outcome.outputs:
            answer = _read_answer(output)
            number = answer.pop("case") if answer else -1
            if answer and 0 <= number < len(answers) and answers[number] is None:
                answers[number] = exercise.cases[number].received(answer)
        if None not in answers:
            return answers, ""
        if outcome.died and first_time:
            continue  # something else may have ended the kernel: a function that does it, does it again
        if outcome.stopped and run.seconds_left <= 0:
            return answers, run.too_long
        if outcome.stopped:
            return answers, f"{outcome.stopped} in {CHECK}{exercise.name}"
        if outcome.raised:
            return answers, f"raised {outcome.raised} while it was called"
    return answers, "answered with more than can be read"


def no_answers(exercise: ExerciseKey) -> list[Answer | None]:
    """Return None for every case."""
    return [None] * len(exercise.cases)


def _read_answer(output: dict[str, Any]) -> Answer | None:
    """Return the number of a case and the answer to it; None for anything that the probe would not have written."""
    text = output.get("data", {}).get(MIME)
    if not text or has_more_pieces_than(probe.MAX_PIECES, text.encode(errors="replace")):
        return None
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return probe.well_formed(answer)


@cache
def _source(path: Path) -> str:
    return path.read_text()


def _question(exercise: ExerciseKey, lent: str, cells: list[NotebookNode]) -> dict[str, Any]:
    """Return the data that `sandbox/inside/ask.py` reads in the student's kernel."""
    return {
        "ask": _source(ASK_FILE),
        "probe": _source(PROBE_FILE),
        "name": exercise.name,
        "inputs": exercise.inputs,
        "observer": exercise.observer,
        "lent": lent,
        "source": "".join(cell.source for cell in cells if grade_id_of(cell) == exercise.name),
        "helpers": exercise.uses,
        "mime": MIME,
    }
