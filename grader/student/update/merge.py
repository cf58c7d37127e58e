"""Merge a new release of a notebook with a student's work in an older release, without losing anything of either.

Cells are matched as when a hand-in is rebuilt (`grader.submission.rebuilding`): by nbgrader's grade_id, by cell id,
by text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_markdown_cell

from grader.submission.cells import grade_id_of, is_answer, is_defined, is_unwritten

ALIKE = 0.5  # share of equal words from which a cell of the new release counts as a new version of an older one


@dataclass(frozen=True)
class Conflict:
    """A change of the new release to something that the student had changed too.

    Attributes:
        cell -- the function or answer, or else the first words of the cell
        what -- what happened, in one sentence
        changes -- what the new release changed, as a unified diff
    """

    cell: str
    what: str
    changes: str


def merge(base: NotebookNode, new: NotebookNode, mine: NotebookNode) -> tuple[NotebookNode, list[Conflict]]:
    """Bring a student's notebook to a new release.

    The result has every cell of the new release, in its order, and every text that the student wrote:

    - What the student wrote for a function or an answer stays. If the release has changed or dropped the task, that
      is a conflict. If the student deleted the given cell and wrote the function into a cell of their own, that cell
      counts as the given one.
    - A given cell that the student edited stays as edited; if the release has changed or dropped it, that is a
      conflict.
    - Cells that the student added stay below the cell that they were below.
    - Given cells that the student left alone or deleted are taken from the new release.
    - Outputs stay with cells whose text stays.

    In a conflict the student's version is kept, and a cell below it shows what the release has changed. Merging the
    result with the same release again changes nothing.

    Arguments:
        base -- the release in which the student began
        new -- the release to bring the notebook to
        mine -- the student's notebook; none of the three is changed

    Returns:
        the merged notebook, and the conflicts from top to bottom
    """
    older = _older(base.cells, new.cells)
    begun, works, below = _sorted_out(base.cells, new.cells, mine.cells, older)
    own = [part.cell for parts in below.values() for part in parts if part.cell.cell_type == "code"]
    parts = list(below.get(-1, []))
    for place, cell in enumerate(new.cells):
        parts += [_brought(begun.get(place, cell), cell, works.get(place), own), *below.get(place, [])]

    with_notes: list[_Part] = []
    conflicts: list[Conflict] = []
    told = {cell.source for cell in mine.cells}
    for part in parts:
        with_notes.append(part)
        if part.conflict and (note := _note(part.conflict)).source not in told:
            with_notes.append(_Part(note))
            conflicts.append(part.conflict)
    merged = deepcopy(new)
    merged.cells = _with_ids_of_their_own(with_notes)
    merged.nbformat_minor = max(new.nbformat_minor, mine.nbformat_minor)
    merged.metadata.update({key: value for key, value in mine.metadata.items() if value != base.metadata.get(key)})
    return merged, conflicts


@dataclass(frozen=True)
class _Part:
    """A cell of the merged notebook, whether the new release has it, and the conflict to report below it, if any."""

    cell: NotebookNode
    is_released: bool = False
    conflict: Conflict | None = None


def _older(base: list[NotebookNode], new: list[NotebookNode]) -> dict[int, int]:
    """Map the places of new cells that have an older version in `base`, perhaps reworded, to the places there."""
    older: dict[int, int] = {}
    for name in (grade_id_of, _id, _text):
        _pair(new, base, name, older)
    for place, cell in enumerate(new):
        if place in older or grade_id_of(cell):
            continue
        free = [one for one, other in enumerate(base) if one not in older.values() and not grade_id_of(other)]
        best = max(free, key=lambda one: _likeness(base[one], cell), default=-1)
        if best >= 0 and _likeness(base[best], cell) >= ALIKE:
            older[place] = best
    return older


def _sorted_out(
    base: list[NotebookNode], new: list[NotebookNode], mine: list[NotebookNode], older: dict[int, int]
) -> tuple[dict[int, NotebookNode], dict[int, NotebookNode], dict[int, list[_Part]]]:
    """Sort the student's cells by the places of the new release's cells.

    Returns:
        by the place of a new cell: the older version that the student was given; the student's version; the parts that
        stay below it
    """
    given = _given(base, mine)
    late: dict[int, int] = {}  # cells of the new release that the student has already
    unseen = [place for place in range(len(new)) if older.get(place) not in given.values()]
    strange = [number for number in range(len(mine)) if number not in given]
    for name in (grade_id_of, _id, _text):
        _pair([mine[number] for number in strange], [new[place] for place in unseen], name, late)

    newer = {was: place for place, was in older.items()}
    place_of = {number: newer[was] for number, was in given.items() if was in newer}
    place_of |= {strange[number]: unseen[place] for number, place in late.items()}
    begun = {place: base[was] for place, was in older.items() if was in given.values()}
    works = {place: mine[number] for number, place in place_of.items()}
    below: dict[int, list[_Part]] = {}
    here = -1
    for number, cell in enumerate(mine):
        here = place_of.get(number, here)
        if number not in place_of:
            part = _dropped(base[given[number]], cell) if number in given else _Part(deepcopy(cell))
            below.setdefault(here, []).extend([part] if part else [])
    return begun, works, below


def _given(base: list[NotebookNode], mine: list[NotebookNode]) -> dict[int, int]:
    """Map the places of the student's cells that were given to them to their places in the release."""
    given: dict[int, int] = {}
    for name in (grade_id_of, _id, _text):
        _pair(mine, base, name, given)
    for was, asked in enumerate(base):
        if was in given.values() or not is_answer(asked) or asked.cell_type != "code":
            continue
        for number, cell in enumerate(mine):
            if number not in given and cell.cell_type == "code" and is_defined(grade_id_of(asked), cell.source):
                given[number] = was
                break
    return given


