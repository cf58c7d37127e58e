"""What is asked of each function of assignment `w3_yolo`."""

import math

import numpy as np
from keras import ops

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.losses import look_at_loss
from solutions import w3_yolo as solution
from solutions.w3_yolo import average_precision, iou, iou_matrix

OVERLAPS = (
    "compute_iou", "compute_ciou", "box_iou", "bbox_iou", "generalized_box_iou", "distance_box_iou", "complete_box_iou",
    "jaccard_score", "jaccard_index", "intersection_over_union", "IoU", "MeanIoU", "BinaryIoU",
)
SUPPRESSIONS = (
    "non_max_suppression", "non_max_suppression_padded", "non_max_suppression_with_scores", "non_max_suppression_overlaps",
    "non_max_suppression_v2", "non_max_suppression_v3", "non_max_suppression_v4", "non_max_suppression_v5",
    "combined_non_max_suppression", "nms", "batched_nms", "nms_rotated", "NMSBoxes", "NMSBoxesBatched", "softNMSBoxes",
    "NonMaxSuppression", "MultiClassNonMaxSuppression",
)


def corners(rng, n, reach=20.0, least=1.0, most=9.0):
    """n boxes of all forms, x1 < x2 and y1 < y2."""
    start, size = reach * rng.random((n, 2)), rng.uniform(least, most, (n, 2))
    return np.hstack([start, start + size])


def whole_corners(rng, n, reach=12, most=9):
    start = rng.integers(0, reach, (n, 2))
    return np.hstack([start, start + rng.integers(2, most, (n, 2))])


def overlapping(rng, n):
    """Two lists of n boxes each: every box overlaps its partner by a part."""
    first = corners(rng, n, least=4.0)
    width, height = first[:, 2] - first[:, 0], first[:, 3] - first[:, 1]
    step = rng.uniform(0.1, 0.6, (n, 2)) * np.stack([width, height], axis=1) * rng.choice([-1, 1], (n, 2))
    second = first + np.hstack([step, step])
    second[:, 2:] += rng.uniform(0.1, 2.0, (n, 2))
    return first, second


def beside(rng, first, across, down):
    """A box as far to the right of another, and as far below it, as its own size times `across` and `down`."""
    x1, y1, x2, y2 = first
    start = np.array([x1 + across * (x2 - x1), y1 + down * (y2 - y1)])
    return np.hstack([start, start + rng.integers(2, 7, 2)])


def eighths(rng, *shape, least=1, most=8):
    """Numbers that any precision holds without rounding."""
    return (rng.integers(least, most + 1, shape) / 8).astype(np.float32)


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


# --- localization_loss ----------------------------------------------------------------------------------------------


def labels(rng, things, n):
    """What is true, for each 1 or 0 in `things`: where there is nothing, the rest of the numbers says nothing."""
    m = len(things)
    y = np.hstack([np.array(things, float)[:, None], rng.uniform(0.1, 0.9, (m, 4 + n))])
    there = y[:, 0] == 1
    y[there, 5:] = np.eye(n)[rng.integers(0, n, m)][there]
    return y


def guesses(rng, m, n):
    return rng.uniform(0.05, 0.95, (m, 5 + n))


def localization_cases(rng):
    n, m = int(rng.integers(3, 6)), int(rng.integers(5, 8))
    both = rng.permutation([1, 0, 1, 0, *rng.integers(0, 2, m - 4)])
    yield case("a thing, one vector", labels(rng, [1], n)[0], guesses(rng, 1, n)[0])
    yield case("nothing there, one vector", labels(rng, [0], n)[0], guesses(rng, 1, n)[0])
    yield case("a batch with both", labels(rng, both, n), guesses(rng, m, n))
    yield case("a batch with both, nothing first", labels(rng, [0, 1, 0, 1, 1], n), guesses(rng, 5, n))
    yield case("things everywhere", labels(rng, [1] * m, n), guesses(rng, m, n))
    yield case("nothing anywhere", labels(rng, [0] * m, n), guesses(rng, m, n))
    yield case("a batch of one", labels(rng, [1], n), guesses(rng, 1, n))
    yield case("one class", labels(rng, both, 1), guesses(rng, m, 1))
    yield case("as many vectors as numbers", labels(rng, [1, 0, 1, 1, 0, 0, 1], 2), guesses(rng, 7, 2))
    yield case("far off, below 0 too", labels(rng, both, n), 20 * guesses(rng, m, n) - 10)
    yield case("whole numbers", np.hstack([both[:, None], rng.integers(0, 2, (m, 4 + n))]), rng.integers(-3, 4, (m, 5 + n)))
    yield case("single precision", labels(rng, both, n).astype(np.float32), guesses(rng, m, n).astype(np.float32))


def loss_by_loop(y_true, y_pred):
    truths, answers = np.atleast_2d(y_true), np.atleast_2d(y_pred)
    total = 0.0
    for truth, answer in zip(truths, answers):
        counted = len(truth) if truth[0] == 1 else 1
        for place in range(counted):
            total += (float(truth[place]) - float(answer[place])) ** 2
    return total / len(truths)


def loss_by_weights(y_true, y_pred):
    weights = np.ones(y_true.shape)
    weights[..., 1:] = y_true[..., :1]
    return np.mean(np.einsum("...i,...i->...", weights, np.square(y_pred - y_true)))


def loss_in_keras(y_true, y_pred):
    y_true, y_pred = ops.convert_to_tensor(y_true, dtype="float32"), ops.convert_to_tensor(y_pred, dtype="float32")
    squares = ops.square(y_true - y_pred)
    return ops.mean(squares[..., 0] + y_true[..., 0] * ops.sum(squares[..., 1:], axis=-1))


def loss_of_two_groups(y_true, y_pred):
    width = y_true.shape[-1]
    truths, answers = y_true.reshape(-1, width), y_pred.reshape(-1, width)
    there = truths[:, 0] > 0.5
    of_things = np.linalg.norm(truths[there] - answers[there]) ** 2
    of_nothing = np.linalg.norm(truths[~there, 0] - answers[~there, 0]) ** 2
    return (of_things + of_nothing) / len(truths)


LOCALIZATION_LOSS = Exercise(
    solution.localization_loss,
    points=5,
    cases=localization_cases,
    slips=[
        Slip("everything counts, always", Edit("np.where(there, squares.sum(axis=-1), squares[..., 0])", "squares.sum(axis=-1)"), "Where there is nothing, where should its box be, and of which class? What is left to be judged there?"),
        Slip("classes count where there is nothing", Edit("squares[..., 0])", "squares[..., 0] + squares[..., 5:].sum(axis=-1))"), "Nothing has no class: look again at what counts when p_c is 0."),
        Slip("boxes count where there is nothing", Edit("squares[..., 0])", "squares[..., :5].sum(axis=-1))"), "Nothing has no box: look again at what counts when p_c is 0."),
        Slip("the box is left out", Edit("squares.sum(axis=-1)", "(squares[..., 0] + squares[..., 5:].sum(axis=-1))"), "Where there is a thing, all 5 + n numbers count: which four are missing?"),
        Slip("the classes are left out", Edit("squares.sum(axis=-1)", "squares[..., :5].sum(axis=-1)"), "Where there is a thing, all 5 + n numbers count, not the first five alone."),
        Slip("p_c is left out where there is a thing", Edit("squares.sum(axis=-1)", "squares[..., 1:].sum(axis=-1)"), "Where there is a thing, the network must also be sure of it: p_c counts too."),
        Slip("nothing counts where there is nothing", Edit("squares[..., 0])", "0 * squares[..., 0])"), "A network that sees things everywhere must pay for it: which number says that it does?"),
        Slip("p_c the wrong way round", Edit("== 1", "== 0"), "When do all numbers count: where p_c is 1, or where it is 0?"),
        Slip("the prediction decides what counts", Edit("there = y_true[..., 0] == 1", "there = y_pred[..., 0] >= 0.5"), "Whether there is a thing is what the label says, not what the network believes."),
        Slip("the first vector decides for all", Edit("y_true[..., 0] == 1", "y_true.ravel()[0] == 1"), "Each vector of a batch has a p_c of its own."),
        Slip("the mean of a vector's numbers", Edit("squares.sum(axis=-1)", "squares.mean(axis=-1)"), "A vector's squared differences are added up; the mean is over the batch."),
        Slip("the sum over the batch", Edit(".mean()", ".sum()"), "Average over the vectors, or a larger batch looks worse."),
        Slip("differences that are not squared", Edit("(y_true - y_pred) ** 2", "np.abs(y_true - y_pred)"), "It is the squares of the differences that are added up."),
        Slip("a root at the end", Edit("return np.where(there, squares.sum(axis=-1), squares[..., 0]).mean()", "return np.sqrt(np.where(there, squares.sum(axis=-1), squares[..., 0])).mean()"), "A sum of squares, not a distance: is there a root in the formula?"),
        Slip("one loss a vector", Edit(".mean()", ""), "A batch gets one number, the mean over its vectors."),
    ],
    variants=[
        Variant("a loop", loss_by_loop),
        Variant("by weights", loss_by_weights),
        Variant("in Keras", loss_in_keras),
        Variant("things and nothing by themselves", loss_of_two_groups),
    ],
    hints=[
        "Square all differences first. Then each vector needs one of two numbers, and its own p_c says which.",
        "The last axis holds the 5 + n numbers, with or without a batch in front: squares.sum(axis=-1), and y_true[..., 0] for p_c.",
        "np.where(y_true[..., 0] == 1, squares.sum(axis=-1), squares[..., 0]) has one number a vector; take their mean.",
    ],
)

# --- iou ------------------------------------------------------------------------------------------------------------


def iou_of_pairs(function, boxes1, boxes2, given="as they are"):
    """One answer a pair of boxes: an array of them, if they are numbers."""
    import keras
    import numpy as np

    def is_number(answer):
        return isinstance(answer, (int, float)) or len(getattr(answer, "shape", "none")) == 0

    answers = []
    for box1, box2 in zip(boxes1, boxes2):
        if given == "tensors":
            box1, box2 = keras.ops.convert_to_tensor(box1), keras.ops.convert_to_tensor(box2)
        answers.append(function(box1, box2))
    if not all(map(is_number, answers)):
        return answers
    return np.array([one if isinstance(one, (int, float)) else keras.ops.convert_to_numpy(one) for one in answers])


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
    outer = corners(rng, n, least=5.0)
    size = outer[:, 2:] - outer[:, :2]
    inner = np.hstack([outer[:, :2] + size * rng.uniform(0.1, 0.3, (n, 2)), outer[:, 2:] - size * rng.uniform(0.2, 0.4, (n, 2))])
    return list(outer), list(inner)


def without_area(rng):
    """A point twice, a line twice, a point in a box, a line through a box."""
    x, y, z = rng.integers(2, 9, 3)
    point, line = np.array([x, y, x, y]), np.array([x, y, x + z, y])
    box = np.array([x - 1, y - 1, x + z + 1, y + z])
    return [point, line, box, line], [point, line, point, box]


def iou_cases(rng):
    def with_overlap(pairs):
        """Together with two boxes that overlap, in a place that nobody knows: an answer of 0 alone is soon guessed."""
        first, second = overlapping(rng, 2)
        order = rng.permutation(len(pairs[0]) + 2)
        return [[[*one, *two][place] for place in order] for one, two in zip(pairs, (first, second))]

    first, second = overlapping(rng, 3)
    yield case("boxes that overlap", list(first), list(second))
    outer, inner = inside(rng)
    yield case("one inside the other", [outer[0], inner[1]], [inner[0], outer[1]])
    yield case("boxes apart, and two that overlap", *with_overlap(apart(rng)))
    yield case("boxes that touch, and two that overlap", *with_overlap(touching(rng)))
    same = list(corners(rng, 2))
    yield case("the same box twice, and two that overlap", *with_overlap((same, [one.copy() for one in same])))
    yield case("boxes without an area, and two that overlap", *with_overlap(without_area(rng)))
    first, second = overlapping(rng, 2)
    yield case("left of 0 and above it", list(first - 30), list(second - 30))
    start = rng.uniform(0, 0.2, (2, 4))
    yield case("shares of a picture", list(start + [0, 0, 0.5, 0.7]), list(start[::-1] + [0.1, 0.1, 0.8, 0.6]))
    yield case("long and thin", [np.array([0, 3, 40, 5.0]), np.array([2, 0, 4, 30.0])], [np.array([20, 2, 70, 4.5]) + rng.random(4), np.array([1, 10, 3.5, 50]) + rng.random(4) / 2])
    x, y = (int(number) for number in rng.integers(2, 9, 2))
    yield case("lists of whole numbers", [[0, 0, 10, y]], [[x - 1, 0, x + 10, y + 3]], given="lists")
    yield case("tuples", [(0.0, float(x), 9.5, x + 4.0)], [(float(rng.uniform(1, 8)), x - 1.0, 12.0, x + 2.5)], given="tuples")
    first, second = (np.float32(boxes) for boxes in overlapping(rng, 2))
    yield case("tensors", list(first), list(second), given="tensors")
    first, second = (np.float32(boxes) for boxes in overlapping(rng, 2))
    yield case("single precision", list(first), list(second))


def iou_in_numpy(box1, box2):
    box1, box2 = (np.array([float(number) for number in box]) for box in (box1, box2))
    sides = np.clip(np.minimum(box1[2:], box2[2:]) - np.maximum(box1[:2], box2[:2]), 0, None)
    common = np.prod(sides)
    either = np.prod(box1[2:] - box1[:2]) + np.prod(box2[2:] - box2[:2]) - common
    return 0.0 if either == 0 else common / either


def iou_by_questions(box1, box2):
    left, top = max(float(box1[0]), float(box2[0])), max(float(box1[1]), float(box2[1]))
    right, bottom = min(float(box1[2]), float(box2[2])), min(float(box1[3]), float(box2[3]))
    if right <= left or bottom <= top:
        return 0
    common = (right - left) * (bottom - top)
    total = sum((float(box[2]) - float(box[0])) * (float(box[3]) - float(box[1])) for box in (box1, box2))
    return common / (total - common)


def iou_in_keras(box1, box2):
    box1, box2 = ops.convert_to_tensor(box1, dtype="float32"), ops.convert_to_tensor(box2, dtype="float32")
    sides = ops.relu(ops.minimum(box1[2:], box2[2:]) - ops.maximum(box1[:2], box2[:2]))
    common = ops.prod(sides)
    either = ops.prod(box1[2:] - box1[:2]) + ops.prod(box2[2:] - box2[:2]) - common
    return float(common) / max(float(either), 1e-9)


def iou_by_inclusion(box1, box2):
    def length(low1, high1, low2, high2):
        """Of what two stretches have in common."""
        return max(0.0, high1 - low1 + high2 - low2 - (max(high1, high2) - min(low1, low2)))

    a, b = np.array(list(map(float, box1))), np.array(list(map(float, box2)))
    common = length(a[0], a[2], b[0], b[2]) * length(a[1], a[3], b[1], b[3])
    either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return np.float64(common / either if either else 0)


