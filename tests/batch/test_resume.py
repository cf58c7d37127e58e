"""A run that is killed goes on where it was; a changed exercise is graded anew, alone; marks by hand stay."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from conftest import points_of_slip
from nbgrader.api import Gradebook

from grader.audit import sample_hand_ins
from grader.base import dependencies
from grader.base.paths import ROOT
from grader.batch import grading_run, inbox
from grader.judging.digests import of_exercises
from grader.judging.store import ResultStore
from grader.presentation import mark_view
from grader.sandbox.limits import Limits
from grader.sandbox.process import sweep
from grader.spec import exercise

LIMITS = Limits(cell_seconds=15, exercise_seconds=5, submission_seconds=60)


def results_of(course):
    found = {}
    for path in (course.folder / "results" / "w1_conv").glob("*.json"):
        head, data = map(json.loads, path.read_text().splitlines())
        found[path.stem] = (head["id"], data["seed"], {name: mark["points"] for name, mark in data["marks"].items()})
    return found


def grade_in_a_process(course, folder, *more):
    command = [str(Path(sys.executable).parent / "course"), "grade", "w1_conv", str(folder), *more]
    environment = {**os.environ, "COURSE_FOLDER": str(course.folder)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=ROOT
    )


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_killed_at_any_moment_it_goes_on_and_loses_nothing(tmp_path, short, assignment, new_course):
    folder, course = tmp_path / "in", new_course(tmp_path / "course")
    folder.mkdir()
    (folder / "broken.ipynb").write_text("{")
    for number in range(4):
        slips = {"im2col": assignment.exercises["im2col"].slips[0].code} if number % 2 else {}
        nbformat.write(sample_hand_ins.solved(short, assignment, slips), folder / f"s{number}.ipynb")

    recorded = course.folder / "results" / "w1_conv"
    seen = {}
    for count in (1, 3):
        process = grade_in_a_process(course, folder)
        wait_for(lambda count=count: len(list(recorded.glob("*.json"))) >= count)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        now = results_of(course)
        assert {student: now[student] for student in seen} == seen, "what was graded is not graded again"
        seen = now
    report_file = tmp_path / "report.json"
    last = grade_in_a_process(course, folder, "--json", str(report_file))
    output, _ = last.communicate(timeout=300)
    assert last.returncode == 0, output
    report = json.loads(report_file.read_text())
    now = results_of(course)
    assert {student: now[student] for student in seen} == seen
    assert len({seed for _, seed, _ in now.values()}) == 1, "one seed for all of a run, however often it was killed"
    wrong = assignment.exercises["im2col"]
    less = pytest.approx(95 - wrong.points + points_of_slip(wrong))
    totals = {s: one["total"] for s, one in report["students"].items()}
    assert totals == {"broken": 0, "s0": 95, "s1": less, "s2": 95, "s3": less}
    assert {s for s, one in report["students"].items() if one["reused"]} == set(seen)
    assert report["changes"] == []
    with Gradebook(course.gradebook) as gradebook:
        assert {s.student.id for s in gradebook.assignment_submissions("w1_conv")} == set(now)
    sweep()
    assert not [path for path in Path("/tmp").glob("cn-*") if path.name.startswith(f"cn-{last.pid}-")]


@pytest.fixture
def graded(tmp_path, short, assignment, new_course, scheduler):
    """One hand-in with a slip in im2col, graded, and a mark by hand."""
    folder, course = tmp_path / "in", new_course(tmp_path / "course")
    folder.mkdir()
    slips = {"im2col": assignment.exercises["im2col"].slips[0].code}
    nbformat.write(sample_hand_ins.solved(short, assignment, slips), folder / "ann.ipynb")
    first = grading_run.grade_folder("w1_conv", folder, course, limits=LIMITS, scheduler=scheduler)
    with Gradebook(course.gradebook) as gradebook:
        gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann").manual_score = 4
        gradebook.db.commit()
    return folder, course, first, scheduler


def again(graded):
    folder, course, _, scheduler = graded
    return grading_run.grade_folder("w1_conv", folder, course, limits=LIMITS, scheduler=scheduler)


def waits(course):
    with Gradebook(course.gradebook) as gradebook:
        return gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann").needs_manual_grade


def test_what_a_person_has_read_waits_for_nobody_until_another_answer_comes(graded, short, assignment):
    folder, course, *_ = graded
    assert waits(course)
    with Gradebook(course.gradebook) as gradebook:  # as Formgrader does
        gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann").needs_manual_grade = False
        gradebook.db.commit()
    again(graded)
    assert not waits(course)
    notebook = sample_hand_ins.solved(short, assignment)
    next(
        cell for cell in notebook.cells if sample_hand_ins.grade_id_of(cell) == "answer_translation"
    ).source = "Something else."
    nbformat.write(notebook, folder / "ann.ipynb")
    assert again(graded).results["ann"].total == 99  # the mark stays until somebody changes it
    assert waits(course)


def test_what_is_unchanged_is_not_graded_again_but_a_new_mark_by_hand_is_told(graded):
    before = results_of(graded[1])
    report = again(graded)
    assert results_of(graded[1]) == before
    assert report.results["ann"].reused
    assert report.results["ann"].total == graded[2].results["ann"].total + 4
    assert report.changes == []
    assert "4 of 5" in " ".join(report.feedback["ann"].read_text().split())


def test_another_look_makes_the_pages_anew_and_judges_nothing(graded, monkeypatch):
    page, before = graded[2].feedback["ann"], results_of(graded[1])
    with Gradebook(graded[1].gradebook) as gradebook:
        gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann").needs_manual_grade = False
        gradebook.db.commit()
    monkeypatch.setattr(dependencies, "of_pages", lambda: "another look")
    monkeypatch.setattr(mark_view, "headline", lambda mark: f"{mark.name}, in other words")
    report = again(graded)
    assert report.results["ann"].reused and report.changes == []
    assert results_of(graded[1]) == before
    assert "im2col, in other words" in page.read_text()
    assert report.results["ann"].total == graded[2].results["ann"].total + 4
    assert not waits(graded[1])


def test_another_engine_judges_again(graded, monkeypatch):
    monkeypatch.setattr(dependencies, "of_judging", lambda: "another engine")
    report = again(graded)
    assert not report.results["ann"].reused
    assert report.results["ann"].points == graded[2].results["ann"].points


def test_hand_ins_are_found_once_and_each_is_read_once_and_so_is_its_result(graded, monkeypatch):
    """With what is found, and with what is read for a hand-in that is taken over and for one that is judged."""
    folder = graded[0]
    nbformat.write(nbformat.read(folder / "ann.ipynb", 4), folder / "bob.ipynb")
    calls = []
    for place, name in ((inbox, "find"), (inbox, "read_file"), (ResultStore, "read")):
        function = getattr(place, name)

        def counted(*arguments, function=function, name=name):
            calls.append((name, getattr(arguments[-1], "name", arguments[-1])))
            return function(*arguments)

        monkeypatch.setattr(place, name, counted)
    again(graded)
    assert sorted(calls) == [
        *[("find", "w1_conv")],
        *[("read", "ann"), ("read", "bob")],
        *[("read_file", "ann.ipynb"), ("read_file", "bob.ipynb")],
    ]


def test_a_changed_exercise_is_graded_again_alone_and_every_changed_mark_is_reported(graded, monkeypatch, assignment):
    one = assignment.exercises["im2col"]
    fewer = dataclasses.replace(one, drawing=lambda rng: one.draw(1)[:1], more=[])
    changed = exercise.Assignment("w1_conv", {**assignment.exercises, "im2col": fewer}, assignment.solution)
    monkeypatch.setattr(grading_run, "load", lambda name: changed)
    report = again(graded)
    old, new = graded[2].results["ann"], report.results["ann"]
    assert not new.reused
    assert len(new.marks["im2col"].cases) == 1
    touched = {"im2col"} | {name for name, one in assignment.exercises.items() if "im2col" in one.uses}
    for name, mark in new.marks.items():
        if name not in touched:
            assert mark == old.marks[name]
    assert [(c.exercise, c.before, c.after) for c in report.changes] == [
        ("im2col", old.marks["im2col"].points, new.marks["im2col"].points)
    ]
    assert new.total == pytest.approx(new.points + 4)


def test_a_hand_in_that_is_handed_in_anew_is_graded_anew(graded, assignment, short):
    folder, _, first, _ = graded
    nbformat.write(sample_hand_ins.solved(short, assignment), folder / "ann.ipynb")
    report = again(graded)
    assert report.results["ann"].points == 95
    assert [change.exercise for change in report.changes] == ["im2col"]
    assert report.seed != first.seed, "a new run draws cases of its own"


def test_results_that_cannot_be_read_are_made_again(graded):
    _, course, first, _ = graded
    (course.folder / "results" / "w1_conv" / "ann.json").write_text('{"id": 3}')
    report = again(graded)
    assert not report.results["ann"].reused
    assert report.results["ann"].points == first.results["ann"].points


def test_a_slip_that_is_worded_anew_touches_its_exercise_only(assignment):
    one = assignment.exercises["conv_forward"]
    slips = [dataclasses.replace(one.slips[0], help="Other words."), *one.slips[1:]]
    exercises = {**assignment.exercises, "conv_forward": dataclasses.replace(one, slips=slips)}
    before = of_exercises(assignment)
    after = of_exercises(exercise.Assignment("w1_conv", exercises, assignment.solution))
    users = {name for name, other in assignment.exercises.items() if "conv_forward" in other.uses}
    assert {name for name in before if before[name] != after[name]} == {"conv_forward"} | users


def test_a_changed_reference_touches_those_that_may_call_it(assignment):
    before = of_exercises(assignment)
    one = assignment.exercises["zero_pad"]
    source = one.source

    class Changed(exercise.Exercise):
        def source(self, code=None):
            return source(code) + ("" if code else "\n# changed")

    changed = Changed(**{f.name: getattr(one, f.name) for f in dataclasses.fields(one) if f.init})
    after = of_exercises(
        exercise.Assignment("w1_conv", {**assignment.exercises, "zero_pad": changed}, assignment.solution)
    )
    users = {name for name, other in assignment.exercises.items() if "zero_pad" in other.uses}
    assert users
    assert {"zero_pad"} | users <= {name for name in before if before[name] != after[name]}
    assert before["output_size"] == after["output_size"]
