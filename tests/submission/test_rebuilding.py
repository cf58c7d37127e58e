"""Reading and rebuilding hand-ins: only the student's texts survive, and bad files are refused with a reason."""

import json
import os
import time

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.audit import sample_hand_ins
from grader.submission import notebook_file
from grader.submission.cells import grade_id_of, is_answer, is_extra, is_missing, is_training
from grader.submission.notebook_file import MAX_BYTES, MAX_CELLS, MAX_CODE, MAX_PIECES, Rejected, read_file
from grader.submission.rebuilding import MAX_SOURCE, rebuild


def raw_of(notebook):
    return nbformat.writes(notebook).encode()


def rebuilt_of(released, notebook):
    return rebuild(released, notebook_file.parse(raw_of(notebook)))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"PK\x03\x04", "not JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 200_000, "nested"),
        (b"[]", "nbformat is None"),
        (b'{"nbformat": 2}', "nbformat is 2"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 3}', "no list of cells"),
        (b'{"nbformat": "' + b"9" * 5000 + b'"}', "nbformat is"),
    ],
)
def test_what_is_no_notebook_is_refused(raw, reason):
    with pytest.raises(Rejected, match=reason):
        notebook_file.parse(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cell_type", "source", "metadata", "nbgrader", "id", "x"]), inner)
    ),
)


@given(st.lists(JSON, max_size=5))
def test_any_cells_are_read_or_refused(cells):
    for cell in notebook_file.parse(json.dumps({"nbformat": 4, "cells": cells}).encode()):
        assert isinstance(cell.source, str)
        assert cell.kind in ("code", "markdown", "raw")


