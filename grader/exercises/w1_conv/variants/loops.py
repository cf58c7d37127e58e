"""Window by window, number by number."""

import numpy as np
from solutions.w1_conv import distribute_value, zero_pad


def output_size(n, f, pad, stride):
    if min(n, f, stride) < 1 or pad < 0 or f > n + 2 * pad:
        raise ValueError("impossible size")
    return len(range(0, n + 2 * pad - f + 1, stride))


def conv_single_step(a_slice_prev, W, b):
    total = float(b[0, 0, 0])
    for index in np.ndindex(W.shape):
        total += float(a_slice_prev[index]) * float(W[index])
    return total


def conv_forward(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H = (X.shape[1] - f) // stride + 1
    n_W = (X.shape[2] - f) // stride + 1
    Z = np.empty((len(X), n_H, n_W, W.shape[-1]))
    for h in range(n_H):
        for w in range(n_W):
            window = X[:, h * stride : h * stride + f, w * stride : w * stride + f]
            Z[:, h, w] = np.tensordot(window, W, axes=3) + b[0, 0]
    return Z, [A_prev, W, b, hparameters]


def pool_forward(A_prev, hparameters, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(f"no pooling is called {mode}")
    reduce = np.max if mode == "max" else np.mean
    f, stride = hparameters["f"], hparameters["stride"]
    rows = []
    for top in range(0, A_prev.shape[1] - f + 1, stride):
        starts = range(0, A_prev.shape[2] - f + 1, stride)
        rows.append(np.stack([reduce(A_prev[:, top : top + f, s : s + f], axis=(1, 2)) for s in starts], axis=1))
    return np.stack(rows, axis=1), (A_prev, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    f, s, p = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, p)
    dX, dW, db = np.zeros(X.shape), np.zeros_like(W), np.zeros_like(b)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            window = X[:, h * s : h * s + f, w * s : w * s + f]
            dW += np.tensordot(window, dZ[:, h, w], axes=(0, 0))
            dX[:, h * s : h * s + f, w * s : w * s + f] += np.tensordot(dZ[:, h, w], W, axes=(1, 3))
            db += dZ[:, h, w].sum(axis=0)
    if p:
        dX = dX[:, p:-p, p:-p]
    return dX, dW, db


def create_mask_from_window(x):
    largest = max(float(value) for value in x.ravel())
    return np.array([[float(value) == largest for value in row] for row in x])


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        place = (i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f), c)
        if mode == "max":
            dA_prev[place] += create_mask_from_window(A_prev[place]) * dA[i, h, w, c]
        elif mode == "average":
            dA_prev[place] += distribute_value(dA[i, h, w, c], (f, f))
        else:
            raise ValueError("mode must be max or average")
    return dA_prev


def cross_correlate2d(image, kernel):
    k_H, k_W = kernel.shape
    result = np.zeros((image.shape[0] - k_H + 1, image.shape[1] - k_W + 1))
    for h in range(result.shape[0]):
        for w in range(result.shape[1]):
            result[h, w] = (image[h : h + k_H, w : w + k_W] * kernel).sum()
    return result


def detect_edges(image, kernel):
    k_H, k_W = kernel.shape
    picture = image * 1.0
    n_H, n_W = image.shape[0] - k_H + 1, image.shape[1] - k_W + 1
    rows = [[abs(np.sum(picture[h : h + k_H, w : w + k_W] * kernel)) for w in range(n_W)] for h in range(n_H)]
    return np.array(rows, dtype=float)


def im2col(X, f, stride):
    m, n_H, n_W, _ = X.shape
    rows = []
    for i in range(m):
        for top in range(0, n_H - f + 1, stride):
            for left in range(0, n_W - f + 1, stride):
                rows.append(X[i, top : top + f, left : left + f].ravel())
    return np.array(rows)


def conv_nd_forward(A_prev, W, b, stride=1, pad=0):
    f = W.shape[:-2]
    X = np.pad(A_prev, [(0, 0)] + [(pad, pad)] * len(f) + [(0, 0)])
    out = [output_size(n, k, pad, stride) for n, k in zip(A_prev.shape[1:-1], f)]
    Z = np.zeros((X.shape[0], *out, W.shape[-1]))
    for place in np.ndindex(*out):
        window = tuple(slice(p * stride, p * stride + k) for p, k in zip(place, f))
        Z[(slice(None), *place)] = np.tensordot(X[(slice(None), *window)], W, axes=len(f) + 1) + np.ravel(b)
    return Z
