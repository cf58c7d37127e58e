"""Where the camera is, where the light comes from: what everything in a street is painted with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.street.canvas import Array, Canvas


@dataclass(frozen=True)
class Camera:
    """A pinhole that looks along the street from so many metres above it; the other numbers are in samples."""

    focal: float
    middle: float
    horizon: float
    height: float

    def seen(self, points: ArrayLike) -> NDArray[np.float64]:
        """Where points (…, 3) lie on the picture, (…, 2) in samples; x to the right, y up, z away, all in metres."""
        there = np.asarray(points, np.float64)
        scale = self.focal / there[..., 2]
        flat = np.empty((*there.shape[:-1], 2))
        flat[..., 0] = self.middle + scale * there[..., 0]
        flat[..., 1] = self.horizon + scale * (self.height - there[..., 1])
        return flat


@dataclass(frozen=True)
class Light:
    """The light of one hour.

    sun     the direction to the sun, of length 1; z is below 0 where the sun is behind the camera
    direct  the share of the sun in the light, the rest comes from all of the sky
    tint    the light's colour
    reach   the distance, in metres, at which two thirds of what is seen is air
    dark    0 by day, 1 where the lamps are lit
    """

    sun: Array
    direct: float
    tint: Array
    reach: float
    dark: float

    def on(self, normals: Array) -> Array:
        """Brightness of matt surfaces that face so (Lambert), (…, 3) of length 1; one that lies flat is at about 1."""
        facing = np.maximum(normals @ self.sun, 0)
        return (1 - self.direct) * (0.8 + 0.2 * normals[..., 1]) + self.direct * (0.25 + 0.95 * facing)

    def haze(self, distance: float) -> float:
        """The share of air in what is seen at that distance."""
        return float(1 - np.exp(-distance / self.reach))


TOWARDS = np.array([0.0, 0.0, -1.0])
UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Street:
    """What a thing needs to be painted."""

    canvas: Canvas
    camera: Camera
    light: Light
    rng: np.random.Generator

    def about(self, middle: float, reach: float) -> float:
        """A number within `reach` of `middle`."""
        return middle + reach * (2 * self.rng.random() - 1)

    def one_of(self, table: Array) -> Array:
        """One row of a table."""
        return table[int(self.rng.random() * len(table))]

    def shadow(self, ground: Array, height: float) -> None:
        """The shadow of something so high that stands on the corners `ground`, (n, 2) of x and z."""
        away = -self.light.sun[[0, 2]] / max(float(self.light.sun[1]), 0.3) * height * 0.8
        corners = hull(np.concatenate([ground, ground + away]))
        there = np.zeros((len(corners), 3))
        there[:, 0], there[:, 2] = corners[:, 0], np.maximum(corners[:, 1], 1)
        self.canvas.shadow(self.camera.seen(there))


def hull(points: Array) -> Array:
    """The corners of the convex hull of points (n, 2), one after the other (A. M. Andrew, 1979)."""
    ordered = sorted(points.tolist())

    def half(ordered: list[list[float]]) -> list[list[float]]:
        kept: list[list[float]] = []
        for x, y in ordered:
            while len(kept) > 1:
                (x0, y0), (x1, y1) = kept[-2:]
                if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                    break
                kept.pop()
            kept.append([x, y])
        return kept[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))
