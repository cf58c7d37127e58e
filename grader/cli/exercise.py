"""Define `course exercise`: for those who write exercises, or want to know what a file of functions would get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.console import Console
from rich.markup import escape

from grader.base.assignments import names

if TYPE_CHECKING:
    from grader.spec.exercise import Exercise

app = typer.Typer(no_args_is_help=True, help="Write exercises, and prove them.")
console = Console(highlight=False, emoji=False)

FunctionName = Annotated[str, typer.Argument(metavar="NAME", help="Function, such as pool_forward.")]
SIGNS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]·[/]"}


@app.command("new")
def new(
    assignment: Annotated[str, typer.Argument(metavar="A", help="Assignment, such as w1_conv; it may be a new one.")],
    name: FunctionName,
    parameters: Annotated[str, typer.Option(help='As in the definition, such as "x, slope=0.1".')] = "x",
) -> None:
    """Write the stubs of a new exercise: reference, cell of the notebook, declaration and test."""
    from grader.authoring import stubs
    from grader.base.paths import ROOT

    for path in stubs.write(assignment, name, parameters):
        console.print(f"✓ {path.relative_to(ROOT)}", soft_wrap=True)
    text = f"Other right solutions go into grader/exercises/{assignment}/variants/<how>.py, as {name}."
    console.print(text, soft_wrap=True)
    console.print(f"Then: course exercise try {name}")


@app.command("try")
def try_exercise(
    name: FunctionName,
    seed: Annotated[Optional[list[int]], typer.Option(help="Seeds of the cases; four of them without it.")] = None,  # noqa: UP045
    everything: Annotated[bool, typer.Option("--all", help="Show what is as it must be, too.")] = False,
) -> None:
    """Prove one function: slips rejected and named, variants at full marks, visible answers worth nothing.

    Also says which cases no slip fails. Runs in this process, without a notebook or a sandbox.
    """
    from data import quietly
    from grader.authoring import trial

    one = _exercise(name)
    wrong = 0
    with quietly():
        rounds = [("declared", trial.declared(one))]
        rounds += [(f"seed {s}", trial.tried(one, s)) for s in seed or trial.SEEDS]
        for title, findings in rounds:
            found = list(findings)
            bad = [finding for finding in found if finding.good is False]
            wrong += len(bad)
            good = sum(finding.good is True for finding in found)
            console.print(f"{SIGNS[not bad]} {title}: {good} of {good + len(bad)} as they must be")
            for finding in found:
                if finding.good is False or everything:
                    text = f"{finding.group}: {finding.title} – {finding.detail}"
                    console.print(f"    {SIGNS[finding.good]} {escape(text)}", soft_wrap=True)
        unused = trial.unused_cases(one, seed or trial.SEEDS)
    if unused:
        text = f"No slip fails these cases, at any of these seeds: {'; '.join(unused)}"
        console.print(f"{SIGNS[None]} {escape(text)}", soft_wrap=True)
    raise SystemExit(1 if wrong else 0)


@app.command("mutants")
def try_mutants(
    name: FunctionName,
    seed: Annotated[Optional[list[int]], typer.Option(help="Seeds of the cases; two of them without it.")] = None,  # noqa: UP045
) -> None:
    """Change the reference by small steps, and list the changes that keep full marks at one of the seeds.

    A change that changes no answer is declared: exercise.equivalent("before → after", "why").
    """
    import json

    from data import quietly
    from grader.authoring import mutants, trial

    one = _exercise(name)
    with quietly():
        found = mutants.tried(one, seed or trial.SEEDS[1:3])
    caught = found.count - len(found.survivors)
    console.print(f"{caught} of {found.count} changes are noticed; {found.equivalent} more are declared equivalent.")
    for survivor in found.survivors:
        where = f" (keeps full marks at seed {' and '.join(map(str, survivor.seeds))})"
        console.print(f"    {SIGNS[False]} {escape(survivor.change + where)}", soft_wrap=True)
    for change in found.stale:
        text = f"is declared equivalent, and is noticed or does not occur: {change}"
        console.print(f"    {SIGNS[False]} {escape(text)}", soft_wrap=True)
    if found.survivors:
        console.print("A change that changes no answer is declared, with a reason:")
        for survivor in found.survivors:
            console.print(
                f'    exercise.equivalent({json.dumps(survivor.change, ensure_ascii=False)}, "…")',
                soft_wrap=True,
                markup=False,
            )
    raise SystemExit(1 if found.survivors or found.stale else 0)


@app.command("ask")
def ask_files(
    assignment: Annotated[str, typer.Argument(metavar="A", help="Assignment, such as w1_conv.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A Python file, or a folder of them.")],
    function: Annotated[Optional[str], typer.Option(help="Judge this function alone.")] = None,  # noqa: UP045
    seed: Annotated[Optional[int], typer.Option(help="Of the cases; a new one without it.")] = None,  # noqa: UP045
    json_file: Annotated[Optional[Path], typer.Option("--json", help="Write marks and findings as JSON.")] = None,  # noqa: UP045
) -> None:
    """Judge the functions of Python files in this process: without a notebook, and WITHOUT A SANDBOX.

    Helpers that a file lacks are the reference's.
    """
    import json
    import secrets

    from data import quietly
    from grader.authoring import asking
    from grader.base.errors import CourseError
    from grader.base.files import write_atomically
    from grader.base.foreign_text import readable
    from grader.presentation.mark_view import messages
    from grader.presentation.status import sign
    from grader.spec.registry import load

    declared = load(assignment)
    if function and function not in declared.exercises:
        raise CourseError(f"{assignment} has no function {function!r}. It has: {', '.join(declared.exercises)}.")
    paths = asking.files(path)
    drawn_with = secrets.randbits(63) if seed is None else seed
    console.print(f"Judged in this process, without a sandbox; seed {drawn_with}.")
    content = {}
    with quietly():
        for one in paths:
            found = asking.judged(declared, one, drawn_with, function)
            console.print(f"[bold]{escape(readable(str(one)))}[/]", soft_wrap=True)
            if found.problem:
                console.print(f"    {SIGNS[False]} {escape(readable(found.problem))}", soft_wrap=True)
            if not found.marks:
                console.print(f"    defines no {function or f'function of {assignment}'}", soft_wrap=True)
            for mark in found.marks.values():
                line = f"{sign(mark.status)} {mark.name}: {mark.points:g} of {mark.maximum:g} points"
                console.print(f"    {escape(line)}", soft_wrap=True)
                for text in messages(mark):
                    console.print(f"        {escape(readable(text))}", soft_wrap=True)
            content[str(one)] = {
                "problem": found.problem,
                "exercises": {
                    name: {
                        "points": mark.points,
                        "maximum": mark.maximum,
                        "status": mark.status,
                        "slip": mark.slip[0] if mark.slip else None,
                        "messages": messages(mark),
                    }
                    for name, mark in found.marks.items()
                },
            }
    if json_file:
        report = {"assignment": assignment, "seed": drawn_with, "files": content}
        write_atomically(json_file, json.dumps(report, indent=2) + "\n")


def _exercise(name: str) -> Exercise:
    """Find an exercise by its function's name, in any assignment.

    Raises:
        CourseError -- with the names that come near
    """
    import difflib

    from grader.base.errors import CourseError
    from grader.spec import registry

    where = {function: assignment for assignment in names() for function in registry.functions(assignment)}
    if name not in where:
        near = "".join(f" Is {one} meant?" for one in difflib.get_close_matches(name, where, 1))
        raise CourseError(f"No notebook asks for a function {name!r}.{near}")
    return registry.load(where[name]).exercises[name]
