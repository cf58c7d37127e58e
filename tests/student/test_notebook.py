"""What students see when they call check, hint, progress and reveal, in a real kernel and in a plain terminal."""

import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import grader
from grader.base import assignments
from grader.base.paths import ROOT
from grader.scoring import visible_key
from grader.spec.registry import load
from grader.student.notebook import help, record, slips
from grader.student.notebook.check import check
from grader.student.notebook.exercise_of import CheckFailed
from grader.student.notebook.help import NotShown, _solution, hint, reveal
from grader.student.notebook.progress import progress

START = "import numpy as np\nfrom grader import check, hint, progress"
RIGHT = "def zero_pad(X, pad):\n    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))"


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RECORD", tmp_path / "progress.json")


@pytest.fixture(autouse=True, scope="module")
def drawn():
    """The slips' answers, as a class kit has them."""
    visible_key.write("w1_conv")


def outputs_of(*sources, cell=-1):
    """The outputs of the last of some cells, or of another one, run in a kernel."""
    cells = [nbformat.v4.new_code_cell(source) for source in (START, *sources)]
    book = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(book, timeout=60, allow_errors=True, kernel_name="python3").execute()
    return book.cells[cell].outputs


def test_a_right_function_shows_its_table_and_no_error():
    (output,) = outputs_of(RIGHT, "check(zero_pad)")
    assert output.output_type == "display_data"
    assert "6 of 6 cases pass" in output.data["text/html"]
    assert "limit" in output.data["text/plain"] or "exact" in output.data["text/plain"]


def test_a_slip_is_named_and_the_error_is_one_line():
    shown, error = outputs_of("def zero_pad(X, pad):\n    return np.pad(X, pad)", "check(zero_pad)")
    assert "Looks like: every axis is padded." in shown.data["text/html"]
    assert "expected" in shown.data["text/html"]
    assert error.output_type == "error"
    assert len(error.traceback) == 1
    assert "Give a pair for each axis" in error.traceback[0]
    assert "\n" not in error.traceback[0]


def test_a_failed_check_does_not_wait_for_slips_that_are_not_drawn_and_names_them_later():
    wrong = "def zero_pad(X, pad):\n    return np.pad(X, pad)"
    at_once = """
from grader.scoring import visible_key
from grader.student.notebook import slips
slips.SECONDS = 0
(visible_key.FOLDER / "w1_conv" / "zero_pad.slips.json").unlink(missing_ok=True)
check(zero_pad)
"""
    shown, _ = outputs_of(wrong, at_once)
    assert "of 6 cases pass" in shown.data["text/html"] and slips.LATER in shown.data["text/html"]
    wait = (
        "import time\nwhile not visible_key.are_slips_drawn('w1_conv', 'zero_pad'):\n    time.sleep(0.1)\ntime.sleep(1)"
    )
    shown, _ = outputs_of(wrong, at_once, wait, cell=-2)
    assert slips.LATER not in shown.data["text/html"]
    assert "Looks like: every axis is padded." in shown.data["text/html"]


def test_a_slip_is_named_although_the_errors_that_must_be_raised_are_missing_too():
    shown, _ = outputs_of(
        "def output_size(n, f, pad, stride):\n    return (n + 2 * pad - f) // stride", "check(output_size)"
    )
    text = shown.data["text/plain"]
    assert "Looks like: one position is missing." in text and "returned, where ValueError had to be raised" in text
    assert "the result differs\n" in text and "rel. error" not in text, "whole numbers are not off by a relative error"


def test_a_function_that_does_not_end_is_told_and_its_line_where_it_is_stopped():
    code = "def zero_pad(X, pad):\n    while True:\n        pad += 1"
    soon = "from grader.student.notebook import slow_call\nslow_call.SECONDS = 0.5\nimport _thread, threading\n"
    shown, error = outputs_of(code, f"{soon}threading.Timer(2, _thread.interrupt_main).start()\ncheck(zero_pad)")
    assert re.match(r"zero_pad is still running after 0.5 s, now in line [23] of its cell\.", shown.text)
    (line,) = error.traceback
    assert re.match(
        r"Check failed — zero_pad was interrupted in line [23] of its cell, in the case “three channels", line
    )


def test_help_is_had_by_the_name_alone(capsys):
    hint("zero_pad")
    assert "Hint 1 of" in capsys.readouterr().out
    with pytest.raises(CheckFailed, match=r"without quotes or brackets: check\(zero_pad\)"):
        check("zero_pad")
    with pytest.raises(CheckFailed, match=r"without quotes or brackets: hint\(zero_pad\)"):
        hint("zero_pda")


