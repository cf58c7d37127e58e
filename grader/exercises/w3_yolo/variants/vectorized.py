"""Right solutions in NumPy, on whole arrays."""

import numpy as np
from keras import ops
from solutions.w3_yolo import iou_matrix


def iou(box1, box2):
    box1, box2 = (np.array([float(number) for number in box]) for box in (box1, box2))
    sides = np.clip(np.minimum(box1[2:], box2[2:]) - np.maximum(box1[:2], box2[:2]), 0, None)
    common = np.prod(sides)
    either = np.prod(box1[2:] - box1[:2]) + np.prod(box2[2:] - box2[:2]) - common
    return 0.0 if either == 0 else common / either


def fc_to_conv(dense_weights, input_shape):
    h, w, c = input_shape
    converted = []
    for i in range(0, len(dense_weights), 2):
        W, b = dense_weights[i], dense_weights[i + 1]
        n_in, n_out = W.shape
        K = np.reshape(W, (h, w, c, n_out)) if i == 0 else np.reshape(W, (1, 1, n_in, n_out))
        converted.append(K)
        converted.append(b.copy())
    return converted


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = np.asarray(ops.convert_to_numpy(box_confidence) * ops.convert_to_numpy(box_class_probs), dtype=float)
    best = scores.argmax(axis=-1)
    scores = np.take_along_axis(scores, best[..., None], axis=-1)[..., 0]
    kept = np.nonzero(scores >= threshold)
    return [scores[kept], ops.convert_to_numpy(boxes)[kept], best[kept].astype(np.uint8)]


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
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


def yolo_boxes_to_corners(box_xy, box_wh):
    xy, wh = ops.convert_to_numpy(box_xy), ops.convert_to_numpy(box_wh)
    both = np.concatenate([xy - 0.5 * wh, xy + 0.5 * wh], axis=-1)
    return both[..., [1, 0, 3, 2]]


def scale_boxes(boxes, image_shape):
    return ops.convert_to_numpy(boxes) * np.array(list(image_shape) * 2, dtype="float64")


def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, sure, probabilities = (ops.convert_to_numpy(one).reshape(-1, one.shape[-1]) for one in yolo_outputs)
    best = probabilities.argmax(axis=1)
    scores = sure[:, 0] * probabilities.max(axis=1)
    low, high = (xy - wh / 2)[:, ::-1] * image_shape, (xy + wh / 2)[:, ::-1] * image_shape
    boxes = np.hstack([low, high])
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        rivals = [j for j in kept if best[j] == best[i] and iou(boxes[j], boxes[i]) > iou_threshold]
        if scores[i] >= score_threshold and not rivals and len(kept) < max_boxes:
            kept.append(i)
    return scores[kept], boxes[kept], best[kept]


def kmeans_anchors(wh, k, rng):
    shapes = np.unique(np.asarray(wh, dtype=float), axis=0)
    shapes = shapes[np.argsort(shapes[:, 0] * shapes[:, 1])]
    anchors = shapes[((np.arange(k) + 0.5) / k * len(shapes)).astype(int)]
    for _ in range(100):
        w, h = np.minimum(wh[:, :1], anchors[:, 0]), np.minimum(wh[:, 1:], anchors[:, 1])
        distance = 1 - w * h / (wh[:, :1] * wh[:, 1:] + anchors[:, 0] * anchors[:, 1] - w * h)
        nearest = np.argmin(distance, axis=1)
        moved = np.stack([wh[nearest == one].mean(axis=0) for one in range(k)])
        if np.array_equal(moved, anchors):
            break
        anchors = moved
    return moved[np.argsort(moved[:, 0] * moved[:, 1])]


def encode_targets(boxes, classes, grid, anchors, n_classes):
    places = boxes[:, :2] * grid
    cells = np.minimum(np.floor(places).astype(int), grid - 1)
    both = np.minimum(boxes[:, None, 2:], anchors[None]).prod(axis=-1)
    best = (both / (boxes[:, 2:].prod(axis=-1)[:, None] + anchors.prod(axis=-1) - both)).argmax(axis=-1)
    told = [np.ones((len(boxes), 1)), places - cells, np.log(boxes[:, 2:] / anchors[best]), np.eye(n_classes)[classes]]
    target = np.zeros((grid, grid, len(anchors), 5 + n_classes), dtype="float32")
    target[cells[:, 1], cells[:, 0], best] = np.concatenate(told, axis=1)
    return target


def average_precision(recall, precision):
    enough = np.asarray(recall)[None] >= np.linspace(0, 1, 101)[:, None]
    return np.where(enough, np.asarray(precision), 0).max(axis=1, initial=0).mean()


def mean_average_precision(predictions, ground_truth, iou_threshold=0.5):
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
            both = np.concatenate(rows)
            found = both[np.argsort(-both[:, 0], kind="stable"), 1].cumsum()
            table.append(average_precision(found / things, found / (1 + np.arange(len(found)))))
    return np.mean(table) if table else 0
