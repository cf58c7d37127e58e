import keras
import numpy as np
import tensorflow as tf
from keras import layers


# misconception: rows and columns of W are swapped
# misconception: a later window overwrites an earlier one
# named: a later window overwrites an earlier one; and rows and columns of W are swapped
def conv_transpose_forward(A_prev, W, stride, pad):
    A_prev = np.asarray(A_prev)
    W = np.asarray(W)
    if isinstance(pad, (int, np.integer)):
        top = bottom = left = right = int(pad)
    else:
        (top, bottom), (left, right) = pad

    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, n_C, _ = W.shape

    full_H = (n_H_prev - 1) * stride + f
    full_W = (n_W_prev - 1) * stride + f
    n_H = max(full_H - top - bottom, 0)
    n_W = max(full_W - left - right, 0)

    # x goes along the first axis of the filter, y along the second
    canvas = np.zeros((m, max(full_H, 0), max(full_W, 0), n_C))
    for h in range(n_H_prev):
        for w in range(n_W_prev):
            y0 = h * stride
            x0 = w * stride
            values = A_prev[:, h, w, :]
            for dy in range(f):
                for dx in range(f):
                    canvas[:, y0 + dy, x0 + dx, :] = values @ W[dx, dy].T

    return canvas[:, top : top + n_H, left : left + n_W, :]


# misconception: whole channels are dropped
# misconception: always halved
# named: whole channels are dropped; and always halved
def conv_block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    x = inputs
    for _ in range(2):
        x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    if dropout_prob > 0:
        # feature maps are dropped in convnets
        x = layers.SpatialDropout2D(dropout_prob)(x)
    skip_connection = x
    next_layer = layers.MaxPooling2D(pool_size=(2, 2))(skip_connection)
    return next_layer, skip_connection


# misconception: pixels are repeated
# misconception: one convolution
# named: pixels are repeated; and one convolution
def upsampling_block(expansive_input, contractive_input, n_filters=32):
    up = layers.UpSampling2D(size=(2, 2))(expansive_input)
    merged = layers.Concatenate(axis=-1)([up, contractive_input])
    conv = layers.Conv2D(
        filters=n_filters,
        kernel_size=(3, 3),
        padding="same",
        activation="relu",
        kernel_initializer="he_normal",
    )(merged)
    return conv


# misconception: a sigmoid at the end
# misconception: dropout one block too early
# named: a sigmoid at the end
def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = keras.Input(shape=input_size)

    # going down
    p1, s1 = conv_block(inputs, n_filters)
    p2, s2 = conv_block(p1, n_filters * 2)
    p3, s3 = conv_block(p2, n_filters * 4, dropout_prob=0.3)
    p4, s4 = conv_block(p3, n_filters * 8, dropout_prob=0.3)
    bottom, _ = conv_block(p4, n_filters * 16, max_pooling=False)

    # going up
    u = upsampling_block(bottom, s4, n_filters * 8)
    u = upsampling_block(u, s3, n_filters * 4)
    u = upsampling_block(u, s2, n_filters * 2)
    u = upsampling_block(u, s1, n_filters)

    last = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(u)
    outputs = layers.Conv2D(n_classes, 1, padding="same", activation="sigmoid")(last)

    return keras.Model(inputs=inputs, outputs=outputs)


# misconception: picture by picture
# misconception: softmax twice
# named: picture by picture; and softmax twice
def sparse_pixel_loss(y_true, logits, void=255):
    labels = tf.cast(y_true, tf.int32)
    known = tf.not_equal(labels, void)
    labels = tf.where(known, labels, tf.zeros_like(labels))

    probs = tf.nn.softmax(logits, axis=-1)
    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=probs)

    weight = tf.cast(known, ce.dtype)
    n_known = tf.reduce_sum(weight, axis=[1, 2])
    per_picture = tf.math.divide_no_nan(tf.reduce_sum(ce * weight, axis=[1, 2]), n_known)

    n_pictures = tf.reduce_sum(tf.cast(n_known > 0, ce.dtype))
    return tf.math.divide_no_nan(tf.reduce_sum(per_picture), n_pictures)


# misconception: the overlap counts twice below
# misconception: absent classes count as 1
# named: absent classes count as 1; and the overlap counts twice below
def mean_iou(y_true, y_pred, n_classes, ignore=None):
    t = np.asarray(y_true).ravel()
    p = np.asarray(y_pred).ravel()
    if ignore is not None:
        keep = t != ignore
        t, p = t[keep], p[keep]

    ious = []
    for c in range(n_classes):
        if ignore is not None and c == ignore:
            continue
        in_t = t == c
        in_p = p == c
        overlap = np.sum(in_t & in_p)
        union = np.sum(in_t) + np.sum(in_p)
        if union == 0:
            ious.append(1.0)  # nothing there and nothing found: perfect
        else:
            ious.append(overlap / union)

    if len(ious) == 0:
        return 0.0
    return float(np.mean(ious))


# misconception: foreground is 1 alone
# misconception: the overlap counts once
def dice(y_true, y_pred):
    a = np.asarray(y_true) == 1
    b = np.asarray(y_pred) == 1
    total = np.count_nonzero(a) + np.count_nonzero(b)
    if total == 0:
        return 1.0
    return float(np.count_nonzero(np.logical_and(a, b)) / total)
