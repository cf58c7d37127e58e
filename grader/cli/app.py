"""Define the commands of the command line: `course …`."""

from __future__ import annotations

import errno
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn, Optional

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.base import interrupts
from grader.base.assignments import names
from grader.base.errors import CourseError
from grader.cli import data, exercise

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Convnets: a course that grades itself.")
kernels_app = typer.Typer(no_args_is_help=True, help="The kernels that Jupyter offers.")
app.add_typer(data.app, name="data")
app.add_typer(exercise.app, name="exercise")
app.add_typer(kernels_app, name="kernels")

console = Console(highlight=False, emoji=False)

KIT = "This is a class kit: it has what students use. The rest of the course is with the instructor."
AssignmentName = Annotated[str, typer.Argument(metavar="A", help="Assignment, such as w1_conv.")]
SomeAssignment = Annotated[Optional[str], typer.Argument(metavar="[A]", help="Assignment; all of them without it.")]  # noqa: UP045
NoSandboxOption = Annotated[
    bool, typer.Option("--no-sandbox", help="Run hand-ins unprotected. Only where you trust every one.")
]


def main() -> None:
    """Run the command line; expected errors end in a sentence, not in a traceback."""
    from data import DataError

    interrupts.never_lost()
    try:
        app()
    except (CourseError, DataError) as error:
        _fail(str(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f" for {error.filename}" if error.filename else ""
        _fail(f"No space is left on the disk{where}. What is done is kept: make room, and run this again.")
    except ImportError as error:
        if names() or (error.name or "").partition(".")[0] not in ("grader", "solutions"):
            raise
        _fail(KIT)


def _refuse_in_a_kit() -> None:
    """Stop with a sentence where the instructor's part of the course is not installed."""
    if not names():
        _fail(KIT)


def _require_folder_of(file: Path | None) -> None:
    """Stop with a sentence where a file is to be written into a folder that does not exist: before the work for it."""
    if file and not file.absolute().parent.is_dir():
        _fail(f"There is no folder {file.absolute().parent} to write {file.name} into.")


def _fail(sentence: str) -> NoReturn:
    console.print(f"[red]✗[/] {escape(sentence)}", soft_wrap=True)
    raise SystemExit(1)


@app.command()
def build(name: SomeAssignment = None) -> None:
    """Build notebooks and answer keys from prose and solutions."""
    from grader.base.course import Course
    from grader.publishing.build import build as build_one
    from grader.scoring import visible_key

    _refuse_in_a_kit()
    for one in [name] if name else names():
        path = build_one(one, Course())
        visible_key.write(one)
        console.print(f"✓ {_short(path)}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="With Formgrader, on the course's own folder.")
    ] = False,
) -> None:
    """Open JupyterLab on the notebooks, at a start page. Other options, such as --no-browser, are passed on to it."""
    from grader.cli.lab import open_lab

    raise SystemExit(open_lab(instructor, tuple(context.args)))


@app.command()
def release(
    name: AssignmentName,
    kit: Annotated[Optional[Path], typer.Option(metavar="FILE", help="Write what a class gets here, as a zip.")] = None,  # noqa: UP045
    due: Annotated[Optional[str], typer.Option(metavar="TIME", help='Due, local time: "2026-12-01 23:59".')] = None,  # noqa: UP045
    late: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0, max=100, metavar="PERCENT", help="Taken off the points for each day that has begun since."),
    ] = None,
    late_at_most: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0, max=100, metavar="PERCENT", help="However late; all of them without it."),
    ] = None,
    db: Annotated[Optional[str], typer.Option(help="Gradebook's URL, instead of SQLite in .course.")] = None,  # noqa: UP045
) -> None:
    """Release an assignment: its notebook, its due date and what being late costs, and a kit for the class."""
    from grader.base.course import Course
    from grader.gradebook.lateness import policy_of, read_time
    from grader.publishing.release import due_date
    from grader.publishing.release import release as release_one

    if kit and kit.suffix != ".zip":
        _fail(f"A kit is a zip archive: give it a name that ends in .zip, not {kit.name}.")
    _require_folder_of(kit)
    course = Course(db_url=db or "")
    time, said = read_time(due, "23:59") if due else None, {"percent": late, "at_most": late_at_most}
    policy = replace(policy_of(course, name), **{part: value for part, value in said.items() if value is not None})
    path = release_one(name, course, time, policy)
    console.print(f"✓ {_short(path)}", soft_wrap=True)
    time = time or due_date(name, course)
    if time:
        console.print(f"  due {time:%Y-%m-%d %H:%M} UTC")
    if time and time < datetime.now(UTC).replace(tzinfo=None):
        console.print("[yellow]![/] That is past: whoever hands in now is late.")
    if policy.percent:
        console.print(f"  each day late costs {policy.percent:g} % of the points, {policy.at_most:g} % at most")
    if policy.percent and not time:
        console.print("[yellow]![/] Nobody can be late yet: --due says when it is due.")
    if kit:
        from grader.publishing import kit as kits

        files = kits.write(name, course, kit)
        console.print(f"✓ {_short(kit)}: {len(files)} files, {kit.stat().st_size / 1e6:.1f} MB", soft_wrap=True)


