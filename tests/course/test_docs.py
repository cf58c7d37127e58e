"""The pages for people: every command in them is run, and what they promise of the environment holds."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from nbgrader.api import Gradebook

from grader.audit import sample_hand_ins
from grader.base.course import TIMESTAMP, Course
from grader.base.paths import ROOT
from grader.gradebook import hand_back, lateness
from grader.gradebook.lateness import Policy
from grader.publishing import build, release
from grader.spec.registry import load

DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", *DOCS]
BIN = Path(sys.executable).parent
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def blocks(path, language):
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)


def commands_of(page):
    """Every command line of ours on a page: in blocks, in indented lines, and in the text."""
    text = page.read_text()
    shown = re.findall(r"^ {4}(.*)", text, re.MULTILINE) + [
        line for block in blocks(page, "sh") for line in block.splitlines()
    ]
    found = [
        line.partition("#")[0].partition("…")[0] for line in shown if re.match(r"(make|(\S*/)?course|nbgrader) ", line)
    ]
    found += re.findall(r"`((?:make|(?:\.venv/bin/)?course|nbgrader) [^`…]+)`", text)
    return [" ".join(line.split()) for line in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_on_a_page_exists_with_its_options(page):
    """Asked for its help, every command answers, and its options are among those that it has."""
    for line in commands_of(page):
        words = [word for word in shlex.split(line.replace("\\", "/")) if not word.startswith("#")]
        program, arguments = words[0], words[1:]
        if program == "make":
            assert {word for word in arguments if "=" not in word} <= TARGETS, line
            continue
        known = COURSE if program.endswith("course") else NBGRADER
        names = [word for word in arguments if re.fullmatch("[a-z_]+", word)][
            : 2 if arguments[0] in ("data", "kernels", "exercise") else 1
        ]
        assert " ".join(names) in known or arguments[0].startswith("--"), line
        for option in (word.partition("=")[0] for word in arguments if word.startswith("--")):
            assert option in known.get(" ".join(names), "--help"), line


def helps():
    from typer.main import get_command

    from grader.cli.app import app

    found = {}

    def walk(command, path):
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                walk(inner, [*path, name])
        options = {word for parameter in command.params for word in parameter.opts}
        found[" ".join(path)] = options | {"--help", "--no-browser"}

    walk(get_command(app), [])
    return found


COURSE = helps()
NBGRADER = {
    name: {"--help", "--force"} for name in ("db", "autograde", "collect", "release_assignment", "release_feedback")
}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_between_pages_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        assert link.startswith("http") or (page.parent / link).exists(), link


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_what_a_page_calls_by_name_is_there(page):
    """Variables of the environment and files of the course."""
    sources = "\n".join(path.read_text() for folder in ("grader", "data") for path in (ROOT / folder).rglob("*.py"))
    for name in re.findall(r"\bCOURSE_[A-Z_]+", page.read_text()):
        assert f'"{name}"' in sources, name
    for name in re.findall(r"`(\.?[\w-]+(?:\.[a-z]+|/)[\w./]*)`", page.read_text()):
        if name.startswith((".binder", ".devcontainer", "requirements", "environment", "Dockerfile")):
            assert (ROOT / name).exists(), name


class Terminal:
    """A shell that is given one command after the other, as a person would type them."""

    def __init__(self, folder):
        environment = {
            key: value
            for key, value in os.environ.items()
            if key in ("COURSE_DATA_MIRROR",) or not key.startswith(("COURSE_", "VIRTUAL_ENV"))
        }
        environment["PATH"] = os.pathsep.join(
            part for part in environment["PATH"].split(os.pathsep) if part != str(BIN)
        )
        self.folder, self.log = folder, folder / "terminal.log"
        self.shell = subprocess.Popen(
            ["bash"], stdin=subprocess.PIPE, stdout=self.log.open("w"), stderr=subprocess.STDOUT, text=True, cwd=folder,
            env=environment, start_new_session=True,
        )  # fmt: skip

    def type(self, command):
        self.shell.stdin.write(command + "\n")
        self.shell.stdin.flush()

    def run(self, command, seconds=900):
        """Type a command, and wait for its end; what it printed."""
        before, mark = len(self.log.read_text()), self.folder / "status"
        mark.unlink(missing_ok=True)
        self.type(f"{command}\necho $? > {shlex.quote(str(mark))}.part; mv {mark}.part {mark}")
        wait_for(mark.exists, seconds, command)
        printed = self.log.read_text()[before:]
        assert mark.read_text().strip() == "0", printed
        return printed


def wait_for(true, seconds, what):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A copy of the course without an environment, and a terminal beside it."""
    folder = tmp_path_factory.mktemp("machine")
    subprocess.run(["git", "clone", "-q", ROOT, folder / "convnets"], check=True)
    terminal = Terminal(folder)
    yield folder / "convnets", terminal
    os.killpg(terminal.shell.pid, signal.SIGKILL)


