"""Right solutions that do each row, column, class or kind by itself."""

import numpy as np
from keras import ops


def localization_loss(y_true, y_pred):
    width = y_true.shape[-1]
    truths, answers = y_true.reshape(-1, width), y_pred.reshape(-1, width)
    there = truths[:, 0] > 0.5
    of_things = np.linalg.norm(truths[there] - answers[there]) ** 2
    of_nothing = np.linalg.norm(truths[~there, 0] - answers[~there, 0]) ** 2
    return (of_things + of_nothing) / len(truths)


def iou(box1, box2):
    def length(low1, high1, low2, high2):
        """Of what two stretches have in common."""
        return max(0.0, high1 - low1 + high2 - low2 - (max(high1, high2) - min(low1, low2)))

    a, b = np.array(list(map(float, box1))), np.array(list(map(float, box2)))
    common = length(a[0], a[2], b[0], b[2]) * length(a[1], a[3], b[1], b[3])
    either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return np.float64(common / either if either else 0)


def iou_matrix(boxes1, boxes2):
    first, second = np.broadcast_arrays(boxes1[:, None].astype(np.float32), boxes2[None].astype(np.float32))
    starts, ends = np.maximum(first[..., :2], second[..., :2]), np.minimum(first[..., 2:], second[..., 2:])
    common = (ends - starts).clip(0).prod(axis=-1)
    both = sum((boxes[..., 2:] - boxes[..., :2]).prod(axis=-1) for boxes in (first, second))
    return common / np.maximum(both - common, 1e-12)


def fc_to_conv(dense_weights, input_shape):
    converted = []
    for number, weights in enumerate(dense_weights):
        if number % 2:
            converted.append(weights)
        elif number == 0:
            converted.append(np.stack([column.reshape(input_shape) for column in weights.T], axis=-1))
        else:
            converted.append(np.expand_dims(weights, (0, 1)))
    return converted


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
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


def yolo_boxes_to_corners(box_xy, box_wh):
    x, y = box_xy[..., 0], box_xy[..., 1]
    w, h = box_wh[..., 0], box_wh[..., 1]
    return ops.stack([y - h / 2, x - w / 2, y + h / 2, x + w / 2], axis=-1)


def scale_boxes(boxes, image_shape):
    height, width = image_shape[0], image_shape[1]
    return ops.stack([boxes[..., 0] * height, boxes[..., 1] * width, boxes[..., 2] * height, boxes[..., 3] * width], axis=-1)


def yolo_loss(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    y_true = ops.reshape(y_true, (-1, y_true.shape[-1]))
    y_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
    there = np.flatnonzero(ops.convert_to_numpy(y_true)[:, 0] == 1)
    gone = np.flatnonzero(ops.convert_to_numpy(y_true)[:, 0] == 0)
    total = lambda_noobj * ops.sum(ops.square(ops.take(y_pred, gone, axis=0)[:, 0]))
    difference = ops.square(ops.take(y_true, there, axis=0) - ops.take(y_pred, there, axis=0))
    return total + ops.sum(difference) + (lambda_coord - 1) * ops.sum(difference[:, 1:5])
