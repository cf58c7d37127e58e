"""Pictures to learn from: random cuts out of few photographs, in changed colours, alone and mixed.

Few large photographs, cut and changed again and again, teach nearly as well as many: Asano, Saeed 2023, "The augmented
image prior: distilling 1000 classes by extrapolating from a single image", ICLR.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.pretraining import sources

SIDE = 128
SMALL_SHARE = 0.4  # of cuts that come from CIFAR-10
_PIECE = 250


def crops(count: int) -> NDArray[np.uint8]:
    """uint8 (count, 128, 128, 3), count a multiple of 250; the same ones every time."""
    _sources()  # before the processes part, so that each has them
    with ProcessPoolExecutor() as pool:
        return np.concatenate(list(pool.map(_piece, range(count // _PIECE))))


@cache
def _sources() -> tuple[list[Image.Image], NDArray[np.uint8]]:
    return sources.large(), sources.small()


def _piece(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return np.stack([_crop(rng) for _ in range(_PIECE)])


def _crop(rng: np.random.Generator) -> NDArray[np.uint8]:
    one = _cut(rng)
    if rng.random() > 0.3:
        return one
    other = _cut(rng)
    if rng.random() < 0.5:  # one shines through the other
        share = rng.uniform(0.3, 0.7)
        return (share * one + (1 - share) * other).astype(np.uint8)
    width, height = rng.integers(32, 97, 2)
    x, y = rng.integers(0, SIDE - width + 1), rng.integers(0, SIDE - height + 1)
    one[y : y + height, x : x + width] = other[y : y + height, x : x + width]
    return one


def _cut(rng: np.random.Generator) -> NDArray[np.uint8]:
    large, small = _sources()
    if rng.random() < SMALL_SHARE:
        picture, least = Image.fromarray(small[rng.integers(len(small))]), 18
    else:
        picture, least = large[rng.integers(len(large))], 70
    width, height = picture.size
    short = min(width, height)
    side = int(np.exp(rng.uniform(np.log(min(least, short)), np.log(short))))
    stretch = np.exp(rng.uniform(-0.25, 0.25))
    w, h = min(width, max(8, int(side * stretch))), min(height, max(8, int(side / stretch)))
    x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
    cut = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=(x, y, x + w, y + h), reducing_gap=2)
    if rng.random() < 0.5:
        cut = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.2:
        cut = cut.rotate(rng.uniform(-180, 180), Image.Resampling.BILINEAR)
    return _coloured(np.asarray(cut, np.float32), rng)


def _coloured(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    if rng.random() < 0.35:  # towards exchanged channels
        share = rng.random()
        pixels = pixels @ ((1 - share) * np.eye(3) + share * np.eye(3)[rng.permutation(3)]).T.astype(np.float32)
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = grey + (pixels - grey) * rng.uniform(0.4, 1.9)
    pixels = (pixels - 128) * rng.uniform(0.7, 1.3) + 128 + rng.uniform(-30, 30)
    return np.clip(pixels, 0, 255).astype(np.uint8)
