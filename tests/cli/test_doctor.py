"""What the doctor says of a machine, and that it says so quickly and without changing anything."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from importlib import metadata

import pytest
from rich.console import Console

from grader.base.course import Course
from grader.cli import doctor
from grader.sandbox import runtime
from grader.student import gpu


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


@pytest.fixture(autouse=True)
def nothing_is_tried(monkeypatch):
    """What bubblewrap and the engines do here is not this file's matter; a test says what they do."""
    monkeypatch.delenv("COURSE_SANDBOX", raising=False)
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    monkeypatch.setattr(runtime, "problem_with", {"docker": "is away", "podman": "is away"}.get)


def found(course, what):
    return next(check for check in doctor.checks(course) if check.what == what)


def test_every_line_is_a_sign_a_word_and_a_sentence(course, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "Course", lambda: course)
    assert doctor.doctor(Console(width=400))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(doctor.checks(course)))
    assert all(line[:6].strip() in ("✓ ok", "! note") for line in lines)
    assert any("sandbox" in line and "bubblewrap: it works here." in line for line in lines)
    assert not course.folder.exists()


def test_it_imports_no_tensorflow_and_takes_no_time():
    code = (
        "import sys, time; start = time.monotonic(); from rich.console import Console; from grader.cli.doctor import doctor; "
        "doctor(Console()); print('tensorflow' in sys.modules, time.monotonic() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    imported, seconds = done.stdout.split()[-2:]
    assert imported == "False"
    assert float(seconds) < 10  # two on a machine that has nothing else to do


def test_without_a_sandbox_it_fails_and_says_what_to_install(course, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "Course", lambda: course)
    monkeypatch.setattr(runtime, "problem_with", lambda kind: "is not installed")
    assert not doctor.doctor(Console(width=400))
    out = capsys.readouterr().out
    assert "✗ missing  sandbox" in out
    assert "apt install bubblewrap" in out
    assert "cannot do all its work here" in out


def test_it_says_which_sandbox_and_why_not_another(course, monkeypatch):
    monkeypatch.setattr(runtime, "problem_with", {"bubblewrap": "runs on Linux only", "docker": ""}.get)
    monkeypatch.setattr(doctor, "_says", lambda *arguments: "Docker version 28.2.2")
    assert found(course, "sandbox").sentence == (
        "bubblewrap in a container by Docker: it works here. bubblewrap runs on Linux only."
    )
    assert found(course, "bubblewrap").state == doctor.NOTE
    assert found(course, "Docker").sentence == "Docker version 28.2.2"


def test_each_backend_is_tried_once(course, monkeypatch):
    tried = []
    monkeypatch.setattr(runtime, "problem_with", lambda kind: tried.append(kind) or "is away")
    list(doctor.checks(course))
    assert sorted(tried) == ["bubblewrap", "docker", "podman"]


def test_another_python_is_missing(course, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    check = found(course, "Python")
    assert check.state == doctor.MISSING
    assert "3.9.2" in check.sentence


@pytest.fixture
def packages(monkeypatch):
    """Change what seems to be installed: {name: another version, or None for not at all}."""
    everything = list(metadata.distributions())
    package = namedtuple("package", "name version")

    def change(**changes):
        seeming = [package(one.name, changes.get(one.name, one.version)) for one in everything]
        monkeypatch.setattr(metadata, "distributions", lambda: [one for one in seeming if one.version])

    return change


def test_packages_as_locked_are_good(course, packages):
    packages()
    check = found(course, "packages")
    assert (check.state, check.sentence.split(" ", 1)[1]) == (doctor.OK, "as in requirements.lock")


def test_a_package_in_another_version_is_named(course, packages):
    packages(rich="1.0")
    check = found(course, "packages")
    assert check.state == doctor.NOTE
    assert "rich 1.0 instead of " in check.sentence


def test_a_package_that_is_not_there_is_missing(course, packages):
    packages(nbgrader=None)
    check = found(course, "packages")
    assert check.state == doctor.MISSING
    assert check.sentence.startswith("nbgrader not installed")


def test_a_tool_for_developers_is_not_missed(course, packages):
    packages(hypothesis=None)
    assert found(course, "packages").state == doctor.OK


def test_the_lock_file_is_read_for_this_python_and_system():
    locked = doctor._locked()
    assert locked["nbgrader"] == "0.9.6"
    assert len(locked) > 150
    assert ("appnope" in locked) == (sys.platform == "darwin")


def test_a_folder_that_cannot_be_written_to_is_missing(course, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    check = found(course, "course folder")
    assert check.state == doctor.MISSING
    assert "COURSE_FOLDER" in check.sentence


@pytest.mark.parametrize(("free", "state"), [(10**11, doctor.OK), (10**9, doctor.NOTE), (10**7, doctor.MISSING)])
def test_room_on_the_disk(course, monkeypatch, free, state):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 0, free))
    assert found(course, "disk").state == state


def test_a_gradebook_that_is_none_is_missing_and_left_as_it_is(course):
    course.folder.mkdir()
    (course.folder / "gradebook.db").write_bytes(b"not a database" * 100)
    check = found(course, "gradebook")
    assert check.state == doctor.MISSING
    assert "not a database" in check.sentence
    assert (course.folder / "gradebook.db").read_bytes() == b"not a database" * 100


def test_a_gradebook_tells_how_many_students_it_has(course):
    course.folder.mkdir()
    with sqlite3.connect(course.folder / "gradebook.db") as gradebook:
        gradebook.execute("CREATE TABLE student (id TEXT)")
        gradebook.execute("INSERT INTO student VALUES ('ann')")
    gradebook.close()
    assert found(course, "gradebook").sentence.startswith("1 student in ")


def test_a_mirror_that_does_not_exist_is_noted(course, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(tmp_path / "none"))
    assert found(course, "data mirror").state == doctor.NOTE
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(tmp_path))
    assert found(course, "data mirror").state == doctor.OK


@pytest.mark.skipif(os.path.exists("/proc/driver/nvidia/gpus"), reason="the driver itself tells of a GPU here")
def test_a_gpu_is_named_by_the_drivers_own_tool(course, monkeypatch, tmp_path):
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H200 (UUID: GPU-1)'\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(gpu, "_tensorflow_has_cuda", lambda: True)
    assert found(course, "GPU").sentence == "NVIDIA H200"
    monkeypatch.setattr(gpu, "_tensorflow_has_cuda", lambda: False)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert "TensorFlow installed here cannot use it" in found(course, "GPU").sentence
