"""The course in a container: the command lines to the letter, and a whole run with an engine that isolates nothing."""

import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Optional

import nbformat
import pytest
import typer
from rich.console import Console

from grader.audit import sample_hand_ins
from grader.base import dependencies
from grader.base.errors import CourseError
from grader.base.paths import ROOT
from grader.cli import in_container
from grader.sandbox import container, runtime
from grader.sandbox.container import Mount, Reaches, Reads, Writes, container_command, inside, translate
from grader.sandbox.runtime import Backend

DOCKER = Backend("docker", "why")


def test_the_command_line_for_docker():
    assert container_command(
        "docker",
        "convnets:abc",
        ["grade", "w1_conv", "/srv/hand-ins"],
        [Mount(Path("/srv/hand-ins")), Mount(Path("/srv/course"), writable=True)],
        {"COURSE_SANDBOX": "bubblewrap"},
        user=["--user", "501:20"],
        memory=8_000_000_000,
    ) == [
        *("docker", "run", "--rm", "--pull", "never", "--network", "none", "--user", "501:20", "--cap-drop", "ALL"),
        *("--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined"),
        *("--security-opt", "apparmor=unconfined", "--security-opt", "label=disable"),
        *("--security-opt", "systempaths=unconfined", "--pids-limit", "8192", "--memory", "8000000000"),
        *("--read-only", "--tmpfs", "/tmp:rw,nosuid,nodev,mode=1777"),
        *("--mount", "type=bind,src=/srv/hand-ins,dst=/srv/hand-ins,readonly=true"),
        *("--mount", "type=bind,src=/srv/course,dst=/srv/course", "--env", "COURSE_SANDBOX=bubblewrap"),
        *("convnets:abc", "grade", "w1_conv", "/srv/hand-ins"),
    ]


