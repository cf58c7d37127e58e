"""Everything as layers of Keras."""

import keras
from keras import layers


def conv_block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    look = keras.Sequential()
    for _ in range(2):
        look.add(layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.HeNormal()))
        look.add(layers.ReLU())
    look.add(layers.Dropout(dropout_prob))
    skip = look(inputs)
    return [layers.MaxPool2D((2, 2))(skip) if max_pooling else skip, skip]


def upsampling_block(expansive_input, contractive_input, n_filters=32):
    up = layers.Conv2DTranspose(n_filters, (3, 3), strides=(2, 2), padding="same", activation=None)(expansive_input)
    merge = layers.concatenate([up, contractive_input], axis=3)
    conv = layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.he_normal())(merge)
    conv = layers.Activation("relu")(conv)
    conv = layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.he_normal())(conv)
    return layers.Activation("relu")(conv)
