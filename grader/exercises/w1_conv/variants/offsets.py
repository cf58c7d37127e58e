"""A loop over the places in a filter or window; what each of them meets is a slice of the input."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from solutions.w1_conv import output_size, zero_pad


def conv_forward(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, pad)
    n_H = output_size(A_prev.shape[1], f, pad, stride)
    n_W = output_size(A_prev.shape[2], f, pad, stride)
    Z = np.zeros((len(X), n_H, n_W, W.shape[3])) + b
    for i in range(f):
        for j in range(f):
            Z += X[:, i : i + stride * n_H : stride, j : j + stride * n_W : stride] @ W[i, j]
    return Z, (A_prev, W, b, hparameters)


conv_forward_fast = conv_forward


def conv_backward(dZ, cache):
    A_prev, W, _, hparameters = cache
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    _, n_H, n_W, _ = dZ.shape
    X = zero_pad(A_prev, pad)
    dX, dW = np.zeros(X.shape), np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            rows, columns = slice(i, i + stride * n_H, stride), slice(j, j + stride * n_W, stride)
            dW[i, j] = np.einsum("mhwc,mhwk->ck", X[:, rows, columns], dZ)
            dX[:, rows, columns] += dZ @ W[i, j].T
    inside = dX[:, pad : dX.shape[1] - pad, pad : dX.shape[2] - pad]
    return inside, dW, dZ.sum(axis=(0, 1, 2), keepdims=True)


def pool_backward(dA, cache, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    _, n_H, n_W, _ = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    largest = windows.max(axis=(-2, -1))
    for i in range(f):
        for j in range(f):
            share = windows[..., i, j] == largest if mode == "max" else 1 / f**2
            dA_prev[:, i : i + stride * n_H : stride, j : j + stride * n_W : stride] += share * dA
    return dA_prev


def convolve2d(image, kernel):
    k_H, k_W = kernel.shape
    n_H, n_W = image.shape[0] - k_H + 1, image.shape[1] - k_W + 1
    result = np.zeros((n_H, n_W))
    for i in range(k_H):
        for j in range(k_W):
            top, left = k_H - 1 - i, k_W - 1 - j
            result += kernel[i, j] * image[top : top + n_H, left : left + n_W]
    return result
