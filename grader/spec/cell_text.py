"""Read the text of a notebook's cell as Python: IPython's commands in it are not Python, and are replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

# A command that is a line, one whose output is assigned, and a question about a name.
COMMAND = re.compile(r"(?P<before>[ \t]*)[%!?/,;].*")
ASSIGNED = re.compile(r"(?P<before>[ \t]*[^\s=%!?#][^=%!?#]*=[ \t]*)[%!].*")
QUESTION = re.compile(r"(?P<before>[ \t]*)[%\w.*\[\]]+\?\??[ \t]*;?[ \t]*")
# Each pass of IPython's own replaces one command and reads the whole text again, and nobody limits the time that it takes.
PASSES, MAX_CHARACTERS = 5, 50_000


def as_python(source: str) -> str | None:
    """Return a cell's text with something of Python in place of each command; None if it cannot be read."""
    return next((text for text in _readings(source) if _tree(text)), None)


def parse(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, with the lines of `as_python`; None if it cannot be read."""
    return next(filter(None, map(_tree, _readings(source))), None)


def _readings(source: str) -> Iterator[str]:
    """Yield the text as it is, then with commands replaced in ways that take more and more."""
    yield source
    yield "\n".join(map(_without_command, source.splitlines()))
    from IPython.core.inputtransformer2 import TransformerManager

    ipython = TransformerManager()
    lines = f"{source}\n".splitlines(keepends=True)
    with suppress(SyntaxError, ValueError, RecursionError):
        for clean in ipython.cleanup_transforms:  # prompts, as in examples, and indentation of the whole
            lines = cast(Any, clean)(lines)
        if lines and lines[0].startswith("%%"):  # what is below %%time and most others is run as it is
            lines[0] = "\n"
        yield "".join(lines)
        yield "\n".join(_without_command(line.rstrip("\n")) for line in lines)
        for _ in range(PASSES if sum(map(len, lines)) <= MAX_CHARACTERS else 0):
            changed, lines = ipython.do_one_token_transform(lines)
            if not changed:
                break
        yield "".join(lines)


def _without_command(line: str) -> str:
    if found := COMMAND.fullmatch(line) or QUESTION.fullmatch(line):
        return f"{found['before']}pass"
    found = ASSIGNED.fullmatch(line)
    return f"{found['before']}None" if found else line


def _tree(text: str) -> ast.Module | None:
    """Parse a text, and try again after a SystemError.

    In some versions of Python ast.parse loses count of its depth if another thread parses at the same time.
    """
    for _ in range(10):
        try:
            return ast.parse(text)
        except SystemError:
            continue
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return None