def test_the_command_line_for_podman():
    assert container_command(
        "podman",
        "convnets:abc",
        ["audit"],
        network="host",
        user=["--userns", "keep-id", "--user", "1000:1000"],
        terminal=True,
    ) == [
        *("podman", "run", "--rm", "--pull", "never", "--interactive", "--tty", "--network", "host"),
        *("--userns", "keep-id", "--user", "1000:1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
        *("--security-opt", "label=disable", "--security-opt", "unmask=ALL", "--pids-limit", "8192"),
        *("--read-only", "--tmpfs", "/tmp:rw,nosuid,nodev,mode=1777", "convnets:abc", "audit"),
    ]


def test_a_path_with_a_comma_and_a_quote_is_one_path():
    option = container._mount_option(Mount(Path('/srv/week 1, "late"'), writable=True))
    assert option == 'type=bind,"src=/srv/week 1, ""late""","dst=/srv/week 1, ""late"""'


@pytest.mark.parametrize(
    ("outside", "within"),
    [
        (PurePosixPath("/home/student/hand-ins"), "/home/student/hand-ins"),
        (PureWindowsPath(r"C:\Users\Me\hand ins"), "/c/Users/Me/hand ins"),
        (PureWindowsPath(r"\\server\share\class"), "/server/share/class"),
    ],
)
def test_paths_stay_where_they_are_unless_linux_has_no_such_path(outside, within):
    assert inside(outside) == within


def test_arguments_bring_the_folders_that_they_name(tmp_path):
    (tmp_path / "in").mkdir()
    words, mounts, network = translate(
        "docker", ["grade", "w1_conv", Reads(tmp_path / "in"), "--json", Writes(tmp_path / "out.json")]
    )
    assert words == ["grade", "w1_conv", f"{tmp_path}/in", "--json", f"{tmp_path}/out.json"]
    assert mounts == [Mount(tmp_path / "in"), Mount(tmp_path, writable=True)]
    assert not network


def test_relative_paths_are_those_of_the_caller(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    words, mounts, _ = translate("docker", [Reads(Path(".")), Writes(Path("../out.json"))])
    assert words == [f"{tmp_path}/in", f"{tmp_path}/out.json"]
    assert mounts[1] == Mount(tmp_path, writable=True)


def test_a_folder_that_is_not_there_is_said_before_anything_runs(tmp_path):
    with pytest.raises(CourseError, match="There is no folder"):
        translate("docker", [Reads(tmp_path / "none")])


@pytest.mark.parametrize(
    ("url", "on_linux", "elsewhere"),
    [
        (
            "postgresql+psycopg://me:secret@localhost/grades",
            "postgresql+psycopg://me:secret@localhost/grades",
            "postgresql+psycopg://me:secret@host.docker.internal/grades",
        ),
        ("postgresql://db.example.org/g", "postgresql://db.example.org/g", "postgresql://db.example.org/g"),
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786", "tcp://host.docker.internal:8786"),
        ("not a URL", "not a URL", "not a URL"),
    ],
)
def test_what_is_reached_by_a_url_needs_the_network(monkeypatch, url, on_linux, elsewhere):
    for platform, word in (("linux", on_linux), ("darwin", elsewhere)):
        monkeypatch.setattr(sys, "platform", platform)
        assert translate("docker", [Reaches(url)]) == ([word], [], True)


def test_an_sqlite_gradebook_is_a_file_and_needs_no_network(tmp_path):
    url = f"sqlite:///{tmp_path}/grades.db?timeout=120"
    assert translate("podman", [Reaches(url)]) == ([url], [Mount(tmp_path, writable=True)], False)


def test_a_folder_is_mounted_once_and_writable_if_anything_writes_there():
    folder, other = Path("/srv/class"), Path("/srv/course")
    assert container._each_once([Mount(folder), Mount(other), Mount(folder, writable=True)]) == [
        Mount(folder, writable=True),
        Mount(other),
    ]


@pytest.mark.parametrize(
    ("engine", "platform", "uid", "facts", "options"),
    [
        ("docker", "linux", 1234, "linux Debian []", ["--user", "1234:55"]),
        ("docker", "linux", 1234, "linux Debian [name=rootless]", ["--user", "0:0", "--cap-add", "SETFCAP"]),
        ("docker", "linux", 1234, "linux Docker Desktop []", ["--user", "0:0", "--cap-add", "SETFCAP"]),
        ("docker", "linux", 0, "", ["--user", "0:0", "--cap-add", "SETFCAP"]),
        ("docker", "darwin", 501, "", ["--user", "1000:1000"]),
        ("podman", "linux", 1234, "linux", ["--userns", "keep-id", "--user", "1234:55"]),
        ("podman", "linux", 0, "", ["--user", "0:0", "--cap-add", "SETFCAP"]),
        ("podman", "win32", 0, "", ["--userns", "keep-id:uid=1000,gid=1000", "--user", "1000:1000"]),
    ],
)
def test_the_container_runs_as_who_runs_the_command(monkeypatch, engine, platform, uid, facts, options):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "getuid", lambda: uid)
    monkeypatch.setattr(os, "getgid", lambda: 55)
    answer = subprocess.CompletedProcess([], 0, facts, "")
    monkeypatch.setattr(container, "ask", lambda *arguments: answer)
    assert container.user_options(engine) == options


def test_the_image_is_another_one_when_the_course_or_its_packages_change(tmp_path, monkeypatch):
    for folder in dependencies.IMAGE_FOLDERS:
        (tmp_path / folder).mkdir()
    (tmp_path / "grader" / "cli").mkdir()
    for name in (".dockerignore", "Dockerfile", "pyproject.toml", "requirements.lock", "grader/cli/app.py"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(dependencies, "ROOT", tmp_path)
    names = [container.image_name()]
    (tmp_path / "notebooks" / "mine.ipynb").write_text("a student's own copy does not count")
    assert container.image_name() == names[0]
    for name in ("Dockerfile", "requirements.lock", "grader/cli/app.py", "data/new.py"):
        (tmp_path / name).write_text("two")
        names.append(container.image_name())
    assert len(set(names)) == len(names)
    assert all(name.startswith("convnets:") and len(name) == 21 for name in names)


def test_the_dockerfile_installs_what_is_locked_and_takes_what_the_name_is_made_from():
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "bubblewrap" in text
    assert "://" not in text  # no registry's address
    copied = {word for line in text.splitlines() if line.startswith("COPY") for word in line.split()[1:-1]}
    assert {*dependencies.IMAGE_FOLDERS, "requirements.lock", "pyproject.toml"} <= copied
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert allowed == copied


FAKE_ENGINE = """#!{python}
import csv, json, os, subprocess, sys
from pathlib import Path

here = Path(__file__).parent
with open(here / "asked", "a") as file:
    print(json.dumps(sys.argv[1:]), file=file)
kind, *rest = sys.argv[1:]
if kind == "info":
    print("linux Debian []")
elif kind == "image":
    sys.exit(0 if (here / "built").exists() else 1)
elif kind == "build":
    status = int(os.environ.get("FAKE_BUILD", "0"))
    (here / "built").touch() if status == 0 else None
    sys.exit(status)
elif kind == "run":
    environment = {{"PATH": "/usr/bin:/bin"}}
    image = next(index for index, word in enumerate(rest) if word.startswith("convnets:"))
    for option, value in zip(rest[:image], rest[1:image]):
        if option == "--env":
            name, _, environment[name] = value.partition("=")
        if option == "--mount":
            mount = dict(field.partition("=")[::2] for field in next(csv.reader([value])))
            assert os.path.isdir(mount["src"]), f"an engine would refuse {{value}}"
            assert mount["src"] == mount["dst"], "no isolation here: paths must be the same"
    sys.exit(subprocess.call([{course!r}, *rest[image + 1 :]], env=environment, cwd="/"))
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """A `docker` that runs the inner command on this machine, with the given arguments and environment and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    course = str(Path(sys.executable).parent / "course")
    (folder / "docker").write_text(FAKE_ENGINE.format(python=sys.executable, course=course))
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))
    monkeypatch.setattr("grader.base.paths.FOLDER", tmp_path / "course")
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "cache"))

    def asked(kind):
        lines = (folder / "asked").read_text().splitlines() if (folder / "asked").exists() else []
        return [line for line in map(json.loads, lines) if line[0] == kind]

    return asked


