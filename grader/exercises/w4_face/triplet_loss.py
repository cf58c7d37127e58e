"""The loss of triplets, and its gradient; a triplet so near to the hinge that rounding decides is not asked."""

import keras
import numpy as np
from solutions.w4_face import triplet_loss

from grader.exercises.w4_face.shared import SQUARED
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import beforehand, edit, ignoring, instead, skipping

exercise = Exercise(
    triplet_loss,
    points=12,
    dtype="same",
    limit_float32=0.001,
    observer=look_at_loss,
    hints=[
        "Two distances a triplet: from the anchor to the positive, and from the anchor to the negative, each a sum of squares over the last axis.",
        "keras.ops.sum(keras.ops.square(anchor - positive), axis=-1) is (m,). So is the cost of each triplet, pos_dist - neg_dist + alpha.",
        "keras.ops.maximum(cost, 0.0) first, triplet by triplet; then keras.ops.sum of it.",
    ],
)


@exercise.cases
def cases(rng):
    def draw(m, d, alpha, costly=None, near=0.7, far=0.7, equal=0, turned=0):
        """Triplets of which so many cost something, or some and not all; of some the positive is the anchor, or changed for the negative."""
        while True:
            aside = rng.standard_normal((3, m, d))
            if costly == 0:  # all on one side: then the gradient's zeros have one sign, and the answer is seen to be the visible one
                aside = 0.1 + np.abs(aside)
            anchor, positive, negative = rng.standard_normal((m, d)) + np.array([0, near, far])[:, None, None] * aside
            positive[:equal] = anchor[:equal]
            positive[:turned], negative[:turned] = negative[:turned].copy(), positive[:turned].copy()
            costs = np.sum((anchor - positive) ** 2, axis=1) - np.sum((anchor - negative) ** 2, axis=1) + alpha
            count = np.sum(costs > 0)
            if np.all(np.abs(costs) > 0.02) and (0 < count < m if costly is None else count == costly):
                return [one.astype(np.float32) for one in np.stack([anchor, positive, negative])[:, rng.permutation(m)]]

    def one(title, m, d, alpha=None, y_true=None, kind=list, **more):
        named = {} if alpha is None else {"alpha": alpha}
        return case(title, y_true=y_true, y_pred=kind(draw(m, d, named.get("alpha", 0.2), **more)), **named)

    # By name: what the function gets is made of them, and may not be writable. Few shapes: JAX compiles for each anew.
    m = int(rng.integers(6, 9))
    yield one("some triplets cost something, some nothing", m, 5)
    yield one("128 numbers", m, 128, near=0.12, far=0.12)
    yield one("a wide margin", m, 5, alpha=float(rng.uniform(1, 2)))
    yield one("no margin", m, 5, alpha=0.0)
    yield one("one triplet", 1, 5, alpha=float(rng.uniform(20, 30)), costly=1)
    yield one("all cost something", m, 5, far=0.07, costly=m)
    yield one("all but one cost nothing", m, 5, alpha=float(rng.uniform(0.5, 1)), near=0.07, far=2.8, turned=1, costly=1)
    yield one("nothing costs anything", m, 5, near=0.07, far=2.8, costly=0)
    yield one("positives that are their anchors", m, 5, equal=2, far=0.1, costly=m)
    yield one("a tuple", m, 5, kind=tuple)
    yield one("one number each", m, 1)
    yield one("labels that do not count", m, 5, y_true=rng.integers(0, 5, m).astype(np.float32))


exercise.slip("the margin is forgotten", ignoring(alpha=0), "Without a margin a network may give every picture the same encoding, and pay nothing.")
exercise.slip("the margin is always 0.2", ignoring(alpha=0.2), "The margin is an argument.")
exercise.slip("the margin is subtracted", beforehand(alpha="-alpha"), "The negative has to be farther away by the margin: does that make the loss larger or smaller?")
exercise.slip(
    "the sign is wrong",
    lambda y_true, y_pred, alpha=0.2: triplet_loss(y_true, [y_pred[0], y_pred[2], y_pred[1]], alpha),
    "Which of the two distances is to become small, and does it then add to the loss?",
)
exercise.slip("a mean, not a sum", lambda y_true, y_pred, alpha=0.2: triplet_loss(y_true, y_pred, alpha) / y_pred[0].shape[0], "Nothing is divided by: add up over all triplets.")
exercise.slip(
    "the distances of all triplets in one sum",
    edit("), axis=-1)", "))", 2),
    "A distance belongs to one triplet: sum over the last axis only, and what is in order cannot make up for what is not.",
)
exercise.slip("no sum over the triplets", skipping("sum", only=3), "The loss is a single number: add up over all triplets.")
exercise.slip(
    "the maximum outside of the sum",
    lambda y_true, y_pred, alpha=0.2: triplet_loss(y_true, [keras.ops.reshape(one, (1, -1)) for one in y_pred], alpha * y_pred[0].shape[0]),
    "A triplet that is in order must not make up for another: which comes first, the maximum or the sum?",
)
exercise.slip(
    "the maximum within a triplet",
    lambda y_true, y_pred, alpha=0.2: keras.ops.sum(keras.ops.maximum((y_pred[0] - y_pred[1]) ** 2 - (y_pred[0] - y_pred[2]) ** 2 + alpha, 0.0)),
    "The margin and the maximum are of a whole triplet, not of each number in it: sum over d first.",
)
exercise.slip("no maximum", skipping("maximum"), "What is in order costs nothing; without the maximum, it would pay to push negatives away for ever.")
exercise.slip(
    "the distances are not squared",
    lambda y_true, y_pred, alpha=0.2: keras.ops.sum(keras.ops.maximum(keras.ops.norm(y_pred[0] - y_pred[1], axis=-1) - keras.ops.norm(y_pred[0] - y_pred[2], axis=-1) + alpha, 0.0)),
    SQUARED,
)
exercise.slip("absolute differences", instead(square="abs"), "The distance is a sum of squares.")
exercise.slip(
    "means of the squares", lambda y_true, y_pred, alpha=0.2: triplet_loss(y_true, [one / one.shape[-1] ** 0.5 for one in y_pred], alpha), "The distance is a sum of squares, not their mean."
)
exercise.slip("from the positive to the negative", edit("anchor - negative", "positive - negative"), "Both distances are those of the anchor.")
exercise.slip(
    "computed in NumPy",
    lambda y_true, y_pred, alpha=0.2: triplet_loss(y_true, [keras.ops.convert_to_tensor(keras.ops.convert_to_numpy(one)) for one in y_pred], alpha),
    "Nothing can be learnt through NumPy: only operations of the framework have a gradient.",
)

exercise.equivalent("-1 → 1", "the second axis is the last")
exercise.equivalent("-1 → 1 (2)", "the second axis is the last")
