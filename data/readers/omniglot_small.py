"""Handwritten characters: 242 to learn from, drawn by twenty people each, and twenty runs of one-shot classification."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RUNS = 20


def read(folder: Path, split: str | None, names: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 105, 105, 1), ink black on white, and labels int64 (m,), the character.

    "train" has the drawings of eight alphabets. "test" has the twenty runs, one after the other, each in two halves:
    20 characters, drawn once, and the same characters, drawn by somebody else, in another order. So `images` reshaped to
    (20, 2, 20, 105, 105, 1) are runs, halves and drawings, and a run is solved where both halves' labels are matched.

    Source: B. M. Lake et al., Human-level concept learning through probabilistic program induction, Science 350, 2015.
    """
    drawings: list[tuple[str, bytes]] = []
    if split != "test":
        background = dict(_background(folder))  # Greek and Latin are in both files
        drawings += [
            (name.rsplit("/", 1)[0].replace("/", " "), content) for name, content in sorted(background.items())
        ]
    if split != "train":
        drawings += _runs(folder)
    place = {name: k for k, name in enumerate(names)}
    labels = np.array([place[name] for name, _ in drawings], dtype=np.int64)
    return np.stack([_opened(content) for _, content in drawings]), labels


def _background(folder: Path) -> Iterator[tuple[str, bytes]]:
    """("Greek/character01/0394_01.png", its content) of every drawing."""
    for number in (1, 2):
        with zipfile.ZipFile(folder / f"images_background_small{number}.zip") as file:
            for name in file.namelist():
                if name.endswith(".png") and "__MACOSX" not in name:
                    yield name.split("/", 1)[1], file.read(name)


def _runs(folder: Path) -> list[tuple[str, bytes]]:
    found = []
    with zipfile.ZipFile(folder / "all_runs.zip") as file:
        for run in range(1, RUNS + 1):
            lines = file.read(f"run{run:02d}/class_labels.txt").decode().split("\n")
            pairs = [line.split() for line in lines if line.strip()]  # the test drawing, its character's other drawing
            first = sorted(other for _, other in pairs)
            for path in first:
                found.append((_character(path), file.read(path)))
            for path, other in sorted(pairs):
                found.append((_character(other), file.read(path)))
    return found


def _character(path: str) -> str:
    run, number = re.findall(r"\d+", path)
    return f"run {run} character {number}"


def _opened(content: bytes) -> NDArray[np.uint8]:
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(content)) as picture:
        return np.asarray(picture.convert("L"))[:, :, None]
