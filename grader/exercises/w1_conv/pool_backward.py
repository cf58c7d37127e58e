"""`pool_backward` sends each gradient back to where its number came from."""

import numpy as np
from solutions.w1_conv import output_size, pool_backward

from grader.exercises.w1_conv.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring, replacing

exercise = Exercise(
    pool_backward,
    points=8,
    uses=["create_mask_from_window", "distribute_value"],
    forbids=ROUTINES,
    hints=[
        "The loops of pool_forward; each output number sends its gradient back to its own window.",
        "Max: create_mask_from_window(window) * dA[i, h, w, c]. Average: distribute_value(dA[i, h, w, c], (f, f)).",
        "Add with +=: with a stride below f a pixel lies in several windows.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng)
    h, w = draw.sides(rng, 2, 4)

    def backward(title, A_prev, f, stride, *mode, **more):
        m, n_H_prev, n_W_prev, n_C = A_prev.shape
        dA = draw.normal(rng, m, output_size(n_H_prev, f, 0, stride), output_size(n_W_prev, f, 0, stride), n_C)
        return case(title, dA, (A_prev, {"f": f, "stride": stride}), *mode, **more)

    yield backward("max, 2x2, stride 2", draw.normal(rng, 2, 2 * h + 1, 2 * w + 1, 2), 2, 2, "max")
    yield backward("average, 2x2, stride 2", draw.normal(rng, 2, 2 * h + 1, 2 * w, 2), 2, 2, "average")
    yield backward("max, overlapping windows", draw.normal(rng, 1, n_W, n_H, 2), 3, 1, "max")
    yield backward("average, overlapping windows", draw.normal(rng, 2, n_W, n_H, 1), 3, 2, "average")
    ties = draw.whole(rng, 2, n_H, n_W, 2, low=0, high=2)
    ties[:, :2, :2] = 1
    yield backward("max with ties", ties, 2, 2, "max")
    yield backward("a stride longer than the window", draw.normal(rng, 2, 3 * h + 1, 3 * w - 1, 1), 2, 3, "max")
    yield backward("no mode named", draw.normal(rng, 2, n_H, n_W, 2), 2, 1)
    yield backward("windows of one pixel", draw.normal(rng, 2, n_H, n_W, 1), 1, 2, "average")
    yield backward("average of whole numbers", draw.whole(rng, 2, n_H, n_W, 1), 2, 2, "average")
    yield backward("an unknown mode", draw.normal(rng, 1, n_H, n_W, 1), 2, 2, "median", raises=ValueError)


exercise.also("single precision")

exercise.slip("the mode is ignored", ignoring(mode="max"), "Average pooling spreads the gradient over the whole window.")
exercise.slip("gradients overwrite each other", edit("columns, c] += ", "columns, c] = ", times=2), "Where windows overlap, a pixel's gradients add up.")
exercise.slip(
    "windows ignore the stride",
    lambda dA, cache, mode="max": pool_backward(dA, (cache[0], {**cache[1], "stride": 1}), mode),
    "Forward, the window of output row h started h strides down; so does its gradient.",
)
exercise.slip(
    "a tie goes to the first", replacing(create_mask_from_window=lambda x: np.eye(x.size)[x.argmax()].reshape(x.shape)), "Each of several equal maxima receives the whole gradient: use your mask."
)
exercise.slip(
    "shared out among the outputs",
    edit("distribute_value(dA[i, h, w, c], (f, f))", "dA[i, h, w, c] / (n_H * n_W)"),
    "An average is shared out among the f * f entries of its window, however many windows there are.",
)
exercise.slip("the average is not shared out", replacing(distribute_value=lambda dz, shape: dz), "Through an average, each pixel gets its share only.")
exercise.slip("values instead of gradients", edit("mask * dA[i, h, w, c]", "mask * A_prev[i, rows, columns, c]"), "What flows back through the mask is dA, not the input.")
exercise.slip("an unknown mode is accepted", beforehand(mode="'max' if mode == 'max' else 'average'"), "A mode that is neither of the two must raise a ValueError.")
