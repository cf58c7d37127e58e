"""The command line, as its users type it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.base.paths import ROOT

COURSE = str(Path(sys.executable).parent / "course")


def course(*arguments, folder, **environment):
    environment = {**os.environ, "COURSE_FOLDER": str(folder), "COLUMNS": "100", **environment}
    return subprocess.run([COURSE, *map(str, arguments)], capture_output=True, text=True, env=environment, cwd=ROOT)


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory, short, assignment):
    folder = tmp_path_factory.mktemp("hand-ins")
    nbformat.write(sample_hand_ins.solved(short, assignment), folder / "ann.ipynb")
    (folder / "bob.ipynb").write_text("{")
    (folder / "cleo.ipynb").write_text("[")
    return folder


@pytest.fixture(scope="module")
def graded(hand_ins, tmp_path_factory, new_course):
    """What `course grade` said of these hand-ins, the course that it graded them in, and its JSON."""
    folder, json_file = (
        new_course(tmp_path_factory.mktemp("graded")).folder,
        tmp_path_factory.mktemp("json") / "out.json",
    )
    return course("grade", "w1_conv", hand_ins, "--json", json_file, folder=folder), folder, json_file


def test_the_module_is_the_command(tmp_path):
    environment = {**os.environ, "COURSE_FOLDER": str(tmp_path), "COLUMNS": "100"}
    line = [sys.executable, "-m", "grader.cli"]
    same = subprocess.run([*line, "data", "list"], capture_output=True, text=True, env=environment, cwd=ROOT)
    assert same.stdout == course("data", "list", folder=tmp_path).stdout != ""
    wrong = subprocess.run([*line, "grade", "w9", "."], capture_output=True, text=True, env=environment, cwd=ROOT)
    assert wrong.returncode == 1 and "no assignment 'w9'" in wrong.stdout


def test_grade_prints_a_scoreboard_and_writes_json(graded):
    done, _, json_file = graded
    assert done.returncode == 0, done.stdout + done.stderr
    assert "95 of 100" in done.stdout
    assert "not JSON" in done.stdout
    assert "feedback pages" in done.stdout
    assert done.stderr == ""
    data = json.loads(json_file.read_text())
    assert data["students"]["ann"]["exercises"]["conv_forward"]["status"] == "passed"
    assert data["students"]["bob"]["exercises"]["conv_forward"]["status"] == "rejected"
    assert data["students"]["ann"]["written"] == {"answer_translation": None}
    assert "written answers wait to be read: ann." in " ".join(done.stdout.split())


def test_those_graded_before_are_counted(graded, hand_ins, tmp_path):
    folder = graded[1]
    (tmp_path / "ann.ipynb").write_bytes((hand_ins / "ann.ipynb").read_bytes())
    told = " ".join(course("grade", "w1_conv", tmp_path, folder=folder).stdout.split())
    assert f"{folder}/feedback/STUDENT/w1_conv/w1_conv.html" in told
    assert "2 more, graded before, are in the gradebook" in told


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
@pytest.mark.parametrize("seconds", [1.5, 4, 7])
def test_an_interrupted_run_ends_in_a_sentence_whenever_it_is_interrupted(hand_ins, tmp_path, seconds):
    """Ctrl-C in a terminal goes to every process of the run."""
    many = tmp_path / "many"
    many.mkdir()
    for number in range(40):
        (many / f"s{number}.ipynb").write_bytes((hand_ins / "ann.ipynb").read_bytes())
    # Python heeds Ctrl-C only if it is not ignored where the tests were started from, as behind `&` in a script.
    heed = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    run = subprocess.Popen(
        [sys.executable, "-c", heed, COURSE, "grade", "w1_conv", str(many)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COURSE_FOLDER": str(tmp_path / "c")},
        start_new_session=True,
    )
    try:
        time.sleep(seconds)
        os.killpg(run.pid, signal.SIGINT)
        printed = run.communicate(timeout=60)[0]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    assert "Traceback" not in printed, printed
    assert run.returncode == 130, printed
    assert not printed or "What is graded is kept" in printed, printed  # nothing is said where nothing had begun


def test_grade_into_another_gradebook(hand_ins, graded, tmp_path):
    """The environment is not activated: what nbgrader starts to make a gradebook is not on PATH."""
    own = graded[1] / "gradebook.db"
    before = own.read_bytes()
    options = ["--db", f"sqlite:///{tmp_path}/other.db", "--workers", "1"]
    done = course("grade", "w1_conv", hand_ins, *options, folder=graded[1], PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "other.db").exists()
    assert own.read_bytes() == before


def test_a_gradebook_that_was_deleted_is_made_again(graded, tmp_path):
    folder = Path(shutil.copytree(graded[1], tmp_path / "c"))
    (folder / "gradebook.db").unlink()
    done = course("release", "w1_conv", "--due", "2026-12-01", folder=folder, PATH="/usr/bin:/bin", TZ="UTC")
    assert "due 2026-12-01 23:59 UTC" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grade", "w9_none", "."), "There is no assignment 'w9_none'. There are: w1_conv"),
        (("grade", "w1_conv", "no-such-folder"), "There is no folder no-such-folder."),
        (("grade", "w1_conv", "solutions"), "expected STUDENT/w1_conv.ipynb"),
        (("grade", "w1_conv", "solutions", "--limit", "speed=3"), "no limit 'speed'"),
        (("grade", "w1_conv", "solutions", "--limit", "memory=-1"), "must be a number above 0"),
        (("grade", "w1_conv", "solutions", "--json", "no/such/out.json"), "to write out.json into"),
        (("bench", "nothing"), "no section nothing"),
        (("bench", "gpu"), "There is no GPU to compare the CPU with: tensorflow sees none"),
        (("audit", "w9_none"), "There is no assignment"),
        (("build", "w9_none"), "There is no assignment"),
        (("release", "w9_none"), "There is no assignment"),
        (("release", "w1_conv", "--due", "soon"), "'soon' is no time: expected one like 2026-12-01 18:30."),
        (("release", "w1_conv", "--kit", "no/such/kit.zip"), "to write kit.zip into"),
        (("release", "w1_conv", "--kit", "kit.tar"), "name that ends in .zip, not kit.tar"),
        (("release", "w1_conv", "--due", "01.12.2026"), "'01.12.2026' is no time: expected one like 2026-12-01 18:30."),
        (("data", "list", "digts"), "There is nothing called 'digts'. There are: photographs"),
        (("feedback", "w1_conv", "--to", "pages"), "There is no feedback on w1_conv yet: grade it first"),
        (("submit", "w9_none"), "There is no assignment"),
        (("data", "get", "digts"), "digits"),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence(arguments, sentence, tmp_path):
    done = course(*arguments, folder=tmp_path)
    assert done.returncode == 1
    assert sentence in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_release_says_when_it_is_due_and_what_being_late_costs(tmp_path, new_course):
    folder = new_course(tmp_path / "c").folder
    first = course("release", "w1_conv", "--late", "20", folder=folder)
    assert "Nobody can be late yet" in first.stdout, first.stdout + first.stderr
    options = ["--due", "2026-12-01 23:59 UTC", "--late", "10", "--late-at-most", "50", "--kit", tmp_path / "kit.zip"]
    done = course("release", "w1_conv", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "due 2026-12-01 23:59 UTC" in done.stdout
    assert "each day late costs 10 % of the points, 50 % at most" in done.stdout
    assert re.search(r"kit\.zip: \d+ files, [\d.]+ MB", done.stdout) and (tmp_path / "kit.zip").exists()
    again = course("release", "w1_conv", "--late", "20", folder=folder).stdout
    assert "each day late costs 20 % of the points, 50 % at most" in again  # what is not said again stays
    assert "due 2026-12-01 23:59 UTC" in again
    past = course("release", "w1_conv", "--due", "2020-02-29", folder=folder, TZ="UTC").stdout
    assert "due 2020-02-29 23:59 UTC" in past and "That is past" in past


def test_without_a_sandbox_grade_refuses(hand_ins, tmp_path):
    done = course("grade", "w1_conv", hand_ins, folder=tmp_path, PATH="/nonexistent")
    assert done.returncode == 1
    assert "--no-sandbox" in done.stdout


def test_without_a_sandbox_grade_says_so(hand_ins, tmp_path, new_course):
    new_course(tmp_path / "c")
    options = ["--no-sandbox", "--workers", "1"]
    done = course("grade", "w1_conv", hand_ins, *options, folder=tmp_path / "c", PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "95 of 100" in done.stdout
    assert "ran without a sandbox" in done.stdout


def test_data_list_and_get(tmp_path):
    listed = course("data", "list", folder=tmp_path).stdout
    assert all(name in listed for name in ("photographs", "street_scenes", "w_yolo_fastest"))
    assert "1797 pictures" in course("data", "get", "digits", folder=tmp_path).stdout


def test_kernels_can_be_installed(tmp_path):
    from grader.student.kernelspecs import install

    installed = install(prefix=str(tmp_path))
    assert [label for label, _ in installed] == ["Convnets (CPU)", "Convnets (GPU)"]
    spec = json.loads((tmp_path / "share/jupyter/kernels/convnets-cpu/kernel.json").read_text())
    assert spec["env"] == {"CUDA_VISIBLE_DEVICES": "-1"}


def test_help_names_every_command(tmp_path):
    shown = course("--help", folder=tmp_path).stdout
    assert all(f" {name} " in shown for name in ("build", "lab", "grade", "audit", "data", "kernels", "bench", "demo"))


@pytest.mark.parametrize("terminal", ["dumb", pytest.param("xterm-256color", marks=pytest.mark.slow)])
def test_demo(tmp_path, terminal):
    done = course("demo", folder=tmp_path, TERM=terminal)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if " of 100 " in line}
    assert "95 of 100" in lines["ada-all-right"]
    assert " 0 of 100" in lines["mallory-hostile"]
    assert "zero_pad: every axis is padded" in done.stdout
    page = tmp_path / "demo" / "feedback" / "ben-typical-slips" / "w1_conv" / "w1_conv.html"
    assert page.exists()
