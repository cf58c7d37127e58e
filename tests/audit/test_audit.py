"""The audit finds nothing to complain of, and would complain."""

import json
import subprocess
import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from grader.audit import audit, forged_metadata, page_safety, residue, sample_hand_ins
from grader.base.assignments import names
from grader.cli.scoreboard import show_audit
from grader.judging.result import Result
from grader.scoring.marks import CaseMark, Mark
from grader.spec.registry import load
from grader.submission import notebook_file
from grader.submission.cells import is_extra
from grader.submission.rebuilding import rebuild


def test_who_attacks_and_whose_file_is_odd_gets_what_they_deserve():
    """Right functions and slips are judged with each exercise's declaration, too: here by `make test-all`."""
    findings = list(audit.audit("w1_conv", kinds=("broken", "hostile")))
    assert [finding for finding in findings if not finding.good] == []
    assert {finding.kind for finding in findings} == {"broken", "hostile"}
    titles = " ".join(finding.title for finding in findings)
    assert all(attack.tries in titles for attack in sample_hand_ins.attacks())


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_everybody_gets_what_they_deserve(name):
    findings = list(audit.audit(name))
    assert [finding for finding in findings if not finding.good] == []
    assert {finding.kind for finding in findings} == set(audit.KINDS)
    slips = sum(len(one.slips) for one in load(name).exercises.values())
    variants = sum(len(one.variants) + 1 for one in load(name).exercises.values())
    assert sum(finding.kind == "slip" for finding in findings) == slips
    assert sum(finding.kind == "right" for finding in findings) == variants
    titles = " ".join(finding.title for finding in findings)
    assert all(attack.tries in titles for attack in sample_hand_ins.attacks())


@pytest.mark.slow
def test_everybody_gets_what_they_deserve_from_kernels_started_one_by_one():
    findings = list(audit.audit("w1_conv", warm=False))
    assert [finding for finding in findings if not finding.good] == []


def generous(raw, rulebook, kernels=None):
    marks = {n: Mark(n, "passed", one.points, one.points, []) for n, one in rulebook.key.exercises.items()}
    return Result("", marks, notebook=json.dumps(rulebook.released))


def test_a_grader_that_lets_everything_pass_is_found_out(monkeypatch):
    from rich.console import Console

    monkeypatch.setattr(audit, "judge", generous)
    missed = show_audit("w1_conv", audit.audit("w1_conv"), Console(quiet=True))
    declared = load("w1_conv").exercises.values()
    assert missed >= sum(len(one.slips) for one in declared) + len(sample_hand_ins.attacks()) + 5


def test_without_a_sandbox_nothing_is_run_that_can_do_harm(monkeypatch):
    seen = []

    def noted(raw, rulebook, kernels=None):
        seen.append(raw.decode("utf-8", "replace"))
        return generous(raw, rulebook)

    monkeypatch.setattr(audit, "judge", noted)
    titles = [finding.title for finding in audit.audit("w1_conv", sandboxed=False) if finding.kind == "hostile"]
    harmful = sample_hand_ins.attacks("outside", "resources", "feedback")
    assert len(harmful) > 20
    assert not any(attack.tries in title for attack in harmful for title in titles)
    assert not any(attack.tries in text for attack in harmful for text in seen)


def test_every_attack_says_what_it_tries_and_to_which_group_it_belongs():
    attacks = sample_hand_ins.attacks()
    assert {attack.group for attack in attacks} == {"in-process", "outside", "resources", "feedback"}
    assert all(len(attack.tries) > 5 for attack in attacks)
    for attack in attacks:
        compile(attack.source, attack.name, "exec")


def test_a_hostile_cell_refuses_to_run_on_the_machine_itself(released, assignment):
    for attack in sample_hand_ins.attacks("outside", "resources", "feedback"):
        guard = sample_hand_ins.attacked(released, assignment, attack).cells[-1].source.split(attack.source)[0]
        with pytest.raises(AssertionError):
            exec(guard, {})


@pytest.mark.parametrize("forgery", forged_metadata.FORGERIES)
def test_a_forgery_changes_the_file_and_not_what_is_graded(released, forgery):
    forged = deepcopy(released)
    forgery(forged)
    assert forged != released
    plain = rebuild(released, notebook_file.parse(nbformat.writes(released).encode()))[0]
    rebuilt = rebuild(released, notebook_file.parse(forged_metadata.forge(released, forgery)))[0]
    assert [cell for cell in rebuilt.cells if not is_extra(cell)] == plain.cells
    assert rebuilt.metadata == plain.metadata


@pytest.mark.parametrize(
    ("html", "danger"),
    [
        ("<script>x</script>", "<script>"),
        ("<p onclick='x()'>", "onclick"),
        ("<img src='https://evil.example/x.png'>", "src"),
        ("<a href=' java\nscript:x()'>", "href"),
        ("<style>@import 'x'</style>", "style"),
        ("<p style='background:url(//x)'>", "style"),
        ("<meta http-equiv=refresh content='0'>", "http-equiv"),
        ("\x1b[31m", "control"),
    ],
)
def test_a_page_that_does_something_is_noticed(html, danger):
    assert danger in page_safety.dangers(html)[0]
    assert not page_safety.dangers(
        "<p style='color:red'><a href='#x'>x</a><img src='data:image/png;base64,'>&lt;script&gt;"
    )


def test_what_is_left_behind_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(residue, "PATIENCE", 0)
    before = residue.found()
    assert residue.since(before) == []
    (tmp_path / residue.MARK).write_text("x")
    process = subprocess.Popen(["sleep", "60"])
    try:
        left = " ".join(residue.since(before))
    finally:
        process.kill()
        process.wait()
    assert residue.MARK in left
    assert str(process.pid) in left


def test_of_a_killed_grader_only_what_a_hostile_cell_left_counts():
    dead = subprocess.Popen(["true"])
    dead.wait()
    before = residue.found()
    with tempfile.TemporaryDirectory(prefix=f"cn-{dead.pid}-", dir="/tmp") as folder:
        assert residue.found() == before
        Path(folder, f"{residue.MARK}.pth").write_text("")
        assert residue.found() - before == {f"folder {folder}"}


def test_the_canary_sings_where_something_is_left_and_only_there(grade):
    song = sample_hand_ins.CANARY.read_text()
    assert audit._leaks(grade(cell=song)) == []
    planted = "import numpy as np\nopen('/tmp/convnets-left-behind', 'w').close()\nnp.allclose = lambda *args: True\n"
    leaks = " ".join(audit._leaks(grade(cell=planted + song)))
    assert "/tmp/convnets-left-behind" in leaks
    assert "numpy.allclose" in leaks


def test_a_student_who_gets_less_than_alone_is_noticed(grade):
    alone = grade()
    assert audit._harm(alone, alone) == ""
    marks = dict(alone.marks)
    cases = [CaseMark("one", False, "wrong", "wrong")]
    marks["zero_pad"] = replace(marks["zero_pad"], cases=cases)
    assert "zero_pad" in audit._harm(replace(alone, marks=marks), alone)
