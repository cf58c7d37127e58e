"""Small pieces of photographs, half of them faces, that scikit-image carries."""

import numpy as np
from numpy.typing import NDArray

FACES = 100


def read() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (200, 25, 25, 1), labels int64 (200,), 1 where it is a face."""
    import skimage.data

    images = np.rint(255 * skimage.data.lfw_subset()).astype(np.uint8)
    return images[..., None], (np.arange(len(images)) < FACES).astype(np.int64)
