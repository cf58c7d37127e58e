"""Judging hand-ins in the sandbox: what is right counts, what is wrong costs its own points, what breaks costs itself."""

import json
import re
import time
from dataclasses import asdict, replace

import nbformat
import pytest

from grader.audit import sample_hand_ins
from grader.gradebook.graded_notebook import graded_notebook
from grader.judging.judge import judge
from grader.judging.rulebook import Rulebook
from grader.sandbox.kernel import Kernel
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.preload import preload_of
from grader.scoring import visible_key
from grader.scoring.assessment import ALONE, assess
from grader.submission.cells import grade_id_of, is_extra


def statuses(graded):
    return {name: mark.status for name, mark in graded.marks.items()}


def all_but(graded, *names):
    return {status for name, status in statuses(graded).items() if name not in names}


def test_a_right_hand_in_gets_everything_a_function_can_get(grade):
    graded = grade()
    assert graded.points == 95
    assert graded.notes == []
    assert set(statuses(graded).values()) == {"passed"}


def test_the_unsolved_notebook_gets_nothing_and_is_called_unwritten(rulebook):
    graded = judge(nbformat.writes(rulebook.released).encode(), rulebook)
    assert graded.points == 0
    assert set(statuses(graded).values()) == {"missing"}


@pytest.fixture(scope="module")
def pictures(released, assignment, rulebook, kernels):
    """Returns the given cells' pictures in a graded notebook."""

    def of(figures, cell=""):
        notebook = sample_hand_ins.solved(released, assignment)
        if cell:
            sample_hand_ins.add_cell(notebook, cell, len(notebook.cells))
        graded = judge(nbformat.writes(notebook).encode(), replace(rulebook, figures=figures), kernels)
        assert graded.points == 95
        assert graded.notes == []
        outputs = [o for one in graded_notebook(graded).cells for o in one.get("outputs", [])]
        return [output for output in outputs if "image/png" in output.get("data", {})]

    return of


def test_given_cells_that_only_show_something_are_run_where_their_figures_are_asked_for(pictures):
    assert pictures(figures=False) == []
    shown = pictures(figures=True)
    assert len(shown) >= 10
    assert all(picture["metadata"]["image/png"]["alt"] for picture in shown)


def test_a_given_cell_whose_variable_is_read_is_run(pictures):
    assert len(pictures(False, "print(cross_correlate2d(collar, np.eye(1)).shape)")) == 1


def with_first_line(assignment, name, line):
    """A function's reference with one more line."""
    source = assignment.exercises[name].source()
    return source.replace('    """\n', f'    """\n    {line}\n', 1)


def test_a_function_that_reads_a_given_cells_variable_is_right(grade, assignment):
    source = with_first_line(assignment, "output_size", "n = n * len(collar) // 7")
    assert set(statuses(grade({"output_size": source})).values()) == {"passed"}


def test_what_works_only_as_the_student_ran_it_counts(grade, assignment):
    """Here a function needs what another one does when a given cell calls it."""
    called = with_first_line(assignment, "zero_pad", "np.called = True")
    needs = with_first_line(assignment, "output_size", "n = n * len(collar) // 7 * np.called")
    assert set(statuses(grade({"zero_pad": called, "output_size": needs})).values()) == {"passed"}


def test_no_other_function_is_asked_where_a_reference_has_been(grade, assignment):
    wrong = "def zero_pad(X, pad):\n    return X"
    keeps = with_first_line(assignment, "conv_forward", "np.keeps = zero_pad")
    looks = with_first_line(assignment, "conv_forward_fast", "assert not hasattr(np, 'keeps')")
    instead = {"zero_pad": wrong, "conv_forward": keeps, "conv_forward_fast": looks}
    assert all_but(grade(instead), "zero_pad") == {"passed"}


def test_a_wrong_helper_costs_once(grade):
    wrong = "def zero_pad(X, pad):\n    return X"
    graded = grade({"zero_pad": wrong})
    assert graded.marks["zero_pad"].status == "partial"  # a pad of 0 is right by chance
    assert all_but(graded, "zero_pad") == {"passed"}
    notes = graded.marks["conv_backward"].notes
    assert len(notes) == 1
    assert notes[0].startswith("Judged with our zero_pad in place of yours, which does not pass")


