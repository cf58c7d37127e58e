"""Handwritten digits that scikit-learn carries."""

import numpy as np
from numpy.typing import NDArray

from data.splits import chosen, stratified

_BRIGHTEST = 16


def read(split: str | None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 8, 8, 1), labels int64 (m,) in 0..9; m is 1,797, of which a fifth of each class is "test".

    In the source a pixel counts the dark ones among 4x4 binary pixels, 0..16; here that is stretched to 0..255
    (16 becomes 255), ink bright on a dark ground.

    Source: scikit-learn's `load_digits`, the test part of E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten
    Digits, UCI, 1998.
    """
    from sklearn.datasets import load_digits

    counts, labels = load_digits(return_X_y=True)
    images = np.rint(counts * (255 / _BRIGHTEST)).astype(np.uint8).reshape(-1, 8, 8, 1)
    order = chosen(split, len(labels), stratified(labels.tolist()))
    return images[order], labels[order].astype(np.int64)
