"""Right solutions in plain Python: loops, lists and questions."""

import math

import numpy as np
from keras import ops


def localization_loss(y_true, y_pred):
    truths, answers = np.atleast_2d(y_true), np.atleast_2d(y_pred)
    total = 0.0
    for truth, answer in zip(truths, answers):
        counted = len(truth) if truth[0] == 1 else 1
        for place in range(counted):
            total += (float(truth[place]) - float(answer[place])) ** 2
    return total / len(truths)


def iou(box1, box2):
    left, top = max(float(box1[0]), float(box2[0])), max(float(box1[1]), float(box2[1]))
    right, bottom = min(float(box1[2]), float(box2[2])), min(float(box1[3]), float(box2[3]))
    if right <= left or bottom <= top:
        return 0
    common = (right - left) * (bottom - top)
    total = sum((float(box[2]) - float(box[0])) * (float(box[3]) - float(box[1])) for box in (box1, box2))
    return common / (total - common)


def fc_to_conv(dense_weights, input_shape):
    W1, b1, *rest = dense_weights
    K1 = np.zeros((*input_shape, len(b1)), W1.dtype)
    for place, row in zip(np.ndindex(*input_shape), W1):
        K1[place] = row
    return (K1, b1, *(W[None, None] if W.ndim == 2 else W for W in rest))


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
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


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (np.array(ops.convert_to_numpy(given)) for given in (scores, boxes, classes))
    kept: list[int] = []
    for i in sorted(range(len(scores)), key=lambda i: scores[i], reverse=True):
        if len(kept) == max_boxes:
            break
        if not any(classes[i] == classes[j] and iou(boxes[i], boxes[j]) > iou_threshold for j in kept):
            kept.append(i)
    return [scores[i] for i in kept], [boxes[i] for i in kept], [int(classes[i]) for i in kept]


def kmeans_anchors(wh, k, rng):
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


def encode_targets(boxes, classes, grid, anchors, n_classes):
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


def average_precision(recall, precision):
    best = [max((p for r, p in zip(recall, precision) if r >= least), default=0.0) for least in np.linspace(0, 1, 101)]
    return sum(best) / 101


def mean_average_precision(predictions, ground_truth, iou_threshold=0.5):
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
