"""One truth, three notebooks: rebuilt without a difference, and of a size that can be read."""

import nbformat
import pytest
from conftest import committed

from grader.base.assignments import names
from grader.base.course import Course
from grader.publishing import build
from grader.spec.registry import load
from grader.submission.cells import grade_id_of, is_answer

NAMES = names()


@pytest.mark.parametrize("name", NAMES)
def test_a_rebuild_makes_no_difference(name, tmp_path):
    built = build.build(name, Course(tmp_path / "course"), tmp_path / "notebooks").read_bytes()
    assert built == committed(name).read_bytes(), f"run `course build {name}` and commit what it writes"


@pytest.mark.parametrize("name", NAMES)
def test_the_student_gets_no_solution_and_no_output(name):
    notebook = nbformat.read(committed(name), 4)
    text = committed(name).read_text()
    assert "BEGIN SOLUTION" not in text
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            if is_answer(cell):
                assert "raise NotImplementedError" in cell.source
    released = {grade_id_of(cell) for cell in notebook.cells} - {""}
    functions = set(load(name).exercises)
    assert functions | {f"check_{function}" for function in functions} <= released
    assert any(one.startswith("answer_") for one in released)


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_is_of_readable_size(name):
    cells = nbformat.read(committed(name), 4).cells
    assert 40 <= len(cells) <= 80
    words = [len(cell.source.split()) for cell in cells if cell.cell_type == "markdown"]
    assert sum(words) / len(words) < 120
