"""`course bench gpu`, of which everything but the GPU is here: two runs on the CPU are compared."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.bench import gpu
from grader.bench.gpu import NoGpu, Side, SideFailed, backend_with_gpu, compared
from grader.scoring import probe

NAME, SEED = "w1_conv", 20261121


@pytest.fixture(scope="module")
def side():
    return gpu.answered(NAME, SEED)


@pytest.fixture
def told(monkeypatch):
    """Programs that say of each backend what they are told to, nothing where it is not installed; records what was asked."""
    asked = []

    def tell(**words):
        def run(command, **options):
            [name] = [name for name, code in gpu.SEES_GPU.items() if code == command[-1]]
            asked.append(name)
            return subprocess.CompletedProcess(command, 0, words.get(name, "") + "\n")

        monkeypatch.setattr(subprocess, "run", run)
        return asked

    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    return tell


def test_the_first_backend_that_sees_a_gpu_is_taken(told):
    asked = told(tensorflow="no", jax="yes", torch="yes")
    assert backend_with_gpu() == "jax"
    assert asked == ["tensorflow", "jax"]


def test_where_no_backend_sees_one_a_sentence_says_so(told):
    told(tensorflow="no", torch="no")
    with pytest.raises(NoGpu) as refusal:
        backend_with_gpu()
    assert str(refusal.value) == (
        "There is no GPU to compare the CPU with: tensorflow sees none, jax is not installed, torch sees none."
    )


def test_a_backend_that_was_chosen_is_the_only_one_that_is_asked(told, monkeypatch):
    asked = told(tensorflow="yes", torch="no")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(NoGpu, match=r"with: torch sees none\.$"):
        backend_with_gpu()
    assert asked == ["torch"]


def test_on_the_cpu_side_no_gpu_is_in_sight(monkeypatch):
    for name, value in gpu.CPU.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    with pytest.raises(NoGpu, match="tensorflow sees none"):
        backend_with_gpu()


def test_only_assignments_in_keras_are_measured():
    assert not gpu.uses_keras("w1_conv")
    assert gpu.uses_keras("w1_keras")


def test_every_hand_in_has_its_row_with_both_grades_and_times(monkeypatch, assignment):
    """All of the measurement but the GPU itself: each side is a process of its own, here with the CPU on both."""
    monkeypatch.setattr(gpu, "backend_with_gpu", lambda: "tensorflow")
    monkeypatch.setattr(gpu, "uses_keras", lambda name: name == NAME)
    rows = gpu.gpu()
    assert all(row.met for row in rows)
    assert rows[0].what == "w1_conv, the references: GPU, tensorflow"
    assert rows[0].peer == "CPU"
    assert rows[0].figure == "95 and 95 of 95"
    assert rows[0].ours > 0
    assert rows[0].theirs > 0
    most = {
        kind: max(len(getattr(one, kind)) for one in assignment.exercises.values()) for kind in ("variants", "slips")
    }
    for kind, count in most.items():  # as many hand-ins as the function with most of them needs, one each
        assert sum(kind in row.what for row in rows) == count
    assert len(rows) == 1 + sum(most.values())
    slips = [row for row in rows if "slips" in row.what]
    assert all(float(row.figure.split()[0]) < float(row.figure.split()[-1]) for row in slips)


def test_an_answer_beyond_the_tolerance_on_one_side_is_found_whichever_side_judges(side):
    one = next(name for name in side.key.exercises if name == "conv_forward_fast")

    def with_noise(size):
        changed = json.loads(json.dumps(side.answers))
        for answer in changed["the references"][one]:
            answer["value"] = noisy(answer["value"], size)
        return Side(side.key, changed, side.seconds)

    assert all(row.met for row in compared(NAME, side, with_noise(1e-7), ("CPU", "GPU")))
    row, *rest = compared(NAME, side, with_noise(1e-2), ("CPU", "GPU"))
    assert not row.met
    assert row.figure.startswith("95 and ")
    assert row.figure != "95 and 95 of 95"
    assert all(each.met for each in rest)
    # The same from the other side: the reference is right on the CPU, and rejected by what the GPU's reference expects.
    exercises = side.key.exercises
    cases = [
        replace(case, expected={"value": noisy(case.expected["value"], 1e-2)}) if "value" in case.expected else case
        for case in exercises[one].cases
    ]
    off = replace(side.key, exercises={**exercises, one: replace(exercises[one], cases=cases)})
    row, *_ = compared(NAME, side, Side(off, side.answers, side.seconds), ("CPU", "GPU"))
    assert not row.met


def noisy(tree, size):
    """An encoded value with every array's numbers off by a share of the largest."""
    kind, content = tree
    if kind == "array":
        array = probe.decode(tree)
        return probe.encode(array + (size * abs(array).max()).astype(array.dtype)) if array.dtype.kind == "f" else tree
    return [kind, [noisy(item, size) for item in content]] if kind in ("tuple", "list") else tree


def test_a_side_that_fails_is_named_with_the_reason():
    with pytest.raises(SideFailed, match=r"w9_none with {'X': 'y'} ended with an error: .*NoSuchAssignment"):
        gpu.elsewhere({"X": "y"}, "w9_none", SEED)


def test_importing_it_imports_no_backend():
    code = "import sys, grader.bench.gpu; sys.exit(any(name in sys.modules for name in ('keras', 'tensorflow', 'jax')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
