"""Turn answers into marks: one verdict per case, the slip that explains the wrong answers, and the points.

The notebook's `check` and the judge both call `assess`, so that they agree.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations

from grader.scoring import probe
from grader.scoring.answer_key import Answer, CaseKey, ExerciseKey
from grader.scoring.comparison import Verdict, compare, describe, fractions
from grader.scoring.library_changes import known_change
from grader.scoring.marks import CaseMark, Mark
from grader.submission.cells import STUB

Relation = Callable[[int, int], bool]  # of a case and a slip, by their numbers
UNWRITTEN = "NotImplementedError"
EXCEPTIONS = {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
MAX_TEXT = 300  # characters of a finding
MANY = 3  # answers that do not agree by chance
IN_PROPORTION = (
    "A case that must raise an error, or whose answer is always the same, counts as far as the other cases pass."
)
ALONE = "What passes here counts only beside another case: an error, or an answer that is always the same, proves little alone."


def assess(
    exercise: ExerciseKey,
    answers: list[Answer | None],
    stopped: str = "",
    broken_rule: str = "",
    show_values: bool = False,
    lent: bool = False,
) -> Mark:
    """Judge the answers to an exercise's cases.

    Arguments:
        exercise -- with the cases, in the order of the answers
        answers -- one per case, None if none came
        stopped -- why answers are missing ("stopped after 60 s in check_zero_pad"), if they are
        broken_rule -- the sentence about a forbidden call, which costs all points; empty if there is none
        show_values -- whether expected values and answers are shown: for visible cases, never for hidden ones
        lent -- whether references were lent to the student's process: then nothing that it chose is told, since it could
            be a part of their text
    """
    if lent:
        answers, stopped = [_without_names(answer) for answer in answers], _without_numbers(stopped)
    tell = _describe if show_values else _nothing
    asked = zip(exercise.cases, answers, strict=True)
    cases = [_cut(_assess_case(exercise, one, answer, stopped, tell, lent)) for one, answer in asked]
    if not show_values:
        cases = [replace(case, expected="", yours="") for case in cases]
    # Refusing every input is not a solution, and neither is repeating the visible answers: a case that must raise, or
    # whose answer is known, counts in proportion to the cases of another kind that pass.
    telling = [mark for mark, one in zip(cases, exercise.cases, strict=True) if one.raises is None and not one.known]
    passed: float = sum(case.passed for case in cases)
    passed_telling = sum(mark.passed for mark in telling)
    alone = bool(passed and telling and not passed_telling)
    if broken_rule:
        passed = 0
    elif telling:
        passed = passed_telling + (passed - passed_telling) * passed_telling / len(telling)
    mark = Mark(
        name=exercise.name,
        status=_status(cases, passed, stopped),
        points=round(exercise.points * passed / len(cases), 2),
        maximum=exercise.points,
        cases=cases,
        slip=_recognise(exercise, answers, cases),
        hint=next(iter(exercise.hints), ""),
    )
    if broken_rule:
        mark.notes.append(broken_rule)
        mark.status = "failed"
    elif stopped:
        mark.notes.append(stopped + _where(cases, stopped))
    elif alone:
        mark.notes.append(ALONE)
    elif passed < sum(case.passed for case in cases):
        mark.notes.append(IN_PROPORTION)
    if show_values:
        mark.notes += _changes(cases)
    return mark


def _without_names(answer: Answer | None) -> Answer | None:
    """Return an answer in which an exception has one of Python's own names, and no line."""
    if not answer or "raised" not in answer:
        return answer
    return {**answer, "raised": [name for name in _raised(answer) if name in EXCEPTIONS], "line": None}


def _without_numbers(stopped: str) -> str:
    """Return why answers are missing without an exit status or a signal, which a process can choose."""
    return stopped if _is_timeout(stopped) or not stopped else "ended the kernel, or did not answer as it should"


def _cut(case: CaseMark) -> CaseMark:
    """Return a mark with texts that can be read: what a student's function returns can make them endless."""
    what, expected, yours = map(_shortened, (case.what, case.expected, case.yours))
    return replace(case, what=what, expected=expected, yours=yours)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 2]} …"


def _changes(cases: list[CaseMark]) -> list[str]:
    """Return what to tell about errors that newer libraries cause."""
    return list(dict.fromkeys(filter(None, (known_change(case.yours) for case in cases if case.outcome == "raised"))))


def quotation(mark: Mark, answers: list[Answer | None]) -> list[str]:
    """Return an exception's text, for feedback, if a visible case raises the same; and what newer libraries have to do with it.

    Arguments:
        mark -- on hidden cases
        answers -- to visible cases, by a process that has seen no hidden ones: its text could hold their inputs
    """
    raised = {case.what for case in mark.cases if case.outcome == "raised"}
    for answer in answers:
        if answer and "raised" in answer and answer.get("message"):
            case = _assess_exception(CaseKey("", [], None, {}, []), answer, "")
            if case.what in raised:
                text = "".join(one if one.isprintable() else " " for one in case.yours)
                return [f"A case that you can see raises the same: {text}", *_changes([case])]
    return []


