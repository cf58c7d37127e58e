"""Find the calls that an exercise forbids, because writing the called routine is the exercise.

This is a best effort on the text: it finds an honest short cut, not a call that somebody hides (see SECURITY.md).
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from grader.spec.cell_text import parse

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Reference:
    """A name that a definition reads: `name` alone, or the attribute `name` of what `root` stands for."""

    root: str
    name: str
    node: ast.AST


class Definition:
    """A function, a class or another thing that a text defines."""

    def __init__(self, node: ast.AST):
        self.node = node

    @cached_property
    def references(self) -> list[Reference]:
        """What it reads, beside its own variables, whatever else in the notebook has such a name."""
        found = [*_references(self.node)]
        names = {node.arg for node in ast.walk(self.node) if isinstance(node, ast.arg)}
        names |= {one.name for one in found if not one.root and isinstance(getattr(one.node, "ctx", None), ast.Store)}
        return [one for one in found if one.root or one.name not in names]


@dataclass(frozen=True)
class Text:
    """The definitions and imports of a notebook's code, as far as the rules need them.

    Attributes:
        definitions -- by name, the functions, classes and other things that it defines outside of functions
        imported -- names of routines by the names that they were imported as
        modules -- the names that stand for libraries: a method of a student's own class is not a library routine
        unread -- indices of the sources that cannot be read
    """

    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    unread: list[int] = field(default_factory=list)


def read(sources: Iterable[str]) -> Text:
    """Read the text of a notebook's code cells."""
    text = Text()
    for index, source in enumerate(sources):
        tree = parse(source)
        if tree is None:
            text.unread.append(index)
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                text.modules.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
                if isinstance(node, ast.ImportFrom):
                    text.imported.update({alias.asname or alias.name: alias.name for alias in node.names})
        for name, node in _defined(tree):
            text.definitions.setdefault(name, []).append(Definition(node))
    return text


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield the functions and classes of a text, lambdas, and new names for existing things, also below `if` or `try`."""
    waiting: deque[ast.AST] = deque(tree.body)
    while waiting:
        node = waiting.popleft()
        if isinstance(node, FUNCTIONS):
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.Lambda, ast.Name, ast.Attribute)):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif not isinstance(node, ast.expr):
            waiting.extend(ast.iter_child_nodes(node))


def _references(definition: ast.AST) -> Iterator[Reference]:
    waiting: deque[ast.AST] = deque([definition])
    while waiting:
        node = waiting.popleft()
        chain: list[ast.Attribute] = []
        while isinstance(node, ast.Attribute):
            chain.append(node)
            node = node.value
        if isinstance(node, ast.Name):
            yield from (Reference(node.id, one.attr, one) for one in chain)
            yield Reference("", node.id, node)
        waiting.extend(ast.iter_child_nodes(node))


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
            for one in definition.references:
                if not one.root and one.name in text.definitions:
                    called = one.name if one.name in own else ""
                    waiting.append(one.name)
                else:
                    called = _routine(one, text)
                    called = called if called in library else ""
                if called:
                    if called == function and one.root:
                        called = ast.unparse(one.node)  # "total_variation calls tf.image.total_variation"
                    return f"{function} calls {called}; writing that yourself is the exercise."
    return ""


def _routine(one: Reference, text: Text) -> str:
    """Return the library routine that is named: `lib.routine`, or an imported `routine` under any name."""
    if one.root:
        return one.name if one.root in text.modules else ""
    return text.imported.get(one.name, "")
