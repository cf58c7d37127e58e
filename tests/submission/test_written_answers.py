"""Written answers are found whatever an editor has made of their cells, with the pictures that were pasted into them."""

import base64
import io
import json
import struct
import time
import zlib

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from PIL import Image

from grader.audit import sample_hand_ins
from grader.submission import notebook_file
from grader.submission.cells import grade_id_of, is_answer, is_missing
from grader.submission.pictures import MAX_BYTES, read_pictures
from grader.submission.rebuilding import has_work, rebuild

NAME = "answer_translation"
WORDS = "(a) It moves by two pixels. (b) It moves by one."
MORE = "And a dense layer answers something else altogether."


@pytest.fixture
def handed(released, assignment):
    """A right hand-in, whose written answer is not begun, and the place of that cell."""
    notebook = sample_hand_ins.solved(released, assignment)
    place = next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == NAME)
    notebook.cells[place].source = next(cell.source for cell in released.cells if grade_id_of(cell) == NAME)
    return notebook, place


def read(released, notebook):
    """The answer as it is rebuilt, and the notes."""
    rebuilt, notes = rebuild(released, notebook_file.parse(json.dumps(notebook).encode()))
    nbformat.validate(rebuilt)
    assert [cell.metadata for cell in rebuilt.cells if grade_id_of(cell) == NAME] == [
        cell.metadata for cell in released.cells if grade_id_of(cell) == NAME
    ]
    return next(cell for cell in rebuilt.cells if grade_id_of(cell) == NAME), notes


def without_metadata(cell, id_too):
    cell.metadata = {}
    if id_too:
        cell.id = "another"
    return cell


def stripped(notebook, place):
    notebook.cells[place].source = WORDS
    without_metadata(notebook.cells[place], id_too=False)


def stripped_of_its_id_too(notebook, place):
    notebook.cells[place].source = WORDS
    without_metadata(notebook.cells[place], id_too=True)


def everything_stripped(notebook, place):
    notebook.cells[place].source = WORDS
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"


def raw_text(notebook, place):
    cell = notebook.cells[place]
    notebook.cells[place] = new_raw_cell(WORDS, metadata=cell.metadata, id=cell.id)


def code(notebook, place):
    cell = notebook.cells[place]
    notebook.cells[place] = new_code_cell(WORDS, metadata=cell.metadata, id=cell.id)


def in_a_cell_below(notebook, place):
    notebook.cells.insert(place + 1, new_markdown_cell(WORDS))


def in_a_comment_below(notebook, place):
    notebook.cells.insert(place + 1, new_code_cell("# " + WORDS))


def in_a_string_below(notebook, place):
    notebook.cells.insert(place + 1, new_code_cell(f'"""{WORDS}"""'))


def above_the_stub(notebook, place):
    notebook.cells.insert(place, new_markdown_cell(WORDS))


def in_place_of_the_cell(notebook, place):
    notebook.cells[place] = new_markdown_cell(WORDS)


def in_the_question(notebook, place):
    notebook.cells[place - 1].source += "\n\n" + WORDS


def at_the_end(notebook, place):
    notebook.cells.append(new_markdown_cell(WORDS))


def twice(notebook, place):
    notebook.cells[place].source = WORDS
    notebook.cells.insert(place + 1, notebook.cells[place].copy())


def stub_and_copy(notebook, place):
    copy = notebook.cells[place].copy()
    copy["source"] = WORDS
    notebook.cells.insert(place + 1, copy)


@pytest.mark.parametrize(
    "habit",
    [
        stripped,
        stripped_of_its_id_too,
        everything_stripped,
        raw_text,
        code,
        in_a_cell_below,
        in_a_comment_below,
        in_a_string_below,
        above_the_stub,
        in_place_of_the_cell,
        in_the_question,
        at_the_end,
        twice,
        stub_and_copy,
    ],
)
def test_an_answer_is_found_wherever_it_is(handed, released, habit):
    notebook, place = handed
    habit(notebook, place)
    answer, notes = read(released, notebook)
    assert answer.source.count(WORDS) == 1
    assert not is_missing(answer) and not any("missing" in note for note in notes)
    assert has_work(released, json.dumps(notebook).encode())


@pytest.mark.parametrize("metadata", ["on both", "on the first", "on none"])
def test_an_answer_that_was_split_is_joined_in_its_order(handed, released, metadata):
    notebook, place = handed
    first = notebook.cells[place]
    second = new_markdown_cell(MORE, metadata=first.metadata if metadata == "on both" else {})
    first.source = WORDS
    if metadata == "on none":
        without_metadata(first, id_too=True)
    notebook.cells.insert(place + 1, second)
    answer, notes = read(released, notebook)
    assert answer.source == f"{WORDS}\n\n{MORE}"
    assert notes == [f"{NAME} was put together from 2 cells."]


def test_notes_of_ones_own_are_no_answer_where_there_is_one(handed, released):
    notebook, place = handed
    notebook.cells[place].source = WORDS
    notebook.cells.insert(3, new_markdown_cell("To do: read this again."))
    notebook.cells.append(new_code_cell("# a try"))
    assert read(released, notebook)[0].source == WORDS


def test_an_answer_that_was_not_begun_is_not_begun(handed, released):
    notebook, place = handed
    notebook.cells.insert(place + 1, new_code_cell("x = np.zeros(3)\nprint(x)"))
    answer, notes = read(released, notebook)
    assert answer.source == next(cell.source for cell in released.cells if grade_id_of(cell) == NAME)
    assert notes == []


def picture(form, width=8, height=4):
    file = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(file, form)
    return base64.b64encode(file.getvalue()).decode()


