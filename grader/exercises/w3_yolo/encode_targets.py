"""What a detector should say: a thing's cell, its anchor, and the numbers that stand there."""

import numpy as np
from solutions.w3_yolo import encode_targets

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, instead, replacing


def targets_seen(function, boxes, classes, *rest, and_none=False):
    if and_none:
        return function(boxes, classes, *rest), function(boxes[:0], classes[:0], *rest)
    return function(boxes, classes, *rest)


exercise = Exercise(
    encode_targets,
    points=9,
    uses=["iou", "iou_matrix"],
    dtype="same",
    observer=targets_seen,
    hints=[
        "Begin with zeros, (S, S, B, 5 + C) in float32. For each thing find three indices: row, column, anchor.",
        "column is the whole part of x · S, at most S − 1, and row that of y · S. The anchor is where iou_matrix of (0, 0, w, h) with all (0, 0, w_anchor, h_anchor) is largest.",
        "Write the whole entry, so that nothing of an earlier one is left: 1, x · S − column, y · S − row, the two logarithms, then np.eye(n_classes)[class].",
    ],
)


@exercise.cases
def cases(rng):
    def draw(N, grid, B, C, same_cell=False):
        """Things in cells of their own, or all in one. Each is clearly most like one anchor, half of them nearer to another
        one by Euclid, and each anchor is somebody's."""
        while True:
            anchors, sizes = np.exp(rng.uniform(-3.0, -0.3, (B, 2))), np.exp(rng.uniform(-3.2, -0.2, (400, 2)))
            both = np.minimum(sizes[:, None], anchors).prod(axis=2)
            shares = both / (sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - both)
            best, near = shares.argmax(axis=1), ((sizes[:, None] - anchors) ** 2).sum(axis=2).argmin(axis=1)
            clear = (np.ptp(np.sort(shares, axis=1)[:, -2:], axis=1) > 0.03) | (B == 1)
            other = np.flatnonzero(clear & (near != best))[: (N + 1) // 2]
            chosen = np.concatenate([other, np.flatnonzero(clear & (near == best))[: N - len(other)]])
            if len(set(best[chosen])) == min(B, N) and len(other) == (B > 1) * ((N + 1) // 2):
                break
        chosen = rng.permutation(chosen)
        cells = np.stack(np.divmod(rng.permutation(grid * grid), grid), axis=1)
        cells = cells[(cells[:, 0] != cells[:, 1]) | (grid == 1)][: 1 if same_cell else N]
        boxes = np.concatenate([(cells + rng.uniform(0.1, 0.9, (N, 2))) / grid, sizes[chosen]], axis=1)
        return boxes, rng.integers(0, C, N), grid, anchors, C, best[chosen]

    yield case("thirteen by thirteen cells", *draw(10, 13, 2, 3)[:5])
    yield case("one thing", *draw(1, 7, 2, 3)[:5])
    yield case("five anchors, twenty classes", *draw(6, 3, 5, 20)[:5])
    yield case("one anchor, one class", *draw(3, 5, 1, 1)[:5])
    boxes, classes, grid, anchors, C, best = draw(9, int(rng.integers(3, 7)), 3, 4, same_cell=True)
    yield case("things in one cell, an anchor each", boxes[np.unique(best, return_index=True)[1]], rng.permutation(C)[:3], grid, anchors, C)
    boxes, classes, grid, anchors, C, best = draw(9, int(rng.integers(3, 7)), 2, 5, same_cell=True)
    twice = np.flatnonzero(best == np.bincount(best).argmax())[:2]
    yield case("one cell and one anchor twice", boxes[twice], rng.permutation(C)[:2], grid, anchors, C)
    boxes, classes, grid, anchors, C, _ = draw(3, int(rng.integers(4, 10)), 3, 4)
    boxes[[0, 1, 2, 2], [0, 1, 0, 1]] = 1.0
    yield case("at the right and the lower edge", boxes, classes, grid, anchors, C)
    boxes, classes, grid, anchors, C, _ = draw(3, 8, 3, 4)
    a, b, c, d = rng.permutation(np.arange(1, 8))[:4] / 8
    boxes[:, :2] = [[0, a], [b, 0], [c, d]]
    yield case("on the lines between cells", boxes, classes, grid, anchors, C)
    boxes = boxes.copy()
    boxes[:, :2] = np.array([[1, b], [d, 1], [c, a]]) - 1e-7
    yield case("just before the lines between cells", boxes, classes, grid, anchors, C)
    yield case("one cell", *draw(4, 1, 3, 3)[:5])
    yield case("two things, and none", *draw(2, int(rng.integers(3, 6)), 2, 3)[:5], and_none=True)

    # A tiny thing, one anchor that holds it with half to spare, and one nearly as large: areas of 1e-8.
    size = rng.uniform(1e-4, 2e-4, 2)
    yield case("tiny anchors", np.array([[*rng.uniform(0.1, 0.9, 2), *size]]), np.array([1]), 5, np.outer([2**0.5, 0.9], size), 3)
    boxes, classes, grid, anchors, C, _ = draw(2, 6, 1, 2)
    boxes[:, 2:] *= 1e-5
    yield case("specks", boxes, classes, grid, anchors, C)
    _, classes, grid, anchors, C, _ = draw(2, int(rng.integers(3, 6)), 3, 3)
    yield case("boxes in whole numbers", np.array([[1, 0, 1, 1], [0, 1, 1, 1]]), classes, grid, anchors, C)


exercise.also("single precision")


exercise.slip("row and column are swapped", afterwards(lambda result: result.swapaxes(0, 1)), "x runs along a row, so it tells the column; which index comes first?")
exercise.slip("the nearest cell", replacing(int="round"), "The cell is the one that the centre lies in: cut off, do not round.")
exercise.slip(
    "the cell of the corner",
    edit("for place in (x, y))", "for place in (max(x - w / 2, 0), max(y - h / 2, 0)))"),
    "The cell that holds the centre answers for a thing, not the one where its box begins.",
)
exercise.slip("places in the picture", edit("x * grid - column, y * grid - row", "x, y"), "A cell tells where the centre is inside itself, from 0 to 1.")
exercise.slip("places in cells, from the picture's corner", edit("x * grid - column, y * grid - row", "x * grid, y * grid"), "Count from the cell's own corner, not from the picture's.")
exercise.slip("y before x", afterwards(lambda result: np.concatenate([result[..., [0, 2, 1]], result[..., 3:]], axis=-1)), "After the 1 come x, y, width, height, in this order.")
exercise.slip("sizes without an anchor", edit("np.array([w, h]) / anchors[best]", "np.array([w, h])"), "A size is told by how it differs from the anchor's.")
exercise.slip("no logarithm", instead(log="asarray"), "A ratio cannot be negative, but a network's output can: take the logarithm.")
exercise.slip("the ratio is upside down", edit("np.array([w, h]) / anchors[best]", "anchors[best] / np.array([w, h])"), "A thing larger than its anchor has positive numbers.")
exercise.slip("the nearest anchor by Euclid", replacing(iou_matrix=lambda box, shapes: -((shapes - box) ** 2).sum(axis=1)[None]), "How alike two shapes are is measured by their IoU.")
exercise.slip("always the first anchor", replacing(iou_matrix=lambda box, shapes: np.ones((1, len(shapes)))), "A cell has several anchors: which of them is most like the thing?")
exercise.slip(
    "all anchors of the cell",
    lambda boxes, classes, grid, anchors, n_classes: np.concatenate([encode_targets(boxes, classes, grid, anchor[None], n_classes) for anchor in anchors], axis=2),
    "One anchor alone answers for a thing.",
)
exercise.slip("a centre at 1.0 has no cell", replacing(min=lambda cell, last: cell), "At 1.0 the formula names a cell that is not there: the last one takes it.")
exercise.slip("classes from 1", beforehand(classes="classes - 1"), "Classes are counted from 0.")
exercise.slip("the class as a number", edit("told[5:] = np.eye(n_classes)[one]", "told[5] = one"), "Class 2 is not twice class 1: each class has a place of its own.")
exercise.slip("the first thing stays", beforehand(boxes="boxes[::-1]", classes="classes[::-1]"), "Where two have the same cell and anchor, the later one counts.")
exercise.slip("the replaced thing leaves its class", edit("told[5:] = np.eye(n_classes)[one]", "told[5 + one] = 1"), "The later thing replaces all that was told of the earlier one.")
exercise.slip("nothing says that there is a thing", edit("told[:3] = 1,", "told[:3] = 0,"), "The first number is 1 where there is a thing.")
exercise.slip("double precision", afterwards(lambda result: result.astype(float)), "The docstring asks for float32: what dtype does np.zeros give of itself?")

exercise.equivalent("iou_matrix(np.array([[0, 0, w, h]]), shapes)[0] → iou_matrix(np.array([[0, 0, w, h]]), shapes)[-1]", "there is one row")
exercise.equivalent("np.array([w, h]) → [w, h]", "NumPy makes the array itself")
