"""Loops over layers, pixels and rows."""

import numpy as np
from keras import ops
from solutions.w4_style import STYLE_LAYERS, a_C, a_S, compute_content_cost, compute_layer_style_cost, extractor, optimizer


def receptive_field(layers):
    # from the top down: which pixels do units 0 and 1 need?
    first, last, second = 0, 0, 1
    for f, stride, pad in reversed(layers):
        first, last, second = first * stride - pad, last * stride - pad + f - 1, second * stride - pad
    return last - first + 1, second - first, -first


def top_activating_patches(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    m, n_h, n_w = activations.shape
    places = sorted((-float(activations[p, i, j]), p, i, j) for p in range(m) for i in range(n_h) for j in range(n_w))[:k]
    found = np.zeros((len(places), size, size, images.shape[-1]))
    for number, (_, p, i, j) in enumerate(places):
        for row in range(size):
            for column in range(size):
                y, x = i * stride - pad + row, j * stride - pad + column
                if 0 <= y < images.shape[1] and 0 <= x < images.shape[2]:
                    found[number, row, column] = images[p, y, x]
    return found


def total_variation(image):
    total = 0.0
    for row in range(image.shape[1] - 1):
        total = total + ops.sum(ops.abs(image[0, row + 1] - image[0, row]))
    for column in range(image.shape[2] - 1):
        total = total + ops.sum(ops.abs(image[0, :, column + 1] - image[0, :, column]))
    return total


def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS):
    total = ops.convert_to_tensor(0.0)
    for k in range(len(STYLE_LAYERS)):
        total = total + STYLE_LAYERS[k][1] * compute_layer_style_cost(style_image_output[k], generated_image_output[k])
    return total


def total_cost(J_content, J_style, alpha=10, beta=40):
    return sum(weight * cost for weight, cost in ((beta, J_style), (alpha, J_content)))


def train_step(generated_image):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        a_G = extractor(generated_image)
        J = 40 * compute_style_cost(a_S, a_G, STYLE_LAYERS) + 10 * compute_content_cost(a_C, a_G)
    slope = tape.gradient(J, generated_image)
    optimizer.apply_gradients(zip([slope], [generated_image]))
    generated_image.assign(tf.clip_by_value(generated_image, clip_value_min=0.0, clip_value_max=1.0))
    return tf.identity(J)
