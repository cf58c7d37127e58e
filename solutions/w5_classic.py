"""The classic networks, from AlexNet to Inception: the reference functions of assignment `w5_classic`.

What is counted, drawn at random or averaged is NumPy; the networks are built in Keras 3's own words and run on TensorFlow,
JAX and PyTorch. Pictures are (m, n_H, n_W, n_C).
"""

import keras
import numpy as np
from keras import layers

import data


def local_response_norm(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75):
    """Make every number smaller the stronger the neighbouring channels are at the same place.

    To be written without a library's local response normalisation.

    Arguments:
        X -- array (..., n_C), of any number of axes; the last one holds the channels
        depth_radius -- int r, how many channels on each side are neighbours
        bias, alpha, beta -- floats

    Returns:
        float array of the same shape: X / (bias + alpha · S) ** beta, where S[..., c] is the sum of the squares of X over the
        channels max(0, c − r) to min(n_C − 1, c + r), c among them. alpha is not divided by the number of channels

    Source: Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks", section 3.3.
    """
    ### BEGIN SOLUTION
    squares = X.astype(float) ** 2
    S = np.empty_like(squares)
    for c in range(X.shape[-1]):
        S[..., c] = squares[..., max(0, c - depth_radius) : c + depth_radius + 1].sum(axis=-1)
    return X / (bias + alpha * S) ** beta
    ### END SOLUTION


def dropout_forward(X, rate, rng, training=True):
    """Set numbers to 0 at random, and scale up the others, so that the mean stays.

    Arguments:
        X -- array of any shape
        rate -- float, the probability with which a number is dropped: 0 ≤ rate < 1
        rng -- `np.random.Generator`; one call of `rng.random(X.shape)` draws a number of [0, 1) for each one of X
        training -- bool; without it nothing is dropped, scaled or drawn

    Returns:
        (out, mask): out, a new array of X's shape, is X / (1 − rate) where the number that was drawn is at least rate, and 0
        elsewhere; mask, a bool array of X's shape, is True where X was kept. Without training: a copy of X, and True everywhere

    Raises:
        ValueError if rate is outside of [0, 1), in training or not

    Source: Srivastava et al. 2014, "Dropout", section 4; "inverted", as it is done today: scaled in training, not afterwards.
    """
    ### BEGIN SOLUTION
    if not 0 <= rate < 1:
        raise ValueError(f"rate must be at least 0 and less than 1, got {rate}")
    if not training:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) >= rate
    return np.where(mask, X / (1 - rate), 0), mask
    ### END SOLUTION


def dropout_backward(dout, mask, rate):
    """Pass the gradient back through dropout.

    Arguments:
        dout -- array, the gradient of the loss with respect to what `dropout_forward` gave
        mask -- bool array of the same shape, as `dropout_forward` gave it
        rate -- float, as `dropout_forward` got it

    Returns:
        array of the same shape: the gradient with respect to X of `dropout_forward` in training

    Source: Srivastava et al. 2014, "Dropout", section 5.
    """
    ### BEGIN SOLUTION
    return np.where(mask, dout / (1 - rate), 0)
    ### END SOLUTION


def stack_of_small(f, n_C, small=3):
    """Replace one large convolution by several small ones that see as much.

    Arguments:
        f -- int, side of the large filters
        n_C -- int, channels that go in and come out of every layer
        small -- int, side of the small filters

    Returns:
        (n_layers, large, stack), ints: how many layers of small filters, stride 1, see as much of the picture as one layer of
        f x f filters; the weights of the one large layer; the weights of the whole stack. Biases are not counted

    Raises:
        ValueError if no whole number of layers, at least 1, sees exactly f x f

    Source: Simonyan, Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", section 2.3.
    """
    ### BEGIN SOLUTION
    if small < 2 or f < small or (f - 1) % (small - 1):
        raise ValueError(f"no stack of {small}x{small} filters sees exactly {f}x{f}")
    n_layers = (f - 1) // (small - 1)
    return n_layers, f * f * n_C * n_C, n_layers * small * small * n_C * n_C
    ### END SOLUTION


