"""Writing files: a reader sees the old one or the new one, and nothing is left beside them."""

import os
import signal
import subprocess
import sys
import time

import pytest

from grader.base.files import replacing, write_atomically
from grader.base.paths import ROOT


@pytest.mark.parametrize("content", ["text with an é", b"\x00bytes"])
def test_what_is_written_is_read(tmp_path, content):
    path = tmp_path / "new" / "file"
    write_atomically(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert os.listdir(path.parent) == ["file"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, "old")
    with pytest.raises(RuntimeError), replacing(path) as unfinished:
        unfinished.write_text("half of the ne")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_a_user_has_named_wrongly_is_not_made(tmp_path):
    with pytest.raises(OSError), replacing(tmp_path / "nowhere" / "file") as unfinished:
        unfinished.write_text("x")
    assert not (tmp_path / "nowhere").exists()


WRITES = """
import pathlib, sys
from grader.base.files import write_atomically
for number in range(10**6):
    write_atomically(pathlib.Path(sys.argv[1]), str(number % 10) * 200_000)
"""


def test_a_process_that_is_killed_leaves_a_whole_file(tmp_path):
    path = tmp_path / "file"
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", WRITES, str(path)], cwd=ROOT)
        while not path.exists():
            time.sleep(0.01)
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        text = path.read_text()
        assert text == text[0] * 200_000
