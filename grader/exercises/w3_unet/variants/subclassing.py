"""A layer of its own."""

import keras
from keras import layers


def conv_block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    class Look(layers.Layer):
        def __init__(self):
            super().__init__()
            self.drop = layers.Dropout(dropout_prob)
            self.second, self.first = (layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal") for _ in "ab")

        def call(self, x, training=None):
            x = keras.ops.relu(self.second(keras.ops.relu(self.first(x))))
            return self.drop(x, training=training)

    skip = Look()(inputs)
    return (keras.ops.max_pool(skip, 2, 2) if max_pooling else skip), skip


def upsampling_block(expansive_input, contractive_input, n_filters=32):
    class Up(layers.Layer):
        def __init__(self):
            super().__init__()
            self.looks = [layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal") for _ in range(2)]
            self.grow = layers.Conv2DTranspose(n_filters, 3, 2, "same", kernel_initializer="he_normal")

        def call(self, below, beside):
            x = keras.ops.concatenate([self.grow(below), beside], axis=-1)
            for look in self.looks:
                x = keras.ops.relu(look(x))
            return x

    return Up()(expansive_input, contractive_input)
