"""A small class is graded to its end whatever fails on the way; `course bench faults` does it with a large one."""

import random

import pytest

from grader.bench import faults

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return faults.Faults(tmp_path_factory.mktemp("faults"), 12, random.Random(1))


def test_marks_tell_right_from_wrong(one):
    totals = {sum(marks.values()) for marks in one.marks.values()}
    assert len(one.marks) == 12 and len(totals) == 2 and max(totals) == 95


@pytest.mark.parametrize("part", faults.PARTS)
def test_a_part_is_killed(one, part):
    row = one.killed(part, 2)
    assert "killed 0 times" not in row.what and row.met, f"{row}\n{one.said()}"


@pytest.mark.parametrize("fault", ["scheduler_killed", "machine_lost", "disk_full", "database_stopped"])
def test_something_else_fails(one, fault):
    row = getattr(one, fault)()
    if row is None:
        pytest.skip("no PostgreSQL, or no namespaces, on this machine")
    assert row.met, f"{row}\n{one.said()}"
