"""Showing something in a notebook, or on a terminal where there is none."""

from __future__ import annotations

from typing import Any


class OneLine(AssertionError):
    """Ends a cell with one line; IPython shows it instead of a traceback."""

    title = ""

    def _render_traceback_(self) -> list[str]:
        return [f"{self.title} — {self}"]


def show(rich: str, text: str, instead_of: Any = None, kind: str = "text/html") -> Any:
    """Show both, where each can be seen; what comes back can be replaced by what is shown later, in a notebook."""
    try:
        from IPython import get_ipython
        from IPython.display import display

        in_notebook = get_ipython() is not None
    except ImportError:
        in_notebook = False
    if not in_notebook:
        return print(text)
    content = {kind: rich, "text/plain": text}
    if instead_of is None:
        return display(content, raw=True, display_id=True)
    return instead_of.update(content, raw=True)
