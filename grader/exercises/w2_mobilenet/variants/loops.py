"""One number, one pixel or one layer after the other."""

import keras
import numpy as np


def depthwise_conv(X, W, stride, pad):
    f, (m, n_H_prev, n_W_prev, n_C) = len(W), X.shape
    n_H, n_W = int((n_H_prev + 2 * pad - f) / stride) + 1, int((n_W_prev + 2 * pad - f) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        padded = np.pad(X[i], ((pad, pad), (pad, pad), (0, 0)))
        for h, w, c in np.ndindex(n_H, n_W, n_C):
            window = padded[h * stride : h * stride + f, w * stride : w * stride + f, c]
            Z[i, h, w, c] = np.sum(window * W[:, :, c])
    return Z


def pointwise_conv(X, W):
    Z = np.zeros((*X.shape[:-1], W.shape[1]))
    for place in np.ndindex(X.shape[:-1]):
        for k in range(W.shape[1]):
            Z[place][k] = np.sum(X[place] * W[:, k])
    return Z


def pca_color_jitter(X, rng, sigma=0.1):
    flat = X.reshape(-1, 3).astype(float)
    centred = flat - flat.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(flat) - 1))
    shift = np.zeros(3)
    for alpha, value, vector in zip(rng.normal(0, sigma, size=3), values, vectors.T):
        shift += alpha * value * vector
    return (flat + shift).reshape(X.shape)


def fine_tune(model, fine_tune_at=120, base_learning_rate=0.001):
    for layer in model.layers:
        if isinstance(layer, keras.Model) and len(layer.layers) > 50:
            base = layer
    base.trainable = True
    for layer in base.layers[:fine_tune_at]:
        layer.trainable = False
    for layer in base.layers[fine_tune_at:]:
        layer.trainable = "BatchNorm" not in type(layer).__name__
    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(learning_rate=0.1 * base_learning_rate),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    )
    return model
