"""Find hand-ins that are nearly the same, by copydetect's fingerprints.

Every hand-in is compared with every other, in two steps: an inverted index of the fingerprints finds the pairs that
share distinctive ones, and copydetect compares those pairs. Code that was given or that many students wrote is not
distinctive.
"""

from __future__ import annotations

import builtins
import io
import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from grader.submission.cells import grade_id_of, is_written_by_the_student

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

# Winnowing (Schleimer, Wilkerson, Aiken 2003): matches of at least GUARANTEED characters are found, and none shorter
# than NOISE.
NOISE, GUARANTEED = 25, 30
# As in Moss: code that more than ten hand-ins have, and more than one in ten, is the usual way to write it.
COMMON, COMMON_SHARE = 10, 0.1
LEAST_FINGERPRINTS = 20  # that a hand-in must have of its own to be compared
LEAST_SHARED = 200  # characters, each name counted as one
NEARLY = 0.8
CANDIDATES, SHOWN = 1_000, 40
LONGEST = 30_000  # characters of a hand-in that are read
OWN_LINES = 3  # that a function must add to the released notebook to count as the same to the letter

KEPT = {*keyword.kwlist, *(name for name in vars(builtins) if name.islower())}
# A string without an end counts as a string, too: so each character is read once, whatever the text is.
TOKEN = re.compile(
    r"""(?P<string>[rbfu]{0,2}(?:\"{3}(?s:.*?)(?:\"{3}|\Z)|'{3}(?s:.*?)(?:'{3}|\Z)"""
    r"""|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))"""
    r"""|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|\#[^\n]*|\s+""",
    re.IGNORECASE,
)

Sources = Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """Hand-ins that are the same except for names, comments and layout.

    Attributes:
        to_the_letter -- whether names, comments and layout are the same, too
    """

    students: list[str]
    to_the_letter: bool


@dataclass(frozen=True)
class Pair:
    """Two hand-ins, at least one of which shares most of its own code with the other.

    Attributes:
        shares -- share of the first's own code that is in the second, and the other way round; 0 to 1
        shared -- number of characters of code that both have, each name counted as one
        to_the_letter -- functions that are the same in both, including names, comments and layout
    """

    first: str
    second: str
    shares: tuple[float, float]
    shared: int
    to_the_letter: list[str]


@dataclass(frozen=True)
class Likeness:
    """The result of comparing all hand-ins.

    Attributes:
        compared -- number of hand-ins that had enough code of their own to be compared
        pairs -- most similar first; a group of equal hand-ins is represented by its first
        more -- number of pairs that are left out
    """

    compared: int = 0
    groups: list[Group] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    more: int = 0


