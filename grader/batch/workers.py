"""Judge on many processes with Dask distributed: on this machine by default, on a cluster by its scheduler's address.

Hand-ins are sent as bytes and results return as data; a worker never sees the gradebook. A lost worker is replaced
and its hand-in judged again, but a hand-in that has ended three workers is given up. Dask sends pickles between the
instructor's own processes, so students must not be able to reach a scheduler.
"""

from __future__ import annotations

import json
import logging
import resource
import uuid
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import dask
import distributed
from distributed.diagnostics.plugin import WorkerPlugin

from grader.base import interrupts
from grader.base.dependencies import of_judging
from grader.base.errors import CourseError
from grader.judging.judge import judge
from grader.judging.result import Result
from grader.judging.rulebook import Rulebook
from grader.sandbox import bubblewrap
from grader.sandbox.kernel_factory import KernelFactory, share
from grader.sandbox.preload import preload_of
from grader.scoring.marks import Mark

LOST_WORKERS = 3  # that one hand-in may end
# Bytes of data of a worker, which needs a quarter of it: a limit behind all others on what a hand-in takes.
MEMORY = 2_000_000_000
CONNECT_SECONDS = 30
LOST_SCHEDULER = "The scheduler was lost. What is judged is kept: start it again, and grade again."


class NoWorkers(CourseError):
    """Signals that the workers cannot be used; the message says why."""


class Judging(WorkerPlugin):
    """A plugin that holds what a worker keeps for a grading run: the rulebook, and the source of its kernels."""

    def __init__(self, rulebook: str, warm: bool, engine: str, fork_server: str, count: int):
        """
        Arguments:
            count -- of the workers that share this machine; 0 if that is not known
        """
        self.name = f"judging-{uuid.uuid4()}"
        self.text, self.warm, self.engine, self.fork_server = rulebook, warm, engine, fork_server
        self.count = count

    def setup(self, worker: distributed.Worker) -> None:
        """Prepare a worker; Dask calls this in every present and future worker.

        Raises:
            CourseError -- if hand-ins cannot be judged there
        """
        if of_judging() != self.engine:
            raise NoWorkers(f"The worker {worker.address} has another version of the course than this machine.")
        if worker.nanny:  # otherwise it shares its process with somebody else
            _limit_memory()
        self.rulebook = Rulebook.from_json(self.text)
        if self.rulebook.sandboxed:
            bubblewrap.require()
        limits, sandboxed = self.rulebook.limits, self.rulebook.sandboxed
        preload = preload_of(self.rulebook.released)
        cores = share(int(worker.name), self.count) if self.count else []
        self.kernels = KernelFactory(limits, sandboxed, self.warm, preload, self.fork_server, cores)

    def teardown(self, worker: distributed.Worker) -> None:
        """Close the worker's kernels; Dask calls this when the run or the worker ends."""
        self.kernels.close()


