"""Answers in, marks out, outside the student's process.

A hand-in's cells are run in a sandboxed kernel; then each function is called there on inputs drawn for this grading run,
and its answers are compared here. The kernel never holds an expected value, never compares, never writes a mark. A cell or
a function that hangs or kills its kernel costs what it touches: the rest is run again without it.
"""

from __future__ import annotations

import json
import time
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader import handin, report, rules
from grader.assess import Mark, assess
from grader.exercise import Assignment
from grader.kernel import Kernel, Outcome
from grader.kernels import Kernels
from grader.key import Answer, Key, KeyExercise, read_key
from grader.sandbox import Limits

# A cell's code; all that it needs travels beside it.
ASK = "exec(__import__('IPython').get_ipython().kernel.get_parent()['content']['question']['ask'], {})"
MIME = "application/x-convnets-answer"
PROBE_OUTPUT = 100_000_000
MAX_PARTS = 50_000  # of one answer: lists in lists are slow to read, and arrays come in one piece
# Of what a student's cell shows, what a page can show without trusting it.
INERT = ("image/png", "image/jpeg", "text/plain")


@dataclass
class Graded:
    """A hand-in's result.

    Attributes:
        notebook -- rebuilt, with the outputs of its cells and the marks, as nbgrader reads them
        marks -- by exercise
        notes -- on the hand-in as a whole
        rejected -- why nothing could be judged, if so
        seconds -- what it took
    """

    notebook: NotebookNode
    marks: dict[str, Mark]
    notes: list[str] = field(default_factory=list)
    rejected: str = ""
    seconds: float = 0.0

    @property
    def points(self) -> float:
        return round(sum(mark.points for mark in self.marks.values()), 2)


@dataclass(frozen=True)
class Rulebook:
    """What a grading run needs to know of an assignment.

    Attributes:
        assignment -- the declarations; of no use any more where `lent` is there
        released -- the notebook as students got it
        key -- the hidden cases, drawn for this run
        lent -- by exercise, the text of the references that take the place of wrong helpers
    """

    assignment: Assignment
    released: NotebookNode
    key: Key
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True
    lent: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, one in self.assignment.exercises.items():
            self.lent[name] = self.assignment.standalone(one.uses)

    def to_json(self) -> str:
        """All of it as data, for a worker that has no solutions."""
        rest = {"key": asdict(self.key), "limits": asdict(self.limits), "sandboxed": self.sandboxed, "lent": self.lent}
        return json.dumps({"released": self.released, **rest})

    @classmethod
    def from_json(cls, text: str) -> Rulebook:
        """Read what `to_json` has written."""
        data = json.loads(text)
        key = read_key(data["key"])
        bare = Assignment(key.assignment, {}, ModuleType(key.assignment))
        released = nbformat.from_dict(data["released"])
        return cls(bare, released, key, Limits(**data["limits"]), data["sandboxed"], data["lent"])


def grade(
    raw: bytes, rulebook: Rulebook, kernels: Kernels | None = None, kept: dict[str, Mark] | None = None
) -> Graded:
    """Grade a hand-in's file.

    Arguments:
        raw -- the file's bytes, whatever they are
        kernels -- where kernels come from, kept over many hand-ins; cold ones without it
        kept -- marks of exercises that are not judged again

    Returns:
        the result; a file that cannot be judged gets one too, with 0 points and the reason
    """
    try:
        notebook, notes = handin.rebuild(rulebook.released, handin.parse(raw))
    except handin.Rejected as reason:
        return reject(str(reason), rulebook)
    return grade_rebuilt(notebook, rulebook, notes, kernels, kept)


def reject(reason: str, rulebook: Rulebook) -> Graded:
    """The result of a hand-in that cannot be judged."""
    marks = {
        name: Mark(name, "rejected", 0.0, one.points, [], notes=[reason])
        for name, one in rulebook.key.exercises.items()
    }
    marks = _in_order(marks, rulebook.released)
    notebook = deepcopy(rulebook.released)
    _write_marks(notebook, marks, rulebook)
    return Graded(notebook, marks, [reason], rejected=reason)


def grade_rebuilt(
    notebook: NotebookNode,
    rulebook: Rulebook,
    notes: list[str] | None = None,
    kernels: Kernels | None = None,
    kept: dict[str, Mark] | None = None,
) -> Graded:
    """Grade a notebook that `handin.rebuild` has put together."""
    start = time.monotonic()
    run = Run(notebook, rulebook, kernels or Kernels(rulebook.limits, rulebook.sandboxed))
    with run:
        marks = _in_order(_judge_all(run, rulebook, kept or {}), rulebook.released)
    graded = deepcopy(notebook)
    _write_outputs(graded, run.outcomes)
    _write_marks(graded, marks, rulebook)
    return Graded(graded, marks, (notes or []) + run.notes, seconds=time.monotonic() - start)


