"""What being late costs: read, counted, and the same by every way of grading."""

from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.audit import sample_hand_ins
from grader.base.course import Course
from grader.batch import grading_run, inbox
from grader.gradebook import lateness
from grader.gradebook.conversion import convert
from grader.gradebook.lateness import BadTime, Policy, read_time
from grader.publishing import release
from grader.sandbox.limits import Limits

DUE = datetime(2026, 12, 1, 23, 59)
LIMITS = Limits(cell_seconds=15, exercise_seconds=10, submission_seconds=60)


@pytest.mark.parametrize(
    ("seconds", "points"), [(-5, 0), (0, 0), (1, 8), (86_400, 8), (86_401, 16), (4 * 86_400, 32), (400 * 86_400, 40)]
)
def test_each_day_that_has_begun_costs_up_to_a_limit(seconds, points):
    assert Policy(10, 50).penalty(80, seconds) == points


def test_without_a_policy_nothing_is_taken_off_and_never_more_than_there_is(tmp_path):
    assert lateness.policy_of(Course(tmp_path), "w1_conv").penalty(80, 1e9) == 0
    assert Policy(60, 100).penalty(80, 5 * 86_400) == 80
    lateness.set_policy(Course(tmp_path), "w1_conv", Policy(10))
    lateness.set_policy(Course(tmp_path), "w1_keras", Policy(20, 40))
    assert lateness.policy_of(Course(tmp_path), "w1_conv") == Policy(10, 100)
    assert lateness.policy_of(Course(tmp_path), "w1_keras") == Policy(20, 40)


def test_times_are_read_with_their_zone_and_kept_in_utc(monkeypatch):
    assert read_time("2026-12-01 23:59:00.000000 UTC\n") == DUE
    assert read_time("2026-12-02T01:59+02:00") == DUE
    monkeypatch.setenv("TZ", "Europe/Berlin")
    import time

    time.tzset()
    try:
        assert read_time("2026-12-02 00:59") == DUE
    finally:
        monkeypatch.undo()
        time.tzset()
    for bad in ("", "soon", "2026-13-45", "9" * 50, "2026-12-01 25:00", "2026-12-01T1830", "2026-12-011", "01.12.2026"):
        with pytest.raises(BadTime, match="expected one like"):
            read_time(bad)


@pytest.mark.parametrize(
    "same",
    [
        "2026-12-01T23:59Z",
        "2026-12-01 23:59 gmt",
        "2026-12-02 00:59 UTC+1",
        "2026-12-02 00:59 GMT+01:00",
        "2026-12-01 18:59 -0500",
        "2026-12-01 6:59 PM-05",
        "2026-12-01 23:59:00.000000 UTC",
        "2026-12-02 05:29:00.0+0530",
        "2026-12-02 00:59 Europe/Berlin",
    ],
)
def test_every_way_to_write_a_zone_is_read(same):
    assert read_time(same) == DUE


def test_a_full_hour_may_be_written_short():
    assert read_time("2026-12-01 6pm UTC") == datetime(2026, 12, 1, 18)


@pytest.mark.parametrize(
    "zone", ["CET", "EST", "BST", "UTC+25", "+1:75", "Europe/Atlantis", "../../etc/passwd", "local"]
)
def test_a_zone_that_is_not_understood_is_not_guessed(zone):
    with pytest.raises(BadTime, match=r"time zone .* is not understood: expected UTC, \+01:00"):
        read_time(f"2026-12-01 23:59 {zone}")


def test_when_a_hand_in_came_is_read_beside_it(tmp_path):
    for student, stamp in {"ann": "2026-12-02 12:00 UTC", "ben": "whenever", "cem": None}.items():
        (tmp_path / student).mkdir()
        (tmp_path / student / "w1_conv.ipynb").write_text("{}")
        if stamp:
            (tmp_path / student / "timestamp.txt").write_text(stamp)
    found = {one.student: one for one in inbox.find(tmp_path, "w1_conv").hand_ins}
    assert found["ann"].handed_in == datetime(2026, 12, 2, 12)
    assert found["ben"].handed_in is None and "It is not counted as late." in found["ben"].notes[0]
    assert found["cem"].handed_in is None and not found["cem"].notes


