"""Photographs that scikit-image and scikit-learn carry inside their installed packages."""

import numpy as np
from numpy.typing import NDArray

from data.declared.photographs import SKIMAGE_PHOTOGRAPHS, SKLEARN_PHOTOGRAPHS


def read() -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """All photographs, uint8: grey ones (n_H, n_W), colour ones (n_H, n_W, 3) RGB; the label of each is its own."""
    import skimage.data
    from sklearn.datasets import load_sample_image

    images = [getattr(skimage.data, name)() for name in SKIMAGE_PHOTOGRAPHS]
    images += [load_sample_image(f"{name}.jpg").copy() for name in SKLEARN_PHOTOGRAPHS]
    return images, np.arange(len(images), dtype=np.int64)
