"""`data.pretrained`: networks whose weights somebody has trained already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import DataError, nearest
from data.places import cache_dir, mirror_dir

if TYPE_CHECKING:
    import keras

WEIGHTS = Path(__file__).parent / "weights"
WIDTH = 0.75
"""The project's own MobileNetV2 has this share of the original's channels."""
IMAGENET = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
"""Keras's file, as it is called at https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/"""
NAMES = ("mobilenet_v2", "style_features")


def pretrained(name: str, input_shape: tuple[int | None, int | None, int] = (None, None, 3)) -> keras.Model:
    """A network with weights and without its top: pictures go in, features come out.

    name         "mobilenet_v2": MobileNetV2's 154 layers behind the input; values in [-1, 1] go in
                 "style_features": layers to compare pictures by; values in [0, 1] go in. The model's own name says which it
                 is: "vgg19", "squeezenet11" or "small_vgg"
    input_shape  (n_H, n_W, 3), each side at least 32; None leaves a side open

    Returns a `keras.Model`, all of it trainable. "mobilenet_v2" gives (m, ceil(n_H / 32), ceil(n_W / 32), 1280);
    "style_features" gives its last convolution, the others are reached by `model.get_layer(name).output`.

    ImageNet weights are taken where they are at hand: Keras's where Keras has fetched them once, by
    `keras.applications.MobileNetV2(include_top=False)` or `keras.applications.VGG19(include_top=False)`, or where their
    file lies in the cache or the mirror; for "style_features" then SqueezeNet's from the mirror. Else it is the
    project's own, smaller network, which is always there: data/weights/mobilenet_v2.md and small_vgg.md say what they were
    taught. COURSE_PRETRAINED=own asks for that one in any case, as the grader does.

    Raises `data.DataError` for a name that there is not, and for a file whose weights do not fit.
    """
    if name not in NAMES:
        raise DataError(f"There is no pretrained network {name!r}; the nearest name is {nearest(name, NAMES)!r}.")
    own = os.environ.get("COURSE_PRETRAINED") == "own"
    return _mobilenet_v2(own, input_shape) if name == "mobilenet_v2" else _style_features(own, input_shape)


def _mobilenet_v2(own: bool, input_shape: tuple[int | None, int | None, int]) -> keras.Model:
    from keras.applications import MobileNetV2

    found = None if own else keras_file(IMAGENET)
    if found is None:
        model = MobileNetV2(input_shape, alpha=WIDTH, include_top=False, weights=None, name="mobilenet_v2")
        return filled(model, WEIGHTS / "mobilenet_v2.npz")
    model = MobileNetV2(input_shape, include_top=False, weights=None, name="mobilenet_v2")
    try:
        model.load_weights(found)
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            f"{found} does not hold the ImageNet weights of MobileNetV2 ({error}). Remove it, and the project's own "
            "network is used; or fetch it again."
        ) from None
    return model


def _style_features(own: bool, input_shape: tuple[int | None, int | None, int]) -> keras.Model:
    from data import style_features
    from data.catalogue import find_weights
    from data.lookup import at_hand, content_folder

    if not own and (found := keras_file(style_features.VGG_FILE)):
        return style_features.vgg19(found, input_shape)
    squeezenet = find_weights("w_squeezenet11")
    if not own and at_hand(squeezenet.name, squeezenet.archive):
        (path,) = content_folder(squeezenet.name, squeezenet.archive).glob("*.npz")
        return style_features.squeezenet11(path, input_shape)
    return filled(style_features.small_vgg(input_shape), WEIGHTS / "small_vgg.npz")


def keras_file(name: str) -> Path | None:
    """Where a file with Keras's ImageNet weights lies, if it does."""
    keras_folder = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"
    for folder in (cache_dir(), mirror_dir(), keras_folder):
        if folder is not None and (path := folder / name).is_file():
            return path
    return None


def filled(model: keras.Model, path: Path) -> keras.Model:
    """The model, with the arrays of an .npz, named "layer.weight", as its weights."""
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(arrays[f"{layer.name}.{weight.name}"].astype("float32"))
    return model
