"""`data.resized`: a picture in another size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def resized(image: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    """A picture in another size, with antialiasing where it becomes smaller.

    image  (n_H, n_W, n_C), numbers of any kind and range
    size   (n_h, n_w), whole numbers

    Returns float32 (n_h, n_w, n_C). Its proportions change where those of `size` differ.
    """
    import numpy as np
    from PIL import Image

    n_h, n_w = map(int, size)
    if np.ndim(image) != 3 or n_h < 1 or n_w < 1:
        raise DataError(
            f"A picture (n_H, n_W, n_C) can be resized to (n_h, n_w), each at least 1; here it has the shape "
            f"{np.shape(image)}, and the size is {tuple(size)}."
        )
    channels = (Image.fromarray(channel) for channel in np.moveaxis(np.asarray(image, np.float32), 2, 0))
    return np.stack([np.asarray(one.resize((n_w, n_h), Image.Resampling.BILINEAR)) for one in channels], axis=2)
