"""Run the current command again, in a container."""

from __future__ import annotations

from collections.abc import Mapping

import typer
from rich.console import Console

from grader.sandbox.container import Argument, Reaches, Reads, Writes, run_in_container
from grader.sandbox.runtime import Backend


def run_again(
    backend: Backend, context: typer.Context, console: Console, **kinds: type[Reads | Writes | Reaches]
) -> int:
    """Run the current command again in a container, with all the options that it was given.

    Arguments:
        kinds -- which of its parameters name something on this machine: Reads, Writes or Reaches
    """
    return run_in_container(backend, as_given(context, kinds), console)


def as_given(context: typer.Context, kinds: Mapping[str, type[Reads | Writes | Reaches]]) -> list[Argument]:
    """Return the arguments that led to a command's parameters.

    They come from the command's own declaration, so that a new option cannot be forgotten here.
    """
    arguments: list[Argument] = [context.info_name or ""]
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is None or source.name.startswith("DEFAULT"):
            continue
        given = context.params[name]
        if isinstance(given, bool):
            arguments.append((parameter.opts if given else parameter.secondary_opts)[0])
            continue
        for value in given if isinstance(given, (list, tuple)) else [given]:
            option = [parameter.opts[0]] if parameter.param_type_name == "option" else []
            arguments += [*option, kinds[name](value) if name in kinds else str(value)]
    return arguments
