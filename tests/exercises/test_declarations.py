"""Every declaration of every assignment: enough slips and variants, all of them judged as they must be, for many seeds."""

import ast
import functools
import json

import pytest
from conftest import LONG

from grader.base.assignments import names
from grader.scoring import answer_key, probe, visible_key
from grader.scoring.assessment import assess
from grader.spec import exercise, rules
from grader.spec.observers.models import look_at_model
from grader.spec.registry import NoSuchAssignment, load

EXERCISES = [(name, one) for name in names() for one in load(name).exercises]
SEEDS = (0, 1, 7, 2**62)


SEEDED = [
    pytest.param(name, one, seed, marks=[pytest.mark.slow] if name in LONG and seed else [])
    for name, one in EXERCISES
    for seed in SEEDS
]


@functools.cache
def drawn(name, seed):
    if seed == exercise.VISIBLE_SEED:  # what `check` asks: drawn once a machine, which takes minutes for models
        return {one: visible_key.load(name, one, slips=True) for one in load(name).exercises}
    return answer_key.draw(load(name), seed).exercises


def mark_of(declared, function, keyed):
    answers = []
    inputs = json.dumps([case.inputs for case in keyed.cases])
    probe.answer_all(function, inputs, lambda text: answers.append(json.loads(text)), keyed.observer)
    rule = rules.broken(declared.name, rules.read([]), declared.forbids, declared.forbids_own)
    return assess(keyed, answers, broken_rule=rule)


@pytest.mark.parametrize(("name", "one"), EXERCISES)
def test_is_declared_in_full(name, one):
    declared = load(name).exercises[one]
    assert len(declared.slips) >= 3
    assert len(declared.variants) >= 2
    assert declared.hints
    assert len({slip.title for slip in declared.slips}) == len(declared.slips)
    assert all(slip.help.endswith((".", "?")) for slip in declared.slips)
    assert len(list(declared.draw(0))) >= 5
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
def test_reference_and_variants_pass(name, one, seed):
    declared, keyed = load(name).exercises[one], drawn(name, seed)[one]
    assert mark_of(declared, declared.function, keyed).status == "passed"
    for variant in declared.variants:
        mark = mark_of(declared, declared.compiled(variant.code), keyed)
        assert mark.status == "passed", (variant.title, [case for case in mark.cases if not case.passed])
        assert mark.points == declared.points
        assert not rules.broken(
            one, rules.read([declared.source(variant.code)]), declared.forbids, declared.forbids_own
        )


@pytest.mark.parametrize(("name", "one", "seed"), SEEDED)
def test_slips_fail_with_their_own_message(name, one, seed):
    declared, keyed = load(name).exercises[one], drawn(name, seed)[one]
    for slip in declared.slips:
        mark = mark_of(declared, declared.compiled(slip.code), keyed)
        assert mark.points < mark.maximum, slip.title
        assert mark.slip == (slip.title, slip.help)


@pytest.mark.parametrize(("name", "one"), EXERCISES)
def test_the_answers_to_the_visible_cases_earn_nothing(name, one):
    declared, shown = load(name).exercises[one], visible_key.load(name, one)
    for seed in SEEDS[1:2] if name in LONG else SEEDS[1:]:
        keyed = answer_key.draw_exercise(declared, seed, with_slips=False)
        assert assess(keyed, [case.expected for case in shown.cases]).points == 0


@pytest.mark.parametrize(("name", "one"), EXERCISES)
def test_cases_differ_from_seed_to_seed_and_are_the_same_for_one(name, one):
    declared = load(name).exercises[one]

    def cases(seed):
        return [probe.encode([case.args, case.kwargs]) for case in declared.draw(seed)]

    assert cases(3) == cases(3)
    assert cases(3) != cases(4)


@pytest.mark.parametrize(("name", "one"), EXERCISES)
def test_a_modified_input_is_noticed(name, one):
    declared, keyed = load(name).exercises[one], drawn(name, 0)[one]

    def spoils_its_input(*args, **kwargs):
        result = declared.function(*args, **kwargs)
        for array in _arrays(args):
            array[...] = 0
        for value in args:
            if isinstance(value, list) and not list(_arrays(value)):
                value.append(value[0] if value else 0)
        return result

    spoils_its_input.__name__ = one
    cases = declared.draw(0)
    given = [value for case in cases for value in case.args]
    if not any(list(_arrays(case.args)) for case in cases) and not any(isinstance(value, list) for value in given):
        assert declared.observer is look_at_model or all(isinstance(value, (int, float, tuple)) for value in given)
        return
    # An observer may hand over tensors; TensorFlow's and JAX's cannot be changed: trying to is an error.
    stopped = ("error",) if declared.observer else ()
    assert mark_of(declared, spoils_its_input, keyed).status in ("failed", "partial", *stopped)


def _arrays(values):
    for value in values.values() if isinstance(values, dict) else values:
        if isinstance(value, (tuple, list, dict)):
            yield from _arrays(value)
        elif hasattr(value, "dtype"):
            yield value


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
