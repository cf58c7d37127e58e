"""Measure `course bench faults`: a class is graded while parts are killed, the disk fills and machines are lost.

Whatever fails, nothing is lost, nothing is graded twice, and the marks are those of an undisturbed run.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import psutil

from grader.audit import sample_hand_ins
from grader.base.course import Course
from grader.base.paths import ROOT
from grader.bench import postgresql
from grader.bench.grading import ASSIGNMENT, course_with
from grader.bench.machines import HERE, THERE, Machines, two_machines
from grader.bench.measuring import Measurement, seconds
from grader.spec.registry import load

CLASS, STRIKES = 200, 10
COURSE = Path(sys.executable).parent / "course"
SMALL_DISK = 2_500_000  # bytes: a few results, and no room for a class's
GIVE_UP_SECONDS = 900
UNTIL_BOTH = """
import distributed, sys
with distributed.Client(sys.argv[1], timeout=60) as client:
    client.wait_for_workers(2, timeout=60)
"""
# A lost machine is missed when it has not been heard of for so long; five minutes without this setting of Dask.
MISSED = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"}


def faults(count: int = CLASS, strikes: int = STRIKES, seed: int = 0) -> list[Measurement]:
    """Grade a class undisturbed, and then once with each fault.

    Arguments:
        count -- of hand-ins
        strikes -- how often a part is killed in a run, at random moments
    """
    with TemporaryDirectory(prefix="bench-") as folder:
        one = Faults(Path(folder), count, random.Random(seed))
        rows: list[Measurement | None] = [one.killed(part, strikes) for part in PARTS]
        rows += [one.scheduler_killed(), one.machine_lost(), one.disk_full(), one.database_stopped()]
        return [row for row in rows if row]


def _is_coordinator(process: psutil.Process, coordinator: int) -> bool:
    return process.pid == coordinator


def _is_worker(process: psutil.Process, coordinator: int) -> bool:
    return any("multiprocessing.spawn" in word or "spawn_main" in word for word in process.cmdline())


def _is_fork_server(process: psutil.Process, coordinator: int) -> bool:
    return "/fork_server.py" in process.cmdline() and process.name() != "bwrap"


PARTS: dict[str, Callable[[psutil.Process, int], bool]] = {
    "the coordinator": _is_coordinator,
    "a worker": _is_worker,
    "the fork server, a spawner or a kernel": _is_fork_server,
}


class Faults:
    """A class's hand-ins, and the marks that they get where nothing fails."""

    def __init__(self, folder: Path, count: int, chance: random.Random):
        self.folder, self.count, self.chance = folder, count, chance
        self.assignment = load(ASSIGNMENT)
        course = self._course("undisturbed")
        released = sample_hand_ins.without_given_figures(nbformat.read(course.release(ASSIGNMENT), 4))
        slip = {"zero_pad": self.assignment.exercises["zero_pad"].slips[0].code}
        self.hand_ins = folder / "hand-ins"
        self.hand_ins.mkdir()
        for number in range(count):
            notebook = sample_hand_ins.solved(released, self.assignment, slip if number % 2 else {})
            sample_hand_ins.add_cell(notebook, f"# hand-in {number}", len(notebook.cells))
            nbformat.write(notebook, self.hand_ins / f"s{number:04}.ipynb")
        start = time.perf_counter()
        with self._grading(course) as process:
            self._ended(process)
        self.seconds = time.perf_counter() - start
        self.marks = _marks(course)
        if len(self.marks) != count:
            raise RuntimeError(f"the bench's hand-ins were not graded: {len(self.marks)} of {count} have marks")

    def _course(self, name: str) -> Course:
        """Return a new course with the notebook released without the cells that only show something."""
        return course_with(sample_hand_ins.without_given_figures, self.folder / name)

    @contextmanager
    def _grading(self, course: Course, *more: str, within: list[str] | None = None) -> Iterator[subprocess.Popen]:
        """Yield `course grade` as a process of its own; nothing of it is left afterwards."""
        line = [*(within or []), str(COURSE), "grade", ASSIGNMENT, str(self.hand_ins), *more]
        environment = {**os.environ, "COURSE_FOLDER": str(course.folder), "COLUMNS": "200"}
        with (self.folder / "said").open("w") as said:
            process = subprocess.Popen(
                line, stdout=said, stderr=said, env=environment, cwd=ROOT, start_new_session=True
            )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _ended(self, process: subprocess.Popen) -> int:
        return process.wait(timeout=GIVE_UP_SECONDS)

    def said(self) -> str:
        """Return what the last grading printed."""
        return (self.folder / "said").read_text()

    def killed(self, part: str, strikes: int) -> Measurement:
        """Kill a part of the grader at random moments; where the grading ends by that, it is started again."""
        course = self._course(part.replace(" ", "-"))
        kept: dict[str, int] = {}
        start, left, twice = time.perf_counter(), strikes, 0
        for _ in range(strikes + 2):
            with self._grading(course, "--workers", "2") as process:
                while left and process.poll() is None:
                    time.sleep(self.chance.uniform(0.5, 1.5 * self.seconds / strikes))
                    twice += _graded_again(course, kept)
                    left -= _strike(process.pid, PARTS[part])
                if self._ended(process) == 0:
                    break
        twice += _graded_again(course, kept)
        return self._row(
            f"{part} killed {strikes - left} times", course, time.perf_counter() - start, twice, self.said()
        )

    def scheduler_killed(self) -> Measurement:
        """Kill a scheduler that the workers are reached by, in the middle; then grade on with another one."""
        course, start = self._course("scheduler"), time.perf_counter()
        kept: dict[str, int] = {}
        with _cluster() as (address, processes), self._grading(course, "--scheduler", address) as process:
            self._half(course)
            _graded_again(course, kept)
            processes[0].kill()
            status = self._ended(process)
        ended = self.said()
        with _cluster() as (address, _), self._grading(course, "--scheduler", address) as process:
            self._ended(process)
        twice = _graded_again(course, kept) + (status == 0)  # it cannot have ended well
        return self._row("the scheduler killed", course, time.perf_counter() - start, twice, ended + self.said())

    def machine_lost(self) -> Measurement | None:
        """Cut off the machine of one of two workers that somebody started by hand: no connection is closed."""
        with two_machines() as machines:
            if machines is None:
                return None
            course, start = self._course("machine"), time.perf_counter()
            kept: dict[str, int] = {}
            with (
                _cluster(machines) as (address, _),
                self._grading(course, "--scheduler", address, within=machines.here) as process,
            ):
                self._half(course)
                _graded_again(course, kept)
                machines.cut()
                self._ended(process)
            twice = _graded_again(course, kept)
            return self._row("a worker's machine lost", course, time.perf_counter() - start, twice, self.said())

    def disk_full(self) -> Measurement | None:
        """Grade into a disk with room for a few results, which then gets larger."""
        within = ["unshare", "--user", "--map-root-user", "--mount"]
        if not shutil.which("unshare") or subprocess.run([*within, "true"], capture_output=True).returncode:
            return None
        course, start = self._course("disk"), time.perf_counter()
        status, after = self.folder / "status", Course(self.folder / "after")
        whole = self.folder / "whole"
        script = f"""
            cp -r {course.folder} {whole}; mount -t tmpfs -o size={SMALL_DISK} none {course.folder}
            cp -r {whole}/. {course.folder}; "$@"; echo $? > {status}
            mount -o remount,size=1g {course.folder}; "$@"; cp -r {course.folder} {after.folder}"""
        with self._grading(course, within=[*within, "sh", "-c", script, "sh"]) as process:
            self._ended(process)
        well = status.read_text().strip() == "0"  # it cannot have ended well
        return self._row("the disk full", after, time.perf_counter() - start, int(well), self.said())

    def database_stopped(self) -> Measurement | None:
        """Stop PostgreSQL in the middle; then start it again, and grade on."""
        with postgresql.server() as server:
            if server is None:
                return None
            course, start = self._course("database"), time.perf_counter()
            kept: dict[str, int] = {}
            url = server.new_database("gradebook")
            with self._grading(course, "--db", url) as process:
                self._half(course)
                _graded_again(course, kept)
                server.stop()
                status = self._ended(process)
            ended = self.said()
            server.start()
            with self._grading(course, "--db", url) as process:
                self._ended(process)
            twice = _graded_again(course, kept) + (status == 0)
            return self._row("PostgreSQL stopped", course, time.perf_counter() - start, twice, ended + self.said())

    def _half(self, course: Course) -> None:
        """Wait until half of a class is graded."""
        end = time.monotonic() + GIVE_UP_SECONDS
        while len(_results(course)) < self.count / 2 and time.monotonic() < end:
            time.sleep(0.05)

    def _row(self, what: str, course: Course, elapsed: float, twice: int, said: str) -> Measurement:
        now = _marks(course)
        wrong = {student for student, marks in self.marks.items() if now.get(student) != marks}
        parts = [f"{len(wrong)} lost or with other marks"] * bool(wrong) + [f"{twice} graded twice"] * bool(twice)
        parts += ["a traceback"] * ("Traceback" in said)
        figure = ", ".join(parts) or "the same marks"
        return Measurement(
            f"{self.count} hand-ins, {what}", elapsed, "undisturbed", self.seconds, figure, "the same marks", not parts
        )


