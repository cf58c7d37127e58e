"""How the status of a mark looks: one sign and one sentence for each, everywhere."""

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
WAITING = "…"  # of a written answer that nobody has read yet


def sign(status: str) -> str:
    """Return the sign of a status."""
    return SIGNS.get(status, "✗")


def words(status: str) -> str:
    """Return what a status says to a student."""
    return WORDS.get(status, status)
