"""Right solutions in Keras's words, on tensors."""

import numpy as np
from keras import ops
from solutions.w3_yolo import yolo_non_max_suppression


def localization_loss(y_true, y_pred):
    y_true, y_pred = ops.convert_to_tensor(y_true, dtype="float32"), ops.convert_to_tensor(y_pred, dtype="float32")
    squares = ops.square(y_true - y_pred)
    return ops.mean(squares[..., 0] + y_true[..., 0] * ops.sum(squares[..., 1:], axis=-1))


def iou(box1, box2):
    box1, box2 = ops.convert_to_tensor(box1, dtype="float32"), ops.convert_to_tensor(box2, dtype="float32")
    sides = ops.relu(ops.minimum(box1[2:], box2[2:]) - ops.maximum(box1[:2], box2[:2]))
    common = ops.prod(sides)
    either = ops.prod(box1[2:] - box1[:2]) + ops.prod(box2[2:] - box2[:2]) - common
    return float(common) / max(float(either), 1e-9)


def iou_matrix(boxes1, boxes2):
    boxes1, boxes2 = (ops.convert_to_tensor(boxes, dtype="float32") for boxes in (boxes1, boxes2))
    a, b = ops.expand_dims(boxes1, 1), ops.expand_dims(boxes2, 0)
    sides = ops.relu(ops.minimum(a[..., 2:], b[..., 2:]) - ops.maximum(a[..., :2], b[..., :2]))
    common = sides[..., 0] * sides[..., 1]
    either = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1]) + (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1]) - common
    return ops.convert_to_numpy(common / ops.maximum(either, 1e-9))


def fc_to_conv(dense_weights, input_shape):
    converted, size = [], tuple(input_shape)
    for W, b in zip(dense_weights[::2], dense_weights[1::2]):
        converted.extend([ops.reshape(W, (*size, W.shape[1])), ops.convert_to_tensor(b)])
        size = (1, 1, W.shape[1])
    return converted


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    probabilities = ops.reshape(box_class_probs, (-1, box_class_probs.shape[-1]))
    scores = ops.reshape(box_confidence, (-1,)) * ops.max(probabilities, axis=-1)
    places = ops.nonzero(scores >= threshold)[0]
    classes = ops.cast(ops.argmax(probabilities, axis=1), "int32")
    return ops.take(scores, places), ops.take(ops.reshape(boxes, (-1, 4)), places, axis=0), ops.take(classes, places)


def yolo_boxes_to_corners(box_xy, box_wh):
    mins, maxes = box_xy - (box_wh / 2.0), box_xy + (box_wh / 2.0)
    return ops.concatenate([mins[..., 1:2], mins[..., 0:1], maxes[..., 1:2], maxes[..., 0:1]], axis=-1)


def scale_boxes(boxes, image_shape):
    pairs = ops.reshape(boxes, (*boxes.shape[:-1], 2, 2))
    return ops.reshape(pairs * ops.convert_to_tensor(image_shape, dtype="float32"), boxes.shape)


def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, confidence, probabilities = yolo_outputs
    scores, boxes, classes = yolo_filter_boxes(yolo_boxes_to_corners(xy, wh), confidence, probabilities, threshold=score_threshold)
    scores, boxes, classes = yolo_non_max_suppression(scores, boxes, classes, max_boxes=max_boxes, iou_threshold=iou_threshold)
    boxes = ops.reshape(ops.convert_to_tensor(boxes, dtype="float32"), (-1, 4))
    return scores, scale_boxes(boxes, image_shape), classes


def kmeans_anchors(wh, k, rng):
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


def yolo_loss(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    differences = y_pred - y_true
    confidence, boxes, classes = differences[..., 0] ** 2, differences[..., 1:5], differences[..., 5:]
    here = lambda_coord * ops.sum(boxes**2, axis=-1) + confidence + ops.sum(classes**2, axis=-1)
    return ops.sum(ops.where(y_true[..., 0] > 0.5, here, lambda_noobj * confidence))


def average_precision(recall, precision):
    enough = np.asarray(recall, dtype="float64")[None] >= np.linspace(0, 1, 101)[:, None]
    padded = np.pad(enough * np.asarray(precision)[None], ((0, 0), (0, 1)))
    return ops.mean(ops.max(ops.convert_to_tensor(padded), axis=1))
