from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

extractor: Any = None
a_S: Any = None
a_C: Any = None
STYLE_LAYERS: Any = None
optimizer: Any = None


# misconception: the layer's own stride counts for its own window
# misconception: paddings are added as they are
def receptive_field(layers):
    size, jump, offset = 1, 1, 0
    for f, s, p in layers:
        jump *= s
        size += (f - 1) * jump
        offset += p
    return size, jump, offset


# misconception: weakest of the chosen first
# misconception: stride ignored
# named: weakest of the chosen first; and stride ignored
def top_activating_patches(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    m, n_H, n_W, n_C = images.shape
    flat = np.asarray(activations, dtype=float).ravel()
    best = np.argsort(-flat, kind="stable")[:k]
    best = best[::-1]

    patches = np.zeros((len(best), size, size, n_C), dtype=images.dtype)
    for n, index in enumerate(best):
        pic, i, j = np.unravel_index(index, activations.shape)
        top = i - pad
        left = j - pad
        for r in range(size):
            for c in range(size):
                y, x = top + r, left + c
                if 0 <= y < n_H and 0 <= x < n_W:
                    patches[n, r, c] = images[pic, y, x]
    return patches


# misconception: round the edge
# misconception: squares
# named: squares; and round the edge
def total_variation(image):
    below = ops.roll(image, -1, axis=1)
    right = ops.roll(image, -1, axis=2)
    return ops.sum(ops.square(below - image)) + ops.sum(ops.square(right - image))


# misconception: the squared sum
# misconception: one half
# named: the squared sum; and one half
def compute_content_cost(content_output, generated_output):
    a_C = content_output[-1]
    a_G = generated_output[-1]
    difference = ops.sum(a_C - a_G)
    return 0.5 * difference**2


# misconception: the means are taken away first
# misconception: channels are brought to length 1
# named: the means are taken away first
def gram_matrix(A):
    A = A - ops.mean(A, axis=1, keepdims=True)
    lengths = ops.sqrt(ops.sum(ops.square(A), axis=1, keepdims=True))
    A = A / ops.maximum(lengths, 1e-12)
    return ops.matmul(A, ops.transpose(A))


# misconception: not divided
# misconception: Gram matrix of the places
# named: Gram matrix of the places; and not divided
def compute_layer_style_cost(a_S, a_G):
    _, n_H, n_W, n_C = a_G.shape
    S = tf.reshape(a_S, (n_H * n_W, n_C))
    G = tf.reshape(a_G, (n_H * n_W, n_C))
    diff = gram_matrix(S) - gram_matrix(G)
    J_layer = tf.reduce_sum(tf.square(diff))
    return J_layer


# misconception: weights are squared
# misconception: the first layer is left out
# named: the first layer is left out; and weights are squared
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS):
    J_style = 0.0
    # the content layer does not belong to the style
    a_S = style_image_output[1:]
    a_G = generated_image_output[1:]
    for i, (name, weight) in enumerate(STYLE_LAYERS):
        J_style += weight**2 * compute_layer_style_cost(a_S[i], a_G[i])
    return J_style


# misconception: style taken away
# misconception: weights brought to a sum of 1
# named: style taken away; and weights brought to a sum of 1
def total_cost(J_content, J_style, alpha=10, beta=40):
    total = alpha + beta
    alpha, beta = alpha / total, beta / total
    return alpha * J_content - beta * J_style


# misconception: a step without the optimizer
# misconception: alpha and beta exchanged
def train_step(generated_image):
    with tf.GradientTape() as tape:
        a_G = extractor(generated_image)
        J_style = compute_style_cost(a_S, a_G, STYLE_LAYERS)
        J_content = compute_content_cost(a_C, a_G)
        J = total_cost(J_content, J_style, alpha=40, beta=10)
    grad = tape.gradient(J, generated_image)
    stepped = generated_image - 0.02 * grad
    generated_image.assign(tf.clip_by_value(stepped, 0.0, 1.0))
    return J
