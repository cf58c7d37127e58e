"""Weights into data/weights, named as `data.pretrained.filled` reads them."""

import keras
import numpy as np
from numpy.typing import NDArray

from data.pretrained import WEIGHTS


def save(model: keras.Model) -> None:
    """Write an .npz of the model's name: filters in half precision, everything else in single."""
    arrays: dict[str, NDArray] = {}
    for layer in model.layers:
        for weight in layer.weights:
            value = keras.ops.convert_to_numpy(weight)
            arrays[f"{layer.name}.{weight.name}"] = value.astype(np.float16 if value.ndim > 1 else np.float32)
    WEIGHTS.mkdir(exist_ok=True)
    np.savez_compressed(WEIGHTS / f"{model.name}.npz", **arrays)  # type: ignore[arg-type]
