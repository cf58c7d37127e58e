"""What is where: the reference functions of assignment `w3_yolo`.

The detector's side is written in Keras 3's own words and runs on TensorFlow, JAX and PyTorch; what comes before and after
it is NumPy. Boxes are corners (x1, y1, x2, y2) unless a docstring says otherwise.
"""

import numpy as np
from keras import ops


def localization_loss(y_true, y_pred):
    """How far a network is off that says whether there is a thing in a picture, where, and of which kind.

    Arguments:
        y_true -- array (5 + n,): p_c, b_x, b_y, b_w, b_h, c_1, …, c_n, where p_c is 1 if there is a thing and 0 if not;
            or a batch of them, array (m, 5 + n)
        y_pred -- array of y_true's shape, what the network says

    Returns:
        one number: where p_c is 1 the sum of the squared differences of all 5 + n numbers, where it is 0 that of p_c
        alone; of a batch the mean over its m vectors

    Source: A. Ng, Convolutional Neural Networks, week 3, "Object localization".
    """
    ### BEGIN SOLUTION
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    squares = (y_true - y_pred) ** 2
    there = y_true[..., 0] == 1
    return np.where(there, squares.sum(axis=-1), squares[..., 0]).mean()
    ### END SOLUTION


def iou(box1, box2):
    """Intersection over union of two boxes.

    To be written without a library's IoU.

    Arguments:
        box1, box2 -- four numbers each (x1, y1, x2, y2), x1 ≤ x2 and y1 ≤ y2: a list, a tuple, an array or a tensor

    Returns:
        float from 0 to 1: the area that both cover, divided by the area that either covers. Areas are those of the plane,
        (x2 − x1)(y2 − y1). 0.0 where the boxes only touch, and for two boxes without an area

    Source: Everingham et al. 2010, "The PASCAL visual object classes (VOC) challenge", section 4.2.
    """
    ### BEGIN SOLUTION
    ax1, ay1, ax2, ay2 = map(float, box1)
    bx1, by1, bx2, by2 = map(float, box2)
    width = max(min(ax2, bx2) - max(ax1, bx1), 0.0)
    height = max(min(ay2, by2) - max(ay1, by1), 0.0)
    intersection = width * height
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - intersection
    return intersection / union if union > 0 else 0.0
    ### END SOLUTION


def iou_matrix(boxes1, boxes2):
    """Intersection over union of each box with each, without a Python loop.

    To be written without a library's IoU.

    Arguments:
        boxes1 -- array (N, 4) of corners x1, y1, x2, y2
        boxes2 -- array (M, 4); N or M may be 0

    Returns:
        float array (N, M): entry [i, j] is `iou(boxes1[i], boxes2[j])`
    """
    ### BEGIN SOLUTION
    left1, top1, right1, bottom1 = (column[:, None] for column in boxes1.T)  # (N, 1) each
    left2, top2, right2, bottom2 = (column[None, :] for column in boxes2.T)  # (1, M) each
    width = np.minimum(right1, right2) - np.maximum(left1, left2)  # (N, M): each with each
    height = np.minimum(bottom1, bottom2) - np.maximum(top1, top2)
    intersection = np.maximum(width, 0) * np.maximum(height, 0)
    union = (right1 - left1) * (bottom1 - top1) + (right2 - left2) * (bottom2 - top2) - intersection
    shares = np.zeros(union.shape)
    np.divide(intersection, union, out=shares, where=union > 0)
    return shares
    ### END SOLUTION


