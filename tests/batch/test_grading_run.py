"""A folder of hand-ins, good and bad, through `course grade` and through stock nbgrader: every one gets its result."""

import base64
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import nbformat
import pytest
from conftest import points_of_slip
from PIL import Image

from grader.audit import audit, page_safety, sample_hand_ins
from grader.base.course import Course
from grader.base.paths import ROOT
from grader.batch import grading_run, inbox, workers
from grader.batch.names import student_id
from grader.reports.grading_report import as_json
from grader.sandbox import bubblewrap
from grader.sandbox.limits import Limits
from grader.submission.rebuilding import has_work

ODD = student_id("[odd] *name?")
LIMITS = Limits(cell_seconds=15, exercise_seconds=10, submission_seconds=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, short, assignment):
    """Hand-ins of every kind."""
    folder = tmp_path_factory.mktemp("hand-ins")
    right = sample_hand_ins.solved(short, assignment)
    slips = {
        "zero_pad": assignment.exercises["zero_pad"].slips[0].code,
        "im2col": assignment.exercises["im2col"].slips[0].code,
    }

    def put(student, notebook):
        (folder / student).mkdir()
        nbformat.write(notebook, folder / student / "w1_conv.ipynb")

    put("ann", right)
    put("ben", sample_hand_ins.solved(short, assignment, slips))
    put("cem", sample_hand_ins.add_cell(nbformat.reads(nbformat.writes(right), 4), "while True: pass"))
    nbformat.write(short, folder / "dora.ipynb")
    for number, raw in enumerate(audit.broken_files(right).values()):
        (folder / f"broken{number}.ipynb").write_bytes(raw)
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    (folder / "empty").mkdir()
    (folder / "renamed").mkdir()
    nbformat.write(right, folder / "renamed" / "w1_conv (2).ipynb")
    (folder / "ann.ipynb").write_text("{")
    (folder / "notes.txt").write_text("not a hand-in")
    (folder / "[odd] *name?.ipynb").write_bytes(nbformat.writes(right).encode())
    return folder


@pytest.fixture(scope="module")
def graded(folder, tmp_path_factory, new_course):
    course = new_course(tmp_path_factory.mktemp("graded"))
    seen = []
    report = grading_run.grade_folder(
        "w1_conv", folder, course, limits=LIMITS, on_result=lambda result: seen.append(result.student)
    )
    return course, report, seen


def totals(report):
    return {student: result.total for student, result in report.results.items()}


def broken_in(folder):
    return sorted(path.stem for path in folder.glob("broken*"))


def test_every_hand_in_gets_a_result(graded, folder):
    _, report, seen = graded
    assert report.problems == []
    assert sorted(seen) == sorted(report.results)
    assert {
        "ann",
        "ben",
        "cem",
        "dora",
        "link",
        "empty",
        "renamed",
        ODD,
        *broken_in(folder),
    } == set(seen)
    for student, result in report.results.items():
        assert len(result.marks) == 15, student
        assert report.feedback[student].exists(), student


def test_each_gets_what_it_deserves(graded, folder, assignment):
    _, report, _ = graded
    points = totals(report)
    wrong = [assignment.exercises[name] for name in ("zero_pad", "im2col")]
    assert points["ann"] == points["cem"] == points["renamed"] == points[ODD] == 95
    assert points["ben"] == pytest.approx(95 - sum(one.points - points_of_slip(one) for one in wrong))
    assert points["dora"] == 0
    for student in ("link", "empty", *broken_in(folder)):
        assert points[student] == 0
        assert report.results[student].rejected
        assert {mark.status for mark in report.results[student].marks.values()} == {"rejected"}
    assert "there is no work in ann.ipynb" in report.results["ann"].notes[0]
    assert "was taken for" in report.results["renamed"].notes[0]


def test_feedback_says_why_and_shows_the_slips(graded):
    _, report, _ = graded
    assert (
        "This file is a link" in report.feedback["link"].read_text()
        or "link to another file" in report.feedback["link"].read_text()
    )
    page = report.feedback["ben"].read_text()
    assert "every axis is padded" in page
    assert "channels come first" in page
    assert "<script" not in page


