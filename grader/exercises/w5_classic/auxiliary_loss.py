"""The main head counts whole, each of the others a little."""

import keras
import numpy as np
from solutions.w5_classic import auxiliary_loss

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import afterwards, beforehand, edit, ignoring

exercise = Exercise(
    auxiliary_loss,
    points=9,
    pair_cases=1,
    observer=look_at_loss,
    hints=[
        "Sort out the inputs first: a list of heads or a single tensor, ids or one-hot. Then every head has one number, and they are added.",
        "len(y_true.shape) is 1 for ids: keras.ops.one_hot(y_true, K) makes them one-hot. keras.ops.categorical_crossentropy(y_true, p) is one loss for each picture.",
        "main, *others = outputs; cost(main) + weight * sum(cost(other) for other in others), where cost is the mean over the batch.",
    ],
)


@exercise.cases
def cases(rng):
    K = draw.number(rng, 4, 7)

    def one(title, heads=2, m=6, one_hot=False, dtype=np.int64, alone=False, kind=list, **named):
        ids = rng.integers(0, K, m)
        y_true = np.eye(K)[ids] if one_hot else ids
        logits = kind(1.5 * draw.single(rng, m, K) for _ in range(heads))
        return case(title, y_true=y_true.astype(dtype), y_pred=logits[0] if alone else logits, probabilities=True, **named)

    yield one("ids, two heads")
    yield one("one-hot, two heads", one_hot=True, dtype=np.float32)
    yield one("ids, three heads", heads=3, m=5)
    yield one("one-hot, four heads, a weight", heads=4, one_hot=True, dtype=np.float32, weight=0.5)
    yield one("the main head alone", alone=True, m=7)
    yield one("the main head alone, one-hot", alone=True, m=4, one_hot=True, dtype=np.float32, weight=0.8)
    yield one("a list of one", heads=1)
    yield one("a tuple", kind=tuple, m=3, weight=0.2)
    yield one("a weight of 0", weight=0.0)
    yield one("a weight of 1", heads=3, weight=1.0)
    yield one("one picture", m=1)
    yield one("as many pictures as classes", m=K, heads=3)
    yield one("ids that are bytes", m=8, dtype=np.uint8)


ALL = "cost(main) + weight * sum(cost(other) for other in others)"
MEAN = "keras.ops.mean(keras.ops.categorical_crossentropy(y_true, probabilities))"

exercise.slip(
    "the mean of the auxiliary heads",
    edit("sum(cost(other) for other in others)", "(sum(cost(other) for other in others) / max(1, len(others)))"),
    "The costs of the auxiliary heads are summed; `weight` is for each of them.",
)
exercise.slip("the weight is for the main head too", edit(ALL, "weight * (cost(main) + sum(cost(other) for other in others))"), "The main head counts whole.")
exercise.slip("the auxiliary heads alone", edit(ALL, "weight * sum(cost(other) for other in others) if others else cost(main)"), "The main head's own cost belongs to the loss as well.")
exercise.slip("the auxiliary heads are forgotten", edit(ALL, "cost(main)"), "Each auxiliary head adds weight times its own cost.")
exercise.slip("the first auxiliary head alone", edit("for other in others)", "for other in others[:1])"), "There may be more than one auxiliary head.")
exercise.slip("the last head is the main one", edit("main, *others = outputs", "*others, main = outputs"), "The main head's output comes first.")
exercise.slip("a sum over the batch", edit("keras.ops.mean(", "keras.ops.sum("), "Each cost is the mean over the batch, whatever its size.")
exercise.slip(
    "the mean over classes too", edit(MEAN, "keras.ops.mean(-y_true * keras.ops.log(probabilities))"), "A picture's cross-entropy is a sum over the classes; the mean is over pictures alone."
)
exercise.slip("the mean over all heads", edit(ALL, "(cost(main) + weight * sum(cost(other) for other in others)) / (1 + weight * len(others))"), "It is a sum, not a weighted mean.")
exercise.slip(
    "heads are averaged before the cost", edit(ALL, "cost((main + weight * sum(others)) / (1 + weight * len(others)))"), "Each head has a cost of its own, so that each gets a gradient of its own."
)
exercise.slip("the weight is always 0.3", ignoring(weight=0.3), "The caller says what an auxiliary head counts.")
exercise.slip(
    "probabilities are taken for logits",
    edit("categorical_crossentropy(y_true, probabilities)", "categorical_crossentropy(y_true, probabilities, from_logits=True)"),
    "The heads end with a softmax already: they give probabilities.",
)
exercise.slip("computed in NumPy", afterwards(lambda result: keras.ops.convert_to_numpy(result)), "Nothing can be learnt through NumPy: only operations of the framework have a gradient.")
exercise.slip("the minus is missing", afterwards(lambda result: -result), "The logarithm of a probability is negative, the cost is not.")
exercise.slip("ids are shifted by one", beforehand(y_true="y_true + 1 if len(y_true.shape) == 1 else y_true"), "Classes count from 0.")
exercise.slip(
    "a squared error",
    edit(MEAN, "keras.ops.mean(keras.ops.sum((keras.ops.cast(y_true, probabilities.dtype) - probabilities) ** 2, axis=-1))"),
    "Cross-entropy: minus the logarithm of the right class's probability.",
)

exercise.equivalent("(list, tuple) → (tuple, list)", "isinstance takes the types in any order")
exercise.equivalent("-1 → 1", "(m, K) has two axes")