def fc_to_conv(dense_weights, input_shape):
    """Turn a classifier's dense layers into convolutions that compute the same.

    Arguments:
        dense_weights -- list [W1, b1, W2, b2, …] of arrays, of the dense layers that follow a Flatten, as Keras's
            `get_weights` gives them: W1 (h·w·c, n1), b1 (n1,), W2 (n1, n2), b2 (n2,), …
        input_shape -- tuple (h, w, c), the shape of what is flattened

    Returns:
        list [K1, b1, K2, b2, …] of arrays: K1 (h, w, c, n1), then K2 (1, 1, n1, n2), …; the offsets stay as they are

    Source: Sermanet et al. 2013, "OverFeat", section 3.5.
    """
    ### BEGIN SOLUTION
    size = input_shape
    converted = []
    for W, b in zip(dense_weights[::2], dense_weights[1::2], strict=True):
        converted += [W.reshape(*size, -1), b]
        size = (1, 1, len(b))  # after the first convolution, a picture is a single pixel
    return converted
    ### END SOLUTION


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    """Keep the boxes that a detector is sure of.

    Arguments:
        boxes -- tensor (…, 4), for example (19, 19, 5, 4): four coordinates of each box
        box_confidence -- tensor (…, 1): how sure it is that there is a thing
        box_class_probs -- tensor (…, C): of which class, if there is one
        threshold -- float

    Returns:
        (scores, boxes, classes): tensors (K,), (K, 4) and (K,), whole numbers, of the K boxes whose score is at least the
        threshold, in the order in which they stand in the grid; K may be 0. A box's class is the one with the largest
        probability; its score is confidence × that probability

    Source: Redmon, Divvala, Girshick, Farhadi 2015, "You only look once", section 2, equation 1.
    """
    ### BEGIN SOLUTION
    boxes = ops.convert_to_tensor(boxes)
    class_scores = ops.multiply(box_confidence, box_class_probs)
    scores, classes = ops.max(class_scores, axis=-1), ops.argmax(box_class_probs, axis=-1)
    kept = scores >= threshold
    return scores[kept], boxes[kept], classes[kept]
    ### END SOLUTION


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """Of boxes that show one thing, keep the best.

    To be written without a library's non-maximum suppression.

    Arguments:
        scores -- (K,): arrays, tensors or lists, all three; K may be 0
        boxes -- (K, 4), corners
        classes -- (K,), whole numbers
        max_boxes -- int, how many are kept at most, of all classes together
        iou_threshold -- float: a box goes where its intersection over union with a better box of the *same* class, that
            is kept itself, is larger

    Returns:
        (scores, boxes, classes) of the boxes that are kept, the best first; of equal scores the one that came first

    Source: Felzenszwalb, Girshick, McAllester, Ramanan 2010, "Object detection with discriminatively trained part-based
    models", section 7.2, for each class by itself.
    """
    ### BEGIN SOLUTION
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, classes = boxes.reshape(-1, 4), classes.astype(int)
    kept: list = []
    for i in np.argsort(-scores, kind="stable"):  # the best first
        if len(kept) == max_boxes:
            break
        rivals = [j for j in kept if classes[j] == classes[i]]
        if all(iou(boxes[i], boxes[j]) <= iou_threshold for j in rivals):
            kept.append(i)
    return scores[kept], boxes[kept], classes[kept]
    ### END SOLUTION


def yolo_boxes_to_corners(box_xy, box_wh):
    """From centres and sizes to corners, in the order that pictures are addressed in: rows first.

    Arguments:
        box_xy -- tensor (…, 2): centres x, y
        box_wh -- tensor (…, 2): widths and heights

    Returns:
        tensor (…, 4): y_min, x_min, y_max, x_max
    """
    ### BEGIN SOLUTION
    half = ops.divide(box_wh, 2)
    first, last = ops.flip(box_xy - half, axis=-1), ops.flip(box_xy + half, axis=-1)
    return ops.concatenate([first, last], axis=-1)
    ### END SOLUTION


def scale_boxes(boxes, image_shape):
    """From shares of a picture to its pixels.

    Arguments:
        boxes -- tensor (…, 4): y_min, x_min, y_max, x_max, from 0 to 1
        image_shape -- (height, width) of the picture, in pixels

    Returns:
        tensor (…, 4): the same corners in pixels
    """
    ### BEGIN SOLUTION
    height, width = image_shape
    return ops.multiply(boxes, ops.convert_to_tensor([height, width, height, width], dtype=boxes.dtype))
    ### END SOLUTION


def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    """From what a detector says to the things it found.

    To be written without a library's non-maximum suppression.

    Arguments:
        yolo_outputs -- (box_xy, box_wh, box_confidence, box_class_probs): tensors (…, 2), (…, 2), (…, 1) and (…, C),
            for example (19, 19, 5, 2) …; centres and sizes are shares of the picture
        image_shape -- (height, width) of the picture, in pixels
        max_boxes -- int, how many are found at most
        score_threshold -- float, the least score of a box
        iou_threshold -- float, how much two boxes of a class may overlap

    Returns:
        (scores, boxes, classes) of what was found, (K,), (K, 4) and (K,), the best first; boxes are y_min, x_min, y_max,
        x_max in pixels. Corners first, then the filter, then the scale, then non-max suppression
    """
    ### BEGIN SOLUTION
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)
    boxes = scale_boxes(boxes, image_shape)
    return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)
    ### END SOLUTION


