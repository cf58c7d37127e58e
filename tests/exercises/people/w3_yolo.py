import numpy as np
from keras import ops


# misconception: the box and the classes count even where p_c is 0 (p_c is never looked at)
# named: everything counts, always
def localization_loss(y_true, y_pred):
    y = np.atleast_2d(np.asarray(y_true, dtype=float))
    y_hat = np.atleast_2d(np.asarray(y_pred, dtype=float))
    losses = []
    for target, guess in zip(y, y_hat):
        losses.append(np.sum((guess - target) ** 2))
    return float(np.mean(losses))


# misconception: widths and heights are a pixel more (+1), as for whole pixels, in the overlap and in both areas
# named: a pixel more on each side
def iou(box1, box2):
    x1, y1, x2, y2 = [float(v) for v in box1]
    u1, v1, u2, v2 = [float(v) for v in box2]
    left = max(x1, u1)
    top = max(y1, v1)
    right = min(x2, u2)
    bottom = min(y2, v2)
    inter = max(0.0, right - left + 1) * max(0.0, bottom - top + 1)
    area1 = (x2 - x1 + 1) * (y2 - y1 + 1)
    area2 = (u2 - u1 + 1) * (v2 - v1 + 1)
    return inter / (area1 + area2 - inter)


# misconception: the product width * height is clipped at 0, not each of the two (negative times negative counts as overlap)
# named: only the product is cut at 0
def iou_matrix(boxes1, boxes2):
    a = np.asarray(boxes1, dtype=float)[:, np.newaxis, :]
    b = np.asarray(boxes2, dtype=float)[np.newaxis, :, :]
    upper_left = np.maximum(a[..., :2], b[..., :2])
    lower_right = np.minimum(a[..., 2:], b[..., 2:])
    side = lower_right - upper_left
    inter = np.maximum(side[..., 0] * side[..., 1], 0)
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    union = area_a + area_b - inter
    return np.where(union > 0, inter / np.where(union > 0, union, 1.0), 0.0)


# misconception: takes Flatten to go through the channels first: W1 is cut as (c, h, w, n1) and then turned to (h, w, c, n1)
# named: channels first
def fc_to_conv(dense_weights, input_shape):
    h, w, c = input_shape
    result = []
    for i in range(0, len(dense_weights), 2):
        weight, bias = dense_weights[i], dense_weights[i + 1]
        n_out = weight.shape[1]
        if i == 0:
            kernel = np.transpose(weight.reshape(c, h, w, n_out), (1, 2, 0, 3))
        else:
            kernel = weight.reshape(1, 1, weight.shape[0], n_out)
        result.append(kernel)
        result.append(bias)
    return result


# misconception: the confidence alone is compared with the threshold, not the score (confidence times probability)
# named: the confidence alone decides
def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    boxes = ops.convert_to_tensor(boxes)
    confidence = ops.convert_to_tensor(box_confidence)[..., 0]
    probs = ops.convert_to_tensor(box_class_probs)
    best_class = ops.argmax(probs, axis=-1)
    best_score = confidence * ops.max(probs, axis=-1)
    mask = confidence >= threshold
    return best_score[mask], boxes[mask], best_class[mask]


# misconception: the suppression goes across the classes: a better box of another class removes a box too
# named: boxes of another class go too
def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    s = ops.convert_to_numpy(scores)
    b = ops.convert_to_numpy(boxes).reshape(-1, 4)
    c = ops.convert_to_numpy(classes).astype(int)

    def overlap(p, q):
        w = max(0.0, float(min(p[2], q[2]) - max(p[0], q[0])))
        h = max(0.0, float(min(p[3], q[3]) - max(p[1], q[1])))
        both = w * h
        either = float((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1])) - both
        return both / either if either > 0 else 0.0

    remaining = list(np.argsort(-s, kind="stable"))
    chosen = []
    while remaining and len(chosen) < max_boxes:
        best = remaining.pop(0)
        chosen.append(best)
        survivors = []
        for other in remaining:
            if overlap(b[best], b[other]) <= iou_threshold:
                survivors.append(other)
        remaining = survivors
    chosen = np.array(chosen, dtype=int)
    return s[chosen], b[chosen], c[chosen]


