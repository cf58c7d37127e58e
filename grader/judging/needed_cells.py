"""Find the given cells whose variables a student's cells read; the others only show something, and need not be run."""

from __future__ import annotations

import dis
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import CodeType

from grader.spec.cell_text import as_python, parse

# With these a text can read variables whose names stand in strings.
BY_STRINGS = frozenset(("eval", "exec", "globals", "vars", "locals"))
READ = ("LOAD_NAME", "LOAD_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL")
MADE = ("STORE_NAME", "STORE_GLOBAL")


def needed_cells(written: Iterable[str], given: Mapping[int, str]) -> set[int]:
    """Return the indices of the given cells that make variables which are read.

    Which value a student's function reads is known only when it is called: every cell that makes it is needed. A given
    cell reads what the nearest one before it has made.

    Arguments:
        written -- texts of the student's cells
        given -- texts of the given cells in question, by index
    """
    made = {index: _made(text) for index, text in given.items()}
    wanted = frozenset().union(*made.values())
    read = set().union(*(_read(text, wanted) for text in written))
    needed = {index for index, names in made.items() if names & read}
    waiting = [*needed]
    while waiting:
        reader = waiting.pop()
        for name in _read(given[reader], wanted):
            maker = max((index for index, names in made.items() if index < reader and name in names), default=reader)
            if maker not in needed:
                needed.add(maker)
                waiting.append(maker)
    return needed


@lru_cache(256)  # given cells are the same in every hand-in
def _made(source: str) -> frozenset[str]:
    """Return the global names that a text gives a value to."""
    codes = _codes(source) or []
    return frozenset(step.argval for code in codes for step in dis.get_instructions(code) if step.opname in MADE)


def _read(source: str, wanted: frozenset[str]) -> set[str]:
    """Return those of the wanted names that a text reads as global ones, before it has made them itself."""
    codes = _codes(source)
    if codes is None:  # a command of IPython may read any of its words; anything else does not run
        return {*re.findall(r"\w+", source)} & wanted if re.search("[%!?]", source) else set()
    if any(BY_STRINGS & {*code.co_names} for code in codes):
        return {*re.findall(r"\w+", source)} & wanted
    read: set[str] = set()
    own: set[str] = set()
    for code in codes:  # the text's own code first, then that of its functions
        if not wanted & {*code.co_names}:
            continue
        for step in dis.get_instructions(code):
            if step.opname in READ and step.argval not in own:
                read.add(step.argval)
            elif step.opname in MADE and code is codes[0]:
                own.add(step.argval)
    if re.search("[%!?]", source) and as_python(source) != source:
        read.update(*(re.findall(r"\w+", line) for line in source.splitlines() if re.search("[%!?]", line)))
    return read & wanted


def _codes(source: str) -> list[CodeType] | None:
    """Return the compiled code of a text, and of the functions in it; None if it cannot be compiled."""
    tree = parse(source)
    try:
        codes = [compile(tree, "", "exec")] if tree else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for code in codes:  # grows meanwhile
        codes += [part for part in code.co_consts if isinstance(part, CodeType)]
    return codes if tree else None