def test_pasted_pictures_are_kept_under_other_names(handed, released):
    notebook, place = handed
    cell = notebook.cells[place]
    cell.source = "See ![one](attachment:image.png) and ![two](attachment:my%20photo.jpg)."
    cell.attachments = {
        "image.png": {"image/png": picture("PNG")},
        "my photo.jpg": {"image/jpeg": [picture("JPEG")]},
        "not shown.png": {"image/png": picture("PNG")},
    }
    below = new_markdown_cell("![three](attachment:image.png)")
    below.attachments = {"image.png": {"image/png": picture("PNG", 16)}}
    notebook.cells.insert(place + 1, below)
    answer, _ = read(released, notebook)
    assert answer.source == (
        "See ![one](attachment:picture-1.png) and ![two](attachment:picture-2.jpg).\n\n![three](attachment:picture-3.png)"
    )
    assert answer.attachments == {
        "picture-1.png": {"image/png": picture("PNG")},
        "picture-2.jpg": {"image/jpeg": picture("JPEG")},
        "picture-3.png": {"image/png": picture("PNG", 16)},
    }
    assert HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[answer]))[0].count("data:image/") >= 3


def huge_png():
    """A picture of a few bytes that takes gigabytes of memory."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    raw = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        [],
        {"image.png": None},
        {"image.png": {"image/png": 3}},
        {"image.png": {"image/png": "no base64!"}},
        {"image.png": {"image/png": base64.b64encode(b"<script>").decode()}},
        {"image.png": {"image/png": picture("JPEG")}},
        {"image.png": {"image/jpeg": base64.b64encode(b"\xff\xd8\xff\xe0").decode()}},
        {"image.png": {"image/svg+xml": "<svg onload='x()'/>"}},
        {"image.png": {"image/png": huge_png()}},
        {"image.png": {"image/png": base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * MAX_BYTES).decode()}},
    ],
)
def test_what_is_no_small_picture_is_not_kept_and_the_answer_can_be_read(handed, released, attachments):
    notebook, place = handed
    notebook.cells[place].source = f"{WORDS} ![one](attachment:image.png) [two]: attachment:image.png"
    notebook.cells[place]["attachments"] = attachments
    assert read_pictures(attachments) == {}
    answer, notes = read(released, notebook)
    assert answer.source.startswith(WORDS) and "attachments" not in answer
    assert "2 could not be kept" in notes[0]
    HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[answer]))  # raises if a picture is missing


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("stripped", ["nothing", "metadata", "metadata and id"])
def test_a_function_that_a_key_has_turned_to_text_is_code(handed, released, assignment, kind, stripped):
    notebook, _ = handed
    place = next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == "zero_pad")
    old = notebook.cells[place]
    make = new_markdown_cell if kind == "markdown" else new_raw_cell
    cell = notebook.cells[place] = make(old.source, metadata=old.metadata, id=old.id)
    if stripped != "nothing":
        without_metadata(cell, id_too=stripped == "metadata and id")
    rebuilt, notes = rebuild(released, notebook_file.parse(json.dumps(notebook).encode()))
    code_cells = [cell.source for cell in rebuilt.cells if cell.cell_type == "code"]
    assert assignment.exercises["zero_pad"].source() in code_cells
    assert not any("missing" in note for note in notes)


def test_of_a_text_and_a_code_cell_of_one_function_the_code_counts(handed, released, assignment):
    for order in (1, -1):
        notebook = sample_hand_ins.solved(released, assignment)
        place = next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == "zero_pad")
        old = notebook.cells[place]
        text = new_markdown_cell("My notes on zero_pad", metadata=old.metadata)
        notebook.cells[place : place + 1] = [old, text][::order]
        rebuilt, _ = rebuild(released, notebook_file.parse(json.dumps(notebook).encode()))
        cell = next(cell for cell in rebuilt.cells if grade_id_of(cell) == "zero_pad")
        assert cell.source == assignment.exercises["zero_pad"].source()


def test_an_answer_of_any_length_is_kept_as_far_as_a_person_reads_and_the_rest_is_told(released):
    name = next(grade_id_of(cell) for cell in released.cells if is_answer(cell) and cell.cell_type != "code")
    head = {"metadata": {"nbgrader": {"grade_id": name}}, "cell_type": "markdown"}
    given = [{"cell_type": cell.cell_type, "metadata": cell.metadata, "source": cell.source} for cell in released.cells]
    for sources in (
        ["word " * 200_000],
        [f"one of many, {i}" for i in range(100_000)],
        ["x" * 400_000 + str(i) for i in range(40)],
    ):
        cells = given + [{**head, "source": source} for source in sources]
        start = time.monotonic()
        rebuilt, notes = rebuild(released, notebook_file.parse(json.dumps({"nbformat": 4, "cells": cells}).encode()))
        assert time.monotonic() - start < 10
        answer = next(cell for cell in rebuilt.cells if grade_id_of(cell) == name)
        assert answer.source.startswith(sources[0][:100]) and 400_000 < len(answer.source) < 800_000
        assert len([note for note in notes if "longer than 500,000 characters" in note]) == 1 and len(notes) <= 2


def test_an_answer_is_found_below_any_amount_of_text_that_is_none(handed, released):
    notebook, place = handed
    notebook.cells[place].source = WORDS
    picture = "![](data:image/png;base64," + "A" * 480_000 + ")"  # as other programs than Jupyter keep pictures
    notebook.cells[1:1] = [new_markdown_cell(f"{picture} {number}") for number in range(15)]
    rebuilt, _ = rebuild(released, notebook_file.parse(nbformat.writes(notebook).encode()))
    assert next(cell for cell in rebuilt.cells if grade_id_of(cell) == NAME).source == WORDS
