"""Show something in a notebook, or on the terminal outside of one."""

from __future__ import annotations

from typing import Any


class OneLine(AssertionError):
    """An error that ends a cell with one line, which IPython shows instead of a traceback."""

    title = ""

    def _render_traceback_(self) -> list[str]:
        return [f"{self.title} — {self}"]


def show(rich: str, text: str, instead_of: Any = None, kind: str = "text/html") -> Any:
    """Show the rich version in a notebook and the text elsewhere.

    Arguments:
        rich, text -- the two versions
        instead_of -- what an earlier call has returned: its content is replaced
        kind -- MIME type of the rich version

    Returns:
        a handle for `instead_of`, or None outside of a notebook
    """
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