def test_an_unwritten_function_is_called_so():
    shown, error = outputs_of("def zero_pad(X, pad):\n    raise NotImplementedError", "check(zero_pad)")
    assert error.traceback == ["Check failed — zero_pad is not written yet."]
    assert "<table" not in shown.data["text/html"]


def test_stock_nbgrader_reads_a_check_as_its_own_test():
    from nbgrader.utils import determine_grade

    cell = nbformat.v4.new_code_cell(
        "check(zero_pad)", metadata={"nbgrader": {"grade": True, "solution": False, "points": 5}}
    )
    cell.outputs = outputs_of(RIGHT, "check(zero_pad)")
    assert determine_grade(cell) == (5, 5)
    cell.outputs = outputs_of("def zero_pad(X, pad):\n    return X", "check(zero_pad)")
    assert determine_grade(cell) == (0, 5)


def test_a_wrong_helper_is_blamed():
    helper = "def zero_pad(X, pad):\n    return X"
    function = "def conv_backward(dZ, cache):\n    zero_pad(dZ, 1)"
    error = outputs_of(helper, function, "check(conv_backward)")[-1]
    assert "It may call zero_pad, whose own check does not pass: look there first." in error.traceback[0]


def test_a_short_cut_is_told():
    start = "from scipy.signal import correlate2d as c"
    function = "def cross_correlate2d(image, kernel):\n    return c(image, kernel, mode='valid')"
    error = outputs_of(start, function, "check(cross_correlate2d)")[-1]
    assert "cross_correlate2d calls correlate2d; writing that yourself is the exercise." in error.traceback[0]


@pytest.mark.parametrize(
    "source",
    [
        "zero_pad = lambda X, pad: np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))",
        f"import functools\n{RIGHT.replace('zero_pad(X', 'padded(mode, X')}\nzero_pad = functools.partial(padded, 'zeros')",
        f"{RIGHT.replace('zero_pad(X', 'method(self, X')}\nzero_pad = type('Padding', (), {{'__call__': method}})()",
        f"def pad_it{RIGHT.removeprefix('def zero_pad')}\nzero_pad = pad_it",
    ],
)
def test_a_function_by_any_other_name_is_checked(source):
    (output,) = outputs_of(source, "check(zero_pad)")
    assert "6 of 6 cases pass" in output.data["text/plain"]


def test_an_exception_is_shown_with_its_message_and_line(capsys):
    def zero_pad(X, pad):
        return X.reshape(7)

    with pytest.raises(CheckFailed, match="First: three channels, not square: raised ValueError in line"):
        check(zero_pad)
    assert "cannot reshape" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("zero_pad", "without quotes"),
        (3, "give the function itself"),
        (len, "no notebook of the course asks for a function named len"),
    ],
)
def test_what_is_no_function_of_the_course_is_told(given, words):
    with pytest.raises(CheckFailed, match=words):
        check(given)


def test_hints_come_in_steps_and_progress_is_kept(capsys):
    from solutions.w1_conv import output_size, zero_pad

    hint(zero_pad)
    assert capsys.readouterr().out.count("Hint") == 1
    hint(zero_pad)
    hint(zero_pad)
    hint(zero_pad)
    assert "That was the last hint." in capsys.readouterr().out
    check(zero_pad)
    check(output_size)
    capsys.readouterr()
    progress()
    assert "w1_conv: 2 of 15 functions pass · 8 of 95 points" in capsys.readouterr().out


def test_a_record_that_cannot_be_kept_costs_nothing(monkeypatch, tmp_path, capsys):
    from solutions.w1_conv import zero_pad

    (tmp_path / "file").write_text("")
    monkeypatch.setattr(record, "RECORD", tmp_path / "file" / "progress.json")
    check(zero_pad)
    monkeypatch.setattr(record, "RECORD", tmp_path / "file")
    check(zero_pad)
    progress()


def test_checks_work_from_the_key_alone(tmp_path):
    """As in a class kit: the grader and the answer key, but neither solutions nor exercises."""
    import shutil

    visible_key.write("w1_conv")
    shutil.copytree(ROOT / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("exercises", "__pycache__"))
    shutil.copytree(visible_key.FOLDER / "w1_conv", tmp_path / ".course" / "keys" / "w1_conv")
    test = "check(zero_pad)\nassert 'solutions' not in sys.modules"
    code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{START}\n{RIGHT}\n{test}"
    site = [path for path in sys.path if "site-packages" in path]
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys\nsys.path += {site!r}\n{code}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "✓ zero_pad: 6 of 6 cases pass" in done.stdout
    assert done.stderr == ""


