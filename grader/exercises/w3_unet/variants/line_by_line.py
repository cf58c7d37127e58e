"""Step after step, each with a name."""

import keras
from keras import layers
from solutions.w3_unet import conv_block, upsampling_block


def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = keras.Input(input_size)
    cblock1 = conv_block(inputs, n_filters)
    cblock2 = conv_block(cblock1[0], 2 * n_filters)
    cblock3 = conv_block(cblock2[0], 4 * n_filters)
    cblock4 = conv_block(cblock3[0], 8 * n_filters, dropout_prob=0.3)
    cblock5 = conv_block(cblock4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False)
    ublock6 = upsampling_block(cblock5[0], cblock4[1], 8 * n_filters)
    ublock7 = upsampling_block(ublock6, cblock3[1], n_filters * 4)
    ublock8 = upsampling_block(ublock7, cblock2[1], n_filters * 2)
    ublock9 = upsampling_block(ublock8, cblock1[1], n_filters)
    conv9 = layers.Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(ublock9)
    conv10 = layers.Conv2D(n_classes, 1, padding="same")(conv9)
    return keras.Model(inputs=inputs, outputs=conv10)


def sparse_pixel_loss(y_true, logits, void=255):
    labels = keras.ops.reshape(keras.ops.cast(y_true, "int64"), (-1,))
    flat = keras.ops.reshape(logits, (-1, logits.shape[-1]))
    known = labels != void
    right = keras.ops.take_along_axis(flat, keras.ops.where(known, labels, 0)[:, None], axis=-1)[:, 0]
    losses = keras.ops.where(known, keras.ops.logsumexp(flat, axis=-1) - right, 0.0)
    return keras.ops.sum(losses) / keras.ops.maximum(1.0, keras.ops.sum(keras.ops.cast(known, "float32")))
