"""A class for every pixel: the reference functions of assignment `w3_unet`.

The transposed convolution and the measures are NumPy; the network and its loss are built in Keras 3's own words and run on
TensorFlow, JAX and PyTorch. Pictures are (m, n_H, n_W, n_C).
"""

import keras
import numpy as np
from keras import layers


def conv_transpose_forward(A_prev, W, stride, pad):
    """Paint every number of the input into a larger picture, as a window of its weights.

    To be written without a library's convolution, transposed or not.

    Arguments:
        A_prev -- array (m, n_H_prev, n_W_prev, n_C_prev)
        W -- array (f, f, n_C, n_C_prev): what a number of channel k paints is W[:, :, :, k]
        stride -- int: windows of neighbours start so many rows or columns apart
        pad -- rows and columns to cut off: an int, for all four sides, or ((top, bottom), (left, right))

    Returns:
        array (m, n_H, n_W, n_C), n_H = (n_H_prev − 1) · stride + f − top − bottom, likewise n_W; 0 where that is negative.
        Entry (h, w) of A_prev, times the weights, is added to the window of f x f that starts at row h · stride − top and
        column w · stride − left

    Source: Dumoulin, Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4; equal to
    `tf.nn.conv2d_transpose`.
    """
    ### BEGIN SOLUTION
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, n_C, _ = W.shape
    (top, bottom), (left, right) = ((pad, pad), (pad, pad)) if np.ndim(pad) == 0 else pad
    painted = A_prev.reshape(m * n_H_prev * n_W_prev, n_C_prev) @ W.transpose(3, 0, 1, 2).reshape(n_C_prev, f * f * n_C)
    painted = painted.reshape(m, n_H_prev, n_W_prev, f, f, n_C)
    full_H, full_W = (max((n - 1) * stride + f, 0) for n in (n_H_prev, n_W_prev))
    Z = np.zeros((m, full_H, full_W, n_C), painted.dtype)
    for row in range(f):
        for column in range(f):
            rows = slice(row, row + stride * n_H_prev, stride)
            columns = slice(column, column + stride * n_W_prev, stride)
            Z[:, rows, columns] += painted[:, :, :, row, column]
    return Z[:, top : max(full_H - bottom, 0), left : max(full_W - right, 0)]
    ### END SOLUTION


def conv_block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    """One step down: look twice, keep what was seen, halve the picture.

    Arguments:
        inputs -- tensor (m, n_H_prev, n_W_prev, n_C_prev)
        n_filters -- int, filters of each convolution
        dropout_prob -- number: the share that dropout drops; no dropout where it is 0
        max_pooling -- whether the picture is halved at the end

    Returns:
        (next_layer, skip_connection). Two convolutions, 3x3, same, ReLU, their filters started by he_normal → dropout:
        that is skip_connection, (m, n_H_prev, n_W_prev, n_filters). Then 2x2 max pooling: that is next_layer, (m,
        floor(n_H_prev / 2), floor(n_W_prev / 2), n_filters). Without pooling both are the same tensor

    Source: Ronneberger, Fischer, Brox 2015, "U-Net", section 2, figure 1.
    """
    ### BEGIN SOLUTION
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(inputs)
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)
    if dropout_prob > 0:
        conv = layers.Dropout(dropout_prob)(conv)
    skip_connection = conv
    next_layer = layers.MaxPooling2D(2)(conv) if max_pooling else conv
    return next_layer, skip_connection
    ### END SOLUTION


def upsampling_block(expansive_input, contractive_input, n_filters=32):
    """One step up: double the picture, lay beside it what was seen on the way down, look twice.

    Arguments:
        expansive_input -- tensor (m, n_H_prev, n_W_prev, n_C_prev), from below
        contractive_input -- tensor (m, 2 n_H_prev, 2 n_W_prev, n_C_skip), the skip connection of that height
        n_filters -- int, filters of each convolution, the transposed one too

    Returns:
        tensor (m, 2 n_H_prev, 2 n_W_prev, n_filters): transposed convolution, 3x3, stride 2, same, without an activation →
        joined with contractive_input along the channels, which come second → two convolutions, 3x3, same, ReLU, their
        filters started by he_normal

    Source: Ronneberger, Fischer, Brox 2015, "U-Net", section 2, figure 1; its 2x2 up-convolution is 3x3 here.
    """
    ### BEGIN SOLUTION
    up = layers.Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    merge = layers.Concatenate(axis=3)([up, contractive_input])
    conv = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(merge)
    return layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)
    ### END SOLUTION


