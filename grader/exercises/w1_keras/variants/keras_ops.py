"""Keras's operations in place of NumPy's and of layers; models made of models, and a class of one's own."""

import keras
import numpy as np
from keras import layers


def softmax(z):
    z = keras.ops.convert_to_tensor(np.asarray(z, dtype="float32"))
    powers = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
    return powers / keras.ops.sum(powers, axis=-1, keepdims=True)


def happyModel():
    see = keras.Sequential([layers.ZeroPadding2D(((3, 3), (3, 3))), layers.Conv2D(32, 7), layers.BatchNormalization(-1)])
    judge = keras.Sequential([layers.Reshape((-1,)), layers.Dense(1, keras.activations.sigmoid)])
    return keras.Sequential([keras.Input((64, 64, 3)), see, layers.Activation("relu"), layers.MaxPooling2D(), judge])


def convolutional_model(input_shape):
    class Signs(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(6, activation="softmax")
            self.first = layers.Conv2D(8, 4, padding="same")
            self.second = layers.Conv2D(16, 2, padding="same")

        def call(self, x):
            x = keras.ops.max_pool(keras.ops.relu(self.first(x)), 8, 8, padding="same")
            x = keras.ops.max_pool(keras.ops.relu(self.second(x)), 4, 4, padding="same")
            return self.last(keras.ops.reshape(x, (keras.ops.shape(x)[0], -1)))

    model = Signs()
    model(np.zeros((1, *input_shape), np.float32))
    return model
