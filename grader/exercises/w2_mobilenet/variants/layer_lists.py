"""Models as lists of layers."""

import data
import keras
from keras import layers


def inverted_residual_block(X, expansion, filters, stride):
    wide = expansion * X.shape[-1]
    path = []
    if expansion > 1:
        path += [layers.Conv2D(wide, 1, use_bias=False), layers.BatchNormalization(), layers.ReLU(max_value=6)]
    path += [layers.DepthwiseConv2D(3, stride, "same", use_bias=False), layers.BatchNormalization()]
    path += [layers.Activation("relu6"), layers.Conv2D(filters, 1, use_bias=False), layers.BatchNormalization()]
    out = keras.Sequential(path)(X)
    if stride > 1 or filters != X.shape[-1]:
        return out
    return layers.add([out, X])


def data_augmenter():
    return keras.models.Sequential([layers.RandomRotation(0.2, fill_mode="nearest"), layers.RandomFlip("horizontal", seed=3)])


def alpaca_model(image_shape=(160, 160), data_augmentation=data_augmenter()):
    base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
    base.trainable = False
    rest = [layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(1)]
    return keras.Sequential([keras.Input((*image_shape, 3)), data_augmentation, layers.Rescaling(1 / 127.5, offset=-1), base, *rest])
