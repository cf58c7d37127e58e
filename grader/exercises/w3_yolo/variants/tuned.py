"""Right solutions made for speed."""

import numpy as np
from keras import ops


def iou_matrix(boxes1, boxes2):
    left1, top1, right1, bottom1 = np.ascontiguousarray(boxes1.T)[:, :, None] + 0.0  # (N, 1) each, and floats
    left2, top2, right2, bottom2 = np.ascontiguousarray(boxes2.T)[:, None, :] + 0.0  # (1, M) each
    # In place: a thousand boxes by a thousand are 8 MB, and fresh memory costs more than the arithmetic.
    width, spare = np.minimum(right1, right2), np.maximum(left1, left2)
    width -= spare
    height = np.minimum(bottom1, bottom2)
    height -= np.maximum(top1, top2, out=spare)
    intersection = np.maximum(width, 0, out=width)
    intersection *= np.maximum(height, 0, out=height)
    union = np.add((right1 - left1) * (bottom1 - top1), (right2 - left2) * (bottom2 - top2), out=spare)
    union -= intersection
    return np.divide(intersection, union, out=intersection, where=union > 0)


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = (ops.convert_to_numpy(given) for given in (scores, boxes, classes))
    boxes, classes = boxes.reshape(-1, 4), classes.astype(int)
    order = np.argsort(-scores, kind="stable")
    kept = []
    for one in np.unique(classes):
        mine: list = []
        left = order[classes[order] == one]
        while len(left) and len(mine) < max_boxes:  # in blocks: few boxes are looked at where few are wanted
            block, left = left[:64], left[64:]
            block = block[(iou_matrix(boxes[mine], boxes[block]) <= iou_threshold).all(axis=0)]
            apart = iou_matrix(boxes[block], boxes[block]) <= iou_threshold
            free = np.ones(len(block), bool)
            for place in range(len(block)):
                if free[place]:
                    free[place + 1 :] &= apart[place, place + 1 :]
            mine += block[free].tolist()
        kept += mine
    best = order[np.isin(order, kept)][:max_boxes]
    return scores[best], boxes[best], classes[best]
