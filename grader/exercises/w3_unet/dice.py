"""Counts of pixels, whatever numbers the masks hold; and what two empty masks get."""

import numpy as np
from solutions.w3_unet import dice

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards

exercise = Exercise(
    dice,
    points=7,
    limit=2e-7,  # a quotient of counts: 1e-6 more in the denominator is seen where masks are small
    forbids=("f1_score", "fbeta_score", "dice", "Dice"),
    hints=[
        "Make both into masks of True and False first: y_true > 0.",
        "Then three counts: the pixels that both have, those of the one, those of the other.",
        "2 * np.sum(A & B) / (np.sum(A) + np.sum(B)), but 1.0 where both sums are 0.",
    ],
)


@exercise.cases
def cases(rng):
    def masks(*shape):
        """Return two masks that have a pixel in common; each has one that the other lacks."""
        y_true = rng.random(shape) < 0.4
        y_pred = np.where(rng.random(shape) < 0.7, y_true, rng.random(shape) < 0.4)
        y_true.flat[:3], y_pred.flat[:3] = (True, True, False), (True, False, True)
        return y_true, y_pred

    yield case("two masks", *masks(9, 11))
    y_true, y_pred = masks(3, 7, 8)
    y_true[2], y_pred[2] = np.arange(56).reshape(7, 8) == 20, np.arange(56).reshape(7, 8) == 21
    yield case("three pictures, one of them nearly empty", y_true, y_pred)
    yield case("0 and 255", *(255 * one.astype(np.uint8) for one in masks(8, 7)))
    yield case("numbers of both signs", *(np.where(one, 1, -1) * rng.uniform(0.5, 2, (7, 9)) for one in masks(7, 9)))
    yield case("probabilities", *(one * 10 ** rng.uniform(-9, 0, (9, 8)).astype(np.float32) for one in masks(9, 8)))
    yield case("one row of pixels", *(one.astype(int) for one in masks(50)))
    y_true, y_pred = masks(6, 7)
    yield case("nothing in common", y_true, ~y_true)
    yield case("one mask is empty", np.zeros((6, 7), bool), y_pred)
    yield case("the other mask is empty, the first nearly", np.arange(30) == draw.number(rng, 0, 30), np.zeros(30, bool))
    yield case("the same pixel alone", *[np.arange(30) == draw.number(rng, 0, 30)] * 2)
    yield case("both are empty", np.zeros((4, 5), np.uint8), np.zeros((4, 5), np.uint8))
    yield case("no pixel", np.zeros((0, 4, 4), bool), np.zeros((0, 4, 4), bool))


exercise.slip("IoU, not Dice", afterwards(lambda result: result / (2 - result)), "That is IoU. Dice counts the overlap twice, above and below.")
exercise.slip("the overlap counts once", afterwards(lambda result: result / 2), "Twice the overlap, or two equal masks would only get one half.")
exercise.slip(
    "a smoothing 1", lambda y_true, y_pred: (2 * np.sum((y_true > 0) & (y_pred > 0)) + 1) / (np.sum(y_true > 0) + np.sum(y_pred > 0) + 1), "The smoothing that losses use has no place in a measure."
)
exercise.slip("two empty masks get 0", lambda y_true, y_pred: dice(y_true, y_pred) if np.any(np.maximum(y_true, y_pred) > 0) else 0.0, "Two empty masks agree in every pixel.")
exercise.slip("two empty masks are not a number", lambda y_true, y_pred: dice(y_true, y_pred) if np.any(np.maximum(y_true, y_pred) > 0) else np.nan, "0 / 0: what do two empty masks deserve?")
exercise.slip("foreground begins at one half", lambda y_true, y_pred: dice(y_true > 0.5, y_pred > 0.5), "Whatever is greater than 0 is foreground.")
exercise.slip("negative numbers are foreground", lambda y_true, y_pred: dice(y_true != 0, y_pred != 0), "Foreground is what is greater than 0, not what is other than 0.")
exercise.slip("foreground is 1 alone", lambda y_true, y_pred: dice(y_true == 1, y_pred == 1), "Masks may hold 255, or anything else greater than 0.")
exercise.slip(
    "picture by picture", lambda y_true, y_pred: np.mean([dice(*one) for one in zip(y_true, y_pred)]) if len(y_true) else 1.0, "All pixels are taken together, whichever picture they are of."
)
exercise.slip(
    "right background counts too",
    lambda y_true, y_pred: np.mean((y_true > 0) == (y_pred > 0)) if y_true.size else 1.0,
    "That is the accuracy: an empty mask would look good where there is little foreground.",
)

exercise.equivalent("(A, B) → (B, A)", "neither mask comes first")
exercise.equivalent("(np.asarray(y_true) > 0, np.asarray(y_pred) > 0) → (np.asarray(y_pred) > 0, np.asarray(y_true) > 0)", "neither mask comes first")
