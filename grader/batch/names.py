"""Read from the name of a file or folder whose hand-in it is: as people, Moodle and Canvas name them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# A notebook, also where a browser, an editor or a mail program has put an ending of its own behind it.
NOTEBOOK = re.compile(r"(?P<stem>.+)\.ipynb(\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
ARCHIVE = re.compile(r"(?P<stem>.+?)(\.tar)?\.(zip|gz|tgz|bz2|xz|7z|rar|tar)", re.IGNORECASE | re.DOTALL)
# Moodle's names of folders and files when all are downloaded at once: name, number of the submission, plugin, file.
MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_(file|onlinetext)(_.*)?", re.DOTALL)
# Canvas's names: name, LATE if it was, the student's id, the file's id, and the name that the student gave the file.
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file>\d{4,})_.+", re.DOTALL)
MAX_BYTES = 120  # of a student's id: it becomes part of the names of files, which have 255 at most


@dataclass(frozen=True)
class Owner:
    """Whose hand-in a file or folder is.

    Attributes:
        student -- the id, which depends on the name alone
        canvas -- Canvas's id of the student, if Canvas has named the file
        late -- whether Canvas calls it late
    """

    student: str
    canvas: str = ""
    late: bool = False


def owners(names: Iterable[str]) -> dict[str, Owner]:
    """Return whose hand-in each name stands for; the names have no endings of files."""
    found = {name: CANVAS.fullmatch(name) for name in names}
    # Canvas never gives two files one number; names such as group_1_2026_notes have the same number in the same place.
    files = Counter(match["file"] for match in found.values() if match)
    return {
        name: _by_canvas(match) if match and files[match["file"]] == 1 else _by_others(name)
        for name, match in found.items()
    }


def _by_canvas(match: re.Match[str]) -> Owner:
    return Owner(student_id(f"{match['name']}_{match['id']}", unique=True), match["id"], bool(match["late"]))


def _by_others(name: str) -> Owner:
    moodle = MOODLE.fullmatch(name)
    return Owner(student_id(moodle["student"], unique=True) if moodle else student_id(name))


def student_id(name: str, unique: bool = False) -> str:
    """Return a student's id: the name without the characters that are wildcards in nbgrader's paths.

    Where something was replaced or cut, a digest of the name is added: "a b" and "a_b" stay two, whoever else is there.

    Arguments:
        unique -- whether the name is one of a kind without it, by the number of a Moodle or Canvas
    """
    text = unicodedata.normalize("NFC", name)  # macOS writes é as two characters
    plain = "".join(character if _may_stay(character) else "_" for character in text)
    short = plain.encode()[:MAX_BYTES].decode(errors="ignore")
    if short == text or (unique and short == plain):
        return short
    return f"{short}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:6]}"


def _may_stay(character: str) -> bool:
    """Say whether a character may stand in an id: a letter or digit of any script, with its marks, or one of a few signs."""
    return character in "_.@+-" or unicodedata.category(character)[0] in "LNM"
