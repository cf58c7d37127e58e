"""Make malformed hand-ins: files that must be rejected with a reason, and odd files of right notebooks to be read."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.submission.cells import is_answer
from grader.submission.notebook_file import MAX_BYTES


def broken_files(right: NotebookNode) -> dict[str, bytes]:
    """Return files that cannot be judged, by title."""
    other = deepcopy(right)
    for cell in other.cells:
        cell.source = ""
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = f"other_{cell.metadata.nbgrader.grade_id}"
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Here is my homework.")])
    raw = nbformat.writes(right).encode()
    deep = b"[" * 100_000 + b"]" * 100_000
    cell = b'{"cell_type": "code", "source": "1"},'
    return {
        "not JSON": b"PK\x03\x04 this is a zip file",
        "an empty file": b"",
        "cut off": raw[:5000],
        "no solution cells": nbformat.writes(bare).encode(),
        "another assignment's notebook": nbformat.writes(other).encode(),
        "deeply nested JSON": b"[" * 200_000,
        "deeply nested JSON in metadata": raw.replace(b'"metadata"', b'"x": ' + deep + b', "metadata"', 1),
        "a list": b"[1, 2, 3]",
        "nbformat 2": b'{"nbformat": 2, "worksheets": []}',
        "a number that is too long": b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 100_000 + b"}",
        "UTF-16": nbformat.writes(right).encode("utf-16"),
        "bytes that are no UTF-8": raw[:-2] + b"\xff\xfe\xc0\x80" + raw[-2:],
        "NUL bytes": bytes(100_000),
        "a zip bomb": _zip_bomb(),
        "a compressed notebook": gzip.compress(raw),
        "a hundred thousand cells": b'{"nbformat": 4, "cells": [' + cell * 100_000 + b"{}]}",
        "millions of parts": b'{"nbformat": 4, "cells": [' + b"[]," * 6_000_000 + b"[]]}",
        "megabytes of code": json.dumps({"nbformat": 4, "cells": [_code("x = 1\n" * 50_000)] * 10}).encode(),
    }


def _zip_bomb() -> bytes:
    """Return a small zip file that unpacks to a large one, under a name that leads out of its folder."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../../tmp/convnets-left-behind", bytes(20_000_000))
    return file.getvalue()


def _code(source: str) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}


def _huge_outputs(notebook: NotebookNode) -> None:
    for cell in notebook.cells[:2]:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "\\u0000\x1b[31m" * 3_000_000}]


def _odd_characters(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell["source"] = cell["source"].replace("\n", "\n\0")


def _lines(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell["source"] = [*cell["source"].splitlines(keepends=True), 7, None, ["x"]]


def _rubbish(notebook: NotebookNode) -> None:
    notebook["cells"][1:1] = [None, 7, [], {}, {"cell_type": ["code"], "source": {"x": 1}, "metadata": 3, "id": []}]
    notebook["metadata"] = float("nan")


def _spaces(notebook: NotebookNode) -> None:
    """Add texts on which a careless regular expression takes time quadratic in their length, far from any question."""
    notebook["cells"].insert(1, {"cell_type": "markdown", "source": "x" + "\n" * 400_000 + "x"})
    notebook["cells"].append(_code("\n" * 400_000 + " " * 90_000))


def _doubled(notebook: NotebookNode) -> None:
    first = next(i for i, cell in enumerate(notebook["cells"]) if is_answer(cell))
    notebook["cells"].insert(first + 1, deepcopy(notebook["cells"][first]))


WRAPPERS: dict[str, Callable[[NotebookNode], None]] = {
    "huge outputs": _huge_outputs,
    "NUL characters in the code": _odd_characters,
    "sources in lines, with other things among them": _lines,
    "cells that are none": _rubbish,
    "a cell that is there twice": _doubled,
    "hundreds of thousands of empty lines": _spaces,
}


def wrapped(right: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """Yield odd files with a right hand-in, which must be read as if they were not odd."""
    for title, wrap in WRAPPERS.items():
        notebook = deepcopy(right)
        wrap(notebook)
        yield title, json.dumps(notebook).encode()
    yield "a byte order mark", b"\xef\xbb\xbf" + nbformat.writes(right).encode()


def on_disk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make entries in a folder of hand-ins that are not regular files or not what they seem, and yield them by title.

    A secret lies beside the folder.
    """
    secret = folder.parent / "gradebook.db"
    secret.write_text("SQLite format 3\0 LEAK of the gradebook")
    (folder / "symlink.ipynb").symlink_to(secret)
    (folder / "link-to-password-file.ipynb").symlink_to("/etc/passwd")
    (folder / "dangling-link.ipynb").symlink_to("nowhere")
    (folder / "link-to-itself.ipynb").symlink_to("link-to-itself.ipynb")
    os.mkfifo(folder / "fifo.ipynb")
    with suppress(OSError), socket.socket(socket.AF_UNIX) as one:  # the path may be too long for a socket
        one.bind(str(folder / "socket.ipynb"))
    with suppress(OSError):  # if this user may not make devices, students may not, either
        os.mknod(folder / "device.ipynb", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    with suppress(OSError):
        os.link(secret, folder / "hard-link.ipynb")
    (folder / "folder.ipynb").mkdir()
    with (folder / "huge.ipynb").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    for path in sorted(folder.iterdir()):
        yield path.stem.replace("-", " "), path


NAMES = (
    *("..%2f..%2fevil", "-rf", "a\nb", "$(touch evil)", "'; DROP TABLE grade; --", "a" * 250, "b" * 240 + ".ipynb"),
    *("*", "~root", "\u202egpj", "é\u0301", "<script>", "=1+1", "nul", " "),
)
