"""The class kit: nothing in it that a student should not have, and everything to work with."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.base import assignments
from grader.base.paths import ROOT
from grader.publishing import kit
from grader.spec.registry import load

TEXT = (".py", ".md", ".json", ".ipynb", ".toml", ".yml")
LONG_ENOUGH = 24  # characters, from which on a line tells something


def lines_of(text):
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= LONG_ENOUGH}


def test_a_kit_has_the_notebook_the_keys_and_the_environment_of_one_assignment(kit_folder):
    names = {path.relative_to(kit_folder).as_posix() for path in kit_folder.rglob("*") if path.is_file()}
    assert {"README.md", "notebooks/w1_conv/w1_conv.ipynb", ".course/keys/w1_conv/index.json", *kit.FILES} <= names
    assert {"grader/student/notebook/check.py", "data/loader.py", "data/weights/mobilenet_v2.npz"} <= names
    assert {"grader/student/update/course_update.py", ".course/base/w1_conv.ipynb"} <= names
    assert "course submit w1_conv" in (kit_folder / "README.md").read_text()
    assert not [name for name in names if "w2_" in name and not name.startswith("data/")]


def test_a_kit_has_neither_solutions_nor_what_hidden_cases_are_drawn_from(kit_folder):
    names = {path.relative_to(kit_folder).as_posix() for path in kit_folder.rglob("*")}
    assert not [name for name in names if name.startswith("solutions") or "/exercises" in name or "attack" in name]
    packages = {path.parent.name for path in kit_folder.glob("grader/*/__init__.py")}
    assert packages == set(kit.PACKAGES)
    assert not {"exercises", "judging", "gradebook", "batch", "publishing", "audit", "bench"} & packages
    text = "\n".join(path.read_text() for path in kit_folder.rglob("*") if path.suffix in TEXT)
    inside = lines_of(text)
    for name in assignments.names():
        solution = (ROOT / "solutions" / f"{name}.py").read_text()
        bodies = [part.partition("### END SOLUTION")[0] for part in solution.split("### BEGIN SOLUTION")[1:]]
        assert not lines_of("\n".join(bodies)) & inside, name
    for one in load("w1_conv").exercises.values():
        for slip in one.slips:
            told = lines_of(one.source(slip.code).partition("\n")[2])
            stub = lines_of(one.source().partition('"""')[2].partition('"""')[0])
            assert not (told - stub) & inside, (one.name, slip.title)


def test_the_same_course_gives_the_same_kit(kit_file, course, tmp_path):
    kit.write("w1_conv", course, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == kit_file.read_bytes()


def test_a_kit_that_cannot_be_written_is_said(course, tmp_path):
    with pytest.raises(kit.NoKit, match="there is no kit"):
        kit.write("w1_conv", course, tmp_path / "no" / "kit.zip")


def alone(folder, *command):
    """Run a command where there is nothing of this course but the kit, and no network."""
    packages, base = sys.prefix, os.path.realpath(sys.base_prefix)
    outside = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-net"]
    empty = [word for path in ("/tmp", str(Path.home()), str(ROOT)) for word in ("--tmpfs", path)]
    lent = ["--ro-bind", packages, packages, "--ro-bind", base, base]
    kit_itself = ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    return subprocess.run(
        ["bwrap", *outside, *empty, *lent, *kit_itself, *command],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(Path.home()), "TF_CPP_MIN_LOG_LEVEL": "2", "COLUMNS": "200"},
    )


RUN = """
import sys, nbformat
from nbclient import NotebookClient
path = "notebooks/w1_conv/w1_conv.ipynb"
book = nbformat.read(path, 4)
NotebookClient(book, timeout=120, resources={"metadata": {"path": "notebooks/w1_conv"}}).execute()
nbformat.write(book, path)
"""


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not kit_installed")
def test_an_assignment_is_completed_with_the_kit_alone(kit_installed, released, assignment):
    """From the first check to the receipt, in a place that has no other part of the course."""
    python, course = ".venv/bin/python", ".venv/bin/course"
    where = "import grader, importlib.util as found; print(grader.__file__, found.find_spec('solutions'))"
    assert alone(kit_installed, python, "-c", where).stdout == f"{kit_installed}/grader/__init__.py None\n"

    bare = sample_hand_ins.without_given_figures(sample_hand_ins.solved(released, assignment))
    progress = nbformat.v4.new_code_cell("progress()")
    bare.cells.append(progress)
    nbformat.write(bare, kit_installed / "notebooks/w1_conv/w1_conv.ipynb")
    done = alone(kit_installed, python, "-c", RUN)
    assert done.returncode == 0, done.stderr
    book = nbformat.read(kit_installed / "notebooks/w1_conv/w1_conv.ipynb", 4)
    assert "15 of 15 functions" in book.cells[-1].outputs[0].data["text/plain"]
    assert len(json.loads((kit_installed / ".course/progress.json").read_text())["passed"]) == 15

    handed = alone(kit_installed, course, "submit", "w1_conv")
    assert handed.returncode == 0 and "SHA-256" in handed.stdout, handed.stdout + handed.stderr
    assert "Not written yet" not in handed.stdout

    slip = "def zero_pad(X, pad):\n    import numpy as np\n    return np.pad(X, pad)\n"
    (kit_installed / "slip.py").write_text(f"from grader import check\n{slip}check(zero_pad)\n")
    told = alone(kit_installed, python, "slip.py")
    assert "Give a pair for each axis" in told.stderr and "Looks like: every axis is padded." in told.stdout

    for command in (["grade", "w1_conv", "."], ["audit"], ["build", "w1_conv"], ["demo"], ["release", "w1_conv"]):
        refused = alone(kit_installed, course, *command)
        assert refused.returncode == 1, command
        assert "This is a class kit" in refused.stdout and "Traceback" not in refused.stderr, (command, refused.stderr)
    doctor = alone(kit_installed, course, "doctor")
    assert doctor.returncode == 0 and "sandbox" not in doctor.stdout and "kernels" in doctor.stdout, doctor.stdout
