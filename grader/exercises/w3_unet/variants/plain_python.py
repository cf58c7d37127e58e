"""Loops and sets, NumPy only where numbers are added."""

import numpy as np


def conv_transpose_forward(A_prev, W, stride, pad):
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, n_C, _ = W.shape
    (top, bottom), (left, right) = [(pad, pad)] * 2 if isinstance(pad, int) else pad
    n_H, n_W = max((n_H_prev - 1) * stride + f, 0), max((n_W_prev - 1) * stride + f, 0)
    Z = np.zeros((m, n_H, n_W, n_C))
    for h in range(n_H_prev):
        for w in range(n_W_prev):
            window = np.einsum("mk,ijck->mijc", A_prev[:, h, w], W)
            Z[:, h * stride : h * stride + f, w * stride : w * stride + f] += window
    return Z[:, top : max(n_H - bottom, 0), left : max(n_W - right, 0)]


def mean_iou(y_true, y_pred, n_classes, ignore=None):
    truth, guess = y_true.ravel().tolist(), y_pred.ravel().tolist()
    known = {k for k, label in enumerate(truth) if ignore is None or label != ignore}
    found = []
    for c in set(range(n_classes)) - {ignore}:
        A, B = {k for k in known if truth[k] == c}, {k for k in known if guess[k] == c}
        if A | B:
            found.append(len(A & B) / len(A | B))
    return float(np.mean(found)) if found else 0.0


def dice(y_true, y_pred):
    A, B = ({k for k, value in enumerate(one.ravel().tolist()) if value > 0} for one in (y_true, y_pred))
    return 2 * len(A & B) / (len(A) + len(B)) if A or B else 1.0
