"""Provide the filters with which Formgrader shows a hand-in: what they return does nothing but show.

Formgrader's template renders written answers as Markdown, code with its colours, and outputs as HTML, in a page that has
the instructor's rights on the course. It has no filter of its own on any of these.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from jinja2 import pass_context

from grader.base.foreign_text import readable
from grader.submission.pictures import read_pictures

TAGS = {
    *("p", "br", "hr", "div", "span", "pre", "code", "blockquote", "a", "img", "ul", "ol", "li", "dl", "dt", "dd"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "b", "i", "del", "sup", "sub", "kbd", "abbr", "acronym"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# Classes lay our tables out. Any other could make a student's text look like a part of Formgrader, or lie on top of it;
# an id could be taken for that of a field of its form.
OUR_CLASSES = {"table", "table-condensed"}
# Commands of TeX with which MathJax makes links, styles, loads something or defines further commands.
TEX = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|id|require|mmlToken|bbox|enclose|texttip|mathtip|toggle|unicode|label|ref|eqref"
    r"|def|let|newcommand|renewcommand|newenvironment|renewenvironment|html\w*)(?![a-zA-Z]))"
)
# What takes readers of Markdown and HTML, and those of code, longest grows with the square of these.
MAX_MARKDOWN, MAX_MARKS = 50_000, 2_000
MAX_CODE, MAX_LINE, BLANKS = 100_000, 1_000, re.compile(r"\s{200}")
MARKS = re.compile(r"[<\[\]*_`>$~|]")
# MathJax leaves alone what has this class.
NO_MATHS = "tex2jax_ignore"


def clean_html(html: Any) -> str:
    """Return HTML that only shows: tables, text and pasted pictures. In the text, nothing becomes a formula."""
    text = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    return f'<div class="{NO_MATHS}">{_inert(text)}</div>'


@pass_context
def markdown2html(context: Any, source: Any) -> str:
    """Return a Markdown cell as HTML that only shows; of its attachments, those that are small PNG and JPEG files."""
    text = readable(source)
    if len(text) > MAX_MARKDOWN or len(MARKS.findall(text)) > MAX_MARKS:
        return _plain(text)
    try:
        return _inert(_rendered(text, read_pictures(context.get("cell", {}).get("attachments"))))
    except RecursionError:
        return _plain(text)


def highlight_code(source: Any, language: Any = None, metadata: Any = None) -> str:
    """Return code as HTML, with colours; without them where the code is so long that they would take their time."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    text = readable(source)
    if len(text) > MAX_CODE or max(map(len, text.split("\n"))) > MAX_LINE or BLANKS.search(text):
        return f'<div class="highlight">{_plain(text)}</div>'
    return highlight(text or " ", PythonLexer(), HtmlFormatter(cssclass="highlight hl-ipython3"))


def _plain(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _rendered(text: str, pictures: dict[str, dict[str, str]]) -> str:
    """Return Markdown with formulas as HTML, in which a student's own HTML is still as it was."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """nbconvert's, without what it adds to code and headings, and without its error where a picture is missing."""

        def block_code(self, code: str, info: str | None = None) -> str:
            return f"<pre><code>{escape(code)}</code></pre>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            forms = pictures.get(url.removeprefix("attachment:"), {}) if url.startswith("attachment:") else {}
            address = next((f"data:{kind};base64,{data}" for kind, data in forms.items()), url)
            return f'<img alt="{escape(text)}" src="{escape(address)}">'

    return MarkdownWithMath(renderer=Renderer(escape=False, exclude_anchor_links=True)).render(text)


def _inert(html: str) -> str:
    """Return HTML without anything that acts, loads, links or looks like a part of Formgrader."""
    from bleach import clean
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString

    attributes = {"*": _of_any, "a": ["href"], "img": _of_picture, "th": ["scope"]}
    cleaned = clean(html, tags=TAGS, attributes=attributes, protocols=["http", "https", "mailto", "data"])
    soup = BeautifulSoup(cleaned, "html.parser")
    for link in soup.find_all("a"):  # the address can be read, and following it takes an intention
        address = link.get("href", "")
        if address and address != link.get_text():
            link.append(f" ({address})")
        link.unwrap()
    for picture in soup.find_all("img", src=False):
        picture.replace_with(f"[picture that is not in the hand-in: {picture.get('alt') or 'without a name'}]")
    soup.smooth()
    for text in soup.find_all(string=TEX):
        text.replace_with(NavigableString(TEX.sub(r"\\ ", str(text))))
    return str(soup)


def _of_any(tag: str, name: str, value: str) -> bool:
    return name == "class" and set(value.split()) <= OUR_CLASSES


def _of_picture(tag: str, name: str, value: str) -> bool:
    """Say whether an attribute of a picture is kept: its address only if the picture is in it, and is one we can trust."""
    if name == "src":
        kind, _, data = value.removeprefix("data:").partition(";base64,")
        return value.startswith("data:") and bool(read_pictures({"picture": {kind: data}}))
    return name == "alt"