def test_a_cell_that_only_prints_is_not_run_again_for_each_function_with_a_wrong_helper(grade, monkeypatch):
    run, codes = Kernel.run, []

    def noted(self, code, *more, **how):
        codes.append(code)
        return run(self, code, *more, **how)

    monkeypatch.setattr(Kernel, "run", noted)
    graded = grade({"output_size": "def output_size(n, f, pad, stride):\n    return 1"}, cell="print('Hello')")
    assert all_but(graded, "output_size") == {"passed"}
    assert sum("Judged with our" in note for m in graded.marks.values() for note in m.notes) >= 3
    assert codes.count("print('Hello')") == 1


@pytest.mark.parametrize("helper", ["def zero_pad(X, pad):\n    raise NotImplementedError", "del zero_pad"])
def test_an_unwritten_helper_costs_once(grade, helper):
    graded = grade({"zero_pad": helper})
    assert graded.marks["zero_pad"].status == ("error" if helper.startswith("del") else "missing")
    assert all_but(graded, "zero_pad") == {"passed"}


def test_a_helper_that_the_first_line_of_another_function_calls_costs_once(grade, assignment):
    first_line = "def conv_forward(A_prev, W, b, hparameters, zeros=zero_pad(np.zeros((1, 2, 2, 1)), 1)):"
    source = assignment.exercises["conv_forward"].source()
    source = source.replace("def conv_forward(A_prev, W, b, hparameters):", first_line)
    graded = grade({"zero_pad": "def zero_pad(X, pad):\n    raise NotImplementedError", "conv_forward": source})
    assert first_line in source
    assert graded.marks["zero_pad"].status == "missing"
    assert all_but(graded, "zero_pad") == {"passed"}


def test_an_endless_helper_costs_once(grade):
    graded = grade({"zero_pad": "def zero_pad(X, pad):\n    while True: pass"})
    assert graded.marks["zero_pad"].status == "timeout"
    assert all_but(graded, "zero_pad") == {"passed"}


def test_an_argument_by_another_name_is_a_right_solution(grade, assignment):
    source = assignment.exercises["pool_forward"].source().replace("mode", "kind").replace("hparameters", "settings")
    assert grade({"pool_forward": source}).points == 95


def test_what_is_lent_does_not_stay(grade):
    graded = grade(
        {
            "zero_pad": "def zero_pad(X, pad):\n    raise NotImplementedError",
            "im2col": "def im2col(X, f, s):\n    return X",
        }
    )
    assert statuses(graded)["zero_pad"] == "missing"
    assert statuses(graded)["im2col"] in ("failed", "error")
    assert all_but(graded, "zero_pad", "im2col") == {"passed"}


def test_a_cell_that_is_no_python_is_not_called_unwritten(grade):
    graded = grade({"conv_single_step": "def conv_single_step(a_slice_prev, W, b)\n    return 1"})
    mark = graded.marks["conv_single_step"]
    assert mark.status == "error"
    assert mark.notes == ["The cell stops with SyntaxError, so that there is no conv_single_step."]
    assert all_but(graded, "conv_single_step") == {"passed"}


def test_points_that_are_not_given_for_a_case_that_passes_are_explained(grade):
    graded = grade({"output_size": "def output_size(n, f, pad, stride):\n    raise ValueError"})
    mark = graded.marks["output_size"]
    assert any(case.passed for case in mark.cases) and mark.points == 0
    assert mark.notes == [ALONE]


