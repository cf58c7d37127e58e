"""Audit the grader: judge right, wrong, hostile and broken hand-ins, and check that each gets the right marks."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode

from grader.audit import decoys, forged_metadata, malformed_files, page_safety, residue, sample_hand_ins
from grader.audit.malformed_files import broken_files
from grader.audit.sample_hand_ins import Attack
from grader.base.course import Course
from grader.batch import inbox
from grader.gradebook.graded_notebook import graded_notebook
from grader.judging.judge import judge
from grader.judging.result import Result
from grader.judging.rulebook import Rulebook
from grader.presentation.mark_view import messages
from grader.publishing import build
from grader.sandbox import bubblewrap
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.limits import Limits
from grader.sandbox.preload import preload_of
from grader.scoring.marks import Mark
from grader.spec.exercise import Assignment, Slip
from grader.spec.registry import load
from grader.submission import notebook_file
from grader.submission.cells import is_extra
from grader.submission.notebook_file import Rejected, read_file
from grader.submission.rebuilding import rebuild

LIMITS = Limits(cell_seconds=15, exercise_seconds=20, submission_seconds=120)
# Tight limits, so that attacks that exhaust a resource end soon.
TIGHT = replace(
    LIMITS, cell_seconds=4, exercise_seconds=15, submission_seconds=90,
    memory=900_000_000, disk=50_000_000, processes=24, threads=150, files=5_000,
)  # fmt: skip
FEW = 4  # functions, of a hand-in that is graded again and again
KINDS = ("right", "slip", "broken", "hostile")
ODD = r"""^\.|[\s/\\\[\]*?{}<>:|"'$&;`]"""  # what a student's id must not have: it becomes a file's name
READ_SECONDS = 20  # limit for reading a file of any content, on a slow machine


@dataclass(frozen=True)
class Finding:
    """One line of the audit: what was tried, what the result was, and whether that is as it should be."""

    kind: str
    title: str
    result: str
    good: bool


class Worker:
    """A grading worker, which gets hand-ins one after the other, as for a class."""

    def __init__(self, assignment: Assignment, rulebook: Rulebook, kernels: KernelFactory):
        self.assignment, self.rulebook, self.kernels = assignment, rulebook, kernels

    def grade(self, notebook: NotebookNode) -> Result:
        """Grade a notebook."""
        return self.grade_file(nbformat.writes(notebook).encode())

    def grade_file(self, raw: bytes) -> Result:
        """Grade a hand-in's bytes."""
        return judge(raw, self.rulebook, kernels=self.kernels)

    def asking_little(self) -> Worker:
        """Return a worker that asks a few functions that build no model: an audit grades the same hand-in a hundred times."""
        key = self.rulebook.key
        plain = {name: one for name, one in key.exercises.items() if one.observer is None} or key.exercises
        rulebook = replace(self.rulebook, key=replace(key, exercises=dict(islice(plain.items(), FEW))))
        return Worker(self.assignment, rulebook, self.kernels)


def audit(name: str, sandboxed: bool = True, warm: bool = True, kinds: Collection[str] = KINDS) -> Iterator[Finding]:
    """Audit one assignment, and yield findings as they are made.

    Arguments:
        sandboxed -- without a sandbox, only those hostile hand-ins are run that cannot harm this machine
        warm -- whether one fork server forks the kernels of all hand-ins, or each kernel is started by itself
        kinds -- which of KINDS are judged
    """
    if sandboxed:
        bubblewrap.require()
    assignment = load(name)
    with TemporaryDirectory(prefix="cn-audit-") as folder:
        course = Course(Path(folder))
        build.ensure(name, course)
        released = sample_hand_ins.without_given_figures(nbformat.read(course.release(name), 4))
    rulebook = Rulebook.draw(assignment, released, secrets.randbits(63), LIMITS, sandboxed)
    before = residue.found()
    with decoys.laid_out(), _worker(assignment, rulebook, warm) as worker:
        yield from _right(worker) if "right" in kinds else ()
        yield from _slips(worker) if "slip" in kinds else ()
    with decoys.laid_out(), _worker(assignment, replace(rulebook, limits=TIGHT), warm) as worker:
        yield from _broken(worker) if "broken" in kinds else ()
        yield from _hostile(worker, each=warm) if "hostile" in kinds else ()
    left = residue.since(before)
    yield Finding("hostile", "after all of them", f"left behind: {', '.join(left) or 'nothing'}", not left)


@contextmanager
def _worker(assignment: Assignment, rulebook: Rulebook, warm: bool) -> Iterator[Worker]:
    with KernelFactory(rulebook.limits, rulebook.sandboxed, warm, preload_of(rulebook.released)) as kernels:
        yield Worker(assignment, rulebook, kernels)


def _right(worker: Worker) -> Iterator[Finding]:
    """Grade the reference and every variant: those of one title together in one hand-in."""
    released, assignment = worker.rulebook.released, worker.assignment
    exercises = assignment.exercises
    titles = dict.fromkeys(variant.title for one in exercises.values() for variant in one.variants)
    for number, wanted in enumerate(["", *titles]):
        chosen = {n: v for n, one in exercises.items() for v in one.variants if v.title == wanted}
        graded = worker.grade(sample_hand_ins.solved(released, assignment, {n: v.code for n, v in chosen.items()}))
        for name, mark in graded.marks.items():
            if number and name not in chosen:
                continue
            title = f"{name}: {chosen[name].title if name in chosen else 'the reference'}"
            good = mark.status == "passed"
            reason = "" if good else f": {'; '.join([*graded.notes, *messages(mark)])}"
            yield Finding("right", title, f"{mark.points:g} of {mark.maximum:g}{reason}", good)


def _slips(worker: Worker) -> Iterator[Finding]:
    """Grade every slip, many in one hand-in, and check that right functions do not lose marks through wrong helpers."""
    released, assignment = worker.rulebook.released, worker.assignment
    for chosen in _together(assignment):
        graded = worker.grade(sample_hand_ins.solved(released, assignment, {n: s.code for n, s in chosen.items()}))
        for name, mark in graded.marks.items():
            slip = chosen.get(name)
            got = f"{mark.points:g} of {mark.maximum:g}"
            if slip is None:
                if mark.status != "passed":
                    yield Finding("slip", f"{name}, right beside wrong helpers", got, False)
                continue
            told = mark.slip[0] if mark.slip else "no slip recognised"
            good = mark.points < mark.maximum and told == slip.title
            yield Finding("slip", f"{name}: {slip.title}", f"{got}, told: {told}", good)


def _together(assignment: Assignment) -> list[dict[str, Slip]]:
    """Distribute the slips over few hand-ins, none beside a slip of a function that it calls: two errors may cancel out."""
    groups: list[dict[str, Slip]] = []
    for name, one in assignment.exercises.items():
        for slip in one.slips:
            called = {*one.uses, *re.findall(r"\w+", one.source(slip.code))} - {name}
            free = (group for group in groups if name not in group and not called & set(group))
            group = next(free, None)
            if group is None:
                groups.append(group := {})
            group[name] = slip
    return groups


def _hostile(worker: Worker, each: bool) -> Iterator[Finding]:
    """Grade unsolved hand-ins that attack: each must get no points and learn nothing, and must not harm the next one.

    An honest hand-in that is graded after an attack must get the same result as alone: all of it after each group of
    attacks, some functions after each attack.

    Arguments:
        each -- whether kernels have something in common with earlier ones; otherwise once a group is enough
    """
    released, assignment, little = worker.rulebook.released, worker.assignment, worker.asking_little()
    honest = sample_hand_ins.with_canary(sample_hand_ins.solved(released, assignment))
    alone = worker.grade(honest)
    found = "; ".join(_leaks(alone)) or "nothing"
    yield Finding("hostile", "an honest hand-in", f"{alone.points:g} points, finds {found} of others", _unharmed(alone))
    yield from _forgeries(worker)
    groups = ("in-process", "feedback", "outside", "resources") if worker.rulebook.sandboxed else ("in-process",)
    for attacks in map(sample_hand_ins.attacks, groups):
        for attack in attacks:
            graded = worker.grade(sample_hand_ins.attacked(released, assignment, attack))
            last = attack is attacks[-1]
            after = (worker if last else little).grade(honest) if each or last else None
            yield _of_attack(attack, graded, after, alone)


def _of_attack(attack: Attack, graded: Result, after: Result | None, alone: Result) -> Finding:
    """Report what an attack gained, learnt and harmed."""
    leaks = _leaks(graded)
    if attack.group == "feedback":
        leaks += page_safety.dangers(page_safety.render(graded_notebook(graded)))
    parts = [f"{graded.points:g} points", f"learnt or did: {'; '.join(leaks[:5])}" if leaks else "learnt nothing"]
    harm = _harm(after, alone) if after else ""
    if after:
        parts.append(f"the next hand-in gets {harm or 'what it gets alone'}")
    title = f"{attack.name.replace('_', ' ')}: {attack.tries}"
    return Finding("hostile", title, ", ".join(parts), graded.points == 0 and not leaks and not harm)


def _leaks(graded: Result) -> list[str]:
    """Return the text after LEAK in each line of a hand-in's outputs that contains it."""
    outputs = [output for cell in graded_notebook(graded).cells for output in cell.get("outputs", [])]
    texts = [text for one in outputs for text in (one.get("text"), one.get("evalue"), *one.get("data", {}).values())]
    return list(dict.fromkeys(leak[:80] for text in texts for leak in re.findall(r"LEAK ([^\n<]*)", text or "")))


def _harm(after: Result, alone: Result) -> str:
    """Say how an honest hand-in's result differs from its result alone, or what it learns of another hand-in."""
    spoilt = [name for name, mark in after.marks.items() if _gist(mark) != _gist(alone.marks[name])]
    return "; ".join([*(f"other marks for {name}" for name in spoilt), *_leaks(after)][:5])


def _gist(mark: Mark) -> tuple[str, float, list[tuple[bool, str]]]:
    return mark.status, mark.points, [(case.passed, case.outcome) for case in mark.cases]


def _forgeries(worker: Worker) -> Iterator[Finding]:
    """Check that forged parts beside the sources do not survive rebuilding: the rebuilt notebook must stay the same."""
    released = worker.rulebook.released
    plain, _ = rebuild(released, notebook_file.parse(nbformat.writes(released).encode()))
    for forgery in forged_metadata.FORGERIES:
        rebuilt, _ = rebuild(released, notebook_file.parse(forged_metadata.forge(released, forgery)))
        extra = [cell.source for cell in rebuilt.cells if is_extra(cell)]
        rebuilt.cells = [cell for cell in rebuilt.cells if not is_extra(cell)]
        same = _content(rebuilt) == _content(plain)
        result = "nothing of it survives" if same else "the rebuilt notebook is another"
        result += f"; {len(extra)} changed cells are run as a student's own" if extra else ""
        yield Finding("hostile", f"forged notebook: {forgery.__name__.replace('_', ' ')}", result, same)
    graded = worker.grade_file(forged_metadata.forge(released, forged_metadata.everything))
    yield Finding("hostile", "forged notebook: all of it", f"{graded.points:g} points", graded.points == 0)


def _content(notebook: NotebookNode) -> str:
    return json.dumps([notebook.metadata, *notebook.cells], sort_keys=True)


def _broken(worker: Worker) -> Iterator[Finding]:
    """Check that files which are not notebooks get a reason, and that odd but right hand-ins keep their marks."""
    rulebook = worker.rulebook
    right = sample_hand_ins.solved(rulebook.released, worker.assignment)
    for title, raw in broken_files(right).items():
        graded = worker.grade_file(raw)
        yield Finding("broken", title, graded.rejected or "was not rejected", bool(graded.rejected))
    plain = rebuild(rulebook.released, notebook_file.parse(nbformat.writes(right).encode()))[0]
    for title, raw in malformed_files.wrapped(right):
        start = time.monotonic()
        rebuilt = rebuild(rulebook.released, notebook_file.parse(raw))[0]
        rebuilt.cells = [cell for cell in rebuilt.cells if not is_extra(cell)]
        seconds = time.monotonic() - start
        same = _content(rebuilt) == _content(plain)
        result = f"read in {seconds:.1f} s, {'as if it were not there' if same else 'otherwise than without it'}"
        yield Finding("broken", f"right, wrapped in {title}", result, same and seconds < READ_SECONDS)
    yield from _on_disk()
    for title, source in MISBEHAVIOUR.items():
        graded = worker.asking_little().grade(sample_hand_ins.add_cell(deepcopy(right), source, place=2))
        reason = "; ".join(graded.notes) or "no note"
        yield Finding("broken", f"right, and {title}", f"{graded.points:g} points: {reason}", _unharmed(graded))


def _on_disk() -> Iterator[Finding]:
    """Check entries in a folder of hand-ins that are not regular files, or have odd names."""
    with TemporaryDirectory(prefix="cn-audit-") as place:
        folder = Path(place) / "hand-ins"
        folder.mkdir()
        for title, path in malformed_files.on_disk(folder):
            try:
                notebook_file.parse(read_file(path))
                yield Finding("broken", f"file: {title}", "was read", False)
            except Rejected as rejected:
                yield Finding("broken", f"file: {title}", str(rejected), "LEAK" not in str(rejected))
    with TemporaryDirectory(prefix="cn-audit-") as place:
        for name in malformed_files.NAMES:
            (Path(place) / name).mkdir()
        students = [one.student for one in inbox.find(Path(place), "audit").hand_ins]
        odd = [name for name in students if re.search(ODD, name) or not name.isprintable() or len(name.encode()) > 200]
        result = f"students {', '.join(odd)[:80]}" if odd else "every one becomes a plain name"
        seen = [name for name in malformed_files.NAMES if not name.startswith(".")]  # a hidden folder is not a hand-in
        good = not odd and len(set(students)) == len(seen)
        yield Finding("broken", "folders with odd names", result, good)


MISBEHAVIOUR = {
    "an endless loop": "while True:\n    try:\n        import time; time.sleep(0.1)\n    except BaseException:\n        pass",
    "os._exit": "import os\nos._exit(0)",
    "raise SystemExit": "raise SystemExit",
    "100 MB of output in one line": "print('x' * 100_000_000)",
    "100 MB of output in many": "for i in range(100):\n    print('x' * 1_000_000)",
    "a crash": "import ctypes\nctypes.string_at(0)",
    "warnings on stderr": "import sys, warnings\nwarnings.warn('careful')\nprint('noise', file=sys.stderr)",
    "a cell that fails": "1 / 0",
    "a cell that is no Python": "this is not ( Python",
    "a cell that is nested too deeply to be parsed": "x = "
    + "-" * 50_000
    + "1\ny = 1"
    + "[0]" * 50_000
    + "\n"
    + "(" * 5_000,
}


def _unharmed(graded: Result) -> bool:
    return all(mark.status == "passed" for mark in graded.marks.values()) and not _leaks(graded)
