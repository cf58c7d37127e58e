"""Pictures that no camera took: soft bodies, lit from one side, drawn from distances.

Coordinates run from -1 (left, top) to 1 (right, bottom) and may lie outside. Heights are in the same unit, towards the
viewer; where nothing stands, the height is 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.splits import chosen, stratified

Array = NDArray[np.floating]
FINER = 2  # pixels drawn for one, along each side: edges come out soft


def drawn(
    split: str | None, labels: list[int], draw: Callable[[int, np.random.Generator], NDArray[np.uint8]], seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The pictures of a split and their labels: each is drawn from its label and a generator of its own."""
    order = chosen(split, len(labels), stratified(labels))
    images = np.stack([draw(labels[number], np.random.default_rng([seed, number])) for number in order])
    return images, np.array(labels, dtype=np.int64)[order]


def grid(side: int) -> tuple[Array, Array]:
    """x and y of every pixel that is drawn, each (FINER * side, FINER * side)."""
    steps = (np.arange(FINER * side, dtype=np.float32) + 0.5) / (FINER * side) * 2 - 1
    return np.meshgrid(steps, steps)


def turned(x: Array, y: Array, angle: float, scale: float, shift: tuple[float, float]) -> tuple[Array, Array]:
    """Coordinates in which a body that is turned by `angle` (radians), scaled and shifted lies as it was."""
    x, y = (x - shift[0]) / scale, (y - shift[1]) / scale
    return np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x


def limb(x: Array, y: Array, start: tuple, end: tuple, thick: float, thin: float, lift: float = 0.0) -> Array:
    """Height of a rounded limb from `start` to `end`, whose radius goes from `thick` to `thin`."""
    (x0, y0), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
    radius = thick + (thin - thick) * along
    room = radius**2 - (x - x0 - along * dx) ** 2 - (y - y0 - along * dy) ** 2
    return np.where(room > 0, np.sqrt(np.maximum(room, 0)) + lift, 0)


def ball(x: Array, y: Array, centre: tuple, radii: tuple, depth: float) -> Array:
    """Height of an ellipsoid that is cut in half by the picture."""
    room = 1 - ((x - centre[0]) / radii[0]) ** 2 - ((y - centre[1]) / radii[1]) ** 2
    return depth * np.sqrt(np.maximum(room, 0))


def lit(height: Array, light: tuple[float, float, float], ambient: float = 0.35) -> Array:
    """Brightness 0 to 1 of a matt surface (Lambert), one number a pixel."""
    spacing = 2 / len(height)
    down, right = np.gradient(height, spacing)
    facing = (light[2] - right * light[0] - down * light[1]) / np.sqrt(1 + right**2 + down**2)
    return ambient + (1 - ambient) * np.clip(facing / np.linalg.norm(light), 0, 1)


def wall(x: Array, y: Array, rng: np.random.Generator) -> Array:
    """A pale wall, (…, 3), brighter on one side."""
    one = 0.8 + 0.12 * rng.random() + 0.05 * rng.random(3)
    other = one - 0.15 * rng.random()
    return _between(x, y, one, other, rng)


def backdrop(x: Array, y: Array, rng: np.random.Generator) -> Array:
    """What is out of focus, (…, 3): two colours that run into each other, and a few blurred things."""
    one, other = 0.15 + 0.7 * rng.random((2, 3))
    scene = _between(x, y, one, other, rng)
    for _ in range(rng.integers(1, 4)):
        (cx, cy), size, tint = 2 * rng.random(2) - 1, 0.2 + 0.5 * rng.random(), 0.1 + 0.8 * rng.random(3)
        near = 0.6 * np.exp(-(((x - cx) ** 2 + (y - cy) ** 2) / size**2))[..., None]
        scene = scene * (1 - near) + tint * near
    return scene


def _between(x: Array, y: Array, one: Array, other: Array, rng: np.random.Generator) -> Array:
    """One colour that runs into another."""
    angle = 2 * np.pi * rng.random()
    share = np.clip(0.5 + 0.5 * (np.cos(angle) * x + np.sin(angle) * y), 0, 1)[..., None]
    return one * share + other * (1 - share)


def skin(rng: np.random.Generator) -> Array:
    """A colour of skin, from dark to light."""
    tones = np.array([[0.29, 0.18, 0.12], [0.55, 0.36, 0.25], [0.78, 0.57, 0.44], [0.93, 0.76, 0.66]])
    place = 3 * rng.random()
    low = min(int(place), 2)
    return tones[low] + (place - low) * (tones[low + 1] - tones[low]) + 0.03 * (rng.random(3) - 0.5)


def exposed(scene: Array, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The scene as a small camera would give it: averaged to pixels, brighter or darker, with noise; uint8."""
    side = len(scene) // FINER
    picture = scene.reshape(side, FINER, side, FINER, 3).mean(axis=(1, 3))
    picture = picture * (0.75 + 0.45 * rng.random()) + 0.02 * rng.standard_normal(picture.shape)
    return np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)
