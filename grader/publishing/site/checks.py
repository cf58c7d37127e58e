"""Check the built pages of the course book, as a browser gets them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grader.base.paths import ROOT

LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
}
LOADING = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest"}  # values of a <link>'s rel
STYLE_LOADS = re.compile(r"@import\s+(?:url\()?\s*[\"']?([^\"')\s;]+)|url\(\s*[\"']?([^\"')]+)")
TELLING = 24  # characters that a line of a solution needs to reveal something
TEXTS = (".html", ".js", ".ipynb", ".txt", ".json")


@dataclass
class _Page:
    """What the check reads of a page."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    undescribed: list[str] = field(default_factory=list)
    text: str = ""


def flaws(site: Path) -> list[str]:
    """Return what is wrong with a built book, in one sentence each.

    Flaws are pictures without a description, links and anchors that lead nowhere, malformed external links, anything
    that would be loaded from another host, and lines of solutions.
    """
    read = {path: _read(path) for path in pages(site)}
    found = []
    for path, page in read.items():
        name = path.relative_to(site).as_posix()
        found += [f"{name}: a picture has no description: {one}" for one in page.undescribed]
        found += [f"{name} would load {one} from another host" for one in page.loads if _is_foreign(one)]
        found += [f"{name} links to {one}, which is not there" for one in _dead(path, page, read)]
    for path in sorted(site.rglob("*.css")):
        for one in _loaded_by_style(path.read_text(encoding="utf-8")):
            if _is_foreign(one):
                found.append(f"{path.relative_to(site).as_posix()} would load {one} from another host")
    return found + leaks(site)


def external_links(site: Path) -> list[str]:
    """Return the addresses of other hosts that pages link to; no request is sent to them."""
    return sorted({link for path in pages(site) for link in _read(path).links if _is_foreign(link)})


def leaks(site: Path) -> list[str]:
    """Return the lines of reference solutions that the book contains, in one sentence each.

    Lines that are in the prose of a notebook are given to students, and are not leaks.
    """
    given = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("notebooks/*/*.md"))
    texts = {}
    for path in sorted(site.rglob("*")):
        if path.suffix in TEXTS and "_static" not in path.relative_to(site).parts:
            raw = path.read_text(encoding="utf-8")
            texts[path] = raw + (_read(path).text if path.suffix == ".html" else "")
    found = []
    for solution in sorted((ROOT / "solutions").glob("*.py")):
        for line in sorted(telling_lines(solution.read_text(encoding="utf-8"))):
            for path, text in texts.items() if line not in given else ():
                if line in text or json.dumps(line)[1:-1] in text:
                    found.append(f"{path.relative_to(site).as_posix()} gives away a line of a solution: {line}")
    return found


def telling_lines(solution: str) -> set[str]:
    """Return the lines between the markers of a solution module that are long enough to reveal something."""
    bodies = [part.partition("### END SOLUTION")[0] for part in solution.split("### BEGIN SOLUTION")[1:]]
    lines = {line.strip() for body in bodies for line in body.splitlines()}
    return {line for line in lines if len(line) >= TELLING}


def pages(site: Path) -> list[Path]:
    """Return the pages of a book."""
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.relative_to(site).parts)


def _read(path: Path) -> _Page:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    page = _Page(text=soup.get_text())
    for tag in soup.find_all(True):
        page.anchors |= {str(tag[key]) for key in ("id", "name") if tag.has_attr(key)}
        address = tag.get(LOADED.get(tag.name, ""))
        if tag.name == "link" and LOADING & set(tag.get("rel") or ()):
            address = tag.get("href")
        if address:
            page.loads.append(str(address))
        if tag.name in ("a", "area") and tag.has_attr("href"):
            page.links.append(str(tag["href"]))
        if tag.name == "img" and not str(tag.get("alt") or "").strip():
            page.undescribed.append(str(tag.get("src"))[:80])
        if tag.name == "style" or tag.has_attr("style"):
            page.loads += _loaded_by_style(str(tag.get("style") or "") + tag.get_text() * (tag.name == "style"))
    return page


def _loaded_by_style(css: str) -> list[str]:
    return [first or second for first, second in STYLE_LOADS.findall(css)]


def _is_foreign(address: str) -> bool:
    return address.startswith("//") or urlsplit(address).scheme in ("http", "https", "ftp")


def _dead(path: Path, page: _Page, pages: dict[Path, _Page]) -> list[str]:
    """Return the links of a page that lead nowhere, as far as this can be checked without a network."""
    dead = []
    for link in [*page.links, *(one for one in page.loads if not one.startswith("data:"))]:
        parts = urlsplit(link)
        if _is_foreign(link):
            is_right = bool(re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", parts.netloc)) and " " not in link
        elif parts.scheme:
            is_right = parts.scheme in ("mailto", "data")
        else:
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            anchors = next((one.anchors for file, one in pages.items() if file.resolve() == target), None)
            is_right = target.is_file() and (
                not parts.fragment or anchors is None or unquote(parts.fragment) in anchors
            )
        if not is_right:
            dead.append(link)
    return dead
