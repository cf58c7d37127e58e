import keras
import numpy as np
from keras import layers


# misconception: where windows overlap, the later one overwrites the earlier one instead of being added
# named: a later window overwrites an earlier one
def conv_transpose_forward(A_prev, W, stride, pad):
    m, rows_in, cols_in, _ = A_prev.shape
    f = W.shape[0]
    channels = W.shape[2]
    if np.ndim(pad) == 0:
        top = bottom = left = right = pad
    else:
        (top, bottom), (left, right) = pad
    H = max((rows_in - 1) * stride + f, 0)
    V = max((cols_in - 1) * stride + f, 0)
    canvas = np.zeros((m, H, V, channels), dtype=np.result_type(A_prev, W))
    for h in range(rows_in):
        for w in range(cols_in):
            patch = np.tensordot(A_prev[:, h, w, :], W, axes=([1], [3]))  # (m, f, f, channels)
            r, c = h * stride, w * stride
            canvas[:, r : r + f, c : c + f, :] = patch
    return canvas[:, top : max(H - bottom, 0), left : max(V - right, 0), :]


# misconception: the skip connection is taken before the dropout, not after it
# named: the skip connection misses the dropout
def conv_block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    x = inputs
    for _ in range(2):
        x = layers.Conv2D(
            filters=n_filters, kernel_size=(3, 3), padding="same", activation="relu", kernel_initializer="he_normal"
        )(x)
    skip = x
    if dropout_prob > 0:
        x = layers.Dropout(rate=dropout_prob)(x)
    if max_pooling:
        x = layers.MaxPooling2D(pool_size=(2, 2))(x)
    return x, skip


# misconception: joined in the wrong order: contractive_input first, the transposed convolution second
# named: joined in the other order
def upsampling_block(expansive_input, contractive_input, n_filters=32):
    upsampled = layers.Conv2DTranspose(filters=n_filters, kernel_size=(3, 3), strides=(2, 2), padding="same")(
        expansive_input
    )
    x = layers.concatenate([contractive_input, upsampled], axis=-1)
    for _ in range(2):
        x = layers.Conv2D(
            filters=n_filters, kernel_size=(3, 3), padding="same", activation="relu", kernel_initializer="he_normal"
        )(x)
    return x


# misconception: a softmax at the end: probabilities instead of logits
# named: a softmax at the end
def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    def twice(t, n):
        t = layers.Conv2D(n, (3, 3), padding="same", activation="relu", kernel_initializer="he_normal")(t)
        t = layers.Conv2D(n, (3, 3), padding="same", activation="relu", kernel_initializer="he_normal")(t)
        return t

    image = keras.Input(shape=input_size)

    d1 = twice(image, n_filters)
    p1 = layers.MaxPooling2D((2, 2))(d1)
    d2 = twice(p1, n_filters * 2)
    p2 = layers.MaxPooling2D((2, 2))(d2)
    d3 = twice(p2, n_filters * 4)
    p3 = layers.MaxPooling2D((2, 2))(d3)
    d4 = layers.Dropout(0.3)(twice(p3, n_filters * 8))
    p4 = layers.MaxPooling2D((2, 2))(d4)
    x = layers.Dropout(0.3)(twice(p4, n_filters * 16))

    for skip, n in [(d4, n_filters * 8), (d3, n_filters * 4), (d2, n_filters * 2), (d1, n_filters)]:
        x = layers.Conv2DTranspose(n, (3, 3), strides=(2, 2), padding="same")(x)
        x = layers.concatenate([x, skip], axis=-1)
        x = twice(x, n)

    x = layers.Conv2D(n_filters, (3, 3), padding="same", activation="relu", kernel_initializer="he_normal")(x)
    out = layers.Conv2D(n_classes, (1, 1), padding="same", activation="softmax")(x)
    return keras.Model(inputs=image, outputs=out)


# misconception: divides by the number of all pixels, the void ones too, instead of those that are known
# named: divided by all pixels
def sparse_pixel_loss(y_true, logits, void=255):
    labels = keras.ops.cast(y_true, "int32")
    valid = keras.ops.not_equal(labels, void)
    safe = keras.ops.where(valid, labels, 0)
    per_pixel = keras.ops.sparse_categorical_crossentropy(safe, logits, from_logits=True)
    per_pixel = keras.ops.where(valid, per_pixel, 0.0)
    return keras.ops.mean(per_pixel)


# misconception: classes that neither map has count as 0 in the mean instead of being left out
# named: absent classes count as 0
def mean_iou(y_true, y_pred, n_classes, ignore=None):
    t = np.asarray(y_true).ravel()
    p = np.asarray(y_pred).ravel()
    if ignore is not None:
        use = t != ignore
        t = t[use]
        p = p[use]
    total = 0.0
    n = 0
    for k in range(n_classes):
        if ignore is not None and k == ignore:
            continue
        n += 1
        both = np.count_nonzero((t == k) & (p == k))
        either = np.count_nonzero((t == k) | (p == k))
        if either > 0:
            total += both / either
    if n == 0:
        return 0.0
    return float(total / n)


# misconception: 1 is added above and below the fraction (smoothing), as in a Dice loss
# named: a smoothing 1
def dice(y_true, y_pred):
    truth = (np.asarray(y_true) > 0).ravel()
    guess = (np.asarray(y_pred) > 0).ravel()
    common = np.count_nonzero(truth & guess)
    size = np.count_nonzero(truth) + np.count_nonzero(guess)
    return float((2.0 * common + 1.0) / (size + 1.0))
