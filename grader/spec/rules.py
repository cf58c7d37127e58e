"""Find the calls that an exercise forbids, because writing the called routine is the exercise.

This is a best effort on the text: it finds an honest short cut, not a call that somebody hides (see SECURITY.md).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The definitions and imports of a notebook's code, as far as the rules need them.

    Attributes:
        definitions -- by name, the functions, classes and other things that it defines
        imported -- names of routines by the names that they were imported as
        modules -- the names that stand for libraries: a method of a student's own class is not a library routine
    """

    definitions: dict[str, list[ast.AST]]
    imported: dict[str, str]
    modules: set[str]


def read(sources: Iterable[str]) -> Text:
    """Read the text of a notebook's code cells."""
    text = Text({}, {}, set())
    for tree in filter(None, map(parse, sources)):
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                text.definitions.setdefault(node.name, []).append(node)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                text.modules.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
                if isinstance(node, ast.ImportFrom):
                    text.imported.update({alias.asname or alias.name: alias.name for alias in node.names})
        for statement in tree.body:  # lambdas, and new names for existing things
            if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Lambda, ast.Name, ast.Attribute)):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        text.definitions.setdefault(target.id, []).append(statement.value)
    return text


def broken(
    function: str,
    text: Text,
    forbidden: Iterable[str],
    forbidden_own: Iterable[str] = (),
    helpers: Iterable[str] = (),
) -> str:
    """Say which forbidden routine a function calls, directly or through the student's own helpers; empty if none.

    Arguments:
        function -- the exercise's name
        text -- what `read` found in the hand-in
        forbidden -- names of library routines: `scipy.signal.convolve2d` counts as "convolve2d", a function of that
            name that the student wrote does not
        helpers -- the student's functions that are exercises of their own: their calls are judged there
        forbidden_own -- names of the student's own functions that this one may not call
    """
    library, own = set(forbidden), set(forbidden_own) - {function}
    if not library and not own:
        return ""
    seen: set[str] = set(helpers)
    waiting = [function]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for definition in text.definitions.get(name, []):
            local = _local_names(definition)
            for node in ast.walk(definition):
                if isinstance(node, ast.Name) and node.id in local:
                    continue
                if isinstance(node, ast.Name) and node.id in text.definitions:
                    called = node.id if node.id in own else ""
                    waiting.append(node.id)
                else:
                    called = _routine(node, text)
                    called = called if called in library else ""
                if called:
                    if called == function and isinstance(node, ast.Attribute):
                        called = ast.unparse(node)  # "total_variation calls tf.image.total_variation"
                    return f"{function} calls {called}; writing that yourself is the exercise."
    return ""


def _local_names(definition: ast.AST) -> set[str]:
    """Return the names of a function's own variables, whatever else in the notebook has such a name."""
    names = {node.arg for node in ast.walk(definition) if isinstance(node, ast.arg)}
    stored = (node for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return names | {node.id for node in stored}


def _tree(text: str) -> ast.Module:
    """Parse a text, and try again after a SystemError.

    In some versions of Python ast.parse loses count of its depth if another thread parses at the same time.
    """
    for _ in range(10):
        with suppress(SystemError):
            return ast.parse(text)
    return ast.parse(text)


def parse(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, with its lines as they are; None if it is not Python."""
    try:
        # IPython's commands are not Python and cannot be parsed: their lines are emptied.
        lines = ["" if is_magic(line) else line for line in source.splitlines()]
        return _tree("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_magic(line: str) -> bool:
    """Say whether a line is a command of IPython, such as `%matplotlib inline` or `!ls`."""
    return line.lstrip().startswith(("%", "!"))


def _routine(node: ast.AST, text: Text) -> str:
    """Return the library routine that a node names: `lib.routine`, or an imported `routine` under any name."""
    if isinstance(node, ast.Attribute):
        root: ast.AST = node
        while isinstance(root, ast.Attribute):
            root = root.value
        return node.attr if isinstance(root, ast.Name) and root.id in text.modules else ""
    return text.imported.get(node.id, "") if isinstance(node, ast.Name) else ""