def test_the_image_is_built_once(engine, capfd):
    console = Console(width=200)
    for _ in range(2):
        assert container.run_in_container(DOCKER, ["--help"], console) == 0
    (build,) = engine("build")
    assert build == ["build", "--tag", container.image_name(), "--file", str(ROOT / "Dockerfile"), str(ROOT)]
    assert len(engine("run")) == 2
    assert capfd.readouterr().out.count("Building the image") == 1


def test_an_image_that_cannot_be_built_ends_in_a_sentence(engine, monkeypatch):
    monkeypatch.setenv("FAKE_BUILD", "1")
    with pytest.raises(CourseError, match="Docker could not build the image"):
        container.run_in_container(DOCKER, ["--help"], Console())
    assert not engine("run")


def test_the_exit_status_comes_back(engine, capfd):
    assert container.run_in_container(DOCKER, ["grade", "w9_none", Reads(ROOT)], Console()) == 1
    assert "There is no" in capfd.readouterr().out


def test_a_class_is_graded_through_the_engine(engine, tmp_path, capfd):
    (tmp_path / "hand, ins").mkdir()
    (tmp_path / "hand, ins" / "bob.ipynb").write_text("{")
    (tmp_path / "cache").mkdir()
    out = tmp_path / "out"
    out.mkdir()
    arguments = ["grade", "w1_conv", Reads(tmp_path / "hand, ins"), "--json", Writes(out / "out.json")]
    status = container.run_in_container(DOCKER, arguments, Console())
    assert status == 0, capfd.readouterr()
    results = json.loads((out / "out.json").read_text())
    assert results["students"]["bob"]["status"] == "rejected"
    assert (tmp_path / "course" / "gradebook.db").exists()
    (run,) = engine("run")
    mounts = [value for option, value in pairwise(run) if option == "--mount"]
    assert [mount.endswith("readonly=true") for mount in mounts] == [True, False, False, True]
    assert "COURSE_SANDBOX=bubblewrap" in run
    assert f"COURSE_DATA_CACHE={tmp_path}/cache" in run


def test_a_command_runs_again_with_all_that_it_was_given(tmp_path):
    seen = []
    app = typer.Typer()

    @app.command()
    def grade(
        context: typer.Context,
        name: str,
        folder: Path,
        workers: int = 0,
        warm: bool = True,
        fresh: Annotated[bool, typer.Option("--fresh")] = False,
        limit: Annotated[Optional[list[str]], typer.Option()] = None,  # noqa: UP045
        json_file: Annotated[Optional[Path], typer.Option("--json")] = None,  # noqa: UP045
    ):
        seen.append(in_container.as_given(context, {"folder": Reads, "json_file": Writes}))

    @app.command()
    def other():
        pass

    app(
        ["grade", "w1", "in", "--json", "o.json", "--limit", "a=1", "--limit", "b=2", "--no-warm"],
        standalone_mode=False,
    )
    app(["grade", "--fresh", "w1", "in"], standalone_mode=False)
    assert seen[0][:3] == ["grade", "w1", Reads(Path("in"))]
    assert seen[0][3:] == ["--no-warm", "--limit", "a=1", "--limit", "b=2", "--json", Writes(Path("o.json"))]
    assert seen[1] == ["grade", "w1", Reads(Path("in")), "--fresh"]


def engine_that_works():
    return next((kind for kind in runtime.FACTS if not runtime.problem_with(kind)), "")


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, runtime.FACTS)), reason="neither Docker nor Podman is installed")
def test_a_real_engine_builds_the_image_and_grades_in_it(tmp_path, monkeypatch, released, assignment):
    kind = engine_that_works()
    if not kind:
        pytest.skip("neither Docker nor Podman can run a container here")
    monkeypatch.setattr("grader.base.paths.FOLDER", tmp_path / "course")
    (tmp_path / "in").mkdir()
    nbformat.write(sample_hand_ins.solved(released, assignment), tmp_path / "in" / "ann.ipynb")
    arguments = ["grade", "w1_conv", Reads(tmp_path / "in"), "--json", Writes(tmp_path / "out.json")]
    assert container.run_in_container(Backend(kind, ""), arguments, Console()) == 0
    results = json.loads((tmp_path / "out.json").read_text())
    assert results["students"]["ann"]["points"] == 95
