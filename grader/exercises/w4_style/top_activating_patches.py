"""The patches that excite a unit most: ties, edges and places have to be right, in the order of strength."""

import numpy as np
from solutions.w4_style import top_activating_patches

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, ignoring, passing

exercise = Exercise(
    top_activating_patches,
    points=14,
    hints=[
        "Put zeros around the pictures first, `pad` before and enough behind; then place (i, j) begins at row i · stride of the padded picture.",
        'np.argsort(-activations.ravel(), kind="stable") gives flat places, strongest first, equals in their order; np.unravel_index takes them apart.',
        "order[:k], and for each (picture, i, j): padded[picture, i * stride : i * stride + size, j * stride : j * stride + size].",
    ],
)


@exercise.cases
def cases(rng):
    def images(m, n_H, n_W, n_C=3):
        return rng.random((m, n_H, n_W, n_C)).astype(np.float32)

    def answers(m, n_h, n_w):  # no two alike
        return (rng.permutation(m * n_h * n_w).reshape(m, n_h, n_w).astype(np.float32) - 0.3 * m * n_h * n_w) / 7

    yield case("every place is inside", answers(4, 6, 7), images(4, 8, 9), (3, 1, 0))
    yield case("stride 2", answers(3, 5, 4), images(3, 13, 12), (4, 2, 0))
    yield case("windows that hang over the edges", answers(4, 3, 3), images(4, 6, 6), (6, 2, 2), k=36)
    yield case("wider than high", answers(3, 2, 6), images(3, 7, 19), (5, 3, 1), k=7)
    yield case("higher than wide", answers(3, 6, 2), images(3, 19, 7), (5, 3, 1), k=7)
    yield case("larger than the picture", answers(5, 2, 2), images(5, 4, 5), (9, 4, 3), k=4)
    yield case("windows that see nothing", answers(2, 3, 3), images(2, 4, 5), (2, 4, 3), k=18)
    yield case("windows that end at the edge", answers(2, 2, 3), images(2, 5, 7), (3, 2, 0), k=12)
    yield case("windows that end one pixel beyond it", answers(2, 2, 3), images(2, 4, 6), (3, 2, 0), k=12)
    yield case("only the strongest", answers(5, 4, 4), images(5, 8, 8), (3, 2, 1), k=1)
    yield case("twelve", answers(4, 4, 5), images(4, 8, 10), (3, 2, 1), k=12)
    yield case("more than there are", answers(1, 2, 3), images(1, 5, 7), (3, 2, 0), k=7)
    yield case("one place a picture", answers(4, 1, 1), images(4, 5, 6), (5, 8, 1))
    strong = answers(5, 4, 4)
    strong[2] += 1000
    yield case("all of them in one picture", strong, images(5, 9, 9), (4, 2, 1), k=6)
    equals = rng.permutation(np.repeat(np.float32([-1, 0, 2]), 48)).reshape(3, 6, 8)
    yield case("many equals", equals, images(3, 11, 15), (3, 2, 1), k=60)
    yield case("nothing but equals", np.full((2, 3, 4), rng.normal(), np.float32), images(2, 7, 8), (3, 2, 1), k=14)
    yield case("answers below zero", -10 - np.abs(answers(3, 4, 4)), images(3, 8, 8), (4, 2, 1), k=5)
    yield case("grey pictures of whole numbers", answers(3, 4, 3), rng.integers(1, 256, (3, 9, 7, 1)).astype(np.uint8), (3, 2, 0), k=8)
    yield case("single pixels", answers(2, 5, 6), images(2, 5, 6), (1, 1, 0))


exercise.also("whole numbers under fractions")


exercise.equivalent("activations.ravel().astype(float) → activations.ravel()", "for numbers that can be negative")
exercise.equivalent("np.empty((len(order), size, size, images.shape[3]), dtype=images.dtype) → np.empty((len(order), size, size, images.shape[3]))", "no dtype is asked for")
exercise.equivalent("activations.shape[1:] → activations.shape[:]", "zeros that no window reaches")
exercise.equivalent("1: → 0:", "zeros that no window reaches")
exercise.equivalent("1: → 2:", "rows and columns differ by less than a window")


def moved_inside(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    order = np.argsort(-activations.ravel().astype(float), kind="stable")[:k]
    found = np.zeros((len(order), size, size, images.shape[3]), images.dtype)
    for place, (p, i, j) in enumerate(zip(*np.unravel_index(order, activations.shape), strict=True)):
        top, left = (max(0, min(one * stride - pad, side - size)) for one, side in zip((i, j), images.shape[1:3]))
        piece = images[p, top : top + size, left : left + size]
        found[place, : piece.shape[0], : piece.shape[1]] = piece
    return found


exercise.slip("the weakest", beforehand(activations="-activations"), "argsort goes from small to large.")
exercise.slip("weakest of the chosen first", afterwards(lambda result: result[::-1]), "The strongest comes first.")
exercise.slip(
    "equals in the other order",
    lambda a, images, field, k=9: top_activating_patches(-a, images, field, a.size)[::-1][:k],
    "Among equals the lower picture, row, column comes first: turning a sorted list round turns them round too.",
)
exercise.slip("always nine", ignoring(k=9), "How many does the caller want?")
exercise.slip(
    "one of each picture",
    beforehand(k="min(k, len(activations))", activations="np.where(activations == activations.max(axis=(1, 2), keepdims=True), activations, -np.inf)"),
    "Several patches may come from one picture, where it has the strongest answers.",
)
exercise.slip("the padding is not subtracted", beforehand(receptive_field="(*receptive_field[:2], 0)"), "Place (i, j) begins at row i · stride − pad: the first windows hang over the edge.")
exercise.slip("moved inside where it hangs over", moved_inside, "A window that hangs over the edge stays where it is; what lies outside is 0.")
exercise.slip("the edge is repeated", passing("pad", mode="edge"), "What lies outside of the picture is 0.")
exercise.slip("stride ignored", beforehand(receptive_field="(receptive_field[0], 1, receptive_field[2])"), "Neighbours of this layer are `stride` pixels apart.")
exercise.slip("rows and columns exchanged", beforehand(activations="activations.swapaxes(1, 2)"), "activations[picture, i, j]: i counts rows, j columns.")
exercise.slip(
    "places counted in a picture of the wrong width",
    beforehand(activations="activations.reshape(-1, *activations.shape[:0:-1])"),
    "A flat index has to be taken apart by the shape that it was made with.",
)
exercise.slip("centred on the place", beforehand(receptive_field="(*receptive_field[:2], receptive_field[0] // 2)"), "The window does not lie around i · stride; it begins at i · stride − pad.")
exercise.slip("by absolute value", beforehand(activations="np.abs(activations)"), "What excites a unit most is its largest answer; a large negative one is the opposite.")
