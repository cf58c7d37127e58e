"""Write the pages of the course book as Sphinx reads them: notebooks with their pictures, prose, and the front page.

Titles, times and pictures come from the notebooks themselves, so that nothing about an assignment is stated twice.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from data.show import PAPER
from grader.base.paths import ROOT
from grader.publishing.site.execution import BookError
from grader.student.notebook.opening import read_opening
from grader.submission.cells import grade_id_of

PROSE = ROOT / "docs"
FRONT = "index.md"
PLACE = "<!-- assignments -->"  # in the front page's text
LONG = 24  # lines above which given code is folded, because reading it is optional
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]+)\)")
COVER = (800, 400)  # pixels of a picture on the front page
MOSTLY = 0.5  # share of bare paper in such a picture, at most
ANSWER = "*Here stands your answer, in the notebook.*"


def write(notebooks: Mapping[str, NotebookNode], pages: Path, beside: Path) -> None:
    """Write all sources from which Sphinx makes the book.

    Arguments:
        notebooks -- run, by assignment, in the book's order
        pages -- receives the sources of the pages
        beside -- receives what is copied into the book unchanged: pictures, and notebooks to download

    Raises:
        BookError -- if a picture has no description
    """
    for folder in (pages, beside):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    linked = _Linked(set(notebooks), pages)
    cards: dict[str, list[str]] = {}
    for name, notebook in notebooks.items():
        pictures = _Pictures(name, beside / "pictures")
        page = _page(name, notebook, pictures, linked)
        nbformat.write(page, pages / f"{name}.ipynb")
        nbformat.write(_to_take_away(notebook), beside / f"{name}.ipynb")
        week = name.partition("_")[0].removeprefix("w")
        cards.setdefault(week, []).append(_card(name, notebook, pictures))
    prose = sorted(PROSE.glob("*.md"))
    for path in prose:
        text = linked.rewritten(path.read_text(encoding="utf-8"), path)
        if path.name == FRONT:
            others = [other.stem for other in prose if other.name != FRONT]
            text = text.replace(PLACE, _contents(cards, list(notebooks), others))
        (pages / path.name).write_text(text, encoding="utf-8")
    linked.write_others()


def _page(name: str, notebook: NotebookNode, pictures: _Pictures, linked: _Linked) -> NotebookNode:
    """Return a notebook as the book shows it: with outputs that a browser can show, and without nbgrader's metadata."""
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    cells = []
    for number, cell in enumerate(deepcopy(notebook.cells), start=1):
        asked = grade_id_of(cell)
        if cell.cell_type == "code":
            shown = list(_shown(cell.outputs, state, pictures, f"{name}, cell {number}"))
            cell.outputs, cell.metadata = shown, NotebookNode()
            if not asked and len(cell.source.splitlines()) > LONG:
                cell.metadata["tags"] = ["hide-input"]
        else:
            text = ANSWER if asked else linked.rewritten(cell.source, ROOT / "notebooks" / name / f"{name}.md")
            cell.source, cell.metadata = text, NotebookNode()
        cells.append(cell)
    take = f'<p><a href="{name}.ipynb" download>Download this notebook</a> and fill it in.</p>'
    cells.insert(1, nbformat.v4.new_markdown_cell(take, id="download"))
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": notebook.metadata["kernelspec"]})


def _to_take_away(notebook: NotebookNode) -> NotebookNode:
    """Return the student's notebook without outputs."""
    bare = deepcopy(notebook)
    bare.metadata = NotebookNode({key: bare.metadata[key] for key in ("kernelspec", "language_info")})
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("execution", None)
    return bare


def _shown(outputs: list[Any], state: Mapping[str, Any], pictures: _Pictures, place: str) -> Iterator[NotebookNode]:
    """Yield outputs without stderr, with the last picture in place of a widget, and with pictures as files."""
    for output in map(NotebookNode, outputs):
        data = output.get("data", {})
        if output.output_type == "stream":
            if output.name == "stdout":
                # Text before a carriage return, as in a progress bar, was meant to be overwritten.
                output.text = re.sub(r"[^\n]*\r(?!\n)", "", output.text)
                yield output
        elif VIEW in data:
            yield from _shown(_held(data[VIEW]["model_id"], state), state, pictures, place)
        elif "image/png" in data:
            markup = pictures.add(data["image/png"], output.metadata.get("image/png", {}), place)
            yield nbformat.v4.new_output("display_data", {"text/html": markup})
        elif "text/html" in data:
            yield nbformat.v4.new_output("display_data", {"text/html": _with_folded_cases(data["text/html"])})
        elif "text/plain" in data:
            yield nbformat.v4.new_output("display_data", {"text/plain": data["text/plain"]})


def _held(model: str, state: Mapping[str, Any]) -> list[Any]:
    """Return the outputs that a widget shows; a slider or a bar has none."""
    inside = state.get(model, {}).get("state", {})
    children = [child.removeprefix("IPY_MODEL_") for child in inside.get("children", ())]
    return [*inside.get("outputs", ()), *(output for child in children for output in _held(child, state))]


def _with_folded_cases(markup: str) -> str:
    """Fold a check's table of cases, so that only its headline shows until a reader opens the table."""
    if "convnets-mark" not in markup:
        return markup
    return re.sub(r"<div [^>]*><table.*?</table></div>", r"<details><summary>cases</summary>\g<0></details>", markup)


