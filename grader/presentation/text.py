"""Put text into the forms that pages and sentences need."""

from __future__ import annotations

import re
from html import escape


def with_code(text: str) -> str:
    """Return text as escaped HTML, with the parts between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def some(names: list[str], most: int = 5) -> str:
    """Return names in a row, and of many how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