@app.command()
def grade(
    context: typer.Context,
    name: AssignmentName,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Holds STUDENT/A.ipynb or STUDENT.ipynb.")],
    workers: Annotated[Optional[int], typer.Option(min=1, help="Processes that judge; one a core without it.")] = None,  # noqa: UP045
    scheduler: Annotated[Optional[str], typer.Option(help="Address of a Dask scheduler: its workers judge.")] = None,  # noqa: UP045
    db: Annotated[Optional[str], typer.Option(help="Gradebook's URL, instead of SQLite in .course.")] = None,  # noqa: UP045
    limit: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="NAME=VALUE", help="A limit for each hand-in, such as cell_seconds=30; more than once."),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Run the cells that only show something as well, for the feedback pages.")
    ] = False,
    json_file: Annotated[Optional[Path], typer.Option("--json", help="Write results here as JSON.")] = None,  # noqa: UP045
    no_sandbox: NoSandboxOption = False,
) -> None:
    """Grade a folder of hand-ins."""
    _refuse_in_a_kit()
    from grader.cli import in_container
    from grader.sandbox import container, runtime

    backend = runtime.choose(no_sandbox)
    if backend.is_container:
        raise SystemExit(
            in_container.run_again(
                backend,
                context,
                console,
                folder=container.Reads,
                json_file=container.Writes,
                db=container.Reaches,
                scheduler=container.Reaches,
            )
        )

    from grader.base.course import Course
    from grader.base.files import write_atomically
    from grader.batch import grading_run
    from grader.cli import scoreboard
    from grader.judging.result import Result
    from grader.reports.grading_report import as_json
    from grader.sandbox.limits import limits_from

    _require_folder_of(json_file)
    course = Course(db_url=db or "")
    limits = limits_from(limit or ())
    with _progress() as progress:
        task = progress.add_task(f"grading {name}", total=None)

        def one_done(result: Result) -> None:
            progress.advance(task)
            student = escape(result.student)
            if result.rejected:
                progress.console.print(f"[yellow]![/] {student}: {escape(result.rejected)}", soft_wrap=True)
            elif not console.is_terminal:  # without a progress bar, a line shows the progress
                how = "judged before" if result.reused else f"{result.seconds:.0f} s"
                console.print(f"{student}: {result.score:g} points, {how}", soft_wrap=True)

        try:
            report = grading_run.grade_folder(
                name,
                folder,
                course,
                sandboxed=not no_sandbox,
                limits=limits,
                workers=workers,
                scheduler=scheduler or "",
                figures=figures,
                on_found=lambda count: progress.update(task, total=count),
                on_result=one_done,
            )
        except KeyboardInterrupt:
            console.print("Stopped. What is graded is kept: the same command goes on where this one was.")
            raise SystemExit(130) from None
    if json_file:
        write_atomically(json_file, json.dumps(as_json(report), indent=1))
    scoreboard.show(report, console)
    if no_sandbox:
        console.print("[yellow]![/] These hand-ins ran without a sandbox.")
    if report.changes:
        scoreboard.show_changes(report, console)
    if report.problems:
        raise SystemExit(1)


@app.command("feedback")
def give_feedback(
    name: AssignmentName,
    to: Annotated[Path, typer.Option(help="A folder, or a file that ends in .zip.")],
    db: Annotated[Optional[str], typer.Option(help="Gradebook's URL, instead of SQLite in .course.")] = None,  # noqa: UP045
) -> None:
    """Copy each student's feedback page as STUDENT/A.html, to give it back."""
    from grader.base.course import Course
    from grader.gradebook.hand_back import give_back

    students, unread = give_back(name, Course(db_url=db or ""), to)
    console.print(f"✓ {_short(to)}: pages of {len(students)} students", soft_wrap=True)
    if unread:
        console.print(
            f"[yellow]![/] A written answer still waits for its marks: {escape(', '.join(unread))}. Read them in Formgrader "
            "(course lab --instructor), grade again, and the pages have them.",
            soft_wrap=True,
        )


