"""The example of docs/authoring.md, taken from the page to the letter: it works as it stands there."""

import importlib
import re
import sys

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from grader.authoring import mutants, trial
from grader.base.paths import ROOT
from grader.spec.exercise import Variant

REFERENCE, DECLARATION, *VARIANTS, TEST = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs/authoring.md").read_text(), re.DOTALL
)
NUMPY = "import numpy as np\n\n\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The modules of the page, in a folder of their own."""
    folder = tmp_path_factory.mktemp("page")
    declaration = DECLARATION.replace("solutions.w1_keras", "page_solution")
    texts = {"solution": NUMPY + REFERENCE, "declaration": declaration}
    texts |= {f"variant_{number}": NUMPY + text for number, text in enumerate(VARIANTS)}
    for name, text in texts.items():
        (folder / f"page_{name}.py").write_text(text)
    sys.path.insert(0, str(folder))
    yield {name: importlib.import_module(f"page_{name}") for name in texts}
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def exercise(page):
    one = page["declaration"].exercise
    one.variants += [Variant(name, page[name].leaky_relu) for name in page if name.startswith("variant")]
    return one


@pytest.mark.parametrize("seed", trial.SEEDS)
def test_the_declaration_does_what_the_page_says(exercise, seed):
    findings = [*trial.declared(exercise), *trial.tried(exercise, seed)]
    assert [finding for finding in findings if not finding.good] == []


def test_the_cases_notice_every_small_change(exercise):
    assert "x > 0 → x >= 0" in (ROOT / "docs/authoring.md").read_text()
    exercise.equivalent("x > 0 → x >= 0", "both give 0 at 0")
    found = mutants.tried(exercise, trial.SEEDS[1:3])
    assert found.count >= 10 and found.equivalent == 1
    assert (found.survivors, found.stale) == ([], [])


def test_the_test_of_the_page_passes(page):
    names = {"np": np, "keras": keras, "assert_allclose": assert_allclose, "leaky_relu": page["solution"].leaky_relu}
    exec(TEST, names)
    names["test_leaky_relu_is_that_of_keras"]()


def test_lines_are_short_enough_for_the_linter():
    assert all(len(line) <= 120 for line in (REFERENCE + DECLARATION + TEST).splitlines())
