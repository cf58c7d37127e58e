"""Measure `course bench grading`: a class graded by this grader and by stock nbgrader, on one machine in one run."""

from __future__ import annotations

import os
import shutil
import statistics as middle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import psutil
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.audit import residue, sample_hand_ins
from grader.base.course import Course
from grader.batch import grading_run
from grader.bench.measuring import Measurement, digits, seconds
from grader.judging.judge import judge
from grader.judging.result import Result
from grader.judging.rulebook import Rulebook
from grader.publishing import build
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.limits import Limits
from grader.sandbox.preload import preload_of
from grader.spec.exercise import Assignment
from grader.spec.registry import load
from grader.submission.cells import is_training

ASSIGNMENT = "w1_conv"
CLASS, LARGE_CLASS = 20, 1000
OF_LOOPS = 5  # hand-ins written with loops that stock nbgrader grades: each takes it a quarter of a minute
MEGABYTE = 1e6
STOCK = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\nraise NotImplementedError"}}
c.ExecutePreprocessor.timeout = 120
"""


def grading() -> list[Measurement]:
    """Measure what is promised of grading: against stock nbgrader, for a large class, and with one and two workers."""
    with TemporaryDirectory(prefix="bench-") as folder:
        small = Bench(Path(folder) / "small", _imports_tensorflow)
        rows = [small.against_stock("a notebook that imports TensorFlow", 12), small.own_cost()]
        whole = Bench(Path(folder) / "whole", _without_training)
        rows += [whole.against_stock(ASSIGNMENT, 10), whole.two_workers()]
        loops = Bench(Path(folder) / "loops", _without_training, written="loops")
        rows.append(loops.against_stock(f"{ASSIGNMENT} written with loops", 15, OF_LOOPS))
        return rows + Bench(Path(folder) / "large", sample_hand_ins.without_given_figures).large_class()


def _imports_tensorflow(notebook: NotebookNode) -> NotebookNode:
    notebook = sample_hand_ins.without_given_figures(notebook)
    notebook.cells.insert(0, new_code_cell("import tensorflow as tf", metadata={"tags": ["setup"]}, id="tensorflow"))
    return notebook


def _without_training(notebook: NotebookNode) -> NotebookNode:
    """Remove the cells that train a network: only nbgrader would run them, and the comparison would be unfair to it."""
    notebook.cells = [cell for cell in notebook.cells if not is_training(cell)]
    return notebook


def course_with(change: Callable[[NotebookNode], NotebookNode], folder: Path) -> Course:
    """Return a new course whose notebook is released changed."""
    course = Course(folder)
    build.ensure(ASSIGNMENT, course)
    for step in ("source", "release"):
        path = course.path(step, ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
        nbformat.write(change(nbformat.read(path, 4)), path)
    return course


class Bench:
    """A course with a changed notebook, and a class's hand-ins for it."""

    def __init__(self, folder: Path, change: Callable[[NotebookNode], NotebookNode], written: str = ""):
        """
        Arguments:
            change -- makes the notebook from the course's
            written -- title of the variants that the class hands in; otherwise it hands in the references
        """
        self.folder, self.change = folder, change
        self.assignment: Assignment = load(ASSIGNMENT)
        self.written = {
            name: variant.code
            for name, one in self.assignment.exercises.items()
            for variant in one.variants
            if variant.title == written
        }
        self.released = nbformat.read(self._course("template").release(ASSIGNMENT), 4)
        self.cpu = 0.0  # seconds that this process, the coordinator, used for the last class

    def _course(self, name: str) -> Course:
        """Return a new course with the changed notebook released."""
        return course_with(self.change, self.folder / name)

    def class_of(self, count: int) -> Iterator[tuple[str, NotebookNode]]:
        """Yield hand-ins of 20 kinds, each with a different comment."""
        names = list(self.assignment.exercises)
        for number in range(count):
            kind = number % CLASS
            wrong = {names[kind - 5]: self.assignment.exercises[names[kind - 5]].slips[0].code} if kind >= 5 else {}
            notebook = sample_hand_ins.solved(self.released, self.assignment, {**self.written, **wrong})
            yield f"s{number:04}", sample_hand_ins.add_cell(notebook, f"# hand-in {number}", len(notebook.cells))

    def ours(self, count: int, told: Callable[[Result], None] = lambda result: None, **how: Any) -> float:
        """Return the seconds that `course grade` takes for a class, from an empty course to the last feedback page."""
        course = self._course(f"ours-{count}-{how}")
        hand_ins = self.folder / f"hand-ins-{count}"
        hand_ins.mkdir(exist_ok=True)
        for student, notebook in self.class_of(count):
            nbformat.write(notebook, hand_ins / f"{student}.ipynb")
        start, cpu = time.perf_counter(), time.process_time()
        report = grading_run.grade_folder(ASSIGNMENT, hand_ins, course, on_result=told, **how)
        elapsed, self.cpu = time.perf_counter() - start, time.process_time() - cpu
        if report.problems or any(result.rejected for result in report.results.values()):
            raise RuntimeError(f"the bench's hand-ins were not graded: {report.problems}")
        shutil.rmtree(course.folder)
        return elapsed

    def stock(self, count: int = CLASS) -> float:
        """Return the seconds of `nbgrader autograde` for hand-ins, with its own preprocessors; it makes no feedback."""
        root = self.folder / "stock"
        (root / "source").mkdir(parents=True)
        shutil.copytree(self.folder / "template" / "source" / ASSIGNMENT, root / "source" / ASSIGNMENT)
        (root / "nbgrader_config.py").write_text(STOCK.format(root=str(root)))
        self._nbgrader(root, "generate_assignment", ASSIGNMENT)
        for student, notebook in self.class_of(count):
            submitted = root / "submitted" / student / ASSIGNMENT
            submitted.mkdir(parents=True)
            nbformat.write(notebook, submitted / f"{ASSIGNMENT}.ipynb")
        start = time.perf_counter()
        self._nbgrader(root, "autograde", ASSIGNMENT)
        return time.perf_counter() - start

    def _nbgrader(self, root: Path, *arguments: str) -> None:
        paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, env={**os.environ, "PATH": paths})
        if done.returncode:
            raise RuntimeError(f"nbgrader {arguments[0]} failed: {done.stderr[-1000:]}")

    def against_stock(self, what: str, target: float, count: int = CLASS) -> Measurement:
        """Compare hand-ins an hour with stock nbgrader's, which runs the given cells that only show something as well.

        Our time is the mean of one run before nbgrader's and one after, because a machine's speed drifts.

        Arguments:
            count -- how many of the class's hand-ins nbgrader grades, one after the other
        """
        before, theirs, after = self.ours(CLASS), self.stock(count), self.ours(CLASS)
        ours = (before + after) / 2
        ratio = theirs / count / (ours / CLASS)
        met, wanted = ratio >= target, f"≥ {target:g}x"
        peer = "nbgrader autograde" + f", {count} of them" * (count < CLASS)
        return Measurement(f"{CLASS} hand-ins, {what}", ours, peer, theirs, f"{digits(ratio)}x", wanted, met)

    def two_workers(self) -> Measurement:
        """Compare the same class with two workers and with one; the run with two is done before and after."""
        before, one, after = (self.ours(CLASS, workers=count) for count in (2, 1, 2))
        two = (before + after) / 2
        ratio = one / two
        return Measurement(
            f"{CLASS} hand-ins, two workers", two, "one worker", one, f"{digits(ratio)}x", "≥ 1.7x", ratio >= 1.7
        )

    def own_cost(self) -> Measurement:
        """Measure the grader's own CPU time for a hand-in, without that of the student's cells and functions."""

        rulebook = Rulebook.draw(self.assignment, self.released, 1)
        raws = [nbformat.writes(notebook).encode() for _, notebook in self.class_of(5)]
        with KernelFactory(Limits(), True, True, preload_of(self.released)) as kernels:
            judging = middle.median([_cpu(partial(judge, raw, rulebook, kernels)) for raw in raws])
            starting = middle.median([_cpu_of_start(kernels) for _ in raws])
        coordinating = {}
        for count in (2, 2 + CLASS):
            self.ours(count)
            coordinating[count] = self.cpu
        recording = (coordinating[2 + CLASS] - coordinating[2]) / CLASS
        own = judging + starting + recording
        figure = f"{seconds(own)} CPU"
        parts = f"start {seconds(starting)}, judge {seconds(judging)}, record {seconds(recording)}"
        return Measurement(f"the grader's own cost a hand-in: {parts}", own, "", None, figure, "≤ 0.4 s", own <= 0.4)

    def large_class(self) -> list[Measurement]:
        """Grade a thousand hand-ins, and measure memory, speed from the first to the last, and what is left behind."""
        times: list[float] = []
        memory: list[float] = []
        process = psutil.Process()

        def told(result: Result) -> None:
            times.append(time.perf_counter())
            memory.append(process.memory_info().rss / MEGABYTE)

        with _leaving_nothing() as left:
            elapsed = self.ours(LARGE_CLASS, told)
        hundred = LARGE_CLASS // 10
        first, last = times[hundred] - times[0], times[-1] - times[-1 - hundred]
        growth = middle.mean(memory[-hundred:]) - middle.mean(memory[:hundred])
        slower = last / first
        what = f"{LARGE_CLASS} hand-ins"
        return [
            Measurement(
                f"{what}, coordinator at most",
                elapsed,
                "",
                None,
                f"{max(memory):.0f} MB",
                "< 400 MB",
                max(memory) < 400,
            ),
            Measurement(
                f"{what}, last hundred more than first", None, "", None, f"{growth:+.0f} MB", "≤ 40 MB", growth <= 40
            ),
            Measurement(
                f"{what}, last hundred", last, "first hundred", first, f"{digits(slower)}x", "≤ 1.15x", slower <= 1.15
            ),
            Measurement(f"{what}, left behind", None, "", None, ", ".join(left) or "nothing", "nothing", not left),
        ]


@contextmanager
def _leaving_nothing() -> Iterator[list[str]]:
    """Collect the processes, sockets, mounts and folders that were not there before."""
    resource_tracker.ensure_running()  # Python's own process, which ends with this one: it must not count as left
    before = residue.found()
    left: list[str] = []
    yield left
    left += residue.since(before)


def _cpu(function: Callable[[], object]) -> float:
    """Return the CPU seconds of this process for a call, without its children's."""
    start = time.process_time()
    function()
    return time.process_time() - start


def _cpu_of_start(kernels: KernelFactory) -> float:
    """Return the CPU seconds until a kernel is ready, its own and ours."""
    start = time.process_time()
    with kernels.start() as kernel:
        ours = time.process_time() - start
        outcome = kernel.run("import time; time.process_time()", 30)
    return ours + float(outcome.outputs[0]["data"]["text/plain"])
