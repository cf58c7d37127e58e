"""Read the pictures that students paste into their texts: untrusted bytes, of which small PNG and JPEG are kept."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator
from typing import Any

MAX_BYTES = 2_000_000  # of a picture
MAX_PIXELS = 40_000_000  # a few bytes may stand for billions, which take a browser's memory
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# JPEG's markers of a frame, which hold its size (ITU T.81, table B.1): all of C0 to CF but three that define tables.
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def read_pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Return the pictures among a cell's attachments: by name, a MIME type and base64, as nbformat has them."""
    if not isinstance(attachments, dict):
        return {}
    return {
        name: {kind: base64.b64encode(raw).decode()}
        for name, found in attachments.items()
        if isinstance(found, dict)
        for kind, raw in _decoded(found)
    }


def _decoded(found: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the first of an attachment's forms that is a picture, with its type."""
    for kind, size_of in (("image/png", _size_of_png), ("image/jpeg", _size_of_jpeg)):
        text = found.get(kind)
        if isinstance(text, list):
            text = "".join(part for part in text if isinstance(part, str))
        if not isinstance(text, str) or len(text) > 2 * MAX_BYTES:
            continue
        try:
            raw = base64.b64decode("".join(text.split()), validate=True)
            width, height = size_of(raw)
        except (binascii.Error, ValueError, struct.error, IndexError):
            continue
        if len(raw) <= MAX_BYTES and 0 < width * height <= MAX_PIXELS:
            yield kind, raw
            return


def _size_of_png(raw: bytes) -> tuple[int, int]:
    if not raw.startswith(PNG) or raw[12:16] != b"IHDR":
        raise ValueError
    return struct.unpack(">II", raw[16:24])


def _size_of_jpeg(raw: bytes) -> tuple[int, int]:
    """Return width and height from the first frame's header (ITU T.81, B.2.2)."""
    if not raw.startswith(JPEG):
        raise ValueError
    place = 2
    while raw[place] == 0xFF:
        marker = raw[place + 1]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", raw[place + 5 : place + 9])
            return width, height
        place += 2 + struct.unpack(">H", raw[place + 2 : place + 4])[0]
    raise ValueError