IOU = Exercise(
    solution.iou,
    points=7,
    cases=iou_cases,
    slips=[
        Slip("boxes apart overlap", Edit("width = max(min(ax2, bx2) - max(ax1, bx1), 0.0)\n    height = max(min(ay2, by2) - max(ay1, by1), 0.0)", "width = min(ax2, bx2) - max(ax1, bx1)\n    height = min(ay2, by2) - max(ay1, by1)"), "What do width and height of the intersection become where two boxes lie apart, and what may they not be?"),
        Slip("only the product is cut at 0", Edit("width = max(min(ax2, bx2) - max(ax1, bx1), 0.0)\n    height = max(min(ay2, by2) - max(ay1, by1), 0.0)\n    intersection = width * height", "width = min(ax2, bx2) - max(ax1, bx1)\n    height = min(ay2, by2) - max(ay1, by1)\n    intersection = max(width * height, 0.0)"), "Two boxes that lie apart cornerwise: what is the product of two negative numbers?"),
        Slip("only the width is cut at 0", Edit("max(min(ay2, by2) - max(ay1, by1), 0.0)", "min(ay2, by2) - max(ay1, by1)"), "Boxes can lie apart sideways and up or down: both sides need the cut."),
        Slip("the sign is dropped", Edit("width = max(min(ax2, bx2) - max(ax1, bx1), 0.0)\n    height = max(min(ay2, by2) - max(ay1, by1), 0.0)", "width = abs(min(ax2, bx2) - max(ax1, bx1))\n    height = abs(min(ay2, by2) - max(ay1, by1))"), "A negative width means that there is no intersection, not that it is as wide the other way."),
        Slip("a pixel more on each side", Edit("intersection / union if", "((width + 1) * (height + 1) * (width > 0) * (height > 0)) / ((ax2 - ax1 + 1) * (ay2 - ay1 + 1) + (bx2 - bx1 + 1) * (by2 - by1 + 1) - (width + 1) * (height + 1) * (width > 0) * (height > 0)) if"), "Areas are those of the plane: how wide is a box from 2 to 5?"),
        Slip("the union counts the intersection twice", Edit(" - intersection\n", "\n"), "What two boxes share is part of both areas: how often is it in their sum?"),
        Slip("areas that are sums", Edit("(ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1)", "(ax2 - ax1) + (ay2 - ay1) + (bx2 - bx1) + (by2 - by1)"), "How does the area of a rectangle follow from its sides?"),
        Slip("x1, x2, y1, y2", Edit("ax1, ay1, ax2, ay2 = map(float, box1)\n    bx1, by1, bx2, by2 =", "ax1, ax2, ay1, ay2 = map(float, box1)\n    bx1, bx2, by1, by2 ="), "A box is one corner, then the other: what is its second number?"),
        Slip("corners taken for centre and size", Edit("    width =", "    ax1, ay1, ax2, ay2 = ax1 - ax2 / 2, ay1 - ay2 / 2, ax1 + ax2 / 2, ay1 + ay2 / 2\n    bx1, by1, bx2, by2 = bx1 - bx2 / 2, by1 - by2 / 2, bx1 + bx2 / 2, by1 + by2 / 2\n    width ="), "The four numbers are two corners already: there is nothing to convert."),
        Slip("minimum and maximum swapped", Edit("width = max(min(ax2, bx2) - max(ax1, bx1), 0.0)\n    height = max(min(ay2, by2) - max(ay1, by1), 0.0)", "width = max(max(ax2, bx2) - min(ax1, bx1), 0.0)\n    height = max(max(ay2, by2) - min(ay1, by1), 0.0)"), "That is the box around both. Where does the intersection begin: at the smaller left edge, or at the larger?"),
        Slip("divided by the smaller area", Edit("intersection / union if union > 0", "intersection / min((ax2 - ax1) * (ay2 - ay1), (bx2 - bx1) * (by2 - by1)) if min((ax2 - ax1) * (ay2 - ay1), (bx2 - bx1) * (by2 - by1)) > 0"), "A small box inside a large one has an IoU far below 1: divide by what either covers."),
        Slip("divided by the first area", Edit("intersection / union if union > 0", "intersection / ((ax2 - ax1) * (ay2 - ay1)) if (ax2 - ax1) * (ay2 - ay1) > 0"), "Both boxes belong to the union, and swapping them must change nothing."),
        Slip("divided by the box around both", Edit("intersection / union if", "intersection / ((max(ax2, bx2) - min(ax1, bx1)) * (max(ay2, by2) - min(ay1, by1))) if"), "The union is what either box covers, without the corners that neither does."),
        Slip("Dice's coefficient", Edit("intersection / union if", "2 * intersection / (union + intersection) if"), "Twice the intersection over the sum of the areas is another measure: divide by the union."),
        Slip("the intersection alone", Edit("intersection / union if", "intersection if"), "A share from 0 to 1 is wanted, not an area: what is it a share of?"),
        Slip("no answer without an area", Edit(" if union > 0 else 0.0", ""), "Two boxes can be points or lines: what is 0 divided by 0?"),
        Slip("1 for two boxes without an area", Edit("else 0.0", "else 1.0"), "Where neither covers anything, the docstring asks for another number."),
    ],
    variants=[
        Variant("in NumPy", iou_in_numpy),
        Variant("by questions", iou_by_questions),
        Variant("in Keras", iou_in_keras),
        Variant("by what two stretches have in common", iou_by_inclusion),
    ],
    hints=[
        "The intersection is a box too: it starts at the larger of the two left edges and ends at the smaller of the two right ones.",
        "Where the boxes lie apart its width or its height comes out negative: cut each of them at 0. The union is both areas, less what was counted twice.",
        "width = max(min(ax2, bx2) - max(ax1, bx1), 0), the height likewise; divide width * height by the union, but only if that is above 0.",
    ],
    forbids=OVERLAPS,
    observer=iou_of_pairs,
)

# --- iou_matrix -----------------------------------------------------------------------------------------------------


def matrices(function, boxes1, boxes2, also=()):
    """One matrix, or one for each pair of arrays."""
    pairs = ((boxes1, boxes2), *also)
    return [function(*pair) for pair in pairs] if also else function(boxes1, boxes2)


def iou_matrix_cases(rng):
    n, m = int(rng.integers(3, 6)), int(rng.integers(6, 9))
    yield case("few by many", corners(rng, n, 8), corners(rng, m, 8))
    yield case("many by few", corners(rng, m, 8), corners(rng, n, 8))
    yield case("as many as there are", corners(rng, m, 8), corners(rng, m, 8))
    yield case("one by many, many by one", corners(rng, 1, 4, 4.0), corners(rng, m, 4, 4.0), also=[(corners(rng, m, 4, 4.0), corners(rng, 1, 4, 4.0))])
    boxes = corners(rng, n, 8)
    yield case("each with each of the same", boxes, boxes.copy())
    outer, inner = inside(rng, 3)
    yield case("inside one another", np.array(outer), np.array(inner))
    first, second = apart(rng)
    yield case("apart, in all directions", np.array([*first, *corners(rng, 1, 8)]), np.array([*second, *corners(rng, 3, 8)]))
    first, second = touching(rng)
    yield case("touching", np.array([*first, *corners(rng, 1, 8)]), np.array([*second, *corners(rng, 2, 8)]))
    first, second = without_area(rng)
    yield case("without an area among them", np.array([*first, *corners(rng, 2, 8)]), np.array([*second, *corners(rng, 1, 8)]))
    yield case("no box here, none there, none at all, some", np.zeros((0, 4)), corners(rng, n), also=[(corners(rng, n), np.zeros((0, 4))), (np.zeros((0, 4)), np.zeros((0, 4))), (corners(rng, n, 6), corners(rng, m, 6))])
    yield case("whole numbers", whole_corners(rng, n), whole_corners(rng, m))
    yield case("left of 0 and above it", corners(rng, n, 8) - 20, corners(rng, m, 8) - 20)
    yield case("single precision", corners(rng, m, 8).astype(np.float32), corners(rng, n, 8).astype(np.float32))


def matrix_of_partners(boxes1, boxes2):
    low, high = np.maximum(boxes1[:, :2], boxes2[:, :2]), np.minimum(boxes1[:, 2:], boxes2[:, 2:])
    intersection = np.clip(high - low, 0, None).prod(axis=1)
    union = (boxes1[:, 2:] - boxes1[:, :2]).prod(axis=1) + (boxes2[:, 2:] - boxes2[:, :2]).prod(axis=1) - intersection
    return intersection / np.maximum(union, 1e-12)


def matrix_of_the_boxes_type(boxes1, boxes2):
    result = np.zeros((len(boxes1), len(boxes2)), dtype=boxes1.dtype)
    for i, box1 in enumerate(boxes1):
        for j, box2 in enumerate(boxes2):
            result[i, j] = iou(box1, box2)
    return result


def matrix_from_lists(boxes1, boxes2):
    return np.array([[iou(box1, box2) for box2 in boxes2] for box1 in boxes1])


def matrix_without_a_cut(boxes1, boxes2):
    low, high = np.maximum(boxes1[:, None, :2], boxes2[None, :, :2]), np.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    intersection = (high - low).prod(axis=-1)
    union = (boxes1[:, 2:] - boxes1[:, :2]).prod(axis=1)[:, None] + (boxes2[:, 2:] - boxes2[:, :2]).prod(axis=1) - intersection
    return np.where(union > 0, intersection / np.where(union > 0, union, 1), 0)


def matrix_with_the_product_cut(boxes1, boxes2):
    low, high = np.maximum(boxes1[:, None, :2], boxes2[None, :, :2]), np.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    intersection = np.maximum((high - low).prod(axis=-1), 0)
    union = (boxes1[:, 2:] - boxes1[:, :2]).prod(axis=1)[:, None] + (boxes2[:, 2:] - boxes2[:, :2]).prod(axis=1) - intersection
    return np.where(union > 0, intersection / np.where(union > 0, union, 1), 0)


def matrix_a_pixel_more(boxes1, boxes2):
    low, high = np.maximum(boxes1[:, None, :2], boxes2[None, :, :2]), np.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    intersection = np.clip(high - low + 1, 0, None).prod(axis=-1)
    union = (boxes1[:, 2:] - boxes1[:, :2] + 1).prod(axis=1)[:, None] + (boxes2[:, 2:] - boxes2[:, :2] + 1).prod(axis=1) - intersection
    return intersection / union


def matrix_by_broadcasting(boxes1, boxes2):
    low, high = np.maximum(boxes1[:, None, :2], boxes2[None, :, :2]), np.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=-1)
    areas1, areas2 = (np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (boxes1, boxes2))
    either = areas1[:, None] + areas2[None, :] - common
    return np.where(either > 0, common / np.where(either > 0, either, 1), 0.0)


def matrix_pair_by_pair(boxes1, boxes2):
    result = np.zeros((len(boxes1), len(boxes2)))
    for i, j in np.ndindex(*result.shape):
        result[i, j] = iou(boxes1[i], boxes2[j])
    return result


def matrix_in_keras(boxes1, boxes2):
    boxes1, boxes2 = (ops.convert_to_tensor(boxes, dtype="float32") for boxes in (boxes1, boxes2))
    a, b = ops.expand_dims(boxes1, 1), ops.expand_dims(boxes2, 0)
    sides = ops.relu(ops.minimum(a[..., 2:], b[..., 2:]) - ops.maximum(a[..., :2], b[..., :2]))
    common = sides[..., 0] * sides[..., 1]
    either = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1]) + (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1]) - common
    return ops.convert_to_numpy(common / ops.maximum(either, 1e-9))


