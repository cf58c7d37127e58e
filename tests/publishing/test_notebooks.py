"""The notebooks, executed: without an error or a warning, true in what they claim.

`make test` runs the one that trains no network of Keras's; `make test-models`, and so CI, all of them, with brief
trainings; `make test-all` in full.
"""

import functools
import importlib
import re
from tempfile import TemporaryDirectory

import nbformat
import pytest
from conftest import LONG, committed
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from grader.base.assignments import names
from grader.base.course import Course
from grader.publishing import build
from grader.publishing.site import execution

NAMES = names()
SECONDS = 900  # of a cell, on a busy machine
# To see that everything runs, one step of each training of a model will do, without the graph that takes half a minute to
# trace, and the first pictures of the sets that an assignment's tests name in FEWER.
BRIEFLY = """
def patch(fewer_of):
    import dataclasses
    import keras
    import data

    fit, load = keras.Model.fit, data.load

    def briefly(self, x, y, batch_size=32, **options):
        self.run_eagerly = True
        return fit(self, x[:batch_size], y[:batch_size], batch_size=batch_size, **options)

    def fewer(name, split=None, **options):
        found = load(name, split, **options)
        first = fewer_of.get((name, split), len(found))
        parts = {part: getattr(found, part) for part in ("images", "labels", "boxes", "classes", "masks")}
        return dataclasses.replace(found, **{part: it if it is None else it[:first] for part, it in parts.items()})

    keras.Model.fit, data.load = briefly, fewer

patch(%s)
"""
# The student's notebook is run in the kernel that has run the other, since it takes seconds to import TensorFlow again; as it
# is where there is no network and nothing has been fetched; and its trainings, whose results nobody looks at, are short.
ALONE = """
%reset -f

def patch():
    import os
    import data, data.lookup

    def nowhere(name, archive):
        raise data.DataError(f"{name} is not at hand.")

    data.lookup.content_folder = nowhere
    os.environ["COURSE_QUICK"] = "1"

patch()
"""


def briefly(name):
    """The code before an assignment's notebook, by which it trains briefly."""
    return BRIEFLY % getattr(importlib.import_module(f"test_{name}"), "FEWER", {}) if name in LONG else ""


def long(name):
    """The marks of a test that runs an assignment's notebook."""
    return [pytest.mark.models] if name in LONG else []


RUN = [pytest.param(name, marks=long(name)) for name in NAMES]


def errors_of(notebook):
    """The errors of a notebook that has been run, by cell."""
    return {
        cell.id: [output for output in cell.outputs if output.output_type == "error"]
        for cell in notebook.cells
        if cell.cell_type == "code" and any(output.output_type == "error" for output in cell.outputs)
    }


@functools.cache
def executed(name):
    """An assignment's instructor notebook and the student's, run, with brief trainings."""
    solved, unsolved = build.instructor_notebook(name), nbformat.read(committed(name), 4)
    between = [new_code_cell(briefly(name)), new_code_cell(ALONE)]
    for cell in unsolved.cells:
        cell.id = f"student-{cell.id}"
    both = new_notebook(cells=[between[0], *solved.cells, between[1], *unsolved.cells], metadata=solved.metadata)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PRETRAINED", "own")  # the claims are about the network that everybody has
        patch.setenv("COURSE_QUICK", "1")
        resources = {"metadata": {"path": folder}}
        NotebookClient(both, timeout=SECONDS, allow_errors=True, resources=resources).execute()
    assert [cell.outputs for cell in between] == [[], []]
    return solved, unsolved


@pytest.fixture(params=RUN)
def solved(request):
    return executed(request.param)[0]


def text_of(notebook):
    return "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def test_the_solved_notebook_runs_without_an_error_or_a_warning(solved):
    assert errors_of(solved) == {}
    warnings = [o.text for c in solved.cells if c.cell_type == "code" for o in c.outputs if o.get("name") == "stderr"]
    assert warnings == []
    assert all(
        "cases pass" in cell.outputs[0].data["text/plain"] for cell in solved.cells if cell.source.startswith("check(")
    )


@pytest.mark.parametrize("name", RUN)
def test_every_picture_has_a_description(name):
    notebook, _ = executed(name)
    pictures = [
        o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "image/png" in o.get("data", {})
    ]
    assert len(pictures) >= importlib.import_module(f"test_{name}").FIGURES
    assert all(len(picture.metadata["image/png"]["alt"]) > 20 for picture in pictures)


@pytest.mark.parametrize("name", RUN)
def test_the_student_notebook_runs_to_its_end(name):
    _, notebook = executed(name)
    errors = errors_of(notebook)
    kinds = {error.ename for cell in errors.values() for error in cell}
    assert {"NotImplementedError", "CheckFailed"} <= kinds
    # A default that calls a function which is not written yet keeps the next from being defined.
    others = {error.evalue for cell in errors.values() for error in cell if error.ename == "NameError"}
    assert kinds <= {"NotImplementedError", "CheckFailed", "NameError"}
    assert others <= {"name 'alpaca_model' is not defined"}
    assert notebook.cells[-1].get("execution_count") or notebook.cells[-1].cell_type == "markdown"


def claims(kind):
    """Of every assignment, what its tests say that its notebook prints: `kind` is CLAIMS or CLAIMS_WHEN_TRAINED."""
    return [
        pytest.param(name, *claim, marks=long(name))
        for name in NAMES
        for claim in getattr(importlib.import_module(f"test_{name}"), kind, [])
    ]


def check_claim(notebook, pattern, holds):
    found = re.search(pattern, text_of(notebook))
    assert found, pattern
    assert holds(found[1]), found[0]


@pytest.mark.parametrize(("name", "pattern", "holds"), claims("CLAIMS"))
def test_claims_in_the_prose_are_true(name, pattern, holds):
    check_claim(executed(name)[0], pattern, holds)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pattern", "holds"), claims("CLAIMS_WHEN_TRAINED"))
def test_claims_about_long_training_are_true(name, pattern, holds):
    """Of the run that the course's book shows."""
    check_claim(execution.executed(name, Course()), pattern, holds)
