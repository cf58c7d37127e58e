"""Sums of the same squares: they differ in which places count, and with which weight."""

import math

import numpy as np
from keras import ops
from solutions.w3_yolo import yolo_loss

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import edit, exchanging, ignoring, instead

exercise = Exercise(
    yolo_loss,
    points=6,
    observer=look_at_loss,
    pair_cases=2,
    hints=[
        "All terms are sums of the same squares: ops.square(y_true - y_pred). They differ in which numbers and which places count.",
        "there = y_true[..., :1] is 1 where there is a thing: there * squares[..., 1:5] are the boxes' squares, all others are 0.",
        "Four sums: boxes, classes and p times there, and p times (1 - there). lambda_coord goes with the first, lambda_noobj with the last.",
    ],
)


@exercise.cases
def cases(rng):
    def draw(*shape, C=3, share=0.4):
        there = rng.permutation(np.arange(math.prod(shape)) < share * math.prod(shape)).reshape(*shape, 1)
        numbers = np.concatenate([rng.random((*shape, 2)), rng.normal(0, 0.7, (*shape, 2))], axis=-1)
        truth = np.concatenate([np.ones_like(there), numbers, np.eye(C)[rng.integers(0, C, shape)]], axis=-1) * there
        said = [rng.random((*shape, 3)), rng.normal(0, 0.7, (*shape, 2)), rng.dirichlet(np.ones(C), shape)]
        return {"y_true": truth.astype(np.float32), "y_pred": np.concatenate(said, axis=-1).astype(np.float32)}

    # By name: what the function gets is made of them, and may not be writable. Few shapes: JAX compiles for each anew.
    yield case("a picture", **draw(3, 4, 2))
    yield case("a batch of pictures", **draw(4, 3, 5, 2, C=4))
    yield case("a list of places", **draw(6))
    yield case("another weight of boxes", **draw(3, 4, 2), lambda_coord=float(rng.uniform(1.5, 3)))
    yield case("another weight of nothing", **draw(3, 4, 2), lambda_noobj=float(rng.uniform(1.5, 3)))
    yield case("both weights, one class", **draw(2, 3, 3, 1, C=1), lambda_coord=float(rng.uniform(0.2, 0.8)), lambda_noobj=float(rng.uniform(2, 4)))
    yield case("nothing anywhere", **draw(3, 4, 2, share=0))
    yield case("a thing everywhere", **draw(3, 4, 2, share=1))
    yield case("a list of one place", **draw(1, share=1))
    yield case("one place", **{name: numbers[0] for name, numbers in draw(1, share=1).items()})
    yield case("a weight of 0 for boxes", **draw(3, 4, 2), lambda_coord=0.0)
    yield case("a weight of 0 for nothing", **draw(3, 4, 2), lambda_noobj=0.0)
    truth = draw(3, 4, 2)["y_true"]
    yield case("all as it is", y_true=truth, y_pred=truth.copy())


exercise.slip("means, not sums", instead(sum="mean"), "Nothing is divided by: add up over all places.")
exercise.slip("the mean over the first axis", lambda y_true, y_pred, **weights: yolo_loss(y_true, y_pred, **weights) / y_true.shape[0], "Nothing is divided by: add up over all places.")
exercise.slip("lambda_coord on the classes too", edit("+ of_classes", "+ lambda_coord * of_classes"), "lambda_coord weighs the four numbers of the box alone.")
exercise.slip("lambda_coord on p too", edit("+ of_things", "+ lambda_coord * of_things"), "lambda_coord weighs the four numbers of the box alone.")
exercise.slip("no lambda_noobj", ignoring(lambda_noobj=1.0), "Most places hold nothing: their p is weighed down by lambda_noobj.")
exercise.slip("lambda_noobj on p everywhere", edit("+ of_things", "+ lambda_noobj * of_things"), "lambda_noobj weighs p only where there is nothing.")
exercise.slip("the weights are swapped", exchanging("lambda_coord", "lambda_noobj"), "lambda_coord belongs to the boxes' numbers, lambda_noobj to p where there is nothing.")
exercise.slip("the weights are those of the paper, always", ignoring(lambda_coord=5.0, lambda_noobj=0.5), "The two weights are arguments.")
exercise.slip("classes where nothing is", edit("there * squares[..., 5:]", "squares[..., 5:]"), "Where there is nothing, it has no class: only p counts there.")
exercise.slip("boxes where nothing is", edit("there * squares[..., 1:5]", "squares[..., 1:5]"), "Where there is nothing, it has no box: only p counts there.")
exercise.slip("nothing costs nothing", ignoring(lambda_noobj=0.0), "A detector that sees things everywhere must pay for it.")
exercise.slip("where the detector sees things", edit("there = y_true", "there = y_pred"), "Whether there is a thing is for the truth to say.")
exercise.slip("absolute differences", instead(square="abs"), "The differences are squared.")
exercise.slip(
    "roots of the sizes",
    lambda y_true, y_pred, **weights: yolo_loss(*(ops.concatenate([y[..., :3], ops.sqrt(y[..., 3:5]), y[..., 5:]], axis=-1) for y in (y_true, y_pred)), **weights),
    "The sizes are logarithms here, and may be negative: take no roots of them.",
)
exercise.slip(
    "computed in NumPy",
    lambda y_true, y_pred, **weights: yolo_loss(ops.convert_to_numpy(y_true), ops.convert_to_numpy(y_pred), **weights),
    "Gradients do not flow through NumPy: stay with tensors, and keras.ops.",
)
