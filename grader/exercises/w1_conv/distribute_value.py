"""`distribute_value` gives each entry of a window its equal share."""

from solutions.w1_conv import distribute_value

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit

exercise = Exercise(
    distribute_value,
    points=4,
    hints=[
        "The average of n numbers is their sum over n. By how much does it grow when one of them grows by 1?",
        "np.full makes an array of a shape filled with one number.",
    ],
)


@exercise.cases
def cases(rng):
    yield case("2x2", float(rng.normal()), (2, 2))
    yield case("not square", float(rng.normal()) * 10, (2, 3))
    yield case("3x3, a whole number", draw.number(rng, 2, 8), (3, 3))
    yield case("a negative gradient", -1 - float(rng.random()), (4, 2))
    yield case("one entry", float(rng.normal()), (1, 1))


exercise.slip("every entry gets everything", afterwards(lambda shares: shares * shares.size), "Each entry had an equal share in the average: so it has in the gradient.")
exercise.slip("divided by the rows alone", edit("(shape, dz / (n_H * n_W))", "(shape, dz / n_H)"), "How many entries does the window have?")
exercise.slip("the share is rounded down", edit("(shape, dz / ", "(shape, dz // "), "`//` throws the fraction away: a share is not whole.")
exercise.slip("one number comes back", afterwards(lambda shares: float(shares[0, 0])), "The result is an array of the given shape.")

exercise.equivalent("(n_H, n_W) → (n_W, n_H)", "only their product counts")