FROM_A_CLONE = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="needs the repository, to make a copy of the course"
)


@pytest.mark.slow
@FROM_A_CLONE
def test_the_instructors_page_leads_from_an_empty_machine_to_returned_feedback(machine):
    """Exactly its commands, in their order."""
    there, terminal = machine
    commands = blocks(ROOT / "docs" / "instructor.md", "sh")[0].splitlines()
    assert len(commands) <= 10
    printed = []
    for command in commands:
        if command.startswith("course grade") and not (there / "hand-ins").exists():
            hand_in(there / "hand-ins")
        if command == "course lab --instructor":
            terminal.type(f"export BROWSER=true\n{command}")
            wait_for(lambda: "/lab?token=" in terminal.log.read_text(), 120, command)
            read_the_answers(there)
            jupyter = subprocess.run(["pgrep", "-f", f"jupyterlab.*{there}"], capture_output=True, text=True)
            os.kill(int(jupyter.stdout.split()[0]), signal.SIGTERM)
        else:
            printed.append(terminal.run(command))
    first, again = [text for text in printed if "hand-ins · median" in text]
    assert "every axis is padded" in first and re.search(r"ann +95 of 100", first), first
    assert re.search(r"ann +99 of 100", again), again
    assert re.search(r"cem +49.5 of 100", again), again  # so late that half of it is left
    with zipfile.ZipFile(there / "feedback.zip") as file:
        assert sorted(file.namelist()) == [f"{name}/w1_conv.html" for name in ("ann", "ben", "cem")]
        page = file.read("ann/w1_conv.html").decode()
    assert "99" in page and "Seen by a test." in page
    assert "still waits" not in printed[-1]
    assert (there / "w1_conv.zip").exists()


# What no test runs word for word, and why.
ELSEWHERE = {
    "make lab": "tests/cli/test_lab.py and tests/course/test_browser.py start JupyterLab and end it",
    "course lab --instructor": "the page above, and tests/course/test_browser.py",
    "make test": "is what runs this",
    "make test-models": "tests/publishing/test_notebooks.py and tests/exercises/test_declarations.py",
    "make test-all": "is what runs this",
    "make test-backends": "installs 8 GB",
    "make audit": "tests/audit/test_audit.py, an assignment at a time",
    "course audit": "likewise",
    "make bench": "tests/bench/test_bench.py, a section at a time",
    "course bench grading": "likewise",
    "course bench faults": "tests/bench/test_faults.py",
    "course bench gpu": "tests/bench/test_bench_gpu.py; needs a GPU",
    "make site": "tests/publishing/test_site.py; runs all notebooks",
    "course build": "minutes: an assignment is built here",
    "course exercise new": "tests/course/test_authoring.py, in a copy: it writes into the sources",
    "nbgrader autograde": "with its assignment, further up",
    "course grade": "likewise",
}
STANDS_FOR = {"NAME": "sign_digits", "FOLDER_OR_ZIP": "w1_conv.zip"}


