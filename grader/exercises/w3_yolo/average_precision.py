"""The curve of precision over recall, read at 101 recalls."""

import numpy as np
from solutions.w3_yolo import average_precision

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, passing, skipping


def curve_seen(function, recall, precision, and_none=False):
    if and_none:
        return function(recall, precision), function(recall[:0], precision[:0])
    return function(recall, precision)


exercise = Exercise(
    average_precision,
    points=5,
    forbids=("average_precision_score", "AveragePrecision", "precision_recall_curve", "auc"),
    observer=curve_seen,
    hints=[
        "Ask 101 times: of all guesses with at least this recall, what is the best precision? 0 where there are none.",
        "Quicker: make precision fall first, by a running maximum from the end: np.maximum.accumulate(precision[::-1])[::-1].",
        "np.searchsorted(recall, np.linspace(0, 1, 101)) finds the first guess with enough recall; its index is len(recall) where there is none: append a 0.",
    ],
)


@exercise.cases
def cases(rng):
    def curve(K, things, share=0.6, first=None):
        """Of K guesses, the best first, some are right; never 5 · n things, for which k / things and 0.01 · i may be the
        same number but for a last bit."""
        right = rng.random(K) < share
        right[0] = right[0] if first is None else first
        right[1 + rng.integers(K // 2) :: 7] = True
        right &= right.cumsum() <= things
        found = right.cumsum()
        return found / things, found / np.arange(1, K + 1)

    def falling(K):
        """Numbers from 1 down to above 0 that are clearly different, so that each step of a curve counts."""
        return (K - np.arange(K) - 0.5 * rng.random(K)) / K

    yield case("a curve", *curve(24, int(rng.integers(21, 24))))
    yield case("half of the things are never found", *curve(20, int(rng.integers(41, 44))))
    yield case("the best guess is wrong", *curve(30, 18, first=False))
    recall, precision = curve(40, 8, 0.3)
    yield case("recalls that are among the 101", np.append(recall, recall[-1]), np.append(precision, precision[-1] * 40 / 41))
    quarters = np.array([0.25, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0])
    yield case("quarters", quarters, falling(7))
    yield case("just short of quarters", quarters - 2e-7, falling(7))
    yield case("just above quarters", quarters[:-2] + 2e-7, falling(5))
    up_and_down = falling(15)
    up_and_down[1::2] /= 4
    yield case("precision goes up and down", np.sort(rng.random(15)), up_and_down)
    yield case("one guess", np.array([1 / rng.integers(2, 4)]), rng.random(1))
    yield case("one guess finds all there is", np.array([1.0]), np.array([1.0]))
    yield case("no guess is right", np.zeros(9), np.zeros(9))
    yield case("recall in whole numbers", np.array([0, 0, 1, 1]), np.array([0.0, 0.0, *falling(2)]))
    yield case("many guesses", *curve(400, int(rng.integers(271, 274))))
    yield case("a curve, and nothing guessed", *curve(12, 13), and_none=True)


exercise.also("single precision")


exercise.slip("precision as it stands", skipping("accumulate"), "At each recall the best precision counts that is reached there *or later*.")
exercise.slip("the best precision so far", edit("[::-1]", "", 2), "With that much recall or more: look ahead, not back.")
exercise.slip(
    "the best precision of all",
    lambda recall, precision: average_precision(recall, np.full(len(precision), precision.max(initial=0))),
    "Only what comes at that recall or later counts: the curve can fall.",
)
exercise.slip("eleven recalls", edit("101))]", "11))]"), "VOC had 11 recalls in 2007; here it is 101 of them.")
exercise.slip("the recall of 1 is left out", edit("np.linspace(0, 1, 101))]", "np.arange(0, 1, 0.01))]"), "From 0 to 1, both ends count: how many recalls are there?")
exercise.slip("more than that recall", passing("searchsorted", side="right"), "Reaching a recall exactly is enough.")
exercise.slip("nothing guessed has no last recall", lambda recall, precision: average_precision(recall, precision) if recall[-1] > 0 else 0.0, "Both arrays may be empty: then it is 0.0.")
exercise.slip("the last precision goes on", lambda recall, precision: average_precision(np.append(recall, 1), np.append(precision, precision[-1:])), "What is never found counts 0.")
exercise.slip(
    "the recalls that are reached, alone",
    lambda recall, precision: average_precision(recall, precision) * 101 / np.sum(np.linspace(0, 1, 101) <= recall.max(initial=0)),
    "A recall that is never reached counts 0, and is counted.",
)
exercise.slip(
    "trapezoids",
    lambda recall, precision: float(np.sum(np.diff(recall, prepend=0) * (precision + np.append(precision[:1], precision[:-1])) / 2)),
    "The mean over 101 recalls is asked for, not an integral of the raw curve.",
)
exercise.slip(
    "the exact area",
    lambda recall, precision: float(np.sum(np.diff(recall, prepend=0) * np.maximum.accumulate(precision[::-1])[::-1])),
    "That is VOC's area since 2010; here the curve is read at 101 recalls.",
)
exercise.slip(
    "interpolated",
    lambda recall, precision: float(np.interp(np.linspace(0, 1, 101), recall, np.maximum.accumulate(precision[::-1])[::-1], right=0.0).mean()) if len(recall) else 0.0,
    "Between two guesses the curve is a step: nothing in between is ever reached.",
)
exercise.slip(
    "the mean of the precisions",
    lambda recall, precision: float(sum(precision)) / max(len(precision), 1),
    "Average over recalls, not over guesses: wrong guesses after the last right one cost nothing.",
)
exercise.slip("the sum", afterwards(lambda result: 101 * result), "It is a mean: between 0 and 1.")

exercise.equivalent("np.linspace(0, 1, 101) → np.linspace(1, 0, 101)", "the mean of the same numbers")
