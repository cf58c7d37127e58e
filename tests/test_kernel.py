"""The sandboxed kernel: what hangs, dies, floods or grows is stopped, told in words, and leaves nothing behind."""

import os
import time
from pathlib import Path

import psutil
import pytest

from grader import sandbox
from grader.kernel import Kernel
from grader.sandbox import Limits


@pytest.fixture(scope="module")
def kernel():
    with Kernel(Limits()) as kernel:
        yield kernel


def test_code_runs_and_its_outputs_come_back(kernel):
    outcome = kernel.run("print('a'); print('b'); 1 + 1", 10)
    assert [output["output_type"] for output in outcome.outputs] == ["stream", "execute_result"]
    assert outcome.outputs[0]["text"] == "a\nb\n"
    assert outcome.outputs[1]["data"]["text/plain"] == "2"


def test_an_exception_is_no_end(kernel):
    assert kernel.run("1 / 0", 10).raised == "ZeroDivisionError"
    assert kernel.run("raise SystemExit", 10).raised == "SystemExit"
    assert not kernel.run("1", 10).raised


@pytest.mark.parametrize("code", ["print('x' * 100_000_000)", "for i in range(100):\n    print('x' * 1_000_000)"])
def test_a_flood_is_cut_and_the_kernel_lives(kernel, code):
    outcome = kernel.run(code, 60)
    assert outcome.cut
    assert not outcome.stopped
    assert kernel.run("21 * 2", 10).outputs[0]["data"]["text/plain"] == "42"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while True: pass", "stopped after 1 s"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "stopped after 1 s"),
        ("import os; os._exit(7)", "exit status 7"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("x = [bytearray(10_000_000) for _ in range(1000)]", "memory"),
        ("import os\nwhile True: os.fork()", "processes"),
        (
            "import glob, time\nopen(glob.glob('/tmp/cn-*')[0] + '/x', 'wb').write(bytes(2_000_000)); time.sleep(9)",
            "wrote files",
        ),
        ("import glob, os, time\nos.mkdir(glob.glob('/tmp/cn-*')[0] + '/x'); time.sleep(9)", "wrote files"),
    ],
)
def test_what_ends_a_kernel_is_told(code, reason):
    with Kernel(Limits(memory=600_000_000, processes=5)) as kernel:
        seconds = 1 if "after" in reason else 30
        outcome = kernel.run(code, seconds)
        assert reason in outcome.stopped
        assert reason in kernel.run("1", 1).stopped


def test_a_full_disk_is_the_students_error_only():
    with Kernel(Limits(disk=20_000_000)) as kernel:
        outcome = kernel.run("open('big', 'wb').write(bytes(100_000_000))", 30)
        assert outcome.raised == "OSError"
        assert kernel.run("1 + 1", 10).outputs


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("import os; os.listdir(os.path.expanduser('~'))", None),
        ("import os; os.getuid()", "1000"),
        ("import socket; socket.create_connection(('1.1.1.1', 53), 1)", "OSError"),
        ("import solutions", "ModuleNotFoundError"),
        ("from grader import exercise", "ImportError"),
        ("import data; len(data.load('photographs').images) > 5", "True"),
        ("from grader import check; check(len)", ""),
        ("open('/usr/x', 'w')", "OSError"),
        ("open('/x', 'w')", "OSError"),
        ("import os; 'COURSE_FOLDER' in os.environ", "False"),
    ],
)
def test_inside_there_is_only_what_belongs_there(kernel, code, answer):
    outcome = kernel.run(code, 20)
    shown = (
        outcome.outputs[-1]["data"]["text/plain"]
        if outcome.outputs and "data" in outcome.outputs[-1]
        else outcome.raised
    )
    if answer is not None:
        assert shown == answer
    assert "solutions" not in str(shown) or answer == "ModuleNotFoundError"


def test_the_repository_is_not_there(kernel):
    root = Path(sandbox.ROOT)
    paths = [str(root / name) for name in ("solutions", "grader", ".course", "tests")]
    code = f"import os; [os.path.exists(path) for path in {paths!r}]"
    assert kernel.run(code, 10).outputs[0]["data"]["text/plain"] == "[False, False, False, False]"


def test_nothing_is_left_behind():
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with Kernel(Limits()) as kernel:
        kernel.run("import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)", 10)
        folder = kernel.folder
        assert folder.exists()
    time.sleep(0.2)
    assert not folder.exists()
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    assert not any(
        process.info["cmdline"][:2] == ["sleep", "1000"]
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"]
    )


def test_without_bubblewrap_grading_stops_with_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        sandbox.require()


def test_where_no_sandbox_can_be_built_grading_stops_with_a_sentence(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(sandbox.NoSandbox, match="Permission denied"):
        sandbox.require()


def test_a_kernel_without_a_sandbox_runs_where_it_is_asked_for():
    with Kernel(Limits(), sandboxed=False) as kernel:
        assert kernel.run("from grader import check; check(1); 3", 10).outputs[0]["data"]["text/plain"] == "3"