def sources_of(notebook: Path) -> dict[str, str]:
    """Return what a student wrote, by function, and the added cells under ""; empty if the notebook cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    found: dict[str, str] = {}
    for cell in cells:
        if cell.get("cell_type") != "code" or not is_written_by_the_student(cell):
            continue
        name, source = grade_id_of(cell), cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        found[name] = f"{found[name]}\n{text}" if name in found else text
    return found


def find(handins: Mapping[str, Sources], released: Sources) -> Likeness:
    """Compare every hand-in with every other.

    Arguments:
        handins -- by student, the sources by function
        released -- the sources of the released notebook, which do not count as a student's own
    """
    given = set(_fingerprint(released, window=1).hashes)
    groups: dict[str, list[str]] = {}
    hashes: list[np.ndarray] = []
    for student, sources in handins.items():
        print_ = _fingerprint(sources)
        own = print_.hashes - given
        if len(own) < LEAST_FINGERPRINTS:
            continue
        if print_.filtered_code not in groups:
            hashes.append(np.fromiter(own, np.int64, len(own)))
        groups.setdefault(print_.filtered_code, []).append(student)
    first = [students[0] for students in groups.values()]
    pairs = _pairs(first, hashes, handins, released, given) if len(first) > 1 else []
    alike = [Group(students, _all_same(handins, students)) for students in groups.values() if len(students) > 1]
    alike.sort(key=lambda group: -len(group.students))
    return Likeness(sum(map(len, groups.values())), alike, pairs[:SHOWN], max(0, len(pairs) - SHOWN))


def _pairs(
    students: list[str],
    hashes: list[np.ndarray],
    handins: Mapping[str, Sources],
    released: Sources,
    given: set[int],
) -> list[Pair]:
    """Return the similar pairs among hand-ins no two of which are equal, the most similar first."""
    from copydetect import compare_files

    candidates, common = _candidates(hashes)
    prints: dict[int, CodeFingerprint] = {}
    for index in {index for pair in candidates for index in pair}:
        prints[index] = _without(_fingerprint(handins[students[index]]), given | common)
    pairs = []
    for i, j in candidates:
        shared, shares, _ = compare_files(prints[i], prints[j])
        if max(shares) >= NEARLY and shared >= LEAST_SHARED:
            one, other = students[i], students[j]
            same = _same_to_the_letter(handins[one], handins[other], released)
            pairs.append(Pair(one, other, (min(1.0, shares[0]), min(1.0, shares[1])), int(shared), same))
    return sorted(pairs, key=lambda pair: (-len(pair.to_the_letter), -sum(pair.shares), -pair.shared))


def _candidates(hashes: list[np.ndarray]) -> tuple[list[tuple[int, int]], set[int]]:
    """Return the pairs of hand-ins that share most distinctive fingerprints, and the fingerprints that are too common.

    Arguments:
        hashes -- one array for each hand-in, each fingerprint once
    """
    from scipy.sparse import csr_array

    values, columns = np.unique(np.concatenate(hashes), return_inverse=True)
    rows = np.repeat(np.arange(len(hashes)), [len(one) for one in hashes])
    table = csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(hashes), len(values)))
    times = table.sum(axis=0)
    telling = times <= max(COMMON, COMMON_SHARE * len(hashes))
    table = table[:, np.flatnonzero(telling)]
    own = table.sum(axis=1)
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(hashes), 500):  # in blocks: for a large class, the whole product does not fit into memory
        block = (table[start : start + 500] @ table.T).tocoo()
        i, j = block.coords[0] + start, block.coords[1]
        # Winnowing picks other fingerprints near a difference, so the share of fingerprints is below the share of code.
        share = block.data / np.maximum(np.minimum(own[i], own[j]), LEAST_FINGERPRINTS / 2)
        keep = np.flatnonzero((i < j) & (share >= NEARLY / 2))
        found += zip(share[keep].tolist(), i[keep].tolist(), j[keep].tolist(), strict=True)
    found.sort(key=lambda one: -one[0])
    return [(i, j) for _, i, j in found[:CANDIDATES]], set(values[~telling].tolist())


def _fingerprint(sources: Sources, window: int = GUARANTEED - NOISE + 1) -> CodeFingerprint:
    """Return copydetect's fingerprint, independent of names, comments and layout; a window of 1 keeps every hash."""
    from copydetect import CodeFingerprint

    text = "\n".join(sources.values())[:LONGEST]
    return CodeFingerprint("hand-in", NOISE, window, filter=False, fp=io.StringIO(_plain(text)))


def _plain(text: str) -> str:
    """Return code with V for each name and S for each string, without comments and layout.

    copydetect's own filter gives the same, but takes much longer.
    """

    def short(token: re.Match[str]) -> str:
        if token["name"]:
            return token["name"] if token["name"] in KEPT else "V"
        return "S" if token["string"] else token["number"] or ""

    return TOKEN.sub(short, text)


def _without(print_: CodeFingerprint, hashes: set[int]) -> CodeFingerprint:
    """Remove some hashes from a fingerprint; copydetect's own way loses those that occur twice."""
    from copydetect.utils import get_token_coverage

    print_.hashes = print_.hashes - hashes
    print_.hash_idx = {one: places for one, places in print_.hash_idx.items() if one in print_.hashes}
    print_.token_coverage = get_token_coverage(print_.hash_idx, print_.k, len(print_.filtered_code))
    return print_


def _all_same(handins: Mapping[str, Sources], students: list[str]) -> bool:
    return len({json.dumps(handins[student], sort_keys=True) for student in students}) == 1


def _same_to_the_letter(one: Sources, other: Sources, released: Sources) -> list[str]:
    """Return the functions whose text is the same in two hand-ins and has enough lines of the student's own."""
    return [
        name
        for name, text in one.items()
        if name and other.get(name) == text and _own_lines(text, released.get(name, "")) >= OWN_LINES
    ]


def _own_lines(text: str, released: str) -> int:
    given = set(released.splitlines())
    return sum(bool(line.strip()) and line not in given for line in text.splitlines())
