"""What repeats is written once, as a function inside."""

import keras
from keras import layers
from keras.initializers import glorot_uniform


def convolutional_block(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    def step(X, n, size):
        X = layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0))(X)
        return layers.BatchNormalization(axis=3)(X, training=training)

    X = X[:, ::s, ::s, :]  # a 1x1 convolution with stride s sees these places and no others
    Y = layers.Activation("relu")(step(X, filters[0], 1))
    Y = layers.Activation("relu")(step(Y, filters[1], f))
    return layers.Activation("relu")(layers.add([step(X, filters[2], 1), step(Y, filters[2], 1)]))


def multiply_adds(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    def cost(f, before, after):
        return (f**2 * before) * (n_H * n_W * after)

    return cost(f, n_C_prev, n_C) if bottleneck is None else cost(1, n_C_prev, bottleneck) + cost(f, bottleneck, n_C)


def inception_module(X, filters):
    def conv(X, n, size):
        return keras.ops.relu(layers.Conv2D(n, (size, size), padding="same")(X))

    f1, f3_reduce, f3, f5_reduce, f5, f_pool = filters
    pooled = conv(keras.ops.max_pool(X, 3, 1, padding="same"), f_pool, 1)
    five = conv(conv(X, f5_reduce, 1), f5, 5)
    three = conv(conv(X, f3_reduce, 1), f3, 3)
    return keras.ops.concatenate([conv(X, f1, 1), three, five, pooled], axis=-1)
