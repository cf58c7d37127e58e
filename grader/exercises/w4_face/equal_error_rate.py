"""Two rates of errors, each a share of its own kind, where they are closest."""

import numpy as np
from solutions.w4_face import equal_error_rate

from grader.exercises.w4_face.shared import in_steps, pairs
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, edits, passing

RATE = "(accepted[closest] / n_different + rejected[closest] / n_same) / 2"
MEAN = "Where the two rates do not meet exactly, the mean of both is returned."

exercise = Exercise(
    equal_error_rate,
    points=5,
    hints=[
        "Two rates for each threshold: of the different pairs the share with distance < t, and of the same pairs the share with distance ≥ t.",
        "The first grows with t, the second falls. Try every distance as t, and one beyond the largest.",
        "np.argmin(np.abs(accepted - rejected)) says where they are closest; the result is the mean of the two there.",
    ],
)


@exercise.cases
def cases(rng):
    def unambiguous(draw):
        """Where two thresholds are equally close to the point where the rates meet, their means must agree."""
        while True:
            distances, same = draw()
            thresholds = np.append(np.unique(distances), np.inf)
            accepted = np.array([np.mean(distances[~same] < t) for t in thresholds])
            rejected = np.array([np.mean(distances[same] >= t) for t in thresholds])
            gaps = np.abs(accepted - rejected)
            means = ((accepted + rejected) / 2)[gaps <= gaps.min() + 1e-6]
            if np.ptp(means) < 1e-9:
                return distances, same

    n = int(rng.integers(30, 45))
    yield case("as many of both kinds", *unambiguous(lambda: pairs(rng, n, n)))
    yield case("few are of one person", *unambiguous(lambda: pairs(rng, 7, 4 * n)))
    yield case("most are of one person", *unambiguous(lambda: pairs(rng, 3 * n, 11)))
    yield case("many equal distances", *unambiguous(lambda: in_steps(pairs(rng, n, n + 9), 0.5)))
    yield case("very few different distances", *unambiguous(lambda: in_steps(pairs(rng, n, n + 7, apart=0.6), 2.0)))
    yield case("hardly apart", *unambiguous(lambda: pairs(rng, n, n + 6, apart=0.2)))
    yield case("the wrong way round", *unambiguous(lambda: pairs(rng, n, n + 8, apart=-1.0)))
    yield case("large distances", *unambiguous(lambda: pairs(rng, n, n - 3, scale=50.0, start=10.0)))
    distances, same = unambiguous(lambda: in_steps(pairs(rng, n, 2 * n), 0.125))
    yield case("single precision", distances.astype(np.float32), same)
    distances, same = unambiguous(lambda: in_steps(pairs(rng, n, n + 11, scale=6.0), 1.0))
    yield case("whole numbers", distances.astype(int), same)
    yield case("well apart", *pairs(rng, n, n + 5, apart=9.0))
    # Quarters, which are exact: between two thresholds as close as each other lie two pairs of one kind, equally far.
    steps = np.cumsum(rng.uniform(0.2, 1, 7))[[6, 5, 4, 3, 3, 2, 1, 0]]  # the highest first
    same = np.array([False, True, True, False, False, False, True, True])
    yield case("equally close at two thresholds, strangers between", steps, same)
    yield case("equally close at two thresholds, pairs of one person between", steps, ~same)
    yield case("a pair of each kind, the wrong way round", np.array([2.0, 1.0]) + rng.random(), np.array([True, False]))
    yield case("a pair of each kind, equally far", np.full(2, rng.uniform(0.5, 2)), np.array([True, False]))


exercise.slip("the other way round", beforehand(distances="-distances"), "A pair is accepted when its distance is below t, and what is counted are the errors.")
exercise.slip("the rate of wrong acceptances alone", edit(RATE, "accepted[closest] / n_different"), MEAN)
exercise.slip("the rate of wrong rejections alone", edit(RATE, "rejected[closest] / n_same"), MEAN)
exercise.slip("the larger of the two", edit(RATE, "max(accepted[closest] / n_different, rejected[closest] / n_same)"), MEAN)
exercise.slip(
    "shares of all pairs",
    edit(RATE, "(accepted[closest] + rejected[closest]) / len(same)"),
    "Of what is each rate a share? Not of all pairs: wrong acceptances of the different ones, wrong rejections of the same ones.",
)
exercise.slip(
    "shares of all pairs, compared and averaged",
    edits(("accepted * n_same - rejected * n_different", "accepted - rejected"), (RATE, "(accepted[closest] + rejected[closest]) / (2 * len(same))")),
    "Of what is each rate a share? Not of all pairs: wrong acceptances of the different ones, wrong rejections of the same ones.",
)
exercise.slip("counts are compared, not rates", edit("accepted * n_same - rejected * n_different", "accepted - rejected"), "Where one kind is rarer, equal counts are not equal rates.")
exercise.slip(
    "the least sum of errors",
    edit("accepted * n_same - rejected * n_different", "accepted * n_same + rejected * n_different"),
    "The rate is read where the two are equal, or nearly; it need not be where their sum is least.",
)
exercise.slip("the sum, not the mean", afterwards(lambda result: 2 * result), "The mean of both rates is returned.")
exercise.slip("the threshold", edit(RATE, "np.minimum(thresholds, np.max(distances))[closest]"), "The rate is asked for, not the threshold where it is met.")


def interpolated(distances, same):
    thresholds = [*np.unique(distances), np.inf]
    accepted = np.array([np.mean(distances[~same] < t) for t in thresholds])
    return np.interp(0, accepted - [np.mean(distances[same] >= t) for t in thresholds], accepted)


exercise.slip("interpolated", interpolated, "Only thresholds at the distances count, nothing in between: where the rates do not meet, the mean of the closest two.")
exercise.slip("accepted from the threshold on", passing("searchsorted", only=1, side="right"), "A pair at exactly t is not accepted: of both kinds.")

exercise.equivalent("np.append(np.unique(distances), np.inf) → np.unique(distances)", "at the lowest the rates are as far apart")
exercise.equivalent("np.append(np.unique(distances), np.inf) → np.append(np.inf, np.unique(distances))", "at the lowest the rates are as far apart")
