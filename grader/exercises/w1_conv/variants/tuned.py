"""For speed: as few copies as can be, of as much as a cache holds. `course bench` measures conv_forward_fast."""

import numpy as np
from solutions.w1_conv import output_size


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, pad : pad + n_H, pad : pad + n_W] = X
    return X_pad


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.broadcast_to(dz / n_H / n_W, (n_H, n_W))


def im2col(X, f, stride):
    m, n_H_prev, n_W_prev, n_C = X.shape
    n_H, n_W = output_size(n_H_prev, f, 0, stride), output_size(n_W_prev, f, 0, stride)

    # The f * n_C numbers of one row of a window lie side by side in memory: one item to copy rather than many.
    X = np.ascontiguousarray(X)
    run = np.dtype((np.void, f * n_C * X.itemsize))
    s_m, s_H, s_W, _ = X.strides
    windows = np.ndarray((m, n_H, n_W, f), run, X, strides=(s_m, stride * s_H, stride * s_W, s_H))
    return windows.copy().view(X.dtype).reshape(m * n_H * n_W, f * f * n_C)


def conv_forward_fast(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H, n_W = output_size(n_H_prev, f, pad, stride), output_size(n_W_prev, f, pad, stride)
    dtype = np.result_type(A_prev, W, b)

    # The bias is one more row of the filter matrix, met by a column of ones: no second pass over Z.
    filters = np.concatenate([W.reshape(-1, n_C), b.reshape(1, n_C)], dtype=dtype)

    # As many pictures at a time as a cache of 1 MB holds windows of: they are read back before they have left it.
    step = max(1, min(m, 2**20 // (n_H * n_W * len(filters) * dtype.itemsize)))
    padded = np.zeros((step, n_H_prev + 2 * pad, n_W_prev + 2 * pad, n_C_prev), dtype)
    columns = np.ones((step, n_H, n_W, len(filters)), dtype)

    # As in im2col, one row of a window is one item to copy; here into the same matrix again and again.
    run = np.dtype((np.void, f * n_C_prev * dtype.itemsize))
    s_m, s_H, s_W, _ = padded.strides
    rows = columns[..., :-1].view(run)  # (step, n_H, n_W, f)
    windows = np.ndarray(rows.shape, run, padded, strides=(s_m, stride * s_H, stride * s_W, s_H))

    Z = np.empty((m, n_H, n_W, n_C), dtype)
    for i in range(0, m, step):
        k = min(step, m - i)
        padded[:k, pad : pad + n_H_prev, pad : pad + n_W_prev] = A_prev[i : i + k]
        rows[:k] = windows[:k]
        np.matmul(columns[:k].reshape(-1, len(filters)), filters, out=Z[i : i + k].reshape(-1, n_C))
    return Z, (A_prev, W, b, hparameters)


def conv_nd_forward(A_prev, W, b, stride=1, pad=0):
    m, *n_prev, n_C_prev = A_prev.shape
    *f, _, n_C = W.shape
    n = [output_size(side, length, pad, stride) for side, length in zip(n_prev, f, strict=True)]
    dtype = np.result_type(A_prev, W, b)
    filters = np.concatenate([W.reshape(-1, n_C), np.reshape(b, (1, n_C))], dtype=dtype)

    # conv_forward_fast, with one position and one offset inside the window for each spatial axis. The innermost
    # offset and the channels lie side by side in memory and are copied as one item.
    step = max(1, min(m, 2**20 // (int(np.prod(n)) * len(filters) * dtype.itemsize)))
    padded = np.zeros((step, *(side + 2 * pad for side in n_prev), n_C_prev), dtype)
    inside = (slice(None), *(slice(pad, pad + side) for side in n_prev))
    columns = np.ones((step, *n, len(filters)), dtype)

    run = np.dtype((np.void, f[-1] * n_C_prev * dtype.itemsize))
    s_m, *s, _ = padded.strides
    windows = np.ndarray((step, *n, *f[:-1]), run, padded, strides=(s_m, *(stride * along for along in s), *s[:-1]))
    rows = columns[..., :-1].view(run).reshape(windows.shape)  # a view still: it only splits an axis

    Z = np.empty((m, *n, n_C), dtype)
    for i in range(0, m, step):
        k = min(step, m - i)
        padded[:k][inside] = A_prev[i : i + k]
        rows[:k] = windows[:k]
        np.matmul(columns[:k].reshape(-1, len(filters)), filters, out=Z[i : i + k].reshape(-1, n_C))
    return Z
