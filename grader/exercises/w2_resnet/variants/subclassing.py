"""Blocks as layers of one's own; their parts are made in another order than they are used in."""

import keras
from keras import layers
from keras.initializers import glorot_uniform, random_uniform


def identity_block(X, f, filters, initializer=random_uniform, training=None):
    class Residual(layers.Layer):
        def __init__(self):
            super().__init__()
            sizes = list(zip(filters, (1, f, 1)))[::-1]
            self.norms = [layers.BatchNormalization() for _ in sizes]
            self.convs = [layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0)) for n, size in sizes]

        def call(self, x, training=None):
            y = x
            for k in (2, 1, 0):
                y = self.norms[k](self.convs[k](y), training=training)
                y = keras.ops.relu(y if k else x + y)
            return y

    return Residual()(X, training=training)


def convolutional_block(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    class Residual(layers.Layer):
        def __init__(self):
            super().__init__()

            def both(n, size, stride=1):
                convolution = layers.Conv2D(n, size, stride, "same", kernel_initializer=initializer(seed=0))
                return convolution, layers.BatchNormalization(axis=-1)

            self.main = [both(filters[0], 1, s), both(filters[1], f), both(filters[2], 1)]
            self.short = both(filters[2], 1, s)

        def call(self, x, training=None):
            convolution, norm = self.short
            short = norm(convolution(x), training=training)
            for k, (convolution, norm) in enumerate(self.main):
                x = norm(convolution(x if k == 0 else keras.ops.relu(x)), training=training)
            return keras.ops.relu(short + x)

    return Residual()(X, training=training)


def ResNet50(input_shape=(64, 64, 3), classes=6):
    class Bottleneck(layers.Layer):
        def __init__(self, n, s, widens):
            super().__init__()
            self.short = [layers.Conv2D(4 * n, 1, strides=s), layers.BatchNormalization()] if widens else []
            sizes = [(n, 1, s), (n, 3, 1), (4 * n, 1, 1)]
            self.convs = [layers.Conv2D(*size, padding="same") for size in sizes]
            self.norms = [layers.BatchNormalization() for _ in sizes]

        def call(self, x, training=None):
            y = x
            for k in range(3):
                y = self.norms[k](self.convs[k](keras.ops.relu(y) if k else y), training=training)
            for layer in self.short:
                x = layer(x)
            return keras.ops.relu(x + y)

    last = layers.Dense(classes, activation="softmax")
    stages = [Bottleneck(64 * 2**stage, 2 if stage and not k else 1, k == 0) for stage in range(4) for k in range((3, 4, 6, 3)[stage])]
    stem = [layers.Conv2D(64, 7, strides=2), layers.BatchNormalization(), layers.Activation("relu"), layers.MaxPooling2D((3, 3), strides=(2, 2))]
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D((3, 3))(inputs)
    for layer in [*stem, *stages, layers.AveragePooling2D(2), layers.Flatten(), last]:
        x = layer(x)
    return keras.Model(inputs=inputs, outputs=x)


def inception_module(X, filters):
    class Inception(layers.Layer):
        def __init__(self, f1, f3_reduce, f3, f5_reduce, f5, f_pool):
            super().__init__()

            def way(*sizes):
                return keras.Sequential([layers.Conv2D(n, size, padding="same", activation="relu") for n, size in sizes])

            self.ways = [way((f1, 1)), way((f3_reduce, 1), (f3, 3)), way((f5_reduce, 1), (f5, 5))]
            self.pool = keras.Sequential([layers.MaxPooling2D(3, 1, "same"), layers.Conv2D(f_pool, 1), layers.ReLU()])

        def call(self, x):
            return keras.ops.concatenate([way(x) for way in [*self.ways, self.pool]], axis=3)

    return Inception(*filters)(X)