def _results(course: Course) -> dict[str, Path]:
    return {path.stem: path for path in (course.folder / "results" / ASSIGNMENT).glob("*.json")}


def _marks(course: Course) -> dict[str, dict[str, float]]:
    """Return the points of each function, by student, as they are stored."""
    found = {}
    for student, path in _results(course).items():
        marks = json.loads(path.read_text().splitlines()[1])["marks"]
        found[student] = {name: mark["points"] for name, mark in marks.items()}
    return found


def _graded_again(course: Course, kept: dict[str, int]) -> int:
    """Return how many of the results that were seen before are other files now, and keep all for the next look."""
    now = {student: path.stat().st_mtime_ns for student, path in _results(course).items()}
    again = sum(now.get(student) != seen for student, seen in kept.items())
    kept.update(now)
    return again


def _strike(coordinator: int, is_part: Callable[[psutil.Process, int], bool]) -> int:
    """Kill the first process that is such a part; return how many were killed."""
    with suppress(psutil.Error):
        main = psutil.Process(coordinator)
        for process in [main, *main.children(recursive=True)]:
            with suppress(psutil.Error):
                if is_part(process, coordinator):
                    process.kill()
                    return 1
    return 0


@contextmanager
def _cluster(machines: Machines | None = None) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Yield a scheduler's address, and its process and those of two workers, as somebody starts them by hand.

    Arguments:
        machines -- the second worker is on the second one; otherwise all are on this machine
    """
    host, other = (HERE, THERE) if machines else ("127.0.0.1", "127.0.0.1")
    here, there = (machines.here, machines.there) if machines else ([], [])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://{host}:{port}"
    scheduler = ["dask_scheduler", "--host", host, "--no-dashboard", "--port", str(port)]
    workers = [["dask_worker", address, "--host", one, "--no-dashboard", "--nthreads", "1"] for one in (host, other)]
    started = [
        subprocess.Popen(
            [*machine, sys.executable, "-m", f"distributed.cli.{name}", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, **MISSED},
        )
        for machine, (name, *arguments) in zip((here, here, there), (scheduler, *workers), strict=True)
    ]
    try:
        subprocess.run([*here, sys.executable, "-c", UNTIL_BOTH, address], check=True, timeout=120)
        yield address, started
    finally:
        for process in reversed(started):
            with suppress(psutil.Error):
                for child in psutil.Process(process.pid).children(recursive=True):
                    with suppress(psutil.Error):
                        child.kill()
            process.kill()
            process.wait()


def summary(rows: list[Measurement]) -> str:
    """Return the rows as lines, for a test's message."""
    return "\n".join(f"{row.what}: {seconds(row.ours)}, {row.figure}" for row in rows)
