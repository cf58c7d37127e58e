"""`course exercise`: what it proves, what it changes, what it asks of files, and what it writes."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from grader.authoring import asking, limits, mutants, stubs, trial
from grader.base.errors import CourseError
from grader.cli.app import app
from grader.spec.case import case
from grader.spec.exercise import Exercise, Variant
from grader.spec.registry import load


def clipped(x, low=0):
    """Cut off what lies below."""
    ### BEGIN SOLUTION
    if low > 3:
        raise ValueError("low must be at most 3")
    return np.maximum(x, low)
    ### END SOLUTION


def by_where(x, low=0):
    if low > 3:
        raise ValueError
    return np.where(x > low, x, low)


def exercise(**more):
    one = Exercise(clipped, points=4, hints=["Which function takes the larger of two numbers?"], **more)

    @one.cases
    def cases(rng):
        yield case("low left out", rng.standard_normal(20))
        yield case("low", rng.standard_normal(20), 0.5)
        yield case("low at the limit", rng.standard_normal(3) + 3, 3)
        yield case("above the limit", rng.standard_normal(3), 4, raises=ValueError)

    one.also("single precision")
    one.slip("the upper end", lambda x, low=0: np.minimum(x, low), "Which end is cut off?")
    one.slip("low is ignored", lambda x, low=0: clipped(x) if low <= 3 else clipped(x, 4), "Look at low.")
    one.slip("nothing is refused", lambda x, low=0: np.maximum(x, low), "The docstring names what is refused.")
    one.variants += [Variant("where", by_where), Variant("clip", lambda x, low=0: clipped(x, low))]
    return one


def wrong_of(findings):
    return [(finding.group, finding.title) for finding in findings if not finding.good]


@pytest.mark.parametrize("seed", trial.SEEDS)
def test_a_good_exercise_is_found_good(seed):
    one = exercise()
    assert wrong_of(trial.declared(one)) == wrong_of(trial.tried(one, seed)) == []
    groups = {finding.group for finding in trial.tried(one, seed)}
    assert groups == {"right", "slip", "input"} | ({"visible"} if seed else set())
    assert trial.unused_cases(one, [seed]) == []


def test_each_fault_is_found():
    one = exercise()
    one.slip("right after all", lambda x, low=0: clipped(x, low), "Where?")
    one.slip("the upper end again", lambda x, low=0: np.minimum(x, low), "No full stop")
    one.variants.append(Variant("wrong", lambda x, low=0: np.abs(clipped(x, low) - 1)))
    assert wrong_of(trial.tried(one, 1)) == [
        ("right", "wrong"),
        ("slip", "right after all"),
        ("slip", "the upper end again"),
    ]
    assert wrong_of(trial.declared(one)) == [("declared", "the upper end again")]


def test_a_forbidden_routine_in_a_variant_is_found():
    assert ("declared", "what it forbids") in wrong_of(trial.declared(exercise(forbids=["where"])))
    assert ("right", "where") in wrong_of(trial.tried(exercise(forbids=["where"]), 1))


def test_a_case_that_no_slip_fails_is_told():
    one = exercise()
    one.slips[:] = one.slips[2:]
    assert trial.unused_cases(one, [1]) == ["low left out", "low", "low at the limit", "single precision"]


def test_the_visible_answers_earn_nothing_though_an_answer_can_come_again_by_chance():
    one = exercise()
    one.more.clear()
    one.drawing = lambda rng: [case("one of three", np.array([int(rng.integers(3))]), 0)]
    for seed in range(1, 30):
        found = next(found for found in trial.tried(one, seed) if found.group == "visible")
        assert found.good and found.title == "the answers to the visible cases"


def test_who_knows_the_visible_answers_gets_little_for_something_simple():
    one = exercise()
    one.drawing = lambda rng: [case(f"nothing changes {i}", rng.standard_normal(3) + 9, 0) for i in range(5)]
    assert ("visible", "the first argument") in wrong_of(trial.tried(one, 1))


def test_conversions_are_not_left_out():
    """Of arrays and numbers, as a docstring asks for them, they change nothing."""
    text = "def f(a, b):\n    a, b = np.asarray(a), np.asarray(b, dtype=float)\n    return float(a - b)\n"
    assert [one.change for one in mutants.mutants(text)] == ["a - b → a + b"]
    other = "def f(a, b):\n    a = np.asarray(b)\n    return np.array(a, copy=True)\n"
    changes = [one.change for one in mutants.mutants(other)]
    assert "a = np.asarray(b) → pass" in changes
    assert "np.array(a, copy=True) → a" in changes and "np.asarray(b) → b" not in changes


def test_mutants_differ_from_the_reference_and_from_each_other():
    found = list(mutants.mutants(exercise().source()))
    assert len({one.text for one in found}) == len({one.change for one in found}) == len(found)
    changes = {one.change for one in found}
    assert {"low > 3 → low >= 3", "low > 3 → low > 4", "np.maximum(x, low) → x", "low=0 → low=1"} & changes
    assert "np.maximum(x, low) → np.maximum(low, x)" not in changes, "it changes nothing"
    assert not [one for one in found if "at most" in one.change.partition("→")[2] and "raise" not in one.change]


def test_what_no_case_notices_is_listed_unless_it_is_declared_equivalent():
    one = exercise()
    survivors = mutants.tried(one, [1]).survivors
    assert [survivor.change for survivor in survivors] == ["low > 3 → low > 4"] or survivors == []
    fewer = exercise()
    fewer.drawing = lambda rng: [case("low", rng.standard_normal(20), 0.5)]
    changes = [survivor.change for survivor in mutants.tried(fewer, [1]).survivors]
    assert "low > 3 → low >= 3" in changes
    for change in changes:
        fewer.equivalent(change, "nobody asks")
    assert mutants.tried(fewer, [1]).survivors == []
    fewer.equivalent("np.maximum(x, low) → x", "a case notices it")
    fewer.equivalent("a → b", "it does not occur")
    assert mutants.tried(fewer, [1]).stale == ["np.maximum(x, low) → x", "a → b"]


def test_a_changed_loop_that_does_not_end_is_noticed(monkeypatch):
    monkeypatch.setattr(mutants, "SECONDS", 0.3)

    def counted(n):
        done = 0
        while done < n:
            done += 1
        return done

    one = Exercise(counted, points=1, hints=["Count."])
    one.cases(lambda rng: [case("some", int(rng.integers(3, 9)))])
    assert "done += 1 → pass" not in [survivor.change for survivor in mutants.tried(one, [1]).survivors]


def test_the_limit_holds_though_everything_is_caught():
    with pytest.raises(limits.TooSlow), limits.seconds(0.2):
        for _ in range(3):
            try:
                while True:
                    pass
            except BaseException:
                continue


# --- files that are asked ------------------------------------------------------------------------------------------

FILE = """
import numpy as np
print("loud")

