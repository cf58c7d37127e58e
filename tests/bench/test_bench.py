"""`course bench`: what it prints, when it says yes, and that it costs nothing to import."""

import io
import subprocess
import sys
import time

import pytest
from rich.console import Console

from grader.bench import runner as module
from grader.bench.measuring import Measurement, digits, medians, seconds
from grader.bench.notebook_use import import_time
from grader.bench.runner import bench


def row(met, target="≤ 2x"):
    return Measurement("conv_forward_fast", 0.0021, "tf.nn.conv2d", 0.0017, "1.2x", target, met)


def run(monkeypatch, sections, names=()):
    monkeypatch.setattr(module, "SECTIONS", sections)
    monkeypatch.setattr(module, "_section", sections.get)
    console = Console(file=io.StringIO(), width=200)
    return bench(console, names), console.file.getvalue()


def test_bench_prints_a_table_a_section_and_where_the_figures_are_from(monkeypatch):
    met, printed = run(monkeypatch, {"first": lambda: [row(True)], "second": lambda: [row(True), row(True)]})
    assert met
    for shown in ("first", "second", "conv_forward_fast", "2.10 ms", "tf.nn.conv2d", "1.70 ms", "1.2x", "≤ 2x", "yes"):
        assert shown in printed
    for shown in ("cores", "NumPy", "TensorFlow", "threads"):
        assert shown in printed.splitlines()[0]


def test_bench_says_no_where_one_target_is_missed(monkeypatch):
    met, printed = run(
        monkeypatch, {"first": lambda: [row(True), row(False), row(True)], "second": lambda: [row(True)]}
    )
    assert not met
    assert printed.count("no │") == 1


def test_bench_of_a_figure_without_a_target_gives_no_verdict(monkeypatch):
    met, printed = run(monkeypatch, {"first": lambda: [row(True, target="")]})
    assert met
    assert "yes" not in printed


def test_bench_runs_the_named_section_alone(monkeypatch):
    met, printed = run(
        monkeypatch, {"slow": lambda: pytest.fail("not asked for"), "quick": lambda: [row(True)]}, ["quick"]
    )
    assert met
    assert "slow" not in printed


def test_bench_of_an_unknown_section_names_those_there_are():
    with pytest.raises(module.NoSuchSection, match=r"no section speed .*loops, tensorflow, import"):
        bench(Console(file=io.StringIO()), ["speed"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.234, "1.2"), (0.8749, "0.87"), (0.999, "1.0"), (1.0, "1.0"), (12.6, "13"), (4711, "4,700"), (0.0, "0.0")],
)
def test_digits(value, expected):
    assert digits(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (1.879, "1.88 s"), (0.0123, "12.3 ms"), (0.00098, "980 µs"), (1e-3, "1.00 ms"), (0.0, "0.00 µs")],
)
def test_seconds(value, expected):
    assert seconds(value) == expected


def test_medians_take_turns_and_leave_the_warm_up_out():
    turns = []

    def slow_at_first():
        time.sleep(0.2 if not turns else 0.005)
        turns.append("a")

    quick, slow = medians([slow_at_first, lambda: (turns.append("b"), time.sleep(0.05))], rounds=3, warm_up=1)
    assert turns == ["a", "b"] * 4
    assert 0.005 <= quick < slow
    assert slow >= 0.05


def test_import_time_is_that_of_fresh_interpreters():
    [measured] = import_time()
    assert measured.ours > 0.001
    assert measured.theirs > 0.001
    assert measured.target == "≤ 100 ms"
    assert measured.met == (measured.ours - measured.theirs <= 0.1)


def test_importing_the_bench_imports_no_tensorflow():
    code = "import sys, grader.bench.runner; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