def kmeans_anchors(wh, k, rng):
    """Find the k shapes that stand best for many: k-means with 1 − IoU for the distance.

    To be written without a library's k-means.

    Arguments:
        wh -- array (N, 2), widths and heights of N boxes, all above 0, at least k of them different
        k -- int, the number of anchors
        rng -- numpy.random.Generator, for the start: the same seed gives the same anchors

    Returns:
        float array (k, 2), smallest area first. Each box belongs to the anchor with which it has the largest IoU when both
        stand on the same corner; each anchor is the mean of the widths and of the heights of its boxes, and has at least
        one. Go on until nothing changes

    Source: Redmon, Farhadi 2016, "YOLO9000: better, faster, stronger", section 2, "Dimension clusters".
    """
    ### BEGIN SOLUTION
    wh = np.asarray(wh, float)
    shapes = np.unique(wh, axis=0)

    def on_one_corner(sizes):
        return np.hstack([np.zeros_like(sizes), sizes])

    while True:  # where an anchor loses its last box, or the steps go in a circle, another start helps
        anchors = shapes[rng.choice(len(shapes), k, replace=False)]
        for _ in range(300):
            nearest = iou_matrix(on_one_corner(wh), on_one_corner(anchors)).argmax(axis=1)
            if len(np.unique(nearest)) < k:
                break
            before, anchors = anchors, np.array([wh[nearest == one].mean(axis=0) for one in range(k)])
            if np.array_equal(before, anchors):
                return anchors[np.argsort(anchors.prod(axis=1), kind="stable")]
    ### END SOLUTION


def encode_targets(boxes, classes, grid, anchors, n_classes):
    """What a detector should say about a picture.

    Arguments:
        boxes -- array (N, 4): centre x, y, width, height of N things, from 0 to 1; N may be 0
        classes -- array (N,), whole numbers from 0
        grid -- int S: the picture is cut into S × S cells
        anchors -- array (B, 2): widths and heights, in the same unit
        n_classes -- int C

    Returns:
        float32 array (S, S, B, 5 + C), zeros where there is nothing. A thing is told by the cell (row, column) that its centre
        lies in (a centre at 1.0 belongs to the last cell), and there by the anchor whose shape has the largest IoU with the
        thing's: 1, x·S − column, y·S − row, ln(w / w_anchor), ln(h / h_anchor), then its class, one-hot. Where two have the
        same cell and anchor, the later one counts

    Source: Redmon, Farhadi 2016, "YOLO9000: better, faster, stronger", section 2, "Direct location prediction".
    """
    ### BEGIN SOLUTION
    target = np.zeros((grid, grid, len(anchors), 5 + n_classes), np.float32)
    shapes = np.hstack([np.zeros_like(anchors), anchors])
    for (x, y, w, h), one in zip(boxes, classes, strict=True):
        column, row = (min(int(place * grid), grid - 1) for place in (x, y))
        best = iou_matrix(np.array([[0, 0, w, h]]), shapes)[0].argmax()
        told = target[row, column, best]
        told[:3] = 1, x * grid - column, y * grid - row
        told[3:5] = np.log(np.array([w, h]) / anchors[best])
        told[5:] = np.eye(n_classes)[one]
    return target
    ### END SOLUTION


