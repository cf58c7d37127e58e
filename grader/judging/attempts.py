"""Ask the functions of a hand-in, and those that do not get everything again in other ways: the best answer counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.judging.execution import NotebookRun
from grader.judging.questions import ask, no_answers
from grader.scoring.answer_key import CaseKey, ExerciseKey
from grader.scoring.assessment import assess, quotation
from grader.scoring.marks import Mark
from grader.submission.cells import grade_id_of

Exercises = Mapping[str, ExerciseKey]


def ask_all(
    run: NotebookRun, exercises: Exercises, known: Mapping[str, Mark], broken: Mapping[str, str] | None = None
) -> dict[str, Mark]:
    """Ask functions in a run's kernel, and return their marks.

    Arguments:
        exercises -- helpers first
        known -- marks of other functions
        broken -- by function, the sentence about a forbidden call
    """
    marks: dict[str, Mark] = {}
    for name, one in exercises.items():
        endless = [helper for helper in one.uses if (marks.get(helper) or known[helper]).status == "timeout"]
        if endless:  # it would only wait for that helper again; later it is called with our helper instead
            answers, stopped = no_answers(one), f"not asked with your {endless[0]}, which does not come to an end"
        else:
            answers, stopped = ask(run, one)
        marks[name] = assess(one, answers, stopped, (broken or {}).get(name, ""))
    return marks


def ask_again(
    run: NotebookRun, exercises: Exercises, marks: dict[str, Mark], references: Mapping[str, str]
) -> NotebookRun:
    """Ask what did not get everything again, in kernels of its own, and put the better marks into `marks`.

    Arguments:
        run -- in which every function has been asked; it is closed
        exercises -- that may be asked again
        marks -- of all functions
        references -- by function, the text of the references that may take its helpers' place

    Returns:
        the run that shows best how the student's cells ran
    """
    if run.needed and (run.raised or _not_passed(exercises, marks)):
        run = run.every_cell()
        _ask_as_the_student_ran_it(run, exercises, marks)
    _report_broken_cells(run, marks)
    if all(marks[name].status == "passed" for name in exercises):
        return run
    ways = [run]
    alone, differs = run.functions_alone()
    if differs:
        _ask_alone(alone, exercises, marks)
        ways.insert(0, alone)  # first: with it, cells that only print are not run for each function again
    lent = _ask_with_our_helpers(ways, exercises, marks, references)
    _quote_errors(alone, {name: one for name, one in exercises.items() if name not in lent}, marks)
    return run


def _ask_as_the_student_ran_it(run: NotebookRun, exercises: Exercises, marks: dict[str, Mark]) -> None:
    """Ask with every cell run. A mark of the same worth takes the other's place: it says what the student has seen."""
    with run:
        run.ready()
        for name, mark in ask_all(run, _not_passed(exercises, marks), marks).items():
            if _worth(mark) >= _worth(marks[name]):
                marks[name] = mark


def _ask_alone(run: NotebookRun, exercises: Exercises, marks: dict[str, Mark]) -> None:
    """Ask in a kernel without the hand-in's other cells."""
    with run:
        for name, mark in ask_all(run, _not_passed(exercises, marks), marks).items():
            if mark.points > marks[name].points:
                mark.notes.append(
                    f"Judged with the set-up and your functions alone: your other cells keep {name} from working."
                )
                marks[name] = mark


def _ask_with_our_helpers(
    ways: list[NotebookRun], exercises: Exercises, marks: dict[str, Mark], references: Mapping[str, str]
) -> set[str]:
    """Ask functions whose helpers are wrong with references in place of those helpers.

    Each is asked in a kernel of its own: no other function is asked where a reference has been.

    Returns:
        the functions whose mark is with our helpers
    """
    lent = set()
    for name, one in exercises.items():
        wrong = [helper for helper in one.uses if marks[helper].status != "passed"]
        if not wrong or marks[name].status == "passed":
            continue
        for run in ways:
            with run:
                mark = assess(one, *ask(run, one, references[name]), lent=True)
            if mark.status == "missing":  # so a helper is not the reason why it did not answer
                marks[name] = mark
            elif _worth(mark) > _worth(marks[name]) or _says_more(mark, marks[name]):
                helpers = " and ".join(wrong)
                mark.notes.append(
                    f"Judged with our {helpers} in place of yours, which {'does' if len(wrong) == 1 else 'do'} not "
                    "pass: a wrong helper costs its own points only."
                )
                marks[name] = mark
                lent.add(name)
            if marks[name].status == "passed":
                break
    return lent


def _quote_errors(run: NotebookRun, exercises: Exercises, marks: dict[str, Mark]) -> None:
    """Add an exception's text to a mark if the function raises the same on a visible case.

    The kernel has seen no hidden case and no reference: an exception's text could hold something of them.
    """
    raising = [one for name, one in exercises.items() if any(case.outcome == "raised" for case in marks[name].cases)]
    with run:
        for one in raising:
            visible = [CaseKey("", inputs, None, {}, []) for inputs in one.visible]
            answers, _ = ask(run, replace(one, cases=visible))
            marks[one.name].notes += quotation(marks[one.name], answers)


def _not_passed(exercises: Exercises, marks: Mapping[str, Mark]) -> Exercises:
    """Return the exercises to ask again. What does not come to an end would only be waited for again."""
    return {name: one for name, one in exercises.items() if marks[name].status not in ("passed", "timeout")}


def _worth(mark: Mark) -> tuple[float, bool]:
    """Return what makes one mark better than another: points, then a reason that a student can use."""
    return mark.points, mark.slip is not None


def _says_more(mark: Mark, other: Mark) -> bool:
    """Say whether a mark with our helpers tells of wrong answers where the student's helpers only raised an error."""
    return _worth(mark) == _worth(other) and mark.status == "failed" and other.status in ("missing", "error")


def _report_broken_cells(run: NotebookRun, marks: dict[str, Mark]) -> None:
    """Distinguish a cell that stopped with an error, and so defined no function, from an unwritten function."""
    for index, outcome in run.outcomes.items():
        mark = marks.get(grade_id_of(run.cells[index]))
        if mark and outcome.raised and all(case.outcome == "undefined" for case in mark.cases):
            mark.status = "error"
            mark.notes.append(f"The cell stops with {outcome.raised}, so that there is no {mark.name}.")
