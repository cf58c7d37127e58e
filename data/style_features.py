"""The networks behind `data.pretrained("style_features")`: pictures from 0 to 1 go in, what a layer sees comes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import DataError

if TYPE_CHECKING:
    import keras
    from keras import KerasTensor

    Shape = tuple[int | None, int | None, int]

VGG_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
"""Keras's file, as it is called at https://storage.googleapis.com/tensorflow/keras-applications/vgg19/"""
SMALL = {1: (24, 24), 2: (48, 48), 3: (96, 96), 4: (192, 192), 5: (192,)}
"""Filters of the project's own network, block by block."""
_VGG_MEAN = (123.68, 116.779, 103.939)
_SQUEEZENET_MEAN = (122.679, 116.669, 104.006)
_FIRES = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128), 6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)}


def vgg19(path: Path, input_shape: Shape) -> keras.Model:
    """VGG-19 (Simonyan, Zisserman 2015, table 1, E) without its top, with Keras's ImageNet weights."""
    import keras

    original = keras.applications.VGG19(include_top=False, weights=None, input_shape=(None, None, 3))
    try:
        original.load_weights(path)
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            f"{path} does not hold the ImageNet weights of VGG-19 ({error}). Remove it, and another network is used; or "
            "fetch it again."
        ) from None
    picture = keras.Input(input_shape)
    x = _less_mean(picture, _VGG_MEAN)
    for layer in original.layers[1:]:
        x = layer.__class__.from_config(layer.get_config())(x)
    model = keras.Model(picture, x, name="vgg19")
    for layer in original.layers[1:]:
        model.get_layer(layer.name).set_weights(layer.get_weights())
    first = model.get_layer("block1_conv1")
    kernel, bias = first.get_weights()
    first.set_weights([kernel[:, :, ::-1], bias])  # it was trained on blue, green, red
    return model


def squeezenet11(path: Path | None, input_shape: Shape) -> keras.Model:
    """SqueezeNet 1.1 (Iandola et al. 2016) without its classifier; layers conv1, fire2 … fire9.

    path  the file of its ImageNet weights; None leaves it as Keras starts it
    """
    import keras
    import numpy as np
    from keras import layers

    picture = keras.Input(input_shape)
    x = _less_mean(picture, _SQUEEZENET_MEAN)
    x = layers.Conv2D(64, 3, strides=2, activation="relu", name="conv1")(x)
    for fire, (squeezed, expanded) in _FIRES.items():
        if fire in (2, 4, 6):
            x = layers.MaxPooling2D(3, 2, name=f"pool{fire - 1}")(x)
        x = layers.Conv2D(squeezed, 1, activation="relu", name=f"fire{fire}.squeeze1x1")(x)
        sides = [
            layers.Conv2D(expanded, size, padding="same", activation="relu", name=f"fire{fire}.expand{size}x{size}")(x)
            for size in (1, 3)
        ]
        x = layers.Concatenate(name=f"fire{fire}")(sides)
    model = keras.Model(picture, x, name="squeezenet11")
    if path is None:
        return model
    with np.load(path, allow_pickle=False) as arrays:
        for layer in model.layers:
            if layer.weights:
                layer.set_weights([arrays[f"{layer.name}.{part}"] for part in "Wb"])
    return model


def small_vgg(input_shape: Shape = (None, None, 3), normalised: bool = False) -> keras.Model:
    """The project's own network: VGG's plan with fewer filters, and averages between the blocks instead of maxima.

    normalised  whether there is a batch normalisation between each convolution and its ReLU, as while it is taught
    """
    import keras
    from keras import layers

    picture = keras.Input(input_shape)
    x: KerasTensor = layers.Rescaling(2.0, -1.0, name="scaled")(picture)
    for block, widths in SMALL.items():
        if block > 1:
            x = layers.AveragePooling2D(2, name=f"block{block - 1}_pool")(x)
        for place, filters in enumerate(widths, 1):
            name, activation = f"block{block}_conv{place}", None if normalised else "relu"
            start = {"kernel_initializer": "he_normal", "activation": activation}
            x = layers.Conv2D(filters, 3, padding="same", name=name, **start)(x)
            if normalised:
                x = layers.BatchNormalization(momentum=0.98, name=f"{name}_norm")(x)
                x = layers.ReLU(name=f"{name}_relu")(x)
    return keras.Model(picture, x, name="small_vgg")


def _less_mean(picture: KerasTensor, mean: tuple[float, ...]) -> KerasTensor:
    from keras import layers

    return layers.Rescaling(255.0, [-one for one in mean], name="less_mean")(picture)
