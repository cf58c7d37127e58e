"""Blocks as layers of one's own; their parts are made in another order than they are used in."""

import keras
from keras import layers


def vgg_block(X, n_convs, filters):
    block = [layers.Conv2D(filters, 3, padding="same", activation=keras.activations.relu) for _ in range(n_convs)]
    return keras.Sequential([*block, layers.MaxPool2D()])(X)


def vgg(
    input_shape=(224, 224, 3),
    classes=1000,
    blocks=((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    units=4096,
):
    model = keras.Sequential([keras.Input(input_shape)])
    for n, filters in blocks:
        for _ in range(n):
            model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    for _ in range(2):
        model.add(layers.Dense(units, "relu"))
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(classes, "softmax"))
    return model


def auxiliary_head(X, classes, filters=128, units=1024):
    head = keras.Sequential(
        [
            layers.AveragePooling2D(5, 3),
            layers.Conv2D(filters, 1),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dropout(0.7),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    return head(X)


def inception_bn_module(X, filters, training=None):
    class Unit(layers.Layer):
        def __init__(self, n, f):
            super().__init__()
            self.norm = layers.BatchNormalization(axis=-1)
            self.conv = layers.Conv2D(n, f, padding="same", use_bias=False)

        def call(self, x, training=None):
            return keras.ops.relu(self.norm(self.conv(x), training=training))

    def way(x, *units):
        for n, f in units:
            x = Unit(n, f)(x, training=training)
        return x

    f1, f3_reduce, f3, d3_reduce, d3, f_pool = filters
    pooled = way(keras.ops.average_pool(X, 3, 1, padding="same"), (f_pool, 1))
    double = way(X, (d3_reduce, 1), (d3, 3), (d3, 3))
    three = way(X, (f3_reduce, 1), (f3, 3))
    return keras.ops.concatenate([way(X, (f1, 1)), three, double, pooled], axis=-1)


def factorised_conv(X, filters, n):
    class Thin(layers.Layer):
        def __init__(self):
            super().__init__()
            self.norms = [layers.BatchNormalization() for _ in range(2)]
            self.column = layers.Conv2D(filters, (n, 1), padding="same", use_bias=False)
            self.row = layers.Conv2D(filters, (1, n), padding="same", use_bias=False)

        def call(self, x, training=None):
            for convolution, norm in zip((self.row, self.column), self.norms):
                x = keras.ops.relu(norm(convolution(x), training=training))
            return x

    return Thin()(X)
