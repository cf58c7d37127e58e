"""A folder of hand-ins in; gradebook, feedback pages, tables of grades and a report out.

Every hand-in gets a result. Workers get bytes and return data; this process alone touches the gradebook and the feedback.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from dask.system import CPU_COUNT

from grader import build, collect, engine, handin, judge, living, record, sandbox
from grader.collect import HandIn
from grader.course import Course, reach
from grader.exercise import load
from grader.judge import Rulebook
from grader.key import draw
from grader.results import Change, Report, Result, mark_of
from grader.store import Key, Store, Stored, digest_of
from grader.workers import Answer, Task, Workers, as_data
from grader.zygote import Zygote, needs_of


def grade_folder(
    assignment: str,
    folder: Path,
    course: Course,
    sandboxed: bool = True,
    limits: sandbox.Limits | None = None,
    workers: int | None = None,
    scheduler: str = "",
    warm: bool = True,
    on_result: Callable[[Result], None] = lambda result: None,
) -> Report:
    """Grade every hand-in of a folder; what an earlier run has graded already is taken over.

    Arguments:
        workers -- processes on this machine, one a core without it
        scheduler -- address of a Dask scheduler, whose workers are used instead
        warm -- whether kernels are forked from one that has imported what the assignment needs
        on_result -- called with each result, as it comes

    Raises:
        NothingToGrade, NoSandbox, NoSuchAssignment, NoWorkers, NoGradebook -- before anything is run
    """
    declared = load(assignment)
    handins = collect.find(folder, assignment)
    if sandboxed:
        sandbox.require()
    living.sweep()
    reach(course)
    build.ensure(assignment, course)
    released = nbformat.read(course.release(assignment), 4)
    limits = limits or sandbox.Limits()

    report = Report(assignment, 0, build.points(released), course.folder / "grades")
    report.sandbox = "bubblewrap" if sandboxed else "none"
    terms = Terms(engine.of_run(released, limits, sandboxed), engine.of_exercises(declared))
    with ExitStack() as stack:
        store = Store(course, assignment)
        recorder = stack.enter_context(record.Recorder(course, store, report))
        report.canvas = {one.student: one.canvas for one in handins if one.canvas}
        handed_in = {one.student: one.handed_in for one in handins}
        run = Run(course, store, recorder, report, terms, handed_in, on_result)
        left = [one for one in handins if not run.take_over(one)]
        if left:
            zygote = ""
            if warm and sandboxed and not scheduler:  # it imports while the workers come up, once for all of them
                zygote = stack.enter_context(Zygote(needs_of(released), limits)).address
            report.seed = store.seed()
            rulebook = Rulebook(declared, released, draw(declared, report.seed), limits, sandboxed)
            count = min(workers or CPU_COUNT, len(left))
            run.judge(left, rulebook, Workers(rulebook, count, scheduler, warm, zygote))
            store.end_run()
    report.results = {one.student: report.results[one.student] for one in handins}
    report.others = len(store.students() - report.results.keys())
    record.write_pages(report, course)
    return report


@dataclass(frozen=True)
class Terms:
    """What results of this run depend on beside the hand-in, as digests."""

    run: str
    exercises: dict[str, str]


@dataclass
class Run:
    """A grading run: where its results are kept, recorded and told."""

    course: Course
    store: Store
    recorder: record.Recorder
    report: Report
    terms: Terms
    handed_in: dict[str, datetime | None]
    on_result: Callable[[Result], None]

    def take_over(self, one: HandIn) -> bool:
        """Take over the result of an earlier run, if it holds in every mark."""
        stored = self.store.read(one.student)
        if not stored or stored.holds(self._key(*_read(one))).keys() != self.terms.exercises.keys():
            return False
        self.report.seed = stored.seed
        self._record(stored.identity, stored.result)
        return True

    def judge(self, handins: list[HandIn], rulebook: Rulebook, workers: Workers) -> None:
        """Judge hand-ins and record each result as it comes."""
        keys: dict[str, Key] = {}
        notes = {one.student: one.notes for one in handins}

        def tasks() -> Iterator[Task]:
            for one in handins:
                raw, problem = _read(one)
                keys[one.student] = key = self._key(raw, problem)
                self._keep_original(one.student, raw)
                if problem:
                    graded = judge.reject(problem, rulebook)
                    graded.notes[:0] = one.notes
                    self._take(_answer(one.student, graded, rulebook), key)
                else:
                    stored = self.store.read(one.student)
                    yield Task(one.student, raw, one.notes, stored.holds(key) if stored else {})

        with workers:
            for answer in workers.judge(tasks()):
                key = keys.pop(answer.student)
                if answer.failed:
                    graded = judge.reject(f"The grader failed on this hand-in: {answer.failed}.", rulebook)
                    for mark in graded.marks.values():
                        mark.status = "error"
                    graded.notes[:0] = notes[answer.student]
                    self._take(_answer(answer.student, graded, rulebook), None)
                else:
                    self._take(answer, key)

    def _key(self, raw: bytes, problem: str) -> Key:
        return Key(digest_of(raw or problem.encode()), self.terms.run, self.terms.exercises)

    def _take(self, answer: Answer, key: Key | None) -> None:
        """Keep a new result, note what has changed since the one before, and record it."""
        marks = {name: mark_of(mark) for name, mark in answer.result.pop("marks").items()}
        result = Result(answer.student, marks, **answer.result)
        before = self.store.read(answer.student)
        identity = self.store.write(key, self.report.seed, result, answer.notebook)
        if before:
            self.report.changes += _changes(before, result)
        self._record(identity, result)

    def _record(self, identity: str, result: Result) -> None:
        self.report.results[result.student] = result
        self.recorder.record(identity, result, self.handed_in[result.student])
        for mark in result.marks.values():  # of what is right there is no more to say: a class of it fills the memory
            mark.cases = [case for case in mark.cases if not case.passed]
        self.on_result(result)

    def _keep_original(self, student: str, raw: bytes) -> None:
        submitted = self.course.path("submitted", self.report.assignment, student)
        submitted.mkdir(parents=True, exist_ok=True)
        (submitted / collect.ORIGINAL).write_bytes(raw)


def _read(one: HandIn) -> tuple[bytes, str]:
    """A hand-in's bytes, or why there are none to read."""
    if one.problem:
        return b"", one.problem
    try:
        return handin.read_file(one.path), ""
    except handin.Rejected as reason:
        return b"", str(reason)


def _answer(student: str, graded: judge.Graded, rulebook: Rulebook) -> Answer:
    result, notebook = as_data(graded, rulebook)
    return Answer(student, json.loads(result), notebook)


def _changes(before: Stored, now: Result) -> list[Change]:
    """The marks that are not what they were."""
    old = before.result.marks
    return [
        Change(now.student, name, old[name].points if name in old else 0.0, mark.points)
        for name, mark in now.marks.items()
        if name not in old or old[name].points != mark.points
    ]
