"""One thing a line, and a name for everything."""

import math

import data
import keras
import numpy as np
from keras import layers


def depthwise_separable_cost(n_H, n_W, f, n_C, n_C_out):
    at_once = math.prod((f, f, n_C)) * n_H * n_W * n_C_out
    depthwise = math.prod((f, f)) * n_H * n_W * n_C
    pointwise = n_C * n_H * n_W * n_C_out
    both = depthwise + pointwise
    return at_once, both, np.divide(both, at_once)


def inverted_residual_block(X, expansion, filters, stride):
    def normalised(layer, x):
        return layers.BatchNormalization(axis=-1)(layer(x))

    n_C = X.shape[-1]
    project = layers.Conv2D(filters, (1, 1), padding="same", use_bias=False)
    depthwise = layers.DepthwiseConv2D((3, 3), strides=(stride, stride), padding="same", use_bias=False)
    wide = X
    if expansion != 1:
        wide = keras.ops.relu6(normalised(layers.Conv2D(n_C * expansion, (1, 1), use_bias=False), X))
    out = normalised(project, keras.ops.relu6(normalised(depthwise, wide)))
    return X + out if stride == 1 and out.shape[-1] == n_C else out


def pca_color_jitter(X, rng, sigma=0.1):
    lam, P = np.linalg.eigh(np.cov(X.reshape(-1, 3).T))
    P = P * np.array([-1.0, 1.0, -1.0])  # an eigenvector's sign is anybody's choice
    return X + P @ (lam * rng.normal(0, sigma, 3))


def data_augmenter():
    model = keras.Sequential()
    model.add(layers.RandomFlip(mode="horizontal"))
    model.add(layers.RandomRotation(factor=(-0.2, 0.2)))
    return model


def alpaca_model(image_shape=(160, 160), data_augmentation=data_augmenter()):
    input_shape = image_shape + (3,)
    base_model = data.pretrained("mobilenet_v2", input_shape=input_shape)
    for layer in base_model.layers:
        layer.trainable = False
    pooling, dropout, prediction = layers.GlobalAvgPool2D(), layers.Dropout(rate=0.2), layers.Dense(units=1, activation="linear")
    inputs = keras.Input(shape=input_shape)
    x = data_augmentation(inputs)
    x = x / 127.5 - 1.0
    x = base_model(x)
    return keras.Model(inputs=inputs, outputs=prediction(dropout(pooling(x))))
