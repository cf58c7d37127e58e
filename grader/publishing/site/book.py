"""Build the course book: a static site of every notebook, run, and of the pages in `docs/`; no network is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.base.course import Course
from grader.base.paths import ROOT
from grader.publishing.site import checks, execution, pages
from grader.publishing.site.execution import BookError
from grader.student.notebook.opening import in_order

SHOWN = 12  # errors that a message lists at most


@dataclass(frozen=True)
class Book:
    """A built book: its front page, how many pages and pictures it has, its size, and its external links."""

    front: Path
    pages: int
    pictures: int
    megabytes: float
    external: list[str]


def build(course: Course, console: Console) -> Book:
    """Run the notebooks that have changed, build the book into `site/` in the course's folder, and check it.

    Raises:
        BookError -- if a notebook does not run, if Sphinx reports an error, or if the built pages have flaws
    """
    if not all(map(find_spec, ("sphinx", "myst_nb", "sphinx_book_theme", "bs4"))):
        raise BookError("The book is made by Sphinx and MyST-NB, which are not installed here: `make setup` does so.")
    names = in_order(ROOT / "notebooks")
    waiting = [name for name in names if not execution.is_kept(name, course)]
    if waiting:
        console.print(
            f"To be run: {', '.join(waiting)}. All notebooks take up to an hour on two cores, each once; "
            "what has been run is kept."
        )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    notebooks = {}
    with Progress(*columns, console=console, transient=True) as progress:
        for name in names:
            task = progress.add_task(f"running {name}", total=None, visible=name in waiting)
            notebooks[name] = execution.executed(name, course, partial(progress.update, task))
            progress.update(task, visible=False)
            if name in waiting and not console.is_terminal:  # without a progress bar, a line shows the progress
                console.print(f"{name} has been run")
    console.print("Building the pages …")
    return write(notebooks, course.folder / "site")


def write(notebooks: Mapping[str, NotebookNode], site: Path) -> Book:
    """Build the book from notebooks that have been run.

    Arguments:
        notebooks -- by assignment, in the book's order
        site -- folder that is replaced by the book, once the book has passed its checks

    Raises:
        BookError -- if Sphinx reports an error, or if the built pages have flaws
    """
    work = site.with_name(f"{site.name}.unfinished")
    shutil.rmtree(work, ignore_errors=True)
    pages.write(notebooks, work / "pages", work / "beside")
    _run_sphinx(work)
    shutil.copytree(work / "beside", work / "html", dirs_exist_ok=True)
    wrong = checks.flaws(work / "html")
    if wrong:
        more = f"\nand {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise BookError("The book is not as it must be:\n" + "\n".join(wrong[:SHOWN]) + more)
    shutil.rmtree(site, ignore_errors=True)
    (work / "html").rename(site)
    shutil.rmtree(work)
    files = [path for path in site.rglob("*") if path.is_file()]
    return Book(
        front=site / "index.html",
        pages=len(checks.pages(site)),
        pictures=sum(path.parent.name == "pictures" for path in files),
        megabytes=sum(path.stat().st_size for path in files) / 1e6,
        external=checks.external_links(site),
    )


def _run_sphinx(work: Path) -> None:
    line = [sys.executable, "-m", "sphinx", "-c", str(pages.PROSE), "-b", "html", "-n", "-q", "-W", "--keep-going"]
    done = subprocess.run(
        [*line, "-d", str(work / "doctrees"), str(work / "pages"), str(work / "html")],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if done.returncode:
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr).replace(f"{work / 'pages'}/", "")
        raise BookError("Sphinx could not build the book:\n" + "\n".join(said.strip().splitlines()[:SHOWN]))