def _in_order(marks: dict[str, Mark], released: NotebookNode) -> dict[str, Mark]:
    """Marks in the notebook's order: they are made in the order of declaration, where helpers come first."""
    places = [handin.grade_id_of(cell).removeprefix("check_") for cell in released.cells]
    return dict(sorted(marks.items(), key=lambda item: places.index(item[0])))


class Run:
    """The student's cells, run in a kernel; a fresh kernel takes the place of one that was lost."""

    def __init__(self, notebook: NotebookNode, rulebook: Rulebook, kernels: Kernels):
        self.cells = notebook.cells
        self.limits, self.kernels = rulebook.limits, kernels
        self.end = time.monotonic() + self.limits.submission_seconds
        self.outcomes: dict[int, Outcome] = {}
        self.notes: list[str] = []
        self.left_out: set[int] = {i for i, cell in enumerate(self.cells) if not _is_run(cell)}
        self.kernel: Kernel | None = None

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.kernel:
            self.kernel.close()
            self.kernel = None

    def ready(self) -> Kernel | None:
        """A living kernel in which every cell has been run; None when the hand-in's time is used up."""
        while self.kernel is None or self.kernel.dead:
            self.__exit__()
            if time.monotonic() > self.end:
                return None
            self.kernel = self.kernels.start()
            self._run_cells(self.kernel)
        return self.kernel

    def _run_cells(self, kernel: Kernel) -> None:
        for index, cell in enumerate(self.cells):
            if index in self.left_out:
                continue
            outcome = kernel.run(cell.source, min(self.limits.cell_seconds, max(1.0, self.end - time.monotonic())))
            first_time = index not in self.outcomes
            if first_time or outcome.stopped:
                self.outcomes[index] = outcome
            if outcome.stopped:
                self._leave_out(index, outcome.stopped)
                return
            if first_time:
                self._note(cell, outcome)

    def _note(self, cell: NotebookNode, outcome: Outcome) -> None:
        if outcome.cut:
            self.notes.append(f"{_what(cell)} printed more than {self.limits.output / 1e6:g} MB; the rest was cut.")
        if outcome.raised and _is_students(cell):
            self.notes.append(f"{_what(cell)} raised {outcome.raised}.")

    def _leave_out(self, index: int, reason: str) -> None:
        """Do without the cell that cost the kernel; where it is a given one, without all that only show something."""
        cell = self.cells[index]
        self.left_out.add(index)
        if not _is_students(cell):
            self.left_out |= {i for i, other in enumerate(self.cells) if _only_shows(other)}
        self.notes.append(f"{_what(cell)} {reason}; the rest was run without it.")


def _what(cell: NotebookNode) -> str:
    if handin.is_extra(cell):
        return "A cell that you added"
    name = handin.grade_id_of(cell)
    return f"The cell of {name}" if name else "A given cell that calls your functions"


def _is_students(cell: NotebookNode) -> bool:
    return handin.is_answer(cell) or handin.is_extra(cell)


def _is_run(cell: NotebookNode) -> bool:
    is_test = cell.metadata.get("nbgrader", {}).get("grade") and not handin.is_answer(cell)
    return cell.cell_type == "code" and not (is_test or handin.is_training(cell) or handin.is_missing(cell))


def _only_shows(cell: NotebookNode) -> bool:
    return not _is_students(cell) and "setup" not in cell.metadata.get("tags", [])


def _judge_all(run: Run, rulebook: Rulebook, kept: dict[str, Mark]) -> dict[str, Mark]:
    exercises = rulebook.key.exercises
    run.ready()  # even where every mark holds, the student's pictures are wanted
    text = rules.read(cell.source for cell in run.cells if cell.cell_type == "code")
    broken = {name: rules.broken(name, text, one.forbids, one.forbids_own, one.uses) for name, one in exercises.items()}
    marks: dict[str, Mark] = {}
    for name, one in exercises.items():
        if name in kept:
            marks[name] = kept[name]
            continue
        endless = [helper for helper in one.uses if marks[helper].status == "timeout"]
        if endless:  # it would only wait for that one once more; with ours in its place it is asked below
            answers, stopped = _no_answers(one), f"not asked with your {endless[0]}, which does not come to an end"
        else:
            answers, stopped = _answers(run, one)
        marks[name] = assess(one, answers, stopped, broken[name])
    _tell_broken_cells(run, marks)
    # Lent helpers come last, when every function has been judged as it is: a kernel that has seen a reference is not
    # asked for that function any more.
    for name, one in exercises.items():
        wrong = [helper for helper in one.uses if marks[helper].status != "passed"]
        if name in kept or not wrong or marks[name].status == "passed" or broken[name]:
            continue
        mark = assess(one, *_answers(run, one, rulebook.lent[name]))
        if mark.status == "missing":  # so it was no helper that kept it from answering
            marks[name] = mark
        elif (mark.points, mark.slip is not None) > (marks[name].points, marks[name].slip is not None):
            helpers = " and ".join(wrong)
            mark.notes.append(
                f"Judged with our {helpers} in place of yours, which {'does' if len(wrong) == 1 else 'do'} not pass: "
                "a wrong helper costs its own points only."
            )
            marks[name] = mark
    return marks