class _Pictures:
    """The pictures of one notebook, as files."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.described: list[tuple[Path, str]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, content: str, about: Mapping[str, Any], place: str) -> str:
        """Save a picture, and return the HTML that shows it on a page."""
        from PIL import Image

        alt = about.get("alt", "")
        if not alt.strip():
            raise BookError(f"{place}: a picture is shown without a description. Draw it by `data.show`, with alt=…")
        file = f"{self.name}-{len(self.described) + 1:02d}.png"
        (self.folder / file).write_bytes(base64.b64decode(content))
        self.described.append((self.folder / file, alt))
        with Image.open(self.folder / file) as image:
            width = int(about.get("width", image.width))
            height = round(width * image.height / image.width)
        return (
            f'<div class="picture"><img src="{self.folder.name}/{file}" alt="{escape(alt)}" '
            f'width="{width}" height="{height}" loading="lazy"></div>'
        )

    def cover(self) -> tuple[str, str]:
        """Save a small version of the first picture that suits a card; return its file name and description."""
        from PIL import Image, ImageOps

        path, alt = next((one for one in self.described if _fills_a_card(one[0])), self.described[0])
        with Image.open(path) as image:
            whole = image.convert("RGB")
        small = ImageOps.pad(whole, COVER, Image.Resampling.LANCZOS, color=PAPER)
        file = self.folder / f"{self.name}-cover.png"
        small.save(file)
        return f"{self.folder.name}/{file.name}", alt


def _fills_a_card(path: Path) -> bool:
    """Say whether a picture has about the shape of a card, and less bare paper than content."""
    import numpy as np
    from PIL import Image, ImageColor

    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), int)
        shape = image.width / image.height
    bare = (abs(pixels - ImageColor.getrgb(PAPER)).max(axis=2) <= 4).mean()
    return shape < 1.5 * COVER[0] / COVER[1] and bool(bare < MOSTLY)


def _card(name: str, notebook: NotebookNode, pictures: _Pictures) -> str:
    from markdown_it import MarkdownIt

    about = read_opening(notebook.cells[0].source)
    picture = ""
    if pictures.described:
        file, alt = pictures.cover()
        picture = f'<img src="{file}" alt="{escape(alt)}" width="{COVER[0]}" height="{COVER[1]}" loading="lazy">'
    return (
        f'<article class="assignment">{picture}<div><h3><a href="{name}.html">{escape(about.title)}</a></h3>'
        f"<p>{MarkdownIt().renderInline(about.summary)}</p>"
        f"<dl><dt>You need</dt><dd>{escape(about.hours)}</dd>"
        f"<dt>Your machine</dt><dd>{escape(about.whole)}</dd></dl></div></article>"
    )


def _contents(cards: Mapping[str, list[str]], names: list[str], others: list[str]) -> str:
    """Return the front page's content week by week, with the entries of the side bar."""
    parts = []
    for week, of_week in cards.items():
        listed = [name for name in names if name.startswith(f"w{week}_")]
        parts.append(f'## Week {week}\n\n<div class="assignments">{"".join(of_week)}</div>')
        parts.append(_toctree(f"Week {week}", listed))
    return "\n\n".join([*parts, *([_toctree("About the course", others)] if others else [])])


def _toctree(caption: str, pages: list[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", ":maxdepth: 1", "", *pages, "```"])


class _Linked:
    """A rewriter of links between files of the repository into links between the pages of the book.

    Linked Markdown files become pages, too. Other files are not in the book: only the words of such a link are kept.
    """

    def __init__(self, assignments: set[str], pages: Path) -> None:
        self.assignments, self.pages = assignments, pages
        self.others: list[Path] = []

    def rewritten(self, text: str, origin: Path) -> str:
        """Return the text of a file with links that work in the book."""
        return LINK.sub(lambda found: self._link(found, origin), text)

    def write_others(self) -> None:
        """Write the pages that exist because other pages link to them."""
        for path in self.others:  # the list grows during the loop
            page = self.pages / path.relative_to(ROOT)
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(f"---\norphan: true\n---\n\n{self.rewritten(path.read_text(encoding='utf-8'), path)}")

    def _link(self, found: re.Match[str], origin: Path) -> str:
        sign, words, target = found.groups()
        file, hash_sign, anchor = target.partition("#")
        path = Path(os.path.normpath(origin.parent / file))
        if ":" in target or not file or not path.is_relative_to(ROOT) or not path.exists():
            return found[0]
        if sign:
            copied = self.pages / path.relative_to(ROOT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
            return f"![{words}](/{path.relative_to(ROOT).as_posix()})"
        page = self._page(path)
        return f"[{words}](/{page}{hash_sign}{anchor})" if page else words

    def _page(self, path: Path) -> str:
        """Return the source of the page that a file of the repository becomes; empty if it does not become a page."""
        if path.parent.name == path.stem and path.stem in self.assignments:
            return f"{path.stem}.ipynb"
        if path.parent == PROSE and path.suffix == ".md":
            return path.name
        if path.suffix != ".md" or path == ROOT / "README.md":
            return ""
        if path not in self.others:
            self.others.append(path)
        return path.relative_to(ROOT).as_posix()