def test_the_answers_are_put_in_and_nothing_else_changes(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    notebook.metadata["kernelspec"] = {"name": "evil"}
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(points=1000, locked=False)
    rebuilt, notes = rebuilt_of(released, notebook)
    assert notes == []
    assert rebuilt.metadata == released.metadata
    assert [cell.id for cell in rebuilt.cells] == [cell.id for cell in released.cells]
    for cell, original in zip(rebuilt.cells, released.cells, strict=True):
        assert cell.metadata == original.metadata
        if is_answer(cell):
            assert cell.source != original.source
        else:
            assert cell.source == original.source


def test_order_and_doubles_and_retyped_tests_do_not_matter(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    notebook.cells.reverse()
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            cell.cell_type = "raw"
    rebuilt, _ = rebuilt_of(released, notebook)
    assert [cell.source for cell in rebuilt.cells] == [
        c.source for c in rebuilt_of(released, sample_hand_ins.solved(released, assignment))[0].cells
    ]


def test_added_cells_stay_where_they_were(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    names = [grade_id_of(cell) for cell in notebook.cells]
    sample_hand_ins.add_cell(notebook, "import math", place=names.index("zero_pad"))
    rebuilt, _ = rebuilt_of(released, notebook)
    sources = [cell.source for cell in rebuilt.cells]
    place = sources.index("import math")
    assert is_extra(rebuilt.cells[place])
    assert place < [grade_id_of(cell) for cell in rebuilt.cells].index("zero_pad")
    assert len(rebuilt.cells) == len(released.cells) + 1


def test_a_given_cell_that_was_changed_runs_in_both_versions(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    original, first.source = first.source, "import math\n" + first.source
    rebuilt, _ = rebuilt_of(released, notebook)
    sources = [cell.source for cell in rebuilt.cells if cell.cell_type == "code"]
    assert sources[:2] == [original, first.source]


def test_a_changed_training_cell_is_not_run(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    cell = next(cell for cell in notebook.cells if is_training(cell))
    cell.source += "\nepochs = 1000"
    rebuilt, _ = rebuilt_of(released, notebook)
    assert not any(map(is_extra, rebuilt.cells))


def test_a_missing_cell_is_noted_and_its_stub_not_run(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    notebook.cells = [cell for cell in notebook.cells if grade_id_of(cell) != "zero_pad"]
    rebuilt, notes = rebuilt_of(released, notebook)
    assert notes == ["The cell of zero_pad is missing."]
    assert is_missing(next(cell for cell in rebuilt.cells if grade_id_of(cell) == "zero_pad"))


def test_a_stub_beside_its_solution_does_not_win(released, assignment):
    for order in (1, -1):
        notebook = sample_hand_ins.solved(released, assignment)
        place = next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == "zero_pad")
        stub = next(cell for cell in released.cells if grade_id_of(cell) == "zero_pad")
        notebook.cells[place : place + 1] = [notebook.cells[place], stub][::order]
        rebuilt, notes = rebuild(released, notebook_file.parse(json.dumps(notebook).encode()))
        sources = [cell.source for cell in rebuilt.cells if "def zero_pad" in cell.source]
        assert sources == [assignment.exercises["zero_pad"].source()]
        assert "twice" in notes[0]


def test_a_stub_below_a_solution_in_an_added_cell_does_not_win(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    place = next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == "zero_pad")
    stub = next(cell for cell in released.cells if grade_id_of(cell) == "zero_pad")
    sample_hand_ins.add_cell(notebook, notebook.cells[place].source, place)
    notebook.cells[place + 1].source = stub.source
    rebuilt, _ = rebuilt_of(released, notebook)
    assert is_missing(next(cell for cell in rebuilt.cells if grade_id_of(cell) == "zero_pad"))
    assert any(is_extra(cell) and "def zero_pad" in cell.source for cell in rebuilt.cells)


def test_functions_in_cells_without_metadata_are_taken(released, assignment):
    cells = [nbformat.v4.new_code_cell(one.source()) for one in assignment.exercises.values()]
    rebuilt, notes = rebuilt_of(released, nbformat.v4.new_notebook(cells=cells))
    assert sum(map(is_extra, rebuilt.cells)) == len(cells)
    assert notes == ["The cell of answer_translation is missing."]


def test_nbformat_3_is_read(released, assignment):
    solved = sample_hand_ins.solved(released, assignment)
    cells = [
        {
            "cell_type": cell.cell_type,
            "metadata": cell.metadata,
            "input" if cell.cell_type == "code" else "source": cell.source,
        }
        for cell in solved.cells
    ]
    raw = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}).encode()
    rebuilt, notes = rebuild(released, notebook_file.parse(raw))
    assert notes == []
    assert [cell.source for cell in rebuilt.cells] == [cell.source for cell in rebuilt_of(released, solved)[0].cells]


def test_a_huge_cell_and_odd_characters_are_left_out(released, assignment):
    notebook = sample_hand_ins.solved(released, assignment)
    sample_hand_ins.add_cell(notebook, "x = '" + "a" * MAX_SOURCE + "'")
    _, notes = rebuilt_of(released, notebook)
    assert "left out" in notes[0]
    raw = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\0b\ud800"}]}).encode()
    assert notebook_file.parse(raw)[0].source == "ab?"


def test_only_plain_files_are_read(tmp_path):
    target = tmp_path / "secret"
    target.write_text("secret")
    (tmp_path / "link.ipynb").symlink_to(target)
    os.mkfifo(tmp_path / "fifo.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    with pytest.raises(Rejected, match="link"):
        read_file(tmp_path / "link.ipynb")
    for name in ("fifo", "folder"):
        with pytest.raises(Rejected, match="plain file"):
            read_file(tmp_path / f"{name}.ipynb")
    with pytest.raises(Rejected, match="No such file"):
        read_file(tmp_path / "none.ipynb")


def test_a_huge_file_is_refused(tmp_path):
    path = tmp_path / "huge.ipynb"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(Rejected, match="100 MB"):
        read_file(path)


def test_what_takes_too_long_to_read_is_refused():
    def raw_with(cells):
        return json.dumps({"nbformat": 4, "cells": cells}).encode()

    cell = {"cell_type": "code", "source": "x"}
    assert len(notebook_file.parse(raw_with([cell] * MAX_CELLS))) == MAX_CELLS
    with pytest.raises(Rejected, match="code cells"):
        notebook_file.parse(raw_with([cell] * (MAX_CELLS + 1)))
    with pytest.raises(Rejected, match="characters of code"):
        notebook_file.parse(raw_with([{**cell, "source": "x" * (MAX_CODE + 1)}]))
    with pytest.raises(Rejected, match="parts"):
        notebook_file.parse(b"[" + b"{}," * MAX_PIECES + b"]")


def test_brackets_in_a_text_are_no_parts():
    text = '[{,\\"' * MAX_PIECES
    raw = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "outputs": [text]}]}).encode()
    assert notebook_file.parse(raw)[0].source == "x"


def test_empty_lines_do_not_slow_the_search_for_functions(released):
    blank = {"cell_type": "code", "source": "\n" * 400_000 + " " * 90_000 + "x"}
    last = {"cell_type": "code", "source": "def zero_pad(x):\n    pass"}
    cells = notebook_file.parse(json.dumps({"nbformat": 4, "cells": [blank, last]}).encode())
    start = time.monotonic()
    rebuild(released, cells)
    assert time.monotonic() - start < 5
