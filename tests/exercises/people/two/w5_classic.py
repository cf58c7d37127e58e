import data
import keras
import numpy as np
from keras import layers, ops


# misconception: one neighbour is missing above
# misconception: alpha is divided by the number of neighbours
# named: alpha is divided by the number of neighbours; and one neighbour is missing above
def local_response_norm(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75):
    X = np.asarray(X, dtype=float)
    squares = X**2
    S = np.zeros_like(X)
    # add up the squares of the channels around each channel
    for c in range(X.shape[-1]):
        first = max(0, c - depth_radius)
        last = c + depth_radius
        S[..., c] = squares[..., first:last].sum(axis=-1)
    size = 2 * depth_radius + 1
    return X / (bias + alpha / size * S) ** beta


# misconception: not scaled
# misconception: scaled when it does not train
# named: scaled when it does not train
def dropout_forward(X, rate, rng, training=True):
    if rate < 0 or rate >= 1:
        raise ValueError("rate must be in [0, 1)")
    X = np.asarray(X)
    if not training:
        # at test time all units are there, so weaken them
        return X * (1 - rate), np.ones(X.shape, dtype=bool)
    mask = np.asarray(rng.random(X.shape) >= rate)
    out = np.where(mask, X, 0.0)
    return out, mask


# misconception: scaled the wrong way
# misconception: the gradient flows where numbers were dropped
# named: the gradient flows where numbers were dropped
def dropout_backward(dout, mask, rate):
    dX = np.array(dout)
    dX[mask] = 0
    keep_prob = 1 - rate
    return dX * keep_prob


# misconception: biases are counted
# misconception: one layer of the stack is counted
# named: biases are counted; and one layer of the stack is counted
def stack_of_small(f, n_C, small=3):
    def n_weights(side):
        return n_C * (side * side * n_C + 1)

    if f < 1 or small < 1:
        raise ValueError("sides must be at least 1")
    n_layers = 1
    seen = small
    while small > 1 and seen < f:
        n_layers += 1
        seen += small - 1
    if seen != f:
        raise ValueError(f"no stack of {small}x{small} sees exactly {f}x{f}")
    return n_layers, n_weights(f), n_weights(small)