# misconception: the corners come as x_min, y_min, x_max, y_max: x first instead of rows first
# named: x first
def yolo_boxes_to_corners(box_xy, box_wh):
    centre = ops.convert_to_tensor(box_xy)
    size = ops.convert_to_tensor(box_wh)
    mins = centre - size / 2.0
    maxs = centre + size / 2.0
    return ops.concatenate([mins, maxs], axis=-1)


# misconception: height and width are mixed up: the y are multiplied by the width and the x by the height
# named: scaled with (width, height)
def scale_boxes(boxes, image_shape):
    h, w = int(image_shape[0]), int(image_shape[1])
    parts = [boxes[..., 0] * w, boxes[..., 1] * h, boxes[..., 2] * w, boxes[..., 3] * h]
    return ops.stack(parts, axis=-1)


# misconception: iou_threshold is not handed on to the suppression, whose default 0.5 is always used
# named: the overlap's threshold is ignored
def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    xy, wh, conf, probs = [ops.convert_to_numpy(t) for t in yolo_outputs]
    img_h, img_w = image_shape

    # corners
    y_min = xy[..., 1] - wh[..., 1] / 2
    x_min = xy[..., 0] - wh[..., 0] / 2
    y_max = xy[..., 1] + wh[..., 1] / 2
    x_max = xy[..., 0] + wh[..., 0] / 2
    corners = np.stack([y_min, x_min, y_max, x_max], axis=-1)

    # filter
    all_scores = (conf * probs).max(axis=-1)
    all_classes = probs.argmax(axis=-1)
    good = all_scores >= score_threshold
    scores, boxes, classes = all_scores[good], corners[good], all_classes[good]

    # scale
    boxes = boxes * np.array([img_h, img_w, img_h, img_w], dtype=boxes.dtype)

    # non-max suppression
    def nms(s, b, c, limit, iou_limit=0.5):
        picked = []
        for i in np.argsort(-s, kind="stable"):
            if len(picked) >= limit:
                break
            ok = True
            for j in picked:
                if c[i] != c[j]:
                    continue
                dy = max(0.0, float(min(b[i][2], b[j][2]) - max(b[i][0], b[j][0])))
                dx = max(0.0, float(min(b[i][3], b[j][3]) - max(b[i][1], b[j][1])))
                inter = dy * dx
                area_i = float((b[i][2] - b[i][0]) * (b[i][3] - b[i][1]))
                area_j = float((b[j][2] - b[j][0]) * (b[j][3] - b[j][1]))
                union = area_i + area_j - inter
                if union > 0 and inter / union > iou_limit:
                    ok = False
                    break
            if ok:
                picked.append(i)
        picked = np.array(picked, dtype=int)
        return s[picked], b[picked], c[picked]

    return nms(scores, boxes, classes, max_boxes)