def test_the_grades_table_is_complete(graded, assignment):
    _, report, _ = graded
    rows = {row["student"]: row for row in csv.DictReader(report.grades.open())}
    assert set(rows) == set(report.results)
    assert float(rows["ann"]["total"]) == 95
    assert rows["link"]["status"] == "rejected"
    assert float(rows["ben"]["zero_pad"]) == points_of_slip(assignment.exercises["zero_pad"])


def test_the_json_names_points_maximum_status_and_messages(graded, assignment):
    _, report, _ = graded
    data = json.loads(json.dumps(as_json(report)))
    one = data["students"]["ben"]["exercises"]["zero_pad"]
    assert (one["points"], one["maximum"], one["status"]) == (
        points_of_slip(assignment.exercises["zero_pad"]),
        5,
        "partial",
    )
    assert any("every axis is padded" in message for message in one["messages"])
    statuses = {e["status"] for s in data["students"].values() for e in s["exercises"].values()}
    assert statuses <= {"passed", "partial", "failed", "error", "timeout", "missing", "rejected"}


def test_the_original_of_a_rejected_hand_in_is_kept(graded, folder):
    course, _, _ = graded
    assert (course.path("submitted", "w1_conv", "broken0") / "original").read_bytes() == (
        folder / "broken0.ipynb"
    ).read_bytes()
    assert (course.path("submitted", "w1_conv", "link") / "original").read_bytes() == b""


def nbgrader(course, *arguments):
    environment = {**os.environ, "COURSE_FOLDER": str(course.folder)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)


def totals_in(course):
    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook) as gradebook:
        return {s.student.id: round(s.score, 2) for s in gradebook.assignment_submissions("w1_conv")}


def test_stock_nbgrader_gives_the_same_marks(graded, folder, tmp_path, new_course):
    """`nbgrader autograde` and `nbgrader generate_feedback`, as an instructor types them, on the same hand-ins."""
    _, report, _ = graded
    course = new_course(tmp_path / "stock")
    from grader.publishing.build import ensure

    ensure("w1_conv", course)
    students = ["ann", "ben", "dora", "broken3"]
    for student in students:
        source = graded[0].path("submitted", "w1_conv", student) / "w1_conv.ipynb"
        target = course.path("submitted", "w1_conv", student)
        target.mkdir(parents=True)
        shutil.copy(source, target)
        (target / "evil.py").symlink_to("/etc/passwd")
    done = nbgrader(course, "autograde", "w1_conv")
    assert done.returncode == 0, done.stderr[-3000:]
    assert totals_in(course) == {student: totals(report)[student] for student in students}
    assert not list(course.folder.glob("autograded/*/w1_conv/evil.py"))
    done = nbgrader(course, "generate_feedback", "w1_conv")
    assert done.returncode == 0, done.stderr[-3000:]
    page = (course.path("feedback", "w1_conv", "ben") / "w1_conv.html").read_text()
    assert "every axis is padded" in page


def test_marks_given_by_hand_survive_a_second_grading(graded, tmp_path, folder, new_course, scheduler):
    from nbgrader.api import Gradebook

    course = new_course(tmp_path / "again")
    small = tmp_path / "small"
    (small / "ann").mkdir(parents=True)
    shutil.copy(folder / "ann" / "w1_conv.ipynb", small / "ann")
    grading_run.grade_folder("w1_conv", small, course, limits=LIMITS, scheduler=scheduler)
    with Gradebook(course.gradebook) as gradebook:
        grade = gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann")
        assert grade.needs_manual_grade
        grade.manual_score = 4
        comment = gradebook.find_comment("answer_translation", "w1_conv", "w1_conv", "ann")
        comment.manual_comment = "Well <b>said</b>."
        gradebook.db.commit()
    report = grading_run.grade_folder("w1_conv", small, course, limits=LIMITS, scheduler=scheduler)
    assert totals(report)["ann"] == 99
    assert "Well &lt;b&gt;said&lt;/b&gt;." in report.feedback["ann"].read_text()