def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    """A network that gives a class to every pixel.

    Arguments:
        input_size -- tuple (n_H, n_W, n_C), n_H and n_W multiples of 16
        n_filters -- int, n: filters of the first and of the last block
        n_classes -- int

    Returns:
        `keras.Model`, not compiled, from (m, n_H, n_W, n_C) to (m, n_H, n_W, n_classes): four blocks down with n, 2n, 4n
        and 8n filters and one with 16n that is not pooled; the last two of these five drop 0.3. Four blocks up with 8n, 4n,
        2n and n filters, each with the skip connection of its height. Then a 3x3 convolution, same, ReLU, started by
        he_normal, n filters; then a 1x1 convolution to n_classes channels, without an activation: logits

    Source: Ronneberger, Fischer, Brox 2015, "U-Net", section 2, figure 1.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_size)
    x, skips = inputs, []
    for times, dropout_prob in ((1, 0), (2, 0), (4, 0), (8, 0.3)):
        x, skip = conv_block(x, times * n_filters, dropout_prob)
        skips.append(skip)
    x, _ = conv_block(x, 16 * n_filters, 0.3, max_pooling=False)
    for times in (8, 4, 2, 1):
        x = upsampling_block(x, skips.pop(), times * n_filters)
    x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(x))
    ### END SOLUTION


def sparse_pixel_loss(y_true, logits, void=255):
    """Cross-entropy of all pixels whose class somebody has said.

    Arguments:
        y_true -- tensor (m, n_H, n_W), the class of each pixel, whole numbers of any type; `void` where nobody has said it
        logits -- tensor (m, n_H, n_W, n_classes), float32, of any size
        void -- int: the number that is no class

    Returns:
        scalar tensor, differentiable: the mean of −log softmax(logits)[class] over the pixels that are not void; 0 where
        all are

    Source: Long, Shelhamer, Darrell 2014, "Fully convolutional networks for semantic segmentation", section 4.3.
    """
    ### BEGIN SOLUTION
    y_true = keras.ops.cast(y_true, "int32")
    known = y_true != void
    classes = keras.ops.where(known, y_true, 0)
    losses = keras.ops.sparse_categorical_crossentropy(classes, logits, from_logits=True)
    losses = keras.ops.where(known, losses, 0.0)
    return keras.ops.sum(losses) / keras.ops.maximum(keras.ops.sum(keras.ops.cast(known, losses.dtype)), 1.0)
    ### END SOLUTION


def mean_iou(y_true, y_pred, n_classes, ignore=None):
    """How well two maps of classes cover each other, averaged over the classes.

    To be written without a library's IoU or confusion matrix.

    Arguments:
        y_true, y_pred -- arrays of one shape, whichever, of whole numbers: the class of each pixel
        n_classes -- int: the classes are 0 to n_classes − 1
        ignore -- int or None: pixels whose *true* class is this one are dropped, and the class itself is not averaged

    Returns:
        float in [0, 1]: the mean, over classes, of |both say so| / |at least one says so|. Classes that neither map has are
        left out; 0.0 where no class is left

    Source: Everingham et al. 2010, "The Pascal visual object classes challenge", section 4.4, equation 3.
    """
    ### BEGIN SOLUTION
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if ignore is not None:
        kept = y_true != ignore
        y_true, y_pred = y_true[kept], y_pred[kept]
    overlaps = []
    for c in range(n_classes):
        union = np.sum((y_true == c) | (y_pred == c))
        if c != ignore and union > 0:
            overlaps.append(np.sum((y_true == c) & (y_pred == c)) / union)
    return float(np.mean(overlaps)) if overlaps else 0.0
    ### END SOLUTION


def dice(y_true, y_pred):
    """How well two masks cover each other.

    To be written without a library's Dice or F1 score.

    Arguments:
        y_true, y_pred -- arrays of one shape, whichever: foreground where greater than 0

    Returns:
        float in [0, 1]: 2 |A and B| / (|A| + |B|), all pixels taken together; 1.0 where both masks are empty

    Source: Dice 1945, "Measures of the amount of ecologic association between species", Ecology 26(3); Milletari, Navab, Ahmadi
    2016, "V-Net", section 3.
    """
    ### BEGIN SOLUTION
    A, B = np.asarray(y_true) > 0, np.asarray(y_pred) > 0
    total = np.sum(A) + np.sum(B)
    return float(2 * np.sum(A & B) / total) if total > 0 else 1.0
    ### END SOLUTION