@pytest.mark.slow
@FROM_A_CLONE
def test_the_commands_of_the_readme_run_as_they_stand(machine):
    there, terminal = machine
    if not (there / ".venv").exists():
        pytest.skip("the page for instructors comes first, and sets it up")
    for command in [*dict.fromkeys(commands_of(ROOT / "README.md")), "course build w1_conv"]:
        for word, meaning in STANDS_FOR.items():
            command = re.sub(rf"\b{word}\b", meaning, command)
        if command in ELSEWHERE:
            continue
        if "data get" in command and not os.environ.get("COURSE_DATA_MIRROR"):
            continue  # nothing to fetch it from
        if "--from" in command:  # a kit is not for a whole course, which is said
            terminal.run(f"! {command} --yes")
            assert "is a class kit" in terminal.log.read_text()
            continue
        terminal.run(command)
    assert list(there.glob("notebooks/handed-in/w1_conv/*/receipt.json"))


@pytest.mark.slow
@FROM_A_CLONE
def test_the_commands_for_windows_install_the_course(machine):
    """With this system's names for the interpreter and the folder of programs; what they install is the same."""
    there, terminal = machine
    windows = there.with_name("windows")
    subprocess.run(["git", "clone", "-q", there, windows], check=True)
    *setting_up, opening = blocks(ROOT / "docs" / "install.md", "powershell")[0].splitlines()
    terminal.run(f"cd {windows}")
    for command in setting_up:
        terminal.run(command.replace("py -3.12", f"{sys.executable}").replace(".venv\\Scripts\\", ".venv/bin/"))
    assert opening == ".venv\\Scripts\\course lab"
    assert "Open JupyterLab" in terminal.run(".venv/bin/course lab --help")
    terminal.run(".venv/bin/course doctor")
    terminal.run(f"cd {there.parent}")


def hand_in(folder):
    """Ann's is right, Ben's has a slip, Cem's is right and a month late."""
    assignment = load("w1_conv")
    released = nbformat.read(ROOT / "notebooks/w1_conv/w1_conv.ipynb", 4)
    slip = {"zero_pad": assignment.exercises["zero_pad"].slips[0].code}
    for student, instead in {"ann": None, "ben": slip, "cem": None}.items():
        (folder / student).mkdir(parents=True)
        notebook = sample_hand_ins.without_given_figures(sample_hand_ins.solved(released, assignment, instead))
        nbformat.write(notebook, folder / student / "w1_conv.ipynb")
    (folder / "cem" / TIMESTAMP).write_text("2027-01-15 12:00 UTC")


def read_the_answers(course_folder):
    """What Formgrader does (tests/course/test_browser.py drives it): points and a comment for each written answer."""
    with Gradebook(Course(course_folder / ".course").gradebook) as gradebook:
        for submission in gradebook.notebook_submissions("w1_conv", "w1_conv"):
            for grade in submission.grades:
                if grade.name.startswith("answer_"):
                    grade.manual_score, grade.needs_manual_grade = 4, False
            for comment in submission.comments:
                if comment.name.startswith("answer_"):
                    comment.manual_comment = "Seen by a test."
        gradebook.db.commit()


@pytest.fixture
def graded(tmp_path):
    """A course with one hand-in's feedback page, and an answer that nobody has read."""
    course = Course(tmp_path / "course")
    build.ensure("w1_conv", course)
    with Gradebook(course.gradebook) as gradebook:
        gradebook.add_student("ann")
        gradebook.add_submission("w1_conv", "ann")
        submission = gradebook.find_submission_notebook("w1_conv", "w1_conv", "ann")
        next(grade for grade in submission.grades if grade.name.startswith("answer_")).needs_manual_grade = True
        gradebook.db.commit()
    page = course.path("feedback", "w1_conv", "ann") / "w1_conv.html"
    page.parent.mkdir(parents=True)
    page.write_text("well done")
    return course


def test_feedback_is_given_back_as_a_folder_and_as_an_archive(graded, tmp_path):
    stray = graded.path("feedback", "w1_conv", "pictures") / "w1_conv.html"
    stray.parent.mkdir(parents=True)
    stray.write_text("of a folder that was taken for a student, and taken out of the gradebook")
    assert hand_back.give_back("w1_conv", graded, tmp_path / "pages") == (["ann"], ["ann"])
    assert (tmp_path / "pages" / "ann" / "w1_conv.html").read_text() == "well done"
    hand_back.give_back("w1_conv", graded, tmp_path / "pages.zip")
    with zipfile.ZipFile(tmp_path / "pages.zip") as file:
        assert file.read("ann/w1_conv.html") == b"well done"
    with pytest.raises(hand_back.NoFeedback, match="There is no feedback on w1_keras yet"):
        hand_back.give_back("w1_keras", graded, tmp_path / "pages")
    with pytest.raises(hand_back.NoFeedback, match="cannot be written"):
        hand_back.give_back("w1_conv", graded, tmp_path / "no" / "pages.zip")


