"""The course book: all of it readable, without a network, by eye, ear and keyboard; no solution in it."""

import base64
import importlib
import re
import shutil

import nbformat
import pytest
from conftest import accessibility_flaws
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from rich.console import Console

from grader.base.assignments import names
from grader.base.course import Course
from grader.base.paths import ROOT
from grader.publishing import build
from grader.publishing.site import book, checks, execution, pages
from grader.spec.registry import load

OPENING = """# A small one

It says in *one* sentence what it is about.

| | |
|---|---|
| **Time** | one hour, in one sitting |
| **Needs** | once everything is filled in, a second and 0.1 GB; no network |

{more}
"""
FORMULAS = r"""## Formulas

Inline $a^2 + b^2 = c^2$, and one that no phone is wide enough for:

$$Z[i, h, w, c] = \sum_{i=0}^{k_H-1} \sum_{j=0}^{k_W-1} \sum_{k=0}^{n_{C,\text{prev}}-1} A_{\text{prev}}[i, h s + i, w s + j, k]
\cdot W[i, j, k, c] + b_c + \text{something} + \text{more}$$

`a_long_name_that_is_longer_than_any_phone_is_wide.and_then_one_of_its_parts`

| a wide | table | of | words | that | goes | on |
|---|---|---|---|---|---|---|
| extraordinarily | incomprehensibilities | counterrevolutionaries | uncharacteristically | wide | and | wider |
"""
FIGURE = """import sys
import numpy as np
from ipywidgets import interact
from tqdm.auto import tqdm
from data import show
from grader import check

for _ in tqdm(range(3)):
    pass
print("noise", file=sys.stderr)
print("10 %\\r100 %")
show.pictures([np.eye(8)], ["one"], alt="A <diagonal> of white squares.")

@interact(n=(1, 4))
def explore(n=2):
    show.pictures([np.eye(n)], alt=f"A diagonal of {n}.")
"""


