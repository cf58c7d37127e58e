"""Tell how much memory a JSON text would take before it is read."""

from __future__ import annotations

import re

STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


def has_more_pieces_than(most: int, raw: bytes) -> bool:
    """Say whether a JSON text has more lists, objects and elements of them: each takes far more memory than its bytes."""
    return _pieces(raw) > most and _pieces(STRING.sub(b"", raw)) > most


def _pieces(raw: bytes) -> int:
    return sum(map(raw.count, (b"{", b"[", b",")))
