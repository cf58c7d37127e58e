"""Strong neighbours make weak: the window runs over the channels, and is cut off at the first and the last one."""

import numpy as np
from solutions.w5_classic import local_response_norm

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring

exercise = Exercise(
    local_response_norm,
    points=8,
    forbids=["local_response_normalization", "lrn", "LRN", "LocalResponseNorm", "local_response_layer"],
    hints=[
        "For one channel c: which channels are its neighbours, and what is the sum of their squares? Write that for one c, then loop.",
        "X[..., a:b] takes channels a to b − 1, and a slice ends at the last channel by itself: only the lower end needs max(0, c - depth_radius).",
        "S[..., c] = (X[..., max(0, c - depth_radius) : c + depth_radius + 1] ** 2).sum(axis=-1); at the end X / (bias + alpha * S) ** beta.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng, 3, 5)
    n_C = draw.number(rng, 7, 10)
    yield case("strong numbers, nothing else said", 90 * draw.normal(rng, 2, n_H, n_W, n_C))
    yield case("one neighbour on each side", draw.normal(rng, 2, n_H, n_W, n_C), depth_radius=1, bias=1.0, alpha=0.5, beta=0.75)
    yield case("three on each side", draw.normal(rng, n_H, n_W, n_C), 3, 0.5, 0.2, 1.5)
    yield case("no neighbours", draw.normal(rng, 2, n_H, 4), depth_radius=0, alpha=2.0)
    yield case("more neighbours than channels", draw.normal(rng, n_H, n_W, 3), depth_radius=5, alpha=1.0)
    yield case("one channel", draw.normal(rng, 2, n_H, n_W, 1), alpha=0.7)
    yield case("a row of channels", draw.normal(rng, n_C + 4), alpha=0.6, beta=0.5)
    yield case("five axes", draw.normal(rng, 2, 2, 3, 2, n_C), alpha=0.4, bias=1.5)
    yield case("bytes of a picture", rng.integers(100, 256, (n_H, n_W, n_C)).astype(np.uint8))
    yield case("no picture", np.zeros((0, n_H, n_W, n_C)))


exercise.also("single precision", "whole numbers")

exercise.slip("alpha is divided by the number of neighbours", beforehand(alpha="alpha / (2 * depth_radius + 1)"), "Other libraries divide alpha by the size of the window. Here it is taken as it is.")
exercise.slip("a window of depth_radius channels", beforehand(depth_radius="depth_radius // 2"), "depth_radius is how far the window reaches to each side, not how wide it is.")
exercise.slip(
    "the window runs over pixels",
    lambda X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75: (
        np.moveaxis(local_response_norm(np.moveaxis(X, -2, -1), depth_radius, bias, alpha, beta), -1, -2) if X.ndim > 1 else X / (bias + alpha * X**2) ** beta
    ),
    "The neighbours are other channels at the same place: the last axis.",
)


def around(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75):
    squares = X.astype(float) ** 2
    return X / (bias + alpha * sum(np.roll(squares, k, axis=-1) for k in range(-depth_radius, depth_radius + 1))) ** beta


def repeated(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75):
    padded = np.pad(X.astype(float) ** 2, [(0, 0)] * (X.ndim - 1) + [(depth_radius, depth_radius)], mode="edge")
    return X / (bias + alpha * sum(padded[..., k : k + X.shape[-1]] for k in range(2 * depth_radius + 1))) ** beta


exercise.slip("the last channel is a neighbour of the first", around, "At the ends the window is cut off: nothing comes from the other end.")
exercise.slip("the first and last channel are repeated", repeated, "At the ends the window is cut off: no channel counts twice.")
exercise.slip(
    "the lower end of the window becomes negative", edit("max(0, c - depth_radius)", "c - depth_radius"), "A slice that begins at −1 begins at the last channel: what is the lowest channel there is?"
)
exercise.slip("one neighbour is missing above", edit("c + depth_radius + 1", "c + depth_radius"), "A slice leaves its end out, and channel c + depth_radius belongs to the window.")
exercise.slip(
    "the last channel of the window is left out",
    edit("c + depth_radius + 1", "min(X.shape[-1] - 1, c + depth_radius)"),
    "A slice leaves its end out: min(n_C − 1, c + depth_radius) belongs to the window.",
)
exercise.slip("only the channels below", edit("c + depth_radius + 1", "c + 1"), "Neighbours are on both sides.")
exercise.slip("not squared", edit("X.astype(float) ** 2", "abs(X.astype(float))"), "The squares are summed.")
exercise.slip("the number itself is left out", edit("bias + alpha * S", "bias + alpha * (S - squares)"), "Channel c is among its own neighbours.")
exercise.slip("bias is added for each neighbour", edit("bias + alpha * S", "bias * (2 * depth_radius + 1) + alpha * S"), "bias is added once, to alpha times the sum.")
exercise.slip("beta is a factor", edit("(bias + alpha * S) ** beta", "((bias + alpha * S) * beta)"), "beta is an exponent.")
exercise.slip("multiplied", edit("return X / (", "return X * ("), "Strong neighbours make a number smaller.")
exercise.slip("a mean instead of a sum", edit(".sum(axis=-1)", ".mean(axis=-1)"), "The squares are summed: alpha is not divided by the size of the window.")
exercise.slip("squared as bytes", edit("X.astype(float) ** 2", "X**2 * 1.0"), "The square of a byte does not fit into a byte: what is X's dtype?")
exercise.slip("always two neighbours on each side", ignoring(depth_radius=2), "depth_radius says how many neighbours there are.")
exercise.slip("bias is always 2", ignoring(bias=2.0), "The caller chooses bias.")
exercise.slip("beta is always 0.75", ignoring(beta=0.75), "The caller chooses beta.")
exercise.slip("alpha is always 0.0001", ignoring(alpha=1e-4), "The caller chooses alpha.")
