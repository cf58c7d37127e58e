"""What a feedback page needs beside what nbgrader gives it: who still has to read what, and texts and pictures made inert."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades

from grader.report import with_code

MAX_LINES, MAX_CHARACTERS, MAX_LINE = 40, 4_000, 2_000
MAX_PICTURE = 4_000_000  # bytes
# What no browser shows, but for tab and line feed; halves of surrogate pairs; and what turns the order of letters around.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class Grades(GetGrades):
    """nbgrader's own step, which also says of each mark whether it waits for a person."""

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader["grade_id"]
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        cell.metadata.nbgrader["waits"] = waits(grade)


def waits(grade: Any) -> bool:
    """Whether a mark of the gradebook's waits for a person."""
    return grade.auto_score is None and grade.manual_score is None


def readable(text: Any) -> str:
    """Text without terminal codes and without characters that a page cannot hold or that hide others."""
    if isinstance(text, list):
        text = "".join(map(str, text))
    lines = strip_ansi(str(text)).split("\n")
    # A progress bar goes back to the start of its line: what it wrote last is what stood there in the end.
    return "\n".join(UNSEEN.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in lines)


def excerpt(text: Any) -> str:
    """The beginning and the end of a text that is too long for a page, with a line that says what was left out."""
    lines = readable(text).split("\n")
    lines = [line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} … (line cut)" for line in lines]
    if len(lines) > MAX_LINES:
        left_out = len(lines) - MAX_LINES
        half = MAX_LINES // 2
        lines = [*lines[:half], f"… {left_out:,} lines left out …", *lines[-half:]]
    whole = "\n".join(lines)
    half = MAX_CHARACTERS // 2
    return whole if len(whole) <= MAX_CHARACTERS else f"{whole[:half]}\n… left out …\n{whole[-half:]}"


def clean_html(html: Any) -> str:
    """As nbconvert's filter of that name, by which Formgrader shows outputs: it lets a table's head and paragraphs through too.

    Never a style: what students write goes through it as well, and a style can fetch something or cover the page.
    """
    from bleach import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, clean

    text = html.decode() if isinstance(html, bytes) else str(html)
    tags = [*ALLOWED_TAGS, "div", "p", "pre", "span", "table", "thead", "tbody", "tr", "th", "td"]
    return clean(text, tags=tags, attributes={**ALLOWED_ATTRIBUTES, "*": ["class", "id"], "th": ["scope"]})


def error_line(name: Any, message: Any) -> str:
    """An exception as one line, without the file name that a kernel has made up for a cell."""
    return re.sub(r"\((?:\d+\.py|<[\w-]+>), line", "(line", excerpt(f"{name}: {message}"))


def headings(markdown: Any) -> list[str]:
    """The headings of a Markdown cell, without their marks."""
    lines = [line for line in str(markdown).splitlines() if re.match(r"#{1,6} ", line)]
    return [line.lstrip("#").strip().replace("`", "") for line in lines]


def question(markdown: Any) -> str:
    """What a written answer answers, as HTML: the end of the cell before it, from its last heading or task on."""
    text = re.split(r"^#{1,6} .*$|\*\*Over to you\.\*\*", str(markdown), flags=re.MULTILINE)[-1].strip()
    return re.sub(r"\*([^*\n]+)\*", r"<em>\1</em>", with_code(readable(text)))


def picture(data: Any) -> str:
    """A PNG file's base64, on one line; empty where it is none, or too large for a page."""
    text = "".join(data) if isinstance(data, list) else data
    if not isinstance(text, str) or len(text) > MAX_PICTURE * 4 / 3 + 4:
        return ""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(raw).decode() if raw.startswith(b"\x89PNG\r\n\x1a\n") else ""
