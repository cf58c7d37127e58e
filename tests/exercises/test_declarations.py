"""Every declaration of every assignment: enough slips and variants, all of them judged as they must be, for many seeds."""

import ast
import random
from dataclasses import replace

import pytest
from conftest import LONG

from grader.authoring import mutants, trial
from grader.base.assignments import EXERCISES as EXERCISES_FOLDER
from grader.base.assignments import names
from grader.scoring import answer_key, visible_key
from grader.spec.exercise import VISIBLE_SEED
from grader.spec.registry import NoSuchAssignment, functions, load

EXERCISES = [(name, one) for name in names() for one in functions(name)]
SEEDED = [
    pytest.param(name, one, seed, marks=[pytest.mark.slow] if name in LONG and seed else [])
    for name, one in EXERCISES
    for seed in trial.SEEDS
]


def builds_models(declared):
    """Say whether a call takes so long that `make test` looks at few slips, and `make test-models` at all."""
    return declared.pair_cases < 2


MODELS = [(name, one) for name in LONG for one, declared in load(name).exercises.items() if builds_models(declared)]
# Of each exercise, so many changes of the reference are tried, of those that build models one; `make test-all` tries all.
SAMPLE = 6


@pytest.mark.parametrize(("name", "one"), EXERCISES)
def test_is_declared_in_full(name, one):
    declared = load(name).exercises[one]
    assert [finding for finding in trial.declared(declared) if not finding.good] == []
    assert "### BEGIN SOLUTION" not in declared.source()
    assert calls(declared) <= set(declared.uses), "a helper that is wrong would cost this function's points too"


def calls(declared):
    """The other exercises that right solutions of one call."""
    others = {other for name, other in EXERCISES if other != declared.name}
    trees = [ast.parse(declared.source(code)) for code in (None, *(variant.code for variant in declared.variants))]
    return {
        node.func.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in others
    }


@pytest.mark.parametrize(("name", "one", "seed"), SEEDED)
def test_slips_are_rejected_and_named_and_right_solutions_pass(name, one, seed):
    """What `course exercise try` looks at."""
    declared = load(name).exercises[one]
    if seed == VISIBLE_SEED and builds_models(declared):
        few = random.Random(one).sample(declared.slips, 3 if declared.pair_cases else 1)
        declared = replace(declared, slips=few)
        key = answer_key.draw_exercise(declared, seed)
    elif seed == VISIBLE_SEED:
        key = visible_key.load(name, one, slips=True)  # drawn once a machine, for `check`
    else:
        key = None
    check(declared, seed, key)


@pytest.mark.models
@pytest.mark.parametrize(("name", "one"), MODELS)
def test_every_slip_is_rejected_and_named(name, one):
    check(load(name).exercises[one], VISIBLE_SEED, visible_key.load(name, one, slips=True))


def check(declared, seed, key):
    found = list(trial.tried(declared, seed, key))
    assert {"right", "slip"} <= {finding.group for finding in found}
    assert [finding for finding in found if not finding.good] == []


@pytest.mark.parametrize(("name", "one"), EXERCISES)
def test_small_changes_of_the_reference_are_noticed(name, one):
    key = visible_key.load(name, one)
    found = mutants.tried(load(name).exercises[one], [VISIBLE_SEED], lambda every: chosen(every, name, one), key)
    assert found.survivors == []


def chosen(every, name, one):
    known = load(name).exercises[one].equivalents
    rest = [mutant for mutant in every if mutant.change not in known]
    return random.Random(one).sample(rest, 1 if name in LONG else min(SAMPLE, len(rest)))


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_99_of_100_small_changes_are_noticed(name):
    found = {
        one: mutants.tried(declared, [1] if name in LONG else trial.SEEDS[1:3])
        for one, declared in load(name).exercises.items()
    }
    assert all(len(declared.equivalents) <= 5 for declared in load(name).exercises.values())
    assert {one: of_one.stale for one, of_one in found.items() if of_one.stale} == {}
    survivors = {one: of_one.survivors for one, of_one in found.items() if of_one.survivors}
    assert sum(map(len, survivors.values())) <= 0.01 * sum(of_one.count for of_one in found.values()), survivors


@pytest.mark.parametrize("name", names())
def test_every_file_is_an_exercise_of_the_notebook(name):
    folder = EXERCISES_FOLDER / name
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "shared"} == set(functions(name))


@pytest.mark.parametrize("name", names())
def test_points_sum_to_100_with_the_written_answers(name):
    from grader.publishing.build import instructor_notebook, points

    assert points(instructor_notebook(name)) == 100


def test_unknown_assignment_names_those_there_are():
    with pytest.raises(NoSuchAssignment, match="w1_conv"):
        load("w9_nothing")


def test_standalone_sources_hold_the_helpers_and_nothing_else(assignment):
    text = assignment.standalone(["conv_forward"])
    namespace = {}
    exec(text, namespace)
    assert {"conv_forward", "zero_pad", "output_size", "conv_single_step"} <= set(namespace)
    assert "im2col" not in text
    assert "pool_forward" not in text
