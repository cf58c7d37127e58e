"""Whole arrays at once."""

import numpy as np
from keras import ops


def receptive_field(layers):
    f, s, p = np.array(layers, dtype=int).reshape(-1, 3).T
    steps = np.cumprod(np.append(1, s))
    return 1 + np.sum((f - 1) * steps[:-1]), steps[-1], np.sum(p * steps[:-1])


def top_activating_patches(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    room = size + pad + stride * max(activations.shape[1:])  # more zeros than needed
    wide = np.pad(images, [(0, 0), (room, room), (room, room), (0, 0)])
    flat = np.argsort(activations.reshape(-1) * -1.0, kind="mergesort")
    found = []
    for place in flat[: min(k, activations.size)]:
        p, i, j = np.unravel_index(place, activations.shape)
        top, left = room + i * stride - pad, room + j * stride - pad
        found.append(wide[p][top : top + size, left : left + size])
    return np.array(found)


def total_variation(image):
    return sum(ops.sum(ops.absolute(ops.diff(image, axis=axis))) for axis in (1, 2))


def gram_matrix(A):
    return ops.sum(A[:, None] * A[None], axis=-1)


def compute_content_cost(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    m, n_H, n_W, n_C = ops.shape(a_G)
    a_C_unrolled = ops.transpose(ops.reshape(a_C, (m, n_H * n_W, n_C)), (0, 2, 1))
    a_G_unrolled = ops.transpose(ops.reshape(a_G, (m, n_H * n_W, n_C)), (0, 2, 1))
    return 1 / (4 * n_H * n_W * n_C) * ops.sum(ops.square(ops.subtract(a_C_unrolled, a_G_unrolled)))


def compute_layer_style_cost(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    S, G = ops.reshape(a_S, (-1, n_C)), ops.reshape(a_G, (-1, n_C))
    S, G = (ops.matmul(ops.transpose(one), one) / (n_H * n_W * n_C) for one in (S, G))  # before the difference
    return ops.sum(ops.square(ops.subtract(S, G))) / 4


def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS):
    costs = [compute_layer_style_cost(a_S, a_G) for a_S, a_G in zip(style_image_output[:-1], generated_image_output[:-1])]
    weights = ops.convert_to_tensor([weight for _, weight in STYLE_LAYERS], dtype="float32")
    return ops.sum(ops.stack(costs) * weights)


def total_cost(J_content, J_style, alpha=10, beta=40):
    return ops.add(ops.multiply(float(alpha), J_content), ops.multiply(float(beta), J_style))
