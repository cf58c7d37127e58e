"""Provide `progress`, which shows which functions of the course pass their checks."""

from __future__ import annotations

from html import escape

from grader.base.paths import ROOT
from grader.scoring import visible_key
from grader.student.notebook import record
from grader.student.notebook.display import show
from grader.student.notebook.opening import in_order


def progress() -> None:
    """Show how far you are: for every notebook, how many of its functions pass their checks on this machine."""
    kept = record.read()
    order = in_order(ROOT / "notebooks")
    passed, revealed = kept.get("passed", {}), kept.get("revealed", [])
    lines, rows = [], []
    for name in order + [name for name in visible_key.assignments() if name not in order]:
        points = visible_key.points(name)
        done = [one for one in points if passed.get(one)]
        shown = sum(one in revealed for one in points)
        end = f"{sum(points[one] for one in done):g} of {sum(points.values()):g} points"
        end += f" · {shown} revealed" if shown else ""
        lines.append(f"{name}: {len(done)} of {len(points)} functions pass · {end}")
        rows.append(
            f"<tr><td style='text-align:left'>{escape(name)}</td>"
            f"<td><progress value='{len(done)}' max='{len(points)}' aria-label='{len(done)} of {len(points)}'></progress></td>"
            f"<td style='text-align:left'>{len(done)} of {len(points)} functions · {end}</td></tr>"
        )
    show(f"<table>{''.join(rows)}</table>", "\n".join(lines))
