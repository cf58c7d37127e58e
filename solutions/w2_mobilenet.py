"""Small networks, borrowed features: the reference functions of assignment `w2_mobilenet`.

The convolutions, the costs and the colours are NumPy; the models are built in Keras 3's own words and run on TensorFlow,
JAX and PyTorch. Pictures are (m, n_H, n_W, n_C).
"""

import keras
import numpy as np
from keras import layers

import data


def depthwise_conv(X, W, stride, pad):
    """Filter every channel by itself.

    To be written without a library's convolution.

    Arguments:
        X -- array (m, n_H_prev, n_W_prev, n_C)
        W -- array (f, f, n_C), one filter for each channel
        stride, pad -- ints: step of the window, zeros on each side

    Returns:
        array (m, n_H, n_W, n_C), n_H = floor((n_H_prev + 2 pad − f) / stride) + 1, likewise n_W: channel c is channel c of
        X, cross-correlated with W[:, :, c]

    Source: Howard et al. 2017, "MobileNets", section 3.1, equation 3.
    """
    ### BEGIN SOLUTION
    f = W.shape[0]
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H, n_W = ((side - f) // stride + 1 for side in X.shape[1:3])
    Z = np.zeros((X.shape[0], n_H, n_W, X.shape[3]), dtype=np.result_type(X, W))
    for row in range(f):
        for column in range(f):
            window = X[:, row : row + stride * n_H : stride, column : column + stride * n_W : stride]
            Z += window * W[row, column]
    return Z
    ### END SOLUTION


def pointwise_conv(X, W):
    """Mix the channels of every pixel: a 1x1 convolution.

    To be written without a library's convolution.

    Arguments:
        X -- array (m, n_H, n_W, n_C)
        W -- array (n_C, n_C_out)

    Returns:
        array (m, n_H, n_W, n_C_out)

    Source: Howard et al. 2017, "MobileNets", section 3.1.
    """
    ### BEGIN SOLUTION
    return X @ W
    ### END SOLUTION


def depthwise_separable_cost(n_H, n_W, f, n_C, n_C_out):
    """Count the multiplications of a convolution, done at once and in two steps.

    Arguments:
        n_H, n_W -- ints, height and width of the output
        f -- int, side of the filters
        n_C, n_C_out -- ints, channels that come in and go out

    Returns:
        (normal, separable, ratio): ints, the multiplications of an fxf convolution and those of a depthwise fxf followed
        by a pointwise one; float, separable / normal

    Source: Howard et al. 2017, "MobileNets", section 3.1: the ratio is 1 / n_C_out + 1 / f².
    """
    ### BEGIN SOLUTION
    places = n_H * n_W
    normal = places * f * f * n_C * n_C_out
    separable = places * f * f * n_C + places * n_C * n_C_out
    return normal, separable, separable / normal
    ### END SOLUTION


def inverted_residual_block(X, expansion, filters, stride):
    """The block that MobileNetV2 is made of: wide inside, narrow at both ends.

    Arguments:
        X -- tensor (m, n_H_prev, n_W_prev, n_C)
        expansion -- int: inside there are expansion · n_C channels
        filters -- int, channels that go out
        stride -- int, 1 or 2, of the depthwise convolution

    Returns:
        tensor (m, n_H, n_W, filters), n_H = ceil(n_H_prev / stride), likewise n_W: 1x1 convolution to expansion · n_C
        channels → normalised → ReLU6, all three left out where expansion is 1 → 3x3 depthwise, same, at the stride →
        normalised → ReLU6 → 1x1 convolution to `filters` channels → normalised; X is added where the stride is 1 and
        `filters` is n_C. No convolution has a bias; batch normalisation at Keras's defaults

    Source: Sandler et al. 2018, "MobileNetV2", table 1, figure 4 (d).
    """
    ### BEGIN SOLUTION
    n_C = X.shape[-1]
    Y = X
    if expansion > 1:
        Y = layers.Conv2D(expansion * n_C, 1, use_bias=False)(Y)
        Y = layers.BatchNormalization()(Y)
        Y = layers.ReLU(6.0)(Y)
    Y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(Y)
    Y = layers.BatchNormalization()(Y)
    Y = layers.ReLU(6.0)(Y)
    Y = layers.Conv2D(filters, 1, use_bias=False)(Y)
    Y = layers.BatchNormalization()(Y)
    if stride == 1 and filters == n_C:
        Y = layers.Add()([X, Y])
    return Y
    ### END SOLUTION


def compound_scaling(phi, alpha=1.2, beta=1.1, gamma=1.15):
    """By how much EfficientNet grows when it may cost 2^phi times as much.

    Arguments:
        phi -- number, the logarithm to base 2 of the budget, about
        alpha, beta, gamma -- how depth, width and resolution grow for each step of phi

    Returns:
        (depth, width, resolution): the three factors

    Source: Tan, Le 2019, "EfficientNet", equation 3.
    """
    ### BEGIN SOLUTION
    return alpha**phi, beta**phi, gamma**phi
    ### END SOLUTION


def pca_color_jitter(X, rng, sigma=0.1):
    """Change a picture's light a little, along the colours that vary most in it.

    Arguments:
        X -- array (n_H, n_W, 3), float
        rng -- `numpy.random.Generator`; the strengths are `rng.normal(0, sigma, 3)`
        sigma -- their standard deviation

    Returns:
        array (n_H, n_W, 3): every pixel has Σ p_i (α_i λ_i) added to it, where λ_i and p_i are the eigenvalues and
        eigenvectors of the pixels' covariance (3, 3), as `np.linalg.eigh` orders them, and α_i the strengths; not
        clipped

    Source: Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks", section 4.1.
    """
    ### BEGIN SOLUTION
    X = np.asarray(X)
    values, vectors = np.linalg.eigh(np.cov(X.reshape(-1, 3), rowvar=False))
    strengths = rng.normal(0, sigma, 3)
    return X + vectors @ (strengths * values)
    ### END SOLUTION


def data_augmenter():
    """Layers that turn pictures over and around while a network trains.

    Returns:
        `keras.Sequential`: RandomFlip, horizontal → RandomRotation by up to 0.2 of a full turn to either side
    """
    ### BEGIN SOLUTION
    return keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.2)])
    ### END SOLUTION


