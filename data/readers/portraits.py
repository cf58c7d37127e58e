"""Portraits that scikit-image and Matplotlib carry inside their installed packages."""

import numpy as np
from numpy.typing import NDArray


def read() -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """Two portraits, uint8 (n_H, n_W, 3); the label of each is its own."""
    import skimage.data
    from matplotlib.cbook import get_sample_data
    from PIL import Image

    with Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)) as picture:
        hopper = np.array(picture.convert("RGB"))
    return [skimage.data.astronaut(), hopper], np.arange(2)
