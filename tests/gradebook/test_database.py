"""Gradebooks: SQLite without asking, PostgreSQL by a URL, and a sentence where neither can be reached."""

import shutil
import socket

import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.base.course import Course
from grader.batch import grading_run
from grader.bench import postgresql
from grader.gradebook.conversion import convert
from grader.gradebook.database import NoGradebook, reach
from grader.sandbox.limits import Limits

LIMITS = Limits(cell_seconds=15, exercise_seconds=10, submission_seconds=60)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_the_driver_that_is_here(scheme):
    assert Course(db_url=f"{scheme}://ann:x@db/course").gradebook == "postgresql+psycopg://ann:x@db/course"


def test_a_url_that_names_its_driver_is_left_alone():
    for url in ("postgresql+psycopg2://db/course", "sqlite:////tmp/postgres://x.db", "mysql://db/course"):
        assert Course(db_url=url).gradebook == url


def test_only_the_gradebook_of_sqlite_waits_for_a_lock(tmp_path):
    assert Course(tmp_path).gradebook == f"sqlite:///{tmp_path}/gradebook.db?timeout=120"
    assert "timeout" not in Course(tmp_path, db_url="postgresql://db/course").gradebook


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://ann:secret@127.0.0.1:{port}/course?connect_timeout=3", "refused"),
        ("sqlite:////nonexistent/folder/gradebook.db", "unable to open"),
        ("nonsense://ann:secret@db/course", "nonsense"),
        ("no url at all", "expected one like postgresql://"),
    ],
)
def test_a_gradebook_out_of_reach_is_told_in_a_sentence_without_the_password(tmp_path, url, reason):
    with pytest.raises(NoGradebook, match=reason) as caught:
        reach(Course(tmp_path, db_url=url.format(port=free_port())))
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_gradebook_that_is_lost_on_the_way_is_told_as_such(tmp_path, course):
    lost = Course(tmp_path, db_url="sqlite:////nonexistent/folder/gradebook.db")
    shutil.copytree(course.path("source", "w1_conv"), lost.path("source", "w1_conv"))
    with pytest.raises(NoGradebook, match="cannot be reached"):
        convert("GenerateAssignment", lost, "w1_conv")


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL server of this test's own."""
    with postgresql.server() as one:
        if one is None:
            pytest.skip("PostgreSQL is not installed (apt-get install postgresql), or cannot run here")
        yield one


@pytest.fixture
def database(server):
    """The URL of an empty database."""
    return server.new_database("gradebook")


@pytest.fixture
def folder(tmp_path, short, assignment):
    """One hand-in that is right, and one that is none."""
    folder = tmp_path / "hand-ins"
    folder.mkdir()
    nbformat.write(sample_hand_ins.solved(short, assignment), folder / "ann.ipynb")
    (folder / "ben.ipynb").write_text("{")
    return folder


def test_postgresql_keeps_scores_and_the_marks_that_a_person_gave(database, folder, tmp_path, scheduler):
    from nbgrader.api import Gradebook

    course = Course(tmp_path / "course", db_url=database)
    report = grading_run.grade_folder("w1_conv", folder, course, limits=LIMITS, scheduler=scheduler)
    assert report.problems == []
    assert {student: result.total for student, result in report.results.items()} == {"ann": 95, "ben": 0}
    assert not (course.folder / "gradebook.db").exists()
    with Gradebook(course.gradebook) as gradebook:
        assert gradebook.db.get_bind().dialect.name == "postgresql"
        grade = gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann")
        grade.manual_score, grade.needs_manual_grade = 4, False
        gradebook.db.commit()
    again = grading_run.grade_folder("w1_conv", folder, course, limits=LIMITS, scheduler=scheduler)
    assert again.results["ann"].total == 99
    convert("Autograde", course, "w1_conv", "ann")  # as stock nbgrader grades
    with Gradebook(course.gradebook) as gradebook:
        assert gradebook.find_submission("w1_conv", "ann").score == 99
