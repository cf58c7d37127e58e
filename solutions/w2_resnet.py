"""Why depth needs shortcuts: the reference functions of assignment `w2_resnet`.

All are built in Keras 3's own words and run on TensorFlow, JAX and PyTorch. Tensors are (m, n_H, n_W, n_C).
"""

import keras
from keras import layers
from keras.initializers import glorot_uniform, random_uniform


def plain_block(X, f, filters, initializer=random_uniform):
    """Three convolutions, one after the other: what a network without shortcuts is made of.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C_prev)
        f -- int, side of the filters in the middle
        filters -- three ints, the filters of the convolutions
        initializer -- class of initializers: every convolution starts from `initializer(seed=0)`

    Returns:
        tensor (m, n_H, n_W, n_C), n_C the last of the filters: 1x1 → normalised → ReLU → fxf, same → normalised → ReLU →
        1x1 → normalised → ReLU. Batch normalisation over the channels (axis 3), at Keras's defaults

    Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition", section 3.3, "plain network".
    """
    ### BEGIN SOLUTION
    for n, size in zip(filters, (1, f, 1), strict=True):
        X = layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0))(X)
        X = layers.BatchNormalization(axis=3)(X)
        X = layers.ReLU()(X)
    return X
    ### END SOLUTION


def identity_block(X, f, filters, initializer=random_uniform, training=None):
    """A residual block whose output has the shape of its input.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C)
        f -- int, side of the filters in the middle of the main path
        filters -- three ints, the filters of the main path's convolutions; the last one is n_C
        initializer -- class of initializers: every convolution starts from `initializer(seed=0)`
        training -- the mode of batch normalisation, passed on to it: True, False, or None for what Keras decides

    Returns:
        tensor (m, n_H, n_W, n_C). Main path: 1x1 → normalised → ReLU → fxf, same → normalised → ReLU → 1x1 → normalised;
        then X is added, and ReLU comes last. Batch normalisation over the channels (axis 3), at Keras's defaults

    Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition", figure 5, equation 1.
    """
    ### BEGIN SOLUTION
    F1, F2, F3 = filters
    X_shortcut = X
    X = layers.Conv2D(F1, 1, kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    X = layers.ReLU()(X)
    X = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    X = layers.ReLU()(X)
    X = layers.Conv2D(F3, 1, kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    X = layers.Add()([X, X_shortcut])
    return layers.ReLU()(X)
    ### END SOLUTION


def convolutional_block(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    """A residual block whose output has another shape than its input.

    Arguments:
        X -- tensor (m, n_H_prev, n_W_prev, n_C_prev)
        f -- int, side of the filters in the middle of the main path
        filters -- three ints, the filters of the main path's convolutions
        s -- int, stride of the main path's first convolution, and of the shortcut's
        initializer -- class of initializers: every convolution starts from `initializer(seed=0)`
        training -- the mode of batch normalisation, passed on to it: True, False, or None for what Keras decides

    Returns:
        tensor (m, n_H, n_W, n_C), n_H = ceil(n_H_prev / s), likewise n_W, n_C the last of the filters. Main path: 1x1,
        stride s → normalised → ReLU → fxf, same → normalised → ReLU → 1x1 → normalised. Shortcut: 1x1, stride s →
        normalised. Then the two are added, and ReLU comes last. Batch normalisation over the channels (axis 3), at Keras's
        defaults

    Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition", section 3.3, equation 2.
    """
    ### BEGIN SOLUTION
    F1, F2, F3 = filters
    X_shortcut = layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer(seed=0))(X)
    X_shortcut = layers.BatchNormalization(axis=3)(X_shortcut, training=training)
    X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    X = layers.ReLU()(X)
    X = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    X = layers.ReLU()(X)
    X = layers.Conv2D(F3, 1, kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X, training=training)
    X = layers.Add()([X, X_shortcut])
    return layers.ReLU()(X)
    ### END SOLUTION


def ResNet50(input_shape=(64, 64, 3), classes=6):
    """The residual network of 50 layers with weights, out of your two blocks.

    Arguments:
        input_shape -- tuple (n_H, n_W, n_C) of one picture
        classes -- int, how many classes there are

    Returns:
        `keras.Model`, not compiled; 23,600,006 parameters at the defaults:
        stage 1: ZeroPadding2D 3 → Conv2D, 64 filters 7x7, stride 2 → BatchNormalization over the channels → ReLU → max
            pooling 3x3, stride 2
        stage 2: convolutional block, filters 64, 64, 256, stride 1, then 2 identity blocks
        stage 3: convolutional block, filters 128, 128, 512, stride 2, then 3 identity blocks
        stage 4: convolutional block, filters 256, 256, 1024, stride 2, then 5 identity blocks
        stage 5: convolutional block, filters 512, 512, 2048, stride 2, then 2 identity blocks
        average pooling 2x2 → Flatten → Dense `classes`, softmax; in all blocks f is 3

    Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition", table 1.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    X = layers.ZeroPadding2D(3)(inputs)
    X = layers.Conv2D(64, 7, strides=2)(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(3, strides=2)(X)
    for n, s, more in ((64, 1, 2), (128, 2, 3), (256, 2, 5), (512, 2, 2)):
        X = convolutional_block(X, 3, [n, n, 4 * n], s=s)
        for _ in range(more):
            X = identity_block(X, 3, [n, n, 4 * n])
    X = layers.AveragePooling2D(2)(X)
    X = layers.Flatten()(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)
    ### END SOLUTION


def multiply_adds(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    """What a same convolution costs, directly or through a bottleneck.

    Arguments:
        n_H, n_W -- ints, size of the input, and of the output
        n_C_prev, n_C -- ints, channels of the input and of the output
        f -- int, side of the filters
        bottleneck -- int, channels that a 1x1 convolution leaves before the fxf one; None: there is none

    Returns:
        int, the number of multiplications for one picture, those of the 1x1 convolution included

    Source: Szegedy et al. 2014, "Going deeper with convolutions", section 4; the case of Ng, Deep Learning, course 4.
    """
    ### BEGIN SOLUTION
    if bottleneck is None:
        return n_H * n_W * f * f * n_C_prev * n_C
    return n_H * n_W * n_C_prev * bottleneck + n_H * n_W * f * f * bottleneck * n_C
    ### END SOLUTION


def inception_module(X, filters):
    """Look at a tensor through windows of several sizes at once.

    Arguments:
        X -- tensor (m, n_H, n_W, n_C_prev)
        filters -- six ints (f1, f3_reduce, f3, f5_reduce, f5, f_pool)

    Returns:
        tensor (m, n_H, n_W, f1 + f3 + f5 + f_pool), the channels of four branches, in this order: f1 filters 1x1;
        f3_reduce filters 1x1 → f3 filters 3x3; f5_reduce filters 1x1 → f5 filters 5x5; max pooling 3x3, stride 1 → f_pool
        filters 1x1. All windows are same, ReLU follows every convolution

    Source: Szegedy et al. 2014, "Going deeper with convolutions", figure 2 (b).
    """
    ### BEGIN SOLUTION
    f1, f3_reduce, f3, f5_reduce, f5, f_pool = filters
    one = layers.Conv2D(f1, 1, activation="relu")(X)
    three = layers.Conv2D(f3_reduce, 1, activation="relu")(X)
    three = layers.Conv2D(f3, 3, padding="same", activation="relu")(three)
    five = layers.Conv2D(f5_reduce, 1, activation="relu")(X)
    five = layers.Conv2D(f5, 5, padding="same", activation="relu")(five)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(X)
    pooled = layers.Conv2D(f_pool, 1, activation="relu")(pooled)
    return layers.Concatenate(axis=3)([one, three, five, pooled])
    ### END SOLUTION
