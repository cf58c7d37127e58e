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
NAMES = ("mobilenet_v2",)


def pretrained(name: str, input_shape: tuple[int | None, int | None, int] = (None, None, 3)) -> keras.Model:
    """A network with weights and without its top: pictures go in, features come out.

    name         "mobilenet_v2": MobileNetV2's 154 layers behind the input; values in [-1, 1] go in
    input_shape  (n_H, n_W, 3), each side at least 32; None leaves a side open

    Returns a `keras.Model`, all of it trainable, that gives (m, ceil(n_H / 32), ceil(n_W / 32), 1280).

    Keras's ImageNet weights are taken where they are at hand: where Keras has fetched them once, by
    `keras.applications.MobileNetV2(include_top=False)`, or where their file lies in the cache or the mirror. Else it is the
    project's own, smaller network, which is always there: data/weights/mobilenet_v2.md says what it was taught.
    COURSE_PRETRAINED=own asks for that one in any case, as the grader does.

    Raises `data.DataError` for a name that there is not, and for a file whose weights do not fit.
    """
    if name not in NAMES:
        raise DataError(f"There is no pretrained network {name!r}; the nearest name is {nearest(name, NAMES)!r}.")
    from keras.applications import MobileNetV2

    found = None if os.environ.get("COURSE_PRETRAINED") == "own" else pretrained_file()
    if found is None:
        model = MobileNetV2(input_shape, alpha=WIDTH, include_top=False, weights=None, name=name)
        _fill(model, WEIGHTS / f"{name}.npz")
        return model
    model = MobileNetV2(input_shape, include_top=False, weights=None, name=name)
    try:
        model.load_weights(found)
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            f"{found} does not hold the ImageNet weights of MobileNetV2 ({error}). Remove it, and the project's own "
            "network is used; or fetch it again."
        ) from None
    return model


def pretrained_file() -> Path | None:
    """Where the file with Keras's ImageNet weights lies, if it does."""
    keras_folder = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"
    for folder in (cache_dir(), mirror_dir(), keras_folder):
        if folder is not None and (path := folder / IMAGENET).is_file():
            return path
    return None


def _fill(model: keras.Model, path: Path) -> None:
    """Put the arrays of an .npz, named "layer.weight", into a model."""
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(arrays[f"{layer.name}.{weight.name}"].astype("float32"))
