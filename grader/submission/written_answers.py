"""Find the written answers in a hand-in, whatever an editor has made of their cells.

An answer may have lost its metadata, have become code or raw text, stand in several cells, in a cell below its own or at
the end of the question. Where it is not sure what a text belongs to, it is put to an answer that would be empty without
it: then a person reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from nbformat import NotebookNode

from grader.submission.cells import grade_id_of, is_answer, is_defined
from grader.submission.notebook_file import HandedCell

MAX_SOURCE = 500_000  # characters of one answer
MAX_READ = 5_000_000  # characters of all cells that are no answer by their id, in which one is looked for
MAX_PICTURES = 20  # of one answer
ATTACHED = re.compile(r"attachment:([^\s)\"'>]*)")
ELSEWHERE = "*From another place in the notebook:*\n\n"
CODE = re.compile(
    r"\w[(\[]|=|^[ \t]*(?:import|from|def|class|for|while|if|return|print|check)\b|^[ \t]*[%!@]", re.MULTILINE
)


@dataclass(frozen=True)
class WrittenAnswer:
    """The text of an answer, and the pictures in it, as nbformat's attachments.

    Attributes:
        cells -- the number of cells that it was put together from
        lost -- the number of pictures that were not kept
        cut -- whether it was longer than can be kept
    """

    source: str
    attachments: dict[str, dict[str, str]]
    cells: int
    lost: int
    cut: bool


def written_answers(released: NotebookNode, handed: list[HandedCell]) -> dict[str, WrittenAnswer]:
    """Return the written answers by name; those that were not begun are left out."""
    questions = {i: grade_id_of(c) for i, c in enumerate(released.cells) if is_answer(c) and c.cell_type != "code"}
    if not questions:
        return {}
    pieces, doubtful = _sort(released, handed, questions)
    place = {name: index for index, name in questions.items()}
    empty = [name for name in place if not pieces[name]]
    for here, cell in doubtful if empty else ():
        nearest = min(empty, key=lambda name: abs(place[name] - here))
        pieces[nearest].append(replace(cell, source=ELSEWHERE + cell.source))
    return {name: _joined(cells) for name, cells in pieces.items() if cells}


def _sort(
    released: NotebookNode, handed: list[HandedCell], questions: dict[int, str]
) -> tuple[dict[str, list[HandedCell]], list[tuple[int, HandedCell]]]:
    """Return the cells of each answer; and texts whose place is another, with the released cell that they follow."""
    by_grade_id = {grade_id_of(cell): index for index, cell in enumerate(released.cells) if grade_id_of(cell)}
    by_id = {cell.id: index for index, cell in enumerate(released.cells)}
    by_source = {cell.source.strip(): index for index, cell in enumerate(released.cells) if not is_answer(cell)}
    functions = [grade_id_of(cell) for cell in released.cells if is_answer(cell) and cell.cell_type == "code"]
    pieces: dict[str, list[HandedCell]] = {name: [] for name in questions.values()}
    doubtful: list[tuple[int, HandedCell]] = []
    here, read = -1, 0
    for cell in handed:
        text = cell.source[:MAX_SOURCE].strip()
        index = by_grade_id.get(cell.grade_id, by_id.get(cell.cell_id, by_source.get(text, -1)))
        here = index if index >= 0 else here
        given = released.cells[index].source.strip() if index >= 0 else ""
        if not text or text == given:
            continue
        if index in questions:
            pieces[questions[index]].append(cell)
            continue
        read += len(text)
        if read > MAX_READ:
            continue
        below = questions.get(here, questions.get(here + 1, ""))
        if cell.kind == "code":
            if index < 0 and below and _is_prose(text):
                pieces[below].append(cell)
        elif index >= 0 and released.cells[index].cell_type == "markdown":  # something was written into a given text
            doubtful.append((here, replace(cell, source=text.removeprefix(given).strip())))
        elif index < 0 and not any(is_defined(name, text) for name in functions):
            if below:
                pieces[below].append(cell)
            else:
                doubtful.append((here, cell))
    return pieces, doubtful


def _is_prose(text: str) -> bool:
    """Say whether the text of a code cell is words: comments alone, a string alone, or nothing that looks like code."""
    is_comment = all(line.lstrip().startswith("#") for line in text.splitlines() if line.strip())
    is_string = len(text) > 6 and text[:3] == text[-3:] and text[:3] in ('"""', "'''")
    return is_comment or is_string or not CODE.search(text)


def _joined(cells: list[HandedCell]) -> WrittenAnswer:
    """Join the cells of an answer, and keep the pictures that their texts show, under names of our own."""
    texts: list[str] = []
    attachments: dict[str, dict[str, str]] = {}
    lost, room = 0, MAX_SOURCE
    different = {cell.source.strip(): cell for cell in cells}
    for source, cell in different.items():
        if room <= 0:
            break

        def renamed(match: re.Match[str], pictures: dict[str, dict[str, str]] = cell.pictures) -> str:
            nonlocal lost
            picture = pictures.get(match[1]) or pictures.get(unquote(match[1]))
            if not picture or len(attachments) >= MAX_PICTURES:
                lost += 1
                return f"attachment {match[1]}"  # a reference to nothing would end nbconvert with an error
            name = f"picture-{len(attachments) + 1}.{'png' if 'image/png' in picture else 'jpg'}"
            attachments[name] = picture
            return f"attachment:{name}"

        texts.append(ATTACHED.sub(renamed, source[:room]))
        room -= len(source)
    return WrittenAnswer("\n\n".join(texts), attachments, len(texts), lost, room < 0 or len(texts) < len(different))
