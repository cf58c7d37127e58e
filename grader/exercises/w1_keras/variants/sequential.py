"""Sequential models, and an activation or softmax as a layer of its own."""

import keras
from keras import layers


def happyModel():
    model = keras.Sequential()
    model.add(keras.Input(shape=(64, 64, 3)))
    model.add(layers.Conv2D(32, (7, 7), strides=1, padding="same"))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPool2D((2, 2)))  # the largest of all numbers is cut at 0, or the numbers cut at 0 first: the same
    model.add(layers.Activation("relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.add(layers.Activation("sigmoid"))
    return model


def convolutional_model(input_shape):
    return keras.Sequential(
        [
            keras.Input(shape=input_shape),
            layers.Conv2D(8, (4, 4), padding="same", activation="relu"),
            layers.MaxPool2D((8, 8), padding="same"),
            layers.Conv2D(16, (2, 2), padding="same"),
            layers.MaxPool2D(pool_size=4, strides=4, padding="same"),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(6),
            layers.Softmax(),
        ]
    )


def LeNet5(input_shape=(32, 32, 1), classes=10):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, kernel_size=5, strides=1, padding="valid"))
        model.add(layers.Activation("tanh"))
        model.add(layers.AvgPool2D(pool_size=(2, 2), strides=2))
    model.add(layers.Flatten())
    for units in (120, 84):
        model.add(layers.Dense(units, activation=keras.ops.tanh))
    model.add(layers.Dense(classes))
    model.add(layers.Softmax())
    return model
