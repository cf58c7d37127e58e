"""Measure what a student waits for in a notebook: the import, each check, and drawn pictures."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from grader.bench.gpu import uses_keras
from grader.bench.measuring import Measurement, digits, medians, seconds
from grader.scoring import visible_key
from grader.student.notebook.check import run


def check_times() -> list[Measurement]:
    """Measure each `check` in a student's notebook, with the reference: at most 1 s, or 5 s with models."""
    from grader.base.assignments import names
    from grader.spec.registry import load

    rows = []
    for name in names():
        most = 5 if uses_keras(name) else 1
        for one, declared in load(name).exercises.items():
            [ours] = medians([partial(run, declared.function, visible_key.load(name, one), {})], 5, warm_up=1)
            rows.append(Measurement(f"check({one})", ours, "", None, seconds(ours), f"≤ {most} s", ours <= most))
    return rows


def street_scenes() -> list[Measurement]:
    """Measure street scenes drawn by one thread, with boxes and masks: at least 200 a second."""
    from data.readers.street_scenes import draw

    numbers = iter(range(10_000))
    [ours] = medians([lambda: [draw(next(numbers)) for _ in range(50)]], 9, warm_up=1)
    rate = 50 / ours
    return [Measurement("50 street scenes, 128x128", ours, "", None, f"{digits(rate)} a second", "≥ 200", rate >= 200)]


def import_time() -> list[Measurement]:
    """Measure what `import grader` adds to the start of a new interpreter: at most 0.1 s."""

    def interpreter(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    ours, theirs = medians([partial(interpreter, "import grader"), partial(interpreter, "pass")], 15)
    added = max(ours - theirs, 0.0)
    return [
        Measurement("import grader", ours, "bare interpreter", theirs, f"+ {seconds(added)}", "≤ 100 ms", added <= 0.1)
    ]
