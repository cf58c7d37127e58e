"""The example of docs/authoring.md, taken from the page to the letter: it works as it stands there."""

import importlib.util
import json
import re

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from grader.base.paths import ROOT
from grader.scoring import probe
from grader.scoring.answer_key import draw_exercise
from grader.scoring.assessment import assess
from grader.spec.exercise import Edit, Exercise, Slip, Variant, case

REFERENCE, DECLARATION, TEST = re.findall(r"```python\n(.*?)```", (ROOT / "docs/authoring.md").read_text(), re.DOTALL)


def imported(path, text, **names):
    """A module whose source can be asked for, as the declarations need it."""
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    vars(module).update(names)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def solution(tmp_path_factory):
    return imported(tmp_path_factory.mktemp("page") / "solution_of_the_page.py", REFERENCE, np=np)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory, solution):
    words = {"Edit": Edit, "Exercise": Exercise, "Slip": Slip, "Variant": Variant, "case": case, "np": np}
    path = tmp_path_factory.mktemp("page") / "declaration_of_the_page.py"
    return imported(path, DECLARATION, solution=solution, **words).LEAKY_RELU


def mark_of(function, keyed):
    answers = []
    inputs = json.dumps([one.inputs for one in keyed.cases])
    probe.answer_all(function, inputs, lambda text: answers.append(json.loads(text)))
    return assess(keyed, answers)


@pytest.mark.parametrize("seed", [0, 1, 7, 2**62])
def test_the_declaration_does_what_the_page_says(exercise, seed):
    keyed = draw_exercise(exercise, seed)
    assert len(exercise.slips) >= 3 and len(exercise.variants) >= 2 and len(keyed.cases) >= 5
    for function in (exercise.function, *(exercise.compiled(one.code) for one in exercise.variants)):
        assert mark_of(function, keyed).status == "passed"
    for slip in exercise.slips:
        mark = mark_of(exercise.compiled(slip.code), keyed)
        assert mark.points < mark.maximum and mark.slip == (slip.title, slip.help)


def test_the_test_of_the_page_passes(solution):
    names = {"np": np, "keras": keras, "assert_allclose": assert_allclose, "leaky_relu": solution.leaky_relu}
    exec(TEST, names)
    names["test_leaky_relu_is_that_of_keras"]()


def test_lines_are_short_enough_for_the_linter():
    assert all(len(line) <= 130 for line in (REFERENCE + DECLARATION + TEST).splitlines())
