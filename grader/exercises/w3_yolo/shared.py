"""What several exercises of `w3_yolo` have in common."""

import numpy as np

OVERLAPS = (
    "compute_iou",
    "compute_ciou",
    "box_iou",
    "bbox_iou",
    "generalized_box_iou",
    "distance_box_iou",
    "complete_box_iou",
    "jaccard_score",
    "jaccard_index",
    "intersection_over_union",
    "IoU",
    "MeanIoU",
    "BinaryIoU",
)
SUPPRESSIONS = (
    "non_max_suppression",
    "non_max_suppression_padded",
    "non_max_suppression_with_scores",
    "non_max_suppression_overlaps",
    "non_max_suppression_v2",
    "non_max_suppression_v3",
    "non_max_suppression_v4",
    "non_max_suppression_v5",
    "combined_non_max_suppression",
    "nms",
    "batched_nms",
    "nms_rotated",
    "NMSBoxes",
    "NMSBoxesBatched",
    "softNMSBoxes",
    "NonMaxSuppression",
    "MultiClassNonMaxSuppression",
)


def corners(rng, n, reach=20.0, least=1.0, most=9.0):
    """n boxes of all forms, x1 < x2 and y1 < y2."""
    start, size = reach * rng.random((n, 2)), rng.uniform(least, most, (n, 2))
    return np.hstack([start, start + size])


def whole_corners(rng, n, reach=12, most=9):
    """n boxes of whole numbers, their sides from 2 to `most` - 1."""
    start = rng.integers(0, reach, (n, 2))
    return np.hstack([start, start + rng.integers(2, most, (n, 2))])


def different(rng, *shape):
    """Numbers from 0 to 1 of 256 steps, all different along the last axis: no two classes are equally likely."""
    order = rng.permuted(np.broadcast_to(np.arange(1, 257), (*shape[:-1], 256)), axis=-1)
    return (order[..., : shape[-1]] / 256).astype(np.float32)


def on_tensors(function, *args, also=(), **kwargs):
    """Call a function of tensors, and again on each of `also`."""
    import keras
    import numpy as np

    def one(args):
        tensors = [keras.ops.convert_to_tensor(arg) if isinstance(arg, np.ndarray) else arg for arg in args]
        result = function(*tensors, **kwargs)
        for arg, tensor in zip(args, tensors):
            if isinstance(arg, np.ndarray):
                arg[...] = keras.ops.convert_to_numpy(tensor)  # so that a tensor which was changed is noticed
        return result

    return [one(each) for each in (args, *also)] if also else one(args)


def found_boxes(function, *args, given="tensors", also=(), **kwargs):
    """Call a function that returns scores, boxes and classes, and again on each of `also`."""
    import keras
    import numpy as np

    def convert(value):
        if isinstance(value, tuple):
            return tuple(map(convert, value))
        if not isinstance(value, np.ndarray) or given == "arrays":
            return value
        return keras.ops.convert_to_tensor(value) if given == "tensors" else value.tolist()

    def write_back(value, converted):
        """So that a tensor or a list which was changed is noticed."""
        if isinstance(value, tuple):
            for pair in zip(value, converted):
                write_back(*pair)
        elif isinstance(value, np.ndarray) and given == "tensors":
            value[...] = keras.ops.convert_to_numpy(converted)
        elif isinstance(value, np.ndarray) and given == "lists" and converted != value.tolist():
            value.fill(0)

    def one(args):
        converted = convert(args)
        result = function(*converted, **kwargs)
        write_back(args, converted)
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            raise ValueError("expected three values: scores, boxes, classes")
        scores, boxes, classes = result
        if isinstance(boxes, list) and not boxes:
            boxes = np.zeros((0, 4))  # a list cannot say how many numbers the boxes have that it does not hold
        listed = isinstance(classes, (list, tuple))
        ids = np.array(list(map(keras.ops.convert_to_numpy, classes))) if listed else keras.ops.convert_to_numpy(classes)
        kind = "whole numbers" if ids.dtype.kind in "iu" or not ids.size else str(ids.dtype)
        return {"scores": scores, "boxes": boxes, "classes": classes, "kind of classes": kind}

    return [one(each) for each in (args, *also)] if also else one(args)


