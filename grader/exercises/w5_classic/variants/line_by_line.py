"""One layer after the other, one line each."""

import data
import keras
from keras import layers
from solutions.w5_classic import vgg_block


def alexnet(input_shape=(227, 227, 3), classes=1000, filters=(96, 256, 384, 384, 256), units=4096, groups=1):
    X_input = layers.Input(shape=input_shape)
    X = layers.Conv2D(filters[0], (11, 11), (4, 4), name="conv1")(X_input)
    X = layers.Activation("relu")(X)
    X = data.local_response_layer(2, 2.0, 1e-4, 0.75)(X)
    X = layers.MaxPool2D((3, 3), (2, 2))(X)
    X = layers.Conv2D(filters[1], (5, 5), padding="same", groups=groups, name="conv2")(X)
    X = layers.Activation("relu")(X)
    X = data.local_response_layer()(X)
    X = layers.MaxPool2D((3, 3), (2, 2))(X)
    X = layers.ZeroPadding2D(1)(X)
    X = layers.Conv2D(filters[2], (3, 3), activation="relu", name="conv3")(X)
    X = layers.Conv2D(filters[3], (3, 3), padding="same", groups=groups, activation="relu", name="conv4")(X)
    X = layers.Conv2D(filters[4], (3, 3), padding="same", groups=groups, activation="relu", name="conv5")(X)
    X = layers.MaxPool2D((3, 3), (2, 2))(X)
    X = layers.Flatten()(X)
    X = layers.Dense(units)(X)
    X = layers.ReLU()(X)
    X = layers.Dropout(rate=0.5)(X)
    X = layers.Dense(units)(X)
    X = layers.ReLU()(X)
    X = layers.Dropout(rate=0.5)(X)
    X = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs=X_input, outputs=X, name="AlexNet")


def vgg(
    input_shape=(224, 224, 3),
    classes=1000,
    blocks=((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    units=4096,
):
    X_input = layers.Input(shape=input_shape)
    X = X_input
    for block in blocks:
        X = vgg_block(X, block[0], block[1])
    X = layers.Flatten()(X)
    X = layers.Dropout(0.5)(layers.Activation("relu")(layers.Dense(units)(X)))
    X = layers.Dropout(0.5)(layers.Activation("relu")(layers.Dense(units)(X)))
    X = layers.Dense(classes)(X)
    return keras.Model(inputs=X_input, outputs=layers.Activation("softmax")(X), name="VGG")


def auxiliary_head(X, classes, filters=128, units=1024):
    X = layers.AveragePooling2D(pool_size=(5, 5), strides=(3, 3), padding="valid")(X)
    X = layers.Conv2D(filters, (1, 1))(X)
    X = layers.Activation("relu")(X)
    X = layers.Flatten()(X)
    X = layers.Dense(units)(X)
    X = layers.Activation("relu")(X)
    X = layers.Dropout(0.7)(X)
    X = layers.Dense(classes)(X)
    return layers.Softmax()(X)


def inception_bn_module(X, filters, training=None):
    f1, f3_reduce, f3, d3_reduce, d3, f_pool = filters
    a = layers.Conv2D(f1, (1, 1), use_bias=False)(X)
    a = layers.BatchNormalization()(a, training=training)
    a = layers.Activation("relu")(a)
    b = layers.Conv2D(f3_reduce, (1, 1), use_bias=False)(X)
    b = layers.BatchNormalization()(b, training=training)
    b = layers.Activation("relu")(b)
    b = layers.Conv2D(f3, (3, 3), padding="same", use_bias=False)(b)
    b = layers.BatchNormalization()(b, training=training)
    b = layers.Activation("relu")(b)
    c = layers.Conv2D(d3_reduce, (1, 1), use_bias=False)(X)
    c = layers.BatchNormalization()(c, training=training)
    c = layers.Activation("relu")(c)
    c = layers.Conv2D(d3, (3, 3), padding="same", use_bias=False)(c)
    c = layers.BatchNormalization()(c, training=training)
    c = layers.Activation("relu")(c)
    c = layers.Conv2D(d3, (3, 3), padding="same", use_bias=False)(c)
    c = layers.BatchNormalization()(c, training=training)
    c = layers.Activation("relu")(c)
    d = layers.AveragePooling2D((3, 3), strides=(1, 1), padding="same")(X)
    d = layers.Conv2D(f_pool, (1, 1), use_bias=False)(d)
    d = layers.BatchNormalization()(d, training=training)
    d = layers.Activation("relu")(d)
    return layers.concatenate([a, b, c, d], axis=-1)


def factorised_conv(X, filters, n):
    X = layers.Conv2D(filters, (1, n), padding="same", use_bias=False)(X)
    X = layers.BatchNormalization()(X)
    X = layers.Activation("relu")(X)
    X = layers.Conv2D(filters, (n, 1), padding="same", use_bias=False)(X)
    X = layers.BatchNormalization()(X)
    return layers.Activation("relu")(X)
