"""`output_size` counts positions: it rounds down, and refuses what does not exist."""

from solutions.w1_conv import output_size

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, instead

exercise = Exercise(
    output_size,
    points=3,
    dtype="whole",
    hints=[
        "Where can the filter's left edge stand? It starts at 0. What is the last place where its right edge still fits?",
        "The left edge moves from 0 to n + 2 * pad - f. In steps of `stride`, how many places is that?",
        "Whole-number division is `//`. Refuse the impossible sizes first, each with `raise ValueError(...)`.",
    ],
)


@exercise.cases
def cases(rng):
    n, side, f, pad = draw.number(rng, 20, 600), draw.number(rng, 20, 600), draw.number(rng, 2, 6), draw.number(rng, 1, 4)
    yield case("stride 1, no padding", side, f, 0, 1)
    yield case("padding", n, f, pad, 1)
    yield case("a stride that divides", 2 * n + 1, 3, 1, 2)
    yield case("a stride that does not divide", 3 * n + f + 1, f, 0, 3)
    yield case("padding and stride, rounded down", 4 * n + f + 3 - 2 * pad, f, pad, 4)
    yield case("a filter as long as the padded side", n, n + 2 * pad, pad, 2)
    yield case("a filter of length 1, a longer stride", side, 1, 0, 3)
    yield case("a side of length 1", 1, 2, pad, 1)
    yield case("a filter that does not fit", n, n + 2 * pad + 1, pad, 1, raises=ValueError)
    yield case("a stride of 0", n, f, pad, 0, raises=ValueError)
    yield case("a negative stride", n, f, pad, -1, raises=ValueError)
    yield case("a negative pad", n, f, -1, 1, raises=ValueError)
    yield case("a filter of length 0", n, 0, pad, 1, raises=ValueError)
    yield case("a filter of negative length", n, -f, pad, 1, raises=ValueError)
    yield case("a side of length 0", 0, 1, pad, 1, raises=ValueError)
    yield case("a side of negative length", -1, 1, pad, 1, raises=ValueError)


exercise.slip("the quotient is rounded up", beforehand(n="n + stride - 1"), "A window that hangs over the edge does not count: round down.")
exercise.slip("a fraction comes back", lambda n, f, pad, stride: output_size(n, f, pad, stride) + (n + 2 * pad - f) % stride / stride, "A number of positions is whole: which division rounds down?")
exercise.slip("a float comes back", afterwards(lambda size: float(size)), "np.floor gives a float, 3.0: the double slash gives a whole number.")
exercise.slip("padding counted once", edit("return (n + 2 * pad", "return (n + pad"), "Zeros are added at both ends.")
exercise.slip("padding is left out", edit("return (n + 2 * pad", "return (n"), "The picture that the window slides over has zeros around it.")
exercise.slip("one position is missing", afterwards(lambda size: size - 1), "Count the position you start from as well.")
exercise.slip("impossible sizes get an answer", lambda n, f, pad, stride: (n + 2 * pad - f) // stride + 1, "The docstring lists sizes that must raise a ValueError.")
exercise.slip("the error is returned", edit("raise ValueError", "return ValueError", times=3), "An error is raised, not returned: which word starts that line?")
exercise.slip("another kind of error is raised", instead(ValueError="Exception"), "The docstring names the kind of error: whoever calls this waits for that one.")
