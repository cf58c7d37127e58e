"""What several exercises of `w2_resnet` have in common: messages, and what both residual blocks are asked."""

from functools import partial

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model

Block = partial(Exercise, limit_float32=3e-3, pair_cases=1, observer=look_at_model)  # a GPU may multiply with ten bits after the point

CUT = "ReLU has no upper end here."
DROPPED = "The input itself must reach the end: Add takes both ways."
NO_MODE = "Call each normalisation with training=training, or it never learns which mode it is in."
ONE_MODE = "The caller says which mode it is: pass on what came in."
NO_MEMORY = "Leave momentum at Keras's default: inference relies on what was seen before."
NO_SEED = "Every convolution starts from initializer(seed=0)."
OWN_START = "The caller may name another initializer: use the argument."
ROWS = "Which axis of (m, n_H, n_W, n_C) holds the channels?"
RELU_LAST = "ReLU comes last, after the sum."


def looks_at_residual_block(rng, shape, filters, default):
    def one(title, look, light=1, f=3, filters=filters, **more):
        return case(title, f, filters, look=look, pictures=light * draw.single(rng, *shape), block=True, **more)

    yield one("its output's shape", "sizes")
    yield one("parameters, trained and others", "parameters")
    yield one("how it begins", "beginning", initializer=default)
    yield one("how it begins, told otherwise", "beginning", initializer="given")
    yield one("given weights", "inference")
    yield one("given weights, large numbers", "inference", light=40)
    yield one("given weights, a batch's statistics", "training")
    yield one("given weights, a wide middle", "inference", f=5, filters=[7, 3, filters[2]])
    yield one("called with training=True", "eager", initializer="given", training=True)
    yield one("called with training=False", "eager", initializer="given", training=False)
    yield one("called without a mode", "eager", initializer="given")