def _status(cases: list[CaseMark], passed: float, stopped: str) -> str:
    outcomes = {case.outcome for case in cases}
    if passed == len(cases):
        return "passed"
    if passed:
        return "partial"
    if outcomes <= {"unwritten", "undefined"}:
        return "missing"
    if "stopped" in outcomes:
        return "timeout" if _is_timeout(stopped) else "error"
    return "error" if "wrong" not in outcomes else "failed"


def _is_timeout(stopped: str) -> bool:
    return stopped.startswith("stopped after")


def _where(cases: list[CaseMark], stopped: str) -> str:
    """Return the words for the case in which a function ran out of time: the first one without an answer."""
    title = next((case.title for case in cases if case.outcome == "stopped"), "")
    return f", in the case “{title}”" if title and _is_timeout(stopped) else ""


def _assess_case(
    exercise: ExerciseKey,
    case: CaseKey,
    answer: Answer | None,
    stopped: str,
    tell: Callable[[Answer], str],
    lent: bool = False,
) -> CaseMark:
    if answer is None:
        return CaseMark(case.title, False, stopped or "no answer came back", "stopped")
    if "undefined" in answer:
        return CaseMark(case.title, False, f"{exercise.name} is not defined", "undefined")
    expected = f"raises {case.raises}" if case.raises else tell(case.expected)
    if "raised" in answer:
        return _assess_exception(case, answer, expected)
    if case.raises:
        return CaseMark(
            case.title, False, f"returned, where {case.raises} had to be raised", "wrong", expected, tell(answer)
        )
    verdict = _verdict(exercise, case, case.expected, answer)
    if verdict.same and answer.get("changed") is True:
        what = "the input was modified: work on a copy"
        return CaseMark(case.title, False, what, "wrong", "its input as it was", "its input changed")
    return CaseMark(
        case.title,
        verdict.same,
        ("right" if verdict.same else verdict.plain) if lent else verdict.what,
        "passed" if verdict.same else "wrong",
        expected,
        verdict.where or tell(answer),
    )


def _assess_exception(case: CaseKey, answer: Answer, expected: str) -> CaseMark:
    raised = _raised(answer)
    kind = raised[0] if raised else "an exception"
    if case.raises and case.raises in raised:
        return CaseMark(case.title, True, f"raises {case.raises}, as it should", "passed", expected, expected)
    message = str(answer.get("message") or "")
    # What is released has no message; TensorFlow, which runs functions in graphs, quotes the line. A library's has another.
    if kind == UNWRITTEN and (not message or STUB in message):
        return CaseMark(case.title, False, "not written yet", "unwritten", expected, "not written yet")
    line = answer.get("line")
    what = f"raised {kind}" + (f" in line {line} of the cell" if isinstance(line, int) else "")
    return CaseMark(case.title, False, what, "raised", expected, f"{kind}: {message[:200]}" if message else kind)


def _verdict(exercise: ExerciseKey, case: CaseKey, expected: Answer, answer: Answer) -> Verdict:
    wanted = case.wanted if expected is case.expected else probe.decode(expected["value"])
    try:
        return compare(wanted, probe.decode(answer.get("value")), exercise.tolerance, single=case.is_single)
    except probe.Unreadable as problem:
        return Verdict(False, str(problem))
    except Exception:  # whatever a student's process has sent: it is not the answer that was asked for
        return Verdict(False, "the answer cannot be compared with what was expected")


def _describe(answer: Answer) -> str:
    try:
        return describe(probe.decode(answer["value"]))
    except (KeyError, ValueError, RecursionError):
        return "no value"


def _nothing(answer: Answer) -> str:
    return ""


def _recognise(exercise: ExerciseKey, answers: list[Answer | None], marks: list[CaseMark]) -> tuple[str, str] | None:
    """Return the slip that gives the student's answer in every case that failed; else, two of them, or one for some cases.

    A slip that would fail in a case that passed is another one's.
    If there is none, errors that must be raised may be a second thing that is missing. The findings of their cases say
    so already, and the slip is looked for in the other cases.
    """
    failed = [i for i, mark in enumerate(marks) if not mark.passed]
    if not failed or any(marks[i].outcome in ("unwritten", "undefined", "stopped") for i in failed):
        return None

    @cache
    def same(i: int, number: int) -> bool:
        return _same_answer(exercise, exercise.cases[i], exercise.cases[i].slips[number], answers[i])

    @cache
    def acts(i: int, number: int) -> bool:
        return not _assess_case(exercise, exercise.cases[i], exercise.cases[i].slips[number], "", _nothing).passed

    passed = [i for i, case in enumerate(exercise.cases) if not case.raises and i not in failed]
    for wrong in (failed, [i for i in failed if not exercise.cases[i].raises]):
        for number, slip in enumerate(exercise.slips):
            if wrong and all(same(i, number) for i in wrong) and not any(acts(i, number) for i in passed):
                return slip
    wrong = [i for i in failed if not exercise.cases[i].raises]
    return _recognise_two(exercise, answers, same, acts, wrong) or _recognise_in_some(exercise, same, acts, wrong)


