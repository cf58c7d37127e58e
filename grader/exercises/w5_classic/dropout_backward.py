"""The gradient takes the way that the numbers took."""

import numpy as np
from solutions.w5_classic import dropout_backward

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring

exercise = Exercise(
    dropout_backward,
    points=5,
    hints=[
        "What did `dropout_forward` do to a number that was kept? And to one that was dropped? Which slope is that?",
        "Kept: out = X / (1 − rate), a slope of 1 / (1 − rate). Dropped: out = 0, a slope of 0.",
        "np.where(mask, dout / (1 - rate), 0), or dout * mask / (1 - rate).",
    ],
)


@exercise.cases
def cases(rng):
    def given(*shape, kept=0.5):
        mask = rng.random(shape) < kept
        mask.flat[:2] = True, False
        return draw.normal(rng, *shape) + 3 * rng.choice([-1, 1], shape), mask

    yield case("half were dropped", *given(5, 6), 0.5)
    yield case("few were dropped", *given(6, 7, kept=0.8), 0.2)
    yield case("most were dropped", *given(4, 9, kept=0.25), 0.75)
    yield case("a batch of pictures", *given(2, 3, 4, 5, kept=0.6), 0.4)
    yield case("one axis", *given(9), 0.1)
    yield case("a rate of 0", given(4, 5)[0], np.ones((4, 5), bool), 0.0)
    yield case("all were kept by chance", given(3, 2)[0], np.ones((3, 2), bool), 0.3)
    yield case("all were dropped by chance", given(3, 2)[0], np.zeros((3, 2), bool), 0.7)


exercise.also("single precision", "whole numbers")

exercise.slip("not scaled", ignoring(rate=0.0), "Forward, the kept numbers were divided by 1 − rate: what is the slope of that?")
exercise.slip("scaled twice", lambda dout, mask, rate: dropout_backward(dout, mask, rate) / (1 - rate), "Scaled once forward, once backward: (1 − rate) is not squared.")
exercise.slip("scaled the wrong way", edit("dout / (1 - rate)", "dout * (1 - rate)"), "The slope of X / (1 − rate) is not 1 − rate.")
exercise.slip("rate is read as the share that was kept", beforehand(rate="1 - rate or 1e-12"), "`rate` is the probability of being dropped.")
exercise.slip("the mask is drawn anew", beforehand(mask="np.random.default_rng(0).random(dout.shape) >= rate"), "The gradient flows where the numbers flowed: the mask is given.")
exercise.slip("the mask is ignored", beforehand(mask="np.ones_like(mask)"), "A dropped number had no say in the loss: its gradient is 0.")
exercise.slip("the gradient flows where numbers were dropped", beforehand(mask="~mask"), "mask is True where a number was kept.")
