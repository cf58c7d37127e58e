"""Loops, and sums over indices that are written as such."""

import keras
import numpy as np
from keras import layers


def softmax(z):
    z = np.asarray(z)
    rows = []
    for row in z.reshape(-1, z.shape[-1]):
        powers = [np.exp(score - max(row)) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows).reshape(z.shape)


def cross_entropy(y_true, y_pred):
    total = 0.0
    for truth, row in zip(y_true, y_pred):
        right = row[int(truth)] if np.ndim(truth) == 0 else row[int(np.argmax(truth))]
        total -= np.log(max(right, 1e-15))
    return total / len(y_pred)


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    if not training:
        return (x - running_mean) * (running_var + eps) ** -0.5 * gamma + beta, running_mean * 1, running_var * 1
    flat = x.reshape(-1, x.shape[-1])
    mean = np.einsum("nc->c", flat) / len(flat)
    var = np.einsum("nc,nc->c", flat - mean, flat - mean) / len(flat)
    moved = momentum * running_mean + mean * (1 - momentum), momentum * running_var + var * (1 - momentum)
    return (x - mean) * (var + eps) ** -0.5 * gamma + beta, *moved


def LeNet5(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(input_shape)
    x = inputs
    for filters in (6, 16):
        x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="tanh")(x))
    x = layers.Reshape((int(np.prod(x.shape[1:])),))(x)
    x = layers.Dense(84, "tanh")(layers.Dense(120, "tanh")(x))
    return keras.models.Model(inputs=[inputs], outputs=layers.Dense(classes, "softmax")(x))
