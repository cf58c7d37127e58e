"""Which library routines a solution calls: where writing a routine is the exercise, calling it is not.

Best effort, on the text: a rule stops the honest short cut, not somebody who hides it (see SECURITY in the README).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def broken(
    function: str,
    sources: Iterable[str],
    forbidden: Iterable[str],
    forbidden_own: Iterable[str] = (),
    helpers: Iterable[str] = (),
) -> str:
    """Say which forbidden routine a function calls, directly or through the student's own helpers; empty if none.

    Arguments:
        function -- the exercise's name
        sources -- text of the student's cells
        forbidden -- names of library routines: `scipy.signal.convolve2d` counts as "convolve2d", a function of that
            name that the student wrote does not
        helpers -- the student's functions that are exercises of their own: what those call is judged there
        forbidden_own -- names of the student's own functions that this one may not call
    """
    trees = [tree for tree in map(_parse, sources) if tree]
    definitions: dict[str, list[ast.AST]] = {}
    for name, node in (found for tree in trees for found in _defined(tree)):
        definitions.setdefault(name, []).append(node)
    imported = {alias.asname or alias.name: alias.name for tree in trees for alias in _imported(tree)}
    library, own = set(forbidden), set(forbidden_own) - {function}

    modules = _modules(trees)
    seen: set[str] = set(helpers)
    waiting = [function]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for definition in definitions.get(name, []):
            local = _local_names(definition)
            for node in ast.walk(definition):
                if isinstance(node, ast.Name) and node.id in local:
                    continue
                if isinstance(node, ast.Name) and node.id in definitions:
                    called = node.id if node.id in own else ""
                    waiting.append(node.id)
                else:
                    called = _routine(node, imported, modules)
                    called = called if called in library else ""
                if called:
                    return f"{function} calls {called}; writing that yourself is the exercise."
    return ""


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """What a cell defines: functions and classes anywhere, and on its top level lambdas and other names for something."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Lambda, ast.Name, ast.Attribute)):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement.value


def _local_names(definition: ast.AST) -> set[str]:
    """Names that stand for a function's own variables, whatever else has such a name in the notebook."""
    names = {node.arg for node in ast.walk(definition) if isinstance(node, ast.arg)}
    stored = (node for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return names | {node.id for node in stored}


def _parse(source: str) -> ast.Module | None:
    try:
        # What is not Python (`%matplotlib inline`, `!ls`) cannot be parsed: IPython's words are blanked out.
        lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imported(tree: ast.AST) -> list[ast.alias]:
    return [alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]


def _modules(trees: list[ast.Module]) -> set[str]:
    """The names that stand for libraries: a method of a student's own class is no library routine."""
    names = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return names


def _routine(node: ast.AST, imported: dict[str, str], modules: set[str]) -> str:
    """The library routine that a node names: `lib.routine`, or an imported `routine`, whatever it was imported as."""
    if isinstance(node, ast.Attribute):
        root: ast.AST = node
        while isinstance(root, ast.Attribute):
            root = root.value
        return node.attr if isinstance(root, ast.Name) and root.id in modules else ""
    return imported.get(node.id, "") if isinstance(node, ast.Name) else ""
