"""From your own layers to Keras: the reference functions of assignment `w1_keras`.

The first three are NumPy; the models are built in Keras 3's own words and run on TensorFlow, JAX and PyTorch. Pictures
are (m, n_H, n_W, n_C).
"""

import keras
import numpy as np
from keras import layers


def softmax(z):
    """Turn scores into probabilities.

    To be written without a library's softmax.

    Arguments:
        z -- array (..., n) of scores, any real numbers, any leading axes

    Returns:
        array of z's shape: along the last axis positive numbers that add up to 1; finite for scores of ±1000 too

    Source: Goodfellow, Bengio, Courville 2016, section 6.2.2.3, equation 6.29.
    """
    ### BEGIN SOLUTION
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


def cross_entropy(y_true, y_pred):
    """How surprised a classifier is by the truth, on average.

    To be written without a library's cross-entropy.

    Arguments:
        y_true -- the right classes: ids, array (m,) of whole numbers, or one-hot, array (m, n)
        y_pred -- array (m, n), the probabilities that the classifier gives

    Returns:
        float, the mean over the m pictures of −log(probability of the right class), in nats; a probability of 0 counts
        as 1e-12, so that the result is finite

    Source: Goodfellow, Bengio, Courville 2016, section 5.5.
    """
    ### BEGIN SOLUTION
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim == 1:
        y_true = np.eye(y_pred.shape[1])[y_true.astype(int)]
    right = (y_true * y_pred).sum(axis=-1)
    return -np.log(np.maximum(right, 1e-12)).mean()
    ### END SOLUTION


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    """Normalise every channel, then scale and shift it.

    To be written without a library's batch normalisation.

    Arguments:
        x -- array (..., n_C), the last axis is the channel
        gamma, beta -- arrays (n_C,), scale and offset
        running_mean, running_var -- arrays (n_C,), what was seen so far
        training -- True: normalise with the mean and the (biased) variance of this batch, over all axes but the last,
            and move the running ones towards them; False: normalise with the running ones
        momentum -- share of the old running numbers that is kept
        eps -- added to the variance before the root

    Returns:
        (out, running_mean, running_var): array of x's shape, and the two arrays (n_C,) as they are afterwards; the
        arguments themselves stay as they were

    Source: Ioffe, Szegedy 2015, "Batch Normalization", algorithms 1 and 2; the running numbers as Keras keeps them.
    """
    ### BEGIN SOLUTION
    mean, var = running_mean, running_var
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    out = gamma * (x - mean) / np.sqrt(var + eps) + beta
    return out, np.array(running_mean), np.array(running_var)
    ### END SOLUTION


def happyModel():
    """A network that tells smiling faces from others.

    Returns:
        `keras.Sequential`, not compiled, for pictures (64, 64, 3): ZeroPadding2D 3 → Conv2D, 32 filters 7x7, stride 1 →
        BatchNormalization over the channels → ReLU → MaxPooling2D 2x2 → Flatten → Dense 1, sigmoid; 37,633 parameters
    """
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.ZeroPadding2D(3),
            layers.Conv2D(32, 7),
            layers.BatchNormalization(axis=3),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    ### END SOLUTION


def convolutional_model(input_shape):
    """A network that reads the digits 0 to 5 off a hand.

    Arguments:
        input_shape -- tuple (n_H, n_W, n_C) of one picture

    Returns:
        `keras.Model`, not compiled: Conv2D, 8 filters 4x4, same → ReLU → max pooling 8x8, stride 8, same → Conv2D, 16
        filters 2x2, same → ReLU → max pooling 4x4, stride 4, same → Flatten → Dense 6, softmax
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 4, padding="same")(inputs)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(8, strides=8, padding="same")(x)
    x = layers.Conv2D(16, 2, padding="same")(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(4, strides=4, padding="same")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(6, activation="softmax")(x)
    return keras.Model(inputs, outputs)
    ### END SOLUTION


def LeNet5(input_shape=(32, 32, 1), classes=10):
    """LeNet-5, in today's layers.

    Arguments:
        input_shape -- tuple (n_H, n_W, n_C) of one picture
        classes -- int, how many classes there are

    Returns:
        `keras.Model`, not compiled: Conv2D, 6 filters 5x5, tanh → average pooling 2x2 → Conv2D, 16 filters 5x5, tanh →
        average pooling 2x2 → Flatten → Dense 120, tanh → Dense 84, tanh → Dense `classes`, softmax; the convolutions
        are valid, stride 1; 61,706 parameters at the defaults

    Source: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition", section II B.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(6, 5, activation="tanh")(inputs)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(16, 5, activation="tanh")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="tanh")(x)
    x = layers.Dense(84, activation="tanh")(x)
    outputs = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)
    ### END SOLUTION
