"""One call of a function: what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One call: a title that says what is special about it, its inputs, and the exception it must raise, if any."""

    title: str
    args: tuple
    kwargs: dict[str, Any]
    raises: str | None = None


def case(title: str, *args: Any, raises: type[Exception] | None = None, **kwargs: Any) -> Case:
    """Declare a case with the arguments written as in the call."""
    return Case(title, args, kwargs, raises.__name__ if raises else None)
