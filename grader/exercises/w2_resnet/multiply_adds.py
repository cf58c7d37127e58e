"""What a convolution costs, directly or through a bottleneck."""

from solutions.w2_resnet import multiply_adds

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring

exercise = Exercise(
    multiply_adds,
    points=10,
    hints=[
        "One number of the output needs f · f · n_C_prev multiplications. How many numbers does the output have?",
        "Same padding and stride 1: the output has n_H · n_W · n_C numbers.",
        "With a bottleneck: a 1 × 1 convolution from n_C_prev to bottleneck channels, plus an f × f one from there to n_C.",
    ],
)


@exercise.cases
def cases(rng):
    n, c = draw.number(rng, 6, 30), draw.number(rng, 6, 30)
    yield case("the lecture's case", 28, 28, 192, 5, 32)
    yield case("the lecture's case, through 16 channels", 28, 28, 192, 5, 32, bottleneck=16)
    yield case("not square", n, n + 5, c, 3, 2 * c + 1)
    yield case("not square, through a bottleneck", n + 3, n, 4 * c, 3, c + 1, c - 2)
    yield case("1 × 1 filters", n, n, c, 1, c + 2)
    yield case("1 × 1 filters, through a bottleneck", n, n + 1, c, 1, c + 2, bottleneck=3)
    yield case("a bottleneck of one channel", n, n + 2, c, 7, c + 3, 1)
    yield case("wider than it is deep", n, n + 1, c, 5, c, bottleneck=9 * c)


exercise.slip(
    "the bottleneck's own cost is missing",
    lambda n_H, n_W, n_C_prev, f, n_C, bottleneck=None: multiply_adds(n_H, n_W, bottleneck or n_C_prev, f, n_C),
    "The 1 × 1 convolution multiplies too: there are two convolutions to pay for.",
)
exercise.slip("the bottleneck is ignored", ignoring(bottleneck=None), "Where a bottleneck is given, two smaller convolutions take the place of one.")
exercise.slip("the bottleneck is paid for with f × f", edit("n_C_prev * bottleneck", "f * f * n_C_prev * bottleneck"), "The bottleneck's filters are 1 × 1.")
exercise.slip("the second convolution still sees every channel", edit("f * f * bottleneck", "f * f * n_C_prev"), "The f × f filters see what the bottleneck has left.")
exercise.slip("f is not squared", edit("f * f", "f", 2), "A filter is f rows high and f columns wide.")
exercise.slip("additions are counted too", afterwards(lambda result: 2 * result), "Count the multiplications alone.")
exercise.slip("a number of the output is taken for all", ignoring(n_H=1, n_W=1), "Every place of the output needs its own multiplications.")
exercise.slip("the input's channels are forgotten", ignoring(n_C_prev=1), "A filter is as deep as its input.")
exercise.slip("square pictures only", beforehand(n_W="n_H"), "Rows and columns may differ in number.")
