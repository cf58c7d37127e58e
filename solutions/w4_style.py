"""Painting by gradient descent: the reference functions of assignment `w4_style`.

What a network sees is looked at with NumPy. The costs are in Keras 3's own words and run on TensorFlow, JAX and PyTorch;
`train_step` is TensorFlow's. Pictures are (1, n_H, n_W, 3), values from 0 to 1.
"""

from typing import Any

import numpy as np
from keras import ops

# What `train_step` finds in the notebook: nothing here, until somebody puts it in.
extractor: Any = None
a_S: Any = None
a_C: Any = None
STYLE_LAYERS: Any = None
optimizer: Any = None


def receptive_field(layers):
    """Tell what part of the picture a unit sees.

    Arguments:
        layers -- list of (f, stride, pad), ints: side, step and padding of the window of every layer, from the picture up

    Returns:
        (size, stride, pad), ints: unit (i, j) of the last layer sees the square of size x size pixels whose first row is
        i · stride − pad and whose first column is j · stride − pad; (1, 1, 0) where there is no layer

    Source: Araujo, Norris, Sim 2019, "Computing receptive fields of convolutional neural networks", Distill, equations 1-4.
    """
    ### BEGIN SOLUTION
    size, step, before = 1, 1, 0
    for f, stride, pad in layers:
        size += (f - 1) * step
        before += pad * step
        step *= stride
    return size, step, before
    ### END SOLUTION


def top_activating_patches(activations, images, receptive_field, k=9):
    """Find the patches that excite one unit most.

    Arguments:
        activations -- array (m, n_h, n_w): what the unit answers in each picture, place by place
        images -- array (m, n_H, n_W, n_C)
        receptive_field -- (size, stride, pad), ints: place (i, j) sees size x size pixels, the first row is i · stride − pad
        k -- int, how many patches

    Returns:
        array (min(k, m · n_h · n_w), size, size, n_C): the patches, strongest first; among equals, the lower picture, row,
        column first. What lies outside of a picture is 0. Several may come from one picture.

    Source: Zeiler, Fergus 2014, "Visualizing and understanding convolutional networks", figure 2.
    """
    ### BEGIN SOLUTION
    size, stride, pad = receptive_field
    beyond = size + stride * max(activations.shape[1:])  # no window reaches further below or to the right
    order = np.argsort(-activations.ravel().astype(float), kind="stable")[:k]
    patches = np.empty((len(order), size, size, images.shape[3]), dtype=images.dtype)
    for place, (picture, i, j) in enumerate(zip(*np.unravel_index(order, activations.shape), strict=True)):
        padded = np.pad(images[picture], ((pad, beyond), (pad, beyond), (0, 0)))
        patches[place] = padded[i * stride : i * stride + size, j * stride : j * stride + size]
    return patches
    ### END SOLUTION


def total_variation(image):
    """Add up by how much neighbours differ.

    To be written without a library's total variation.

    Arguments:
        image -- tensor (1, n_H, n_W, 3)

    Returns:
        scalar tensor: the sum of absolute differences of each pixel to the one below and to the one on its right, over all
        channels

    Source: Rudin, Osher, Fatemi 1992, "Nonlinear total variation based noise removal algorithms", in its anisotropic form.
    """
    ### BEGIN SOLUTION
    down = ops.sum(ops.abs(image[:, 1:] - image[:, :-1]))
    across = ops.sum(ops.abs(image[:, :, 1:] - image[:, :, :-1]))
    return down + across
    ### END SOLUTION


def compute_content_cost(content_output, generated_output):
    """Compare what a layer sees in the photograph and in the generated picture.

    Arguments:
        content_output, generated_output -- lists of tensors, one a layer; the last of each is (1, n_H, n_W, n_C)

    Returns:
        scalar tensor: Σ (a_C − a_G)² / (4 n_H n_W n_C), of the last

    Source: Gatys, Ecker, Bethge 2016, "Image style transfer using convolutional neural networks", equation 1, with another
    constant.
    """
    ### BEGIN SOLUTION
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    return ops.sum(ops.square(a_C - a_G)) / (4 * n_H * n_W * n_C)
    ### END SOLUTION


def gram_matrix(A):
    """Multiply every channel with every channel.

    Arguments:
        A -- tensor (n_C, n_H · n_W), one row a channel

    Returns:
        tensor (n_C, n_C): A Aᵀ

    Source: Gatys, Ecker, Bethge 2016, equation 3.
    """
    ### BEGIN SOLUTION
    return ops.matmul(A, ops.transpose(A))
    ### END SOLUTION


def compute_layer_style_cost(a_S, a_G):
    """Compare the styles that one layer sees.

    Arguments:
        a_S, a_G -- tensors (1, n_H, n_W, n_C): what the layer sees in the painting and in the generated picture

    Returns:
        scalar tensor: Σ (G_S − G_G)² / (4 n_C² (n_H n_W)²), G the Gram matrices of the channels

    Source: Gatys, Ecker, Bethge 2016, equation 4.
    """
    ### BEGIN SOLUTION
    _, n_H, n_W, n_C = a_G.shape
    G_S, G_G = (gram_matrix(ops.transpose(ops.reshape(a, (n_H * n_W, n_C)))) for a in (a_S, a_G))
    return ops.sum(ops.square(G_S - G_G)) / (4 * n_C**2 * (n_H * n_W) ** 2)
    ### END SOLUTION


def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS):
    """Compare the styles that several layers see.

    Arguments:
        style_image_output, generated_image_output -- lists of tensors: what each style layer sees, in the order of
            STYLE_LAYERS, and after them what the content layer sees
        STYLE_LAYERS -- list of (name, weight), one for each style layer

    Returns:
        scalar tensor: the sum of the layers' style costs, each times its weight

    Source: Gatys, Ecker, Bethge 2016, equation 5.
    """
    ### BEGIN SOLUTION
    J_style = 0.0
    for a_S, a_G, (_, weight) in zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS, strict=True):
        J_style += weight * compute_layer_style_cost(a_S, a_G)
    return J_style
    ### END SOLUTION


def total_cost(J_content, J_style, alpha=10, beta=40):
    """Weigh content against style.

    Arguments:
        J_content, J_style -- scalars
        alpha, beta -- numbers, their weights

    Returns:
        scalar: alpha · J_content + beta · J_style

    Source: Gatys, Ecker, Bethge 2016, equation 7.
    """
    ### BEGIN SOLUTION
    return alpha * J_content + beta * J_style
    ### END SOLUTION


def train_step(generated_image):
    """Move the picture one step towards the photograph's content and the painting's style.

    It uses names of the notebook: `extractor`, the model that gives what the layers see of a picture, as a list; `a_S` and
    `a_C`, what it gives for the painting and for the photograph; `STYLE_LAYERS`; and `optimizer`, a Keras optimizer.

    Arguments:
        generated_image -- tf.Variable (1, n_H, n_W, 3), changed in place; afterwards its values are in [0, 1]

    Returns:
        scalar tensor J: the total cost, with alpha 10 and beta 40, of the picture as it came

    It must work by itself and inside of `tf.function`, which makes a graph of it: then Python's `float` and NumPy see no numbers.
    """
    import tensorflow as tf

    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        a_G = extractor(generated_image)
        J_content = compute_content_cost(a_C, a_G)
        J_style = compute_style_cost(a_S, a_G, STYLE_LAYERS)
        J = total_cost(J_content, J_style, alpha=10, beta=40)
    gradient = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(gradient, generated_image)])
    generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0))
    return J
    ### END SOLUTION
