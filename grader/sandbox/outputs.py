"""Collect what a kernel sends as outputs, whatever that is, in the form of nbformat and within a budget."""

from __future__ import annotations

import sys
from typing import Any

OUTPUT_TYPES = ("stream", "display_data", "execute_result", "error")
CUT = "… the rest of this output was cut\n"
OVERHEAD = 500  # bytes that an output takes beside its texts
MAX_ALT = 1_000  # characters of the text beside a picture
MAX_NAME = 100  # characters of an exception's name


class Outputs:
    """The outputs of one piece of code.

    Attributes:
        raised -- name of the exception that ended it, if one did
        left -- bytes of memory that further outputs may take
        cut -- whether outputs were left out
    """

    def __init__(self, budget: int):
        self.left, self.raised, self.cut = budget, "", False
        self._kept: list[dict[str, Any]] = []
        self._texts: list[list[str]] = []  # of each output, the parts of a stream: adding to a text would copy it

    def add(self, kind: str, content: Any, only: str = "") -> None:
        """Keep an output, if there is room for it.

        Arguments:
            content -- what the kernel sent, of any form
            only -- keep only outputs of this MIME type
        """
        content = content if isinstance(content, dict) else {}
        if kind == "error":
            self.raised = _name(content.get("ename"))
        if only and not (isinstance(content.get("data"), dict) and only in content["data"]):
            return
        output = _output(kind, content)
        size = _size(output)
        if size > self.left:
            if not self.cut:
                self._keep({"output_type": "stream", "name": "stdout", "text": CUT})
            self.left, self.cut = 0, True
            return
        self.left -= size
        self._keep(output)

    def _keep(self, output: dict[str, Any]) -> None:
        last = self._kept[-1] if self._kept else {}
        if output["output_type"] == "stream" == last.get("output_type") and last["name"] == output["name"]:
            self._texts[-1].append(output["text"])
        else:
            self._kept.append(output)
            self._texts.append([output["text"]] if output["output_type"] == "stream" else [])

    def written(self) -> list[dict[str, Any]]:
        """Return the outputs as a notebook keeps them."""
        pairs = zip(self._kept, self._texts, strict=True)
        return [{**output, "text": "".join(parts)} if parts else output for output, parts in pairs]


def _output(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return an output in the form of nbformat; a name or a text of another type is left out."""
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(content.get("text"))}
    if kind == "error":
        lines = content.get("traceback")
        return {
            "output_type": "error",
            "ename": _name(content.get("ename")),
            "evalue": _text(content.get("evalue")),
            "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
        }
    data = content.get("data")
    bundle = {str(k): v for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}
    output: dict[str, Any] = {"output_type": kind, "data": bundle, "metadata": _alt_text(content.get("metadata"))}
    if kind == "execute_result":
        output["execution_count"] = None
    return output


def _name(value: Any) -> str:
    """Return the name of an exception's class; a kernel can send any text as such a name."""
    return value[:MAX_NAME] if isinstance(value, str) and value.isidentifier() else "an exception"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _alt_text(metadata: Any) -> dict[str, Any]:
    """Return the text that `data.show` writes beside a picture for people who cannot see it.

    No other metadata is kept.
    """
    picture = metadata.get("image/png") if isinstance(metadata, dict) else None
    alt = picture.get("alt") if isinstance(picture, dict) else None
    return {"image/png": {"alt": alt[:MAX_ALT]}} if isinstance(alt, str) else {}


def _size(output: dict[str, Any]) -> int:
    """Return the bytes of memory that an output takes: a text of one emoji among letters takes four for each."""
    texts = [output[name] for name in ("text", "evalue") if name in output] + output.get("traceback", [])
    texts += [part for pair in output.get("data", {}).items() for part in pair]
    texts += [one["alt"] for one in output.get("metadata", {}).values()]
    return (0 if output["output_type"] == "stream" else OVERHEAD) + sum(map(sys.getsizeof, texts))