def _limit_memory() -> None:
    """Let this process end, or get a MemoryError, rather than take the machine's memory; its children are not limited."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, hard))


@dataclass(frozen=True)
class Task:
    """A hand-in to be judged.

    Attributes:
        raw -- its bytes
        notes -- notes on it so far
        kept -- JSON of the marks that are still valid: only the rest is judged
    """

    student: str
    raw: bytes
    notes: list[str]
    kept: str = "{}"


def judge_here(name: str, student: str, raw: bytes, notes: list[str], kept: str) -> str:
    """Judge a hand-in in a worker, and return its result as text.

    Arguments:
        name -- of the plugin that holds the run's rulebook
        kept -- JSON of the marks that are still valid
    """
    run = cast(Judging, distributed.get_worker().plugins[name])
    marks = {exercise: Mark.from_data(mark) for exercise, mark in json.loads(kept).items()}
    return judge(raw, run.rulebook, run.kernels, marks, student, notes).to_json()


class Workers:
    """A context manager that starts or connects to workers, which judge by one rulebook."""

    def __init__(self, rulebook: Rulebook, count: int, scheduler: str = "", warm: bool = True, fork_server: str = ""):
        """Prepare the plugin; workers are started when the context is entered.

        Arguments:
            count -- number of processes on this machine
            scheduler -- address of a Dask scheduler, whose workers are used instead
            warm, fork_server -- source of the kernels, as for `KernelFactory`
        """
        self.plugin = Judging(rulebook.to_json(), warm, of_judging(), fork_server, 0 if scheduler else count)
        self.count, self.scheduler = count, scheduler

    def __enter__(self) -> Workers:
        with ExitStack() as stack:
            with interrupts.held():
                self.client = stack.enter_context(self._client(stack))
            self.client.register_plugin(self.plugin)
            stack.callback(self._unregister)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.stack.close()

    def _client(self, stack: ExitStack) -> distributed.Client:
        # Dask keeps the messages that it has sent for its developers, which would be the last hundreds of hand-ins.
        stack.enter_context(dask.config.set({"distributed.admin.low-level-log-length": 10}))
        if self.scheduler:
            try:
                client = distributed.Client(self.scheduler, timeout=CONNECT_SECONDS)
            except (OSError, ValueError) as error:
                raise NoWorkers(f"There is no Dask scheduler at {self.scheduler}: {error}.") from error
            if not client.scheduler_info()["workers"]:
                client.close()
                raise NoWorkers(f"The scheduler at {self.scheduler} has no workers: start some with `dask worker`.")
        else:
            for name in ("asyncio", "tornado"):  # of a start that Ctrl-C ends they would show tracebacks
                logging.getLogger(name).setLevel(logging.CRITICAL)
            cluster = distributed.LocalCluster(
                n_workers=self.count,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                security=True,  # otherwise every user of this machine could run code in the workers
                memory_limit=0,
                silence_logs=logging.CRITICAL,
            )
            client = distributed.Client(stack.enter_context(cluster))
        client.run_on_scheduler(_settle)
        return client

    def _unregister(self) -> None:
        # A scheduler that is gone or was stopped early has no plugin to unregister.
        with suppress(OSError, TimeoutError, KeyError, RuntimeError):
            self.client.unregister_worker_plugin(self.plugin.name)

    @property
    def width(self) -> int:
        """How many hand-ins are in progress at a time: one more than there are workers, so that no worker waits."""
        workers = self.client.scheduler_info(n_workers=-1).get("workers")
        if workers is None:
            raise NoWorkers(LOST_SCHEDULER)
        return len(workers) + 1

    def judge(self, tasks: Iterable[Task]) -> Iterator[tuple[str, Result | None, str]]:
        """Judge hand-ins as workers become free, and yield the results in the order in which they arrive.

        Arguments:
            tasks -- taken one by one, so that few are in memory

        Returns:
            for each task the student, and the result or the reason why there is none
        """
        waiting = iter(tasks)
        coming = distributed.as_completed()
        for task in islice(waiting, self.width):
            coming.add(self._submit(task))
        for future in coming:
            yield self._take(future)
            for task in islice(waiting, max(1, self.width - coming.count())):
                coming.add(self._submit(task))

    def _submit(self, task: Task) -> distributed.Future:
        key = f"judge-{uuid.uuid4()} {task.student}"  # one first word for all: Dask keeps statistics for each
        with warnings.catch_warnings():  # about large hand-ins, whose size cannot be reduced here
            warnings.simplefilter("ignore", UserWarning)
            arguments = (self.plugin.name, task.student, task.raw, task.notes, task.kept)
            return self.client.submit(judge_here, *arguments, key=key, pure=False, retries=1)

    def _take(self, future: distributed.Future) -> tuple[str, Result | None, str]:
        student = str(future.key).partition(" ")[2]
        try:
            return student, Result.from_json(future.result()), ""
        except CancelledError:  # nobody here cancels anything
            raise NoWorkers(LOST_SCHEDULER) from None
        except distributed.KilledWorker:
            return student, None, f"it has ended {LOST_WORKERS} workers, one after the other"
        except Exception as error:  # any failure concerns one hand-in: the others are still graded
            return student, None, f"{type(error).__name__}: {error}"
        finally:
            future.release()


def _settle(dask_scheduler: Any) -> None:
    """Configure the scheduler: how often a task is tried again, and one hand-in at a time for each worker.

    With more, a hand-in could be lost through another one that ends the worker.
    """
    dask_scheduler.allowed_failures = LOST_WORKERS - 1
    dask_scheduler.WORKER_SATURATION = 1.0
