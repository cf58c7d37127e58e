"""Every argument written out and every layer named; the input's shape is left to the first call."""

import keras
from keras import layers


def happyModel():
    return keras.Sequential(
        [
            layers.ZeroPadding2D(padding=(3, 3)),
            layers.Conv2D(32, (7, 7), strides=(1, 1), name="conv0"),
            layers.BatchNormalization(axis=3, name="bn0"),
            layers.ReLU(),
            layers.MaxPooling2D((2, 2), name="max_pool0"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="fc"),
        ]
    )