def yolo_loss(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    """How far a detector is off.

    Arguments:
        y_true -- tensor (…, 5 + C): p, four numbers of the box, the class one-hot, as `encode_targets` has them; p is 0
            or 1
        y_pred -- tensor (…, 5 + C), what the detector says, in the same order
        lambda_coord -- float, the weight of the boxes' numbers
        lambda_noobj -- float, the weight of p where there is nothing

    Returns:
        one number, a tensor that gradients flow through: over all places the sum of squared differences. Where p is 1: of
        the four numbers, times lambda_coord; of p; of the classes. Where p is 0: of p alone, times lambda_noobj

    Source: Redmon, Divvala, Girshick, Farhadi 2015, "You only look once", equation 3, without the roots.
    """
    ### BEGIN SOLUTION
    there = y_true[..., :1]
    squares = ops.square(y_true - y_pred)
    of_boxes = ops.sum(there * squares[..., 1:5])
    of_classes = ops.sum(there * squares[..., 5:])
    of_things = ops.sum(there * squares[..., :1])
    of_nothing = ops.sum((1 - there) * squares[..., :1])
    return lambda_coord * of_boxes + of_things + lambda_noobj * of_nothing + of_classes
    ### END SOLUTION


def average_precision(recall, precision):
    """The area under the curve of precision over recall.

    To be written without a library's average precision or area under a curve.

    Arguments:
        recall -- array (K,), ascending, of the best 1, 2, … K guesses: the share of all things that they find; K may be 0
        precision -- array (K,): the share of them that are right

    Returns:
        float: the mean over the 101 recalls 0, 0.01, … 1 (`np.linspace(0, 1, 101)`) of the best precision that is reached
        with that much recall or more; 0 where so much is never reached. Nothing guessed: 0.0

    Source: Everingham et al. 2010, "The PASCAL visual object classes (VOC) challenge", section 4.2, at 101 recalls as COCO has
    it.
    """
    ### BEGIN SOLUTION
    # The best precision from here on: it can only fall.
    envelope = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
    return float(envelope[np.searchsorted(recall, np.linspace(0, 1, 101))].mean())
    ### END SOLUTION


def mean_average_precision(predictions, ground_truth, iou_threshold=0.5):
    """How good a detector is.

    To be written without a library's average precision.

    Arguments:
        predictions -- for each picture (scores, boxes, classes): arrays (K,), (K, 4), corners, and (K,), whole numbers
        ground_truth -- for each picture (boxes, classes): arrays (N, 4) and (N,); K and N may be 0
        iou_threshold -- float, the least IoU of a guess that is right; or several, then the mean over them is given

    Returns:
        float: the mean over the classes of their average precision; a class that nothing in the pictures is of is left out,
        and where that is so of all, it is 0.0.
        In each picture and class the best 100 guesses count, the best first; each takes, of the things not taken yet, the one
        with which it has the largest IoU, the last of equals, if that is at least the threshold: then it is right, else it
        is wrong. The guesses of all pictures, the best first, make the curve. Of equal scores the one that came first is the
        better: that of the earlier picture and, in one picture, that of the lower index

    Source: Lin et al. 2014, "Microsoft COCO", and its evaluation, https://cocodataset.org/#detection-eval.
    """
    ### BEGIN SOLUTION
    thresholds = np.atleast_1d(iou_threshold)
    things: dict = {}  # by class: how many there are
    guesses: dict = {}  # by class: of each picture scores (K,) and which guesses are right (T, K)
    for (scores, boxes, classes), (true_boxes, true_classes) in zip(predictions, ground_truth, strict=True):
        for one in np.unique(true_classes):
            things[one] = things.get(one, 0) + np.sum(true_classes == one)
        for one in np.unique(classes):
            mine = np.flatnonzero(classes == one)
            mine = mine[np.argsort(-scores[mine], kind="stable")][:100]
            overlap = iou_matrix(boxes[mine], true_boxes[true_classes == one])[:, ::-1]  # so that the last is the first
            right = np.zeros((len(thresholds), len(mine)), bool)
            for row, threshold in zip(right, thresholds, strict=True):
                free = overlap.copy()
                for place in np.flatnonzero((overlap >= threshold).any(axis=1)):
                    nearest = free[place].argmax()
                    if free[place, nearest] >= threshold:
                        row[place] = True
                        free[:, nearest] = -1
            guesses.setdefault(one, []).append((scores[mine], right))
    areas = []
    for one, count in things.items():
        if one not in guesses:
            areas += [0.0] * len(thresholds)
            continue
        scores, right = (np.concatenate(parts, axis=-1) for parts in zip(*guesses[one], strict=True))
        found = right[:, np.argsort(-scores, kind="stable")].cumsum(axis=1)
        for row in found:
            areas.append(average_precision(row / count, row / np.arange(1, len(row) + 1)))
    return float(np.mean(areas)) if areas else 0.0
    ### END SOLUTION
