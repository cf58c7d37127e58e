"""Define how the status of a mark looks everywhere: one sign and one sentence for each status."""

from __future__ import annotations

SIGNS = {"passed": "✓", "partial": "◐", "failed": "✗", "error": "!", "timeout": "∞", "missing": "–", "rejected": "⊘"}
WORDS = {
    "passed": "all cases pass",
    "partial": "some cases pass",
    "failed": "not right yet",
    "error": "stops with an error",
    "timeout": "does not come to an end",
    "missing": "not written yet",
    "rejected": "could not be read",
}
WAITING = "…"  # the sign of a written answer that nobody has read yet


def sign(status: str) -> str:
    """Return the sign of a status."""
    return SIGNS.get(status, "✗")


def words(status: str) -> str:
    """Return the sentence that a student reads for a status."""
    return WORDS.get(status, status)
