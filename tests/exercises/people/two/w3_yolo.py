import numpy as np
import tensorflow as tf
from keras import ops


# misconception: the prediction decides what counts
# misconception: the classes are left out
def localization_loss(y_true, y_pred):
    y_true = np.asarray(y_true, dtype=float)
    y_pred = np.asarray(y_pred, dtype=float)
    if y_true.ndim == 1:
        y_true = y_true[np.newaxis, :]
        y_pred = y_pred[np.newaxis, :]

    total = 0.0
    for t, p in zip(y_true, y_pred):
        diff = (t - p) ** 2
        if p[0] >= 0.5:
            total += diff[:5].sum()
        else:
            total += diff[0]
    return total / len(y_true)


# misconception: the sign is dropped
# misconception: divided by the box around both
# named: divided by the box around both
def iou(box1, box2):
    ax1, ay1, ax2, ay2 = [float(v) for v in box1]
    bx1, by1, bx2, by2 = [float(v) for v in box2]

    area_a = (ax2 - ax1) * (ay2 - ay1)
    area_b = (bx2 - bx1) * (by2 - by1)
    if area_a == 0 and area_b == 0:
        return 0.0

    inter_w = abs(min(ax2, bx2) - max(ax1, bx1))
    inter_h = abs(min(ay2, by2) - max(ay1, by1))
    intersection = inter_w * inter_h

    union = (max(ax2, bx2) - min(ax1, bx1)) * (max(ay2, by2) - min(ay1, by1))
    return intersection / union


# misconception: Dice's coefficient
# misconception: only the product is cut at 0
# named: only the product is cut at 0; and Dice's coefficient
def iou_matrix(boxes1, boxes2):
    a = np.asarray(boxes1, dtype=float).reshape(-1, 4)[:, None, :]
    b = np.asarray(boxes2, dtype=float).reshape(-1, 4)[None, :, :]

    w = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    h = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    inter = np.maximum(w * h, 0.0)

    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    both = area_a + area_b

    result = np.zeros(both.shape)
    ok = both > 0
    result[ok] = 2 * inter[ok] / both[ok]
    return result


# misconception: 1 × 1 filters with in and out swapped
# misconception: rows and columns swapped
# named: rows and columns swapped; and 1 × 1 filters with in and out swapped
def fc_to_conv(dense_weights, input_shape):
    h, w, c = input_shape
    result = []
    for i in range(0, len(dense_weights), 2):
        W = np.asarray(dense_weights[i])
        b = dense_weights[i + 1]
        if i == 0:
            n1 = W.shape[1]
            K = W.reshape(w, h, c, n1)
            K = np.transpose(K, (1, 0, 2, 3))
        else:
            K = W.T[np.newaxis, np.newaxis, :, :]
        result.append(K)
        result.append(b)
    return result


# misconception: the class's probability alone decides
# misconception: classes that are no whole numbers
# named: the class's probability alone decides; and classes that are no whole numbers
def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    boxes = tf.reshape(tf.convert_to_tensor(boxes), [-1, 4])
    box_confidence = tf.convert_to_tensor(box_confidence)
    box_class_probs = tf.convert_to_tensor(box_class_probs)

    best_prob = tf.reduce_max(box_class_probs, axis=-1)
    best_class = tf.argmax(box_class_probs, axis=-1)

    conf = tf.reshape(box_confidence, [-1])
    prob = tf.reshape(best_prob, [-1])
    cls = tf.cast(tf.reshape(best_class, [-1]), tf.float32)

    keep = prob >= threshold
    scores = tf.boolean_mask(conf * prob, keep)
    kept_boxes = tf.boolean_mask(boxes, keep)
    classes = tf.boolean_mask(cls, keep)
    return scores, kept_boxes, classes


# misconception: a box that is gone takes others along
# misconception: max_boxes of each class
# named: max_boxes of each class
def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores = np.asarray(scores, dtype=float)
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    classes = np.asarray(classes).astype(int)

    order = np.argsort(-scores, kind="stable")
    overlap = iou_matrix(boxes, boxes)

    kept = []
    count = {}
    for pos, i in enumerate(order):
        c = int(classes[i])
        gone = False
        for j in order[:pos]:
            if classes[j] == c and overlap[i, j] > iou_threshold:
                gone = True
                break
        if gone:
            continue
        if count.get(c, 0) < max_boxes:
            kept.append(i)
            count[c] = count.get(c, 0) + 1

    kept = np.array(kept, dtype=int)
    return scores[kept], boxes[kept], classes[kept]


# misconception: the last corner is the size
# misconception: x first
# named: x first; and the last corner is the size
def yolo_boxes_to_corners(box_xy, box_wh):
    box_xy = ops.convert_to_tensor(box_xy)
    box_wh = ops.convert_to_tensor(box_wh)
    top_left = box_xy - box_wh / 2.0
    return ops.concatenate([top_left, box_wh], axis=-1)