# misconception: the nearest anchor is the one at the smallest Euclidean distance of (w, h), not with the largest IoU
# named: the nearest by Euclid
def kmeans_anchors(wh, k, rng):
    points = np.asarray(wh, dtype=float)
    candidates = np.unique(points, axis=0)
    centres = candidates[:k]
    finished = False
    attempts = 0
    while not finished and attempts < 50:
        attempts += 1
        start = rng.choice(len(candidates), size=k, replace=False)
        centres = candidates[start]
        for step in range(300):
            distance = np.sqrt(((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))
            owner = distance.argmin(axis=1)
            if len(set(owner.tolist())) < k:
                break  # an anchor without boxes: start anew
            updated = np.zeros((k, 2))
            for j in range(k):
                updated[j] = points[owner == j].mean(axis=0)
            if np.array_equal(updated, centres):
                finished = True
                break
            centres = updated
    area = centres[:, 0] * centres[:, 1]
    return centres[np.argsort(area, kind="stable")]


# misconception: the cell is addressed as (column, row) instead of (row, column): x picks the first axis
# named: row and column are swapped
def encode_targets(boxes, classes, grid, anchors, n_classes):
    n_anchors = len(anchors)
    out = np.zeros((grid, grid, n_anchors, 5 + n_classes), dtype=np.float32)
    for i in range(len(boxes)):
        x, y, w, h = boxes[i]
        col = min(int(np.floor(x * grid)), grid - 1)
        row = min(int(np.floor(y * grid)), grid - 1)
        best_anchor, best_overlap = 0, -1.0
        for a in range(n_anchors):
            inter = min(w, anchors[a][0]) * min(h, anchors[a][1])
            union = w * h + anchors[a][0] * anchors[a][1] - inter
            share = inter / union if union > 0 else 0.0
            if share > best_overlap:
                best_anchor, best_overlap = a, share
        cell = np.zeros(5 + n_classes, dtype=np.float32)
        cell[0] = 1
        cell[1] = x * grid - col
        cell[2] = y * grid - row
        cell[3] = np.log(w / anchors[best_anchor][0])
        cell[4] = np.log(h / anchors[best_anchor][1])
        cell[5 + int(classes[i])] = 1
        out[col, row, best_anchor] = cell
    return out


# misconception: the errors of the classes count everywhere, also where there is nothing
# named: classes where nothing is
def yolo_loss(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    obj = y_true[..., 0]
    diff = y_pred - y_true
    box_err = ops.sum(ops.square(diff[..., 1:5]), axis=-1)
    conf_err = ops.square(diff[..., 0])
    class_err = ops.sum(ops.square(diff[..., 5:]), axis=-1)
    loss = lambda_coord * ops.sum(obj * box_err)
    loss = loss + ops.sum(obj * conf_err)
    loss = loss + lambda_noobj * ops.sum((1.0 - obj) * conf_err)
    loss = loss + ops.sum(class_err)
    return loss


# misconception: takes the precision at the first place where the recall is reached, not the best one from there on
# named: precision as it stands
def average_precision(recall, precision):
    recall = np.asarray(recall, dtype=float)
    precision = np.asarray(precision, dtype=float)
    total = 0.0
    for level in np.linspace(0, 1, 101):
        reached = np.flatnonzero(recall >= level)
        if len(reached) > 0:
            total += precision[reached[0]]
    return float(total / 101)


# misconception: a thing can be found more than once: it is not marked as taken, so a second guess of it is right again
# named: a thing is found again and again
def mean_average_precision(predictions, ground_truth, iou_threshold=0.5):
    def overlaps(a, b):
        a, b = np.asarray(a, dtype=float).reshape(-1, 4), np.asarray(b, dtype=float).reshape(-1, 4)
        w = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
        h = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
        inter = np.clip(w, 0, None) * np.clip(h, 0, None)
        size_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
        size_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
        union = size_a[:, None] + size_b[None, :] - inter
        return np.where(union > 0, inter / np.where(union > 0, union, 1.0), 0.0)

    limits = np.atleast_1d(iou_threshold)
    labels = set()
    for _, true_classes in ground_truth:
        labels.update(int(c) for c in true_classes)
    if not labels:
        return 0.0
    values = []
    for label in sorted(labels):
        n_things = 0
        all_scores, all_best = [], []
        for (scores, boxes, classes), (true_boxes, true_classes) in zip(predictions, ground_truth):
            scores, boxes, classes = np.asarray(scores), np.asarray(boxes), np.asarray(classes)
            true_boxes, true_classes = np.asarray(true_boxes), np.asarray(true_classes)
            n_things += int((true_classes == label).sum())
            mine = np.flatnonzero(classes == label)
            mine = mine[np.argsort(-scores[mine], kind="stable")][:100]
            table = overlaps(boxes[mine], true_boxes[true_classes == label])
            for position, i in enumerate(mine):
                best = table[position].max() if table.shape[1] > 0 else -1.0
                all_scores.append(scores[i])
                all_best.append(best)
        order = np.argsort(-np.array(all_scores, dtype=float), kind="stable")
        best_sorted = np.array(all_best, dtype=float)[order]
        for limit in limits:
            tp = np.cumsum(best_sorted >= limit)
            recall = tp / n_things
            precision = tp / np.arange(1, len(tp) + 1)
            for p in range(len(precision) - 2, -1, -1):
                precision[p] = max(precision[p], precision[p + 1])
            precision = np.concatenate([precision, [0.0]])
            values.append(precision[np.searchsorted(recall, np.linspace(0, 1, 101))].mean())
    return float(np.mean(values))
