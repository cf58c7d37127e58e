"""The sum of absolute differences of neighbours, below and on the right, with a gradient."""

import numpy as np
from keras import ops
from solutions.w4_style import total_variation

from grader.exercises.w4_style.shared import IN_NUMPY, NO_GRADIENT, look_at_tensors
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, instead, skipping

exercise = Exercise(
    total_variation,
    points=8,
    forbids=["total_variation", "total_variation_"],
    observer=look_at_tensors,
    hints=[
        "image[:, 1:] has every row but the first, image[:, :-1] every row but the last: their difference is each row less the one above.",
        "keras.ops.abs, then keras.ops.sum over everything. The same for the columns, along axis 2.",
        "ops.sum(ops.abs(image[:, 1:] - image[:, :-1])) + ops.sum(ops.abs(image[:, :, 1:] - image[:, :, :-1])).",
    ],
)


@exercise.cases
def cases(rng):
    def one(title, image):
        return case(title, given=image.astype(np.float32))

    yield one("noise", rng.random((1, 6, 7, 3)))
    yield one("wider than high", rng.random((1, 4, 13, 3)))
    yield one("higher than wide", rng.random((1, 12, 5, 3)))
    # No two neighbours are exactly alike: at 0 the absolute value has many slopes, and every backend takes another.
    yield one("stripes across", np.repeat(rng.random((1, 9, 1, 3)), 8, axis=2) + 0.03 * rng.random((1, 9, 8, 3)))
    yield one("stripes down", np.repeat(rng.random((1, 1, 9, 3)), 7, axis=1) + 0.03 * rng.random((1, 7, 9, 3)))
    yield one("from dark to light", np.cumsum(np.cumsum(rng.random((1, 6, 6, 3)), axis=1), axis=2) / 20)
    yield one("nearly grey", np.repeat(rng.random((1, 5, 8, 1)), 3, axis=3) + 0.03 * rng.random((1, 5, 8, 3)))
    yield one("numbers of both signs", draw.normal(rng, 1, 5, 6, 3))
    yield one("one row", rng.random((1, 1, 9, 3)))
    yield one("one column", rng.random((1, 8, 1, 3)))
    yield one("one pixel", rng.random((1, 1, 1, 3)))
    yield one("four pixels", rng.random((1, 2, 2, 3)))


exercise.slip("computed in NumPy", IN_NUMPY, NO_GRADIENT)
exercise.slip("squares", instead(abs="square"), "The absolute value, not the square: a sharp edge must not cost more than a slope of the same height.")
exercise.slip("downwards only", lambda image: ops.sum(ops.abs(image[:, 1:] - image[:, :-1])), "Neighbours are below and on the right.")
exercise.slip("across only", lambda image: ops.sum(ops.abs(image[:, :, 1:] - image[:, :, :-1])), "Neighbours are below and on the right.")
exercise.slip("the mean", instead(sum="mean"), "The sum over all pairs, not their mean.")
exercise.slip("round the edge", lambda image: sum(ops.sum(ops.abs(ops.roll(image, 1, k) - image)) for k in (1, 2)), "The last row has no neighbour below: roll brings the first one there.")
exercise.slip("without the absolute value", skipping("abs", only=1), "Ups and downs cancel unless each difference is taken as absolute.")
exercise.slip("channels are neighbours too", lambda image: total_variation(image) + ops.sum(ops.abs(image[..., 1:] - image[..., :-1])), "Red and green of one pixel are no neighbours.")
exercise.slip("channels are averaged first", beforehand(image="ops.mean(image, axis=-1)"), "Each channel by itself: colours may change where the brightness does not.")
exercise.slip("every second pair", edit("image[:, 1:] - image[:, :-1]", "image[:, 1::2] - image[:, :-1:2]"), "Every row but the last has one below.")
exercise.slip("pixels two apart", edit("image[:, :, 1:] - image[:, :, :-1]", "image[:, :, 2:] - image[:, :, :-2]"), "Neighbours are next to each other.")
exercise.slip(
    "length of the two differences together",
    lambda image: ops.sum(ops.sqrt(ops.square(image[:, 1:, :-1] - image[:, :-1, :-1]) + ops.square(image[:, :-1, 1:] - image[:, :-1, :-1]) + 1e-12)),
    "That is the other, isotropic total variation; here the two absolute values are added.",
)