def _tell_broken_cells(run: Run, marks: dict[str, Mark]) -> None:
    """A cell that did not run to its end has left no function; that is no function that nobody has written."""
    for index, outcome in run.outcomes.items():
        mark = marks.get(handin.grade_id_of(run.cells[index]))
        if mark and outcome.raised and all(case.outcome == "undefined" for case in mark.cases):
            mark.status = "error"
            mark.notes.append(f"The cell stops with {outcome.raised}, so that there is no {mark.name}.")


def _answers(run: Run, exercise: KeyExercise, lent: str = "") -> tuple[list[Answer | None], str]:
    """Ask the student's function all its cases: the answers, and why some are missing."""
    answers = _no_answers(exercise)
    for _ in range(2):  # a second time where answers were lost on the way
        kernel = run.ready()
        if kernel is None:
            return answers, f"not run: the hand-in as a whole took more than {run.limits.submission_seconds:g} s"
        seconds = run.limits.exercise_seconds
        outcome = kernel.run(ASK, seconds, PROBE_OUTPUT, only=MIME, question=_question(exercise, lent, run.cells))
        for output in outcome.outputs:
            answer = _read_answer(output)
            number = answer.pop("case", None) if answer else None
            if isinstance(number, int) and 0 <= number < len(answers) and answers[number] is None:
                answers[number] = answer
        if None not in answers:
            return answers, ""
        if outcome.stopped:
            return answers, f"{outcome.stopped} in check_{exercise.name}"
        if outcome.raised:
            return answers, f"raised {outcome.raised} while it was called"
    return answers, "answered with more than can be read"


def _no_answers(exercise: KeyExercise) -> list[Answer | None]:
    return [None] * len(exercise.cases)


def _read_answer(output: dict[str, Any]) -> Answer | None:
    text = output.get("data", {}).get(MIME)
    if text and text.count("[") > MAX_PARTS:
        return None
    try:
        answer = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    well_formed = isinstance(answer, dict) and ({"value", "raised", "undefined"} & set(answer))
    return answer if well_formed else None


@cache
def _source(path: Path) -> str:
    return path.read_text()


def _question(exercise: KeyExercise, lent: str, cells: list[NotebookNode]) -> dict[str, Any]:
    """What `inside/ask.py` asks a function, in the student's kernel."""
    here = Path(__file__).parent
    written = [cell.source for cell in cells if handin.grade_id_of(cell) == exercise.name]
    return {
        "ask": _source(here / "inside" / "ask.py"),
        "probe": _source(here / "probe.py"),
        "name": exercise.name,
        "inputs": exercise.inputs,
        "observer": exercise.observer,
        "lent": lent,
        "source": "".join(written),
        "helpers": exercise.uses,
        "mime": MIME,
    }


def _write_outputs(notebook: NotebookNode, outcomes: dict[int, Outcome]) -> None:
    for number, (index, outcome) in enumerate(sorted(outcomes.items())):
        cell = notebook.cells[index]
        cell.execution_count = number + 1
        cell.outputs = [nbformat.from_dict(output) for output in map(_inert, outcome.outputs) if output]
        if outcome.stopped:
            cell.outputs.append(new_output("stream", name="stdout", text=f"[grader] This cell {outcome.stopped}.\n"))


def _inert(output: dict[str, Any]) -> dict[str, Any] | None:
    if "data" not in output:
        return output
    data = {kind: content for kind, content in output["data"].items() if kind in INERT}
    return {"output_type": "display_data", "data": data, "metadata": output["metadata"]} if data else None


def _write_marks(notebook: NotebookNode, marks: dict[str, Mark], rulebook: Rulebook) -> None:
    """Fill the test cells as nbgrader reads them: one number is the points; what is displayed is for the eye."""
    for cell in notebook.cells:
        name = handin.grade_id_of(cell).removeprefix("check_")
        if handin.grade_id_of(cell) != f"check_{name}" or name not in marks:
            continue
        mark = marks[name]
        hint = next(iter(rulebook.key.exercises[name].hints), "")
        shown = {"text/html": report.html(mark, hint=hint), "text/plain": report.text(mark)}
        cell.metadata["convnets"] = {**asdict(mark), "hint": hint}
        cell.execution_count = None
        cell.outputs = [
            new_output("display_data", shown),
            new_output("execute_result", {"text/plain": f"{mark.points}"}, execution_count=None),
        ]
