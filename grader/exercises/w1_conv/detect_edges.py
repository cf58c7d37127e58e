"""`detect_edges` makes floats of bytes before it subtracts, and drops the sign."""

import numpy as np
from solutions.w1_conv import cross_correlate2d, detect_edges

from grader.exercises.w1_conv.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, skipping

exercise = Exercise(
    detect_edges,
    points=4,
    uses=["cross_correlate2d", "convolve2d"],
    forbids=ROUTINES,
    dtype="float",
    hints=[
        "A photograph of uint8 cannot hold negative numbers: make floats of it first.",
        "Cross-correlate with the kernel, then take the absolute value.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng, 6, 9)
    yield case("floats, a kernel that is not square", draw.normal(rng, n_W, n_H), draw.normal(rng, 2, 3))
    sobel = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])
    photograph = rng.integers(0, 256, (n_H, n_W), dtype=np.uint8)
    yield case("a uint8 photograph, Sobel", photograph, sobel)
    yield case("a uint8 photograph, a kernel of whole numbers", photograph, np.array([[3, 10, 3], [0, 0, 0], [-3, -10, -3]]))
    dark_to_bright = np.repeat([[0, 0, 0, 1, 1, 1]], 4, axis=0).astype(np.uint8) * rng.integers(128, 256, dtype=np.uint8)
    yield case("from dark to bright", dark_to_bright, sobel)
    yield case("from bright to dark", dark_to_bright[:, ::-1].copy(), sobel)
    yield case("a kernel of bytes", dark_to_bright, draw.whole(rng, 2, 3, low=2).astype(np.uint8))


exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("the sign is kept", skipping("abs"), "An edge from bright to dark counts like one from dark to bright.")
exercise.slip("the map is squeezed into bytes", afterwards(lambda edges: np.clip(edges, 0, 255).astype(np.uint8)), "Edge strengths go beyond 255: leave the map in floats.")
exercise.slip("half of the edges are cut off", lambda image, kernel: cross_correlate2d(image.astype(float), kernel).clip(0), "A negative response is an edge too: take its size, do not cut it off.")
exercise.slip("the strongest edge is 1", afterwards(lambda edges: edges / edges.max()), "The strength is what the filter answers: nothing is scaled.")
exercise.slip("the map is squared", afterwards(lambda edges: edges**2), "The absolute value, not the square.")
