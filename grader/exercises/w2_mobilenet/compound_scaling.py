"""`compound_scaling`: three powers, in the order depth, width, resolution."""

from solutions.w2_mobilenet import compound_scaling

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, exchanging, ignoring

exercise = Exercise(
    compound_scaling,
    points=6,
    hints=[
        "One step multiplies the depth by alpha, two steps by alpha twice.",
        "phi steps multiply it by alpha to the power of phi. The same for width and resolution.",
        "alpha**phi, beta**phi, gamma**phi, in this order.",
    ],
)


@exercise.cases
def cases(rng):
    phi = draw.number(rng, 1, 4) + float(rng.uniform(0.3, 0.7))
    growth = float(rng.uniform(1.25, 1.35))  # no default is as large
    yield case("one step", 1)
    yield case("no step", 0)
    yield case("seven steps", 7)
    yield case("a fraction", phi)
    yield case("smaller", -2)
    yield case("other growth", 3, alpha=1.4, beta=1.05, gamma=growth)
    yield case("only the depth grows otherwise", phi, growth)
    yield case("only the width grows otherwise", phi, beta=growth)
    yield case("only the resolution grows otherwise", phi, gamma=growth)
    yield case("nothing grows", 5, 1.0, 1.0, 1.0)


exercise.slip("multiplied, not raised", lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * phi, beta * phi, gamma * phi), "Each step multiplies once more: phi is an exponent.")
exercise.slip("base and exponent are swapped", lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (phi**alpha, phi**beta, phi**gamma), "phi counts the steps: it is the exponent.")
exercise.slip("width and resolution are swapped", exchanging("beta", "gamma"), "beta is the width's growth, gamma the resolution's.")
exercise.slip("width and resolution are squared", beforehand(beta="beta**2", gamma="gamma**2"), "Their squares count in the cost; the factors themselves are asked for.")
exercise.slip("the growth is fixed", ignoring(alpha=1.2, beta=1.1, gamma=1.15), "alpha, beta and gamma are arguments.")