def _recognise_two(
    exercise: ExerciseKey, answers: list[Answer | None], same: Relation, acts: Relation, failed: list[int]
) -> tuple[str, str] | None:
    """Return two slips that together explain which cases failed, and how.

    Where one of the two makes no difference, the answer must be the other's; where neither makes one, the case must have
    passed; where both do, the answer must be that of both at once, if the key holds it. Each must be seen alone in some
    case; or both at once, and so many answers or numbers explained that they do not agree by chance.

    Arguments:
        answers -- the student's, by case
        same -- whether a slip gives the student's answer
        acts -- whether a slip makes a difference
        failed -- numbers of the cases that failed, without those in which an error must be raised
    """
    asked = [i for i, case in enumerate(exercise.cases) if not case.raises]

    def explained(pair: tuple[int, int]) -> bool:
        alone: set[int] = set()
        seen: set[int] = set()
        numbers = []
        for i in asked:
            case, acting = exercise.cases[i], [number for number in pair if acts(i, number)]
            if bool(acting) != (i in failed):
                return False
            if len(acting) < 2:
                if not all(same(i, number) for number in acting):
                    return False
                alone.update(acting)
            elif pair in case.together:
                if not _same_answer(exercise, case, case.together[pair], answers[i]):
                    return False
                seen.update(one for one, other in (pair, pair[::-1]) if not same(i, other))
            else:
                continue  # nobody knows the answer
            if acting:
                numbers.append(fractions(case.wanted) if "value" in (answers[i] or {}) else 0)
        return len(alone) == 2 or (len(alone | seen) == 2 and max(len(numbers), sum(numbers)) >= MANY)

    for pair in combinations(range(len(exercise.slips)), 2):
        if explained(pair):
            (one, help_with_one), (other, help_with_other) = (exercise.slips[number] for number in pair)
            return f"{one}; and {other}", f"{help_with_one} {help_with_other}"
    return None


def _recognise_in_some(
    exercise: ExerciseKey, same: Relation, acts: Relation, failed: list[int]
) -> tuple[str, str] | None:
    """Return the slip that explains the most of the cases that failed, two at least, and contradicts none that passed.

    Answers of few values agree by chance: a number with a fraction must be among those that are explained.
    Arguments are those of `_recognise_two`.
    """
    passed = [i for i, case in enumerate(exercise.cases) if not case.raises and i not in failed]
    explained = {
        number: [i for i in failed if same(i, number)]
        for number in range(len(exercise.slips))
        if not any(acts(i, number) for i in passed)
    }
    counts = sorted((len(cases) for cases in explained.values()), reverse=True)
    if not counts or counts[0] < 2 or counts[1:2] == counts[:1]:
        return None
    best = next(number for number, cases in explained.items() if len(cases) == counts[0])
    # Single numbers that are shares of few, such as error rates, agree by chance.
    if 2 * counts[0] < len(failed) and sum(fractions(exercise.cases[i].wanted) for i in explained[best]) <= MANY:
        return None
    if not any(fractions(exercise.cases[i].wanted) for i in explained[best]):
        return None
    title, text = exercise.slips[best]
    return (
        title,
        f"{text} That explains {counts[0]} of the {len(failed)} wrong answers; the others have another reason.",
    )


def _same_answer(exercise: ExerciseKey, case: CaseKey, slip: Answer, answer: Answer | None) -> bool:
    if answer is None or ("raised" in slip) != ("raised" in answer):
        return False
    if bool(slip.get("changed")) != bool(answer.get("changed")):
        return False
    if "raised" in slip:  # for one reason: "raise ValueError" for any other has another message
        return _raised(slip)[:1] == _raised(answer)[:1] and _reason(slip) == _reason(answer)
    return _verdict(exercise, case, slip, answer).same


def _raised(answer: Answer) -> list[str]:
    """Return the names of an exception's classes, whatever a student's process has sent."""
    return [str(name)[:60] for name in answer["raised"]] if isinstance(answer["raised"], list) else []


def _reason(answer: Answer) -> str:
    """Return an exception's message without its numbers and names, which depend on the inputs and on what a student wrote."""
    message = str(answer.get("message") or "")
    return re.sub(r"\W+", " ", re.sub(r"'[^']*'|\"[^\"]*\"|\w*\d\w*", "…", message))[:60]
