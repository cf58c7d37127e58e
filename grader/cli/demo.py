"""Run the demo: a right hand-in, one with typical slips and a hostile one, graded in the sandbox, with feedback."""

from __future__ import annotations

import shutil

import nbformat
from rich.console import Console

from grader.audit import sample_hand_ins
from grader.base.course import Course
from grader.base.paths import FOLDER
from grader.batch import grading_run
from grader.cli import scoreboard
from grader.publishing import build
from grader.spec.registry import load

ASSIGNMENT = "w1_conv"
TYPICAL = (
    "output_size",
    "zero_pad",
    "conv_forward",
    "pool_forward",
    "conv_backward",
    "pool_backward",
    "convolve2d",
    "im2col",
)


def demo(console: Console) -> None:
    """Build the course, make three hand-ins from its notebook, grade them, and say where everything is."""
    course = Course(FOLDER / "demo")  # its own folder, so that the demo's students are not in the real gradebook
    shutil.rmtree(course.folder, ignore_errors=True)
    console.print("Building the course …")
    build.ensure(ASSIGNMENT, course)
    released = nbformat.read(course.release(ASSIGNMENT), 4)
    assignment = load(ASSIGNMENT)

    folder = course.folder / "hand-ins"
    slips = {name: assignment.exercises[name].slips[0].code for name in TYPICAL}
    hostile = sample_hand_ins.attacked(released, assignment, *sample_hand_ins.attacks("in-process", "outside"))
    for student, notebook in {
        "ada-all-right": sample_hand_ins.solved(released, assignment),
        "ben-typical-slips": sample_hand_ins.solved(released, assignment, slips),
        "mallory-hostile": hostile,
    }.items():
        (folder / student).mkdir(parents=True)
        nbformat.write(notebook, folder / student / f"{ASSIGNMENT}.ipynb")

    console.print("Grading three hand-ins in the sandbox …\n")
    report = grading_run.grade_folder(ASSIGNMENT, folder, course)
    scoreboard.show(report, console)
    console.print(
        "\nOpen a notebook with [bold]make lab[/]; grade your own folder with [bold].venv/bin/course grade w1_conv DIR[/].",
        soft_wrap=True,
    )
