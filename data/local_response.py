"""`data.local_response_layer`: a layer of AlexNet that Keras does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def local_response_layer(
    depth_radius: int = 2, bias: float = 2.0, alpha: float = 1e-4, beta: float = 0.75
) -> keras.layers.Layer:
    """Local response normalisation, as a Keras layer without weights that runs on every backend.

    depth_radius       how many channels on each side are neighbours
    bias, alpha, beta  AlexNet's, where they are left out

    The layer gives X / (bias + alpha * S) ** beta, with S the sum of the squares of the neighbouring channels at the same
    place (Krizhevsky, Sutskever, Hinton 2012, section 3.3).
    """
    import keras
    import numpy as np

    class LocalResponseNormalization(keras.layers.Layer):
        def call(self, X):
            # The sum over neighbours as one product of matrices: slices and a power take three times as long to train.
            place = np.arange(X.shape[-1])
            near = keras.ops.cast(np.abs(place[:, None] - place) <= depth_radius, X.dtype)
            neighbours = keras.ops.matmul(keras.ops.square(X), near)
            return X * keras.ops.exp(-beta * keras.ops.log(bias + alpha * neighbours))

    return LocalResponseNormalization()