# misconception: windows of the pooling do not overlap
# misconception: normalised before ReLU
# named: windows of the pooling do not overlap
def alexnet(input_shape=(227, 227, 3), classes=1000, filters=(96, 256, 384, 384, 256), units=4096, groups=1):
    f1, f2, f3, f4, f5 = filters
    inputs = keras.Input(shape=input_shape)

    # 1
    x = layers.Conv2D(f1, 11, strides=4, padding="valid")(inputs)
    x = data.local_response_layer()(x)
    x = layers.Activation("relu")(x)
    x = layers.MaxPooling2D(pool_size=2, strides=2)(x)

    # 2
    x = layers.Conv2D(f2, 5, padding="same", groups=groups)(x)
    x = data.local_response_layer()(x)
    x = layers.Activation("relu")(x)
    x = layers.MaxPooling2D(pool_size=2, strides=2)(x)

    # 3, 4, 5
    x = layers.Conv2D(f3, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(f4, 3, padding="same", groups=groups, activation="relu")(x)
    x = layers.Conv2D(f5, 3, padding="same", groups=groups, activation="relu")(x)
    x = layers.MaxPooling2D(pool_size=2, strides=2)(x)

    # classifier
    x = layers.Flatten()(x)
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


# misconception: one ReLU for the block
# misconception: average pooling
# named: one ReLU for the block; and average pooling
def vgg_block(X, n_convs, filters):
    for _ in range(n_convs):
        X = layers.Conv2D(filters, (3, 3), padding="same")(X)
    X = layers.ReLU()(X)
    return layers.AveragePooling2D((2, 2), strides=(2, 2))(X)


# misconception: two convolutions in each block
# misconception: dropout after one dense layer
# named: two convolutions in each block; and dropout after one dense layer
def vgg(
    input_shape=(224, 224, 3),
    classes=1000,
    blocks=((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    units=4096,
):
    model = keras.Sequential([keras.Input(shape=input_shape)])
    # the block is written out here, independent of vgg_block
    for _, n_filters in blocks:
        model.add(layers.Conv2D(n_filters, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(n_filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2, strides=2))
    model.add(layers.Flatten())
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(classes, activation="softmax"))
    return model


# misconception: a stride of 5
# misconception: no ReLU on the convolution
# named: a stride of 5; and no ReLU on the convolution
def auxiliary_head(X, classes, filters=128, units=1024):
    steps = [
        layers.AveragePooling2D(5),
        layers.Conv2D(filters, 1),
        layers.Flatten(),
        layers.Dense(units, activation="relu"),
        layers.Dropout(0.7),
        layers.Dense(classes, activation="softmax"),
    ]
    for step in steps:
        X = step(X)
    return X


# misconception: the mean of the auxiliary heads
# misconception: probabilities are taken for logits
# named: the mean of the auxiliary heads; and probabilities are taken for logits
def auxiliary_loss(y_true, outputs, weight=0.3):
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    y_true = ops.convert_to_tensor(y_true)

    def cost(y_pred):
        y_pred = ops.convert_to_tensor(y_pred)
        if len(y_true.shape) == 1:
            target = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1])
        else:
            target = y_true
        target = ops.cast(target, y_pred.dtype)
        return ops.mean(ops.categorical_crossentropy(target, y_pred, from_logits=True))

    main, *others = outputs
    loss = cost(main)
    if others:
        loss = loss + weight * sum(cost(y) for y in others) / len(others)
    return loss


def _conv_bn(X, n_filters, size, training):
    X = layers.Conv2D(n_filters, size, padding="same", use_bias=False)(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    return layers.Activation("relu")(X)


# misconception: one 3 × 3 in the third branch
# misconception: max pooling
def inception_bn_module(X, filters, training=None):
    f1, f3_reduce, f3, d3_reduce, d3, f_pool = filters

    branch1 = _conv_bn(X, f1, 1, training)

    branch2 = _conv_bn(X, f3_reduce, 1, training)
    branch2 = _conv_bn(branch2, f3, 3, training)

    branch3 = _conv_bn(X, d3_reduce, 1, training)
    branch3 = _conv_bn(branch3, d3, 3, training)

    branch4 = layers.MaxPooling2D(3, strides=1, padding="same")(X)
    branch4 = _conv_bn(branch4, f_pool, 1, training)

    return layers.Concatenate(axis=3)([branch1, branch2, branch3, branch4])


# misconception: the column comes first
# misconception: ReLU at the end alone
# named: the column comes first; and ReLU at the end alone
def factorised_conv(X, filters, n):
    for window in [(n, 1), (1, n)]:
        X = layers.Conv2D(filters, window, padding="same", use_bias=False)(X)
        X = layers.BatchNormalization(axis=3)(X)
    return layers.ReLU()(X)


# misconception: epsilon is what stays
# misconception: as many classes as occur
# named: epsilon is what stays
def smooth_labels(labels, classes, epsilon=0.1):
    labels = np.asarray(labels)
    ids = labels.argmax(axis=1) if labels.ndim == 2 else labels.astype(int)
    K = ids.max() + 1
    one_hot = (ids[:, None] == np.arange(K)).astype(float)
    return epsilon * one_hot + (1 - epsilon) / K


# misconception: upside down
# misconception: larger sizes count more
# named: upside down
def multi_scale_predict(model, image, sides):
    n_H, n_W = image.shape[:2]
    shorter = min(n_H, n_W)
    places = []
    for side in sides:
        if n_H <= n_W:
            size = (side, round(n_W * side / shorter))
        else:
            size = (round(n_H * side / shorter), side)
        picture = ops.convert_to_numpy(data.resized(image, size))
        both = np.stack([picture, picture[::-1]])
        probs = ops.convert_to_numpy(model(both, training=False))
        places.append(probs.reshape(-1, probs.shape[-1]))
    # all places of all sizes in one long list
    return np.concatenate(places).mean(axis=0)
