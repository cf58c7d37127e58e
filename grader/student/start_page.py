"""Write the start page: the assignments, what each takes, the student's progress, and what this machine offers.

The page is Markdown, so that JupyterLab shows it in the reader's theme, with headings and links that work with a
keyboard and a screen reader. What it says of an assignment comes from the first cell of that assignment's notebook.
"""

from __future__ import annotations

from pathlib import Path

from grader.base.assignments import week
from grader.base.files import write_atomically
from grader.base.paths import ROOT
from grader.scoring import visible_key
from grader.student import gpu, kernelspecs
from grader.student.notebook import record
from grader.student.notebook.opening import in_order, notebook_path, opening
from grader.submission.cells import CHECK

PAGE = "start.md"
STEPS = 8  # number of segments of a progress bar


def write(notebooks: Path = ROOT / "notebooks") -> Path:
    """Write the page into the folder of the notebooks, and return its path."""
    path = notebooks / PAGE
    write_atomically(path, page(notebooks))
    return path


def page(notebooks: Path) -> str:
    """Return the page as Markdown, with links relative to the folder of the notebooks."""
    names = in_order(notebooks)
    passed = {one for one, right in record.read().get("passed", {}).items() if right}
    parts = [
        "# Convnets",
        "Convolutional networks, from a convolution written in NumPy to networks that detect, segment, recognise and paint. "
        "Every function that you write is checked at once.",
        _summary(notebooks, names, passed),
    ]
    rows = [_row(notebooks, name, passed) for name in names]
    parts += ["## The assignments", _table(["Week", "Assignment", "Time", "Run as a whole", "You have"], rows)]
    parts += [
        "## This machine",
        _table(["", ""], [["**Kernels**", _kernels()], ["**GPU**", _gpu()], ["**Data**", _data()]]),
    ]
    parts += [
        "## How it goes",
        "`Shift Enter` runs a cell and goes to the next; `Esc` and `Enter` lead out of a cell and into it; "
        "`Ctrl Shift C` finds every other command. `check(f)` tries a function, `hint(f)` helps in steps, `progress()` "
        "shows where you stand. Save with `Ctrl S`. In a terminal, `course submit w1_conv` makes the file to hand in.",
        "This page is written anew while you work: close and open it to see your progress.",
    ]
    return "\n\n".join(parts) + "\n"


def _summary(notebooks: Path, names: list[str], passed: set[str]) -> str:
    points = {name: visible_key.points(name) for name in names}
    total = sum(map(len, points.values()))
    got = sum(worth for of_one in points.values() for one, worth in of_one.items() if one in passed)
    most = sum(sum(of_one.values()) for of_one in points.values())
    done = sum(one in passed for of_one in points.values() for one in of_one)
    line = f"**Your progress:** {_bar(done, total)}{done} of {total} functions pass, {got:g} of {most:g} points."
    following = [(name, one) for name in names for one in _asked(notebooks, name, points[name]) if one not in passed]
    if not following:
        return f"{line} Everything passes."
    name, function = following[0]
    word = "Go on" if done else "Begin"
    return f"{line} {word} with `{function}` in [{opening(notebook_path(notebooks, name)).title}]({name}/{name}.ipynb)."


def _asked(notebooks: Path, name: str, points: dict[str, float]) -> list[str]:
    """Return an assignment's functions in the order in which its notebook asks for them."""
    text = notebook_path(notebooks, name).read_text(encoding="utf-8")
    return sorted(points, key=lambda one: text.find(f'"{CHECK}{one}"'))


def _row(notebooks: Path, name: str, passed: set[str]) -> list[str]:
    about, points = opening(notebook_path(notebooks, name)), visible_key.points(name)
    done = [one for one in points if one in passed]
    state = f"{_bar(len(done), len(points))}{len(done)} of {len(points)} functions"
    if done:
        state += f", {sum(points[one] for one in done):g} of {sum(points.values()):g} points"
    return [str(week(name)), f"[{about.title}]({name}/{name}.ipynb)", about.hours, about.whole, state]


def _bar(done: int, total: int) -> str:
    full = done * STEPS // max(total, 1)
    return f'<span aria-hidden="true">{"▰" * full}{"▱" * (STEPS - full)}</span> '


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, [":--"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _kernels() -> str:
    missing = kernelspecs.missing()
    if missing:
        return f"{', '.join(missing)} not offered yet: `course kernels install` in a terminal"
    return (
        ", ".join(kernel.label for kernel in kernelspecs.KERNELS.values())
        + "; Python 3, which notebooks open with, works as well"
    )


def _gpu() -> str:
    if not gpu.seen():
        return "none is seen, and none is needed"
    return gpu.refusal() or f"{', '.join(gpu.seen())}: choose the kernel Convnets (GPU)"


def _data() -> str:
    import data
    from data.lookup import at_hand

    declared = data.sets()
    embedded = [one.name for one in declared if one.archive is None]
    fetched = [one for one in declared if one.archive is not None]
    absent = [one.name for one in fetched if one.archive and not at_hand(one.name, one.archive)]
    line = f"{len(embedded)} sets come with the course, enough for every notebook"
    here = len(fetched) - len(absent)
    if here:
        line += f"; {here} of {len(fetched)} larger ones are here too"
    if absent:
        line += f". Not here yet: {', '.join(absent)}; `course data get NAME` fetches one"
    return line