def small_notebook(name, more=""):
    """A notebook that has been run, with all that a page may hold."""
    text = load("w1_conv").exercises["output_size"].source()
    cells = [
        new_markdown_cell(OPENING.format(more=more)),
        new_code_cell(FIGURE),
        new_markdown_cell(FORMULAS),
        new_code_cell(text, metadata={"nbgrader": {"grade_id": "output_size"}}),
        new_code_cell("check(output_size)"),
        new_code_cell("\n".join(f"x_{number} = {number}" for number in range(pages.LONG + 1))),
    ]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": build.KERNEL, "language_info": {"name": "python"}})
    execution.run(name, notebook)
    notebook.cells[
        3
    ].source = "def output_size(n, f, pad, stride):\n    # YOUR CODE HERE\n    raise NotImplementedError"
    return notebook


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A book of two: w1_conv as students get it, and a small one that has been run."""
    conv = nbformat.read(ROOT / "notebooks" / "w1_conv" / "w1_conv.ipynb", 4)
    small = small_notebook("w9_small", "The weights have [a card](../../data/weights/mobilenet_v2.md).")
    return book.write({"w1_conv": conv, "w9_small": small}, tmp_path_factory.mktemp("book") / "site")


@pytest.fixture(scope="module")
def site(built):
    return built.front.parent


def test_the_front_page_says_what_the_notebooks_say(site):
    front = (site / "index.html").read_text()
    for text in (
        "A small one",
        "It says in <em>one</em> sentence what it is about.",
        "one hour",
        "a second and 0.1 GB",
    ):
        assert text in front
    assert "Convolution from scratch" in front and "four to six hours" in front
    assert 'src="pictures/w9_small-cover.png"' in front


def test_pictures_are_files_with_descriptions_and_nothing_else_is_left_of_widgets_and_noise(built, site):
    page = (site / "w9_small.html").read_text()
    assert 'alt="A &lt;diagonal&gt; of white squares."' in page
    assert 'alt="A diagonal of 2."' in page
    assert built.pictures == 3  # two, and the small one for the front page
    assert "data:image" not in page and "interactive(" not in page
    text = re.sub(r"<[^>]+>", "", page)
    assert "noise\n" not in text and "100 %" in text and "10 %\r" not in text
    assert not re.search(r"\d+%\|", text)  # a bar
    assert "cases pass" in text


def test_long_given_code_is_folded_and_what_is_asked_never_is(site):
    page = (site / "w9_small.html").read_text()
    folded = re.findall(r"<details.*?</details>", page, re.DOTALL)
    assert any("x_24" in one for one in folded)
    assert not any("YOUR CODE HERE" in one for one in folded)


def test_the_notebook_to_download_is_the_students(site):
    notebook = nbformat.read(site / "w1_conv.ipynb", 4)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.cells == nbformat.read(ROOT / "notebooks" / "w1_conv" / "w1_conv.ipynb", 4).cells
    assert not any(cell.get("outputs") for cell in nbformat.read(site / "w9_small.ipynb", 4).cells)


def test_what_a_notebook_links_to_is_in_the_book(site):
    assert 'href="data/weights/mobilenet_v2.html"' in (site / "w9_small.html").read_text()
    assert (site / "data" / "weights" / "mobilenet_v2.html").exists()


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("[forward](../notebooks/w1_conv/w1_conv.md#pooling)", "[forward](/w1_conv.ipynb#pooling)"),
        ("[forward](../notebooks/w1_conv/w1_conv.ipynb)", "[forward](/w1_conv.ipynb)"),
        ("[the front](index.md)", "[the front](/index.md)"),
        ("[what is defended](../SECURITY.md)", "[what is defended](/SECURITY.md)"),
        ("![A table.](check.png)", "![A table.](/docs/check.png)"),
        ("[all of it](../README.md)", "all of it"),
        ("[the reference](../solutions/w1_conv.py)", "the reference"),
        ("[out](https://example.org/a)", "[out](https://example.org/a)"),
        ("[below](#below)", "[below](#below)"),
        ("`a[i](x)`", "`a[i](x)`"),
    ],
)
def test_links_between_files_become_links_between_pages(tmp_path, link, becomes):
    linked = pages._Linked({"w1_conv"}, tmp_path)
    assert linked.rewritten(f"See {link}.", ROOT / "docs" / "some.md") == f"See {becomes}."
    linked.write_others()
    assert (tmp_path / "SECURITY.md").exists() == ("SECURITY" in link)
    assert (tmp_path / "docs" / "check.png").exists() == ("check" in link)


def test_no_solution_and_no_answer_is_in_the_book(site):
    lines = checks.telling_lines((ROOT / "solutions" / "w1_conv.py").read_text())
    assert len(lines) > 50
    assert checks.leaks(site) == []
    text = (site / "w9_small.html").read_text() + (site / "w1_conv.html").read_text()
    assert "NotImplementedError" in text and pages.ANSWER.strip("*") in text


PAGE = '<html lang="en"><body><h1 id="top">Page</h1>{}</body></html>'
RIGHT = '<a href="#top">up</a><a href="page.html#top">up</a><a href="https://example.org/a">out</a><img src="a.png" alt="A.">'


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('<img src="a.png">', "page.html: a picture has no description: a.png"),
        ('<img src="a.png" alt=" ">', "page.html: a picture has no description: a.png"),
        ('<a href="gone.html">x</a>', "page.html links to gone.html, which is not there"),
        ('<a href="#gone">x</a>', "page.html links to #gone, which is not there"),
        ('<a href="page.html#gone">x</a>', "page.html links to page.html#gone, which is not there"),
        ('<a href="https://">x</a>', "page.html links to https://, which is not there"),
        ('<a href="javascript:x()">x</a>', "page.html links to javascript:x(), which is not there"),
        ('<img src="gone.png" alt="A.">', "page.html links to gone.png, which is not there"),
        ('<script src="https://example.org/x.js"></script>', "page.html would load https://example.org/x.js from"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "page.html would load //example.org/x.css from"),
        ('<img src="https://example.org/x.png" alt="A.">', "page.html would load https://example.org/x.png from"),
        ('<style>@import "https://example.org/x.css";</style>', "page.html would load https://example.org/x.css from"),
        ('<p style="background: url(https://example.org/x.png)">x</p>', "page.html would load https://example.org/x"),
    ],
)
def test_what_is_wrong_with_a_page_is_found(tmp_path, body, sentence):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "page.html").write_text(PAGE.format(RIGHT))
    assert checks.flaws(tmp_path) == []
    (tmp_path / "page.html").write_text(PAGE.format(RIGHT + body))
    assert [one for one in checks.flaws(tmp_path) if one.startswith(sentence)]


@pytest.mark.parametrize("file", ["page.html", "page.ipynb", "searchindex.js"])
def test_a_line_of_a_solution_is_found_in_every_kind_of_file(tmp_path, file):
    line = max(checks.telling_lines((ROOT / "solutions" / "w1_conv.py").read_text()), key=len)
    code = nbformat.writes(new_notebook(cells=[new_code_cell(f"    {line}\n")]))
    # As a page has it: coloured, word by word.
    words = " ".join(f"<span>{word}</span>" for word in line.replace("<", "&lt;").split(" "))
    (tmp_path / file).write_text(code if file.endswith("ipynb") else PAGE.format(words))
    found = checks.leaks(tmp_path)
    assert found == ([f"{file} gives away a line of a solution: {line}"] if file != "searchindex.js" else [])


def test_a_style_sheet_that_loads_from_elsewhere_is_found(tmp_path):
    (tmp_path / "a.css").write_text("@font-face {src: url('https://example.org/f.woff2')}")
    assert checks.flaws(tmp_path) == ["a.css would load https://example.org/f.woff2 from another host"]


def test_a_book_that_is_not_as_it_must_be_does_not_replace_one_that_is(site, tmp_path):
    old = shutil.copytree(site, tmp_path / "site")
    dead = small_page("w9_dead", OPENING.format(more='<a href="gone.html">There</a> is nothing.'))
    with pytest.raises(book.BookError, match=r"w9_dead\.html links to gone\.html, which is not there"):
        book.write({"w9_dead": dead}, old)
    assert (old / "w9_small.html").exists()
    wrong = small_page("w9_wrong", OPENING.format(more="{nosuchrole}`x`"))
    with pytest.raises(book.BookError, match=r"Sphinx could not build(.|\n)*nosuchrole"):
        book.write({"w9_wrong": wrong}, old)


def small_page(name, text, **picture):
    data = {"image/png": base64.b64encode(PIXEL).decode()}
    outputs = [new_output("display_data", data, metadata={"image/png": picture})] if picture else []
    return new_notebook(
        cells=[new_markdown_cell(text), new_code_cell("1", outputs=outputs)],
        metadata={"kernelspec": build.KERNEL, "language_info": {"name": "python"}},
    )


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def test_a_picture_without_a_description_ends_the_build(tmp_path):
    notebook = small_page("w9_mute", OPENING.format(more=""), width=100)
    with pytest.raises(book.BookError, match=r"^w9_mute, cell 2: a picture is shown without a description"):
        pages.write({"w9_mute": notebook}, tmp_path / "pages", tmp_path / "beside")


def test_a_notebook_that_does_not_run_is_named_with_its_cell():
    notebook = new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("y = x / 0\nz = 1")])
    with pytest.raises(book.BookError, match=r"^w9, cell 2 \('y = x / 0'\) stops: ZeroDivisionError: division by zero"):
        execution.run("w9", notebook)


def test_a_notebook_is_run_once_and_again_when_its_sources_have_changed(course, monkeypatch):
    runs = []

    def run(name, notebook, on_cell):
        runs.append(name)
        notebook.cells[1].outputs = [new_output("stream", text=f"run {len(runs)}")]

    monkeypatch.setattr(execution, "run", run)
    assert not execution.is_kept("w1_conv", course)
    first = execution.executed("w1_conv", course)
    assert execution.is_kept("w1_conv", course)
    assert execution.executed("w1_conv", course) == first
    assert runs == ["w1_conv"]
    monkeypatch.setattr(execution, "made_from", lambda name: "something else")
    assert not execution.is_kept("w1_conv", course)
    assert execution.executed("w1_conv", course).cells[1].outputs[0].text == "run 2"
    kept = (course.folder / "executed" / "w1_conv.ipynb").read_text()
    assert "BEGIN SOLUTION" not in kept and "raise NotImplementedError" in kept


def test_running_a_notebook_leaves_the_learners_own_record_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    cells = [new_code_cell("from grader import check\nfrom solutions.w1_conv import output_size\ncheck(output_size)")]
    ran = new_notebook(cells=[*cells, new_code_cell("from grader import progress\nprogress()")])
    execution.run("w9", ran)
    assert "w1_conv: 1 of 15" in ran.cells[1].outputs[0].data["text/plain"]
    assert not list(tmp_path.iterdir())


# --- as a browser shows it --------------------------------------------------------------------------------------------

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def opened(browser, path, theme, size):
    """A page of the book, from its file; a request that leaves this machine fails the test."""
    page = browser.new_context(viewport=size, color_scheme=theme).new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("!document.querySelector('.math') || window.MathJax?.startup?.promise")
    page.evaluate("() => window.MathJax?.startup?.promise")
    return page


def look(browser, path, theme):
    """What every page must be, whatever it shows."""
    page = opened(browser, path, theme, DESKTOP)
    assert page.get_attribute("html", "data-theme") == theme
    assert not [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))]
    assert page.errors == []
    assert page.locator("mjx-container").count() == page.locator(".math").count()
    assert page.locator("mjx-assistive-mml").count() == page.locator(".math").count()  # what a screen reader reads
    assert page.locator("mjx-merror").count() == 0
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    page.wait_for_function("document.getAnimations().every((one) => one.playState === 'finished')")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path.name
        assert "\n".join(accessibility_flaws(page)) == ""
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_readable_in_both_themes_on_a_phone_and_a_desktop(browser, site, theme):
    for name in ("index", "w9_small", *(["w1_conv"] if theme == "light" else [])):  # `test_the_whole_book` looks at all
        look(browser, site / f"{name}.html", theme)


def test_the_empty_heads_of_the_opening_table_are_not_shown_and_all_others_are(browser, site):
    page = opened(browser, site / "w9_small.html", "light", DESKTOP)
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    heads = page.locator("thead")
    shown = {heads.nth(k).inner_text().split()[0] for k in range(heads.count()) if heads.nth(k).is_visible()}
    assert shown == {"a", "verdict"} and heads.count() == 3


def test_the_book_is_searched_without_a_network(browser, site):
    page = opened(browser, site / "search.html", "light", DESKTOP)
    page.goto((site / "search.html").as_uri() + "?q=padding")
    page.wait_for_selector("#search-results li")
    assert "Convolution from scratch" in page.inner_text("#search-results")


def test_what_scrolls_and_the_theme_are_reached_by_keys(browser, site):
    page = opened(browser, site / "w9_small.html", "light", PHONE)
    page.wait_for_selector("div.math[tabindex='0']")
    page.wait_for_selector(".picture[tabindex='0']")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "Skip to main content"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className"))
        if page.evaluate("document.activeElement.ariaLabel") == "Color mode":
            page.keyboard.press("Enter")
            page.wait_for_function("document.activeElement.ariaExpanded === 'true'")
            for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):  # of the system, light, dark
                page.keyboard.press(key)
            page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert "picture" in reached and any(one.startswith("math") for one in reached)
    wide = opened(browser, site / "w9_small.html", "light", {"width": 1600, "height": 900})
    assert wide.locator(".picture[tabindex='0']").count() == 0


@pytest.mark.slow
def test_the_whole_book(browser):
    """Every notebook, run: an hour where none has been run before."""
    built = book.build(Course(), Console(quiet=True))
    site = built.front.parent
    assert {f"{name}.html" for name in names()} <= {path.name for path in site.iterdir()}
    for name in names():
        notebook = execution.executed(name, Course())
        assert all(cell.outputs for cell in notebook.cells if cell.source.startswith("check("))
        assert len(list((site / "pictures").glob(f"{name}-*.png"))) > importlib.import_module(f"test_{name}").FIGURES
    assert checks.flaws(site) == []
    for path in sorted(site.glob("*.html")):
        for theme in ("light", "dark"):
            look(browser, path, theme)