def beside(rng, first, across, down):
    """A box as far to the right of another, and as far below it, as its own size times `across` and `down`."""
    x1, y1, x2, y2 = first
    start = np.array([x1 + across * (x2 - x1), y1 + down * (y2 - y1)])
    return np.hstack([start, start + rng.integers(2, 7, 2)])


def apart(rng):
    """Two boxes side by side, two above one another, four cornerwise, one pair down and one up."""
    first = whole_corners(rng, 4)
    second = np.array([beside(rng, one, *step) for one, step in zip(first, [(1.5, 0), (0, 1.5), (1.25, 1.5), (1.5, 1.25)])])
    turned = [0, 3, 2, 1]
    first[3], second[3] = (boxes[3][turned] * [1, -1, 1, -1] for boxes in (first, second))
    return [first[0], second[1], first[2], second[3]], [second[0], first[1], second[2], first[3]]


def touching(rng):
    """Two boxes with an edge in common, two more, and two with a corner in common."""
    first = whole_corners(rng, 3)
    return list(first), [beside(rng, one, *step) for one, step in zip(first, [(1, 0), (0, 1), (1, 1)])]


def inside(rng, n=2):
    """n boxes, and one inside each."""
    outer = corners(rng, n, least=5.0)
    size = outer[:, 2:] - outer[:, :2]
    inner = np.hstack([outer[:, :2] + size * rng.uniform(0.1, 0.3, (n, 2)), outer[:, 2:] - size * rng.uniform(0.2, 0.4, (n, 2))])
    return list(outer), list(inner)


def smallest(rng):
    """Boxes of a pixel or a few as shares of a large picture: two that overlap by a half, two that do by a part, the same twice."""
    first = rng.integers(0, 40, (3, 2)) + np.array([[0, 0], [60, 0], [0, 60]])
    first = np.hstack([first, first + [[2, 2], [3, 4], [6, 5]]])
    second = first + [[1, 0, 1, 0], [1, 2, 2, 1], [0, 0, 0, 0]]
    return list(first / 8192), list(second / 8192)


def without_area(rng):
    """A point twice, a line twice, a point in a box, a line through a box."""
    x, y, z = rng.integers(2, 9, 3)
    point, line = np.array([x, y, x, y]), np.array([x, y, x + z, y])
    box = np.array([x - 1, y - 1, x + z + 1, y + z])
    return [point, line, box, line], [point, line, point, box]


def grid_of(rng, *leading, n_classes):
    """What a detector says about a grid, in numbers that any precision holds."""
    boxes = rng.permutation(4 * int(np.prod(leading))).reshape(*leading, 4).astype(np.float32) / 4
    confidence = (rng.integers(64, 257, (*leading, 1)) / 256).astype(np.float32)
    return boxes, confidence, different(rng, *leading, n_classes)


def exactly_on(rng, n, threshold):
    """A row of boxes, some of them exactly on the threshold, some a step above and below."""
    boxes, _, _ = grid_of(rng, n, n_classes=1)
    most = threshold * rng.permutation(np.resize([1.0, 0.875, 1.25], n)).astype(np.float32)
    classes = rng.integers(0, 3, n)
    probabilities = np.full((n, 3), 0.125, np.float32)
    probabilities[np.arange(n), classes] = 0.5
    return boxes, (2 * most)[:, None], probabilities


def centres(rng, *leading):
    """Centres and sizes as shares of a picture, small enough that no corner is at its edge."""
    return rng.uniform(0.3, 0.7, (*leading, 2)).astype(np.float32), rng.uniform(0.1, 0.5, (*leading, 2)).astype(np.float32)