def test_a_failed_regrade_leaves_no_old_score(graded, tmp_path, folder, new_course, scheduler):
    """Stock nbgrader keeps the old score when grading fails; here it is withdrawn and waits for a person."""
    course = new_course(tmp_path / "failing")
    small = tmp_path / "small"
    (small / "ann").mkdir(parents=True)
    shutil.copy(folder / "ann" / "w1_conv.ipynb", small / "ann")
    grading_run.grade_folder("w1_conv", small, course, limits=LIMITS, scheduler=scheduler)
    assert totals_in(course) == {"ann": 95}
    done = nbgrader(course, "autograde", "w1_conv", "--force", "--Judge.limits", "nonsense=1")
    assert done.returncode != 0
    assert totals_in(course) == {"ann": 0}


def test_a_grader_that_fails_on_one_hand_in_grades_the_others(folder, tmp_path, monkeypatch, new_course, scheduler):
    from grader.judging.judge import judge

    original = judge
    small = tmp_path / "small"
    small.mkdir()
    right = nbformat.read(folder / "ann" / "w1_conv.ipynb", 4)
    nbformat.write(right, small / "b.ipynb")
    nbformat.write(sample_hand_ins.add_cell(right, "# tinder"), small / "a.ipynb")

    def fails_on_one(raw, *more):
        if b"tinder" in raw:
            raise RuntimeError("the roof is on fire")
        return original(raw, *more)

    monkeypatch.setattr(workers, "judge", fails_on_one)
    course = new_course(tmp_path / "course")
    report = grading_run.grade_folder("w1_conv", small, course, limits=LIMITS, scheduler=scheduler)
    assert totals(report) == {"a": 0, "b": 95}
    assert "the roof is on fire" in report.feedback["a"].read_text()
    assert {mark.status for mark in report.results["a"].marks.values()} == {"error"}


def test_what_only_nbgrader_cannot_read_is_graded_all_the_same(folder, tmp_path, new_course, scheduler):
    right = (folder / "ann" / "w1_conv.ipynb").read_bytes()
    small = tmp_path / "small"
    small.mkdir()
    (small / "bom.ipynb").write_bytes(b"\xef\xbb\xbf" + right)
    data = json.loads(right)
    data["metadata"], data["cells"][0] = None, None
    (small / "null.ipynb").write_text(json.dumps(data))
    (small / "zipped.zip").write_bytes(b"PK")
    report = grading_run.grade_folder(
        "w1_conv", small, new_course(tmp_path / "course"), limits=LIMITS, scheduler=scheduler
    )
    assert report.problems == []
    assert totals(report) == {"bom": 95, "null": 95, "zipped": 0}
    assert "archive" in report.results["zipped"].rejected


def test_a_pasted_picture_is_on_the_page_and_the_answer_waits_to_be_read(
    tmp_path, new_course, scheduler, short, assignment
):
    notebook = sample_hand_ins.solved(short, assignment)
    cell = next(c for c in notebook.cells if sample_hand_ins.grade_id_of(c) == "answer_translation")
    file = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(file, "PNG")
    picture = base64.b64encode(file.getvalue()).decode()
    cell.source = "See ![mine](attachment:image.png) and ![another](attachment:lost.png)"
    cell.attachments = {"image.png": {"image/png": picture}}
    put(tmp_path / "in", "ann.ipynb", text=json.dumps(notebook))
    course = new_course(tmp_path / "course")
    report = grading_run.grade_folder("w1_conv", tmp_path / "in", course, limits=LIMITS, scheduler=scheduler)
    page = report.feedback["ann"].read_text()
    assert f'src="data:image/png;base64,{picture}"' in page
    assert page_safety.dangers(page) == []
    assert report.results["ann"].written == {"answer_translation": None}
    graded = nbformat.read(course.path("autograded", "w1_conv", "ann") / "w1_conv.ipynb", 4)
    assert picture in json.dumps(next(c for c in graded.cells if c.id == "answer_translation").attachments)


def found_in(folder):
    """The hand-ins of w1_conv in a folder, by student."""
    return {one.student: one for one in inbox.find(folder, "w1_conv").hand_ins}


