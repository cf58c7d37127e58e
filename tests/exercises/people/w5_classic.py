import data
import keras
import numpy as np
from keras import layers


# misconception: the slice's end is min(n_C - 1, c + r), but a slice leaves its end out, so the last one is missing
# named: the last channel of the window is left out
def local_response_norm(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75):
    X = np.asarray(X, dtype=float)
    n_C = X.shape[-1]
    squares = X**2
    S = np.zeros_like(X)
    for c in range(n_C):
        start = max(0, c - depth_radius)
        end = min(n_C - 1, c + depth_radius)
        S[..., c] = np.sum(squares[..., start:end], axis=-1)
    return X / (bias + alpha * S) ** beta


# misconception: keep_prob habit: keeps where the drawn number is below 1 - rate, instead of where it is at least rate
# named: kept below 1 − rate
def dropout_forward(X, rate, rng, training=True):
    if not 0 <= rate < 1:
        raise ValueError(f"rate must be in [0, 1), got {rate}")
    if not training:
        return X.copy(), np.ones(X.shape, dtype=bool)
    keep_prob = 1 - rate
    mask = np.asarray(rng.random(X.shape) < keep_prob)
    out = np.where(mask, X / keep_prob, 0.0)
    return out, mask


# misconception: only masks the gradient and forgets to scale it by 1 / (1 - rate), as if only the forward pass scaled
# named: not scaled
def dropout_backward(dout, mask, rate):
    return np.where(mask, dout, 0.0)


# misconception: checks only that the number of layers is whole, not that it is at least 1 (f = 1 gives 0 layers)
# named: no layer at all is let through
def stack_of_small(f, n_C, small=3):
    def n_weights(side):
        return side * side * n_C * n_C

    # every layer adds small - 1 to what is seen, and we start at 1
    growth = small - 1
    if growth == 0:
        # 1x1 filters never see more than one pixel
        if f != 1:
            raise ValueError("1x1 filters never see more than 1x1")
        return 1, n_weights(f), n_weights(small)
    n_layers, rest = divmod(f - 1, growth)
    if rest != 0:
        raise ValueError(f"no stack of {small}x{small} filters sees exactly {f}x{f}")
    return n_layers, n_weights(f), n_layers * n_weights(small)


