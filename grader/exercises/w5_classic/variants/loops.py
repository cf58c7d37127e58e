"""Loops over numbers, layers and heads."""

import data
import keras
import numpy as np
from keras import layers


def local_response_norm(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75):
    out = np.zeros(X.shape)
    channels = X.shape[-1]
    for place in np.ndindex(X.shape):
        *where, c = place
        total = 0.0
        for k in range(max(0, c - depth_radius), min(channels - 1, c + depth_radius) + 1):
            total += float(X[(*where, k)]) ** 2
        out[place] = X[place] / (bias + alpha * total) ** beta
    return out


def dropout_forward(X, rate, rng, training=True):
    if rate < 0 or rate >= 1:
        raise ValueError("the rate is a share of the numbers, and not of all of them")
    out, mask = np.array(X, dtype=float), np.full(X.shape, True)
    if training:
        drawn = rng.random(X.shape)
        for place in np.ndindex(X.shape):
            mask[place] = not drawn[place] < rate
            out[place] = X[place] / (1 - rate) if mask[place] else 0
    return out, mask


def dropout_backward(dout, mask, rate):
    dX = np.zeros(dout.shape)
    for place in np.ndindex(dout.shape):
        if mask[place]:
            dX[place] = dout[place] / (1 - rate)
    return dX


def stack_of_small(f, n_C, small=3):
    seen, layers_so_far, weights = 1, 0, 0
    while seen < f and small > 1:
        seen += small - 1
        layers_so_far += 1
        weights += small**2 * n_C**2
    if seen != f or layers_so_far < 1:
        raise ValueError("the stack never sees that")
    return layers_so_far, f**2 * n_C**2, weights


def alexnet(input_shape=(227, 227, 3), classes=1000, filters=(96, 256, 384, 384, 256), units=4096, groups=1):
    model = keras.Sequential([keras.Input(input_shape)])
    for k, (n, side) in enumerate(zip(filters, (11, 5, 3, 3, 3))):
        model.add(
            layers.Conv2D(
                n,
                side,
                strides=4 if k == 0 else 1,
                padding="valid" if k == 0 else "same",
                groups=groups if k in (1, 3, 4) else 1,
            )
        )
        model.add(layers.ReLU())
        if k < 2:
            model.add(data.local_response_layer())
        if k in (0, 1, 4):
            model.add(layers.MaxPooling2D((3, 3), strides=(2, 2), padding="valid"))
    model.add(layers.Flatten())
    for _ in "ab":
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(classes))
    model.add(layers.Softmax())
    return model


def vgg_block(X, n_convs, filters):
    for _ in range(n_convs):
        X = layers.Conv2D(filters, (3, 3), padding="same")(X)
        X = layers.Activation("relu")(X)
    return layers.MaxPooling2D((2, 2), strides=(2, 2))(X)


def auxiliary_loss(y_true, outputs, weight=0.3):
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    total = 0.0
    for k, p in enumerate(outputs):
        n_classes = int(p.shape[1])
        truth = y_true if len(y_true.shape) > 1 else keras.ops.one_hot(keras.ops.cast(y_true, "int32"), n_classes)
        chosen = keras.ops.sum(keras.ops.cast(truth, p.dtype) * p, axis=1)
        total = total + (1.0 if k == 0 else weight) * -keras.ops.mean(keras.ops.log(chosen))
    return total


def smooth_labels(labels, classes, epsilon=0.1):
    out = np.full((len(labels), classes), epsilon / classes)
    for row, label in enumerate(labels):
        which = int(label) if np.ndim(label) == 0 else int(np.argmax(label))
        out[row, which] += 1 - epsilon
    return out


def multi_scale_predict(model, image, sides):
    total, n_H, n_W = 0.0, image.shape[0], image.shape[1]
    for side in sides:
        size = (side, round(side * n_W / n_H)) if n_H <= n_W else (round(side * n_H / n_W), side)
        small = data.resized(image, size)
        for seen in (small, np.fliplr(small)):
            places = model.predict(np.ascontiguousarray(seen)[None], verbose=0)[0]
            total = total + np.mean(places.reshape(-1, places.shape[-1]), axis=0) / 2
    return total / len(sides)
