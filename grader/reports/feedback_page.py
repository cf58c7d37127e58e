"""Provide the filters with which the template of a feedback page makes a student's texts and pictures inert."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any

from grader.base.foreign_text import readable
from grader.presentation.text import with_code
from grader.submission.pictures import read_pictures

TEMPLATES = Path(__file__).parent / "templates"
MAX_LINES, MAX_CHARACTERS, MAX_LINE = 40, 4_000, 2_000
MAX_PICTURE = 4_000_000  # bytes


def excerpt(text: Any) -> str:
    """Shorten a text that is too long for a page to its beginning and end; a line says what was left out."""
    lines = readable(text).split("\n")
    lines = [line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} … (line cut)" for line in lines]
    if len(lines) > MAX_LINES:
        left_out = len(lines) - MAX_LINES
        half = MAX_LINES // 2
        lines = [*lines[:half], f"… {left_out:,} lines left out …", *lines[-half:]]
    whole = "\n".join(lines)
    half = MAX_CHARACTERS // 2
    return whole if len(whole) <= MAX_CHARACTERS else f"{whole[:half]}\n… left out …\n{whole[-half:]}"


def error_line(name: Any, message: Any) -> str:
    """Return an exception as one line, without the file name that a kernel makes up for a cell."""
    return re.sub(r"\((?:\d+\.py|<[\w-]+>), line", "(line", excerpt(f"{name}: {message}"))


def headings(markdown: Any) -> list[str]:
    """Return the headings of a Markdown cell, without their marks."""
    lines = [line for line in str(markdown).splitlines() if re.match(r"#{1,6} ", line)]
    return [line.lstrip("#").strip().replace("`", "") for line in lines]


def question(markdown: Any) -> str:
    """Return what a written answer answers, as HTML: the end of the cell before it, from its last heading or task."""
    text = re.split(r"^#{1,6} .*$|\*\*Over to you\.\*\*", str(markdown), flags=re.MULTILINE)[-1].strip()
    return re.sub(r"\*([^*\n]+)\*", r"<em>\1</em>", with_code(readable(text)))


def picture(data: Any) -> str:
    """Return a PNG file's base64 on one line; empty if the data is not a PNG file, or is too large for a page."""
    text = "".join(data) if isinstance(data, list) else data
    if not isinstance(text, str) or len(text) > MAX_PICTURE * 4 / 3 + 4:
        return ""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(raw).decode() if raw.startswith(b"\x89PNG\r\n\x1a\n") else ""


def attached(cell: Any) -> list[tuple[str, str]]:
    """Return the pictures that a student pasted into a text: the name and the address of each."""
    found = read_pictures(cell.get("attachments"))
    return [(readable(name), f"data:{kind};base64,{data}") for name, one in found.items() for kind, data in one.items()]
