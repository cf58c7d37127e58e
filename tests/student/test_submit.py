"""Handing in: what is copied, what the receipt says, and what is refused."""

import hashlib
import json

import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.student import submit
from grader.student.submit import NotHandedIn
from grader.submission.rebuilding import has_work


@pytest.fixture
def solved(released, assignment, tmp_path):
    path = tmp_path / "mine.ipynb"
    nbformat.write(sample_hand_ins.solved(released, assignment), path)
    return path


def test_the_copy_is_the_file_and_the_receipt_says_which(solved, tmp_path):
    receipt, file = submit.submit("w1_conv", solved, tmp_path / "copies")
    assert file.name == "w1_conv.ipynb"
    assert file.read_bytes() == solved.read_bytes()
    assert receipt.sha256 == hashlib.sha256(solved.read_bytes()).hexdigest()
    assert receipt.missing == []
    kept = json.loads((file.parent / "receipt.json").read_text())
    assert (
        kept["sha256"] == receipt.sha256 and kept["handed_in"][:4].isdigit() and kept["bytes"] == len(file.read_bytes())
    )


def test_of_a_notebook_as_released_everything_is_missing(released, assignment, tmp_path):
    nbformat.write(released, tmp_path / "mine.ipynb")
    receipt, _ = submit.submit("w1_conv", tmp_path / "mine.ipynb", tmp_path / "copies")
    assert sorted(receipt.missing) == sorted([*assignment.exercises, "answer_translation"])
    assert receipt.missing[0] == "cross_correlate2d", "in the order of the notebook"


def test_what_is_missing_is_named(released, assignment, tmp_path):
    notebook = sample_hand_ins.solved(released, assignment)
    for cell in notebook.cells:
        if sample_hand_ins.grade_id_of(cell) == "zero_pad":
            cell.source = "def zero_pad(X, pad):\n    # YOUR CODE HERE\n    raise NotImplementedError"
        if sample_hand_ins.grade_id_of(cell).startswith("answer_"):
            cell.source = "YOUR ANSWER HERE"
    notebook.cells = [cell for cell in notebook.cells if sample_hand_ins.grade_id_of(cell) != "im2col"]
    nbformat.write(notebook, tmp_path / "some.ipynb")
    receipt, _ = submit.submit("w1_conv", tmp_path / "some.ipynb", tmp_path / "copies")
    assert [name for name in receipt.missing if not name.startswith("answer_")] == ["zero_pad", "im2col"]
    assert any(name.startswith("answer_") for name in receipt.missing)


def test_what_is_no_python_is_named_with_its_line(released, assignment, tmp_path):
    code = {
        "zero_pad": "%time\ndef zero_pad(X, pad)\n    return X",
        "im2col": "%timeit 1\ndef im2col(X, f, stride):\n    return X",
    }
    nbformat.write(sample_hand_ins.solved(released, assignment, code), tmp_path / "mine.ipynb")
    receipt, _ = submit.submit("w1_conv", tmp_path / "mine.ipynb", tmp_path / "copies")
    assert receipt.broken == ["zero_pad (line 2: expected ':')"]


def test_a_function_written_in_another_cell_is_not_missing(released, assignment, tmp_path):
    notebook = sample_hand_ins.solved(released, assignment)
    mine = next(cell for cell in notebook.cells if sample_hand_ins.grade_id_of(cell) == "zero_pad")
    sample_hand_ins.add_cell(notebook, mine.source)
    mine.source = "def zero_pad(X, pad):\n    # YOUR CODE HERE\n    raise NotImplementedError"
    nbformat.write(notebook, tmp_path / "some.ipynb")
    assert submit.submit("w1_conv", tmp_path / "some.ipynb", tmp_path / "copies")[0].missing == []


def stripped(notebook):
    """As another program saves it: without metadata and ids."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"


def as_text(notebook):
    """Every answer turned to Markdown by a key."""
    for cell in notebook.cells:
        if sample_hand_ins.grade_id_of(cell):
            cell.cell_type = "markdown"
            cell.pop("outputs", None), cell.pop("execution_count", None)


def alone(notebook):
    """Nothing but the written answer."""
    notebook.cells = [c for c in notebook.cells if sample_hand_ins.grade_id_of(c).startswith("answer_")]
    notebook.cells[0].metadata = {}


@pytest.mark.parametrize("habit", [stripped, as_text, alone])
def test_what_is_graded_can_be_handed_in_and_what_it_has_is_not_missing(released, assignment, tmp_path, habit):
    notebook = sample_hand_ins.solved(released, assignment)
    habit(notebook)
    (tmp_path / "mine.ipynb").write_text(json.dumps(notebook))
    assert has_work(released, (tmp_path / "mine.ipynb").read_bytes())
    missing = submit.submit("w1_conv", tmp_path / "mine.ipynb", tmp_path / "copies")[0].missing
    assert missing == ([*assignment.exercises] if habit is alone else [])


@pytest.mark.parametrize("words", [True, False])
def test_a_written_answer_in_a_cell_of_ones_own_is_not_missing(released, assignment, tmp_path, words):
    notebook = sample_hand_ins.solved(released, assignment)
    place = next(i for i, c in enumerate(notebook.cells) if sample_hand_ins.grade_id_of(c) == "answer_translation")
    notebook.cells[place].source = "YOUR ANSWER HERE"
    if words:
        notebook.cells.insert(place + 1, nbformat.v4.new_markdown_cell("It moves with the picture."))
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    missing = submit.submit("w1_conv", tmp_path / "mine.ipynb", tmp_path / "copies")[0].missing
    assert missing == ([] if words else ["answer_translation"])


def test_earlier_copies_stay(solved, tmp_path, monkeypatch):
    first, one = submit.submit("w1_conv", solved, tmp_path / "copies")
    with pytest.raises(NotHandedIn, match="a second ago"):
        monkeypatch.setattr(submit.time, "strftime", lambda *_: one.parent.name)
        submit.submit("w1_conv", solved, tmp_path / "copies")
    monkeypatch.undo()
    monkeypatch.setattr(submit.time, "time", lambda: 2e9)
    _, other = submit.submit("w1_conv", solved, tmp_path / "copies")
    assert one.exists() and other.exists() and one != other
    assert first.sha256 == hashlib.sha256(one.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"{", "not JSON"),
        (b'{"nbformat": 4, "cells": []}', "None of the 16 answer cells of this assignment"),
    ],
)
def test_what_is_no_notebook_of_this_assignment_is_refused(content, sentence, tmp_path):
    (tmp_path / "mine.ipynb").write_bytes(content)
    with pytest.raises(NotHandedIn, match=sentence):
        submit.submit("w1_conv", tmp_path / "mine.ipynb", tmp_path / "copies")
    assert not (tmp_path / "copies").exists()


def test_unknown_assignments_and_missing_files_are_said(tmp_path):
    with pytest.raises(NotHandedIn, match=r"There is no assignment 'w9_none'\. There are: w1_conv"):
        submit.submit("w9_none")
    with pytest.raises(NotHandedIn, match=r"mine\.ipynb was not handed in\. The file cannot be opened"):
        submit.submit("w1_conv", tmp_path / "mine.ipynb", tmp_path)


def test_a_folder_that_cannot_be_written_is_said(solved, tmp_path):
    (tmp_path / "copies").write_text("a file, where a folder should be")
    with pytest.raises(NotHandedIn, match="nothing was handed in"):
        submit.submit("w1_conv", solved, tmp_path / "copies")
