"""Many processes give the marks of one: warm and cold, here and on a cluster, and where workers are lost on the way."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import distributed
import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.batch import workers
from grader.batch.workers import Task, Workers
from grader.judging.judge import judge
from grader.judging.rulebook import Rulebook
from grader.sandbox.limits import Limits

ENDLESS = "import time\nwhile True:\n    time.sleep(0.1)"


@contextmanager
def cluster(count=2):
    """A scheduler and workers, each a process of its own, as somebody starts them by hand."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    port = address.rpartition(":")[2]
    started = [subprocess.Popen([*dask, "--host", "127.0.0.1", "--port", port, "--no-dashboard"], **quiet)]
    started += [subprocess.Popen([*worker, "--host", "127.0.0.1"], **quiet) for _ in range(count)]
    try:
        with distributed.Client(address, timeout=60) as client:
            if count:
                client.wait_for_workers(count, timeout=60)
        yield address
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def folder(rulebook, assignment):
    """Hand-ins of several kinds, by student."""
    slips = {name: assignment.exercises[name].slips[0].code for name in ("convolve2d", "pool_forward", "im2col")}
    right = sample_hand_ins.solved(rulebook.released, assignment)
    wrong_helper = sample_hand_ins.solved(
        rulebook.released, assignment, {"zero_pad": "def zero_pad(X, pad):\n    return X"}
    )
    noisy = sample_hand_ins.add_cell(nbformat.reads(nbformat.writes(right), 4), "import os\nos._exit(3)")
    made = {
        "right": right,
        "slips": sample_hand_ins.solved(rulebook.released, assignment, slips),
        "helper": wrong_helper,
    }
    made |= {"noisy": noisy, "unsolved": rulebook.released}
    return {student: nbformat.writes(notebook).encode() for student, notebook in made.items()} | {"broken": b"{"}


def marks_of(answers):
    return {
        student: (failure, result and result.marks, result and result.notes) for student, result, failure in answers
    }


def graded(folder, rulebook, **how):
    tasks = [Task(student, raw, []) for student, raw in folder.items()]
    with Workers(rulebook, **how) as pool:
        return marks_of(pool.judge(tasks))


@pytest.fixture(scope="module")
def alone(folder, rulebook):
    """The marks that each gets in a cold kernel, with no worker at all."""
    return marks_of((student, judge(raw, rulebook), "") for student, raw in folder.items())


@pytest.mark.parametrize(
    "how",
    [
        {"count": 2},
        pytest.param({"count": 2, "warm": False}, marks=pytest.mark.slow),
        pytest.param({"count": 1}, marks=pytest.mark.slow),
        pytest.param({"count": 8}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_marks_do_not_depend_on_workers_nor_on_a_warm_start(folder, rulebook, alone, how):
    assert graded(folder, rulebook, **how) == alone


def test_a_cluster_gives_the_same_marks(folder, rulebook, alone):
    with cluster() as address:
        assert graded(folder, rulebook, count=0, scheduler=address) == alone


@contextmanager
def killing(pool, student, times):
    """Kill the worker that has a student's hand-in, so many times."""
    done = threading.Event()
    killed = []

    def kill():
        while not done.is_set() and len(killed) < times:
            pids = pool.client.run(os.getpid)
            for address, keys in pool.client.processing().items():
                pid = pids.get(address)
                if pid not in killed and any(str(key).endswith(f" {student}") for key in keys):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            time.sleep(0.5)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


def with_an_endless_loop(rulebook, assignment, folder):
    notebook = sample_hand_ins.add_cell(sample_hand_ins.solved(rulebook.released, assignment), ENDLESS)
    raw = nbformat.writes(notebook).encode()
    return [Task("endless", raw, [])] + [Task(student, raw, []) for student, raw in folder.items()]


def test_a_lost_worker_loses_no_hand_in(folder, rulebook, assignment, alone):
    tasks = with_an_endless_loop(rulebook, assignment, folder)
    soon = replace(rulebook, limits=replace(rulebook.limits, cell_seconds=6))
    with Workers(soon, 2) as pool, killing(pool, "endless", 1) as killed:
        marks = marks_of(pool.judge(tasks))
    assert len(killed) == 1
    failed, of_endless, notes = marks.pop("endless")
    assert not failed
    assert {mark.status for mark in of_endless.values()} == {"passed"}
    assert "stopped after 6 s" in notes[0]
    assert marks == alone


def test_a_hand_in_that_ends_three_workers_is_not_tried_for_ever(folder, rulebook, assignment, alone):
    tasks = with_an_endless_loop(rulebook, assignment, folder)
    with Workers(rulebook, 2) as pool, killing(pool, "endless", 9) as killed:
        marks = marks_of(pool.judge(tasks))
    assert len(killed) == 3
    failed, _, _ = marks.pop("endless")
    assert failed == "it has ended 3 workers, one after the other"
    assert marks == alone


def test_no_scheduler_and_no_workers_are_told_in_a_sentence(rulebook, monkeypatch):
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 2)
    with (
        pytest.raises(workers.NoWorkers, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"),
        Workers(rulebook, 0, "tcp://127.0.0.1:9"),
    ):
        pass
    with cluster(0) as address, pytest.raises(workers.NoWorkers, match="no workers"), Workers(rulebook, 0, address):
        pass


def test_a_worker_with_another_version_of_the_course_is_refused(rulebook, monkeypatch):
    monkeypatch.setattr(workers, "of_judging", lambda: "another")
    with pytest.raises(workers.NoWorkers, match="another version of the course"), Workers(rulebook, 1):
        pass


def test_a_rulebook_travels_as_data(rulebook):
    twin = Rulebook.from_json(rulebook.to_json())
    assert twin.key == rulebook.key
    assert twin.lent == rulebook.lent
    assert twin.limits == Limits(cell_seconds=15, exercise_seconds=5, submission_seconds=60)
    assert twin.to_json() == rulebook.to_json()