# misconception: height, height, width, width
# misconception: whole pixels
# named: height, height, width, width; and whole pixels
def scale_boxes(boxes, image_shape):
    boxes = tf.convert_to_tensor(boxes)
    height = float(image_shape[0])
    width = float(image_shape[1])
    factors = tf.constant([height, height, width, width], dtype=boxes.dtype)
    return tf.round(boxes * factors)


# misconception: max_boxes is ignored
# misconception: the score's threshold is ignored
# named: the score's threshold is ignored
def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    corners = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(corners, box_confidence, box_class_probs)
    boxes = scale_boxes(boxes, image_shape)
    return yolo_non_max_suppression(scores, boxes, classes, iou_threshold=iou_threshold)


# misconception: largest first
# misconception: one step only
def kmeans_anchors(wh, k, rng):
    wh = np.asarray(wh, dtype=float)
    different = np.unique(wh, axis=0)
    start = different[rng.choice(len(different), size=k, replace=False)]

    def at_origin(sizes):
        return np.concatenate([np.zeros_like(sizes), sizes], axis=1)

    nearest = np.argmax(iou_matrix(at_origin(wh), at_origin(start)), axis=1)
    anchors = np.zeros((k, 2))
    for j in range(k):
        anchors[j] = wh[nearest == j].mean(axis=0)

    area = anchors[:, 0] * anchors[:, 1]
    return anchors[np.argsort(-area)]


# misconception: the replaced thing leaves its class
# misconception: row and column are swapped
# named: row and column are swapped; and the replaced thing leaves its class
def encode_targets(boxes, classes, grid, anchors, n_classes):
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    anchors = np.asarray(anchors, dtype=float)
    y = np.zeros((grid, grid, len(anchors), 5 + n_classes), dtype=np.float32)

    for (bx, by, bw, bh), c in zip(boxes, classes):
        col = min(int(bx * grid), grid - 1)
        row = min(int(by * grid), grid - 1)

        inter = np.minimum(bw, anchors[:, 0]) * np.minimum(bh, anchors[:, 1])
        union = bw * bh + anchors[:, 0] * anchors[:, 1] - inter
        a = int(np.argmax(inter / union))

        y[col, row, a, 0] = 1.0
        y[col, row, a, 1] = bx * grid - col
        y[col, row, a, 2] = by * grid - row
        y[col, row, a, 3] = np.log(bw / anchors[a, 0])
        y[col, row, a, 4] = np.log(bh / anchors[a, 1])
        y[col, row, a, 5 + int(c)] = 1.0
    return y


# misconception: classes where nothing is
# misconception: the weights are swapped
# named: the weights are swapped; and classes where nothing is
def yolo_loss(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = tf.cast(y_true, y_pred.dtype)

    sq = tf.square(y_true - y_pred)
    p = y_true[..., 0]

    obj_loss = tf.reduce_sum(p * sq[..., 0])
    noobj_loss = tf.reduce_sum((1.0 - p) * sq[..., 0])
    box_loss = tf.reduce_sum(p * tf.reduce_sum(sq[..., 1:5], axis=-1))
    class_loss = tf.reduce_sum(sq[..., 5:])

    return lambda_noobj * box_loss + obj_loss + class_loss + lambda_coord * noobj_loss


# misconception: the sum
# misconception: nothing guessed has no last recall
# named: nothing guessed has no last recall; and the sum
def average_precision(recall, precision):
    recall = np.asarray(recall, dtype=float)
    precision = np.asarray(precision, dtype=float)
    highest = recall[-1]

    area = 0.0
    for r in np.linspace(0, 1, 101):
        if r <= highest:
            area += precision[recall >= r].max()
    return float(area)


# misconception: a thing is found again and again
# misconception: picture by picture
# named: a thing is found again and again; and picture by picture
def mean_average_precision(predictions, ground_truth, iou_threshold=0.5):
    results = []
    for threshold in np.atleast_1d(iou_threshold):
        of_pictures = []
        for (scores, boxes, classes), (gt_boxes, gt_classes) in zip(predictions, ground_truth):
            scores = np.asarray(scores, dtype=float)
            boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
            classes = np.asarray(classes)
            gt_boxes = np.asarray(gt_boxes, dtype=float).reshape(-1, 4)
            gt_classes = np.asarray(gt_classes)

            aps = []
            for c in np.unique(gt_classes):
                things = gt_boxes[gt_classes == c]
                idx = np.flatnonzero(classes == c)
                idx = idx[np.argsort(-scores[idx], kind="stable")][:100]

                overlaps = iou_matrix(boxes[idx], things)
                right = overlaps.max(axis=1) >= threshold

                tp = np.cumsum(right)
                recall = tp / len(things)
                precision = tp / np.arange(1, len(idx) + 1)
                aps.append(average_precision(recall, precision))
            if aps:
                of_pictures.append(np.mean(aps))
        results.append(np.mean(of_pictures) if of_pictures else 0.0)
    return float(np.mean(results))