def nbgrader(*arguments, folder, **environment):
    done = subprocess.run(
        [BIN / "nbgrader", *arguments], cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done


def test_through_nbgraders_exchange_and_back(tmp_path, released, assignment):
    """Released, fetched, handed in, collected, graded here, and returned: as the instructor's page has it."""
    exchange, home = tmp_path / "exchange", tmp_path / "student"
    exchange.mkdir()
    exchange.chmod(0o777)
    home.mkdir()
    (home / "nbgrader_config.py").write_text(
        re.search(r"```python\n(.*?)```", (ROOT / "docs/instructor.md").read_text(), re.DOTALL)[1].replace(
            "/srv/exchange", str(exchange)
        )
    )
    course = Course(tmp_path / "course")
    release.release("w1_conv", course, lateness.read_time("2020-01-01 00:00 UTC"), Policy(10, 50))
    here = {"COURSE_FOLDER": str(course.folder), "COURSE_EXCHANGE": str(exchange)}
    nbgrader("release_assignment", "w1_conv", folder=ROOT, **here)
    nbgrader("fetch_assignment", "w1_conv", folder=home)
    fetched = nbformat.read(home / "w1_conv" / "w1_conv.ipynb", 4)
    assert [sample_hand_ins.grade_id_of(cell) for cell in fetched.cells] == [
        sample_hand_ins.grade_id_of(cell) for cell in released.cells
    ]
    nbformat.write(
        sample_hand_ins.without_given_figures(sample_hand_ins.solved(fetched, assignment)),
        home / "w1_conv" / "w1_conv.ipynb",
    )
    nbgrader("submit", "w1_conv", folder=home)
    nbgrader("collect", "w1_conv", folder=ROOT, **here)
    done = subprocess.run(
        [BIN / "course", "grade", "w1_conv", course.folder / "submitted"],
        capture_output=True,
        text=True,
        env={**os.environ, **here},
    )
    assert re.search(r"47\.5 of 100", done.stdout), done.stdout + done.stderr  # right, and years too late
    nbgrader("release_feedback", "w1_conv", folder=ROOT, **here)
    nbgrader("fetch_feedback", "w1_conv", folder=home)
    (page,) = (home / "w1_conv" / "feedback").rglob("w1_conv.html")
    assert "Handed in late: 47.5 points are taken off" in page.read_text()


def test_the_dev_container_and_binder_install_the_same_lock():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert container["postCreateCommand"].startswith("make setup") and "bubblewrap" in container["onCreateCommand"]
    python = re.search(r":3\.(\d+)$", container["image"])[1]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][0]
    binder = (ROOT / ".binder" / "runtime.txt").read_text().strip()
    docker = re.search(r"^FROM python:([\d.]+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
    assert {f"3.{python}", conda.removeprefix("python="), binder.removeprefix("python-"), docker} == {"3.11"}
    post = (ROOT / ".binder" / "postBuild").read_text()
    for text in (post, (ROOT / "Dockerfile").read_text()):
        assert re.search(r"pip install --no-deps --require-hashes (-r|--requirement) requirements\.lock", text)
        assert "pip install --no-deps --no-build-isolation --editable ." in text
    for name in ("postBuild", "start"):
        assert os.access(ROOT / ".binder" / name, os.X_OK)
        assert subprocess.run(["bash", "-n", ROOT / ".binder" / name]).returncode == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_binder_writes_the_start_page_before_jupyter_begins():
    page = ROOT / "notebooks" / "start.md"
    page.unlink(missing_ok=True)
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    done = subprocess.run(
        [ROOT / ".binder" / "start", "echo", "begun"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
    )
    assert done.stdout == "begun\n" and page.exists()


def test_every_test_that_security_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text()))
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
    }
    assert len(named) >= 35 and named <= defined, named - defined