def alexnet(input_shape=(227, 227, 3), classes=1000, filters=(96, 256, 384, 384, 256), units=4096, groups=1):
    """The network that began it: five convolutions, three dense layers.

    Arguments:
        input_shape -- tuple (n_H, n_W, n_C) of one picture
        classes -- int, how many classes there are
        filters -- five ints, the filters of the convolutions
        units -- int, the units of each of the two dense layers before the last
        groups -- int; convolutions 2, 4 and 5 have so many groups, as on so many GPUs. 1 and 3 see all channels

    Returns:
        `keras.Model`, not compiled; 62,378,344 parameters at the defaults, 60,965,224 with two groups:
        Conv2D 11x11, stride 4, valid, ReLU → `data.local_response_layer()` → max pooling 3x3, stride 2
        Conv2D 5x5, same, ReLU → `data.local_response_layer()` → max pooling 3x3, stride 2
        Conv2D 3x3, same, ReLU, three times → max pooling 3x3, stride 2
        Flatten → (Dense `units`, ReLU → Dropout 0.5) twice → Dense `classes`, softmax; no pooling is padded

    Source: Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks", figure 2;
    with pictures of 227x227: at the 224x224 that is printed there, 11x11 filters with stride 4 do not give 55x55.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    X = layers.Conv2D(filters[0], 11, strides=4, activation="relu")(inputs)
    X = data.local_response_layer()(X)
    X = layers.MaxPooling2D(3, strides=2)(X)
    X = layers.Conv2D(filters[1], 5, padding="same", groups=groups, activation="relu")(X)
    X = data.local_response_layer()(X)
    X = layers.MaxPooling2D(3, strides=2)(X)
    X = layers.Conv2D(filters[2], 3, padding="same", activation="relu")(X)
    X = layers.Conv2D(filters[3], 3, padding="same", groups=groups, activation="relu")(X)
    X = layers.Conv2D(filters[4], 3, padding="same", groups=groups, activation="relu")(X)
    X = layers.MaxPooling2D(3, strides=2)(X)
    X = layers.Flatten()(X)
    for _ in range(2):
        X = layers.Dense(units, activation="relu")(X)
        X = layers.Dropout(0.5)(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)
    ### END SOLUTION


def vgg_block(X, n_convs, filters):
    """Some convolutions of one kind, then half the size: what VGG is made of.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C_prev)
        n_convs -- int, how many convolutions
        filters -- int, the filters of each of them

    Returns:
        tensor (m, n_H // 2, n_W // 2, filters): `n_convs` convolutions 3x3, same, each with ReLU; then max pooling 2x2, stride 2

    Source: Simonyan, Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", section 2.1.
    """
    ### BEGIN SOLUTION
    for _ in range(n_convs):
        X = layers.Conv2D(filters, 3, padding="same", activation="relu")(X)
    return layers.MaxPooling2D(2)(X)
    ### END SOLUTION


def vgg(
    input_shape=(224, 224, 3),
    classes=1000,
    blocks=((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    units=4096,
):
    """A network of rules: your blocks, then three dense layers.

    Arguments:
        input_shape -- tuple (n_H, n_W, n_C) of one picture
        classes -- int, how many classes there are
        blocks -- pairs of ints (n_convs, filters), one for each block
        units -- int, the units of each of the two dense layers before the last

    Returns:
        `keras.Model`, not compiled; at the defaults VGG-16, 138,357,544 parameters: the blocks → Flatten → (Dense `units`, ReLU
        → Dropout 0.5) twice → Dense `classes`, softmax

    Source: Simonyan, Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", table 1, column D.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    X = inputs
    for n_convs, filters in blocks:
        X = vgg_block(X, n_convs, filters)
    X = layers.Flatten()(X)
    for _ in range(2):
        X = layers.Dense(units, activation="relu")(X)
        X = layers.Dropout(0.5)(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)
    ### END SOLUTION


def auxiliary_head(X, classes, filters=128, units=1024):
    """A second classifier, halfway up: it gives the lower layers a gradient of their own.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C_prev), at least 5 high and 5 wide
        classes -- int, how many classes there are
        filters -- int, the filters of the convolution
        units -- int, the units of the dense layer

    Returns:
        tensor (m, classes) of probabilities: average pooling 5x5, stride 3, valid → Conv2D 1x1, ReLU → Flatten → Dense
        `units`, ReLU → Dropout 0.7 → Dense `classes`, softmax

    Source: Szegedy et al. 2014, "Going deeper with convolutions", section 5.
    """
    ### BEGIN SOLUTION
    X = layers.AveragePooling2D(5, strides=3)(X)
    X = layers.Conv2D(filters, 1, activation="relu")(X)
    X = layers.Flatten()(X)
    X = layers.Dense(units, activation="relu")(X)
    X = layers.Dropout(0.7)(X)
    return layers.Dense(classes, activation="softmax")(X)
    ### END SOLUTION


def auxiliary_loss(y_true, outputs, weight=0.3):
    """The loss of a network with heads at several heights.

    To be written with operations that have a gradient (`keras.ops`, `keras.losses`).

    Arguments:
        y_true -- tensor of classes: ids (m,), or one-hot (m, K)
        outputs -- list or tuple of tensors (m, K) of probabilities: the main head's first, then those of the auxiliary heads;
            or the main head's alone, as a tensor
        weight -- float, what an auxiliary head counts

    Returns:
        scalar tensor: the main head's cross-entropy, and weight times the sum of those of all auxiliary heads; each is the
        mean over the batch

    Source: Szegedy et al. 2014, "Going deeper with convolutions", section 5.
    """
    ### BEGIN SOLUTION
    main, *others = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    if len(y_true.shape) == 1:
        y_true = keras.ops.one_hot(y_true, main.shape[-1])

    def cost(probabilities):
        return keras.ops.mean(keras.ops.categorical_crossentropy(y_true, probabilities))

    return cost(main) + weight * sum(cost(other) for other in others)
    ### END SOLUTION


def inception_bn_module(X, filters, training=None):
    """The inception module with batch normalisation, and two 3x3 windows in place of the 5x5.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C_prev)
        filters -- six ints (f1, f3_reduce, f3, d3_reduce, d3, f_pool); d3 is for the double 3x3
        training -- the mode of batch normalisation, passed on to it: True, False, or None for what Keras decides

    Returns:
        tensor (m, n_H, n_W, f1 + f3 + d3 + f_pool), the channels of four branches, in this order: f1 filters 1x1; f3_reduce
        filters 1x1 → f3 filters 3x3; d3_reduce filters 1x1 → d3 filters 3x3 → d3 filters 3x3; average pooling 3x3, stride 1 →
        f_pool filters 1x1. All padding is same; every convolution has no bias and is followed by batch normalisation over
        the channels (axis 3), at Keras's defaults, and then by ReLU

    Source: Ioffe, Szegedy 2015, "Batch normalization", section 4.2.1 and appendix.
    """
    ### BEGIN SOLUTION
    f1, f3_reduce, f3, d3_reduce, d3, f_pool = filters

    def convolution(X, n, f):
        X = layers.Conv2D(n, f, padding="same", use_bias=False)(X)
        X = layers.BatchNormalization(axis=3)(X, training=training)
        return layers.ReLU()(X)

    one = convolution(X, f1, 1)
    three = convolution(convolution(X, f3_reduce, 1), f3, 3)
    double = convolution(X, d3_reduce, 1)
    double = convolution(convolution(double, d3, 3), d3, 3)
    pooled = layers.AveragePooling2D(3, strides=1, padding="same")(X)
    pooled = convolution(pooled, f_pool, 1)
    return layers.Concatenate(axis=3)([one, three, double, pooled])
    ### END SOLUTION


def factorised_conv(X, filters, n):
    """An n x n window as a row of n and a column of n.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C_prev)
        filters -- int, the filters of each of the two convolutions
        n -- int, length of the windows

    Returns:
        tensor (m, n_H, n_W, filters): a convolution 1 high and n wide, then one n high and 1 wide. Both are same, have no
        bias, and are followed by batch normalisation over the channels (axis 3), at Keras's defaults, and then by ReLU

    Source: Szegedy et al. 2015, "Rethinking the inception architecture for computer vision", section 3.2, figure 6.
    """
    ### BEGIN SOLUTION
    for window in ((1, n), (n, 1)):
        X = layers.Conv2D(filters, window, padding="same", use_bias=False)(X)
        X = layers.BatchNormalization(axis=3)(X)
        X = layers.ReLU()(X)
    return X
    ### END SOLUTION


def smooth_labels(labels, classes, epsilon=0.1):
    """Leave some doubt in the labels.

    Arguments:
        labels -- array of classes: ids (m,), whole numbers; or one-hot (m, classes)
        classes -- int K, how many classes there are
        epsilon -- float, the share of each label that is spread evenly over all K classes

    Returns:
        float array (m, K): (1 − epsilon) · one-hot + epsilon / K

    Source: Szegedy et al. 2015, "Rethinking the inception architecture for computer vision", section 7.
    """
    ### BEGIN SOLUTION
    one_hot = np.eye(classes)[labels] if labels.ndim == 1 else labels
    return (1 - epsilon) * one_hot + epsilon / classes
    ### END SOLUTION


def multi_scale_predict(model, image, sides):
    """Look at a picture in several sizes, and in the mirror, and take the mean.

    Arguments:
        model -- fully convolutional `keras.Model`: for pictures (m, n_h, n_w, 3) of any size it gives probabilities
            (m, n_h', n_w', K), one set for each place
        image -- float32 array (n_H, n_W, 3)
        sides -- list of ints: in turn, the shorter side of the picture becomes so long, and the longer one as many whole
            pixels as keep the proportions best (`round`). `data.resized(image, (n_h, n_w))` gives a picture another size

    Returns:
        float array (K,): for each size the mean over all places, of the picture and of its mirror image, left and right
        exchanged; then the mean over all of these, each size counting alike

    Source: Simonyan, Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", section 3.2.
    """
    ### BEGIN SOLUTION
    n_H, n_W, _ = image.shape
    found = []
    for side in sides:
        scale = side / min(n_H, n_W)
        picture = data.resized(image, (round(n_H * scale), round(n_W * scale)))
        places = model(np.stack([picture, picture[:, ::-1]]), training=False)
        found.append(keras.ops.convert_to_numpy(places).mean(axis=(0, 1, 2)))
    return np.mean(found, axis=0)
    ### END SOLUTION