def test_a_wrong_size_costs_its_own_points_only(grade):
    graded = grade({"output_size": "def output_size(n, f, pad, stride):\n    return (n + 2 * pad - f) // stride"})
    assert statuses(graded)["output_size"] == "failed"
    assert all_but(graded, "output_size") == {"passed"}


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("def im2col(X, f, stride):\n    while True: pass", "timeout", "stopped after 5 s in check_im2col"),
        ("def im2col(X, f, stride):\n    import os; os._exit(1)", "error", "exit status 1) in check_im2col"),
        ("def im2col(X, f, stride):\n    raise SystemExit", "error", "SystemExit"),
        ("def im2col(X, f, stride):\n    raise KeyboardInterrupt", "error", "KeyboardInterrupt"),
        ("def im2col(X, f, stride):\n    return [X]", "failed", "the result"),
        ("def im2col(X, f, stride):\n    return np.zeros((4000, 4000))", "failed", "shape"),
        ("def im2col(X, f, stride):\n    return np.zeros((10000, 10000))", "failed", ""),
        ("im2col = 3", "error", "TypeError"),
        ("def im2col(X):\n    return X", "error", "TypeError"),
        ("def im2col(X, f, stride:\n    broken", "error", "not defined"),
    ],
)
def test_a_function_that_misbehaves_costs_itself(grade, code, status, words):
    graded = grade({"im2col": code})
    mark = graded.marks["im2col"]
    assert (mark.status, mark.points) == (status, 0)
    assert words in " ".join([*mark.notes, *(case.what for case in mark.cases)])
    assert all_but(graded, "im2col") == {"passed"}


def test_noise_does_no_harm(grade):
    noisy = """
import warnings, sys
def zero_pad(X, pad):
    warnings.warn('x')
    print('y', file=sys.stderr)
    print(X)
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
"""
    graded = grade({"zero_pad": noisy}, cell="print('hello')\n1 / 0")
    assert graded.points == 95
    assert graded.notes == ["A cell that you added raised ZeroDivisionError."]


def test_a_flood_of_prints_costs_nothing(grade, assignment):
    source = assignment.exercises["im2col"].source()
    flood = "    print('x' * 60_000_000)\n    import os; os.system('yes | head -c 1000000')\n    m, n_H"
    graded = grade({"im2col": source.replace("    m, n_H", flood, 1)})
    assert graded.points == 95


def test_a_short_cut_costs_the_exercise(grade):
    call = "signal.correlate2d(image, kernel, 'valid')"
    code = f"from scipy import signal\ndef cross_correlate2d(image, kernel):\n    return {call}"
    mark = grade({"cross_correlate2d": code}).marks["cross_correlate2d"]
    assert mark.points == 0
    assert mark.notes == ["cross_correlate2d calls correlate2d; writing that yourself is the exercise."]


def test_refusing_everything_earns_nothing(grade):
    code = "def output_size(n, f, pad, stride):\n    raise ValueError"
    assert grade({"output_size": code}).marks["output_size"].points == 0


def test_a_cell_that_ends_the_kernel_is_left_out(grade):
    graded = grade(cell="import os\nos._exit(0)")
    assert graded.points == 95
    assert graded.notes == ["A cell that you added ended the kernel (exit status 0); the rest was run without it."]


AFTERWARDS = {
    "exit": "exit()",
    "quit": "quit()",
    "shutdown": "get_ipython().kernel.do_shutdown(True)",
    "a timer": "import os, threading\nthreading.Timer(0.3, os._exit, [0]).start()",
    "a result of the same name": "output_size = output_size(28, 3, 1, 1)",
    "a loop over the name": "for zero_pad in range(3):\n    pass",
    "a built-in": "sum = range = 0",
    "a library": "for np in range(3):\n    pass",
    "reset": "%reset -f",
    "del": "del zero_pad, np",
    "a setting": "np.seterr(all='raise')\nnp.pad = None",
}


@pytest.mark.parametrize("what", AFTERWARDS)
@pytest.mark.parametrize("place", [20, -1])
def test_what_is_done_with_names_after_their_check_costs_nothing(grade, what, place):
    graded = grade(cell=AFTERWARDS[what], place=place)
    assert {name: mark.status for name, mark in graded.marks.items() if mark.status != "passed"} == {}
    assert graded.points == 95


@pytest.mark.parametrize("what", ["exit", "a result of the same name", "a loop over the name", "reset"])
def test_nor_does_it_in_the_functions_own_cell(grade, assignment, what):
    name = {"a result of the same name": "output_size"}.get(what, "zero_pad")
    graded = grade({name: f"{assignment.exercises[name].source()}\n\n{AFTERWARDS[what]}"})
    assert graded.points == 95, graded.notes


def test_a_wrong_function_stays_wrong_where_it_is_asked_again(grade):
    graded = grade({"zero_pad": "def zero_pad(X, pad):\n    return X\n\nexit()"}, cell="im2col = 3", place=-1)
    assert graded.marks["zero_pad"].status == "partial"
    assert all_but(graded, "zero_pad") == {"passed"}
    assert graded.marks["im2col"].notes == [
        "Judged with the set-up and your functions alone: your other cells keep im2col from working."
    ]


