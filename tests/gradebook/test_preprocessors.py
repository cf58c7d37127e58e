"""The judge behind `nbgrader autograde` and Formgrader's button."""

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.audit import sample_hand_ins
from grader.gradebook import preprocessors
from grader.gradebook.conversion import convert
from grader.judging.rulebook import Rulebook


@pytest.fixture
def handed_in(tmp_path, assignment, new_course, short):
    """A course with the hand-ins of two students."""
    course = new_course(tmp_path / "course")
    for student in ("ann", "bob"):
        folder = course.path("submitted", "w1_conv", student)
        folder.mkdir(parents=True)
        nbformat.write(sample_hand_ins.solved(short, assignment), folder / "w1_conv.ipynb")
    return course


@pytest.fixture
def draws(monkeypatch):
    """The seeds of the keys that are drawn, and nothing that an earlier test has drawn."""
    seeds = []
    draw = Rulebook.draw

    def drawn(assignment, released, seed, *more):
        seeds.append(seed)
        return draw(assignment, released, seed, *more)

    monkeypatch.setattr(Rulebook, "draw", drawn)
    monkeypatch.setattr(preprocessors, "_runs", {})
    return seeds


def seeds_of(course):
    paths = sorted(course.folder.glob("autograded/*/w1_conv/w1_conv.ipynb"))
    return [nbformat.read(path, 4).metadata["convnets"]["seed"] for path in paths]


def test_the_cases_of_a_run_are_drawn_once(handed_in, draws, monkeypatch):
    convert("Autograde", handed_in, "w1_conv")
    assert len(draws) == 1 and seeds_of(handed_in) == draws * 2
    convert("Autograde", handed_in, "w1_conv", "ann")  # as Formgrader's button does, soon afterwards
    assert len(draws) == 1
    monkeypatch.setattr(preprocessors, "RUN_SECONDS", -1)
    convert("Autograde", handed_in, "w1_conv", "ann")  # another day
    assert len(set(draws)) == 2 and seeds_of(handed_in) == draws[::-1]
    with Gradebook(handed_in.gradebook) as gradebook:
        assert {one.score for one in gradebook.assignment_submissions("w1_conv")} == {95}


def test_another_release_is_another_run(handed_in, draws):
    convert("Autograde", handed_in, "w1_conv", "ann")
    path = handed_in.release("w1_conv")
    changed = nbformat.read(path, 4)
    changed.cells[0].source += "\n\nA word more."
    nbformat.write(changed, path)
    convert("Autograde", handed_in, "w1_conv", "ann")
    assert len(set(draws)) == 2


def test_a_server_that_is_used_all_day_does_not_ask_the_same_cases_all_day(monkeypatch, draws, released):
    now = [0.0]
    monkeypatch.setattr(preprocessors.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(
        Rulebook,
        "draw",
        lambda assignment, released, seed, limits, sandboxed: Rulebook(released, seed, {}, limits, sandboxed),
    )
    seeds = []
    for minute in range(0, 120, 5):
        now[0] = 60.0 * minute
        seeds.append(preprocessors._rulebook("w1_conv", released, preprocessors.Limits(), True).key)
    assert len(set(seeds)) == 6 and max(seeds.count(seed) for seed in seeds) * 5 * 60 <= preprocessors.RUN_SECONDS + 300
