"""One layer after the other, one line each."""

import keras
from keras import layers
from keras.initializers import glorot_uniform, random_uniform
from solutions.w2_resnet import convolutional_block, identity_block


def plain_block(X, f, filters, initializer=random_uniform):
    F1, F2, F3 = filters
    X = layers.Conv2D(F1, (1, 1), kernel_initializer=initializer(seed=0))(X)
    X = layers.Activation("relu")(layers.BatchNormalization(axis=3)(X))
    X = layers.Conv2D(F2, (f, f), padding="same", kernel_initializer=initializer(seed=0))(X)
    X = layers.Activation("relu")(layers.BatchNormalization(axis=3)(X))
    X = layers.Conv2D(F3, (1, 1), padding="valid", kernel_initializer=initializer(seed=0))(X)
    return layers.Activation("relu")(layers.BatchNormalization(axis=3)(X))


def ResNet50(input_shape=(64, 64, 3), classes=6):
    X_input = keras.Input(input_shape)
    X = layers.ZeroPadding2D((3, 3))(X_input)
    X = layers.Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer=glorot_uniform(seed=0), name="conv1")(X)
    X = layers.BatchNormalization(axis=3, name="bn_conv1")(X)
    X = layers.Activation("relu")(X)
    X = layers.MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], s=1)
    X = identity_block(X, 3, [64, 64, 256])
    X = identity_block(X, 3, [64, 64, 256])
    X = convolutional_block(X, f=3, filters=[128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], s=2)
    for _ in range(5):
        X = identity_block(X, 3, [256, 256, 1024])
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], s=2)
    X = identity_block(X, 3, [512, 512, 2048])
    X = identity_block(X, 3, [512, 512, 2048])
    X = layers.AveragePooling2D((2, 2))(X)
    X = layers.Dense(classes)(layers.Flatten()(X))
    return keras.Model(X_input, layers.Softmax()(X), name="ResNet50")
