"""What Formgrader shows of a hand-in: tables, text, code and pasted pictures, and nothing that acts."""

import base64
import io
import itertools
import time

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from test_feedback_page import MARKUP, RUNS, mark

from grader.presentation import mark_view
from grader.reports import formgrader_page
from grader.reports.formgrader_page import clean_html, highlight_code

KEPT = {"scope", "class", "alt", "src"}
HOSTILE = [
    *MARKUP,
    '<p style="background:url(//evil.example/x.png);margin:-900px">a</p><div class="modal-backdrop" id="x">b</div>',
    '<table background="//evil.example/x.png"><tr><td onclick="alert(1)" style="position:fixed">c</td></tr></table>',
    '<a href="data:text/html,<script>x()</script>">a</a><a href=" d\nata:text/html,x">b</a>',
    '<a href="jav&#x09;ascript:x()">c</a><img src="data:text/html,x">',
    '<img src="https://evil.example/x.png"><img src="data:image/svg+xml;base64,PHN2Zz4=" onerror="x()">',
    '<img src="data:image/png;base64,PHNjcmlwdD4="><img srcset="//evil.example/x.png">',
    '<input id="answer_why" class="score"><textarea id="answer_why-comment"></textarea>',
    "[a](javascript:x()) [b](https://evil.example) ![c](https://evil.example/x.png) <https://evil.example>",
    '```html"onload="x()\n<script>x()</script>\n```\n```mermaid\ngraph TD; click A "javascript:x()"\n```',
    "# <b onclick=x()>heading</b>\n\n| <i onclick=x()>a</i> |\n|--|\n| <script>x()</script> |",
    "![a](attachment:gone.png) ![b](attachment:) ![c](data:image/svg+xml;base64,PHN2Zz4=)",
]


def markdown2html(source, attachments=None):
    return formgrader_page.markdown2html({"cell": {"attachments": attachments or {}}}, source)


def red(kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("show", [clean_html, markdown2html, highlight_code])
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_students_acts_on_the_page(show, text):
    soup = BeautifulSoup(show(text), "html.parser")
    assert not soup.find_all(RUNS | {"style", "meta", "title", "textarea", "button"})
    assert {name for tag in soup.find_all(True) for name in tag.attrs} <= KEPT
    assert all(one["src"].startswith("data:image/png;base64,") for one in soup.find_all(src=True))


def test_our_tables_are_shown():
    shown = clean_html(mark_view.html(mark()))
    table = BeautifulSoup(shown, "html.parser")
    assert [one.get_text() for one in table.find_all("th")] == ["verdict", "case", "finding"]
    assert len(table.find_all("tr")) == 1 + len(mark().cases) and "&lt;" not in shown
    assert table.find("table")["class"] == ["table", "table-condensed"]


def test_answers_are_shown_as_they_were_written():
    shown = markdown2html(
        "**Bold**, *soft*, `x < y`, $a_1 < b_2$\n\n$$\\frac{1}{2}$$\n\n1. one\n2. two\n\n> said\n\n## More"
    )
    assert "<strong>Bold</strong>, <em>soft</em>, <code>x &lt; y</code>, $a_1 &lt; b_2$" in shown
    assert "$$\\frac{1}{2}$$" in shown and "<li>two</li>" in shown and "<h2>More</h2>" in shown


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_pasted_picture_is_shown(kind):
    data = red(kind)
    attachments = {"mine.png": {f"image/{kind.lower()}": data}}
    (picture,) = BeautifulSoup(markdown2html("![my plot](attachment:mine.png)", attachments), "html.parser").find_all(
        "img"
    )
    assert picture.attrs == {"alt": "my plot", "src": f"data:image/{kind.lower()};base64,{data}"}
    assert BeautifulSoup(clean_html(str(picture)), "html.parser").find("img") == picture


def test_a_picture_that_is_not_there_is_said_and_the_page_does_not_fail():
    assert "[picture that is not in the hand-in: my plot]" in markdown2html("![my plot](attachment:gone.png)")


def test_a_link_is_text_with_its_address():
    assert markdown2html("[the paper](https://example.org/a)") == "<p>the paper (https://example.org/a)</p>\n"
    assert markdown2html("<https://example.org/a>") == "<p>https://example.org/a</p>\n"


@pytest.mark.parametrize(
    "command", ["href", "style", "class", "cssId", "require", "mmlToken", "def", "newcommand", "unicode"]
)
@pytest.mark.parametrize(
    "form", ["${}{{x}}{{y}}$", "$a \\{}{{x}}$", "$$\n{}{{x}}\n$$", "a {}<!-- -->{{x}}", "&#92;{1}{{x}}"]
)
def test_no_command_of_tex_makes_a_link_or_a_style(command, form):
    shown = BeautifulSoup(markdown2html(form.format(f"\\{command}", command)), "html.parser").get_text()
    assert f"\\{command}" not in shown and command in shown


def test_maths_that_only_looks_like_such_a_command_stays():
    assert markdown2html("$\\deform \\definecolor \\labelled$") == "<p>$\\deform \\definecolor \\labelled$</p>\n"


def test_outputs_and_tables_become_no_formulas():
    soup = BeautifulSoup(clean_html("<p>$\\href{x}{y}$</p>"), "html.parser")
    assert soup.div["class"] == ["tex2jax_ignore"] and soup.div.p


MANY = [
    "[",
    "<b>",
    "<a href=x>",
    "*",
    "**a",
    "`",
    "> ",
    "<",
    "$",
    "|a",
    "- ",
    "&",
    "\n    ",
    "<p>",
    "<table>",
    "[a](",
    "<a b=",
]


@pytest.mark.parametrize("text", MANY)
def test_a_text_of_marks_takes_no_time(text):
    start = time.process_time()
    for count in (formgrader_page.MAX_MARKS, formgrader_page.MAX_MARKDOWN):
        markdown2html((text * count)[: formgrader_page.MAX_MARKDOWN])
    assert time.process_time() - start < 5


@pytest.mark.parametrize("text", [" ", " \n", "\n ", "\t", "(", "@", "'", "\\\n", "f'{", "def "])
def test_code_of_any_kind_takes_a_time_that_grows_with_its_length(text):
    start = time.process_time()
    for length, lines in itertools.product((6_000, 100_000), (1, 900)):
        code = (text * length)[:length]
        highlight_code("\n".join(code[i : i + lines] for i in range(0, length, lines)) if lines > 1 else code)
    assert time.process_time() - start < 12  # of 215 with IPython's and Pygments' own


def test_code_is_coloured():
    shown = highlight_code("def f(x):\n    return x < 1\n")
    assert (
        BeautifulSoup(shown, "html.parser").get_text().strip() == "def f(x):\n    return x < 1" and 'class="k"' in shown
    )
