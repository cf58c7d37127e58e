"""JAX and PyTorch in place of TensorFlow: the same answers, the same marks, whichever of them a hand-in or the judge runs on.

`make test-backends` runs this with KERAS_BACKEND=jax, and with torch.
"""

import functools
import importlib.util
import os

import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.base import dependencies
from grader.base.assignments import names
from grader.base.course import Course
from grader.bench import gpu
from grader.judging.judge import judge
from grader.judging.rulebook import Rulebook
from grader.publishing import build
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.limits import Limits
from grader.sandbox.preload import preload_of
from grader.spec.registry import NoBackend, load

HERE = os.environ.get("KERAS_BACKEND", "tensorflow")
NAMES = names()
SEED = 20261121
LIMITS = Limits(exercise_seconds=120)  # a busy machine is slow, not wrong

pytestmark = pytest.mark.backends
compares = pytest.mark.skipif(
    HERE == "tensorflow", reason="compares another backend with TensorFlow: make test-backends"
)


@functools.cache
def here(name):
    return gpu.answered(name, SEED)


@functools.cache
def on_tensorflow(name):
    return gpu.elsewhere({"KERAS_BACKEND": "tensorflow"}, name, SEED)


SIDES = {"here": here, "TensorFlow": on_tensorflow}


@compares
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("judging", "answering"), [("here", "here"), ("TensorFlow", "here"), ("here", "TensorFlow")])
def test_what_is_right_passes_and_what_is_wrong_does_not(name, judging, answering):
    assignment = load(name)
    key, answers = SIDES[judging](name).key, SIDES[answering](name).answers
    for title, of_one in answers.items():
        for one, mark in gpu.marks(key, of_one).items():
            what = (one, title, [(case.title, case.what) for case in mark.cases if not case.passed])
            if not title.startswith("slips"):
                assert mark.status == "passed", what
                continue
            slip = assignment.exercises[one].slips[int(title.split()[1]) - 1]
            assert mark.points < mark.maximum, what
            # A slip can be a layer that backends compute differently, so it is told by name where judge and kernel agree.
            if judging == answering:
                assert mark.slip == (slip.title, slip.help), what


@compares
@pytest.mark.parametrize("name", NAMES)
def test_grades_are_those_on_tensorflow(name):
    rows = gpu.compared(name, on_tensorflow(name), here(name), ("TensorFlow", HERE))
    assert [row.what for row in rows if not row.met] == []


@compares
@pytest.mark.parametrize("name", filter(gpu.uses_keras, NAMES))
@pytest.mark.parametrize("kernel", [HERE, "tensorflow"])
def test_a_hand_in_runs_on_the_backend_that_is_asked_for_and_is_judged_by_the_other(
    name, kernel, tmp_path, monkeypatch
):
    course = Course(tmp_path)
    build.ensure(name, course)
    released = sample_hand_ins.without_given_figures(nbformat.read(course.release(name), 4))
    key = (on_tensorflow if kernel == HERE else here)(name).key
    rulebook = Rulebook.with_key(key, load(name), released, LIMITS)
    hand_in = sample_hand_ins.solved(released, load(name))
    sample_hand_ins.add_cell(hand_in, "import keras\nprint('runs on', keras.backend.backend())", len(hand_in.cells))
    monkeypatch.setenv("KERAS_BACKEND", kernel)
    with KernelFactory(LIMITS, warm=True, preload=preload_of(released)) as kernels:
        graded = judge(nbformat.writes(hand_in).encode(), rulebook, kernels)
        assert kernels.why_cold == ""  # it was forked from a process that has the backend in it
    printed = "".join(
        output.get("text", "") for cell in graded.read_notebook().cells for output in cell.get("outputs", [])
    )
    assert f"runs on {kernel}" in printed
    assert {mark.status for mark in graded.marks.values()} == {"passed"}, [mark.cases for mark in graded.marks.values()]


def test_marks_of_one_backend_are_not_kept_for_another(monkeypatch):
    digests = set()
    for backend in ("tensorflow", "jax", "torch"):
        monkeypatch.setenv("KERAS_BACKEND", backend)
        digests.add(dependencies.of_judging.__wrapped__())
    assert len(digests) == 3


@pytest.mark.parametrize("backend", ["jax", "torch", "tensorflwo"])
def test_a_backend_that_is_not_there_is_named_in_a_sentence(backend, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == backend else real(name))
    monkeypatch.setenv("KERAS_BACKEND", backend)
    with pytest.raises(NoBackend, match=f"KERAS_BACKEND is {backend!r}"):
        load.__wrapped__("w1_keras")
