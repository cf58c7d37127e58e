"""Grade a folder of hand-ins into the gradebook, feedback pages, tables of grades and a report.

Every hand-in gets a result. Workers get bytes and return results; only this process touches the gradebook and the
feedback.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from grader.base.course import Course
from grader.base.files import write_atomically
from grader.batch import inbox
from grader.batch.inbox import HandIn
from grader.gradebook.database import reach
from grader.judging.digests import of_exercises, of_run
from grader.judging.judge import reject
from grader.judging.result import Result
from grader.judging.rulebook import Rulebook
from grader.judging.store import Provenance, ResultStore, digest_of
from grader.publishing import build
from grader.reports.grading_report import Change, Report
from grader.sandbox import bubblewrap, process
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.limits import Limits
from grader.sandbox.preload import preload_of
from grader.spec.registry import load
from grader.submission.rebuilding import has_work

if TYPE_CHECKING:
    from grader.batch.workers import Workers
    from grader.gradebook.recorder import Recorder


def grade_folder(
    assignment: str,
    folder: Path,
    course: Course,
    sandboxed: bool = True,
    limits: Limits | None = None,
    workers: int | None = None,
    scheduler: str = "",
    warm: bool = True,
    figures: bool = False,
    on_found: Callable[[int], object] = lambda count: None,
    on_result: Callable[[Result], object] = lambda result: None,
) -> Report:
    """Grade every hand-in of a folder; results of an earlier run that still hold are reused.

    Arguments:
        workers -- number of processes on this machine; by default one for each core
        scheduler -- address of a Dask scheduler, whose workers are used instead
        warm -- whether kernels are forked from one that has imported what the assignment needs
        figures -- whether given cells that only show something are run as well, for the feedback pages
        on_found -- called once, with the number of hand-ins
        on_result -- called with each result as it arrives

    Raises:
        NothingToGrade, NoSandbox, NoSuchAssignment, NoWorkers, NoGradebook -- before anything is run
    """
    declared = load(assignment)
    found = inbox.find(folder, assignment)
    if sandboxed:
        bubblewrap.require()
    process.sweep()
    reach(course)
    build.ensure(assignment, course)
    released = nbformat.read(course.release(assignment), 4)
    limits = limits or Limits()
    on_found(len(found.hand_ins))

    report = Report(assignment, 0, build.points(released), course.folder / "grades")
    report.sandbox = "bubblewrap" if sandboxed else "none"
    report.canvas = {one.student: one.canvas for one in found.hand_ins if one.canvas}
    report.ignored = found.ignored
    store = ResultStore(course, assignment)
    with ExitStack() as stack:
        fork_server = ""
        forks = warm and sandboxed and not scheduler  # one process imports once for all workers
        if forks and not {one.student for one in found.hand_ins} <= store.students():
            fork_server = stack.enter_context(ForkServer(preload_of(released), limits)).address
        # Dask and nbgrader take seconds to import: after what may refuse to begin, and while the fork server imports.
        from dask.system import CPU_COUNT

        from grader.batch.workers import Workers
        from grader.gradebook import recorder as recording

        recorder = stack.enter_context(recording.Recorder(course, store, report))
        terms = Terms(of_run(released, limits, sandboxed, figures), of_exercises(declared))
        run = GradingRun(course, store, recorder, report, terms, released, on_result)
        left = [pending for pending in map(run.look_at, found.hand_ins) if pending]
        if left:
            if forks and not fork_server:
                fork_server = stack.enter_context(ForkServer(preload_of(released), limits)).address
            report.seed = store.seed()
            rulebook = replace(Rulebook.draw(declared, released, report.seed, limits, sandboxed), figures=figures)
            count = min(workers or CPU_COUNT, len(left))
            run.judge(left, rulebook, Workers(rulebook, count, scheduler, warm, fork_server))
            store.end_run()
    report.results = {one.student: report.results[one.student] for one in found.hand_ins}
    report.others = len(store.students() - report.results.keys())
    recording.write_pages(report, course)
    return report


@dataclass(frozen=True)
class Terms:
    """Digests of what the results of this run depend on besides the hand-in."""

    run: str
    exercises: dict[str, str]


@dataclass(frozen=True)
class Pending:
    """A hand-in that is still to be judged.

    Attributes:
        copy -- our own copy of the file: a student's file is read once, whatever happens to it later
        kept -- JSON of the marks that are still valid
        before -- points of the previous run, by exercise; None if there was none
    """

    hand_in: HandIn
    copy: Path
    provenance: Provenance
    kept: str
    before: dict[str, float] | None


@dataclass
class GradingRun:
    """A grading run: it takes each hand-in from the folder to the gradebook."""

    course: Course
    store: ResultStore
    recorder: Recorder
    report: Report
    terms: Terms
    released: NotebookNode
    on_result: Callable[[Result], object]

    def look_at(self, hand_in: HandIn) -> Pending | None:
        """Read a hand-in and its stored result once; reuse the result if every mark is still valid."""
        hand_in, raw = inbox.open_hand_in(hand_in, lambda raw: has_work(self.released, raw))
        provenance = Provenance(digest_of(raw or hand_in.problem.encode()), self.terms.run, self.terms.exercises)
        stored = self.store.read(hand_in.student)
        before, kept = None, {}
        if stored:
            try:
                result = stored.result
                before = {name: mark.points for name, mark in result.marks.items()}
                kept = stored.kept(provenance)
            except (ValueError, KeyError, TypeError):
                stored = None  # a damaged file is replaced by a new one
        if stored and kept.keys() == self.terms.exercises.keys():
            self.report.seed = result.seed
            self._record(stored.identity, result, hand_in.handed_in)
            return None
        copy = self.course.path("submitted", self.report.assignment, hand_in.student) / inbox.ORIGINAL
        write_atomically(copy, raw)
        kept_text = json.dumps({name: asdict(mark) for name, mark in kept.items()})
        return Pending(hand_in, copy, provenance, kept_text, before)

    def judge(self, pending: list[Pending], rulebook: Rulebook, workers: Workers) -> None:
        """Judge hand-ins, and record each result as it arrives."""
        from grader.batch.workers import Task

        waiting = {one.hand_in.student: one for one in pending}

        def tasks() -> Iterator[Task]:
            for one in pending:
                student, notes = one.hand_in.student, one.hand_in.notes
                if one.hand_in.problem:
                    self._take(waiting.pop(student), reject(one.hand_in.problem, rulebook, student, notes))
                else:
                    yield Task(student, one.copy.read_bytes(), notes, one.kept)

        with workers:
            for student, result, failure in workers.judge(tasks()):
                one = waiting.pop(student)
                if result is None:
                    sentence = f"The grader failed on this hand-in: {failure}."
                    result = reject(sentence, rulebook, student, one.hand_in.notes, status="error")
                self._take(one, result, failed=bool(failure))

    def _take(self, one: Pending, result: Result, failed: bool = False) -> None:
        """Store a new result, note what has changed since the previous one, and record it.

        Arguments:
            failed -- whether the grader itself failed: then the next run tries again
        """
        identity = self.store.write(result, None if failed else one.provenance)
        if one.before is not None:
            self.report.changes += _changes(one.before, result)
        self._record(identity, result, one.hand_in.handed_in)

    def _record(self, identity: str, result: Result, handed_in: datetime | None) -> None:
        self.report.results[result.student] = result
        self.recorder.record(identity, result, handed_in)
        for mark in result.marks.values():  # passed cases are not needed any more; a class's would fill the memory
            mark.cases = [case for case in mark.cases if not case.passed]
        self.on_result(result)


def _changes(before: dict[str, float], now: Result) -> list[Change]:
    """Return the marks that differ from the previous ones."""
    return [
        Change(now.student, name, before.get(name, 0.0), mark.points)
        for name, mark in now.marks.items()
        if before.get(name) != mark.points
    ]
