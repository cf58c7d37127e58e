"""The text of functions, as a student would type them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType

from grader.spec.errors import BadDeclaration

BEGIN = "### BEGIN SOLUTION"  # one of nbgrader's markers


@lru_cache(2048)  # a key is drawn from every two slips of a function together
def text_of(function: Callable) -> str:
    """Return a function's text, without nbgrader's markers."""
    if function.__qualname__ != function.__name__:  # defined inside another function
        return without_markers(textwrap.dedent(inspect.getsource(function)))
    lines, _ = inspect.findsource(function)
    return without_markers(cut(_parsed("".join(lines)), function.__name__))


def cut(module: Module, name: str) -> str:
    """Return a function's text as its module holds it; private helpers that it calls are put inside, first."""
    helpers = "".join(without_markers(module.text_of(helper)) for helper in _private(module, name))
    text = module.text_of(name)
    if helpers and BEGIN in text:  # students do not get them
        return text.replace(f"{BEGIN}\n", f"{BEGIN}\n{textwrap.indent(helpers, '    ')}", 1)
    return inside(text, helpers)


def read(path: Path) -> Module:
    """Read a module's text, without importing it."""
    return _parsed(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Module:
    """A module's text, and where its functions stand in it."""

    lines: list[str]
    functions: dict[str, ast.FunctionDef]

    def text_of(self, name: str) -> str:
        """Return the lines of a function, decorators included."""
        node = self.functions[name]
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        last = node.end_lineno or node.lineno
        while last < len(self.lines) and self.lines[last].startswith("    #"):  # a marker is a comment
            last += 1
        return "".join(self.lines[first - 1 : last]).rstrip("\n") + "\n"


@cache
def _parsed(text: str) -> Module:
    tree = ast.parse(text)
    return Module(text.splitlines(keepends=True), {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)})


def without_markers(text: str) -> str:
    """Return source text without nbgrader's solution markers."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith("### "))


def inside(text: str, statements: str) -> str:
    """Return a function's text with statements put first into its body, below the docstring and private helpers."""
    if not statements:
        return text
    function = definition(text)
    lines = text.splitlines(keepends=True)
    before = 1 if ast.get_docstring(function) is not None else 0
    while isinstance(function.body[before], ast.FunctionDef):
        before += 1
    place = function.body[before - 1].end_lineno if before else function.body[0].lineno - 1
    if place is None or place < function.lineno:
        raise BadDeclaration(f"{function.name} must have its body on lines of its own")
    indented = textwrap.indent(statements.rstrip("\n") + "\n", "    ")
    return "".join([*lines[:place], indented, *lines[place:]])


def renamed(text: str, old: str, new: str) -> str:
    """Return a definition's text with another name for the function."""
    return text if old == new else text.replace(f"def {old}(", f"def {new}(", 1)


def signature(text: str) -> tuple[str, str]:
    """Return a function's parameters, as in its definition and as in a call that hands all of them on."""
    arguments = definition(text).args
    by_place = [one.arg for one in [*arguments.posonlyargs, *arguments.args]]
    if arguments.vararg:
        by_place.append(f"*{arguments.vararg.arg}")
    by_name = [f"{one.arg}={one.arg}" for one in arguments.kwonlyargs]
    if arguments.kwarg:
        by_name.append(f"**{arguments.kwarg.arg}")
    return ast.unparse(arguments), ", ".join([*by_place, *by_name])


def imports(module: str) -> list[str]:
    """Return the imports at the top of a module's text."""
    return [ast.unparse(node) for node in ast.parse(module).body if isinstance(node, (ast.Import, ast.ImportFrom))]


def routine(call: ast.Call) -> str:
    """Return the name of what is called, without its library: "max" of `np.max(x)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def mentions(text: str, name: str) -> bool:
    """Say whether a text reads a variable or function of that name."""
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(ast.parse(text)))


def lambda_parts(function: Callable) -> tuple[str, str]:
    """Return the parameters and the expression of a lambda, as text."""
    node = _lambda(function.__code__)
    return ast.unparse(node.args), ast.unparse(node.body)


def definition(text: str) -> ast.FunctionDef:
    """Return the definition in a text that holds one function."""
    return next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))


def _lambda(code: CodeType) -> ast.Lambda:
    """Find a lambda in its file: by its line, and if that has several, by the place of the value it returns."""
    on_line = [node for node in _lambdas(code.co_filename) if node.lineno == code.co_firstlineno]
    ends = {place[2:] for place in code.co_positions()}
    return next(
        node for node in on_line if len(on_line) == 1 or (node.body.col_offset, node.body.end_col_offset) in ends
    )


@cache
def _lambdas(path: str) -> list[ast.Lambda]:
    with open(path, encoding="utf-8") as file:
        return [node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.Lambda)]


def _private(module: Module, name: str) -> list[str]:
    """Return the functions with a leading underscore that a function of the module calls, the deepest first."""
    found: list[str] = []
    seen = {name}

    def add(caller: str) -> None:
        for node in ast.walk(module.functions[caller]):
            helper = node.id if isinstance(node, ast.Name) else ""
            if helper.startswith("_") and helper in module.functions and helper not in seen:
                seen.add(helper)
                add(helper)
                found.append(helper)

    add(name)
    return found