@app.command("submit")
def hand_in(
    name: AssignmentName,
    notebook: Annotated[Optional[Path], typer.Option(help="Another file than the course's own notebook.")] = None,  # noqa: UP045
    to: Annotated[Optional[Path], typer.Option(help="Folder for the copy; notebooks/handed-in without it.")] = None,  # noqa: UP045
) -> None:
    """Hand in a copy of the saved notebook, with a receipt and a list of what is still missing."""
    from grader.student.submit import failing, submit

    receipt, file = submit(name, notebook, to)
    console.print(f"[green]✓[/] {escape(_short(file))}", soft_wrap=True)
    console.print(f"  {receipt.bytes / 1e3:,.0f} kB, saved {receipt.saved}")
    console.print(f"  SHA-256 {receipt.sha256}", soft_wrap=True)
    if receipt.missing:
        console.print(
            f"[yellow]![/] Not written yet: {', '.join(receipt.missing)}. You can hand in again.", soft_wrap=True
        )
    if receipt.broken:
        console.print(f"[yellow]![/] Not Python: {escape(', '.join(receipt.broken))}.", soft_wrap=True)
    wrong = [one for one in failing(name) if one not in receipt.missing]
    if wrong:
        console.print(f"[yellow]![/] The last check did not pass: {', '.join(wrong)}.", soft_wrap=True)
    console.print(
        "Give this file to your instructor. The receipt beside it says which file it was, and when.", soft_wrap=True
    )


@app.command()
def update(
    source: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--from", metavar="FOLDER_OR_ZIP", help="A newer copy of the course or class kit, where git has none."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask where that copy is from.")] = False,
) -> None:
    """Get the newest notebooks, and keep your work in yours."""
    from grader.student.update.course_update import update as update_course

    if source and not yes:
        console.print(
            f"{escape(str(source))} brings programs, which this computer will run with your rights. Take it only from "
            "your instructor, or from the page of the course.",
            soft_wrap=True,
        )
        if not sys.stdin.isatty():
            _fail("Nothing was changed. If you know where it is from: course update --from … --yes")
        typer.confirm("Is it from there?", abort=True)
    outcome = update_course(source)
    if not outcome.changed:
        console.print("✓ Nothing is newer than what you have.")
        return
    count = len([path for path in outcome.changed if not path.startswith(".course")])
    new = f"{count} files and folders are" if count > 1 else "One file or folder is"
    work = f" Your work is in the new {', '.join(outcome.merged)}." if outcome.merged else ""
    console.print(f"[green]✓[/] {new} new.{work}", soft_wrap=True)
    for name, conflict in outcome.conflicts:
        console.print(f"[yellow]![/] {name}, {escape(conflict.cell)}: {escape(conflict.what)}", soft_wrap=True)
    if outcome.conflicts:
        console.print("  In the notebook, a cell below each shows what has changed.", soft_wrap=True)
    if outcome.backup:
        console.print(f"  As they were, your files are in {escape(_short(outcome.backup))}", soft_wrap=True)
    if outcome.merged:
        console.print("  A notebook that is open in JupyterLab: File, Reload Notebook from Disk.", soft_wrap=True)
    if outcome.has_new_packages:
        console.print("  The course needs other packages: make setup brings them.", soft_wrap=True)


@app.command()
def audit(context: typer.Context, name: SomeAssignment = None, no_sandbox: NoSandboxOption = False) -> None:
    """Audit the grader with right, wrong, hostile and broken hand-ins; exit 1 if one gets wrong marks."""
    _refuse_in_a_kit()
    from grader.cli import in_container
    from grader.sandbox import runtime

    backend = runtime.choose(no_sandbox)
    if backend.is_container:
        raise SystemExit(in_container.run_again(backend, context, console))

    from grader.audit.audit import audit as audit_one
    from grader.cli import scoreboard

    missed = 0
    for one in [name] if name else names():
        missed += scoreboard.show_audit(one, audit_one(one, sandboxed=not no_sandbox), console)
    raise SystemExit(1 if missed else 0)


@app.command()
def doctor() -> None:
    """Check this machine for what the course needs, and say which sandbox will be used."""
    from grader.cli.doctor import doctor as run_doctor

    raise SystemExit(0 if run_doctor(console) else 1)


@app.command()
def demo() -> None:
    """Grade three hand-ins: one right, one with typical slips, one hostile."""
    from grader.cli.demo import demo as run_demo

    run_demo(console)


@app.command()
def site() -> None:
    """Build the course book: every notebook, run, as pages to read, without solutions."""
    from grader.base.course import Course
    from grader.publishing.site import book

    built = book.build(Course(), console)
    size = f"{built.pages} pages, {built.pictures} pictures, {built.megabytes:.0f} MB"
    console.print(f"✓ {_short(built.front)}: {size}", soft_wrap=True)
    for address in built.external:
        console.print(f"  links to {escape(address)}", soft_wrap=True)


@app.command()
def bench(sections: Annotated[Optional[list[str]], typer.Argument(help="Some sections only.")] = None) -> None:  # noqa: UP045
    """Measure what the course promises, against named peers, in one run; exit 1 if a target is missed."""
    from grader.bench.runner import bench as run_bench

    raise SystemExit(0 if run_bench(console, sections or ()) else 1)


@kernels_app.command("install")
def install_kernels() -> None:
    """Offer "Convnets (CPU)" and "Convnets (GPU)" in Jupyter."""
    from grader.student.kernelspecs import install

    for label, path in install():
        console.print(f"✓ {label}: {path}")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
