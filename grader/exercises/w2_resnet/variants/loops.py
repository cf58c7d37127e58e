"""Loops over what a block is made of."""

import keras
import numpy as np
from keras import layers
from keras.initializers import random_uniform


def plain_block(X, f, filters, initializer=random_uniform):
    block = keras.Sequential()
    for n, size in zip(filters, [1, f, 1]):
        block.add(layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0)))
        block.add(layers.BatchNormalization())
        block.add(layers.ReLU())
    return block(X)


def identity_block(X, f, filters, initializer=random_uniform, training=None):
    start = initializer(seed=0)
    Y = X
    for k, n in enumerate(filters):
        if k:
            Y = layers.Activation("relu")(Y)
        Y = layers.Conv2D(n, (1, 1) if k != 1 else (f, f), (1, 1), "valid" if k != 1 else "same", kernel_initializer=start)(Y)
        Y = layers.BatchNormalization(axis=-1)(Y, training=training)
    return layers.Activation("relu")(keras.ops.add(X, Y))


def multiply_adds(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    steps = [(1, n_C_prev, bottleneck), (f, bottleneck, n_C)] if bottleneck else [(f, n_C_prev, n_C)]
    return sum(int(np.prod([n_H, n_W, side, side, before, after])) for side, before, after in steps)
