"""Make text that others have written safe to show: in a terminal, a table, a log, on a page."""

from __future__ import annotations

import re
from typing import Any

# Control characters (but not tab and line feed), surrogate halves, noncharacters, and what changes the direction of text.
UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def readable(text: Any) -> str:
    """Return text without terminal codes, and without characters that a page cannot hold or that hide others."""
    from nbconvert.filters import strip_ansi

    if isinstance(text, list):
        text = "".join(map(str, text))
    lines = strip_ansi(str(text)).split("\n")
    # A progress bar returns to the start of its line: only what it wrote last stays visible.
    return "\n".join(UNSEEN.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in lines)


def readable_name(name: Any, most: int = 200) -> str:
    """Return a name on one line, with a sign in place of each character that cannot be seen."""
    text = str(name)
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