def put(folder, *names, text="{}"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_students_whose_names_look_alike_stay_two_and_keep_their_ids_whoever_else_is_there(tmp_path):
    put(tmp_path, "a b.ipynb", "a_b.ipynb", "a?b.ipynb", "a/w1_conv.ipynb")
    ids = {one.path.relative_to(tmp_path).as_posix(): one.student for one in found_in(tmp_path).values()}
    assert ids["a_b.ipynb"] == "a_b" and ids["a/w1_conv.ipynb"] == "a"
    assert len(set(ids.values())) == 4 and all(one == "a" or one.startswith("a_b") for one in ids.values())
    for name in ("a_b.ipynb", "a?b.ipynb"):
        (tmp_path / name).unlink()
    assert set(found_in(tmp_path)) == {"a", ids["a b.ipynb"]}


def test_the_id_that_the_instructors_page_shows_is_the_one_that_is_made(tmp_path):
    put(tmp_path, "Ann Lee.ipynb")
    (student,) = found_in(tmp_path)
    assert f"`Ann Lee.ipynb`, becomes `{student}`" in (ROOT / "docs" / "instructor.md").read_text()


def test_names_of_every_script_are_kept_and_are_the_same_from_every_system(tmp_path):
    names = ("किरण", "நிலா", "Ελένη", "Zoë")
    for form in ("NFC", "NFD"):
        folder = tmp_path / form
        put(folder, *(unicodedata.normalize(form, f"{name}.ipynb") for name in names))
        assert set(found_in(folder)) == set(names)
    put(tmp_path / "long", f"{'é' * 100}.ipynb", f"{'é' * 101}.ipynb")
    assert len(found_in(tmp_path / "long")) == 2
    assert all(len(student.encode()) < 200 for student in found_in(tmp_path / "long"))


def test_every_file_is_read_or_named(tmp_path):
    """Endings that browsers and mail programs put behind a name; and what is no notebook."""
    put(tmp_path, "bob.ipynb.txt", "eve.IPYNB", "cat.ipynb.json", "dan/W1_Conv.ipynb.txt", "fay.TAR.GZ")
    put(tmp_path, "gus.py", "notes.txt", ".hidden", "__MACOSX/x", "iva.ipynb\x1b[2J")
    (tmp_path / "link").symlink_to("dan")
    put(tmp_path, "hal/w1_conv.py", "ian/deeper/w1_conv.ipynb", "jo/notes.md")
    inside = inbox.find(tmp_path, "w1_conv")
    found = {one.student: one for one in inside.hand_ins}
    assert {s for s, one in found.items() if not one.problem} == {"bob", "eve", "cat", "dan"}
    assert "archive" in found["fay"].problem
    assert found["hal"].problem == "There is no w1_conv.ipynb (found: w1_conv.py)."
    assert found["ian"].problem == "There is no w1_conv.ipynb (found: deeper/w1_conv.ipynb)."
    assert found["jo"].problem == "There is no w1_conv.ipynb (found: notes.md)."
    assert inside.ignored == ["gus.py", "iva.ipynb\N{REPLACEMENT CHARACTER}[2J", "link", "notes.txt"]


def test_of_several_notebooks_the_one_with_work_in_it_is_graded(tmp_path, short, assignment):
    work = nbformat.writes(sample_hand_ins.solved(short, assignment))
    untouched = nbformat.writes(short)
    put(tmp_path, "ann/w1_conv.ipynb", "dan/w1_conv.ipynb", text=untouched)
    put(tmp_path, "ann/w1_conv-Copy1.ipynb", "dan/w1_conv-Copy1.ipynb", "dan/w1_conv-Copy2.ipynb", text=work)
    put(tmp_path, "ben/w1_conv.ipynb", "ben/w1_conv-Copy1.ipynb", "ben.ipynb", "eve/mine.ipynb", text=work)
    put(tmp_path, "cem/w1_conv.ipynb", "cem/w1_conv-Copy1.ipynb", "eve/w1 (1).ipynb", "fay/a.ipynb", text=untouched)
    put(tmp_path, "fay/b.ipynb", text=work)
    put(tmp_path, "fay/c.ipynb", text="{")
    opened = {
        student: inbox.open_hand_in(one, lambda raw: has_work(short, raw))[0]
        for student, one in found_in(tmp_path).items()
    }
    graded = {s: one.path.relative_to(tmp_path).as_posix() for s, one in opened.items() if not one.problem}
    assert graded == {
        "ann": "ann/w1_conv-Copy1.ipynb",
        "ben": "ben/w1_conv.ipynb",
        "cem": "cem/w1_conv.ipynb",
        "eve": "eve/mine.ipynb",
        "fay": "fay/b.ipynb",
    }
    assert opened["dan"].problem == (
        "Which notebook is meant? There is work in dan/w1_conv-Copy1.ipynb, dan/w1_conv-Copy2.ipynb."
    )
    assert {student: one.notes for student, one in opened.items() if student in "ann ben cem fay"} == {
        "ann": ["ann/w1_conv-Copy1.ipynb is what is graded: there is no work in ann/w1_conv.ipynb."],
        "ben": ["! 3 hand-ins: ben/w1_conv.ipynb is what is graded, ben/w1_conv-Copy1.ipynb, ben.ipynb were left out."],
        "cem": ["cem/w1_conv.ipynb is what is graded: there is no work in cem/w1_conv-Copy1.ipynb."],
        "fay": ["fay/b.ipynb is what is graded: there is no work in fay/a.ipynb, fay/c.ipynb."],
    }


def test_what_moodle_and_canvas_pack_is_read_as_it_is(tmp_path):
    files = [
        "Ann Lee_4711_assignsubmission_file/solution.ipynb",
        "Ann Lee_4711_assignsubmission_onlinetext/onlinetext.html",
        "Ben O'Hara_4712_assignsubmission_file_w1_conv.ipynb",
        "leecara_501_9001_w1_conv.ipynb",
        "leedan_LATE_502_9002_w1_conv-2.ipynb",
        "groupe_503_9003_my work.ipynb",
        "groupe_503_9004_my other work.ipynb",
        "group_1_2_a.ipynb",
        "group_1_3_b.ipynb",
        "team_1_2026_a.ipynb",
        "team_2_2026_a.ipynb",
    ]
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    found = found_in(tmp_path)
    assert [path.name for path in found["groupe_503"].others] == ["groupe_503_9004_my other work.ipynb"]
    assert {one.student: one.canvas for one in found.values() if not one.problem} == {
        "Ann_Lee_4711": "",
        "Ben_O_Hara_4712": "",
        "leecara_501": "501",
        "leedan_502": "502",
        "groupe_503": "503",
        "group_1_2_a": "",
        "group_1_3_b": "",
        "team_1_2026_a": "",
        "team_2_2026_a": "",
    }


def test_the_folder_above_the_hand_ins_makes_no_students_of_its_folders(tmp_path):
    for name in ("hand-ins/ann/w1_conv.ipynb", "pictures/plan.png", "course/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("{}")
    with pytest.raises(inbox.NothingToGrade, match=r"there are some in .*hand-ins: is that folder meant"):
        inbox.find(tmp_path, "w1_conv")
    for name in ("ann", "ben"):
        (tmp_path / "pictures" / f"{name}.ipynb").write_text("{}")
    shutil.rmtree(tmp_path / "hand-ins")
    with pytest.raises(inbox.NothingToGrade, match="pictures: is that folder meant"):
        inbox.find(tmp_path, "w1_conv")
    with pytest.raises(inbox.NothingToGrade, match="is a file: give the folder"):
        inbox.find(tmp_path / "pictures" / "ann.ipynb", "w1_conv")


def test_what_a_name_says_and_is_not_followed_is_told(tmp_path):
    put(tmp_path, "w1_conv.ipynb", "leedan_LATE_502_9002_w1_conv.ipynb")
    told = {student: " ".join(one.notes) for student, one in found_in(tmp_path).items()}
    assert "somebody called w1_conv" in told["w1_conv"] and "Canvas calls it late" in told["leedan_502"]


def test_nothing_to_grade_is_told(tmp_path):
    with pytest.raises(inbox.NothingToGrade, match="no folder"):
        inbox.find(tmp_path / "none", "w1_conv")
    with pytest.raises(inbox.NothingToGrade, match=r"expected STUDENT/w1_conv.ipynb"):
        inbox.find(tmp_path, "w1_conv")


def test_without_a_sandbox_nothing_is_graded(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path("/nonexistent")))
    with pytest.raises(bubblewrap.NoSandbox):
        grading_run.grade_folder("w1_conv", folder, Course(tmp_path))
    assert list(tmp_path.iterdir()) == []
