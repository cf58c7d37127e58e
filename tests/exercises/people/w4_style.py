from typing import Any

import numpy as np
from keras import ops

extractor: Any = None
a_S: Any = None
a_C: Any = None
STYLE_LAYERS: Any = None
optimizer: Any = None


# misconception: the layer's own stride is already multiplied in when the layer's window and padding are added
# named: the layer's own stride counts for its own window
def receptive_field(layers):
    size = 1
    jump = 1
    offset = 0
    for layer in layers:
        f, s, p = layer
        jump = jump * s
        size = size + (f - 1) * jump
        offset = offset + p * jump
    return size, jump, offset


# misconception: the padding is not subtracted, the window is taken to start at i * stride
# named: the padding is not subtracted
def top_activating_patches(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    m, n_h, n_w = activations.shape
    places = []
    for pic in range(m):
        for i in range(n_h):
            for j in range(n_w):
                places.append((-float(activations[pic, i, j]), pic, i, j))
    places.sort()
    places = places[:k]
    n_H, n_W, n_C = images.shape[1:]
    out = np.zeros((len(places), size, size, n_C), dtype=images.dtype)
    for number, (_, pic, i, j) in enumerate(places):
        top = i * stride
        left = j * stride
        for r in range(size):
            for c in range(size):
                if 0 <= top + r < n_H and 0 <= left + c < n_W:
                    out[number, r, c] = images[pic, top + r, left + c]
    return out


# misconception: the differences are squared instead of taken absolutely
# named: squares
def total_variation(image):
    n_H, n_W = image.shape[1], image.shape[2]
    vertical = image[:, 1:n_H, :, :] - image[:, 0 : n_H - 1, :, :]
    horizontal = image[:, :, 1:n_W, :] - image[:, :, 0 : n_W - 1, :]
    return ops.sum(ops.square(vertical)) + ops.sum(ops.square(horizontal))


# misconception: the first entry of the lists is taken instead of the last, which is the content layer
# named: the first layer
def compute_content_cost(content_output, generated_output):
    c = content_output[0]
    g = generated_output[0]
    n_H, n_W, n_C = g.shape[1], g.shape[2], g.shape[3]
    factor = 1.0 / (4.0 * n_H * n_W * n_C)
    return factor * ops.sum((c - g) ** 2)


# misconception: the product is the wrong way round, transpose(A) A: positions instead of channels
# named: of the transpose
def gram_matrix(A):
    flipped = ops.transpose(A)
    return ops.matmul(flipped, A)


# misconception: the tensor is reshaped straight to (n_C, n_H * n_W), without a transposition: rows are no channels
# named: reshaped without a transposition
def compute_layer_style_cost(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1], a_G.shape[2], a_G.shape[3]
    S = ops.reshape(a_S, (n_C, n_H * n_W))
    G = ops.reshape(a_G, (n_C, n_H * n_W))
    gram_S = ops.matmul(S, ops.transpose(S))
    gram_G = ops.matmul(G, ops.transpose(G))
    norm = 4.0 * float(n_C) ** 2 * float(n_H * n_W) ** 2
    return ops.sum(ops.square(gram_S - gram_G)) / norm


# misconception: the weights of STYLE_LAYERS are ignored, the layers' costs are just added
# named: weights ignored
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS):
    cost = 0.0
    for i in range(len(STYLE_LAYERS)):
        s = style_image_output[i]
        g = generated_image_output[i]
        n_H, n_W, n_C = g.shape[1], g.shape[2], g.shape[3]
        s = ops.reshape(s, (n_H * n_W, n_C))
        g = ops.reshape(g, (n_H * n_W, n_C))
        gap = ops.matmul(ops.transpose(s), s) - ops.matmul(ops.transpose(g), g)
        cost = cost + ops.sum(gap**2) / (4.0 * float(n_C) ** 2 * float(n_H * n_W) ** 2)
    return cost


# misconception: alpha and beta are exchanged
# named: alpha and beta exchanged
def total_cost(J_content, J_style, alpha=10, beta=40):
    J = beta * J_content
    J = J + alpha * J_style
    return J


# misconception: the picture is not clipped to [0, 1] after the step
# named: not clipped
def train_step(generated_image):
    import tensorflow as tf

    def layer_cost(s, g):
        _, h, w, c = g.shape
        s = tf.reshape(s, (h * w, c))
        g = tf.reshape(g, (h * w, c))
        gap = tf.matmul(s, s, transpose_a=True) - tf.matmul(g, g, transpose_a=True)
        return tf.reduce_sum(tf.square(gap)) / (4.0 * float(c) ** 2 * float(h * w) ** 2)

    with tf.GradientTape() as tape:
        seen = extractor(generated_image)
        _, h, w, c = seen[-1].shape
        content = tf.reduce_sum(tf.square(a_C[-1] - seen[-1])) / (4.0 * h * w * c)
        style = 0.0
        for i, (_, weight) in enumerate(STYLE_LAYERS):
            style += weight * layer_cost(a_S[i], seen[i])
        J = 10 * content + 40 * style
    grads = tape.gradient(J, [generated_image])
    optimizer.apply_gradients(list(zip(grads, [generated_image])))
    return J
