"""Convolution and pooling from scratch: the reference functions of assignment `w1_conv`.

NumPy only, pictures as (m, n_H, n_W, n_C): m pictures, n_H rows, n_W columns, n_C channels.
Convolution means what it means in every deep-learning framework: cross-correlation, the kernel is not flipped
(Goodfellow, Bengio, Courville 2016, section 9.1). `convolve2d` is the one function that flips it.
"""

import numpy as np


def output_size(n, f, pad, stride):
    """Number of positions a filter takes along one side of a picture.

    Arguments:
        n -- length of the side, in pixels, at least 1
        f -- length of the filter, in pixels, at least 1 and at most n + 2 * pad
        pad -- zeros added at each end, at least 0
        stride -- step between two positions, in pixels, at least 1

    Returns:
        int, floor((n + 2 * pad - f) / stride) + 1

    Raises:
        ValueError -- where no such convolution exists (a size, a filter or a stride below 1, a negative pad,
            or a filter longer than the padded side)

    Source: Dumoulin, Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 6.
    """
    ### BEGIN SOLUTION
    if n < 1 or f < 1 or stride < 1:
        raise ValueError(f"n, f and stride must be at least 1, got n={n}, f={f}, stride={stride}")
    if pad < 0:
        raise ValueError(f"pad must be at least 0, got {pad}")
    if f > n + 2 * pad:
        raise ValueError(f"a filter of {f} does not fit into {n} pixels with a pad of {pad}")
    return (n + 2 * pad - f) // stride + 1
    ### END SOLUTION


def zero_pad(X, pad):
    """Surround every picture of a batch with `pad` rows and columns of zeros.

    Arguments:
        X -- array (m, n_H, n_W, n_C), any dtype
        pad -- int, rows and columns to add on each of the four sides

    Returns:
        array (m, n_H + 2 * pad, n_W + 2 * pad, n_C), of X's dtype; the batch and channel axes stay as they are
    """
    ### BEGIN SOLUTION
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    ### END SOLUTION


def conv_single_step(a_slice_prev, W, b):
    """Apply one filter at one position.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        a_slice_prev -- array (f, f, n_C_prev), the window under the filter
        W -- array (f, f, n_C_prev), the filter
        b -- array (1, 1, 1), the filter's bias

    Returns:
        Z -- np.float64, the sum of the window times the filter, plus the bias (one number, not an array)
    """
    ### BEGIN SOLUTION
    return np.float64(np.sum(a_slice_prev * W) + b[0, 0, 0])
    ### END SOLUTION


def conv_forward(A_prev, W, b, hparameters):
    """Forward pass of a convolutional layer, before its activation.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        A_prev -- array (m, n_H_prev, n_W_prev, n_C_prev), the layer's input
        W -- array (f, f, n_C_prev, n_C), n_C filters
        b -- array (1, 1, 1, n_C), a bias for each filter
        hparameters -- dict with "stride" and "pad", ints

    Returns:
        Z -- array (m, n_H, n_W, n_C), n_H = floor((n_H_prev + 2 * pad - f) / stride) + 1, n_W likewise
        cache -- (A_prev, W, b, hparameters), what conv_backward needs
    """
    ### BEGIN SOLUTION
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]

    n_H = output_size(n_H_prev, f, pad, stride)
    n_W = output_size(n_W_prev, f, pad, stride)
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                top, left = h * stride, w * stride
                a_slice_prev = A_prev_pad[i, top : top + f, left : left + f, :]
                for c in range(n_C):
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[..., c], b[..., c])

    return Z, (A_prev, W, b, hparameters)
    ### END SOLUTION


def pool_forward(A_prev, hparameters, mode="max"):
    """Forward pass of a pooling layer, without padding; every channel is pooled on its own.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        A_prev -- array (m, n_H_prev, n_W_prev, n_C)
        hparameters -- dict with "f", the side of the window, and "stride", ints
        mode -- "max" or "average"

    Returns:
        A -- array (m, n_H, n_W, n_C), n_H = floor((n_H_prev - f) / stride) + 1, n_W likewise
        cache -- (A_prev, hparameters), what pool_backward needs

    Raises:
        ValueError -- for any other mode
    """
    ### BEGIN SOLUTION
    if mode not in ("max", "average"):
        raise ValueError(f'mode must be "max" or "average", got {mode!r}')
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    f, stride = hparameters["f"], hparameters["stride"]

    n_H = output_size(n_H_prev, f, 0, stride)
    n_W = output_size(n_W_prev, f, 0, stride)
    A = np.zeros((m, n_H, n_W, n_C))

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                top, left = h * stride, w * stride
                for c in range(n_C):
                    window = A_prev[i, top : top + f, left : left + f, c]
                    A[i, h, w, c] = np.max(window) if mode == "max" else np.mean(window)

    return A, (A_prev, hparameters)
    ### END SOLUTION