def test_slips_are_drawn_when_a_check_fails_and_not_before(monkeypatch, tmp_path, capsys):
    """A model's slips take half a minute: a right answer does not wait for them."""
    from solutions.w1_conv import zero_pad

    def drawn():
        return {path.name for path in tmp_path.glob("w1_conv/*.json")}

    monkeypatch.setattr(visible_key, "FOLDER", tmp_path)
    visible_key.load.cache_clear()
    try:
        check(zero_pad)
        assert drawn() == {"zero_pad.json"}
        wrong = {}
        exec("def zero_pad(X, pad):\n    return np.pad(X, pad)", {"np": np}, wrong)
        monkeypatch.setattr(slips, "SECONDS", 60)
        with pytest.raises(AssertionError, match="zero_pad: 1 of 6 cases pass"):
            check(wrong["zero_pad"])
        assert drawn() == {"zero_pad.json", "zero_pad.slips.json"}
        assert "every axis is padded" in capsys.readouterr().out
    finally:
        visible_key.load.cache_clear()


def test_a_missing_key_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(visible_key, "FOLDER", tmp_path)
    monkeypatch.setattr(visible_key, "of_keys", lambda assignment: "")
    visible_key.points.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="answer key of w1_conv is missing"):
            visible_key.points("w1_conv")
    finally:
        visible_key.points.cache_clear()


WRONG = "def zero_pad(X, pad):\n    return X"
STUB = "def zero_pad(X, pad):\n    # YOUR CODE HERE\n    raise NotImplementedError"


def defined(source):
    names = {}
    exec(f"import numpy as np\n{source}", names)
    return names["zero_pad"]


def test_a_solution_is_shown_after_a_try_and_recorded(capsys):
    with pytest.raises(CheckFailed):
        check(defined(STUB))
    with pytest.raises(
        NotShown, match=r"run check\(zero_pad\), and then ask again\. 3 hints are left: hint\(zero_pad\)"
    ):
        reveal(defined(STUB))
    assert "revealed" not in record.read()
    for times in (1, 2):
        with pytest.raises(CheckFailed):
            check(defined(WRONG))
        assert record.read()["tried"] == {"zero_pad": times}
    capsys.readouterr()
    reveal(defined(WRONG))
    reveal(defined(WRONG))
    shown = capsys.readouterr().out
    assert "np.pad" in shown and "###" not in shown
    assert record.read()["revealed"] == ["zero_pad"]
    progress()
    lines = capsys.readouterr().out.splitlines()
    assert "w1_conv: 0 of 15 functions pass · 0 of 95 points · 1 revealed" in lines
    assert sum("revealed" in line for line in lines) == 1


def test_whoever_passes_may_compare_at_once(capsys):
    check(defined(RIGHT))
    reveal(defined(RIGHT))
    assert record.read()["revealed"] == ["zero_pad"]


def test_a_notebook_shows_a_solution_as_highlighted_code_and_a_refusal_as_one_line():
    recorded = "from pathlib import Path\nfrom tempfile import mkdtemp\nfrom grader import reveal\n"
    recorded += "from grader.student.notebook import record\n"
    recorded += "record.RECORD = Path(mkdtemp(), 'progress.json')"
    refused = outputs_of(recorded, STUB, "reveal(zero_pad)")[-1]
    assert len(refused.traceback) == 1 and refused.traceback[0].startswith("Not shown — first a try of your own")
    (shown,) = outputs_of(RIGHT, recorded, "check(zero_pad)", "reveal(zero_pad)")
    assert "```python\ndef zero_pad(X, pad):" in shown.data["text/markdown"]
    assert "```" not in shown.data["text/plain"]


@pytest.mark.parametrize("name", assignments.names())
def test_what_is_revealed_is_the_reference_of_every_function(name):
    for one in load(name).exercises.values():
        assert _solution(name, one.name) == one.source().rstrip()


def test_the_last_hint_leads_to_the_solution_where_there_is_one(capsys, monkeypatch, tmp_path):
    for _ in range(3):
        hint(defined(STUB))
    assert "from grader import reveal; reveal(zero_pad)" in capsys.readouterr().out
    monkeypatch.setattr(help, "SOLUTIONS", tmp_path)
    hint(defined(STUB))
    assert "reveal" not in capsys.readouterr().out


def test_a_class_kit_has_no_solution_to_show(monkeypatch, tmp_path):
    monkeypatch.setattr(help, "SOLUTIONS", tmp_path)
    check(defined(RIGHT))
    with pytest.raises(NotShown, match="the solutions are with your instructor"):
        reveal(defined(RIGHT))
    assert "revealed" not in record.read()


def test_the_sandbox_knows_the_same_names_and_does_nothing_for_them(capsys):
    names = {}
    exec((ROOT / "grader/sandbox/inside/grader/__init__.py").read_text(), names)
    for name in grader.__all__:
        names[name](*[len] * (name != "progress"))
    assert capsys.readouterr().out == ""
