import numpy as np


# misconception: the padding is counted once instead of twice (n + pad - f instead of n + 2 * pad - f)
# named: padding counted once
def output_size(n, f, pad, stride):
    if n < 1:
        raise ValueError("n too small")
    if f < 1:
        raise ValueError("f too small")
    if stride < 1:
        raise ValueError("stride too small")
    if pad < 0:
        raise ValueError("pad is negative")
    if n + 2 * pad < f:
        raise ValueError("filter is too long")
    steps = (n + pad - f) // stride
    return int(steps + 1)


# misconception: the zeros go around the last two axes (width and channels), as if the data were channels first
# named: the channels are padded as columns
def zero_pad(X, pad):
    m, height, width, channels = X.shape
    padded = np.zeros((m, height, width + 2 * pad, channels + 2 * pad), dtype=X.dtype)
    padded[:, :, pad : pad + width, pad : pad + channels] = X
    return padded


# misconception: the bias is added to every product before summing, so it counts f * f * n_C_prev times
# named: the bias is added many times
def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W + b
    total = np.sum(s)
    return np.float64(total)


# misconception: the window does not move by the stride (it starts at h, w instead of h * stride, w * stride)
# named: windows ignore the stride
def conv_forward(A_prev, W, b, hparameters):
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, H_in, W_in, C_in = A_prev.shape
    f = W.shape[0]
    n_filters = W.shape[3]

    H_out = int((H_in + 2 * pad - f) / stride) + 1
    W_out = int((W_in + 2 * pad - f) / stride) + 1

    padded = np.zeros((m, H_in + 2 * pad, W_in + 2 * pad, C_in))
    padded[:, pad : pad + H_in, pad : pad + W_in, :] = A_prev

    Z = np.zeros((m, H_out, W_out, n_filters))
    for i in range(m):
        picture = padded[i]
        for h in range(H_out):
            vert_start = h
            vert_end = vert_start + f
            for w in range(W_out):
                horiz_start = w
                horiz_end = horiz_start + f
                patch = picture[vert_start:vert_end, horiz_start:horiz_end, :]
                for k in range(n_filters):
                    Z[i, h, w, k] = (patch * W[:, :, :, k]).sum() + b[0, 0, 0, k]

    cache = (A_prev, W, b, hparameters)
    return Z, cache


# misconception: the window is pooled over all channels together instead of each channel on its own
# named: channels are mixed
def pool_forward(A_prev, hparameters, mode="max"):
    if mode == "max":
        pool = np.max
    elif mode == "average":
        pool = np.mean
    else:
        raise ValueError("unknown mode: " + str(mode))

    size = hparameters["f"]
    step = hparameters["stride"]
    m, H_in, W_in, channels = A_prev.shape
    H_out = 1 + (H_in - size) // step
    W_out = 1 + (W_in - size) // step
    A = np.zeros((m, H_out, W_out, channels))

    for i in range(m):
        for h in range(H_out):
            for w in range(W_out):
                y, x = h * step, w * step
                for c in range(channels):
                    A[i, h, w, c] = pool(A_prev[i, y : y + size, x : x + size])

    return A, (A_prev, hparameters)


# misconception: the gradients of the filters and biases are averaged over the batch (divided by m) instead of summed
# named: divided by the batch
def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, H_in, W_in, C_in = A_prev.shape
    f = W.shape[0]
    _, H_out, W_out, n_filters = dZ.shape

    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant")
    dA_pad = np.zeros((m, H_in + 2 * pad, W_in + 2 * pad, C_in))
    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_filters))

    for i in range(m):
        for h in range(H_out):
            for w in range(W_out):
                y = h * stride
                x = w * stride
                for k in range(n_filters):
                    g = dZ[i, h, w, k]
                    dA_pad[i, y : y + f, x : x + f, :] += g * W[:, :, :, k]
                    dW[:, :, :, k] += g * A_pad[i, y : y + f, x : x + f, :]
                    db[0, 0, 0, k] += g

    dW = dW / m
    db = db / m
    dA_prev = dA_pad[:, pad : H_in + pad, pad : W_in + pad, :]
    return dA_prev, dW, db


# misconception: only the first of several equal largest values is marked (argmax)
# named: only the first maximum
def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    position = np.unravel_index(np.argmax(x), x.shape)
    mask[position] = True
    return mask


# misconception: the gradient is copied to every place without dividing by the number of places
# named: every entry gets everything
def distribute_value(dz, shape):
    rows, columns = shape
    a = np.ones((rows, columns))
    return a * dz


