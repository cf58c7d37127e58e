"""How many small windows see as much as a large one, and what each costs."""

from solutions.w5_classic import stack_of_small

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, ignoring

exercise = Exercise(
    stack_of_small,
    points=6,
    dtype="whole",
    hints=[
        "One layer of 3 × 3 sees 3 pixels in a row. Put another one on it: how many pixels does it see? And a third?",
        "Each layer adds small − 1 pixels to the one pixel that there is without any: 1 + n · (small − 1) = f.",
        "n_layers = (f - 1) // (small - 1), where that leaves no rest; f * f * n_C * n_C weights against n_layers * small * small * n_C * n_C.",
    ],
)


@exercise.cases
def cases(rng):
    c, n = draw.number(rng, 10, 90), draw.number(rng, 3, 7)
    yield case("the paper's case: three 3 × 3 for one 7 × 7", 7, 64)
    yield case("two 3 × 3 for one 5 × 5", 5, c)
    yield case("3 × 3 for something large", 2 * n + 3, c + 1)
    yield case("5 × 5 for something large", 4 * n + 1, c + 2, 5)
    yield case("7 × 7 for something large", 6 * n + 1, c + 3, small=7)
    yield case("2 × 2 for something even", 2 * n, c + 4, 2)
    yield case("4 × 4 for something even", 10, c, 4)
    yield case("one layer is enough", 3, c + 5)
    yield case("one layer of 5 × 5 is enough", 5, c + 6, 5)
    yield case("one channel", 2 * n + 1, 1)
    yield case("an even window, out of 3 × 3", 2 * n, c, raises=ValueError)
    yield case("a window that 5 × 5 do not meet", 4 * n + 3, c, 5, raises=ValueError)
    yield case("a window smaller than the small ones", 3, c, 5, raises=ValueError)
    yield case("a single pixel, out of 3 × 3", 1, c, raises=ValueError)
    yield case("1 × 1 never see more", 5, c, 1, raises=ValueError)


exercise.slip(
    "the channels are not squared",
    lambda f, n_C, small=3: tuple(one // each for one, each in zip(stack_of_small(f, n_C, small), (1, n_C, n_C))),
    "Each filter is n_C deep, and there are n_C filters.",
)
exercise.slip("the channels are not squared in the stack", edit("small * small * n_C * n_C", "small * small * n_C"), "Each layer of the stack has n_C channels in and n_C out.")
exercise.slip("the channels are not squared in the large layer", edit("f * f * n_C * n_C", "f * f * n_C"), "The large layer has n_C channels in and n_C out.")
exercise.slip(
    "biases are counted",
    lambda f, n_C, small=3: tuple(one + more for one, more in zip(stack_of_small(f, n_C, small), (0, n_C, n_C * (f - 1) // (small - 1)))),
    "Weights only: leave the biases out.",
)
exercise.slip("as many layers as small ones fit side by side", edit("n_layers = (f - 1) // (small - 1)", "n_layers = f // small"), "Windows overlap: how many pixels does the second layer add?")
exercise.slip(
    "every layer adds small pixels", edit("n_layers = (f - 1) // (small - 1)", "n_layers = max(1, (f - 1) // small)"), "A layer's neighbouring windows share pixels: each layer adds small − 1."
)
exercise.slip("one layer of the stack is counted", afterwards(lambda result: (result[0], result[1], result[2] // result[0])), "The stack has several layers, each with its own weights.")
exercise.slip("one layer too many", edit("(f - 1) // (small - 1)\n", "(f - 1) // (small - 1) + 1\n"), "How many pixels do the layers see? Count up from one pixel.")
exercise.slip("a rest is dropped", edit(" or (f - 1) % (small - 1)", ""), "If the stack sees more or less than f × f, it is not a replacement: ValueError.")
exercise.slip("no layer at all is let through", edit("f < small", "f < 1"), "At least one layer: ValueError where the window is smaller than the small ones.")
exercise.slip("always 3 × 3", ignoring(small=3), "The caller says how large the small filters are.")
exercise.slip("the two counts are exchanged", afterwards(lambda result: (result[0], result[2], result[1])), "The order is: layers, the large layer's weights, the stack's.")
