import numpy as np


# misconception: the sum is overwritten
# misconception: the last row and column are missing
# named: the last row and column are missing; and the sum is overwritten
def cross_correlate2d(image, kernel):
    n_H, n_W = image.shape
    k_H, k_W = kernel.shape
    out = np.zeros((n_H - k_H, n_W - k_W))
    for i in range(n_H - k_H):
        for j in range(n_W - k_W):
            for a in range(k_H):
                for b in range(k_W):
                    out[i, j] = float(image[i + a, j + b]) * float(kernel[a, b])
    return out


# misconception: one axis is flipped
# misconception: the border is padded
def convolve2d(image, kernel):
    flipped = kernel[::-1]
    p_H, p_W = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((p_H, p_H), (p_W, p_W)))
    return cross_correlate2d(padded, flipped)


# misconception: the map is squeezed into bytes
# misconception: half of the edges are cut off
# named: the sign is kept; and the map is squeezed into bytes
def detect_edges(image, kernel):
    response = cross_correlate2d(np.asarray(image, dtype=float), np.asarray(kernel, dtype=float))
    # no negative brightness in a picture
    edges = np.maximum(response, 0)
    # back to a grey picture
    edges = np.minimum(edges, 255)
    return edges.astype(np.uint8)


# misconception: a float comes back
# misconception: padding counted once
# named: a float comes back; and padding counted once
def output_size(n, f, pad, stride):
    if n < 1 or f < 1 or stride < 1:
        raise ValueError("n, f and stride must be at least 1")
    if pad < 0:
        raise ValueError("pad must not be negative")
    if f > n + 2 * pad:
        raise ValueError("the filter is longer than the padded side")
    return np.floor((n + pad - f) / stride) + 1


# misconception: the dtype is lost
# misconception: only one side is padded
# named: only the side before is padded; and the dtype is lost
def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + pad, n_W + pad, n_C))
    X_pad[:, pad:, pad:, :] = X
    return X_pad


# misconception: a matrix product
# misconception: an array comes back
# named: an array comes back; and a matrix product
def conv_single_step(a_slice_prev, W, b):
    total = 0.0
    for c in range(W.shape[-1]):
        prod = a_slice_prev[:, :, c] @ W[:, :, c]
        total += prod.sum()
    Z = total + b
    return Z


# misconception: one filter for all channels
# misconception: the first bias for every filter
# named: the first bias for every filter; and one filter for all channels
def conv_forward(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]

    n_H = output_size(n_H_prev, f, pad, stride)
    n_W = output_size(n_W_prev, f, pad, stride)
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)

    weights = W[:, :, :, 0]
    biases = b[:, :, :, 0]
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):
            vert_start = h * stride
            vert_end = vert_start + f
            for w in range(n_W):
                horiz_start = w * stride
                horiz_end = horiz_start + f
                a_slice_prev = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                for c in range(n_C):
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, weights, biases)

    cache = (A_prev, W, b, hparameters)
    return Z, cache


# misconception: windows ignore the stride
# misconception: an unknown mode is accepted
# named: windows ignore the stride
def pool_forward(A_prev, hparameters, mode="max"):
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    f, stride = hparameters["f"], hparameters["stride"]
    n_H = output_size(n_H_prev, f, 0, stride)
    n_W = output_size(n_W_prev, f, 0, stride)
    A = np.zeros((m, n_H, n_W, n_C))
    for h in range(n_H):
        for w in range(n_W):
            window = A_prev[:, h : h + f, w : w + f, :]
            if mode == "max":
                A[:, h, w, :] = window.max(axis=(1, 2))
            else:
                A[:, h, w, :] = window.mean(axis=(1, 2))
    return A, (A_prev, hparameters)


# misconception: the bias gradient is an average
# misconception: gradients overwrite each other
# named: the bias gradient is an average
def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f = W.shape[0]
    _, n_H, n_W, n_C = dZ.shape

    A_pad = zero_pad(A_prev, pad)
    dA_pad = np.zeros(A_pad.shape)
    dW = np.zeros(W.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                top, left = h * stride, w * stride
                dz = dZ[i, h, w]
                window = A_pad[i, top : top + f, left : left + f]
                dA_pad[i, top : top + f, left : left + f] = np.sum(W * dz, axis=-1)
                dW += window[..., np.newaxis] * dz

    db = np.mean(dZ, axis=(0, 1, 2)).reshape(1, 1, 1, n_C)
    dA_prev = dA_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db


# misconception: only the first maximum
# misconception: numbers instead of bools
# named: only the first maximum; and numbers instead of bools
def create_mask_from_window(x):
    mask = np.zeros(x.shape)
    where = np.unravel_index(np.argmax(x), x.shape)
    mask[where] = 1
    return mask


# misconception: the share is rounded down
# misconception: divided by the rows alone
# named: divided by the rows alone; and the share is rounded down
def distribute_value(dz, shape):
    share = dz // shape[0]
    return np.ones(shape) * share


# misconception: an unknown mode is accepted
# misconception: values instead of gradients
# named: values instead of gradients
def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    s = hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(m, n_H, n_W, n_C):
        rows = slice(h * s, h * s + f)
        cols = slice(w * s, w * s + f)
        if mode == "max":
            window = A_prev[i, rows, cols, c]
            mask = create_mask_from_window(window)
            dA_prev[i, rows, cols, c] += mask * window
        else:
            dA_prev[i, rows, cols, c] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev


# misconception: channels come first
# misconception: windows run down the columns
# named: channels come first; and windows run down the columns
def im2col(X, f, stride):
    m, n_H_prev, n_W_prev, n_C = X.shape
    n_H = output_size(n_H_prev, f, 0, stride)
    n_W = output_size(n_W_prev, f, 0, stride)
    rows = []
    for x in X:
        for w in range(n_W):
            for h in range(n_H):
                y0 = h * stride
                x0 = w * stride
                patch = x[y0 : y0 + f, x0 : x0 + f, :]
                rows.append(patch.transpose(2, 0, 1).ravel())
    return np.array(rows)


# misconception: rows and columns are swapped
# misconception: the filters are laid out wrong
# named: the filters are laid out wrong
def conv_forward_fast(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, n_C = W.shape[0], W.shape[-1]
    n_H = output_size(n_H_prev, f, pad, stride)
    n_W = output_size(n_W_prev, f, pad, stride)

    cols = im2col(zero_pad(A_prev, pad), f, stride)
    filters = W.reshape(n_C, -1).T
    Z = cols @ filters + b.reshape(1, n_C)
    Z = Z.reshape(m, n_W, n_H, n_C).transpose(0, 2, 1, 3)
    return Z, (A_prev, W, b, hparameters)


# misconception: the bias is left out
# misconception: the filters are flipped
# named: the bias is left out; and the filters are flipped
def conv_nd_forward(A_prev, W, b, stride=1, pad=0):
    d = A_prev.ndim - 2
    m = A_prev.shape[0]
    n_C = W.shape[-1]
    f = W.shape[:d]
    out = tuple(output_size(n, k, pad, stride) for n, k in zip(A_prev.shape[1:-1], f))

    A = np.pad(A_prev, [(0, 0)] + [(pad, pad)] * d + [(0, 0)])
    W_flip = np.flip(W, axis=tuple(range(d)))

    Z = np.zeros((m,) + out + (n_C,))
    for offset in np.ndindex(*f):
        index = [slice(None)]
        for o, n in zip(offset, out):
            index.append(slice(o, o + (n - 1) * stride + 1, stride))
        index.append(slice(None))
        Z += A[tuple(index)] @ W_flip[offset]
    return Z
