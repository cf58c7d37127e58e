"""`depthwise_separable_cost`: multiplications are counted, at once and in two steps."""

from solutions.w2_mobilenet import depthwise_separable_cost

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring

exercise = Exercise(
    depthwise_separable_cost,
    points=8,
    hints=[
        "Multiplications = those for one output number × how many output numbers there are.",
        "At once: f · f · n_C for each of n_H · n_W · n_C_out numbers. Depthwise: f · f for each of n_H · n_W · n_C.",
        "Pointwise: n_C for each of n_H · n_W · n_C_out. Add the last two, and divide by the first.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.number(rng, 7, 12), draw.number(rng, 13, 20)
    n_C, n_C_out = draw.number(rng, 8, 16), draw.number(rng, 20, 40)
    yield case("the lecture's", 4, 4, 3, 3, 5)
    yield case("not square", n_H, n_W, 3, n_C, n_C_out)
    yield case("5 × 5", n_W, n_H, 5, n_C, n_C_out)
    yield case("more in than out", n_H, n_W, 3, n_C_out, n_C)
    yield case("as many in as out, even filters", n_H, n_W, 4, n_C, n_C)
    yield case("1 × 1: two steps cost more", n_H, n_W, 1, n_C, n_C_out)
    yield case("one channel", n_H, n_W, 3, 1, 1)
    yield case("one place", 1, 1, 3, n_C, n_C_out)
    yield case("a real layer", 112, 112, 3, 64, 128)


exercise.slip("the ratio is upside down", afterwards(lambda counts: (*counts[:2], 1 / counts[2])), "The ratio says what share of the cost is left: below 1 where something is saved.")
exercise.slip("f is not squared", beforehand(f="f**0.5"), "A filter has f × f places in each channel.")
exercise.slip("the pointwise step is missing", edit(" + places * n_C * n_C_out", ""), "Two steps: both have to be paid for.")
exercise.slip("the depthwise step is counted for one channel", edit("places * f * f * n_C + places", "places * f * f + places"), "There is a filter for each of the n_C channels.")
exercise.slip("the depthwise step mixes channels", edit("f * f * n_C +", "f * f * n_C * n_C +"), "In the depthwise step each channel meets one filter only.")
exercise.slip("the two steps are multiplied", edit("n_C + places", "n_C * places"), "One step after the other: their costs add up.")
exercise.slip("one place only", ignoring(n_H=1, n_W=1), "The filter stands at n_H · n_W places.")
exercise.slip("height counts twice", beforehand(n_W="n_H"), "The output is n_H high and n_W wide.")
exercise.slip("additions count as well", afterwards(lambda counts: (2 * counts[0], 2 * counts[1], counts[2])), "Count multiplications only.")