def test_old_code_is_told_what_has_changed(grade):
    old = "def conv_single_step(a_slice_prev, W, b):\n    return float(np.sum(a_slice_prev * W) + float(b))"
    graded = grade({"conv_single_step": old})
    notes = graded.marks["conv_single_step"].notes
    assert notes[0].startswith("A case that you can see raises the same: TypeError: only 0-dimensional arrays")
    assert notes[1].startswith("NumPy no longer turns an array with axes into a number")
    assert not any("A case that you can see" in note for name, m in graded.marks.items() for note in m.notes[:1]
                   if name != "conv_single_step")  # fmt: skip


def test_an_exceptions_text_cannot_carry_a_hidden_input(grade):
    code = "def output_size(n, f, pad, stride):\n    seen.append(n)\n    raise RuntimeError(str(seen))\nseen = []"
    (note,) = grade({"output_size": code}).marks["output_size"].notes
    visible = [case.inputs for case in visible_key.load("w1_conv", "output_size").cases]
    numbers = {int(n) for n in re.findall(r"\d+", note.partition(":")[2])}
    assert numbers and numbers <= {int(n) for n in re.findall(r"\d+", str(visible))}


def test_one_right_solution_is_graded_alike_with_every_seed(released, assignment, rulebook, kernels):
    right = nbformat.writes(sample_hand_ins.solved(released, assignment)).encode()
    for seed in (1, 2):
        assert judge(right, Rulebook.draw(assignment, released, seed, rulebook.limits), kernels).points == 95


def test_feedback_never_shows_an_expected_value(grade, rulebook):
    graded = grade({"output_size": "def output_size(n, f, pad, stride):\n    return 123456"})
    text = json.dumps(graded_notebook(graded).cells)
    cell = next(cell for cell in graded_notebook(graded).cells if grade_id_of(cell) == "check_output_size")
    assert "expected" not in cell.outputs[0]["data"]["text/html"]
    expected = [case.expected["value"][1] for case in rulebook.key.exercises["output_size"].cases if not case.raises]
    shown = cell.outputs[0]["data"]["text/plain"]
    assert not any(f" {value}" in shown.split("error")[0] for value in expected if value > 20)
    assert "123456" not in text.replace("return 123456", "")


def test_marks_are_written_as_nbgrader_reads_them(grade):
    from nbgrader.utils import determine_grade

    graded = grade({"zero_pad": "def zero_pad(X, pad):\n    return X"})
    cells = {grade_id_of(cell): cell for cell in graded_notebook(graded).cells}
    for name, mark in graded.marks.items():
        assert determine_grade(cells[f"check_{name}"]) == (mark.points, mark.maximum)
    assert "passed" in cells["check_conv_forward"].metadata["convnets"]["status"]


def test_hostile_output_is_inert(grade):
    show = "display(HTML('<script>alert(1)</script>'), Javascript('alert(1)'))"
    graded = grade(cell=f"from IPython.display import HTML, Javascript, display\n{show}")
    kinds = {kind for c in graded_notebook(graded).cells for o in c.get("outputs", []) for kind in o.get("data", {})}
    extra = next(c for c in graded_notebook(graded).cells if is_extra(c))
    assert not {"application/javascript"} & kinds
    assert all(set(output["data"]) <= {"text/plain"} for output in extra.outputs)


def test_every_limit_is_told_in_words(rulebook, assignment):
    from dataclasses import replace

    from grader.sandbox.limits import limits_from

    limits = limits_from(["memory=700e6", "processes=6", "threads=120", "output=1e5", "cell_seconds=5", "disk=20e6"])
    rules = replace(rulebook, limits=limits)
    wait = "import time\ntime.sleep(3)"
    cells = {
        "used more than 0.7 GB of memory": f"x = bytearray(10**9)\nfor i in range(0, 10**9, 4096): x[i] = 1\n{wait}",
        "started more than 6 processes": f"import subprocess as s\nfor _ in range(9): s.Popen(['sleep', '9'])\n{wait}",
        "started more than 120 threads": "import threading as t, time\n"
        f"for _ in range(200): t.Thread(target=time.sleep, args=[3]).start()\n{wait}",
        "printed more than 0.1 MB": "print('x' * 1_000_000)",
        "stopped after 5 s": "import time\ntime.sleep(60)",
        "raised OSError": "open('big', 'wb').write(bytes(50_000_000))",
    }
    with KernelFactory(limits, True, True, preload_of(rulebook.released)) as kernels:
        for words, cell in cells.items():
            notebook = sample_hand_ins.add_cell(sample_hand_ins.solved(rulebook.released, assignment), cell, 2)
            graded = judge(nbformat.writes(notebook).encode(), rules, kernels)
            assert graded.points == 95, words
            assert words in " ".join(graded.notes)


