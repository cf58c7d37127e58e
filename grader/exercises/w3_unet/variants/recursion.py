"""A function that calls itself for what lies deeper."""

import keras
from keras import layers
from solutions.w3_unet import conv_block, upsampling_block


def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    last = layers.Conv2D(n_classes, (1, 1), activation="linear", name="logits")

    def from_here_down(x, depth=0):
        n = n_filters * 2**depth
        below, beside = conv_block(x, n, 0.3 if depth > 2 else 0, depth < 4)
        return upsampling_block(from_here_down(below, depth + 1), beside, n) if depth < 4 else below

    inputs = keras.Input(input_size)
    x = from_here_down(inputs)
    x = layers.Activation("relu")(layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal")(x))
    return keras.Model(inputs, last(x))
