"""Read what a notebook says about itself in its first cell, and put notebooks into their order."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from grader.base.assignments import NAME, week
from grader.scoring import visible_key


@dataclass(frozen=True)
class Opening:
    """What a notebook says about itself in its first cell."""

    title: str
    summary: str
    time: str
    needs: str
    builds_on: list[str]

    @property
    def hours(self) -> str:
        """How long it takes a student, in short."""
        return self.time.partition(",")[0]

    @property
    def whole(self) -> str:
        """How long a machine takes to run everything, in short."""
        return re.split("[,;]", self.needs.removeprefix("once everything is filled in, "))[0]


def opening(path: Path) -> Opening:
    """Return what a notebook file says about itself: its title, its first paragraph, and rows of its table.

    A student may have changed or damaged the file: missing parts are empty, and the file's name replaces a lost title.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, LookupError, TypeError):
        texts = []
    return read_opening(next((text for text in texts if text.startswith("# ")), f"# {path.stem}"))


def read_opening(text: str) -> Opening:
    """Read what the first cell of a notebook says; missing parts are empty."""
    title, _, rest = text.removeprefix("# ").partition("\n")
    summary = rest.strip().partition("\n\n")[0]
    rows = dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", rest, re.MULTILINE))
    earlier = re.findall(rf"`({NAME.pattern})`", rows.get("Builds on", ""))
    return Opening(title, " ".join(summary.split()), rows.get("Time", ""), rows.get("Needs", ""), earlier)


def in_order(notebooks: Path) -> list[str]:
    """Return the assignments whose notebooks exist, week by week, each after those that it builds on."""
    names = [name for name in visible_key.assignments() if notebook_path(notebooks, name).exists()]
    return sorted(names, key=lambda name: (week(name), len(_before(notebooks, name)), name))


def notebook_path(notebooks: Path, name: str) -> Path:
    """Return the path of an assignment's notebook."""
    return notebooks / name / f"{name}.ipynb"


def _before(notebooks: Path, name: str) -> set[str]:
    """Return the assignments that must come before an assignment in its own week."""
    near = {one for one in opening(notebook_path(notebooks, name)).builds_on if week(one) == week(name)}
    return near.union(*(_before(notebooks, one) for one in near if notebook_path(notebooks, one).exists()))
