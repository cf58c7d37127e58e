"""One formula: of something and of its opposite, and of nobody at all."""

from solutions.w4_face import identification_error

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand

exercise = Exercise(
    identification_error,
    points=2,
    hints=[
        "Ask the other way round: how likely is it that none of the K comparisons errs?",
        "One is right with 1 − p; K of them, each by itself, with (1 − p) to the power of K.",
        "1 - (1 - p) ** K.",
    ],
)


@exercise.cases
def cases(rng):
    yield case("one per cent, a hundred people", float(rng.uniform(0.008, 0.012)), int(rng.integers(80, 120)))
    yield case("one person", float(rng.uniform(0.02, 0.3)), 1)
    yield case("two people", float(rng.uniform(0.1, 0.4)), 2)
    yield case("a crowd", float(rng.uniform(2e-4, 6e-4)), int(rng.integers(2000, 4000)))
    yield case("nearly a coin", float(rng.uniform(0.4, 0.6)), int(rng.integers(3, 6)))
    yield case("it never errs", 0.0, int(rng.integers(10, 100)))
    yield case("it always errs", 1.0, int(rng.integers(10, 100)))
    yield case("nobody to be taken for", float(rng.uniform(0.1, 0.4)), 0)
    yield case("it always errs, and there is nobody", 1.0, 0)


exercise.slip("K times as likely", lambda p, K: K * p, "Probabilities are not simply added: what would K = 200 give at one per cent?")
exercise.slip("K times as likely, at most 1", lambda p, K: min(K * p, 1.0), "That is a bound, for errors that never come together: how likely is it that none of the K comparisons errs?")
exercise.slip("the probability that all err", lambda p, K: p**K, "One error is enough: how likely is it that none of the K comparisons errs?")
exercise.slip("the probability that none errs", afterwards(lambda result: 1 - result), "That is how likely it is that all goes well.")
exercise.slip("one comparison too few", beforehand(K="K - 1"), "With how many people is somebody compared?")
exercise.slip("in per cent", afterwards(lambda result: 100 * result), "The result is a share in [0, 1], as p is.")
