"""Ways to say what a slip does wrong.

The simplest is a function or a lambda. In it, the exercise's own name is the reference:

    exercise.slip("the stride is ignored", lambda X, f, stride: im2col(X, f, 1), "...")

The others are the functions below. They find their place in the reference by the names of parameters, routines and
keywords, so that a solution can be tidied without a change here. Only `edit` depends on how the reference is written:
it is for what no other word says.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grader.spec import source
from grader.spec.errors import BadDeclaration


@dataclass(frozen=True)
class Change:
    """A change of the reference's text into that of a wrong solution."""

    apply: Callable[[str], str]


@lru_cache(2048)  # the text of each slip is asked for with every other one
def as_text(code: Callable | Change, name: str, reference: str) -> str:
    """Return a slip's or variant's text, named as the exercise.

    Arguments:
        code -- a change, a function, or a lambda
        name -- the exercise's
        reference -- its text, which is put inside a function of another name that calls it
    """
    if isinstance(code, Change):
        return code.apply(reference)
    if code.__name__ == "<lambda>":
        parameters, value = source.lambda_parts(code)
        text = f"def {name}({parameters}):\n    return {value}\n"
    else:
        text = source.renamed(source.text_of(code), code.__name__, name)
    return source.inside(text, reference) if code.__name__ != name and source.mentions(text, name) else text


def both(first: Callable | Change, second: Callable | Change, name: str, reference: str) -> str | None:
    """Return the text of a function that has two slips at once; None where one leaves no place for the other.

    Nor is there one where it holds a `while`: of two slips at once nobody has seen that it ends.

    Arguments are those of `as_text`.
    """
    alone = [as_text(one, name, reference) for one in (first, second)]
    for inner, other in ((alone[0], second), (alone[1], first)):
        try:
            text = as_text(other, name, inner)
            tree = ast.parse(text)
        except (BadDeclaration, SyntaxError):
            continue
        may_be_endless = "while" in text and any(isinstance(node, ast.While) for node in ast.walk(tree))
        if text not in alone and not may_be_endless:
            return text
    return None


def edit(old: str, new: str, times: int = 1) -> Change:
    """Replace a piece of the reference's text that occurs so many times."""

    def apply(text: str) -> str:
        if text.count(old) != times:
            raise BadDeclaration(f"{old!r} must occur {times}x in the reference, found {text.count(old)}x:\n{text}")
        return text.replace(old, new)

    return Change(apply)


def edits(*pairs: tuple[str, str]) -> Change:
    """Replace several pieces of the reference's text, each of which occurs once."""

    def apply(text: str) -> str:
        for old, new in pairs:
            text = edit(old, new).apply(text)
        return text

    return Change(apply)


def ignoring(**fixed: Any) -> Change:
    """Give parameters a fixed value, whatever the caller hands over."""
    return Change(lambda text: source.inside(text, "".join(f"{name} = {one!r}\n" for name, one in fixed.items())))


def exchanging(first: str, second: str) -> Change:
    """Take each of two parameters for the other."""
    return Change(lambda text: source.inside(text, f"{first}, {second} = {second}, {first}"))


def beforehand(**changed: str) -> Change:
    """Change parameters before the reference sees them: `beforehand(image="image[::-1]")`."""
    return Change(lambda text: source.inside(text, "".join(f"{name} = {one}\n" for name, one in changed.items())))


def afterwards(change: Callable) -> Change:
    """Change the reference's result: `afterwards(lambda result: result / 2)`."""
    parameter, value = source.lambda_parts(change)

    def apply(text: str) -> str:
        name = source.definition(text).name
        parameters, handed_on = source.signature(text)
        outer = f"def {name}({parameters}):\n    {parameter} = {name}({handed_on})\n    return {value}\n"
        return source.inside(outer, text)

    return Change(apply)


def replacing(**helpers: Callable | str) -> Change:
    """Put something else in place of a function that the reference calls by its name.

    Arguments:
        helpers -- by name, a lambda, or an expression as text
    """

    def assignment(name: str, helper: Callable | str) -> str:
        if isinstance(helper, str):
            return f"{name} = {helper}\n"
        parameters, value = source.lambda_parts(helper)
        return f"{name} = lambda {parameters}: {value}\n"

    def apply(text: str) -> str:
        for name in helpers:
            if not source.mentions(text, name):
                raise BadDeclaration(f"the reference does not call {name}:\n{text}")
        return source.inside(text, "".join(assignment(name, helper) for name, helper in helpers.items()))

    return Change(apply)


def instead(**routines: str) -> Change:
    """Call other routines: with `instead(argmax="argmin")`, `np.argmax(x)` becomes `np.argmin(x)`, wherever it is called."""

    def change(tree: ast.FunctionDef) -> bool:
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in routines:
                found.add(node.id)
                node.id = routines[node.id]
            elif isinstance(node, ast.Attribute) and node.attr in routines:
                found.add(node.attr)
                node.attr = routines[node.attr]
        return found == set(routines)

    return _of_tree(change, f"the reference does not call {' and '.join(routines)}")


def passing(routine: str, only: int | None = None, **keywords: Any) -> Change:
    """Hand keywords to the calls of a routine: `passing("Conv2D", padding="valid")`.

    Arguments:
        routine -- as it is called, without its library
        only -- which call, from 1, in the order of the text; otherwise all
        keywords -- the values that they get, whatever they were
    """

    def change(tree: ast.FunctionDef) -> bool:
        calls = _calls(tree, routine, only)
        for call in calls:
            call.keywords = [one for one in call.keywords if one.arg not in keywords]
            call.keywords += [ast.keyword(name, ast.Constant(value)) for name, value in keywords.items()]
        return bool(calls)

    return _of_tree(change, f"the reference does not call {routine}")


def leaving_out(routine: str, keyword: str, only: int | None = None) -> Change:
    """Leave a keyword out where a routine is called: `leaving_out("Conv2D", "activation")`."""

    def change(tree: ast.FunctionDef) -> bool:
        left = 0
        for call in _calls(tree, routine, only):
            kept = [one for one in call.keywords if one.arg != keyword]
            left += len(call.keywords) - len(kept)
            call.keywords = kept
        return bool(left)

    return _of_tree(change, f"the reference does not hand {keyword} to {routine}")


def skipping(routine: str, only: int | None = None) -> Change:
    """Leave a step out: a call of a routine becomes what it was called on.

    `relu(x)` becomes `x`, and so does a layer, `layers.ReLU()(x)`.

    Arguments:
        routine -- as it is called, without its library
        only -- which call, from 1, in the order of the text; otherwise all
    """

    def change(tree: ast.FunctionDef) -> bool:
        calls = {id(call) for call in _calls(tree, routine, only)}

        class Skip(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.AST:
                if id(node) in calls or id(node.func) in calls:
                    return self.visit(node.args[0])
                return self.generic_visit(node)

        Skip().visit(tree)
        return bool(calls)

    return _of_tree(change, f"the reference does not call {routine}")


def _of_tree(change: Callable[[ast.FunctionDef], bool], complaint: str) -> Change:
    def apply(text: str) -> str:
        tree = source.definition(text)
        if not change(tree):
            raise BadDeclaration(f"{complaint}:\n{text}")
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"

    return Change(apply)


def _calls(tree: ast.AST, routine: str, only: int | None) -> list[ast.Call]:
    """Return the calls of a routine, in the order of the text, or one of them."""

    def all_calls() -> Iterator[ast.Call]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and source.routine(node) == routine:
                yield node

    calls = sorted(all_calls(), key=lambda call: (call.lineno, call.col_offset))
    return calls if only is None else calls[only - 1 : only]
