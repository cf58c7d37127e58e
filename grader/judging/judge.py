"""Judge a hand-in, outside the student's process.

A hand-in's cells are run in a sandboxed kernel; then each function is called there on inputs drawn for this grading
run, and its answers are compared here. The kernel never holds an expected value, never compares, never writes a mark.
If a cell or a function hangs or kills its kernel, only what depends on it is lost: the rest is run again without it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import replace

from nbformat import NotebookNode

from grader.judging.execution import NotebookRun
from grader.judging.questions import ask, no_answers
from grader.judging.result import Result
from grader.judging.rulebook import Rulebook
from grader.sandbox.kernel_factory import KernelFactory
from grader.scoring.answer_key import CaseKey, ExerciseKey
from grader.scoring.assessment import assess, quotation
from grader.scoring.marks import Mark
from grader.spec import rules
from grader.submission.cells import grade_id_of, is_defined, is_unwritten, is_written_by_the_student, tested_function
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
    with NotebookRun(notebook, rulebook.limits, kernels) as run:
        broken = _broken_rules(run, rulebook)
        marks = _judge_all(run, rulebook, broken, kept or {})
        # What was judged before, and what calls a forbidden routine, is not asked again, whatever the others are.
        asked = {n: one for n, one in rulebook.key.exercises.items() if n not in (kept or {}) and not broken[n]}
        lent = _ask_again_with_our_helpers(run, rulebook.lent, asked, marks)
        run.close()  # of a worker's kernels one runs at a time
        _ask_again_alone(run, asked, marks, lent)
        _quote_errors(run, asked, marks, lent)
        marks = _in_order(marks, rulebook.released)
    run.write_outputs()
    return Result(
        student,
        marks,
        [*notes, *run.notes],
        seconds=time.monotonic() - start,
        seed=rulebook.key.seed,
        notebook=json.dumps(notebook),
    )


def _in_order(marks: dict[str, Mark], released: NotebookNode) -> dict[str, Mark]:
    """Sort marks into the notebook's order: they are made in the order of declaration, with helpers first."""
    places = list(map(tested_function, released.cells))
    return dict(sorted(marks.items(), key=lambda item: places.index(item[0])))


def _broken_rules(run: NotebookRun, rulebook: Rulebook) -> dict[str, str]:
    """Return for each function the sentence about a forbidden call; empty if there is none."""
    text = rules.read(cell.source for cell in run.cells if cell.cell_type == "code")
    exercises = rulebook.key.exercises
    return {name: rules.broken(name, text, one.forbids, one.forbids_own, one.uses) for name, one in exercises.items()}


def _judge_all(run: NotebookRun, rulebook: Rulebook, broken: dict[str, str], kept: dict[str, Mark]) -> dict[str, Mark]:
    exercises = rulebook.key.exercises
    run.ready()  # even if every mark is kept, the outputs of the student's cells are needed
    marks: dict[str, Mark] = {}
    for name, one in exercises.items():
        if name in kept:
            marks[name] = kept[name]
            continue
        endless = [helper for helper in one.uses if marks[helper].status == "timeout"]
        if endless:  # it would only wait for that helper again; below it is called with our helper instead
            answers = no_answers(one)
            stopped = f"not asked with your {endless[0]}, which does not come to an end"
        else:
            answers, stopped = ask(run, one)
        marks[name] = assess(one, answers, stopped, broken[name])
    _report_broken_cells(run, marks)
    return marks


def _ask_again_with_our_helpers(
    run: NotebookRun, references: dict[str, str], asked: dict[str, ExerciseKey], marks: dict[str, Mark]
) -> set[str]:
    """Ask functions whose helpers are wrong once more, with references in place of those helpers.

    This is done after every function has been judged as it is: once a kernel has seen the reference of a function, that
    function is not judged in it any more.

    Returns:
        the functions whose mark is with our helpers
    """
    lent = set()
    for name, one in asked.items():
        wrong = [helper for helper in one.uses if marks[helper].status != "passed"]
        if not wrong or marks[name].status == "passed":
            continue
        mark = assess(one, *ask(run, one, references[name]))
        if mark.status == "missing":  # so a helper is not the reason why it did not answer
            marks[name] = mark
        elif (mark.points, mark.slip is not None) > (marks[name].points, marks[name].slip is not None):
            helpers = " and ".join(wrong)
            mark.notes.append(
                f"Judged with our {helpers} in place of yours, which {'does' if len(wrong) == 1 else 'do'} not pass: "
                "a wrong helper costs its own points only."
            )
            marks[name] = mark
            lent.add(name)
    return lent


def _ask_again_alone(run: NotebookRun, asked: dict[str, ExerciseKey], marks: dict[str, Mark], lent: set[str]) -> None:
    """Ask functions that did not get everything by themselves once more, in a kernel without the hand-in's other cells.

    The better mark counts. A function that does not come to an end would only be waited for again.
    """
    asked = {
        name: one
        for name, one in asked.items()
        if (name in lent or marks[name].status not in ("passed", "timeout")) and _is_written(name, run.cells)
    }
    if not asked.keys() - lent:
        return
    alone, differs = run.functions_alone()
    if not differs:
        return
    with alone:
        for name, one in asked.items():
            if name in lent and any(marks[helper].status != "passed" for helper in one.uses):
                continue
            mark = assess(one, *ask(alone, one))
            if (mark.points, name in lent) > (marks[name].points, False):
                mark.notes.append(
                    f"Judged with the set-up and your functions alone: your other cells keep {name} from working."
                )
                marks[name] = mark


def _quote_errors(run: NotebookRun, asked: dict[str, ExerciseKey], marks: dict[str, Mark], lent: set[str]) -> None:
    """Add an exception's text to a mark if the function raises the same on a visible case, in a kernel that knows no other.

    Not to one with our helpers: the text could hold something of them.
    """
    raising = [
        one
        for name, one in asked.items()
        if name not in lent and any(case.outcome == "raised" for case in marks[name].cases)
    ]
    if not raising:
        return
    with run.functions_alone()[0] as fresh:
        for one in raising:
            visible = [CaseKey("", inputs, None, {}, []) for inputs in one.visible]
            answers, _ = ask(fresh, replace(one, cases=visible))
            marks[one.name].notes += quotation(marks[one.name], answers)


def _is_written(name: str, cells: Iterable[NotebookNode]) -> bool:
    return any(
        is_written_by_the_student(cell) and is_defined(name, cell.source) and not is_unwritten(cell.source)
        for cell in cells
    )


def _report_broken_cells(run: NotebookRun, marks: dict[str, Mark]) -> None:
    """Distinguish a cell that stopped with an error, and so defined no function, from an unwritten function."""
    for index, outcome in run.outcomes.items():
        mark = marks.get(grade_id_of(run.cells[index]))
        if mark and outcome.raised and all(case.outcome == "undefined" for case in mark.cases):
            mark.status = "error"
            mark.notes.append(f"The cell stops with {outcome.raised}, so that there is no {mark.name}.")