# misconception: torchvision habit: dropout comes before each of the two hidden dense layers instead of after it
# named: dropout before the dense layers
def alexnet(input_shape=(227, 227, 3), classes=1000, filters=(96, 256, 384, 384, 256), units=4096, groups=1):
    f1, f2, f3, f4, f5 = filters

    inputs = keras.Input(shape=input_shape)

    x = layers.Conv2D(f1, 11, strides=4, padding="valid", activation="relu")(inputs)
    x = data.local_response_layer()(x)
    x = layers.MaxPooling2D(3, strides=2)(x)

    x = layers.Conv2D(f2, 5, padding="same", groups=groups, activation="relu")(x)
    x = data.local_response_layer()(x)
    x = layers.MaxPooling2D(3, strides=2)(x)

    x = layers.Conv2D(f3, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(f4, 3, padding="same", groups=groups, activation="relu")(x)
    x = layers.Conv2D(f5, 3, padding="same", groups=groups, activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(x)

    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(units, activation="relu")(x)
    outputs = layers.Dense(classes, activation="softmax")(x)

    return keras.Model(inputs, outputs, name="alexnet")


# misconception: the pooling is padded "same" like the convolutions, so an odd side is rounded up instead of down
# named: the pooling is padded
def vgg_block(X, n_convs, filters):
    for _ in range(n_convs):
        X = layers.Conv2D(filters, (3, 3), padding="same", activation="relu")(X)
    return layers.MaxPooling2D((2, 2), strides=(2, 2), padding="same")(X)


# misconception: as in keras.applications.VGG16, there is no dropout after the two hidden dense layers
# named: no dropout
def vgg(
    input_shape=(224, 224, 3),
    classes=1000,
    blocks=((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    units=4096,
):
    X_input = keras.Input(input_shape)
    X = X_input
    for n_convs, n_filters in blocks:
        for _ in range(n_convs):
            X = layers.Conv2D(filters=n_filters, kernel_size=3, padding="same", activation="relu")(X)
        X = layers.MaxPooling2D(pool_size=2, strides=2)(X)
    X = layers.Flatten()(X)
    for _ in range(2):
        X = layers.Dense(units, activation="relu")(X)
    X = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs=X_input, outputs=X)


# misconception: the 1x1 convolution is taken for a mere linear reduction of the channels, its ReLU is forgotten
# named: no ReLU on the convolution
def auxiliary_head(X, classes, filters=128, units=1024):
    steps = [
        layers.AveragePooling2D(pool_size=5, strides=3, padding="valid"),
        layers.Conv2D(filters, 1),
        layers.Flatten(),
        layers.Dense(units, activation="relu"),
        layers.Dropout(0.7),
        layers.Dense(classes, activation="softmax"),
    ]
    for layer in steps:
        X = layer(X)
    return X


# misconception: from_logits=True out of habit, though the outputs are already probabilities (softmax is applied twice)
# named: probabilities are taken for logits
def auxiliary_loss(y_true, outputs, weight=0.3):
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]

    y_true = keras.ops.convert_to_tensor(y_true)

    def cross_entropy(probs):
        probs = keras.ops.convert_to_tensor(probs)
        if len(y_true.shape) == 1:
            target = keras.ops.one_hot(keras.ops.cast(y_true, "int32"), probs.shape[-1])
        else:
            target = y_true
        target = keras.ops.cast(target, probs.dtype)
        per_example = keras.losses.categorical_crossentropy(target, probs, from_logits=True)
        return keras.ops.mean(per_example)

    loss = cross_entropy(outputs[0])
    for aux in outputs[1:]:
        loss = loss + weight * cross_entropy(aux)
    return loss


# misconception: max pooling in the pooling branch, as in the first inception module, instead of average pooling
# named: max pooling
def inception_bn_module(X, filters, training=None):
    f1, f3_reduce, f3, d3_reduce, d3, f_pool = filters

    def conv_bn_relu(x, n_filters, size):
        x = layers.Conv2D(n_filters, size, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(axis=3)(x, training=training)
        return layers.Activation("relu")(x)

    branch_1x1 = conv_bn_relu(X, f1, 1)

    branch_3x3 = conv_bn_relu(X, f3_reduce, 1)
    branch_3x3 = conv_bn_relu(branch_3x3, f3, 3)

    branch_double = conv_bn_relu(X, d3_reduce, 1)
    branch_double = conv_bn_relu(branch_double, d3, 3)
    branch_double = conv_bn_relu(branch_double, d3, 3)

    branch_pool = layers.MaxPooling2D(3, strides=1, padding="same")(X)
    branch_pool = conv_bn_relu(branch_pool, f_pool, 1)

    return layers.Concatenate(axis=3)([branch_1x1, branch_3x3, branch_double, branch_pool])


# misconception: reads kernel_size as (width, height), so the window n high comes first and the one n wide second
# named: the column comes first
def factorised_conv(X, filters, n):
    for kernel_size in [(n, 1), (1, n)]:
        X = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False)(X)
        X = layers.BatchNormalization(axis=3)(X)
        X = layers.ReLU()(X)
    return X


# misconception: epsilon is spread over the K - 1 wrong classes only; the right class keeps just 1 - epsilon
# named: the right class gets no share
def smooth_labels(labels, classes, epsilon=0.1):
    labels = np.asarray(labels)
    one_hot = np.eye(classes)[labels.astype(int)] if labels.ndim == 1 else labels.astype(float)
    others = 1.0 - one_hot
    return (1 - epsilon) * one_hot + others * epsilon / max(classes - 1, 1)


# misconception: mirrors axis 1 after the batch axis was added, which turns the picture upside down, not left to right
# named: upside down
def multi_scale_predict(model, image, sides):
    n_H, n_W = image.shape[:2]
    shorter = min(n_H, n_W)
    scores = []
    for side in sides:
        new_size = (round(n_H * side / shorter), round(n_W * side / shorter))
        batch = np.asarray(data.resized(image, new_size))[np.newaxis]
        both = np.concatenate([batch, np.flip(batch, axis=1)], axis=0)
        probs = keras.ops.convert_to_numpy(model(both, training=False))
        scores.append(probs.mean(axis=(0, 1, 2)))
    return np.mean(scores, axis=0)
