"""Which numbers are dropped follows from the generator: the same draws give the same answer."""

import numpy as np
from solutions.w5_classic import dropout_forward

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring


def dropout_seen(function, X, rate, seed, **training):
    """What is kept, and whether the generator was asked as agreed."""
    import numpy as np

    rng = np.random.default_rng(seed)
    given = function(X, rate, rng, **training)
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise TypeError(f"expected (out, mask), got {type(given).__name__}")
    out, mask = given
    return {"out": out, "mask": mask, "out is a new array": out is not X and not np.shares_memory(out, X), "the generator's next number": rng.random()}


exercise = Exercise(
    dropout_forward,
    points=8,
    observer=dropout_seen,
    hints=[
        "One call draws a number for each one of X: rng.random(X.shape). With which probability is such a number at least rate?",
        "mask = rng.random(X.shape) >= rate keeps a share of 1 − rate. What must the kept numbers be divided by, so that the mean stays?",
        "np.where(mask, X / (1 - rate), 0), mask in training; X.copy(), np.ones(X.shape, dtype=bool) otherwise; and first of all the ValueError.",
    ],
)


@exercise.cases
def cases(rng):
    seed = draw.number(rng, 0, 2**31)

    def numbers(*shape):
        """None of them near 0, where dropped and kept look alike."""
        return draw.normal(rng, *shape) + 3 * rng.choice([-1, 1], shape)

    yield case("half are dropped", numbers(6, 8), 0.5, seed)
    yield case("few are dropped", numbers(7, 9), 0.2, seed + 1)
    yield case("most are dropped", numbers(3, 4, 5), 0.8, seed + 2, training=True)
    yield case("a batch of pictures", numbers(2, 4, 3, 5), 0.3, seed + 3)
    yield case("nothing is dropped", numbers(5, 6), 0.0, seed + 4)
    yield case("not training", numbers(5, 6), 0.4, seed + 5, training=False)
    yield case("not training, rate 0", numbers(5, 3), 0, seed + 5, training=False)
    drawn = np.random.default_rng(seed + 6).random((4, 5))
    yield case("a number is drawn that is just the rate", numbers(4, 5), float(drawn[2, 3]), seed + 6)
    yield case("one axis", numbers(12), 0.25, seed + 7)
    yield case("no numbers", np.zeros((0, 4)), 0.5, seed + 8)
    for rate, title in ((1.0, "all would be dropped"), (1.25, "more than all"), (-0.25, "less than none")):
        yield case(f"a rate of {rate}: {title}", numbers(3, 4), rate, seed, raises=ValueError)
    yield case("a rate of 1.5, not training", numbers(3, 4), 1.5, seed, training=False, raises=ValueError)


exercise.also("single precision", "whole numbers")


def kept_share(X, rate, rng, training=True):
    if not 0 <= rate < 1:
        raise ValueError("rate")
    if not training:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) < rate
    return np.where(mask, X / max(rate, 1e-12), 0), mask


def afterwards_scaled(X, rate, rng, training=True):
    if not 0 <= rate < 1:
        raise ValueError("rate")
    if not training:
        return X * (1 - rate), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) >= rate
    return X * mask, mask


exercise.slip("rate is read as the share that is kept", kept_share, "`rate` is the probability of being dropped, as in Keras; other courses count what is kept.")
exercise.slip("not scaled", edit("X / (1 - rate)", "X"), "Without the dropped numbers the mean is smaller: what must the kept ones be divided by?")
exercise.slip("scaled the wrong way", edit("X / (1 - rate)", "X * (1 - rate)"), "The kept numbers make up for the dropped ones: they become larger.")
exercise.slip("divided by the rate", edit("X / (1 - rate)", "X / max(rate, 1e-12)"), "The mean stays if the kept ones are divided by the share that is kept.")
exercise.slip("scaled when it does not train", afterwards_scaled, "Today the scale belongs to training: without training nothing changes.")
exercise.slip("drops when it does not train", ignoring(training=True), "Without training nothing is dropped: look at `training`.")
exercise.slip("never drops", ignoring(training=False), "In training numbers are dropped: look at `training`.")
exercise.slip(
    "one number is drawn for each row",
    edit("mask = rng.random(X.shape) >= rate", "mask = np.broadcast_to(rng.random(X.shape[:1] + (1,) * (X.ndim - 1)) >= rate, X.shape)"),
    "Each number of X has its own draw.",
)
exercise.slip(
    "one number is drawn for each channel", edit("mask = rng.random(X.shape) >= rate", "mask = np.broadcast_to(rng.random(X.shape[-1:]) >= rate, X.shape)"), "Each number of X has its own draw."
)
exercise.slip("not from this generator", edit("mask = rng.random(X.shape)", "mask = np.random.default_rng(0).random(X.shape)"), "The chances come from rng: the caller may want the same ones again.")
exercise.slip("drawn as normal numbers", edit("mask = rng.random(X.shape)", "mask = rng.standard_normal(X.shape)"), "rng.random draws evenly from 0 to 1; normal numbers are not spread like that.")
exercise.slip("drawn as whole numbers", edit("mask = rng.random(X.shape) >= rate", "mask = rng.integers(0, 2, X.shape) == 1"), "rng.integers drops half, whatever the rate: draw with rng.random.")
exercise.slip("dropped and kept are exchanged", edit(">= rate", "< rate"), "Which share of the numbers from 0 to 1 is at least rate?")
exercise.slip("kept below 1 − rate", edit(">= rate\n", "< 1 - rate\n"), "As many are kept, but others: kept is what has drawn at least rate, so that the same seed drops the same numbers.")
exercise.slip("kept only above the rate", edit(">= rate", "> rate"), "A number that is just rate is kept: with rate 0 nothing may be dropped.")
exercise.slip("the mask is that of the dropped", afterwards(lambda result: (result[0], ~result[1])), "mask is True where a number was kept.")
exercise.slip("the mask is scaled", edit("0), mask", "0), mask / (1 - rate)"), "mask is of True and False: `dropout_backward` scales by itself.")
exercise.slip("no copy", edit("X.copy()", "X"), "out is a new array, without training too: whoever changes it must not change X.")
exercise.slip("a rate below 0 is let through", edit("0 <= rate < 1", "rate < 1"), "What would a rate below 0 mean? Refuse it.")
exercise.slip("a rate of 1 is let through", edit("0 <= rate < 1", "0 <= rate <= 1"), "If all are dropped, what are the others divided by? Refuse 1 as well.")
exercise.slip("the rate is checked in training only", beforehand(rate="rate if training else 0.0"), "A wrong rate is a mistake of the caller, in training or not.")