def conv_backward(dZ, cache):
    """Backward pass of a convolutional layer: the gradients of the cost by its input, its filters and its biases.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        dZ -- array (m, n_H, n_W, n_C), gradient of the cost by the layer's output Z
        cache -- (A_prev, W, b, hparameters), as conv_forward returned it

    Returns:
        dA_prev -- array of A_prev's shape
        dW -- array of W's shape, summed over the batch (not divided by m)
        db -- array (1, 1, 1, n_C), likewise
    """
    ### BEGIN SOLUTION
    A_prev, W, b, hparameters = cache
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f = W.shape[0]
    stride, pad = hparameters["stride"], hparameters["pad"]
    _, n_H, n_W, n_C = dZ.shape

    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                rows = slice(h * stride, h * stride + f)
                columns = slice(w * stride, w * stride + f)
                for c in range(n_C):
                    dA_prev_pad[i, rows, columns, :] += W[..., c] * dZ[i, h, w, c]
                    dW[..., c] += A_prev_pad[i, rows, columns, :] * dZ[i, h, w, c]
                    db[..., c] += dZ[i, h, w, c]

    # Not [pad:-pad]: with a pad of 0 that is an empty slice.
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db
    ### END SOLUTION


def create_mask_from_window(x):
    """Mark where a window has its largest value.

    Arguments:
        x -- array (f, f)

    Returns:
        bool array of x's shape, True at the largest value, at each of them where several are equal
    """
    ### BEGIN SOLUTION
    return x == np.max(x)
    ### END SOLUTION


def distribute_value(dz, shape):
    """Spread one gradient evenly over the window whose average it came through.

    Arguments:
        dz -- number, gradient by the average
        shape -- (n_H, n_W), the window's shape

    Returns:
        float array of that shape, dz / (n_H * n_W) everywhere
    """
    ### BEGIN SOLUTION
    n_H, n_W = shape
    return np.full(shape, dz / (n_H * n_W))
    ### END SOLUTION


def pool_backward(dA, cache, mode="max"):
    """Backward pass of a pooling layer.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        dA -- array (m, n_H, n_W, n_C), gradient of the cost by the layer's output
        cache -- (A_prev, hparameters), as pool_forward returned it
        mode -- "max" (each largest value of a window receives the whole gradient) or "average"

    Returns:
        dA_prev -- array of A_prev's shape; where windows overlap their gradients add up

    Raises:
        ValueError -- for any other mode
    """
    ### BEGIN SOLUTION
    if mode not in ("max", "average"):
        raise ValueError(f'mode must be "max" or "average", got {mode!r}')
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                rows = slice(h * stride, h * stride + f)
                columns = slice(w * stride, w * stride + f)
                for c in range(n_C):
                    if mode == "max":
                        mask = create_mask_from_window(A_prev[i, rows, columns, c])
                        dA_prev[i, rows, columns, c] += mask * dA[i, h, w, c]
                    else:
                        dA_prev[i, rows, columns, c] += distribute_value(dA[i, h, w, c], (f, f))

    return dA_prev
    ### END SOLUTION


def cross_correlate2d(image, kernel):
    """Slide a kernel over a picture as it is: what deep learning calls a convolution.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        image -- array (n_H, n_W)
        kernel -- array (k_H, k_W), no larger than the image on either side; not necessarily square

    Returns:
        array (n_H - k_H + 1, n_W - k_W + 1), "valid" size: only positions where the kernel lies wholly inside
    """
    ### BEGIN SOLUTION
    k_H, k_W = kernel.shape
    n_H, n_W = image.shape[0] - k_H + 1, image.shape[1] - k_W + 1

    # Each entry of the kernel meets a part of the picture as large as the result: all positions at once.
    Z = np.zeros((n_H, n_W))
    for i in range(k_H):
        for j in range(k_W):
            Z += kernel[i, j] * image[i : i + n_H, j : j + n_W]
    return Z
    ### END SOLUTION


