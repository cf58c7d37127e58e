"""Check whether a feedback page, read as a browser reads it, would run, load or send something."""

from __future__ import annotations

from html.parser import HTMLParser

from nbformat import NotebookNode

from grader.base.course import Course
from grader.gradebook.nbgrader_config import configure

ACTIVE = {
    *("script", "iframe", "frame", "object", "embed", "applet", "svg", "math", "form", "input", "button"),
    *("base", "link", "audio", "video", "source", "portal", "template", "dialog"),
}
ADDRESSES = ("src", "href", "action", "formaction", "srcset", "data", "poster", "background", "xlink:href")


def render(notebook: NotebookNode) -> str:
    """Return the feedback page of a graded notebook as nbgrader makes it; the points from the gradebook stay 0."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config()
    configure(config, Course())
    scores = {"score": 0, "max_score": 100, "late_penalty": 0}
    shown = {"notebook": notebook.metadata.get("title", "notebook"), "student": "student", **scores}
    return HTMLExporter(config=config).from_notebook_node(notebook, resources={"nbgrader": shown})[0]


def dangers(html: str) -> list[str]:
    """Return everything in a page that does more than show something."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    control = {f"control character {ord(one):#04x}" for one in set(html) if ord(one) < 32 and one not in "\t\r\n"}
    return sorted(reader.found | control)


class _Reader(HTMLParser):
    """A parser that collects active elements, event handlers, and addresses that lead out of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        if tag in ACTIVE:
            self.found.add(f"<{tag}>")
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on"):
                self.found.add(f"{name} of <{tag}>")
            elif name in ADDRESSES and not address.startswith(("#", "data:image/png;", "data:image/jpeg;")):
                self.found.add(f"{name} of <{tag}>: {address[:40]}")
            elif name == "http-equiv" and address != "content-security-policy":
                self.found.add(f"<{tag} {name}={address[:40]}>")
            elif name == "style" and ("url(" in address or "expression" in address):
                self.found.add(f"a style of <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style" and ("@import" in data or "url(" in data):
            self.found.add("a style that loads something")