def zero_pad(X, pad):
    return np.pad(X, pad)

def conv_single_step(a, W, b):
    return np.sum(a * W) + b[0, 0, 0]

def conv_forward(A_prev, W, b, hparameters):
    X, s, f = zero_pad(A_prev, hparameters["pad"]), hparameters["stride"], len(W)
    n_H, n_W = (output_size(n, f, hparameters["pad"], s) for n in A_prev.shape[1:3])
    Z = np.zeros((len(X), n_H, n_W, W.shape[3]))
    for i, h, w, c in np.ndindex(*Z.shape):
        Z[i, h, w, c] = conv_single_step(X[i, h * s : h * s + f, w * s : w * s + f], W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)

exit()
"""


def test_a_file_is_judged_with_the_references_helpers_where_it_lacks_them(tmp_path):
    (tmp_path / "ann.py").write_text(FILE)
    found = asking.judged(load("w1_conv"), tmp_path / "ann.py", seed=1)
    assert found.problem == "stops in line 19 with SystemExit"
    status = {name: mark.status for name, mark in found.marks.items()}
    assert status == {"zero_pad": "partial", "conv_single_step": "passed", "conv_forward": "passed"}
    assert found.marks["zero_pad"].slip[0] == "every axis is padded"
    assert found.marks["conv_forward"].notes == ["Judged with the reference's zero_pad in place of the file's."]
    assert list(asking.judged(load("w1_conv"), tmp_path / "ann.py", 1, "zero_pad").marks) == ["zero_pad"]


def test_a_file_that_never_ends_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", 0.5)
    (tmp_path / "bob.py").write_text("def zero_pad(X, pad):\n    while True:\n        pass\n")
    mark = asking.judged(load("w1_conv"), tmp_path / "bob.py", seed=1).marks["zero_pad"]
    assert mark.points == 0
    (tmp_path / "eve.py").write_text("while True:\n    pass\n")
    assert "more than" in asking.judged(load("w1_conv"), tmp_path / "eve.py", seed=1).problem


def course(*words):
    return CliRunner().invoke(app, ["exercise", *map(str, words)])


def test_a_folder_of_files_is_asked_on_the_command_line(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "ann.py").write_text(FILE)
    (tmp_path / "files" / "bob.py").write_text("x = (")
    said = course("ask", "w1_conv", tmp_path / "files", "--seed", 3, "--json", tmp_path / "out.json")
    assert said.exit_code == 0
    assert "without a sandbox; seed 3" in said.output
    assert "SyntaxError" in said.output and "defines no function of w1_conv" in said.output
    content = json.loads((tmp_path / "out.json").read_text())
    (ann,) = [one for path, one in content["files"].items() if path.endswith("ann.py")]
    assert ann["exercises"]["conv_single_step"]["points"] == 5
    assert ann["exercises"]["zero_pad"]["slip"] == "every axis is padded"


def test_what_cannot_be_asked_is_said(tmp_path):
    with pytest.raises(asking.NothingToAsk, match="no Python files"):
        asking.files(tmp_path)
    with pytest.raises(asking.NothingToAsk, match="not a Python file"):
        asking.files(tmp_path / "nowhere")
    assert isinstance(course("ask", "w1_conv", tmp_path, "--function", "nobody").exception, CourseError)


def test_one_exercise_is_proved_on_the_command_line():
    said = course("try", "distribute_value")
    assert said.exit_code == 0 and "seed 7: " in said.output
    said = course("mutants", "distribute_value", "--seed", 1)
    assert "changes are noticed" in said.output
    assert "Is zero_pad meant?" in str(course("try", "zero_pads").exception)


# --- stubs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(stubs, "ROOT", tmp_path)
    return tmp_path


def test_stubs_are_written_into_the_four_rooms_and_nothing_is_lost(elsewhere):
    solution = elsewhere / "solutions" / "w9_new.py"
    written = [path.relative_to(elsewhere).as_posix() for path in stubs.write("w9_new", "first", "x, slope=0.1")]
    assert written == [
        "notebooks/w9_new/w9_new.md",
        "solutions/w9_new.py",
        "grader/exercises/w9_new/__init__.py",
        "grader/exercises/w9_new/variants/__init__.py",
        "grader/exercises/w9_new/first.py",
        "tests/test_w9_new.py",
    ]
    before = solution.read_text()
    assert "def first(x, slope=0.1):" in before
    assert len(stubs.write("w9_new", "second")) == 4
    assert solution.read_text().startswith(before) and "def second(x):" in solution.read_text()
    notebook = (elsewhere / "notebooks/w9_new/w9_new.md").read_text()
    assert [notebook.count(f":exercise: {name}") for name in ("first", "second")] == [1, 1]
    for path in elsewhere.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")


@pytest.mark.parametrize(
    ("assignment", "name", "parameters", "reason"),
    [
        ("conv", "f", "x", "not the name of an assignment"),
        ("w1_conv", "zero_pad", "x", "already, in w1_conv"),
        ("w9_new", "for", "x", "not the name of a function"),
        ("w9_new", "shared", "x", "something else"),
        ("w9_new", "f", "x, 3", "not parameters"),
    ],
)
def test_stubs_that_cannot_be_written_are_refused(elsewhere, assignment, name, parameters, reason):
    with pytest.raises(stubs.NotNew, match=reason):
        stubs.write(assignment, name, parameters)
    assert not list(elsewhere.iterdir())