def test_a_hand_in_that_takes_too_long_as_a_whole_is_told_so(rulebook, assignment, kernels):
    from dataclasses import replace

    rules = replace(rulebook, limits=replace(rulebook.limits, cell_seconds=2, submission_seconds=5))
    notebook = sample_hand_ins.solved(rulebook.released, assignment)
    for _ in range(6):
        sample_hand_ins.add_cell(notebook, "while True: pass", 2)
    graded = judge(nbformat.writes(notebook).encode(), rules, kernels)
    assert "the hand-in as a whole took more than 5 s" in " ".join(graded.marks["zero_pad"].notes)


def test_what_was_written_down_from_the_visible_cases_earns_nothing(rulebook):
    """Cases whose answer is the same with every seed count beside one that has to be worked out."""
    from dataclasses import replace

    exercise = rulebook.key.exercises["zero_pad"]
    exercise = replace(exercise, cases=[replace(exercise.cases[0], known=True), *exercise.cases[1:]])
    known = [case.known for case in exercise.cases]
    answers = [case.expected if case.known or case.raises else {"value": ["plain", 0]} for case in exercise.cases]
    assert assess(exercise, answers).points == 0
    worked_out = known.index(False)
    answers[worked_out] = exercise.cases[worked_out].expected
    assert assess(exercise, answers).points > 0


def test_nothing_is_run_or_asked_after_the_time_of_a_hand_in(rulebook, assignment, kernels):
    notebook = sample_hand_ins.solved(rulebook.released, assignment)
    for _ in range(20):
        sample_hand_ins.add_cell(notebook, "import time\ntime.sleep(0.9)", len(notebook.cells))
    limits = replace(rulebook.limits, submission_seconds=3)
    start = time.monotonic()
    graded = judge(nbformat.writes(notebook).encode(), replace(rulebook, limits=limits), kernels)
    assert time.monotonic() - start < 12
    assert {mark.status for mark in graded.marks.values()} == {"error"}
    assert "took more than 3 s" in graded.marks["zero_pad"].notes[0]


def test_all_cells_together_have_room_for_so_much_output(rulebook, assignment, kernels):
    notebook = sample_hand_ins.solved(rulebook.released, assignment)
    for _ in range(8):
        sample_hand_ins.add_cell(notebook, "print('x' * 900_000)", len(notebook.cells))
    limits = replace(rulebook.limits, output=1_000_000, outputs=3_000_000)
    graded = judge(nbformat.writes(notebook).encode(), replace(rulebook, limits=limits), kernels)
    assert graded.points == 95 and len(graded.notebook) < 3_600_000
    assert "The cells printed more than 3 MB together; the rest was cut." in graded.notes


def test_the_text_of_a_lent_reference_does_not_leave_through_names_and_shapes(grade):
    """conv_forward is asked with our zero_pad: what it raises and returns could tell how that is written."""
    tells = """
def conv_forward(A_prev, W, b, hparameters):
    if zero_pad(np.ones((1, 1, 1, 1)), 1).shape != (1, 3, 3, 1):
        return None  # their own is still there
    if A_prev.shape[0] % 2:
        raise type("secret" + str(zero_pad.__code__.co_names)[2:9], (Exception,), {})
    return np.zeros((31, 7, 2)), "secret"
"""
    graded = grade({"zero_pad": "def zero_pad(X, pad):\n    return X", "conv_forward": tells})
    told = json.dumps([asdict(graded.marks["conv_forward"])])
    assert "secret" not in told and "31, 7" not in told