def _pair(
    cells: list[NotebookNode],
    others: list[NotebookNode],
    name: Callable[[NotebookNode], str],
    pairs: dict[int, int],
) -> None:
    """Pair the cells that have no partner yet and have the same name, in order."""
    free: dict[str, list[int]] = {}
    for other, cell in enumerate(others):
        if other not in pairs.values() and name(cell):
            free.setdefault(name(cell), []).append(other)
    for place, cell in enumerate(cells):
        if place not in pairs and free.get(name(cell)):
            pairs[place] = free[name(cell)].pop(0)


def _id(cell: NotebookNode) -> str:
    return cell.get("id", "")


def _text(cell: NotebookNode) -> str:
    """Return type and text, by which a cell that has lost its id is recognised."""
    return f"{cell.cell_type} {cell.source.strip()}" if cell.source.strip() else ""


def _likeness(one: NotebookNode, other: NotebookNode) -> float:
    """Return which share of the words of two cells is the same, from 0 to 1."""
    if one.cell_type != other.cell_type:
        return 0
    matcher = difflib.SequenceMatcher(None, one.source.split(), other.source.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0


def _brought(begun: NotebookNode, new: NotebookNode, work: NotebookNode | None, own: list[NotebookNode]) -> _Part:
    """Return a cell of the new release with the student's work; `own` are the code cells that the student added."""
    if work is None:
        return _Part(deepcopy(new), True)
    has_changed = _text(begun) != _text(new)
    if _is_theirs(work, begun, new):
        cell = deepcopy(work)
        cell.metadata = _metadata(begun, new, work)
        cell.id = new.id
        return _Part(cell, True, _conflict(begun, new) if has_changed else None)
    cell = deepcopy(new)
    cell.metadata = _metadata(begun, new, work)
    if cell.cell_type == "code" and work.source == cell.source:
        cell.outputs, cell.execution_count = deepcopy(work.outputs), work.execution_count
    is_elsewhere = is_answer(new) and any(is_defined(grade_id_of(new), one.source) for one in own)
    return _Part(cell, True, _conflict(begun, new) if has_changed and is_elsewhere else None)


def _is_theirs(work: NotebookNode, *given: NotebookNode) -> bool:
    """Say whether a student has changed a cell.

    An answer without the marker for unwritten ones is always theirs, even if the release is not known correctly.
    """
    if is_answer(given[-1]) and not is_unwritten(work.source):
        return True
    return _text(work) not in {_text(cell) for cell in given}


def _dropped(given: NotebookNode, work: NotebookNode) -> _Part | None:
    """Return what stays of a cell that the new release has dropped: the student's version, if they changed it."""
    if not _is_theirs(work, given):
        return None
    cell = deepcopy(work)
    for key in ("nbgrader", "deletable", "editable"):
        cell.metadata.pop(key, None)
    name = f"`{grade_id_of(given)}`" if is_answer(given) else "this cell"
    what = f"the course no longer has {name}, which you had changed. Yours is kept."
    return _Part(cell, conflict=Conflict(_name(given), what, ""))


def _conflict(begun: NotebookNode, new: NotebookNode) -> Conflict:
    what = "the course has changed this cell, and so have you. Yours is kept."
    if is_answer(new):
        what = f"the course has changed the given lines of `{grade_id_of(new)}`, which you have written. Yours is kept."
    lines = list(difflib.unified_diff(begun.source.splitlines(), new.source.splitlines(), lineterm=""))
    return Conflict(_name(new), what, "\n".join(lines[2:]))  # the first two lines name files, which do not exist here


def _name(cell: NotebookNode) -> str:
    if grade_id_of(cell):
        return grade_id_of(cell)
    first = cell.source.strip().partition("\n")[0].lstrip("#* ")
    return f"“{first[:47]}…”" if len(first) > 48 else f"“{first}”"


def _note(conflict: Conflict) -> NotebookNode:
    """Return the cell that reports a conflict. Its fence is longer than any in the diff that it shows."""
    text = f"**Update:** {conflict.what}"
    if conflict.changes:
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", conflict.changes))])
        text += f" This is what has changed:\n\n{fence}diff\n{conflict.changes}\n{fence}"
    return new_markdown_cell(f"{text}\n\nDelete this cell when you have read it.", id="update")


def _metadata(begun: NotebookNode, new: NotebookNode, work: NotebookNode) -> NotebookNode:
    """Return the release's metadata, with the keys that the student's tools have added to the given cell."""
    own = {key: value for key, value in work.metadata.items() if key not in begun.metadata}
    return from_dict({**own, **deepcopy(new.metadata)})


def _with_ids_of_their_own(parts: list[_Part]) -> list[NotebookNode]:
    """Return the cells with unique ids: the release's cells keep theirs, and the student's cells do so if possible."""
    taken = {part.cell.id for part in parts if part.is_released}
    for part in parts:
        if part.is_released:
            continue
        wanted = identity = part.cell.get("id") or "mine"
        number = 1
        while identity in taken:
            number += 1
            identity = f"{wanted[:56]}-{number}"
        part.cell.id = identity
        taken.add(identity)
    return [part.cell for part in parts]
