"""Judge a hand-in, outside the student's process.

The cells that its functions need are run in a sandboxed kernel; then each function is called there on inputs drawn for
this grading run, and its answers are compared here. The kernel never holds an expected value, never compares, never
writes a mark. What does not get everything is asked again in other ways, each in a new kernel, and the best counts. If a
cell or a function hangs or kills its kernel, only what depends on it is lost: the rest is run again without it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from nbformat import NotebookNode

from grader.judging.attempts import ask_again, ask_all
from grader.judging.execution import NotebookRun
from grader.judging.result import Result
from grader.judging.rulebook import Rulebook
from grader.sandbox.kernel_factory import KernelFactory
from grader.scoring.marks import Mark
from grader.spec import rules
from grader.submission.cells import grade_id_of, is_defined, is_extra, tested_function
from grader.submission.notebook_file import Rejected, parse
from grader.submission.rebuilding import rebuild


def judge(
    raw: bytes,
    rulebook: Rulebook,
    kernels: KernelFactory | None = None,
    kept: dict[str, Mark] | None = None,
    student: str = "",
    notes: Iterable[str] = (),
) -> Result:
    """Judge a hand-in's file.

    Arguments:
        raw -- the file's bytes, whatever they are
        kernels -- supplies the kernels of many hand-ins; without it, kernels are started cold
        kept -- marks of exercises that are not judged again
        student -- id of the student
        notes -- on the hand-in, from before it is judged

    Returns:
        the result; a file that cannot be judged gets one too, with 0 points and the reason
    """
    try:
        notebook, found = rebuild(rulebook.released, parse(raw))
    except Rejected as reason:
        return reject(str(reason), rulebook, student, notes)
    return judge_rebuilt(notebook, rulebook, [*notes, *found], kernels, kept, student)


def reject(
    reason: str, rulebook: Rulebook, student: str = "", notes: Iterable[str] = (), status: str = "rejected"
) -> Result:
    """Return the result of a hand-in that cannot be judged.

    Arguments:
        status -- of each mark: "error" if the fault is the grader's
    """
    marks = {
        name: Mark(name, status, 0.0, one.points, [], notes=[reason], hint=next(iter(one.hints), ""))
        for name, one in rulebook.key.exercises.items()
    }
    return Result(
        student,
        _in_order(marks, rulebook.released),
        [*notes, reason],
        rejected=reason,
        seed=rulebook.key.seed,
        notebook=json.dumps(rulebook.released),
    )


def judge_rebuilt(
    notebook: NotebookNode,
    rulebook: Rulebook,
    notes: Iterable[str] = (),
    kernels: KernelFactory | None = None,
    kept: dict[str, Mark] | None = None,
    student: str = "",
) -> Result:
    """Judge a notebook that `rebuild` has put together; its cells receive their outputs."""
    start = time.monotonic()
    kernels = kernels or KernelFactory(rulebook.limits, rulebook.sandboxed)
    kept = kept or {}
    broken, unread = _broken_rules(notebook.cells, rulebook)
    run = NotebookRun(notebook.cells, rulebook.limits, kernels)
    with run:
        run.ready()  # even if every mark is kept, the outputs of the student's cells are needed
        wanted = {name: one for name, one in rulebook.key.exercises.items() if name not in kept}
        marks = kept | ask_all(run, wanted, kept, broken)
    # What was judged before, calls a forbidden routine or is as it was released is not asked again.
    written = _written(notebook.cells, rulebook.released.cells)
    wanted = {name: one for name, one in wanted.items() if name in written and not broken[name]}
    run = ask_again(run, wanted, marks, rulebook.lent)
    run.write_outputs()
    if rulebook.figures:
        with run.every_cell() as whole:
            whole.ready()
        whole.write_outputs()
    return Result(
        student,
        _in_order(marks, rulebook.released),
        [*notes, *run.notes, *unread],
        seconds=time.monotonic() - start,
        seed=rulebook.key.seed,
        notebook=json.dumps(notebook),
    )


def _in_order(marks: dict[str, Mark], released: NotebookNode) -> dict[str, Mark]:
    """Sort marks into the notebook's order: they are made in the order of declaration, with helpers first."""
    places = list(map(tested_function, released.cells))
    return dict(sorted(marks.items(), key=lambda item: places.index(item[0])))


def _written(cells: list[NotebookNode], released: list[NotebookNode]) -> set[str]:
    """Return the names of the functions whose cell is not as it was released, or that an added cell defines."""
    before = {grade_id_of(cell): cell.source for cell in released}
    names = [name for name in map(tested_function, released) if name]
    extra = [cell.source for cell in cells if is_extra(cell)]
    changed = {grade_id_of(cell) for cell in cells if cell.source != before.get(grade_id_of(cell))}
    return {name for name in names if name in changed or any(is_defined(name, text) for text in extra)}


def _broken_rules(cells: Iterable[NotebookNode], rulebook: Rulebook) -> tuple[dict[str, str], list[str]]:
    """Return for each function the sentence about a forbidden call, empty if there is none; and a note on what cannot be read."""
    text = rules.read(cell.source for cell in cells if cell.cell_type == "code")
    exercises = rulebook.key.exercises
    broken = {name: rules.broken(name, text, one.forbids, one.forbids_own, one.uses) for name, one in exercises.items()}
    if not text.unread or not any(one.forbids or one.forbids_own for one in exercises.values()):
        return broken, []
    cells_are = "1 code cell is" if len(text.unread) == 1 else f"{len(text.unread)} code cells are"
    return broken, [
        f"{cells_are} not Python that can be read: whether a routine is used that is not allowed was not seen."
    ]
