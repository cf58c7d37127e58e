"""Which threshold is right most often: any of the best will do, so what it decides is compared."""

import numpy as np
from solutions.w4_face import best_threshold

from grader.exercises.w4_face.shared import in_steps, pairs
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import instead


def decisions_seen(function, distances, same):
    """The share of pairs that are decided rightly at the threshold that is found: there may be many that are best."""
    import numpy as np

    threshold = np.asarray(function(distances, same), dtype=float)
    if threshold.ndim:
        raise TypeError(f"expected one number, got an array of shape {threshold.shape}")
    return {"the share that is decided rightly": float(np.mean((distances.astype(float) < threshold) == same.astype(bool)))}


exercise = Exercise(
    best_threshold,
    points=5,
    observer=decisions_seen,
    hints=[
        "Only the order matters: between two neighbouring distances, all thresholds decide alike. Which few are worth trying?",
        "Try each distance as t, and one beyond the largest: np.mean((distances < t) == same) is the share that is right.",
        "Keep the t with the largest share: np.argmax of the list of shares says where it stands.",
    ],
)


@exercise.cases
def cases(rng):
    def sought(draw, unequal=False):
        """Where it is not enough to accept all, or none; of a size that nobody guesses.

        `unequal`: where the kinds are not of equal size, the best mean of their shares is not the best of all pairs.
        """
        while True:
            distances, same = draw()
            thresholds = np.append(np.unique(distances), np.inf)
            right = np.array([np.sum((distances < t) == same) for t in thresholds])
            if max(right) == max(right[0], right[-1]):
                continue
            shares = np.array([np.mean(distances[same] < t) + np.mean(distances[~same] >= t) for t in thresholds])
            if not unequal or max(right[np.isclose(shares, max(shares))]) < max(right):
                return float(rng.uniform(4, 9)) * distances, same

    n = int(rng.integers(20, 30))
    yield case("as many of both kinds", *sought(lambda: pairs(rng, n, n)))
    yield case("few are of one person", *sought(lambda: pairs(rng, 8, 3 * n, apart=0.9), unequal=True))
    yield case("most are of one person", *sought(lambda: pairs(rng, 3 * n, 9, apart=0.9), unequal=True))
    yield case("many equal distances", *sought(lambda: in_steps(pairs(rng, n, n + 5), 0.5)))
    yield case("large distances", *sought(lambda: pairs(rng, n, n - 3, scale=900.0)))
    yield case("small distances", *sought(lambda: pairs(rng, n, n + 2, scale=0.01)))
    yield case("tiny distances", *sought(lambda: pairs(rng, n, n + 1, scale=1e-9)))
    distances, same = sought(lambda: in_steps(pairs(rng, n, n + 4), 0.125))
    yield case("single precision", distances.astype(np.float32), same)
    even = np.float32(1 + 2 * rng.integers(1, 1000) * np.finfo(np.float32).eps)  # what lies halfway to the next number is rounded to it
    nearest = np.array([even, np.nextafter(even, np.float32(2)), 3, 0], np.float32)
    yield case("neighbours in single precision", nearest, np.array([True, False, False, True]))
    yield case("whole numbers", np.round(8 * distances).astype(int), same)
    yield case("well apart", *sought(lambda: pairs(rng, n, int(rng.integers(6, 15)), apart=6.0)))
    yield case("all are of one person", pairs(rng, n + 3, 0)[0], np.ones(n + 3, bool))
    yield case("all are of one person, enormous distances", pairs(rng, n, 0, scale=1e12)[0], np.ones(n, bool))
    yield case("none is of one person", pairs(rng, 0, n + 1)[0], np.zeros(n + 1, bool))
    yield case("none is of one person, some distances are 0", rng.permutation(np.append([0.0, 0.0], pairs(rng, 0, n)[0])), np.zeros(n + 2, bool))
    yield case("one pair", rng.uniform(0.5, 2, 1), np.array([True]))
    yield case("one pair, of two people", rng.uniform(0.5, 2, 1), np.array([False]))
    kind = bool(rng.integers(2))
    yield case("two pairs, equally far", np.full(2, rng.uniform(0.5, 2)), np.array([kind, not kind]))


exercise.slip("the worst threshold, or the other way round", instead(argmax="argmin"), "`distance < t` means the same person, and as many pairs as possible are to be decided rightly.")
exercise.slip(
    "shares of each kind",
    lambda distances, same: max([*np.unique(distances), np.inf], key=lambda t: np.sum(same & (distances < t)) / max(np.sum(same), 1) + np.sum(~same & (distances >= t)) / max(np.sum(~same), 1)),
    "Each pair counts alike: where few are of one person, these weigh less.",
)
exercise.slip(
    "nothing beyond the largest distance",
    lambda distances, same: max(np.unique(distances), key=lambda t: np.mean((distances < t) == same)),
    "If all pairs are to be accepted, where must the threshold be?",
)
exercise.slip(
    "accepted from the threshold on",
    lambda distances, same: max([-np.inf, *np.unique(distances)], key=lambda t: np.mean((distances <= t) == same)),
    "A pair at exactly t is refused: with `<`, t lies beyond the last distance that is to be accepted.",
)
exercise.slip(
    "nobody is ever refused",
    lambda distances, same: max([*np.unique(distances)[1:], np.inf], key=lambda t: np.mean((distances < t) == same)),
    "If all pairs are to be refused, where must the threshold be?",
)
exercise.slip(
    "only accepted pairs count",
    lambda distances, same: max([*np.unique(distances), np.inf], key=lambda t: np.sum(same & (distances < t))),
    "A pair of different people that is refused is decided rightly, too.",
)
exercise.slip(
    "only refused pairs count",
    lambda distances, same: max([*np.unique(distances), np.inf], key=lambda t: np.sum(~same & (distances >= t))),
    "A pair of one person that is accepted is decided rightly, too.",
)
exercise.slip("halfway between the means", lambda distances, same: np.nanmean([np.mean(distances[same]), np.mean(distances[~same])]), "The means say nothing of how many are on the wrong side: count.")
exercise.slip(
    "no stranger is let in", lambda distances, same: np.max(distances) + 1 if same.all() else np.min(distances[~same]), "Both mistakes count alike: what if a single stranger looks like somebody?"
)
exercise.slip(
    "a fixed grid", lambda distances, same: max(np.linspace(0, 2, 201), key=lambda t: np.mean((distances < t) == same)), "Distances can be of any size: which thresholds make a difference at all?"
)
exercise.slip("the number of right decisions", lambda distances, same: max(np.sum((distances < t) == same) for t in [*distances, np.inf]), "The threshold is asked for, not how good it is.")
exercise.slip(
    "a place, not a distance",
    lambda distances, same: np.argmax([np.mean((distances < t) == same) for t in [*np.unique(distances), np.inf]]),
    "argmax says where in the list of thresholds the best one stands: which one is it?",
)

exercise.equivalent("~same → same", "how many there are shifts all counts alike")
for order in ("(seen[:-1] + seen[1:]) / 2, [seen[0]], [np.nextafter(seen[-1], np.inf)]", "[seen[0]], [np.nextafter(seen[-1], np.inf)], (seen[:-1] + seen[1:]) / 2"):
    exercise.equivalent(f"[[seen[0]], (seen[:-1] + seen[1:]) / 2, [np.nextafter(seen[-1], np.inf)]] → [{order}]", "in any order one of the best is found")
exercise.equivalent("np.nextafter(seen[-1], np.inf) → np.nextafter(np.inf, seen[-1])", "that is beyond all, too")
