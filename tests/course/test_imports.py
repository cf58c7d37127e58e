"""Imports run one way, and `make lint` says so where one does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.base.paths import ROOT

AGAINST = {
    "grader/base/errors.py": "from grader.cli import main",
    "grader/scoring/marks.py": "from grader.judging import judge",
    "grader/presentation/status.py": "from grader.student import submit",
    "grader/batch/inbox.py": "from solutions.w1_conv import zero_pad",
    "data/loader.py": "import grader.base.errors",
    "solutions/w1_conv.py": "from grader import check",
    "grader/bench/measuring.py": "from grader.bench import runner",
    "grader/newcomer/__init__.py": "",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    root = tmp_path_factory.mktemp("copy")
    for folder in ("data", "grader", "solutions"):
        ignore = shutil.ignore_patterns("__pycache__", "weights", "templates")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    return root


def lint(folder):
    line = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True)


def test_they_do(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", AGAINST)
def test_an_import_against_the_direction_is_found(copy, file):
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n\ndef later():\n    {AGAINST[file] or 'pass'}\n")
    done = lint(copy)
    if before is None:
        shutil.rmtree(path.parent)
    else:
        path.write_text(before)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_lint_asks_it():
    assert "lint-imports" in (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
