"""Whatever students call their files and write into them: no terminal, table or log gets a character that acts."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.base.paths import ROOT
from grader.batch import inbox

COURSE = str(Path(sys.executable).parent / "course")

ACTS = "\x1b[2J\x1b]0;title\x07\x1b]52;c;Y2xpcA==\x07\x9b31m\x85\u202e\u2066\u200f\u061c\x7f\x00"
IN_NAMES = ACTS.replace("\x00", "")
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def unreadable(tmp_path):
    """Hand-ins of which none can be judged, with such characters wherever there is room for them."""
    folder = tmp_path / "in"
    contents = {
        f"ann{IN_NAMES}/w1_conv.ipynb": "{",
        f"bob/w1{IN_NAMES}.ipynb": "[]",
        "cat/w1_conv.ipynb": json.dumps({"nbformat": ACTS, "cells": []}),
        "dan/w1_conv.ipynb": json.dumps({"nbformat": 4, "cells": ACTS}),
        f"eve{IN_NAMES}.zip": "",
        f"fay{IN_NAMES}.docx": "",
        f"gus/a{IN_NAMES}.ipynb": "{}",
        f"gus/b{IN_NAMES}.ipynb": "{}",
        f"hal/notes{IN_NAMES}.txt": "",
        "ida/w1_conv.ipynb": "{}",
        "ida/timestamp.txt": f"2026-01-01 {ACTS}",
        f"jon{IN_NAMES}/deep{IN_NAMES}/w1_conv.ipynb": "",
        "=cmd|'C calc'!A0.ipynb": "",
        "@SUM(1)/w1_conv.ipynb": "",
        "-1+1.ipynb": "",
        "\t=1.ipynb": "",
    }
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "kim").mkdir()
    os.symlink(f"/nowhere{IN_NAMES}", folder / "kim" / "w1_conv.ipynb")
    return folder


def test_nothing_acts_in_the_terminal_or_in_what_is_written(unreadable, tmp_path, new_course):
    course, file = new_course(tmp_path / "course"), tmp_path / "all.json"
    line = [COURSE, "grade", "w1_conv", unreadable, "--workers", "1", "--json", file]
    environment = {**os.environ, "COURSE_FOLDER": str(course.folder), "COLUMNS": "100"}
    done = subprocess.run(list(map(str, line)), capture_output=True, env=environment, cwd=ROOT)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0 and "kim" in said and "is an archive" in said, said
    assert not ACTING.search(said), ascii(said)
    written = [path for path in [*course.folder.rglob("*"), file] if path.is_file() and path.name != "original"]
    tables = [path for path in written if path.suffix in (".csv", ".html", ".json", ".log", ".txt", ".ipynb", "")]
    assert {".csv", ".html", ".json"} <= {path.suffix for path in tables}
    for path in tables:
        assert not ACTING.search(path.read_bytes().decode().replace("\r\n", "\n")), path
        assert not ACTING.search(path.name)
    cells = [cell for path in tables if path.suffix == ".csv" for line in csv.reader(path.open()) for cell in line]
    assert not [cell for cell in cells if re.match(r"\s*[=@+]|\s*-.*\D", cell)]


def test_a_student_learns_what_the_file_is_called(unreadable):
    by_student = {one.student: one for one in inbox.find(unreadable, "w1_conv").hand_ins}
    assert "\N{REPLACEMENT CHARACTER}[2J" in by_student["bob"].notes[0]
