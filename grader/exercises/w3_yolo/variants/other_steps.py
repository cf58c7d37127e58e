"""Right solutions whose steps are others, or come in another order."""

import numpy as np
from keras import ops
from solutions.w3_yolo import iou, iou_matrix, scale_boxes, yolo_boxes_to_corners, yolo_filter_boxes


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, classes = np.asarray(ops.convert_to_numpy(scores), float), np.asarray(ops.convert_to_numpy(classes), int)
    boxes = np.asarray(ops.convert_to_numpy(boxes), float).reshape(-1, 4)
    apart = boxes + 2 * (1 + np.abs(boxes).max(initial=0)) * classes[:, None]
    rest = np.argsort(-scores, kind="stable")
    best: list = []
    while rest.size and len(best) < max_boxes:
        best.append(rest[0])
        overlaps = np.array([iou(apart[rest[0]], apart[i]) for i in rest[1:]])
        rest = rest[1:][overlaps <= iou_threshold]
    return scores[best], boxes[best], classes[best]


def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, confidence, probabilities = yolo_outputs
    scores, both, classes = yolo_filter_boxes(ops.concatenate([xy, wh], axis=-1), confidence, probabilities, score_threshold)
    corners = yolo_boxes_to_corners(both[:, :2], both[:, 2:])
    return list(yolo_non_max_suppression(scores, scale_boxes(corners, image_shape), classes, max_boxes, iou_threshold))


def kmeans_anchors(wh, k, rng):
    def shares(anchors):
        both = np.minimum(sizes[:, None, 0], anchors[:, 0]) * np.minimum(sizes[:, None, 1], anchors[:, 1])
        return both / (np.prod(sizes, axis=1)[:, None] + np.prod(anchors, axis=1)[None] - both)

    sizes, best, most = np.array(wh, dtype=float), np.zeros((k, 2)), -1.0
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


def encode_targets(boxes, classes, grid, anchors, n_classes):
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


def average_precision(recall, precision):
    best, total, place = 0.0, 0.0, len(recall) - 1
    for least in np.linspace(0, 1, 101)[::-1]:
        while place >= 0 and recall[place] >= least:
            best = max(best, float(precision[place]))
            place -= 1
        total += best
    return total / 101