def test_the_outermost_stamp_counts_and_one_in_a_subfolder_only_in_nbgraders_layout(tmp_path):
    early, late = "2026-12-01 12:00 UTC", "2026-12-09 12:00 UTC"
    for student, stamps in {
        "ann": {"": late, "w1_conv": early},
        "ben": {"w1_conv": late},
        "cem": {"": "\ufeffwhenever", "w1_conv": early},
        "dan": {"": "\ufeff" + late},
    }.items():
        (tmp_path / student / "w1_conv").mkdir(parents=True)
        (tmp_path / student / "w1_conv" / "w1_conv.ipynb").write_text("{}")
        for place, stamp in stamps.items():
            (tmp_path / student / place / "timestamp.txt").write_text(stamp)
    (tmp_path / "eve" / "mine").mkdir(parents=True)
    (tmp_path / "eve" / "w1_conv.ipynb").write_text("{}")
    (tmp_path / "eve" / "mine" / "timestamp.txt").write_text(early)
    found = {one.student: one for one in inbox.find(tmp_path, "w1_conv").hand_ins}
    came = {student: one.handed_in and one.handed_in.day for student, one in found.items()}
    assert came == {"ann": 9, "ben": 9, "cem": None, "dan": 9, "eve": None}
    assert "It is not counted as late." in found["cem"].notes[0]


def test_what_nbgraders_exchange_has_collected_is_graded_as_it_was_handed_in(tmp_path):
    folder = tmp_path / "ann" / "w1_conv"
    folder.mkdir(parents=True)
    (folder / "w1_conv.ipynb").write_text("rebuilt")
    (folder / "timestamp.txt").write_text("2026-12-02 12:00 UTC")
    assert inbox.find(tmp_path, "w1_conv").hand_ins[0].path.name == "w1_conv.ipynb"
    (folder / inbox.ORIGINAL).write_text("as it came")
    (one,) = inbox.find(tmp_path, "w1_conv").hand_ins
    assert (one.student, one.path.read_text(), one.handed_in) == ("ann", "as it came", datetime(2026, 12, 2, 12))


def test_a_late_hand_in_costs_the_same_by_course_grade_and_by_nbgrader(
    tmp_path, new_course, short, assignment, scheduler
):
    course = new_course(tmp_path / "course")
    assert release.release("w1_conv", course, DUE, Policy(10, 50)).exists()
    right = nbformat.writes(sample_hand_ins.solved(short, assignment))
    stamps = {"early": DUE - timedelta(hours=1), "late": DUE + timedelta(days=1, hours=1), "unknown": None}
    for student, stamp in stamps.items():
        (folder := tmp_path / "hand-ins" / student).mkdir(parents=True)
        (folder / "w1_conv.ipynb").write_text(right)
        if stamp:
            (folder / "timestamp.txt").write_text(f"{stamp} UTC")

    def totals():
        report = grading_run.grade_folder("w1_conv", tmp_path / "hand-ins", course, limits=LIMITS, scheduler=scheduler)
        return {student: result.total for student, result in report.results.items()}, report

    graded, report = totals()
    assert graded == {"early": 95, "late": 76, "unknown": 95}
    assert "Handed in late: 19 points are taken off" in report.feedback["late"].read_text()
    assert "Handed in late" not in report.feedback["early"].read_text()

    convert("Autograde", course, "w1_conv", "late")
    with Gradebook(course.gradebook) as gradebook:
        submission = gradebook.find_submission_notebook("w1_conv", "w1_conv", "late")
        assert (submission.score, submission.late_submission_penalty) == (95, 19)

    # A longer term, a milder rule: nothing is judged anew, every total is right.
    release.release("w1_conv", course, policy=Policy(5))
    graded, report = totals()
    assert graded["late"] == 85.5 and all(result.reused for result in report.results.values())
    release.release("w1_conv", course, due=DUE + timedelta(days=7))
    graded, report = totals()
    assert graded["late"] == 95
    assert "Handed in late" not in report.feedback["late"].read_text()


@pytest.mark.parametrize(
    ("stamps", "counted"),
    [
        # By its path below the student's folder. What a student hands in can hold a folder with a stamp of their own.
        ({"timestamp.txt": 5, "w1_conv/timestamp.txt": 1}, 5),
        ({"timestamp.txt": 5, "other/timestamp.txt": 1}, 5),
        ({"timestamp.txt": 5, "w1_conv/w1_conv/timestamp.txt": 1}, 5),
        ({"w1_conv/timestamp.txt": 5, "w1_conv/w1_conv/timestamp.txt": 1}, 5),
        ({"w1_conv/timestamp.txt": 5, "other/timestamp.txt": 1}, 5),
        ({"other/timestamp.txt": 1}, None),
        ({"w1_conv/timestamp.txt": 5}, 5),
    ],
)
def test_no_stamp_in_a_folder_of_the_students_own_comes_before_that_of_the_exchange(tmp_path, stamps, counted):
    place = tmp_path / "ann" / ("w1_conv" if any(path.startswith("w1_conv/") for path in stamps) else "")
    place.mkdir(parents=True)
    (place / "w1_conv.ipynb").write_text("{}")
    for path, day in stamps.items():
        stamp = tmp_path / "ann" / path
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(f"2026-12-0{day} 12:00 UTC")
    (one,) = inbox.find(tmp_path, "w1_conv").hand_ins
    assert one.handed_in == (datetime(2026, 12, counted, 12) if counted else None)
