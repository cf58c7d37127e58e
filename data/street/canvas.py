"""Painting by numbers: each stroke leaves its number, and a table says what the number stands for.

So colours, the classes of pixels, and which thing a pixel shows all come out of one drawing. A stroke covers what was there
before: paint the far things first.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import find_objects

Array = NDArray[np.floating]
FINER = 3  # samples for one pixel, along each side: edges come out soft, and the middle one says what the pixel is of
GROUND = -1.0  # as haze: more of it the farther away the row is


@cache
def _blank(side: int) -> Image.Image:
    return Image.new("I;16", (side, side))


class Canvas:
    """A square that is painted on; places on it are in samples, x to the right and y down. It starts as sky."""

    def __init__(self, side: int):
        self.side = FINER * side
        self._numbers = _blank(self.side).copy()
        self._pen = ImageDraw.Draw(self._numbers)
        self._shade = Image.new("L", (side, side))
        self._shade_pen = ImageDraw.Draw(self._shade)
        self._paints: list[tuple[float, ...]] = [(0, 0, 0, 0, 0, 0, 0, 0)]
        self._areas = [0]

    def paint(
        self, colour: ArrayLike, kind: int, haze: float = 0.0, grain: float = 0.02, thing: int = 0, glow: float = 0.0
    ) -> int:
        """The number of a new paint.

        colour  red, green, blue, 0 to 1
        kind    the class of the pixels that it covers
        haze    the share of air in it, by its distance; GROUND for what lies on the ground
        grain   how much it varies from place to place
        thing   which thing it is a part of, 0 for none
        glow    1 for what gives light of its own, 0 for what is lit
        """
        red, green, blue = np.asarray(colour).tolist()
        self._paints.append((red, green, blue, kind, haze, grain, thing, glow))
        return len(self._paints) - 1

    def polygon(self, corners: Array, number: int) -> None:
        """Fill the polygon with these corners, (n, 2)."""
        self._pen.polygon(corners.ravel().tolist(), fill=number)

    def polygons(self, corners: Array, numbers: Iterable[int]) -> None:
        """Fill one polygon after the other, each with a number of its own: corners (m, n, 2)."""
        for flat, number in zip(corners.reshape(len(corners), -1).tolist(), numbers, strict=True):
            self._pen.polygon(flat, fill=number)

    def line(self, points: Array, width: float, number: int) -> None:
        """A line through these points, (n, 2), so many samples wide."""
        self._pen.line(points.ravel().tolist(), fill=number, width=max(1, round(width)))

    def ellipses(self, centres: Array, wide: float, high: float, number: int) -> None:
        """Fill ellipses around these centres, (n, 2); `wide` and `high` are their half axes."""
        for x, y in centres.tolist():
            self._pen.ellipse((x - wide, y - high, x + wide, y + high), fill=number)

    def shadow(self, corners: Array) -> None:
        """Darken what of the ground lies in this polygon, (n, 2)."""
        self._shade_pen.polygon((corners / FINER).ravel().tolist(), fill=1)

    def begin(self) -> int:
        """A new thing is painted from here on, until `end`: its number, from 1."""
        self._first = len(self._paints)
        self._areas.append(0)
        return len(self._areas) - 1

    def end(self) -> None:
        """The thing begun last is whole: what comes before it later only hides it."""
        self._areas[-1] = int(np.count_nonzero(self.pixels() >= self._first))

    def table(self) -> NDArray[np.float32]:
        """A column for each paint: red, green, blue, kind, haze, grain, thing, glow."""
        return np.array(self._paints, np.float32).T

    def pixels(self) -> NDArray[np.uint16]:
        """The number in the middle of each pixel, (n_H, n_W)."""
        return np.asarray(self._numbers)[FINER // 2 :: FINER, FINER // 2 :: FINER]

    def areas(self) -> NDArray[np.int64]:
        """How many pixels things 1, 2, … covered before anything came before them."""
        return np.array(self._areas[1:], np.int64)

    def shaded(self) -> NDArray[np.uint8]:
        """1 for each pixel in a shadow that lies on the ground, else 0."""
        return np.asarray(self._shade)

    def averaged(self, four: Array) -> NDArray[np.float32]:
        """For four numbers from 0 to 1 that each paint has, (4, paints): their mean over each pixel, (4, n_H, n_W)."""
        words = np.ascontiguousarray(np.clip(255 * four.T + 0.5, 0, 255), np.uint8).view(np.uint32)[:, 0]
        samples = Image.frombuffer(
            "RGBX", self._numbers.size, words.take(np.asarray(self._numbers)), "raw", "RGBX", 0, 1
        )
        means = np.asarray(samples.reduce(FINER)).transpose(2, 0, 1)
        return np.multiply(means, np.float32(1 / 255), order="C")


def tight_boxes(things: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """The corners x1, y1, x2, y2 of what each of the things 1 … count covers, (count, 4); zeros where it is not seen."""
    boxes = np.zeros((count, 4), np.float32)
    for place, found in enumerate(find_objects(things, count)):
        if found is not None:
            rows, columns = found
            boxes[place] = columns.start, rows.start, columns.stop, rows.stop
    return boxes