# misconception: in average mode the gradient is divided by the size of the output map (n_H * n_W), not of the window
# named: shared out among the outputs
def pool_backward(dA, cache, mode="max"):
    if mode != "max" and mode != "average":
        raise ValueError("mode has to be max or average")

    A_prev, hparameters = cache
    size = hparameters["f"]
    step = hparameters["stride"]
    m, n_H, n_W, channels = dA.shape
    dA_prev = np.zeros(A_prev.shape)

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                y0, x0 = h * step, w * step
                y1, x1 = y0 + size, x0 + size
                for c in range(channels):
                    g = dA[i, h, w, c]
                    if mode == "max":
                        window = A_prev[i, y0:y1, x0:x1, c]
                        dA_prev[i, y0:y1, x0:x1, c] += g * (window == window.max())
                    else:
                        average = g / (n_H * n_W)
                        dA_prev[i, y0:y1, x0:x1, c] += average * np.ones((size, size))

    return dA_prev


# misconception: the output is one too small on each side (n - k instead of n - k + 1)
# named: the last row and column are missing
def cross_correlate2d(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out_h = H - kh
    out_w = W - kw
    result = np.zeros((out_h, out_w))
    for y in range(out_h):
        for x in range(out_w):
            patch = image[y : y + kh, x : x + kw]
            result[y, x] = np.sum(patch * kernel)
    return result


# misconception: the kernel is not flipped, so this is a cross-correlation
# named: the kernel is not flipped
def convolve2d(image, kernel):
    kh, kw = kernel.shape
    out_h = image.shape[0] - kh + 1
    out_w = image.shape[1] - kw + 1
    result = np.zeros((out_h, out_w))
    for y in range(out_h):
        for x in range(out_w):
            acc = 0.0
            for i in range(kh):
                for j in range(kw):
                    acc += image[y + i, x + j] * kernel[i, j]
            result[y, x] = acc
    return result


# misconception: negative responses are set to 0 instead of taking the absolute value
# named: half of the edges are cut off
def detect_edges(image, kernel):
    img = image.astype(np.float64)
    kh, kw = kernel.shape
    out_h = img.shape[0] - kh + 1
    out_w = img.shape[1] - kw + 1
    edges = np.zeros((out_h, out_w))
    for y in range(out_h):
        for x in range(out_w):
            response = np.sum(img[y : y + kh, x : x + kw] * kernel)
            edges[y, x] = max(response, 0)
    return edges


# misconception: inside a window the channels come first (channel by channel, then rows, then columns)
# named: channels come first
def im2col(X, f, stride):
    m, H_in, W_in, channels = X.shape
    H_out = (H_in - f) // stride + 1
    W_out = (W_in - f) // stride + 1
    rows = []
    for i in range(m):
        for h in range(H_out):
            for w in range(W_out):
                y, x = h * stride, w * stride
                patch = X[i, y : y + f, x : x + f, :]
                rows.append(np.transpose(patch, (2, 0, 1)).flatten())
    return np.array(rows)


# misconception: the filters are reshaped to (n_C, f * f * n_C_prev) and transposed, which mixes the filters up
# named: the filters are laid out wrong
def conv_forward_fast(A_prev, W, b, hparameters):
    s = hparameters["stride"]
    p = hparameters["pad"]
    m, H_in, W_in, C_in = A_prev.shape
    f, _, _, n_filters = W.shape
    H_out = (H_in + 2 * p - f) // s + 1
    W_out = (W_in + 2 * p - f) // s + 1

    padded = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    # one entry of the filter at a time, all windows at once
    patches = np.zeros((m, H_out, W_out, f, f, C_in))
    for i in range(f):
        for j in range(f):
            patches[:, :, :, i, j, :] = padded[:, i : i + s * H_out : s, j : j + s * W_out : s, :]

    cols = patches.reshape(m * H_out * W_out, f * f * C_in)
    filters = W.reshape(n_filters, f * f * C_in).T
    Z = np.dot(cols, filters).reshape(m, H_out, W_out, n_filters)
    Z = Z + b
    return Z, (A_prev, W, b, hparameters)


# misconception: the zeros are added only in front of every spatial axis, not at both ends
# named: zeros at the beginning only
def conv_nd_forward(A_prev, W, b, stride=1, pad=0):
    n_axes = W.ndim - 2
    f = W.shape[:n_axes]
    widths = [(0, 0)]
    for _ in range(n_axes):
        widths.append((pad, 0))
    widths.append((0, 0))
    padded = np.pad(A_prev, widths)

    out = []
    for d in range(n_axes):
        out.append((padded.shape[d + 1] - f[d]) // stride + 1)

    Z = np.zeros((A_prev.shape[0], *out, W.shape[-1]))
    for position in np.ndindex(*out):
        window = [slice(None)]
        for d in range(n_axes):
            start = position[d] * stride
            window.append(slice(start, start + f[d]))
        patch = padded[tuple(window)]
        flat = patch.reshape(patch.shape[0], -1)
        Z[(slice(None), *position)] = flat @ W.reshape(-1, W.shape[-1])
    return Z + np.asarray(b).reshape(-1)
