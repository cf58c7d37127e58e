"""Reduce the text of a student's cell to what it defines, to judge functions without what else happens beside them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection

from grader.spec.cell_text import as_python, parse

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
# An import may stand in a `try` or an `if`.
DEFINE = (*FUNCTIONS, *IMPORTS, ast.Assign, ast.AnnAssign, ast.Try, ast.If)


def definitions(source: str, functions: Collection[str], defined: Collection[str] = ()) -> str:
    """Return a cell's text without what only does something: calls, loops, `del`, IPython's commands.

    Also left out is an assignment to the name of a built-in, or of a function that is defined already, such as
    `output_size = output_size(28, 3, 1, 1)`. A text that only defines, or cannot be parsed, is returned as it is.

    Arguments:
        functions -- names that the assignment asks for
        defined -- those of them that other cells define
    """
    tree, text = parse(source), as_python(source)
    if tree is None or text is None:
        return source
    kept: list[ast.stmt] = []
    taken = {*dir(builtins), *defined}
    for node in tree.body:
        if isinstance(node, DEFINE) and not (isinstance(node, ast.Assign) and _targets(node) & taken):
            kept.append(node)
        if isinstance(node, FUNCTIONS) and node.name in functions:
            taken.add(node.name)
    if len(kept) == len(tree.body) and text == source:
        return source
    lines, last = text.splitlines(), 0
    texts: list[str] = []
    for node in kept:
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
        texts += lines[max(first - 1, last) : node.end_lineno]
        last = node.end_lineno or last
    return "\n".join(texts)


def only_defines(source: str) -> bool:
    """Say whether a cell does nothing but import, and define functions and classes."""
    tree = parse(source)
    if tree is None or as_python(source) != source:
        return False
    return all(isinstance(node, (*FUNCTIONS, *IMPORTS)) for node in tree.body)


def _targets(node: ast.Assign) -> set[str]:
    return {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
