"""Scores become probabilities, row by row, however large they are."""

import numpy as np
from solutions.w1_keras import softmax

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, passing

exercise = Exercise(
    softmax,
    points=10,
    forbids=("softmax", "log_softmax"),
    dtype="float",
    hints=[
        "exp makes every score positive; dividing by the sum makes them add up to 1. For scores near 1000, exp overflows.",
        "Adding one number to all scores of a row multiplies all powers by the same factor, which the division cancels.",
        "Subtract the row's largest score first: z - z.max(axis=-1, keepdims=True). keepdims keeps the shapes in step.",
    ],
)
exercise.also("single precision", "whole numbers")


@exercise.cases
def cases(rng):
    m, n = draw.number(rng, 3, 6), draw.number(rng, 6, 9)
    yield case("a batch", 2 * draw.normal(rng, m, n))
    yield case("one picture", 2 * draw.normal(rng, n))
    yield case("more axes", draw.normal(rng, 2, m, n))
    yield case("scores near 1000", 1000 + 2 * draw.normal(rng, m, n))
    yield case("scores near -1000", -1000 + 2 * draw.normal(rng, m, n))
    yield case("rows that lie far apart", draw.normal(rng, 3, n) + np.array([[-1000.0], [0.0], [1000.0]]))
    ends = np.r_[-800, 800, 798, np.zeros(n - 4), -800]  # no shift but one by the largest keeps all powers finite
    yield case("both ends of the range in one row", draw.normal(rng, m, n) + ends)
    yield case("one class", draw.normal(rng, m, 1))


exercise.slip("the exponential overflows", lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True), "exp(1000) is infinite. Which shift of all scores changes nothing?")
exercise.slip("normalised over the pictures", lambda z: softmax(z.T).T, "Each picture's own probabilities add up to 1: which axis is that?")
exercise.slip("normalised over everything", lambda z: softmax(z.ravel()).reshape(z.shape), "Each picture's own probabilities add up to 1: divide row by row.")
exercise.slip("one shift for all rows", passing("max", axis=None), "Shift each row by its own largest score: rows may lie far apart.")
exercise.slip("shares of the scores", lambda z: z / z.sum(axis=-1, keepdims=True), "Scores can be negative. What makes any number positive?")
exercise.slip("smallest scores win", beforehand(z="-z"), "The largest score must get the largest probability.")
