"""Run `course bench`: medians and ratios, measured in one run, show whether the course is as fast as it promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from rich.console import Console
from rich.table import Table

from grader.base.errors import CourseError
from grader.bench.machine import machine, other_work
from grader.bench.measuring import Measurement, seconds

# By name, the module and the function that measures the section; the module is imported only when needed.
SECTIONS = {
    "loops": ("layers", "against_loops"),
    "tensorflow": ("layers", "against_tensorflow"),
    "import": ("notebook_use", "import_time"),
    "transposed convolution": ("layers", "transposed_convolution"),
    "street scenes": ("notebook_use", "street_scenes"),
    "boxes": ("boxes", "boxes"),
    "mean average precision": ("boxes", "average_precision"),
    "triplet mining": ("faces", "mining"),
    "style transfer": ("style", "painting"),
    "checks": ("notebook_use", "check_times"),
    "grading": ("grading", "grading"),
    "faults": ("faults", "faults"),
    "gpu": ("gpu", "gpu"),
}
LONG = ("grading", "faults", "gpu")  # only measured on request: they take a quarter of an hour, or need a GPU


class NoSuchSection(CourseError):
    """Signals that the bench has no section of that name; the message lists those it has."""


def bench(console: Console, names: Sequence[str] = ()) -> bool:
    """Measure these sections (by default all but the long ones), print their tables, and say if all targets are met.

    Raises:
        NoSuchSection -- for a name that is not a section's
    """
    if unknown := [name for name in names if name not in SECTIONS]:
        raise NoSuchSection(f"no section {', '.join(unknown)} in the bench; there are {', '.join(SECTIONS)}")
    console.print(machine(), highlight=False)
    if busy := other_work():
        console.print(busy, style="yellow", highlight=False)
    met = True
    for name in names or [name for name in SECTIONS if name not in LONG]:
        with console.status(f"measuring: {name}"):
            rows = _section(name)()
        console.print(table(name, rows))
        met = met and all(row.met for row in rows)
    return met


def table(name: str, rows: list[Measurement]) -> Table:
    shown = Table(title=name, title_justify="left")
    for heading in ("what", "median", "compared with", "its median", "figure", "target", "met"):
        shown.add_column(heading, justify="left" if heading in ("what", "compared with") else "right")
    for row in rows:
        verdict = "" if not row.target else "[green]yes[/]" if row.met else "[red]no[/]"
        shown.add_row(row.what, seconds(row.ours), row.peer, seconds(row.theirs), row.figure, row.target, verdict)
    return shown


def _section(name: str) -> Callable[[], list[Measurement]]:
    module, function = SECTIONS[name]
    return getattr(import_module(f"grader.bench.{module}"), function)