def matrix_row_by_row(boxes1, boxes2):
    x1, y1, x2, y2 = boxes2.T
    rows = np.empty((len(boxes1), len(boxes2)), np.float32)
    for row, (left, top, right, bottom) in zip(rows, boxes1):
        common = np.maximum(np.minimum(right, x2) - np.maximum(left, x1), 0) * np.maximum(np.minimum(bottom, y2) - np.maximum(top, y1), 0)
        row[:] = common / np.maximum((right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - common, 1e-12)
    return rows


DIVIDED = "np.divide(intersection, union, out=intersection, where=union > 0)"

IOU_MATRIX = Exercise(
    solution.iou_matrix,
    points=8,
    cases=iou_matrix_cases,
    slips=[
        Slip("boxes apart overlap", matrix_without_a_cut, "What do width and height of the intersection become where two boxes lie apart, and what may they not be?"),
        Slip("only the product is cut at 0", matrix_with_the_product_cut, "Two boxes that lie apart cornerwise: what is the product of two negative numbers?"),
        Slip("a pixel more on each side", matrix_a_pixel_more, "Areas are those of the plane: how wide is a box from 2 to 5?"),
        Slip("the union counts the intersection twice", Edit("    union -= intersection\n", ""), "What two boxes share is part of both areas: how often is it in their sum?"),
        Slip("areas that are sums", Edit("(right1 - left1) * (bottom1 - top1), (right2 - left2) * (bottom2 - top2)", "(right1 - left1) + (bottom1 - top1), (right2 - left2) + (bottom2 - top2)"), "How does the area of a rectangle follow from its sides?"),
        Slip("x1, x2, y1, y2", Edit("left1, top1, right1, bottom1 = np.ascontiguousarray(boxes1.T)[:, :, None] + 0.0  # (N, 1) each, and floats\n    left2, top2, right2, bottom2 =", "left1, right1, top1, bottom1 = np.ascontiguousarray(boxes1.T)[:, :, None] + 0.0\n    left2, right2, top2, bottom2 ="), "A box is one corner, then the other: what stands in column 1?"),
        Slip("minimum and maximum swapped", Edit("width, spare = np.minimum(right1, right2), np.maximum(left1, left2)\n    width -= spare\n    height = np.minimum(bottom1, bottom2)\n    height -= np.maximum(top1, top2, out=spare)", "width, spare = np.maximum(right1, right2), np.minimum(left1, left2)\n    width -= spare\n    height = np.maximum(bottom1, bottom2)\n    height -= np.minimum(top1, top2, out=spare)"), "That is the box around both. Where does the intersection begin: at the smaller left edge, or at the larger?"),
        Slip("rows and columns swapped", Edit("return " + DIVIDED, "return " + DIVIDED + ".T"), "Which boxes do the rows stand for, the first argument's or the second's?"),
        Slip("each box with its partner only", matrix_of_partners, "Each box is compared with each, not the first with the first and the second with the second. What shape has the result?"),
        Slip("NaN without an area", Edit(DIVIDED, "intersection / union"), "Two boxes can be points or lines: what does NumPy make of 0 / 0, and what should it be?"),
        Slip("Dice's coefficient", Edit(DIVIDED, "np.divide(2 * intersection, union + intersection, out=np.zeros_like(union), where=union > 0)"), "Twice the intersection over the sum of the areas is another measure: divide by the union."),
        Slip("divided by the first areas", Edit(DIVIDED, "intersection / np.maximum((right1 - left1) * (bottom1 - top1), 1e-12)"), "Both boxes belong to the union, and swapping them must change nothing."),
        Slip("the intersection alone", Edit(DIVIDED, "intersection"), "Shares from 0 to 1 are wanted, not areas: what are they shares of?"),
        Slip("the boxes' type cuts the shares off", matrix_of_the_boxes_type, "Boxes may be whole numbers; what happens to 0.7 in an array of those?"),
        Slip("no box, and the shape is lost", matrix_from_lists, "Of no boxes and M, the result has no row, but M columns: what does np.array([]) know of them?"),
    ],
    variants=[
        Variant("by broadcasting", matrix_by_broadcasting),
        Variant("pair by pair", matrix_pair_by_pair),
        Variant("in Keras", matrix_in_keras),
        Variant("row by row, in single precision", matrix_row_by_row),
    ],
    hints=[
        "It is iou's arithmetic, on all pairs at once: NumPy compares (N, 1) with (1, M) and gets (N, M).",
        "Take the columns apart: boxes1[:, 0][:, None] is (N, 1), boxes2[:, 0][None, :] is (1, M); np.maximum of the two is where the intersections begin.",
        "np.maximum(width, 0) cuts all widths at once. Divide where the union is above 0 only: np.divide(a, b, out=zeros, where=b > 0).",
    ],
    uses=("iou",),
    forbids=OVERLAPS,
    dtype="float",
    observer=matrices,
)

# --- fc_to_conv -----------------------------------------------------------------------------------------------------


def dense_layers(rng, input_shape, *sizes, dtype=np.float32):
    weights, before = [], int(np.prod(input_shape))
    for n in sizes:
        weights += [rng.standard_normal((before, n)).astype(dtype), rng.standard_normal(n).astype(dtype)]
        before = n
    return weights


def fc_to_conv_cases(rng):
    n1, n2, n3 = (int(number) for number in rng.permutation([4, 5, 7]))
    for title, shape, sizes, dtype in (
        ("one layer", (4, 4, 3), (n1,), np.float32),
        ("two layers", (3, 3, 2), (n1, n2), np.float32),
        ("three layers, not square", (2, 3, 4), (n1, n2, n3), np.float32),
        ("three layers, the other way", (4, 2, 3), (n3, n1, n2), np.float32),
        ("as many rows as columns and channels", (3, 3, 3), (n2, n2), np.float32),
        ("one channel", (3, 5, 1), (n3, n1), np.float32),
        ("one pixel", (1, 1, n2), (n1, n3), np.float32),
        ("one number at the end", (2, 4, 2), (n2, 1), np.float32),
        ("as wide as what was flattened", (2, 3, 2), (12, 12, n1), np.float32),
        ("double precision", (3, 2, 2), (n1, n2), np.float64),
    ):
        yield case(title, dense_layers(rng, shape, *sizes, dtype=dtype), shape)


def conv_without_offsets(dense_weights, input_shape):
    sizes = [tuple(input_shape), *((1, 1, len(b)) for b in dense_weights[1:-1:2])]
    return [W.reshape(*size, -1) for size, W in zip(sizes, dense_weights[0::2])]


def conv_filters_first(dense_weights, input_shape):
    sizes = [tuple(input_shape), *((1, 1, len(b)) for b in dense_weights[1:-1:2])]
    return [W.reshape(*size, -1) for size, W in zip(sizes, dense_weights[0::2])] + list(dense_weights[1::2])


def conv_layer_by_layer(dense_weights, input_shape):
    h, w, c = input_shape
    converted = []
    for i in range(0, len(dense_weights), 2):
        W, b = dense_weights[i], dense_weights[i + 1]
        n_in, n_out = W.shape
        K = np.reshape(W, (h, w, c, n_out)) if i == 0 else np.reshape(W, (1, 1, n_in, n_out))
        converted.append(K)
        converted.append(b.copy())
    return converted


def conv_entry_by_entry(dense_weights, input_shape):
    W1, b1, *rest = dense_weights
    K1 = np.zeros((*input_shape, len(b1)), W1.dtype)
    for place, row in zip(np.ndindex(*input_shape), W1):
        K1[place] = row
    return (K1, b1, *(W[None, None] if W.ndim == 2 else W for W in rest))


def conv_in_keras(dense_weights, input_shape):
    converted, size = [], tuple(input_shape)
    for W, b in zip(dense_weights[::2], dense_weights[1::2]):
        converted.extend([ops.reshape(W, (*size, W.shape[1])), ops.convert_to_tensor(b)])
        size = (1, 1, W.shape[1])
    return converted


def conv_by_columns(dense_weights, input_shape):
    converted = []
    for number, weights in enumerate(dense_weights):
        if number % 2:
            converted.append(weights)
        elif number == 0:
            converted.append(np.stack([column.reshape(input_shape) for column in weights.T], axis=-1))
        else:
            converted.append(np.expand_dims(weights, (0, 1)))
    return converted


FC_TO_CONV = Exercise(
    solution.fc_to_conv,
    points=6,
    cases=fc_to_conv_cases,
    slips=[
        Slip("channels first", Edit("W.reshape(*size, -1)", "W.reshape(size[2], size[0], size[1], -1).transpose(1, 2, 0, 3)"), "In which order does Flatten lay out (h, w, c): which of the three moves fastest?"),
        Slip("rows and columns swapped", Edit("W.reshape(*size, -1)", "W.reshape(size[1], size[0], size[2], -1).transpose(1, 0, 2, 3)"), "In which order does Flatten lay out (h, w, c): which comes first, a row or a column?"),
        Slip("in the other order of memory", Edit("*size, -1)", '*size, -1, order="F")'), "Flatten and reshape read rows first, as NumPy does unless it is told otherwise."),
        Slip("filters turned over", Edit("W.reshape(*size, -1)", "W.reshape(*size, -1)[::-1, ::-1]"), "Keras's convolution lays its filter on the picture as it is: nothing is turned over."),
        Slip("the output's axis first", Edit("W.reshape(*size, -1)", "W.reshape(*size, -1).transpose(3, 0, 1, 2)"), "Keras keeps the filters' number last: (h, w, c, n)."),
        Slip("turned before it is reshaped", Edit("W.reshape(*size, -1)", "W.T.reshape(*size, -1)"), "A column of W holds one unit's weights, and the units stay the last axis: does W need to be turned?"),
        Slip("later layers reshaped like the first", Edit("*((1, 1, len(b)) for b in dense_weights[1:-1:2])", "*(tuple(input_shape) for b in dense_weights[1:-1:2])"), "After the first convolution a picture of the old size is a single pixel: how large are the later filters?"),
        Slip("later layers stay dense", Edit("W.reshape(*size, -1)", "W.reshape(*size, -1) if len(converted) == 0 else W"), "The later layers become convolutions too, of 1 × 1: what shape has such a filter?"),
        Slip("1 × 1 filters with in and out swapped", Edit("W.reshape(*size, -1)", "W.reshape(*size, -1) if len(converted) == 0 else W.T[None, None]"), "A filter's last two axes are channels in, then channels out."),
        Slip("the offsets are lost", conv_without_offsets, "Every convolution needs its offset as well: the list has two arrays a layer."),
        Slip("the offsets are zeros", Edit(", b]", ", np.zeros_like(b)]"), "The offsets stay as they are."),
        Slip("the offsets get four axes", Edit(", b]", ", b.reshape(1, 1, 1, -1)]"), "Keras keeps an offset as (n,), in a convolution as in a dense layer."),
        Slip("all filters, then all offsets", conv_filters_first, "The list goes layer by layer: what follows K1, before K2?"),
        Slip("only the first layer", Edit("return converted", "return converted[:2]"), "All dense layers are turned into convolutions, however many there are."),
    ],
    variants=[
        Variant("layer by layer", conv_layer_by_layer),
        Variant("entry by entry", conv_entry_by_entry),
        Variant("in Keras", conv_in_keras),
        Variant("column by column", conv_by_columns),
    ],
    hints=[
        "A unit of the first dense layer weighs every number of an (h, w, c) block: that is a filter as large as the block.",
        "Flatten reads rows, then columns, then channels, and so does reshape: no axis has to move. After the first layer there is one pixel left.",
        "W1.reshape(h, w, c, -1) is the first filter, W.reshape(1, 1, *W.shape) every later one; put each one's b behind it.",
    ],
)

# --- yolo_filter_boxes ----------------------------------------------------------------------------------------------


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


def filter_cases(rng):
    n = int(rng.integers(5, 8))
    yield case("a grid of anchors", *grid_of(rng, 4, 3, 2, n_classes=n), threshold=0.5)
    yield case("the default threshold", *grid_of(rng, 3, 5, 3, n_classes=4))
    yield case("a low threshold", *grid_of(rng, 3, 4, 2, n_classes=3), 0.125)
    yield case("a row of boxes", *grid_of(rng, 12, n_classes=n), threshold=0.375)
    yield case("a batch of grids", *grid_of(rng, 2, 2, 3, 2, n_classes=3), threshold=0.5)
    yield case("as many classes as anchors", *grid_of(rng, 2, 3, 4, n_classes=4), threshold=0.375)
    yield case("as many classes as boxes", *grid_of(rng, 4, 4, n_classes=4), threshold=0.375)
    yield case("more classes than boxes", *grid_of(rng, 2, 2, n_classes=30), threshold=0.3)
    yield case("one class", *grid_of(rng, 3, 4, 2, n_classes=1), threshold=0.25)
    yield case("scores exactly at the threshold", *exactly_on(rng, 9, 0.25), threshold=0.25)
    boxes, confidence, probabilities = grid_of(rng, 4, 3, 2, n_classes=3)
    sure = rng.permutation(np.resize(np.float32([0, 1]), confidence.size)).reshape(confidence.shape)
    yield case("sure, or sure that there is nothing", boxes, sure, probabilities, threshold=0.4)
    boxes, confidence, probabilities = grid_of(rng, 3, 3, n_classes=2)
    yield case("none is left, and some are", boxes, confidence / 4, probabilities, threshold=0.5, also=[grid_of(rng, 3, 4, n_classes=3)])


def filter_largest_of_the_wrong_axis(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = ops.max(ops.multiply(box_confidence, box_class_probs), axis=-1)
    classes = ops.argmax(box_class_probs, axis=-2)
    kept = scores >= threshold
    return scores[kept], boxes[kept], classes[kept]


def filter_sorts(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = ops.convert_to_numpy(ops.max(box_confidence * box_class_probs, axis=-1))
    classes = ops.convert_to_numpy(ops.argmax(box_class_probs, axis=-1))
    kept = scores >= threshold
    order = np.argsort(-scores[kept], kind="stable")
    return scores[kept][order], ops.convert_to_numpy(boxes)[kept][order], classes[kept][order]


def filter_keeps_every_sure_class(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = ops.convert_to_numpy(box_confidence * box_class_probs)
    places = np.argwhere(scores >= threshold)
    boxes = ops.convert_to_numpy(boxes)
    return scores[scores >= threshold], boxes[tuple(places[:, :-1].T)], places[:, -1]


def filter_column_by_column(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = ops.convert_to_numpy(ops.max(box_confidence * box_class_probs, axis=-1))
    classes = ops.convert_to_numpy(ops.argmax(box_class_probs, axis=-1))
    boxes = ops.convert_to_numpy(boxes)
    boxes = boxes.transpose(*range(scores.ndim)[::-1], scores.ndim)
    scores, classes = scores.T, classes.T
    kept = scores >= threshold
    return scores[kept], boxes[kept], classes[kept]


def filter_by_places(boxes, box_confidence, box_class_probs, threshold=0.6):
    probabilities = ops.reshape(box_class_probs, (-1, box_class_probs.shape[-1]))
    scores = ops.reshape(box_confidence, (-1,)) * ops.max(probabilities, axis=-1)
    places = ops.nonzero(scores >= threshold)[0]
    classes = ops.cast(ops.argmax(probabilities, axis=1), "int32")
    return ops.take(scores, places), ops.take(ops.reshape(boxes, (-1, 4)), places, axis=0), ops.take(classes, places)


def filter_box_by_box(boxes, box_confidence, box_class_probs, threshold=0.6):
    boxes, sure, probabilities = (ops.convert_to_numpy(given) for given in (boxes, box_confidence, box_class_probs))
    scores, kept, classes = [], [], []
    for place in np.ndindex(*sure.shape[:-1]):
        best = max(range(probabilities.shape[-1]), key=lambda one: probabilities[place][one])
        score = sure[place][0] * probabilities[place][best]
        if score >= threshold:
            scores.append(score)
            kept.append(boxes[place])
            classes.append(best)
    return np.array(scores), np.array(kept).reshape(-1, 4), np.array(classes, dtype=int)


def filter_in_numpy(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = np.asarray(ops.convert_to_numpy(box_confidence) * ops.convert_to_numpy(box_class_probs), dtype=float)
    best = scores.argmax(axis=-1)
    scores = np.take_along_axis(scores, best[..., None], axis=-1)[..., 0]
    kept = np.nonzero(scores >= threshold)
    return [scores[kept], ops.convert_to_numpy(boxes)[kept], best[kept].astype(np.uint8)]


KEEPS = "kept = scores >= threshold"

YOLO_FILTER_BOXES = Exercise(
    solution.yolo_filter_boxes,
    points=8,
    cases=filter_cases,
    slips=[
        Slip("a box on the threshold is dropped", Edit(KEEPS, "kept = scores > threshold"), "A box whose score is at least the threshold is kept: is 0.6 at least 0.6?"),
        Slip("the threshold is ignored", Edit(KEEPS, "kept = scores >= 0.6"), "The caller says how sure the detector must be; 0.6 is only what holds where nobody says."),
        Slip("every box is kept", Edit(KEEPS, "kept = scores >= 0"), "Only boxes whose score is at least the threshold are kept."),
        Slip("the unsure boxes are kept", Edit(KEEPS, "kept = scores < threshold"), "The boxes below the threshold are those to drop."),
        Slip("scores without the class's probability", Edit("scores, classes = ops.max(class_scores, axis=-1),", "scores, classes = box_confidence[..., 0],"), "How sure the detector is that something is there is one factor of the score: what is the other?"),
        Slip("scores without the confidence", Edit("class_scores = ops.multiply(box_confidence, box_class_probs)", "class_scores = box_class_probs"), "A class is likely if there is a thing at all: what is the score's other factor?"),
        Slip("confidence plus probability", Edit("ops.multiply(", "ops.add("), "The probability of both together is a product."),
        Slip("the sum over the classes", Edit("ops.max(class_scores, axis=-1)", "ops.sum(class_scores, axis=-1)"), "A box is judged by its likeliest class alone."),
        Slip("the mean over the classes", Edit("ops.max(class_scores, axis=-1)", "ops.mean(class_scores, axis=-1)"), "A box is judged by its likeliest class alone."),
        Slip("the least likely class", Edit("ops.max(class_scores, axis=-1), ops.argmax(", "ops.min(class_scores, axis=-1), ops.argmin("), "A box's class is the one with the largest probability."),
        Slip("argmax over the wrong axis", filter_largest_of_the_wrong_axis, "The classes stand on the last axis: which one does argmax look along?"),
        Slip("the confidence alone decides", Edit(KEEPS, "kept = box_confidence[..., 0] >= threshold"), "The score has to reach the threshold, not the confidence."),
        Slip("the class's probability alone decides", Edit(KEEPS, "kept = ops.max(box_class_probs, axis=-1) >= threshold"), "The score has to reach the threshold, not the class's probability."),
        Slip("a box for every sure class", filter_keeps_every_sure_class, "A box is of one class, the likeliest: it is kept once or not at all."),
        Slip("the best first", filter_sorts, "The boxes stay in the order in which they stand in the grid: sorting is for later."),
        Slip("column by column", filter_column_by_column, "The boxes stay in the order in which they stand in the grid, the last axis moving fastest."),
        Slip("classes counted from 1", Edit("classes[kept]", "classes[kept] + 1"), "Classes count from 0, as argmax does."),
        Slip("classes that are no whole numbers", Edit("classes[kept]", 'ops.cast(classes[kept], "float32")'), "A class is a number to look things up by: keep it whole."),
        Slip("zeros in place of dropped boxes", Edit("return scores[kept], boxes[kept], classes[kept]", 'return ops.reshape(scores * ops.cast(kept, "float32"), (-1,)), ops.reshape(boxes * ops.cast(kept, "float32")[..., None], (-1, 4)), ops.reshape(classes * ops.cast(kept, classes.dtype), (-1,))'), "What is dropped is not there any more: K boxes are left, not as many as before."),
        Slip("scores, classes, boxes", Edit("return scores[kept], boxes[kept], classes[kept]", "return scores[kept], classes[kept], boxes[kept]"), "The docstring names the order of the three results."),
    ],
    variants=[
        Variant("by places", filter_by_places),
        Variant("box by box", filter_box_by_box),
        Variant("in NumPy", filter_in_numpy),
    ],
    hints=[
        "Confidence (…, 1) times probabilities (…, C) gives a score for each class. Each box needs the largest of them, and where it stands.",
        "ops.max and ops.argmax along axis=-1 give those: two tensors (…). Comparing the first with the threshold gives a mask.",
        "A mask picks from all three: scores[kept], boxes[kept], classes[kept], with kept = scores >= threshold.",
    ],
    observer=found_boxes,
)

# --- yolo_non_max_suppression ---------------------------------------------------------------------------------------


def steps_down(rng, k):
    """k different scores in an order by chance, in numbers that any precision holds."""
    return rng.permutation(256)[:k] / 256


def crowd(rng, k, things=4, n_classes=3):
    """k guesses at a few things: many overlap, some by more than half."""
    base = whole_corners(rng, things, reach=40, most=16) + [0, 0, 6, 6]
    boxes = base[rng.integers(0, things, k)] + rng.integers(-2, 3, (k, 4))
    return steps_down(rng, k), boxes.astype(float), rng.integers(0, n_classes, k)


def in_a_row(rng, steps, scores, width=24.0):
    """Boxes of one class side by side, each as many 24ths of a width further as `steps` says, in an order by chance."""
    x, y = rng.integers(0, 50, 2)
    left = x + np.cumsum(steps) * width / 24
    height = int(rng.integers(5, 30))
    boxes = np.stack([left, np.full(len(left), y), left + width, np.full(len(left), y + height)], axis=1)
    order = rng.permutation(len(left))
    return np.array(scores)[order], boxes[order], np.full(len(left), rng.integers(0, 80))


def nms_cases(rng):
    def spread(n, reach=90):
        """Boxes that do not overlap: one in each square of a board."""
        cells = rng.permutation(36)[:n]
        start = np.stack([cells % 6, cells // 6], axis=1) * 20.0 + rng.integers(0, 8, (n, 2))
        return np.hstack([start, start + rng.integers(3, 12, (n, 2))])

    yield case("a crowd", *crowd(rng, 30), given="arrays")
    yield case("a crowd of one class", *crowd(rng, 20, n_classes=1), 20, given="arrays")
    yield case("another threshold", *crowd(rng, 24, 3, 2), iou_threshold=0.25, max_boxes=24, given="arrays")
    yield case("tensors", *(given.astype(kind) for given, kind in zip(crowd(rng, 24), (np.float32, np.float32, np.int32))), 8, 0.375)
    yield case("lists", *crowd(rng, 20), max_boxes=7, given="lists")
    scores, boxes, classes = crowd(rng, 18)
    yield case("boxes of whole numbers", scores, boxes.astype(int), classes, 18, given="arrays")
    # A step of a third of the width is an IoU of exactly 0.5, one of 7 / 24 is one of 17 / 31.
    yield case("an overlap exactly as large as the threshold", *in_a_row(rng, [0, 8, 8, 7, 8], np.array([0.75, 0.5, 0.625, 0.25, 0.125]) + rng.random() / 16), given="arrays")
    # Twice as wide and as high, with a corner in common: exactly 0.25.
    scores, boxes, classes = crowd(rng, 4, n_classes=1)
    yield case("exactly a quarter", np.hstack([scores, scores / 2]), np.vstack([boxes, np.hstack([boxes[:, :2], 2 * boxes[:, 2:] - boxes[:, :2]])]), np.hstack([classes, classes + 1 - np.array([1, 0, 1, 1])]), iou_threshold=0.25, given="arrays")
    # The second goes because of the first; the third overlaps the second alone.
    yield case("a box that is gone takes none along", *in_a_row(rng, [0, 5, 5, 5, 5], np.array([0.875, 0.75, 0.5, 0.375, 0.25]) + rng.random() / 16), given="arrays")
    scores, boxes, _ = crowd(rng, 4)
    several = np.repeat(boxes, 3, axis=0), rng.permuted(np.tile([0, 2, 5], (4, 1)), axis=1).ravel()
    yield case("several classes in one place", steps_down(rng, 12), *several, max_boxes=12, given="arrays")
    scores, boxes, classes = crowd(rng, 16)
    yield case("equal scores", rng.choice([0.25, 0.5, 0.75], 16), boxes, classes, max_boxes=12, given="arrays")
    boxes = spread(12)
    yield case("equal scores, nothing overlaps", rng.choice([0.5, 0.75], 12), boxes, rng.integers(0, 2, 12), max_boxes=5, given="arrays")
    yield case("few of many", steps_down(rng, 16), spread(16), rng.integers(0, 4, 16), max_boxes=3, given="arrays")
    yield case("fewer boxes than are asked for", steps_down(rng, 5), spread(5), rng.integers(0, 3, 5), max_boxes=50, given="arrays")
    yield case("more than ten", steps_down(rng, 20), spread(20), rng.integers(0, 5, 20), given="arrays")
    boxes = crowd(rng, 5)[1]
    points = np.repeat(boxes[:2, :2], 2, axis=0)
    yield case("equal boxes, and some without an area", steps_down(rng, 14), np.vstack([boxes, boxes, np.hstack([points, points])]), np.zeros(14, int), 14, given="arrays")
    yield case("no overlap is allowed", *crowd(rng, 16), 16, 0.0, given="arrays")
    yield case("any overlap is allowed", *crowd(rng, 16), 16, 1.0, given="arrays")
    nothing = np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)
    yield case("no box, and some", *nothing, also=[crowd(rng, 6), tuple(one[:1] for one in crowd(rng, 3))], given="arrays")


def nms_keeps_all(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    best = np.argsort(-scores, kind="stable")[:max_boxes]
    return scores[best], boxes.reshape(-1, 4)[best], classes.astype(int)[best]


def nms_without_an_end(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, kept = boxes.reshape(-1, 4), []
    for i in np.argsort(-scores, kind="stable"):
        if all(classes[i] != classes[j] or iou(boxes[i], boxes[j]) <= iou_threshold for j in kept):
            kept.append(i)
    return scores[kept], boxes[kept], classes[kept].astype(int)


def nms_looks_at_the_last(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, kept = boxes.reshape(-1, 4), []
    for i in np.argsort(-scores, kind="stable"):
        if not kept or classes[i] != classes[kept[-1]] or iou(boxes[i], boxes[kept[-1]]) <= iou_threshold:
            kept.append(i)
    kept = kept[:max_boxes]
    return scores[kept], boxes[kept], classes[kept].astype(int)


def nms_one_of_each_class(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, kept = boxes.reshape(-1, 4), []
    for i in np.argsort(-scores, kind="stable"):
        if classes[i] not in classes[kept]:
            kept.append(i)
    kept = kept[:max_boxes]
    return scores[kept], boxes[kept], classes[kept].astype(int)


def nms_forgets_shapes(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    best_scores, best_boxes, best_classes = [], [], []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        apart = all(one != classes[i] or iou(box, boxes[i]) <= iou_threshold for box, one in zip(best_boxes, best_classes))
        if apart and len(best_scores) < max_boxes:
            best_scores.append(scores[i])
            best_boxes.append(boxes[i])
            best_classes.append(classes[i])
    return np.array(best_scores), np.array(best_boxes), np.array(best_classes)


def nms_with_the_ranks_reversed(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, kept = boxes.reshape(-1, 4), []
    for i in np.argsort(scores, kind="stable")[::-1]:
        if len(kept) < max_boxes and all(classes[i] != classes[j] or iou(boxes[i], boxes[j]) <= iou_threshold for j in kept):
            kept.append(i)
    return scores[kept], boxes[kept], classes[kept].astype(int)


def nms_box_by_box(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (np.array(ops.convert_to_numpy(given)) for given in (scores, boxes, classes))
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: scores[i], reverse=True):
        if len(kept) == max_boxes:
            break
        if not any(classes[i] == classes[j] and iou(boxes[i], boxes[j]) > iou_threshold for j in kept):
            kept.append(i)
    return [scores[i] for i in kept], [boxes[i] for i in kept], [int(classes[i]) for i in kept]


def nms_by_matrix(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    order = np.lexsort((np.arange(len(scores)), -scores))
    scores, boxes, classes = scores[order], boxes[order].reshape(-1, 4), classes[order].astype("int32")
    rivals = (np.asarray(iou_matrix(boxes, boxes)) > iou_threshold) & (classes[:, None] == classes[None, :])
    alive = np.ones(len(scores), dtype=bool)
    for place in range(len(scores)):
        if alive[place]:
            alive[place + 1 :] &= ~rivals[place, place + 1 :]
    places = np.flatnonzero(alive)[:max_boxes]
    return ops.convert_to_tensor(scores[places]), ops.convert_to_tensor(boxes[places]), ops.convert_to_tensor(classes[places])


def nms_class_by_class(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, winners = boxes.reshape(-1, 4), []
    for one in set(classes.tolist()):
        rest = [i for i in range(len(scores)) if classes[i] == one]
        while rest:
            best = max(rest, key=lambda i: (scores[i], -i))
            winners.append(best)
            overlaps = iou_matrix(boxes[[best]], boxes[rest])[0]
            rest = [i for i, overlap in zip(rest, overlaps) if i != best and overlap <= iou_threshold]
    winners = sorted(winners, key=lambda i: (-scores[i], i))[:max_boxes]
    return scores[winners], boxes[winners], classes[winners].astype(int)


def nms_classes_moved_apart(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, classes = np.asarray(ops.convert_to_numpy(scores), float), np.asarray(ops.convert_to_numpy(classes), int)
    boxes = np.asarray(ops.convert_to_numpy(boxes), float).reshape(-1, 4)
    apart = boxes + 2 * (1 + np.abs(boxes).max(initial=0)) * classes[:, None]
    rest, best = np.argsort(-scores, kind="stable"), []
    while rest.size and len(best) < max_boxes:
        best.append(rest[0])
        overlaps = np.array([iou(apart[rest[0]], apart[i]) for i in rest[1:]])
        rest = rest[1:][overlaps <= iou_threshold]
    best = np.array(best, int)
    return scores[best], boxes[best], classes[best]


ORDER = 'np.argsort(-scores, kind="stable")'

YOLO_NON_MAX_SUPPRESSION = Exercise(
    solution.yolo_non_max_suppression,
    points=12,
    cases=nms_cases,
    slips=[
        Slip("boxes of another class go too", Edit("for one in np.unique(classes):\n        mine: list = []\n        left = order[classes[order] == one]", "for one in range(1):\n        mine: list = []\n        left = order"), "A person in front of a car hides neither: which boxes does a box compete with?"),
        Slip("nothing is suppressed", nms_keeps_all, "Sorting and cutting is half of it: a box goes if it overlaps a better one of its class too much."),
        Slip("what overlaps is kept", Edit("<= iou_threshold", "> iou_threshold", 2), "Boxes that overlap a better one by more than the threshold are those that go."),
        Slip("the threshold is ignored", Edit("<= iou_threshold", "<= 0.5", 2), "The caller says how much boxes may overlap; 0.5 is only what holds where nobody says."),
        Slip("a box on the threshold goes", Edit("<= iou_threshold", "< iou_threshold", 2), "A box goes where its overlap is larger than the threshold: is 0.5 larger than 0.5?"),
        Slip("a box that is gone takes others along", Edit("if free[place]:", "if True:"), "Only a box that is kept itself can push another out."),
        Slip("each box looks at the last one only", nms_looks_at_the_last, "A box must be compared with all better boxes that are kept, not with the last of them."),
        Slip("one box of each class", nms_one_of_each_class, "A picture may show two things of one class: only boxes that overlap compete."),
        Slip("boxes in the order given", Edit(ORDER, "np.arange(len(scores))"), "Which box is kept, of two that overlap? The best comes first, wherever it stands in the list."),
        Slip("the worst first", Edit(ORDER, 'np.argsort(scores, kind="stable")'), "argsort counts upwards: which end is the best at?"),
        Slip("of equal scores the last one first", nms_with_the_ranks_reversed, "Of equal scores the one that came first is to be first: turning a sorted list over turns equals over, too."),
        Slip("sorted out, but not sorted", Edit("order[np.isin(order, kept)][:max_boxes]", "np.sort(order[np.isin(order, kept)][:max_boxes])"), "The right boxes are there; the result has the best of them first."),
        Slip("class by class", Edit("order[np.isin(order, kept)][:max_boxes]", "kept[:max_boxes]"), "Suppress class by class, but what is left is sorted all together: the best of all classes comes first."),
        Slip("max_boxes is ignored", nms_without_an_end, "How many boxes does the caller want at most?"),
        Slip("max_boxes of each class", Edit("[np.isin(order, kept)][:max_boxes]", "[np.isin(order, [place for one in np.unique(classes) for place in [p for p in kept if classes[p] == one][:max_boxes]])]"), "max_boxes counts the boxes of all classes together."),
        Slip("max_boxes are looked at, not kept", Edit(ORDER, ORDER + "[:max_boxes]"), "A box that is suppressed makes room for the next: when is the list cut?"),
        Slip("always ten at most", Edit("[:max_boxes]\n", "[:10]\n"), "The caller says how many; ten is only what holds where nobody says."),
        Slip("no box, and the shapes are lost", nms_forgets_shapes, "Of no boxes the result is (0,), (0, 4), (0,): what does np.array([]) know of four numbers?"),
        Slip("only the scores are picked out", Edit("return scores[best], boxes[best], classes[best]", "return scores[best], boxes, classes"), "What is done to the scores is done to their boxes and classes, or they do not belong together any more."),
        Slip("classes that are no whole numbers", Edit("classes[best]", "classes[best].astype(float)"), "A class is a number to look things up by: keep it whole."),
    ],
    variants=[
        Variant("box by box", nms_box_by_box),
        Variant("by matrix, tensors", nms_by_matrix),
        Variant("class by class", nms_class_by_class),
        Variant("classes moved apart", nms_classes_moved_apart),
    ],
    hints=[
        "Look at the boxes from the best to the worst. A box is kept unless one that is kept already, of its class, overlaps it by more than the threshold.",
        "np.argsort(-scores, kind=\"stable\") is that order, and leaves equals as they came. Scores, boxes and classes may be lists or tensors: ops.convert_to_numpy makes arrays of all.",
        "For each i in that order: if no j in kept has classes[i] == classes[j] and iou(boxes[i], boxes[j]) > iou_threshold, append it; stop at max_boxes. Return scores[kept] and so on.",
    ],
    uses=("iou", "iou_matrix"),
    forbids=SUPPRESSIONS,
    observer=found_boxes,
)

# --- yolo_boxes_to_corners ------------------------------------------------------------------------------------------


def centres(rng, *leading):
    """Centres and sizes as shares of a picture, small enough that no corner is at its edge."""
    return rng.uniform(0.3, 0.7, (*leading, 2)).astype(np.float32), rng.uniform(0.1, 0.5, (*leading, 2)).astype(np.float32)


def to_corners_cases(rng):
    n = int(rng.integers(3, 7))
    yield case("a grid of anchors", *centres(rng, 3, n, 2))
    yield case("one box", *centres(rng))
    yield case("a row of boxes", *centres(rng, n))
    yield case("a batch of grids", *centres(rng, 2, 3, 2, n))
    yield case("two boxes", *centres(rng, 2))
    xy, wh = centres(rng, n, 3)
    yield case("beyond the picture", 2 * xy - 0.5, 3 * wh)
    yield case("in pixels", 500 * xy, 300 * wh)
    xy, wh = centres(rng, 4)
    yield case("without an area", xy, wh * np.float32([[0, 0], [1, 0], [0, 1], [1, 1]]))
    yield case("no box, and some", *centres(rng, 0), also=[centres(rng, n)])


def corners_stacked(box_xy, box_wh):
    x, y = box_xy[..., 0], box_xy[..., 1]
    w, h = box_wh[..., 0], box_wh[..., 1]
    return ops.stack([y - h / 2, x - w / 2, y + h / 2, x + w / 2], axis=-1)


def corners_from_slices(box_xy, box_wh):
    mins, maxes = box_xy - (box_wh / 2.0), box_xy + (box_wh / 2.0)
    return ops.concatenate([mins[..., 1:2], mins[..., 0:1], maxes[..., 1:2], maxes[..., 0:1]], axis=-1)


def corners_in_numpy(box_xy, box_wh):
    xy, wh = ops.convert_to_numpy(box_xy), ops.convert_to_numpy(box_wh)
    both = np.concatenate([xy - 0.5 * wh, xy + 0.5 * wh], axis=-1)
    return both[..., [1, 0, 3, 2]]


def corners_by_matrix(box_xy, box_wh):
    turn = ops.convert_to_tensor(np.float32([[0, 1, 0, 1], [1, 0, 1, 0], [0, -0.5, 0, 0.5], [-0.5, 0, 0.5, 0]]))
    given = ops.concatenate([box_xy, box_wh], axis=-1)
    return ops.sum(ops.expand_dims(given, -1) * turn, axis=-2)


YOLO_BOXES_TO_CORNERS = Exercise(
    solution.yolo_boxes_to_corners,
    points=4,
    cases=to_corners_cases,
    slips=[
        Slip("the sizes are not halved", Edit("ops.divide(box_wh, 2)", "box_wh"), "From the centre it is how much of the width to either side?"),
        Slip("width and height swapped", Edit("ops.divide(box_wh, 2)", "ops.flip(ops.divide(box_wh, 2), axis=-1)"), "Widths go along x, heights along y."),
        Slip("x first", Edit("ops.flip(box_xy - half, axis=-1), ops.flip(box_xy + half, axis=-1)", "box_xy - half, box_xy + half"), "The result is addressed like a picture, rows first: is y or x a row?"),
        Slip("only the first corner is turned", Edit("ops.flip(box_xy + half, axis=-1)", "box_xy + half"), "Both corners are given as y, then x."),
        Slip("minimum and maximum swapped", Edit("[first, last]", "[last, first]"), "The corner with the smaller numbers comes first."),
        Slip("y, y, x, x", Edit("ops.concatenate([first, last], axis=-1)", "ops.stack([first[..., 0], last[..., 0], first[..., 1], last[..., 1]], axis=-1)"), "One corner, then the other: y_min, x_min, y_max, x_max."),
        Slip("the centre taken for the first corner", Edit("ops.flip(box_xy - half, axis=-1), ops.flip(box_xy + half, axis=-1)", "ops.flip(box_xy, axis=-1), ops.flip(box_xy + box_wh, axis=-1)"), "box_xy lies in the middle of the box: both corners are away from it."),
        Slip("the last corner is the size", Edit("ops.flip(box_xy + half, axis=-1)", "ops.flip(box_wh, axis=-1)"), "Two corners are wanted: what does the second one follow from?"),
        Slip("only one half is added", Edit("box_xy + half", "box_xy + half / 2"), "Both corners are equally far from the centre."),
        Slip("joined along the first axis", Edit("axis=-1)\n    return ops.concatenate([first, last], axis=-1)", "axis=-1)\n    return ops.concatenate([first, last], axis=0)"), "The four numbers of a box stand on the last axis: which one are the corners joined along?"),
        Slip("corners on an axis of their own", Edit("ops.concatenate([first, last], axis=-1)", "ops.stack([first, last], axis=-2)"), "A box is four numbers in a row, not two times two."),
        Slip("cut at the picture's edge", Edit("ops.concatenate([first, last], axis=-1)", "ops.clip(ops.concatenate([first, last], axis=-1), 0, 1)"), "A box may reach beyond the picture: nobody asks to cut it."),
    ],
    variants=[
        Variant("stacked", corners_stacked),
        Variant("from slices", corners_from_slices),
        Variant("in NumPy", corners_in_numpy),
        Variant("as one sum of products", corners_by_matrix),
    ],
    hints=[
        "Half the size to either side of the centre: box_xy - box_wh / 2 and box_xy + box_wh / 2 are the corners, x first.",
        "Rows come first in the result: [..., 0] is x and [..., 1] is y, and [..., 1:2] keeps the axis.",
        "ops.concatenate([mins[..., 1:2], mins[..., 0:1], maxes[..., 1:2], maxes[..., 0:1]], axis=-1).",
    ],
    observer=on_tensors,
)

# --- scale_boxes ----------------------------------------------------------------------------------------------------


def scale_cases(rng):
    def shares(*leading):
        return rng.uniform(0.05, 0.95, (*leading, 4)).astype(np.float32)

    height, width = (int(number) for number in rng.permutation([240, 320, 416, 608])[:2])
    yield case("a row of boxes", shares(6), (height, width))
    yield case("one box", shares(), (width, height))
    yield case("a grid of anchors", shares(3, 2, 4), (720, 1280))
    yield case("a square picture", shares(5), (height, height))
    yield case("beyond the picture", 3 * shares(5) - 1, (width, height))
    yield case("four boxes, a picture on its side", shares(4), (1280, 720))
    yield case("no box, and some", shares(0), (height, width), also=[(shares(3), (width, height))])


def scaled_by_columns(boxes, image_shape):
    height, width = image_shape[0], image_shape[1]
    return ops.stack([boxes[..., 0] * height, boxes[..., 1] * width, boxes[..., 2] * height, boxes[..., 3] * width], axis=-1)


def scaled_in_numpy(boxes, image_shape):
    return ops.convert_to_numpy(boxes) * np.array(list(image_shape) * 2, dtype="float64")


def scaled_as_pairs(boxes, image_shape):
    pairs = ops.reshape(boxes, (*boxes.shape[:-1], 2, 2))
    return ops.reshape(pairs * ops.convert_to_tensor(image_shape, dtype="float32"), boxes.shape)


SCALED = "ops.multiply(boxes, ops.convert_to_tensor([height, width, height, width], dtype=boxes.dtype))"

SCALE_BOXES = Exercise(
    solution.scale_boxes,
    points=3,
    cases=scale_cases,
    slips=[
        Slip("scaled with (width, height)", Edit("[height, width, height, width]", "[width, height, width, height]"), "y counts rows: is it the height or the width that a share of it is multiplied by?"),
        Slip("height, height, width, width", Edit("[height, width, height, width]", "[height, height, width, width]"), "The corners come one after the other: y, x, y, x."),
        Slip("not scaled", Edit(SCALED, "boxes"), "From 0 to 1 is a share of the picture; how many pixels is that?"),
        Slip("scaled with the height only", Edit("[height, width, height, width]", "[height, height, height, height]"), "Pictures need not be square: x goes with another number than y."),
        Slip("always 720 × 1280", Edit("height, width = image_shape", "height, width = 720, 1280"), "The argument says how large the picture is."),
        Slip("divided", Edit("ops.multiply(", "ops.divide("), "A share of 0.5 of 720 rows: is that 360, or 0.0007?"),
        Slip("only the first corner", Edit("[height, width, height, width]", "[height, width, 1, 1]"), "All four numbers are shares, those of the second corner too."),
        Slip("one pixel less", Edit("[height, width, height, width]", "[height - 1, width - 1, height - 1, width - 1]"), "A picture of 720 rows reaches from 0 to 720."),
        Slip("cut at the picture's edge", Edit(SCALED, "ops.clip(" + SCALED + ", 0, ops.convert_to_tensor([height, width, height, width], dtype=boxes.dtype))"), "A box may reach beyond the picture: nobody asks to cut it."),
        Slip("whole pixels", Edit(SCALED, "ops.round(" + SCALED + ")"), "A corner may lie within a pixel: nobody asks to round it."),
    ],
    variants=[
        Variant("column by column", scaled_by_columns),
        Variant("in NumPy", scaled_in_numpy),
        Variant("as pairs", scaled_as_pairs),
    ],
    hints=[
        "y_min and y_max are shares of the height, x_min and x_max shares of the width.",
        "One product does it: a tensor of four numbers meets the boxes' last axis.",
        "boxes * [height, width, height, width], the list turned into a tensor of the boxes' dtype by ops.convert_to_tensor.",
    ],
    observer=on_tensors,
)

# --- yolo_eval ------------------------------------------------------------------------------------------------------


def scene(rng, *leading, n_classes, sure=64):
    """What a detector says of a picture with a few things, all in numbers that any precision holds."""
    n = int(np.prod(leading))
    things = rng.integers(0, 4, n)
    xy = rng.integers(16, 112, (4, 2))[things] + rng.integers(-3, 4, (n, 2))
    wh = rng.integers(12, 40, (4, 2))[things] + rng.integers(-2, 3, (n, 2))
    xy, wh = (numbers.reshape(*leading, 2).astype(np.float32) / 128 for numbers in (xy, 2 * wh))
    confidence = (rng.integers(sure, 257, (*leading, 1)) / 256).astype(np.float32)
    probabilities = different(rng, *leading, n_classes)
    return xy, wh, confidence, probabilities


def eval_cases(rng):
    yield case("as it is called", scene(rng, 3, 4, 3, n_classes=3))
    yield case("another picture", scene(rng, 4, 3, 2, n_classes=4), (96, 160), score_threshold=0.25, iou_threshold=0.25)
    yield case("a picture on its side", scene(rng, 3, 3, 2, n_classes=2), image_shape=(640, 480), iou_threshold=0.75, max_boxes=20, score_threshold=0.5)
    yield case("few of many", scene(rng, 5, 4, 2, n_classes=5), (128, 64), 3, 0.25)
    yield case("many", scene(rng, 5, 4, 2, n_classes=8), (320, 416), max_boxes=30, score_threshold=0.25, iou_threshold=0.75)
    yield case("little overlap is allowed", scene(rng, 4, 4, 2, n_classes=2), (416, 416), 20, 0.375, 0.125)
    yield case("a row of boxes", scene(rng, 20, n_classes=3), (200, 320), score_threshold=0.375)
    yield case("a batch of one", scene(rng, 1, 3, 3, 2, n_classes=3), (128, 256), score_threshold=0.375)
    yield case("more classes than boxes", scene(rng, 2, 3, 2, n_classes=20), (256, 96), score_threshold=0.5)
    yield case("one class", scene(rng, 4, 3, 2, n_classes=1), (64, 192), 2, 0.25, 0.25)
    xy, wh, _, _ = scene(rng, 12, n_classes=1)
    _, confidence, probabilities = exactly_on(rng, 12, 0.375)
    yield case("equal scores, some exactly at the threshold", (xy, wh, confidence, probabilities), (96, 128), 12, 0.375)
    nothing = scene(rng, 2, 3, 2, n_classes=3)
    nothing = (*nothing[:2], nothing[2] / 8, nothing[3])
    yield case("nothing is found, and something is", nothing, also=[(scene(rng, 3, 3, 2, n_classes=3),)], score_threshold=0.375)


def eval_scaled_at_the_end(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, confidence, probabilities = yolo_outputs
    scores, boxes, classes = yolo_filter_boxes(yolo_boxes_to_corners(xy, wh), confidence, probabilities, threshold=score_threshold)  # noqa: F821
    scores, boxes, classes = yolo_non_max_suppression(scores, boxes, classes, max_boxes=max_boxes, iou_threshold=iou_threshold)  # noqa: F821
    boxes = ops.reshape(ops.convert_to_tensor(boxes, dtype="float32"), (-1, 4))
    return scores, scale_boxes(boxes, image_shape), classes  # noqa: F821


def eval_filtered_first(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, confidence, probabilities = yolo_outputs
    scores, both, classes = yolo_filter_boxes(ops.concatenate([xy, wh], axis=-1), confidence, probabilities, score_threshold)  # noqa: F821
    corners = yolo_boxes_to_corners(both[:, :2], both[:, 2:])  # noqa: F821
    return list(yolo_non_max_suppression(scores, scale_boxes(corners, image_shape), classes, max_boxes, iou_threshold))  # noqa: F821


def eval_by_itself(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, sure, probabilities = (ops.convert_to_numpy(one).reshape(-1, one.shape[-1]) for one in yolo_outputs)
    best = probabilities.argmax(axis=1)
    scores = sure[:, 0] * probabilities.max(axis=1)
    low, high = (xy - wh / 2)[:, ::-1] * image_shape, (xy + wh / 2)[:, ::-1] * image_shape
    boxes, kept = np.hstack([low, high]), []
    for i in np.argsort(-scores, kind="stable"):
        rivals = [j for j in kept if best[j] == best[i] and iou(boxes[j], boxes[i]) > iou_threshold]
        if scores[i] >= score_threshold and not rivals and len(kept) < max_boxes:
            kept.append(i)
    return scores[kept], boxes[kept], best[kept]


FILTERED = "yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)"
SUPPRESSED = "return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)"

YOLO_EVAL = Exercise(
    solution.yolo_eval,
    points=6,
    cases=eval_cases,
    slips=[
        Slip("not scaled", Edit("    boxes = scale_boxes(boxes, image_shape)\n", ""), "Shares of a picture are not its pixels: which function takes the one to the other?"),
        Slip("scaled with (width, height)", Edit("scale_boxes(boxes, image_shape)", "scale_boxes(boxes, image_shape[::-1])"), "Hand the picture's shape on as it is: height first."),
        Slip("always 720 × 1280", Edit("scale_boxes(boxes, image_shape)", "scale_boxes(boxes, (720, 1280))"), "The argument says how large the picture is."),
        Slip("centres are handed on", Edit("yolo_boxes_to_corners(box_xy, box_wh)", "ops.concatenate([box_xy, box_wh], axis=-1)"), "IoU is about corners: what do centres and sizes have to become first?"),
        Slip("centre and size swapped", Edit("yolo_boxes_to_corners(box_xy, box_wh)", "yolo_boxes_to_corners(box_wh, box_xy)"), "Centres first, then sizes: look at the order of the arguments."),
        Slip("nothing is suppressed", Edit(SUPPRESSED, "return yolo_non_max_suppression(scores, boxes, classes, max_boxes, 1.0)"), "Boxes that show one thing compete: hand iou_threshold on."),
        Slip("no suppression at all", Edit(SUPPRESSED, "return scores, boxes, classes"), "The last step is missing: of boxes that show one thing, keep the best."),
        Slip("suppressed across the classes", Edit(SUPPRESSED, "return yolo_non_max_suppression(scores, boxes, classes * 0, max_boxes, iou_threshold)"), "Non-max suppression needs the classes: hand them on as they are."),
        Slip("the score's threshold is ignored", Edit(FILTERED, "yolo_filter_boxes(boxes, box_confidence, box_class_probs)"), "The caller says how sure the detector must be: hand score_threshold on."),
        Slip("the overlap's threshold is ignored", Edit(SUPPRESSED, "return yolo_non_max_suppression(scores, boxes, classes, max_boxes)"), "The caller says how much boxes may overlap: hand iou_threshold on."),
        Slip("the thresholds are swapped", Edit(FILTERED + "\n    boxes = scale_boxes(boxes, image_shape)\n    " + SUPPRESSED, "yolo_filter_boxes(boxes, box_confidence, box_class_probs, iou_threshold)\n    boxes = scale_boxes(boxes, image_shape)\n    return yolo_non_max_suppression(scores, boxes, classes, max_boxes, score_threshold)"), "There are two thresholds: which step needs which?"),
        Slip("max_boxes is ignored", Edit(SUPPRESSED, "return yolo_non_max_suppression(scores, boxes, classes, iou_threshold=iou_threshold)"), "The caller says how many boxes at most: hand max_boxes on."),
        Slip("nothing is filtered", Edit(FILTERED, "yolo_filter_boxes(boxes, box_confidence, box_class_probs, 0.0)"), "Boxes whose score is below score_threshold are not things that were found."),
        Slip("boxes, scores, classes", Edit(SUPPRESSED, "scores, boxes, classes = yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)\n    return boxes, scores, classes"), "The docstring names the order of the three results."),
    ],
    variants=[
        Variant("scaled at the end", eval_scaled_at_the_end),
        Variant("filtered first", eval_filtered_first),
        Variant("by itself, in NumPy", eval_by_itself),
    ],
    hints=[
        "Four functions that you have written, one after the other: take yolo_outputs apart and follow the docstring's last sentence.",
        "Corners from box_xy and box_wh; the filter takes them, confidence, probabilities and score_threshold, and gives scores, boxes, classes.",
        "Then boxes = scale_boxes(boxes, image_shape), and last yolo_non_max_suppression with max_boxes and iou_threshold handed on.",
    ],
    uses=("iou_matrix", "iou", "yolo_filter_boxes", "yolo_non_max_suppression", "yolo_boxes_to_corners", "scale_boxes"),
    forbids=SUPPRESSIONS,
    observer=found_boxes,
)

# --- kmeans_anchors ------------------------------------------------------------------------------------------------


def anchors_cases(rng):
    """Boxes that lie evenly along one line, give or take: wherever k-means starts there, it ends within 1 % of the best."""

    def boxes(N, smallest, span=1.5, flatter=1.0):
        size = span * (rng.permutation(N) + rng.random(N)) / N
        ratio = rng.uniform(-0.1, 0.1, N)
        return smallest * np.exp(np.stack([size + ratio, flatter * size - ratio], axis=1))

    def seed_that_repeats(shapes, k):
        """A seed by which k boxes, drawn without a look at their shapes, have one shape twice."""
        while True:
            seed = int(rng.integers(2**31))
            if len(set(shapes[np.random.default_rng(seed).choice(len(shapes), k, replace=False)])) < k:
                return seed

    seed = int(rng.integers(2**31))
    yield case("two anchors", boxes(int(rng.integers(120, 180)), 0.06), 2, seed)
    yield case("five anchors", boxes(200, 0.04), 5, seed + 1)
    yield case("one anchor", boxes(int(rng.integers(20, 40)), 0.1, 1.0), 1, seed + 2)
    yield case("the wide ones are flat", boxes(200, 0.9, 1.3, -1.6), 3, seed + 3)
    yield case("whole pixels", np.round(boxes(200, 60.0)).astype(int), 3, seed + 4)
    yield case("single precision", boxes(180, 12.0).astype(np.float32), 4, seed + 5)
    yield case("as many anchors as boxes", boxes(4, 0.05, 2.5), 4, seed + 6)
    shapes = rng.permutation(np.repeat(np.arange(60), 3))
    yield case("boxes that repeat", boxes(60, 20.0)[shapes], 3, seed_that_repeats(shapes, 3))


def anchors_seen(function, wh, k, seed):
    """What k-means has reached, wherever it started: for every right solution the same."""
    import numpy as np
    from keras import ops

    sizes = wh.astype(float)
    largest = sizes.max()

    def shares(anchors):
        both = np.minimum(sizes[:, None], anchors).prod(axis=2)
        return both / (sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - both)

    def step(anchors):
        belongs = np.eye(k)[shares(anchors).argmax(axis=1)]
        counts = belongs.sum(axis=0)[:, None]
        return counts, np.where(counts, belongs.T @ sizes / np.maximum(counts, 1), anchors)

    def fit(rng):
        shapes = np.unique(sizes, axis=0)
        anchors = shapes[rng.choice(len(shapes), k, replace=False)]
        for _ in range(40):
            anchors = step(anchors)[1]
        return shares(anchors).max(axis=1).mean()

    given = [ops.convert_to_numpy(function(wh, k, np.random.default_rng(seed))).astype(float) for _ in range(2)]
    anchors = given[0]
    what = ("order by area", "mean of all boxes' anchors", "anchors without a box", "move of one more step", "lack of IoU")
    if anchors.shape != (k, 2):
        return {"shape": anchors.shape, "the same again": None, **dict.fromkeys(what)}
    with np.errstate(all="ignore"):
        counts, after = step(anchors)
        moved = np.abs(after - anchors).max() / largest
        lack = 1 - shares(anchors).max(axis=1).mean() / max(fit(np.random.default_rng(start)) for start in range(3))
        numbers = (
            np.argsort(anchors.prod(axis=1), kind="stable"),
            (counts * anchors).sum(axis=0) / len(sizes),
            int((counts == 0).sum()),
            0.0 if moved < 1e-5 else moved,
            0.0 if lack < 0.02 else lack,
        )
    again = anchors.shape == given[1].shape and bool(np.allclose(*given, rtol=1e-5, atol=0, equal_nan=True))
    return {"shape": anchors.shape, "the same again": again, **dict(zip(what, numbers))}


def anchors_by_medians(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    for _ in range(100):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
        for one in np.unique(nearest):
            anchors[one] = np.median(wh[nearest == one], axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_by_geometric_means(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    for _ in range(100):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
        for one in np.unique(nearest):
            anchors[one] = np.exp(np.log(wh[nearest == one]).mean(axis=0))
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_farthest_first(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    for _ in range(50):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmin(axis=1)
        for one in np.unique(nearest):
            anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_by_intersection(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    for _ in range(50):
        nearest = np.minimum(wh[:, None], anchors).prod(axis=2).argmax(axis=1)
        for one in np.unique(nearest):
            anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_after_one_step(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
    for one in np.unique(nearest):
        anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_of_whole_numbers(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)]
    for _ in range(100):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
        for one in np.unique(nearest):
            anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_that_start_the_same(wh, k, rng):
    anchors = wh[rng.choice(len(wh), k, replace=False)].astype(float)
    for _ in range(100):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
        for one in range(k):
            anchors[one] = wh[nearest == one].sum(axis=0) / (nearest == one).sum()
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_shuffle_the_boxes(wh, k, rng):
    shapes = np.unique(wh, axis=0)
    rng.shuffle(wh)
    anchors = shapes[rng.choice(len(shapes), k, replace=False)].astype(float)
    for _ in range(100):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
        for one in np.unique(nearest):
            anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


def anchors_box_by_box(wh, k, rng):
    shapes = sorted({(float(w), float(h)) for w, h in wh})
    anchors = [shapes[i] for i in rng.permutation(len(shapes))[:k]]
    belonged = None
    for _ in range(100):
        belongs = [max(range(k), key=lambda one: iou((0, 0, w, h), (0, 0, *anchors[one]))) for w, h in wh]
        if belongs == belonged:
            break
        belonged = belongs
        for one in range(k):
            mine = [box for box, to in zip(wh, belongs) if to == one]
            if mine:
                anchors[one] = tuple(float(sum(side)) / len(mine) for side in zip(*mine))
    return sorted(anchors, key=lambda anchor: anchor[0] * anchor[1])


def anchors_from_ranks(wh, k, rng):
    shapes = np.unique(np.asarray(wh, dtype=float), axis=0)
    shapes = shapes[np.argsort(shapes[:, 0] * shapes[:, 1])]
    anchors = shapes[((np.arange(k) + 0.5) / k * len(shapes)).astype(int)]
    for _ in range(100):
        w, h = np.minimum(wh[:, :1], anchors[:, 0]), np.minimum(wh[:, 1:], anchors[:, 1])
        distance = 1 - w * h / (wh[:, :1] * wh[:, 1:] + anchors[:, 0] * anchors[:, 1] - w * h)
        nearest = np.argmin(distance, axis=1)
        moved = np.stack([wh[nearest == one].mean(axis=0) for one in range(k)])
        if np.abs(moved - anchors).max() < 1e-9:
            break
        anchors = moved
    return moved[np.argsort(moved[:, 0] * moved[:, 1])]


def anchors_best_of_several(wh, k, rng):
    def shares(anchors):
        both = np.minimum(sizes[:, None, 0], anchors[:, 0]) * np.minimum(sizes[:, None, 1], anchors[:, 1])
        return both / (np.prod(sizes, axis=1)[:, None] + np.prod(anchors, axis=1)[None] - both)

    sizes, best, most = np.array(wh, dtype=float), None, -1.0
    for _ in range(4):
        anchors = sizes[rng.integers(len(sizes), size=k)]
        for _ in range(100):
            nearest = shares(anchors).argmax(axis=1)
            counts = np.bincount(nearest, minlength=k)
            if not counts.all():  # who has no box starts again, at the box that is served worst
                anchors = anchors.copy()
                anchors[counts.argmin()] = sizes[shares(anchors).max(axis=1).argmin()]
                continue
            sums = [np.bincount(nearest, side, k) for side in sizes.T]
            anchors = np.stack(sums, axis=1) / counts[:, None]
        if counts.all() and shares(anchors).max(axis=1).mean() > most:
            best, most = anchors, shares(anchors).max(axis=1).mean()
    return best[np.prod(best, axis=1).argsort()]


def anchors_in_keras(wh, k, rng):
    sizes = ops.convert_to_tensor(np.asarray(wh, dtype="float32"))
    shapes = np.unique(np.asarray(wh, dtype="float32"), axis=0)
    anchors = ops.convert_to_tensor(rng.permutation(shapes)[:k])
    for _ in range(100):
        both = ops.prod(ops.minimum(sizes[:, None], anchors[None]), axis=-1)
        union = ops.prod(sizes, axis=-1)[:, None] + ops.prod(anchors, axis=-1)[None] - both
        belongs = ops.one_hot(ops.argmax(both / union, axis=-1), k)
        before, anchors = anchors, ops.matmul(ops.transpose(belongs), sizes) / ops.sum(belongs, axis=0)[:, None]
        if ops.all(anchors == before):
            break
    return ops.take(anchors, ops.argsort(ops.prod(anchors, axis=-1)), axis=0)


KMEANS_ANCHORS = Exercise(
    solution.kmeans_anchors,
    points=8,
    cases=anchors_cases,
    slips=[
        Slip("the nearest by Euclid", Edit("iou_matrix(on_one_corner(wh), on_one_corner(anchors)).argmax(axis=1)", "((wh[:, None] - anchors) ** 2).sum(axis=2).argmin(axis=1)"), "By straight distance, large boxes are always far off: which distance does the docstring ask for?"),
        Slip("medians", anchors_by_medians, "An anchor is the mean of its boxes, not the one in their middle."),
        Slip("geometric means", anchors_by_geometric_means, "The plain mean of the widths and of the heights is asked for: no logarithms."),
        Slip("the farthest anchor wins", anchors_farthest_first, "Two shapes are alike when their IoU is large: is it a distance yet?"),
        Slip("the intersection alone", anchors_by_intersection, "The largest anchor covers everybody: divide by the union."),
        Slip("one step only", anchors_after_one_step, "When the anchors have moved, some boxes are nearer to another one: go on until nothing changes."),
        Slip("the boxes it started from", Edit("return anchors[", "return shapes[rng.choice(len(shapes), k, replace=False)]\n                return anchors["), "Return where the anchors went, not where they began."),
        Slip("sorted by width", Edit("anchors.prod(axis=1), kind", "anchors[:, 0], kind"), "A narrow box may be large: sort by the area."),
        Slip("largest first", Edit("np.argsort(anchors.prod(axis=1), kind", "np.argsort(-anchors.prod(axis=1), kind"), "The smallest area comes first."),
        Slip("not sorted", Edit("anchors[np.argsort(anchors.prod(axis=1), kind=\"stable\")]", "anchors"), "The anchors come sorted by their area, whatever the start."),
        Slip("rounded", Edit("return anchors[np.argsort(anchors.prod(axis=1), kind=\"stable\")]", "return np.round(anchors[np.argsort(anchors.prod(axis=1), kind=\"stable\")])"), "Means are rarely whole numbers: leave them as they are."),
        Slip("height before width", Edit("kind=\"stable\")]", "kind=\"stable\")][:, ::-1]"), "The width comes first, as in wh."),
        Slip("always five", Edit("    wh = np.asarray(wh, float)", "    wh, k = np.asarray(wh, float), min(5, len(np.unique(wh, axis=0)))"), "How many anchors there are is an argument."),
        Slip("means cut to whole numbers", anchors_of_whole_numbers, "An array of whole numbers keeps nothing behind the point: begin with float(s)."),
        Slip("the same box twice in the start", anchors_that_start_the_same, "Some boxes occur many times: two anchors that start from one shape never part."),
        Slip("shuffles the boxes", anchors_shuffle_the_boxes, "The caller still needs the boxes in their order: shuffle a copy, or draw indices."),
    ],
    variants=[
        Variant("box by box", anchors_box_by_box),
        Variant("starts from ranks by area", anchors_from_ranks),
        Variant("the best of several starts", anchors_best_of_several),
        Variant("in Keras", anchors_in_keras),
    ],
    hints=[
        "Two steps in turn: every box goes to the anchor with which its IoU is largest; every anchor goes to the mean of its boxes.",
        "Only shapes count, so put all boxes on one corner, (0, 0, w, h): iou_matrix gives (N, k), argmax(axis=1) the anchor of each.",
        "Start from k different rows of np.unique(wh, axis=0), chosen by rng. Stop when the anchors stay; sort by anchors.prod(axis=1).",
    ],
    uses=("iou", "iou_matrix"),
    forbids=("KMeans", "MiniBatchKMeans", "BisectingKMeans", "KMedoids", "k_means", "kmeans", "kmeans2"),
    observer=anchors_seen,
)

# --- encode_targets ------------------------------------------------------------------------------------------------


def targets_cases(rng):
    def draw(N, grid, B, C, same_cell=False):
        """Things in cells of their own, or all in one, for which one anchor is clearly the best; nearly half have a nearer
        one by Euclid."""
        while True:
            anchors = np.exp(rng.uniform(-3.0, -0.3, (B, 2)))
            sizes = np.exp(rng.uniform(-3.2, -0.2, (400, 2)))
            both = np.minimum(sizes[:, None], anchors).prod(axis=2)
            shares = both / (sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - both)
            near = ((sizes[:, None] - anchors) ** 2).sum(axis=2)
            clear = B == 1 or np.diff(np.sort(shares, axis=1)[:, -2:])[:, 0] > 0.03
            other = clear & (near.argmin(axis=1) != shares.argmax(axis=1))
            if B == 1 or (other.sum() >= N // 2 and np.unique(shares.argmax(axis=1)[clear]).size == B):
                break
        few = np.flatnonzero(other)[: N // 2]
        rest = np.setdiff1d(np.flatnonzero(clear & ~other), few) if B > 1 else np.arange(400)
        chosen = rng.permutation(np.concatenate([few, rng.permutation(rest)[: N - len(few)]]))
        cells = np.stack(np.divmod(rng.permutation(grid * grid), grid), axis=1)
        cells = cells[cells[:, 0] != cells[:, 1]] if grid * (grid - 1) >= N else cells
        cells = np.repeat(cells[:1], N, axis=0) if same_cell else cells[:N]
        centres = (cells + rng.uniform(0.1, 0.9, (N, 2))) / grid
        boxes = np.concatenate([centres, sizes[chosen]], axis=1)
        return boxes, rng.integers(0, C, N), grid, anchors, C, shares.argmax(axis=1)[chosen]

    yield case("one thing", *draw(1, 7, 2, 3)[:5])
    yield case("thirteen by thirteen cells", *draw(10, 13, 2, 3)[:5])
    yield case("five anchors, twenty classes", *draw(6, 3, 5, 20)[:5])
    yield case("one anchor, one class", *draw(3, 5, 1, 1)[:5])
    boxes, classes, grid, anchors, C, best = draw(9, int(rng.integers(3, 7)), 3, 4, same_cell=True)
    yield case("things in one cell, an anchor each", boxes[np.unique(best, return_index=True)[1]], rng.permutation(C)[: len(set(best))], grid, anchors, C)
    boxes, classes, grid, anchors, C, best = draw(9, int(rng.integers(3, 7)), 2, 5, same_cell=True)
    twice = np.flatnonzero(best == np.bincount(best).argmax())[:2]
    yield case("one cell and one anchor twice", boxes[twice], rng.permutation(C)[:2], grid, anchors, C)
    boxes, classes, grid, anchors, C, _ = draw(3, int(rng.integers(4, 10)), 3, 4)
    boxes[[0, 1, 2, 2], [0, 1, 0, 1]] = 1.0
    yield case("at the right and the lower edge", boxes, classes, grid, anchors, C)
    boxes, classes, grid, anchors, C, _ = draw(3, 8, 3, 4)
    boxes[:, :2] = rng.permutation(8)[:6].reshape(3, 2) / 8
    yield case("on the lines between cells", boxes, classes, grid, anchors, C)
    boxes, classes, grid, anchors, C, _ = draw(4, 1, 3, 3)
    yield case("one cell", boxes, classes, grid, anchors, C)
    boxes, classes, grid, anchors, C, _ = draw(5, int(rng.integers(5, 9)), 3, 6)
    yield case("single precision", boxes.astype(np.float32), classes.astype(np.int32), grid, anchors.astype(np.float32), C)
    yield case("two things, and none", *draw(2, int(rng.integers(3, 6)), 2, 3)[:5], and_none=True)


def targets_seen(function, boxes, classes, *rest, and_none=False):
    if and_none:
        return function(boxes, classes, *rest), function(boxes[:0], classes[:0], *rest)
    return function(boxes, classes, *rest)


def targets_for_all_anchors(boxes, classes, grid, anchors, n_classes):
    target = np.zeros((grid, grid, len(anchors), 5 + n_classes), np.float32)
    for (x, y, w, h), one in zip(boxes, classes):
        column, row = min(int(x * grid), grid - 1), min(int(y * grid), grid - 1)
        for told, anchor in zip(target[row, column], anchors):
            told[:3] = 1, x * grid - column, y * grid - row
            told[3:5] = np.log(np.array([w, h]) / anchor)
            told[5:] = np.eye(n_classes)[one]
    return target


def targets_without_a_loop(boxes, classes, grid, anchors, n_classes):
    places = boxes[:, :2] * grid
    cells = np.minimum(np.floor(places).astype(int), grid - 1)
    both = np.minimum(boxes[:, None, 2:], anchors[None]).prod(axis=-1)
    best = (both / (boxes[:, 2:].prod(axis=-1)[:, None] + anchors.prod(axis=-1) - both)).argmax(axis=-1)
    told = [np.ones((len(boxes), 1)), places - cells, np.log(boxes[:, 2:] / anchors[best]), np.eye(n_classes)[classes]]
    target = np.zeros((grid, grid, len(anchors), 5 + n_classes), dtype="float32")
    target[cells[:, 1], cells[:, 0], best] = np.concatenate(told, axis=1)
    return target


def targets_in_a_dict(boxes, classes, grid, anchors, n_classes):
    entries = {}
    for box, one in zip(boxes, classes):
        x, y, w, h = (float(number) for number in box)
        column, row = min(math.floor(x * grid), grid - 1), min(math.floor(y * grid), grid - 1)
        best, most = 0, -1.0
        for number, (aw, ah) in enumerate(anchors):
            share = iou([-w / 2, -h / 2, w / 2, h / 2], [-aw / 2, -ah / 2, aw / 2, ah / 2])
            if share > most:
                best, most = number, share
        aw, ah = anchors[best]
        one_hot = [float(number == one) for number in range(n_classes)]
        entries[row, column, best] = [1.0, x * grid - column, y * grid - row, math.log(w / aw), math.log(h / ah), *one_hot]
    target = np.zeros((grid, grid, len(anchors), 5 + n_classes))
    for place, entry in entries.items():
        target[place] = entry
    return target.astype(np.float32)


def targets_from_the_last(boxes, classes, grid, anchors, n_classes):
    shapes = np.concatenate([np.zeros(anchors.shape), anchors], axis=1)
    target = np.zeros((grid * grid * len(anchors), 5 + n_classes), "float32")
    taken = set()
    for number in reversed(range(len(boxes))):
        x, y, w, h = boxes[number]
        column, row = int(np.clip(x * grid // 1, 0, grid - 1)), int(np.clip(y * grid // 1, 0, grid - 1))
        best = int(np.argmax(iou_matrix(np.array([[0.0, 0.0, w, h]]), shapes)))
        place = (row * grid + column) * len(anchors) + best
        if place not in taken:
            taken.add(place)
            logs = np.log(w) - np.log(anchors[best, 0]), np.log(h) - np.log(anchors[best, 1])
            target[place, :5] = 1, x * grid - column, y * grid - row, *logs
            target[place, 5 + classes[number]] = 1
    return ops.convert_to_tensor(target.reshape(grid, grid, len(anchors), -1))


ENCODE_TARGETS = Exercise(
    solution.encode_targets,
    points=9,
    cases=targets_cases,
    slips=[
        Slip("row and column are swapped", Edit("target[row, column, best]", "target[column, row, best]"), "x runs along a row, so it tells the column; which index comes first?"),
        Slip("the nearest cell", Edit("int(place * grid)", "round(place * grid)"), "The cell is the one that the centre lies in: cut off, do not round."),
        Slip("the cell of the corner", Edit("for place in (x, y))", "for place in (max(x - w / 2, 0), max(y - h / 2, 0)))"), "The cell that holds the centre answers for a thing, not the one where its box begins."),
        Slip("places in the picture", Edit("x * grid - column, y * grid - row", "x, y"), "A cell tells where the centre is inside itself, from 0 to 1."),
        Slip("places in cells, from the picture's corner", Edit("x * grid - column, y * grid - row", "x * grid, y * grid"), "Count from the cell's own corner, not from the picture's."),
        Slip("y before x", Edit("x * grid - column, y * grid - row", "y * grid - row, x * grid - column"), "After the 1 come x, y, width, height, in this order."),
        Slip("sizes without an anchor", Edit("np.log(np.array([w, h]) / anchors[best])", "np.log(np.array([w, h]))"), "A size is told by how it differs from the anchor's."),
        Slip("no logarithm", Edit("np.log(np.array([w, h]) / anchors[best])", "np.array([w, h]) / anchors[best]"), "A ratio cannot be negative, but a network's output can: take the logarithm."),
        Slip("the ratio is upside down", Edit("np.log(np.array([w, h]) / anchors[best])", "np.log(anchors[best] / np.array([w, h]))"), "A thing larger than its anchor has positive numbers."),
        Slip("the nearest anchor by Euclid", Edit("iou_matrix(np.array([[0, 0, w, h]]), shapes)[0].argmax()", "((anchors - [w, h]) ** 2).sum(axis=1).argmin()"), "How alike two shapes are is measured by their IoU."),
        Slip("always the first anchor", Edit("iou_matrix(np.array([[0, 0, w, h]]), shapes)[0].argmax()", "0"), "A cell has several anchors: which of them is most like the thing?"),
        Slip("all anchors of the cell", targets_for_all_anchors, "One anchor alone answers for a thing."),
        Slip("a centre at 1.0 has no cell", Edit("min(int(place * grid), grid - 1)", "int(place * grid)"), "At 1.0 the formula names a cell that is not there: the last one takes it."),
        Slip("classes from 1", Edit("np.eye(n_classes)[one]", "np.eye(n_classes)[one - 1]"), "Classes are counted from 0."),
        Slip("the class as a number", Edit("told[5:] = np.eye(n_classes)[one]", "told[5] = one"), "Class 2 is not twice class 1: each class has a place of its own."),
        Slip("the first thing stays", Edit("        told[:3]", "        if told[0]:\n            continue\n        told[:3]"), "Where two have the same cell and anchor, the later one counts."),
        Slip("the replaced thing leaves its class", Edit("told[5:] = np.eye(n_classes)[one]", "told[5 + one] = 1"), "The later thing replaces all that was told of the earlier one."),
        Slip("nothing says that there is a thing", Edit("told[:3] = 1,", "told[:3] = 0,"), "The first number is 1 where there is a thing."),
        Slip("double precision", Edit(", np.float32)", ")"), "The docstring asks for float32: what dtype does np.zeros give of itself?"),
    ],
    variants=[
        Variant("without a loop", targets_without_a_loop),
        Variant("entries in a dict", targets_in_a_dict),
        Variant("from the last thing to the first", targets_from_the_last),
    ],
    hints=[
        "Begin with zeros, (S, S, B, 5 + C) in float32. For each thing find three indices: row, column, anchor.",
        "column is the whole part of x · S, at most S − 1, and row that of y · S. The anchor is where iou_matrix of (0, 0, w, h) with all (0, 0, w_anchor, h_anchor) is largest.",
        "Write the whole entry, so that nothing of an earlier one is left: 1, x · S − column, y · S − row, the two logarithms, then np.eye(n_classes)[class].",
    ],
    uses=("iou", "iou_matrix"),
    dtype="same",
    observer=targets_seen,
)

# --- yolo_loss -----------------------------------------------------------------------------------------------------


def loss_cases(rng):
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


def loss_in_numpy(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    y_true, y_pred = ops.convert_to_numpy(y_true), ops.convert_to_numpy(y_pred)
    there, squares = y_true[..., 0], (y_true - y_pred) ** 2
    total = lambda_coord * (there * squares[..., 1:5].sum(axis=-1)).sum() + (there * squares[..., 0]).sum()
    total += lambda_noobj * ((1 - there) * squares[..., 0]).sum() + (there * squares[..., 5:].sum(axis=-1)).sum()
    return np.float32(total)


def yolo_loss_by_weights(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    there = y_true[..., 0:1]
    weights = [there + lambda_noobj * (1 - there)] + 4 * [lambda_coord * there]
    weights += [there] * (y_true.shape[-1] - 5)
    return ops.sum(ops.concatenate(weights, axis=-1) * (y_pred - y_true) ** 2)


def loss_of_places(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    differences = y_pred - y_true
    confidence, boxes, classes = differences[..., 0] ** 2, differences[..., 1:5], differences[..., 5:]
    here = lambda_coord * ops.sum(boxes**2, axis=-1) + confidence + ops.sum(classes**2, axis=-1)
    return ops.sum(ops.where(y_true[..., 0] > 0.5, here, lambda_noobj * confidence))


def loss_of_what_is_picked(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    y_true = ops.reshape(y_true, (-1, y_true.shape[-1]))
    y_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
    there = np.flatnonzero(ops.convert_to_numpy(y_true)[:, 0] == 1)
    gone = np.flatnonzero(ops.convert_to_numpy(y_true)[:, 0] == 0)
    total = lambda_noobj * ops.sum(ops.square(ops.take(y_pred, gone, axis=0)[:, 0]))
    difference = ops.square(ops.take(y_true, there, axis=0) - ops.take(y_pred, there, axis=0))
    return total + ops.sum(difference) + (lambda_coord - 1) * ops.sum(difference[:, 1:5])


YOLO_LOSS = Exercise(
    solution.yolo_loss,
    points=6,
    cases=loss_cases,
    slips=[
        Slip("means, not sums", Edit("ops.sum(", "ops.mean(", 4), "Nothing is divided by: add up over all places."),
        Slip("the mean over the first axis", Edit("return lambda_coord * of_boxes + of_things + lambda_noobj * of_nothing + of_classes", "return (lambda_coord * of_boxes + of_things + lambda_noobj * of_nothing + of_classes) / y_true.shape[0]"), "Nothing is divided by: add up over all places."),
        Slip("lambda_coord on the classes too", Edit("+ of_classes", "+ lambda_coord * of_classes"), "lambda_coord weighs the four numbers of the box alone."),
        Slip("lambda_coord on p too", Edit("+ of_things", "+ lambda_coord * of_things"), "lambda_coord weighs the four numbers of the box alone."),
        Slip("no lambda_noobj", Edit("lambda_noobj * of_nothing", "of_nothing"), "Most places hold nothing: their p is weighed down by lambda_noobj."),
        Slip("lambda_noobj on p everywhere", Edit("+ of_things", "+ lambda_noobj * of_things"), "lambda_noobj weighs p only where there is nothing."),
        Slip("the weights are swapped", Edit("return lambda_coord * of_boxes + of_things + lambda_noobj * of_nothing", "return lambda_noobj * of_boxes + of_things + lambda_coord * of_nothing"), "lambda_coord belongs to the boxes' numbers, lambda_noobj to p where there is nothing."),
        Slip("the weights are those of the paper, always", Edit("    there = y_true", "    lambda_coord, lambda_noobj = 5.0, 0.5\n    there = y_true"), "The two weights are arguments."),
        Slip("classes where nothing is", Edit("ops.sum(there * squares[..., 5:])", "ops.sum(squares[..., 5:])"), "Where there is nothing, it has no class: only p counts there."),
        Slip("boxes where nothing is", Edit("ops.sum(there * squares[..., 1:5])", "ops.sum(squares[..., 1:5])"), "Where there is nothing, it has no box: only p counts there."),
        Slip("nothing costs nothing", Edit(" + lambda_noobj * of_nothing", ""), "A detector that sees things everywhere must pay for it."),
        Slip("where the detector sees things", Edit("there = y_true[..., :1]", "there = y_pred[..., :1]"), "Whether there is a thing is for the truth to say."),
        Slip("absolute differences", Edit("ops.square(y_true - y_pred)", "ops.abs(y_true - y_pred)"), "The differences are squared."),
        Slip("roots of the sizes", Edit("    squares = ops.square(y_true - y_pred)", "    roots = ops.square(ops.sqrt(y_true[..., 3:5]) - ops.sqrt(y_pred[..., 3:5]))\n    squares = ops.square(y_true - y_pred)\n    squares = ops.concatenate([squares[..., :3], roots, squares[..., 5:]], axis=-1)"), "The sizes are logarithms here, and may be negative: take no roots of them."),
        Slip("computed in NumPy", loss_in_numpy, "Gradients do not flow through NumPy: stay with tensors, and keras.ops."),
    ],
    variants=[
        Variant("one sum, weighed number by number", yolo_loss_by_weights),
        Variant("place by place", loss_of_places),
        Variant("picks the places with a thing", loss_of_what_is_picked),
    ],
    hints=[
        "All terms are sums of the same squares: ops.square(y_true - y_pred). They differ in which numbers and which places count.",
        "there = y_true[..., :1] is 1 where there is a thing: there * squares[..., 1:5] are the boxes' squares, all others are 0.",
        "Four sums: boxes, classes and p times there, and p times (1 - there). lambda_coord goes with the first, lambda_noobj with the last.",
    ],
    observer=look_at_loss,
)

# --- average_precision ---------------------------------------------------------------------------------------------


def curve_cases(rng):
    def curve(K, things, share=0.6, first=None):
        """Of K guesses, the best first, some are right; never 5 · n things, for which k / things and 0.01 · i may be the
        same number but for a last bit."""
        right = rng.random(K) < share
        right[0] = right[0] if first is None else first
        right[1 + rng.integers(K // 2) :: 7] = True
        right &= right.cumsum() <= things
        found = right.cumsum()
        return found / things, found / np.arange(1, K + 1)

    yield case("a curve", *curve(24, int(rng.integers(21, 24))))
    yield case("half of the things are never found", *curve(20, int(rng.integers(31, 35))))
    yield case("the best guess is wrong", *curve(30, 18, first=False))
    recall, precision = curve(40, 8, 0.3)
    yield case("recalls that are among the 101", np.append(recall, recall[-1]), np.append(precision, precision[-1] * 40 / 41))
    yield case("quarters", np.array([0.25, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0]), np.sort(rng.random(7))[::-1])
    yield case("precision goes up and down", np.sort(rng.random(15)), rng.random(15))
    yield case("one guess", np.array([1 / rng.integers(2, 4)]), rng.random(1))
    yield case("many guesses", *curve(400, int(rng.integers(271, 274))))
    yield case("single precision", *(numbers.astype(np.float32) for numbers in curve(30, 17)))
    yield case("a curve, and nothing guessed", *curve(12, 13), and_none=True)


def curve_seen(function, recall, precision, and_none=False):
    if and_none:
        return function(recall, precision), function(recall[:0], precision[:0])
    return function(recall, precision)


def area_of_trapezoids(recall, precision):
    recall, precision = np.append(0.0, recall), np.append(precision[:1], precision)
    return float(np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2))


def area_of_steps(recall, precision):
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0) * envelope))


def area_interpolated(recall, precision):
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if len(recall) == 0:
        return 0.0
    return float(np.interp(np.linspace(0, 1, 101), recall, envelope, right=0.0).mean())


def mean_of_precisions(recall, precision):
    return float(sum(precision)) / max(len(precision), 1)


def mean_of_reached(recall, precision):
    reached = [precision[recall >= least].max() for least in np.linspace(0, 1, 101) if (recall >= least).any()]
    return float(np.mean(reached)) if reached else 0.0


def needs_a_guess(recall, precision):
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    total = 0.0
    for least in np.linspace(0, 1, 101):
        if least <= recall[-1]:
            total += envelope[np.argmax(recall >= least)]
    return total / 101


def area_by_maxima(recall, precision):
    best = [max((p for r, p in zip(recall, precision) if r >= least), default=0.0) for least in np.linspace(0, 1, 101)]
    return sum(best) / 101


def area_by_comparison(recall, precision):
    enough = np.asarray(recall)[None] >= np.linspace(0, 1, 101)[:, None]
    return np.where(enough, np.asarray(precision), 0).max(axis=1, initial=0).mean()


def area_from_the_end(recall, precision):
    best, total, place = 0.0, 0.0, len(recall) - 1
    for least in np.linspace(0, 1, 101)[::-1]:
        while place >= 0 and recall[place] >= least:
            best = max(best, float(precision[place]))
            place -= 1
        total += best
    return total / 101


def area_in_keras(recall, precision):
    enough = np.asarray(recall, dtype="float64")[None] >= np.linspace(0, 1, 101)[:, None]
    padded = np.pad(enough * np.asarray(precision)[None], ((0, 0), (0, 1)))
    return ops.mean(ops.max(ops.convert_to_tensor(padded), axis=1))


AVERAGE_PRECISION = Exercise(
    solution.average_precision,
    points=5,
    cases=curve_cases,
    slips=[
        Slip("precision as it stands", Edit("np.maximum.accumulate(precision[::-1])[::-1]", "precision"), "At each recall the best precision counts that is reached there *or later*."),
        Slip("the best precision so far", Edit("np.maximum.accumulate(precision[::-1])[::-1]", "np.maximum.accumulate(precision)"), "With that much recall or more: look ahead, not back."),
        Slip("the best precision of all", Edit("np.maximum.accumulate(precision[::-1])[::-1]", "np.maximum.accumulate(precision)[-1:].repeat(len(precision))"), "Only what comes at that recall or later counts: the curve can fall."),
        Slip("eleven recalls", Edit("np.linspace(0, 1, 101))]", "np.linspace(0, 1, 11))]"), "VOC had 11 recalls in 2007; here it is 101 of them."),
        Slip("the recall of 1 is left out", Edit("np.linspace(0, 1, 101))]", "np.arange(0, 1, 0.01))]"), "From 0 to 1, both ends count: how many recalls are there?"),
        Slip("more than that recall", Edit("np.linspace(0, 1, 101))]", "np.linspace(0, 1, 101), side=\"right\")]"), "Reaching a recall exactly is enough."),
        Slip("nothing guessed has no last recall", needs_a_guess, "Both arrays may be empty: then it is 0.0."),
        Slip("the last precision goes on", Edit(", 0.0)", ", precision[-1:])"), "What is never found counts 0."),
        Slip("the recalls that are reached, alone", mean_of_reached, "A recall that is never reached counts 0, and is counted."),
        Slip("trapezoids", area_of_trapezoids, "The mean over 101 recalls is asked for, not an integral of the raw curve."),
        Slip("the exact area", area_of_steps, "That is VOC's area since 2010; here the curve is read at 101 recalls."),
        Slip("interpolated", area_interpolated, "Between two guesses the curve is a step: nothing in between is ever reached."),
        Slip("the mean of the precisions", mean_of_precisions, "Average over recalls, not over guesses: wrong guesses after the last right one cost nothing."),
        Slip("the sum", Edit(".mean()", ".sum()"), "It is a mean: between 0 and 1."),
    ],
    variants=[
        Variant("a maximum for each recall", area_by_maxima),
        Variant("all comparisons at once", area_by_comparison),
        Variant("from the end", area_from_the_end),
        Variant("in Keras", area_in_keras),
    ],
    hints=[
        "Ask 101 times: of all guesses with at least this recall, what is the best precision? 0 where there are none.",
        "Quicker: make precision fall first, by a running maximum from the end: np.maximum.accumulate(precision[::-1])[::-1].",
        "np.searchsorted(recall, np.linspace(0, 1, 101)) finds the first guess with enough recall; its index is len(recall) where there is none: append a 0.",
    ],
    forbids=("average_precision_score", "AveragePrecision", "precision_recall_curve", "auc"),
    observer=curve_seen,
)

# --- mean_average_precision ----------------------------------------------------------------------------------------


def scenes_cases(rng):
    def draw(pictures, classes, things=4, guesses=8, size=100.0, bare=()):
        """Pictures with things in them, but for the bare ones, and guesses near these or not. No class has 5 · n things, for
        which k / things and 0.01 · i may be the same number but for a last bit."""
        while True:
            ground_truth = []
            for _ in range(pictures):
                centres, half = rng.uniform(0, size, (things, 2)), rng.uniform(8, 15, (things, 2))
                ground_truth.append((np.concatenate([centres - half, centres + half], axis=1), rng.integers(0, classes, things)))
            there = [kinds for place, (_, kinds) in enumerate(ground_truth) if place not in bare]
            counts = np.bincount(np.concatenate(there), minlength=classes)
            if (counts % 5).all():
                break
        predictions = []
        for boxes, kinds in ground_truth:
            of = rng.integers(0, things, guesses)
            near = boxes[of] + rng.choice([1.5, 1.5, 6.0], (guesses, 1)) * rng.normal(0, 1, (guesses, 4))
            said = np.where(rng.random(guesses) < 0.2, rng.integers(0, classes, guesses), kinds[of])
            predictions.append((rng.random(guesses), near, said))
        for place in bare:
            ground_truth[place] = those(ground_truth[place], slice(0))
        return predictions, ground_truth

    def those(parts, which):
        return tuple(part[which] for part in parts)

    def together(*several):
        return tuple(np.concatenate(parts) for parts in zip(*several))

    def box(*corners):
        return np.array([corners], float)

    yield case("three pictures, two classes", *draw(3, 2))
    yield case("another threshold", *draw(3, 2, guesses=12), iou_threshold=float(rng.uniform(0.65, 0.75)))
    yield case("several thresholds", *draw(3, 3, guesses=12), iou_threshold=[0.5, 0.6, 0.7, 0.8, 0.9])
    yield case("one picture, one class", *draw(1, 1, things=6), 0.4)

    predictions, ground_truth = draw(5, 2, bare=(1, 2))
    predictions[0], predictions[2] = those(predictions[0], slice(0)), those(predictions[2], slice(0))
    yield case("pictures without things, or guesses, or both", predictions, ground_truth)

    predictions, ground_truth = draw(3, 4)
    predictions = [those(guessed, guessed[2] != 0) for guessed in predictions]
    ground_truth = [those(there, there[1] != 1) for there in ground_truth]
    yield case("a class that is never guessed, and one that is not there", predictions, ground_truth)

    predictions, ground_truth = draw(4, 2, guesses=12)
    predictions = [(np.ceil(3 * scores) / 4, boxes, kinds) for scores, boxes, kinds in predictions]
    yield case("equal scores", predictions, ground_truth)

    # A guess half way between two things, and a weaker one that is near the first of them alone.
    predictions, ground_truth = draw(2, 2)
    first, middle, second = box(200, 200, 204, 204), box(201, 200, 205, 204), box(202, 200, 206, 204)
    ground_truth[1] = together(ground_truth[1], (first, [2]), (second, [2]))
    predictions[1] = together((0.5 + rng.random(1), middle, [2]), (0.4 * rng.random(1), first, [2]), predictions[1])
    yield case("equal overlaps", predictions, ground_truth)

    predictions, ground_truth = draw(2, 2)
    ground_truth[0] = together(ground_truth[0], (box(300, 300, 310, 320), [2]))
    predictions[0] = together(predictions[0], (rng.random(1), box(300, 300, 310, 310), [2]))
    yield case("an overlap of just the threshold", predictions, ground_truth)

    yield case("a crowd", *draw(3, 2, things=9, guesses=25, size=22.0), iou_threshold=[0.4, 0.55])

    # Nothing but wrong guesses, and then right ones of which some come after the hundredth.
    predictions, ground_truth = draw(2, 1, things=6)
    for place in range(2):
        boxes, kinds = ground_truth[place]
        wrong = 0.5 + rng.random(130) / 2, rng.uniform(500, 600, (130, 1)) + np.array([0, 0, 9, 9]), np.zeros(130, int)
        scores = np.concatenate([0.8 + 0.2 * rng.random(3), 0.4 * rng.random(3)])
        predictions[place] = together(wrong, (scores, boxes + 0.5, kinds))
    yield case("more than a hundred guesses", predictions, ground_truth)

    predictions, ground_truth = draw(3, 2)
    predictions = [(scores.astype(np.float32), boxes.astype(np.float32), kinds) for scores, boxes, kinds in predictions]
    ground_truth = [(boxes.astype(np.float32), kinds.astype(np.int32)) for boxes, kinds in ground_truth]
    yield case("single precision", predictions, ground_truth)

    yield case("some things, and none at all", *draw(2, 2), and_none=True)


def scenes_seen(function, predictions, ground_truth, *threshold, and_none=False, **named):
    answer = function(predictions, ground_truth, *threshold, **named)
    if not and_none:
        return answer
    bare = [(boxes[:0], classes[:0]) for boxes, classes in ground_truth]
    unsaid = [(scores[:0], boxes[:0], classes[:0]) for scores, boxes, classes in predictions]
    return answer, function(predictions, bare), function(unsaid, bare), function(unsaid, ground_truth)


def scenes_in_one(predictions, ground_truth, iou_threshold=0.5):
    scores, boxes, classes = (np.concatenate(parts) for parts in zip(*predictions))
    true_boxes, true_classes = (np.concatenate(parts) for parts in zip(*ground_truth))
    areas = []
    for threshold in np.atleast_1d(iou_threshold):
        for one in np.unique(true_classes):
            mine = np.flatnonzero(classes == one)
            mine = mine[np.argsort(-scores[mine], kind="stable")]
            overlap = iou_matrix(boxes[mine], true_boxes[true_classes == one])
            right = np.zeros(len(mine))
            for place, row in enumerate(overlap):
                if row.max() >= threshold:
                    right[place] = 1
                    overlap[:, row.argmax()] = -1
            found, count = right.cumsum(), np.sum(true_classes == one)
            areas.append(average_precision(found / count, found / np.arange(1, len(mine) + 1)))
    return float(np.mean(areas)) if areas else 0.0


def scenes_by_overlap(predictions, ground_truth, iou_threshold=0.5):
    areas = []
    for threshold in np.atleast_1d(iou_threshold):
        for one in np.unique(np.concatenate([classes for _, classes in ground_truth])):
            scores, right, count = [], [], 0
            for (said, boxes, classes), (true_boxes, true_classes) in zip(predictions, ground_truth):
                mine = np.flatnonzero(classes == one)
                mine = mine[np.argsort(-said[mine], kind="stable")][:100]
                overlap = iou_matrix(boxes[mine], true_boxes[true_classes == one])
                hit = np.zeros(len(mine))
                while overlap.size and overlap.max() >= threshold:
                    guess, thing = np.unravel_index(overlap.argmax(), overlap.shape)
                    hit[guess] = 1
                    overlap[guess], overlap[:, thing] = -1, -1
                scores, right, count = [*scores, *said[mine]], [*right, *hit], count + np.sum(true_classes == one)
            found = np.array(right)[np.argsort(-np.array(scores), kind="stable")].cumsum() if right else np.zeros(0)
            areas.append(average_precision(found / count, found / np.arange(1, len(found) + 1)))
    return float(np.mean(areas)) if areas else 0.0


def scenes_one_by_one(predictions, ground_truth, iou_threshold=0.5):
    values = []
    for (scores, boxes, classes), (true_boxes, true_classes) in zip(predictions, ground_truth):
        areas = []
        for threshold in np.atleast_1d(iou_threshold):
            for one in np.unique(true_classes):
                mine = np.flatnonzero(classes == one)
                mine = mine[np.argsort(-scores[mine], kind="stable")][:100]
                overlap = iou_matrix(boxes[mine], true_boxes[true_classes == one])[:, ::-1]
                right = np.zeros(len(mine))
                for place, row in enumerate(overlap):
                    if row.max() >= threshold:
                        right[place] = 1
                        overlap[:, row.argmax()] = -1
                found = right.cumsum()
                areas.append(average_precision(found / overlap.shape[1], found / np.arange(1, len(mine) + 1)))
        if areas:
            values.append(np.mean(areas))
    return float(np.mean(values)) if values else 0.0


def scenes_of_all_classes(predictions, ground_truth, iou_threshold=0.5):
    areas = []
    for threshold in np.atleast_1d(iou_threshold):
        scores, right, count = [np.zeros(0)], [np.zeros(0)], 0
        for (said, boxes, _), (true_boxes, _) in zip(predictions, ground_truth):
            mine = np.argsort(-said, kind="stable")[:100]
            overlap = iou_matrix(boxes[mine], true_boxes)[:, ::-1]
            hit = np.zeros(len(mine))
            for place, row in enumerate(overlap):
                if row.max(initial=-1) >= threshold:
                    hit[place] = 1
                    overlap[:, row.argmax()] = -1
            scores.append(said[mine])
            right.append(hit)
            count += len(true_boxes)
        found = np.concatenate(right)[np.argsort(-np.concatenate(scores), kind="stable")].cumsum()
        areas.append(average_precision(found / max(count, 1), found / np.arange(1, len(found) + 1)))
    return float(np.mean(areas))


def scenes_guess_by_guess(predictions, ground_truth, iou_threshold=0.5):
    def of_class(one, threshold):
        guesses, count = [], 0
        for picture, (scores, _, classes) in enumerate(predictions):
            mine = sorted((-float(scores[i]), picture, i) for i in range(len(scores)) if classes[i] == one)
            guesses += mine[:100]
            count += sum(1 for kind in ground_truth[picture][1] if kind == one)
        taken, right, recall, precision = set(), 0, [], []
        for number, (_, picture, i) in enumerate(sorted(guesses), start=1):
            best, most = None, threshold
            for j, (box, kind) in enumerate(zip(*ground_truth[picture])):
                if kind == one and (picture, j) not in taken:
                    share = iou(predictions[picture][1][i], box)
                    if share >= most:
                        best, most = (picture, j), share
            if best is not None:
                taken.add(best)
                right += 1
            recall.append(right / count)
            precision.append(right / number)
        return average_precision(np.array(recall), np.array(precision))

    thresholds = [iou_threshold] if np.ndim(iou_threshold) == 0 else list(iou_threshold)
    there = {int(kind) for _, classes in ground_truth for kind in classes}
    values = [of_class(one, threshold) for one in there for threshold in thresholds]
    return sum(values) / len(values) if values else 0.0


def scenes_by_tables(predictions, ground_truth, iou_threshold=0.5):
    kinds = np.unique(np.concatenate([classes for _, classes in ground_truth]))
    table = []
    for threshold in np.ravel(iou_threshold):
        for one in kinds:
            rows, things = [np.zeros((0, 2))], 0
            for (scores, boxes, classes), (true_boxes, true_classes) in zip(predictions, ground_truth):
                theirs = true_boxes[true_classes == one]
                things += len(theirs)
                order = np.lexsort((np.arange(len(scores)), -scores))
                order = order[classes[order] == one][:100]
                shares = iou_matrix(boxes[order], theirs)
                free = np.ones(len(theirs), bool)
                hits = []
                for share in shares:
                    share = np.where(free & (share >= threshold), share, 0)
                    hits.append(share.any())
                    if share.any():
                        free[np.flatnonzero(share == share.max())[-1]] = False
                rows.append(np.stack([scores[order], np.array(hits, float)], axis=1))
            rows = np.concatenate(rows)
            hits = rows[np.argsort(-rows[:, 0], kind="stable"), 1]
            table.append(average_precision(np.cumsum(hits) / things, np.cumsum(hits) / (1 + np.arange(len(hits)))))
    return np.mean(table) if table else 0


AP_CALL = "average_precision(row / count, row / np.arange(1, len(row) + 1))"

MEAN_AVERAGE_PRECISION = Exercise(
    solution.mean_average_precision,
    points=8,
    cases=scenes_cases,
    slips=[
        Slip("a thing is found again and again", Edit("                        free[:, nearest] = -1\n", ""), "A thing that is taken is gone: the second guess at it is wrong."),
        Slip("only the nearest thing will do", Edit("free[:, nearest] = -1", "free[place + 1 :][free[place + 1 :].argmax(axis=1) == nearest] = -1"), "Where the nearest thing is taken, the next one may do: look among those that are free."),
        Slip("things of any class", Edit("true_boxes[true_classes == one]", "true_boxes"), "A cat is no answer to a dog: match within the class."),
        Slip("more than the threshold", Edit(">= threshold", "> threshold", 2), "An IoU that equals the threshold is enough."),
        Slip("the largest overlaps first", scenes_by_overlap, "The guess with the best score chooses first, not the one that fits best."),
        Slip("guesses as they come, in a picture", Edit("mine[np.argsort(-scores[mine], kind=\"stable\")][:100]", "mine[:100]"), "In a picture, too, the best guess chooses first."),
        Slip("the curve goes picture by picture", Edit("right[:, np.argsort(-scores, kind=\"stable\")]", "right"), "One curve for all pictures: sort the guesses of all of them by score."),
        Slip("the worst guess first", Edit("np.argsort(-scores", "np.argsort(scores", 2), "The best guess comes first: argsort goes upwards."),
        Slip("of equal scores the later picture first", Edit("np.argsort(-scores, kind=\"stable\")", "np.argsort(scores, kind=\"stable\")[::-1]"), "Of equal scores the earlier picture's comes first: reversing a sorted list turns them round."),
        Slip("of equal overlaps the first", Edit("[:, ::-1]  # so that the last is the first", ""), "Where two things fit equally well, the last of them is taken."),
        Slip("no limit of guesses", Edit("[:100]", ""), "In each picture and class, only the best 100 guesses count."),
        Slip("always at 0.5", Edit("np.atleast_1d(iou_threshold)", "np.atleast_1d(0.5)"), "The threshold is an argument."),
        Slip("the first threshold alone", Edit("np.atleast_1d(iou_threshold)", "np.atleast_1d(iou_threshold)[:1]"), "Of several thresholds, the mean over all of them is asked for."),
        Slip("classes that are not there", Edit("return float(np.mean(areas)) if areas else 0.0", "areas += [0.0] * len(thresholds) * len(set(guesses) - set(things))\n    return float(np.mean(areas)) if areas else 0.0"), "A class that nothing in the pictures is of is left out, whatever was guessed."),
        Slip("classes that are never guessed are left out", Edit("            areas += [0.0] * len(thresholds)\n", ""), "A class that is there and never guessed is not found: it counts 0."),
        Slip("picture by picture", scenes_one_by_one, "First all pictures into one curve for each class, then the mean over the classes."),
        Slip("all classes in one curve", scenes_of_all_classes, "Each class has a curve of its own; the mean over the classes is asked for."),
        Slip("recall of the guesses", Edit("row / count", "row / len(row)"), "Recall is a share of the things that are there, precision one of the guesses."),
        Slip("precision where something is found", Edit(AP_CALL, "float((row / np.arange(1, len(row) + 1) * np.diff(row, prepend=0)).sum() / count)"), "The area is what `average_precision` gives, and you have written it."),
        Slip("nothing there gives no number", Edit("return float(np.mean(areas)) if areas else 0.0", "return float(np.mean(areas)) if areas else float(\"nan\")"), "Where there is nothing to find, it is 0.0."),
        Slip("things of any picture", scenes_in_one, "A guess is about its own picture: match picture by picture."),
    ],
    variants=[
        Variant("guess by guess", scenes_guess_by_guess),
        Variant("class by class, in tables", scenes_by_tables),
    ],
    hints=[
        "For each class: in each picture, let the guesses choose, the best first; then put all pictures' guesses into one list, sort it, and draw the curve.",
        "A guess looks at the things of its picture and class that are free. If the largest IoU is at least the threshold, it is right and that thing is taken.",
        "found = right.cumsum() in the order of all scores (kind=\"stable\"); average_precision(found / things, found / np.arange(1, len(found) + 1)); the mean over classes and thresholds.",
    ],
    uses=("iou", "iou_matrix", "average_precision"),
    forbids=("COCOeval", "MeanAveragePrecision", "mean_average_precision", "average_precision_score"),
    observer=scenes_seen,
)

EXERCISES = [
    LOCALIZATION_LOSS, IOU, IOU_MATRIX, FC_TO_CONV, YOLO_FILTER_BOXES,
    YOLO_NON_MAX_SUPPRESSION, YOLO_BOXES_TO_CORNERS, SCALE_BOXES, YOLO_EVAL,
    KMEANS_ANCHORS, ENCODE_TARGETS, YOLO_LOSS, AVERAGE_PRECISION, MEAN_AVERAGE_PRECISION,
]
