"""The loss of a network that finds one thing: where there is nothing, p_c alone counts."""

import numpy as np
from solutions.w3_yolo import localization_loss

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import edit, instead

exercise = Exercise(
    localization_loss,
    points=5,
    hints=[
        "Square all differences first. Then each vector needs one of two numbers, and its own p_c says which.",
        "The last axis holds the 5 + n numbers, with or without a batch in front: squares.sum(axis=-1), and y_true[..., 0] for p_c.",
        "np.where(y_true[..., 0] == 1, squares.sum(axis=-1), squares[..., 0]) has one number a vector; take their mean.",
    ],
)


def batch(rng, things, n):
    """What is true, for each 1 or 0 in `things`, and what is guessed: where there is nothing, a label's other numbers say nothing."""
    m = len(things)
    y = np.hstack([np.array(things, float)[:, None], rng.uniform(0.1, 0.9, (m, 4 + n))])
    there = y[:, 0] == 1
    y[there, 5:] = np.eye(n)[rng.integers(0, n, m)][there]
    return y, rng.uniform(0.05, 0.95, (m, 5 + n))


@exercise.cases
def cases(rng):
    n, m = int(rng.integers(3, 6)), int(rng.integers(5, 8))
    both = rng.permutation([1, 0, 1, 0, *rng.integers(0, 2, m - 4)])
    yield case("a thing, one vector", *(one[0] for one in batch(rng, [1], n)))
    yield case("nothing there, one vector", *(one[0] for one in batch(rng, [0], n)))
    yield case("a batch with both", *batch(rng, both, n))
    yield case("a batch with both, nothing first", *batch(rng, [0, 1, 0, 1, 1], n))
    yield case("things everywhere", *batch(rng, [1] * m, n))
    yield case("nothing anywhere", *batch(rng, [0] * m, n))
    yield case("a batch of one", *batch(rng, [1], n))
    yield case("a batch of one, and nothing there", *batch(rng, [0], n))
    yield case("one class", *batch(rng, both, 1))
    yield case("as many vectors as numbers", *batch(rng, [1, 0, 1, 1, 0, 0, 1], 2))
    truth, guess = batch(rng, both, n)
    yield case("far off, below 0 too", truth, 20 * guess - 10)
    yield case("whole numbers", np.hstack([both[:, None], rng.integers(0, 2, (m, 4 + n))]), rng.integers(-3, 4, (m, 5 + n)))
    yield case("single precision", *(one.astype(np.float32) for one in batch(rng, both, n)))


exercise.slip("everything counts, always", lambda y, p: ((y - p) ** 2).sum(axis=-1).mean(), "Where there is nothing, where should its box be, and of which class? What is left to be judged there?")
exercise.slip(
    "classes count where there is nothing",
    lambda y, p: localization_loss(y, p) + ((1 - y[..., :1]) * (y - p)[..., 5:] ** 2).sum(axis=-1).mean(),
    "Nothing has no class: look again at what counts when p_c is 0.",
)
exercise.slip(
    "boxes count where there is nothing",
    lambda y, p: localization_loss(y, p) + ((1 - y[..., :1]) * (y - p)[..., 1:5] ** 2).sum(axis=-1).mean(),
    "Nothing has no box: look again at what counts when p_c is 0.",
)
exercise.slip("the box is left out", lambda *both: localization_loss(*(np.delete(one, range(1, 5), -1) for one in both)), "Where there is a thing, all 5 + n numbers count: which four are missing?")
exercise.slip("the classes are left out", lambda y, p: localization_loss(y[..., :5], p[..., :5]), "Where there is a thing, all 5 + n numbers count, not the first five alone.")
exercise.slip(
    "p_c is left out where there is a thing", lambda y, p: localization_loss(y, p) - (y * (y - p) ** 2)[..., 0].mean(), "Where there is a thing, the network must also be sure of it: p_c counts too."
)
exercise.slip("nothing counts where there is nothing", lambda y, p: (y.T[0] * ((y - p) ** 2).sum(-1)).mean(), "A network that sees things everywhere must pay for it: which number says that it does?")
exercise.slip("p_c the wrong way round", edit("== 1", "== 0"), "When do all numbers count: where p_c is 1, or where it is 0?")
exercise.slip("the prediction decides what counts", edit("y_true[..., 0] == 1", "y_pred[..., 0] >= 0.5"), "Whether there is a thing is what the label says, not what the network believes.")
exercise.slip("the first vector decides for all", edit("y_true[..., 0] == 1", "y_true.ravel()[0] == 1"), "Each vector of a batch has a p_c of its own.")
exercise.slip("the mean of a vector's numbers", edit("squares.sum", "squares.mean"), "A vector's squared differences are added up; the mean is over the batch.")
exercise.slip("the sum over the batch", instead(mean="sum"), "Average over the vectors, or a larger batch looks worse.")
exercise.slip("differences that are not squared", lambda y, p: localization_loss(y, y + np.abs(y - p) ** 0.5), "It is the squares of the differences that are added up.")
exercise.slip("a root at the end", lambda y, p: np.mean([localization_loss(*pair) ** 0.5 for pair in zip(*np.atleast_2d(y, p))]), "A sum of squares, not a distance: is there a root in the formula?")
exercise.slip("one loss a vector", edit(".mean()", ""), "A batch gets one number, the mean over its vectors.")