def alpaca_model(image_shape=(160, 160), data_augmentation=data_augmenter()):
    """A classifier of two kinds that borrows MobileNetV2's features.

    Arguments:
        image_shape -- tuple (n_H, n_W); pictures have three channels, values 0 to 255
        data_augmentation -- model or layer that the pictures pass through first

    Returns:
        `keras.Model`, not compiled: input → data_augmentation → `keras.applications.mobilenet_v2.preprocess_input` →
        `data.pretrained("mobilenet_v2", input_shape=(n_H, n_W, 3))`, frozen and in inference mode → global average
        pooling → Dropout 0.2 → Dense 1, without an activation: a logit
    """
    ### BEGIN SOLUTION
    base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
    base.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = data_augmentation(inputs)
    x = keras.applications.mobilenet_v2.preprocess_input(x)
    x = base(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(1)(x))
    ### END SOLUTION


def fine_tune(model, fine_tune_at=120, base_learning_rate=0.001):
    """Let the last layers of the borrowed network learn as well, gently.

    Arguments:
        model -- what `alpaca_model` gave: one of its layers is the base, itself a model with some 150 layers. Look for it among
            `model.layers`: its place depends on how `alpaca_model` was written
        fine_tune_at -- int: the base's layers before this place stay frozen, the others learn; its batch normalisations
            keep the statistics they came with, wherever they are
        base_learning_rate -- the rate that the new layer was trained with

    Returns:
        the model, compiled: Adam at a tenth of that rate, BinaryCrossentropy from logits, accuracy
    """
    ### BEGIN SOLUTION
    base = max(model.layers, key=lambda layer: len(getattr(layer, "layers", [])))
    base.trainable = True
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= fine_tune_at and not isinstance(layer, layers.BatchNormalization)
    model.compile(
        optimizer=keras.optimizers.Adam(base_learning_rate / 10),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model
    ### END SOLUTION
