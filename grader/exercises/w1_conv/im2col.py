"""`im2col` is about order: windows by rows, and inside a window rows, columns, channels."""

from solutions.w1_conv import im2col

from grader.exercises.w1_conv.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, ignoring

exercise = Exercise(
    im2col,
    points=6,
    uses=["output_size"],
    forbids=ROUTINES,
    hints=[
        "A loop over pictures, rows and columns that appends window.ravel() is right, though slow. Start there.",
        "sliding_window_view(X, (f, f), axis=(1, 2)) gives every window at once. Print its shape.",
        "It puts the window's axes last, behind the channels: transpose before you reshape.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng)
    h, w = draw.sides(rng, 2, 4)
    yield case("3x3, stride 1", draw.normal(rng, 2, n_H, n_W, 2), 3, 1)
    yield case("stride 2", draw.normal(rng, 2, 2 * h + 2, 2 * w + 2, 3), 3, 2)
    yield case("an even window", draw.normal(rng, 2, n_H, n_W, 2), 2, 1)
    yield case("1x1 windows", draw.normal(rng, 2, n_H, n_W, 3), 1, 1)
    yield case("one picture, one channel", draw.normal(rng, 1, n_W, n_H, 1), 3, 1)
    yield case("a stride longer than the window", draw.normal(rng, 1, 3 * h + 1, 3 * w - 1, 2), 2, 3)
    yield case("one window for each picture", draw.normal(rng, 3, n_H, n_H, 2), n_H, 2)


exercise.also("single precision", "whole numbers")

exercise.slip("channels come first", edit(".transpose(0, 1, 2, 4, 5, 3)", ""), "Inside a row the channels of one pixel stand side by side: they are the last axis.")
exercise.slip("windows stand in columns", afterwards(lambda windows: windows.T), "One window, one row: the matrix is transposed.")
exercise.slip("windows run down the columns", edit("transpose(0, 1, 2, ", "transpose(0, 2, 1, "), "Windows follow each other along a row of the picture first.")
exercise.slip("the stride is ignored", ignoring(stride=1), "Only every stride-th window is wanted, in both directions.")

exercise.equivalent("(m, n_H_prev, n_W_prev, n_C) → (m, n_W_prev, n_H_prev, n_C)", "only the number of windows counts")
exercise.equivalent("(n_H, n_W) → (n_W, n_H)", "only the number of windows counts")
exercise.equivalent(
    "(output_size(n_H_prev, f, 0, stride), output_size(n_W_prev, f, 0, stride)) → (output_size(n_W_prev, f, 0, stride), output_size(n_H_prev, f, 0, stride))", "only the number of windows counts"
)
exercise.equivalent("windows.transpose(0, 1, 2, 4, 5, 3).copy() → windows.transpose(0, 1, 2, 4, 5, 3)", "a view holds the same numbers")
