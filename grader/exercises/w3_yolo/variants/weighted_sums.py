"""Right solutions that weigh numbers where others choose among them."""

import numpy as np
from keras import ops


def localization_loss(y_true, y_pred):
    weights = np.ones(y_true.shape)
    weights[..., 1:] = y_true[..., :1]
    return np.mean(np.einsum("...i,...i->...", weights, np.square(y_pred - y_true)))


def yolo_boxes_to_corners(box_xy, box_wh):
    turn = ops.convert_to_tensor([[0, 1, 0, 1], [1, 0, 1, 0], [0, -0.5, 0, 0.5], [-0.5, 0, 0.5, 0]], dtype="float32")
    given = ops.concatenate([box_xy, box_wh], axis=-1)
    return ops.sum(ops.expand_dims(given, -1) * turn, axis=-2)


def yolo_loss(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    there = y_true[..., 0:1]
    weights = [there + lambda_noobj * (1 - there)] + 4 * [lambda_coord * there]
    weights += [there] * (y_true.shape[-1] - 5)
    return ops.sum(ops.concatenate(weights, axis=-1) * (y_pred - y_true) ** 2)