def convolve2d(image, kernel):
    """Convolve a picture with a kernel, as mathematics and signal processing define it: the kernel is flipped.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        image -- array (n_H, n_W)
        kernel -- array (k_H, k_W), no larger than the image on either side; not necessarily square

    Returns:
        array (n_H - k_H + 1, n_W - k_W + 1), "valid" size
    """
    ### BEGIN SOLUTION
    return cross_correlate2d(image, kernel[::-1, ::-1])
    ### END SOLUTION


def detect_edges(image, kernel):
    """Map of how strongly a picture changes in the direction that a kernel looks at.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        image -- array (n_H, n_W), a grey picture; uint8, other whole numbers or floats
        kernel -- array (k_H, k_W), such as Sobel's or Scharr's

    Returns:
        float array (n_H - k_H + 1, n_W - k_W + 1), the absolute value of the valid cross-correlation:
        an edge counts the same from dark to bright and from bright to dark
    """
    ### BEGIN SOLUTION
    # uint8 cannot hold a negative number: without the conversion, differences would wrap around at 0.
    return np.abs(cross_correlate2d(image.astype(float), kernel))
    ### END SOLUTION


def im2col(X, f, stride):
    """Copy every window of a batch into a row of one matrix, so that a convolution becomes a matrix product.

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        X -- array (m, n_H_prev, n_W_prev, n_C), padded already where padding is wanted
        f -- int, side of the window
        stride -- int

    Returns:
        array (m * n_H * n_W, f * f * n_C): picture by picture, window by window, row by row of windows; inside
        a window row by row, column by column, channel by channel
    """
    ### BEGIN SOLUTION
    m, n_H_prev, n_W_prev, n_C = X.shape
    n_H, n_W = output_size(n_H_prev, f, 0, stride), output_size(n_W_prev, f, 0, stride)

    # (m, n_H, n_W, n_C, f, f): the channels belong behind the window's rows and columns.
    windows = np.lib.stride_tricks.sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return windows.transpose(0, 1, 2, 4, 5, 3).copy().reshape(m * n_H * n_W, f * f * n_C)
    ### END SOLUTION


def conv_forward_fast(A_prev, W, b, hparameters):
    """Forward pass of a convolutional layer without a Python loop over pixels.

    Arguments and results are those of conv_forward.

    To be written without a library's convolution, and without `conv_forward`.

    Arguments:
        A_prev -- array (m, n_H_prev, n_W_prev, n_C_prev)
        W -- array (f, f, n_C_prev, n_C)
        b -- array (1, 1, 1, n_C)
        hparameters -- dict with "stride" and "pad", ints

    Returns:
        Z -- array (m, n_H, n_W, n_C)
        cache -- (A_prev, W, b, hparameters)
    """
    ### BEGIN SOLUTION
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H = output_size(n_H_prev, f, pad, stride)
    n_W = output_size(n_W_prev, f, pad, stride)

    # A row for each window times a column for each filter.
    Z = im2col(zero_pad(A_prev, pad), f, stride) @ W.reshape(-1, n_C)
    return Z.reshape(m, n_H, n_W, n_C) + b, (A_prev, W, b, hparameters)
    ### END SOLUTION


def conv_nd_forward(A_prev, W, b, stride=1, pad=0):
    """Convolution over any number of spatial axes: a signal (1-D), a picture (2-D), a scan or a film (3-D).

    To be written without a library's convolution, correlation or pooling.

    Arguments:
        A_prev -- array (m, *spatial, n_C_prev), one length for each spatial axis
        W -- array (*f, n_C_prev, n_C), one filter length for each spatial axis, not necessarily equal
        b -- array of n_C numbers, of any shape
        stride -- int, the same along every spatial axis
        pad -- int, zeros added at both ends of every spatial axis

    Returns:
        Z -- array (m, *out, n_C), out = floor((n + 2 * pad - f) / stride) + 1 along each spatial axis
    """
    ### BEGIN SOLUTION
    *f, _, _ = W.shape
    axes = range(len(f))
    n = [output_size(A_prev.shape[1 + axis], f[axis], pad, stride) for axis in axes]
    A_prev_pad = np.pad(A_prev, [(0, 0), *[(pad, pad)] * len(f), (0, 0)])

    # For each place in the filter: the pixels that it meets, one at each of the filter's positions.
    Z = np.ravel(b)
    for place in np.ndindex(*f):
        pixels = [slice(place[axis], place[axis] + stride * n[axis], stride) for axis in axes]
        Z = Z + A_prev_pad[:, *pixels] @ W[place]
    return Z
    ### END SOLUTION
