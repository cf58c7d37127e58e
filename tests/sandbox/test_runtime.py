"""Which sandbox is chosen, and what is said where there is none."""

import sys

import pytest

from grader.sandbox import bubblewrap, runtime
from grader.sandbox.bubblewrap import NoSandbox
from grader.sandbox.runtime import Backend, choose, problem_with

LINUX_ENGINE = 'echo "linux Debian [name=seccomp]"'


@pytest.fixture(autouse=True)
def no_choice_made(monkeypatch):
    monkeypatch.delenv("COURSE_SANDBOX", raising=False)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A machine with these programs, shell scripts, and no others; each records what it was asked."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(**scripts):
        for name, script in scripts.items():
            program = tmp_path / name
            program.write_text(f'#!/bin/sh\necho "$0 $@" >> {tmp_path}/asked\n{script}\n')
            program.chmod(0o755)
        return tmp_path / "asked"

    bubblewrap._no_more_namespaces.cache_clear()
    yield put
    bubblewrap._no_more_namespaces.cache_clear()


def test_a_working_bubblewrap_is_taken_and_no_engine_is_asked(programs):
    asked = programs(bwrap="exit 0", docker=LINUX_ENGINE, podman=LINUX_ENGINE)
    assert choose() == Backend("bubblewrap", "bubblewrap: it works here.")
    assert "docker" not in asked.read_text()


def test_without_bubblewrap_docker_is_taken_and_it_is_said_why(programs):
    programs(docker=LINUX_ENGINE, podman=LINUX_ENGINE)
    chosen = choose()
    assert chosen.kind == "docker"
    assert chosen.is_container
    assert chosen.why == "bubblewrap in a container by Docker: it works here."
    assert chosen.passed_over == ("bubblewrap is not installed.",)


def test_a_docker_that_does_not_run_gives_way_to_podman(programs):
    programs(docker="echo Cannot connect to the Docker daemon. >&2; exit 1", podman="echo linux")
    chosen = choose()
    assert chosen.kind == "podman"
    told = "Docker is installed, but cannot run a container now (Cannot connect to the Docker daemon)."
    assert chosen.passed_over[1] == told


def test_docker_that_is_podman_by_another_name_is_podman(programs):
    alias = 'case "$*" in *OSType*) echo "can\'t evaluate field OSType" >&2; exit 125;; *) echo linux;; esac'
    programs(docker=alias, podman=alias)
    assert choose().kind == "podman"


def test_docker_with_windows_containers_is_not_taken(programs):
    programs(docker='echo "windows Docker Desktop []"')
    assert problem_with("docker") == "is set to run Windows in its containers; switch it to Linux containers"


def test_an_engine_that_hangs_is_not_waited_for_without_end(programs, monkeypatch):
    monkeypatch.setattr(runtime, "ENGINE_SECONDS", 0.2)
    programs(docker="while :; do :; done")
    assert "does not answer within 0.2 s" in problem_with("docker")


def test_a_bubblewrap_that_cannot_build_a_sandbox_is_passed_over_with_the_reason(programs):
    programs(bwrap="echo bwrap: setting up uid map: Permission denied >&2; exit 1", docker=LINUX_ENGINE)
    chosen = choose()
    assert chosen.kind == "docker"
    assert "setting up uid map: Permission denied" in chosen.passed_over[0]
    assert "--no-sandbox" not in chosen.passed_over[0]


def test_bubblewrap_is_not_tried_where_there_is_no_linux(programs, monkeypatch):
    asked = programs(bwrap="exit 0", docker=LINUX_ENGINE)
    monkeypatch.setattr(sys, "platform", "darwin")
    chosen = choose()
    assert chosen.kind == "docker"
    assert chosen.passed_over == ("bubblewrap runs on Linux only.",)
    assert "bwrap" not in asked.read_text()


def test_with_nothing_there_it_stops_and_names_all_ways_out(programs):
    programs()
    with pytest.raises(NoSandbox) as refusal:
        choose()
    said = str(refusal.value)
    assert said.startswith("There is no sandbox here, so no hand-in is run.")
    assert all(f"{name} is not installed." in said for name in ("bubblewrap", "Docker", "Podman"))
    assert "apt install bubblewrap" in said
    assert "--no-sandbox" in said


def test_no_sandbox_is_none_whatever_there_is(programs):
    asked = programs(bwrap="exit 0")
    chosen = choose(no_sandbox=True)
    assert (chosen.kind, chosen.is_container) == ("none", False)
    assert "unprotected" in chosen.why
    assert not asked.exists()


@pytest.mark.parametrize("wanted", ["bubblewrap", "docker", "podman"])
def test_a_choice_that_was_made_is_followed(programs, monkeypatch, wanted):
    programs(bwrap="exit 0", docker=LINUX_ENGINE, podman=LINUX_ENGINE)
    monkeypatch.setenv("COURSE_SANDBOX", wanted)
    chosen = choose()
    assert chosen.kind == wanted
    assert "COURSE_SANDBOX asks for it" in chosen.why


def test_a_choice_that_cannot_be_followed_is_not_replaced_by_another(programs, monkeypatch):
    programs(bwrap="exit 0", docker=LINUX_ENGINE)
    monkeypatch.setenv("COURSE_SANDBOX", "podman")
    with pytest.raises(NoSandbox, match=r"COURSE_SANDBOX asks for podman.*Podman is not installed"):
        choose()


def test_an_unknown_choice_is_refused(programs, monkeypatch):
    programs(bwrap="exit 0")
    monkeypatch.setenv("COURSE_SANDBOX", "chroot")
    with pytest.raises(NoSandbox, match="COURSE_SANDBOX is 'chroot'; it may be bubblewrap, docker or podman"):
        choose()


def test_who_has_looked_already_is_not_made_to_look_again():
    chosen = choose(problem={"bubblewrap": "is broken", "docker": "is away", "podman": ""}.get)
    assert chosen.kind == "podman"
    assert chosen.passed_over == ("bubblewrap is broken.", "Docker is away.")
