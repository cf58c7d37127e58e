"""The audit finds nothing to complain of, and would complain."""

import pytest

from grader import audit, exercise, judge
from grader.scoreboard import show_audit


@pytest.mark.parametrize("name", exercise.names())
def test_everybody_gets_what_they_deserve(name):
    findings = list(audit.audit(name))
    assert [finding for finding in findings if not finding.good] == []
    kinds = {finding.kind for finding in findings}
    assert kinds == {"right", "slip", "hostile", "broken"}
    slips = sum(len(one.slips) for one in exercise.load(name).exercises.values())
    variants = sum(len(one.variants) + 1 for one in exercise.load(name).exercises.values())
    assert sum(finding.kind == "slip" for finding in findings) == slips
    assert sum(finding.kind == "right" for finding in findings) == variants


def test_a_grader_that_lets_everything_pass_is_found_out(monkeypatch):
    from rich.console import Console

    def generous(raw, rulebook):
        marks = {n: judge.Mark(n, "passed", one.points, one.points, []) for n, one in rulebook.key.exercises.items()}
        return judge.Graded(rulebook.released, marks)

    monkeypatch.setattr(judge, "grade", generous)
    missed = show_audit("w1_conv", audit.audit("w1_conv"), Console(quiet=True))
    declared = exercise.load("w1_conv").exercises.values()
    assert missed >= sum(len(one.slips) for one in declared) + 5
