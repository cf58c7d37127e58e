"""Make text from any source safe to show on a page."""

from __future__ import annotations

import re
from html import escape
from typing import Any

# Control characters (but not tab and line feed), surrogate halves, noncharacters, and overrides of the text direction.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def with_code(text: str) -> str:
    """Return text as escaped HTML, with the parts between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def readable(text: Any) -> str:
    """Return text without terminal codes, and without characters that a page cannot hold or that hide others."""
    from nbconvert.filters import strip_ansi

    if isinstance(text, list):
        text = "".join(map(str, text))
    lines = strip_ansi(str(text)).split("\n")
    # A progress bar returns to the start of its line: only what it wrote last stays visible.
    return "\n".join(UNSEEN.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in lines)


def some(names: list[str], most: int = 5) -> str:
    """Return names in a row, and of many how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
