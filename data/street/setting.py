"""The street itself, in metres: road and pavements, houses, trees, and what closes the view."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from data.street.canvas import GROUND, Array
from data.street.scene import TOWARDS, Street

BUILDING, ROAD, PAVEMENT, TREE = 1, 2, 3, 4
"""Classes of pixels; 0 is the sky."""
NEAR, FAR = 1.0, 150.0
CROSSING = 6.0  # how wide a road that crosses is
WINDOW = 1.6  # how high a window is


@dataclass(frozen=True)
class Plan:
    """The street from above: x of its kerbs, the width of the pavements, z of a road that crosses it, if one does."""

    left: float
    right: float
    walk: float
    crossing: float | None


def ground(street: Street, plan: Plan) -> None:
    """Paint road and pavements, with kerbs, joints, lane marks and perhaps a crossing."""
    sheet, seen, about = street.canvas, street.camera.seen, street.about
    stone = about(0.66, 0.06) * np.array([1, about(0.97, 0.02), about(0.91, 0.04)])
    asphalt = about(0.3, 0.05) * np.array([1, 1, about(1.05, 0.04)])

    left, right, walk, middle = plan.left, plan.right, plan.walk, 0.5 * (plan.left + plan.right)
    strips: list[tuple[tuple[float, ...], int]] = []  # from x0 to x1 and from z0 to z1, and of what paint

    def put(x0: float, x1: float, z0: float, z1: float, paint: int) -> None:
        strips.append(((x0, x1, z0, z1), paint))

    put(-400, 400, NEAR, FAR, sheet.paint(stone, PAVEMENT, GROUND, 0.03))
    joint = sheet.paint(stone * 0.8, PAVEMENT, GROUND, 0.03)
    for x in (left - 0.5 * walk, right + 0.5 * walk):
        put(x - 0.015, x + 0.015, NEAR, 60, joint)
    for z in np.arange(2, 15, 1.2).tolist():
        put(left - walk, right + walk, z, z * 1.004, joint)
    kerb, gutter = sheet.paint(stone * 1.2, PAVEMENT, GROUND), sheet.paint(asphalt * 0.8, ROAD, GROUND)
    road, white = sheet.paint(asphalt, ROAD, GROUND, 0.055), sheet.paint((0.86, 0.86, 0.83), ROAD, GROUND, 0.07)
    put(left - 0.25, right + 0.25, NEAR, FAR, kerb)
    put(left, right, NEAR, FAR, gutter)
    put(left + 0.3, right - 0.3, NEAR, FAR, road)
    crossing, end = plan.crossing or -np.inf, (plan.crossing or -np.inf) + CROSSING
    if plan.crossing is not None:
        put(-80, left, crossing - 0.2, end + 0.2, kerb)
        put(right, 80, crossing - 0.2, end + 0.2, kerb)
        put(-80, 80, crossing, end, road)
    for z in np.arange(1.5 + 3 * street.rng.random(), 60, 5.0).tolist():
        if not crossing - 5.5 < z < end:
            put(middle - 0.08, middle + 0.08, z, z + 2.5, white)
    if plan.crossing is not None and street.rng.random() < 0.7:
        for x in np.arange(left + 0.5, right - 0.6, 1.0).tolist():
            put(x, x + 0.5, crossing - 2.8, crossing - 0.6, white)
    bounds, paints = zip(*strips, strict=True)
    flat = np.zeros((len(bounds), 4, 3))
    flat[:, :, [0, 2]] = np.array(bounds)[:, [[0, 2], [0, 3], [1, 3], [1, 2]]]
    sheet.polygons(seen(flat), paints)


def skyline(street: Street) -> None:
    """Paint what closes the view: trees and roofs, far away."""
    sheet, seen, rng = street.canvas, street.camera.seen, street.rng
    haze = street.light.haze(110)
    tops = np.empty((42, 3))
    tops[:40, 0], tops[:40, 1], tops[:, 2] = np.linspace(-130, 130, 40), 5 + 4 * rng.random(40), 120
    tops[40:, :2] = (130, -1), (-130, -1)
    bright = street.light.on(TOWARDS)
    sheet.polygon(seen(tops), sheet.paint(np.array([0.2, 0.3, 0.16]) * bright, TREE, haze, 0.06))
    for _ in range(rng.integers(2, 6)):
        x, wide, high = 90 * (2 * rng.random() - 1), 5 + 12 * rng.random(), 8 + 22 * rng.random()
        wall = sheet.paint(np.array([0.55, 0.52, 0.5]) * bright * street.about(0.95, 0.25), BUILDING, haze)
        corners = [(x - wide, 0, 115), (x - wide, high, 115), (x + wide, high, 115), (x + wide, 0, 115)]
        sheet.polygon(seen(corners), wall)


WALLS = np.array(
    [
        [0.78, 0.7, 0.58], [0.7, 0.42, 0.33], [0.85, 0.82, 0.76], [0.58, 0.5, 0.45], [0.75, 0.62, 0.45], [0.55, 0.6, 0.62],
        [0.8, 0.72, 0.7], [0.62, 0.34, 0.28], [0.66, 0.68, 0.58],
    ]
)  # fmt: skip


def houses(street: Street, plan: Plan, side: int) -> None:
    """Paint the row of houses on one side, -1 or 1, the farthest first; a road that crosses leaves a gap."""
    rng, about = street.rng, street.about
    x = plan.right + plan.walk if side > 0 else plan.left - plan.walk
    gap = (np.inf, np.inf) if plan.crossing is None else (plan.crossing - 2, plan.crossing + CROSSING + 2)
    ends, z = [], 2.0 + 3 * rng.random()
    while z < 70:
        far = z + about(10, 4)
        if far > gap[0] and z < gap[1]:
            if gap[0] - z > 3:
                ends.append((z, gap[0]))
            far = gap[1]
        elif rng.random() < 0.85:
            ends.append((z, far))
        z = far
    bright = street.light.on(np.array([TOWARDS, (-side, 0, 0)])).tolist()
    parts: Parts = []
    for place in reversed(range(len(ends))):
        near, far = ends[place]
        alone = place == 0 or ends[place - 1][1] < near
        _house(street, parts, x + side * 0.4 * rng.random(), side, near, far, bright, alone)
    if parts:
        sheet_parts, numbers = zip(*parts, strict=True)
        street.canvas.polygons(_upright(street, np.array(sheet_parts)), numbers)


Parts = list[tuple[tuple[float, ...], int]]
"""Upright rectangles, x and z of one side, x and z of the other, bottom and top; and the paint of each."""


def _house(
    street: Street, parts: Parts, x: float, side: int, near: float, far: float, bright: list[float], alone: bool
) -> None:
    """Add a house: the wall towards the camera, whose windows are seen where it stands alone, and the one on the street."""
    sheet, light, camera, about = street.canvas, street.light, street.camera, street.about
    storeys, deep = int(2 + 4 * street.rng.random()), about(10, 2)
    colour = np.clip(street.one_of(WALLS) * about(1, 0.12), 0, 1)
    apart, half = (2.4, 0.22) if street.rng.random() < 0.5 else (3.2, 0.3)
    haze, high = light.haze(0.5 * (near + far)), 3.1 * storeys + 0.8
    for x1, z1, lit in ((x + side * deep, near, bright[0]), (x, far, bright[1])):
        ends = camera.middle + camera.focal * x / near, camera.middle + camera.focal * x1 / z1
        if max(ends) < 0 or min(ends) > sheet.side:
            continue
        wall, trim = (sheet.paint(colour * (lit * shade), BUILDING, haze, 0.03) for shade in (1, 0.72))
        for low, top, paint in ((0, high, wall), (high - 0.45, high, trim), (0, 0.5, trim)):
            parts.append(((x, near, x1, z1, low, top), paint))
        if abs(ends[1] - ends[0]) < 12 or (z1 == near and not alone):  # samples: in a narrower one nobody sees windows
            continue
        glass = sheet.paint(np.array([0.2, 0.25, 0.32]) * (0.6 + lit * 0.6), BUILDING, haze)
        lamp = sheet.paint((1.0, 0.82, 0.5), BUILDING, haze, glow=1)
        columns = max(1, int((abs(x1 - x) + abs(z1 - near)) / apart))
        dx, dz = (x1 - x) / columns, (z1 - near) / columns
        edges = [(column + 0.5 - half, column + 0.5 + half) for column in range(columns)]
        ledges = [0.9, *(3.1 * storey + 1.2 for storey in range(1, storeys))]
        # A strip of glass for each column, then a band of wall for each floor: fewer strokes than windows.
        for a, b in edges:
            strip = (x + a * dx, near + a * dz, x + b * dx, near + b * dz, ledges[0], ledges[-1] + WINDOW)
            parts.append((strip, glass))
        for under, over in pairwise(ledges):
            parts.append(((x, near, x1, z1, under + WINDOW, over), wall))
        if light.dark:
            for low in ledges:
                for a, b in edges:
                    if street.rng.random() < 0.35 * light.dark:
                        window = (x + a * dx, near + a * dz, x + b * dx, near + b * dz, low, low + WINDOW)
                        parts.append((window, lamp))


def _upright(street: Street, parts: Array) -> Array:
    """The corners of upright rectangles, (n, 4, 2) in samples."""
    there = np.empty((len(parts), 4, 3))
    there[..., 0], there[..., 1], there[..., 2] = parts[:, [0, 0, 2, 2]], parts[:, [4, 5, 5, 4]], parts[:, [1, 1, 3, 3]]
    return street.camera.seen(there)


LEAVES = np.array([[0.25, 0.42, 0.15], [0.33, 0.48, 0.18], [0.2, 0.35, 0.2], [0.62, 0.42, 0.13], [0.45, 0.45, 0.16]])


_ROUND = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)


def tree(street: Street, place: tuple[float, float], leaves: Array) -> None:
    """Paint a tree whose crown is darker below and lighter towards the sun."""
    sheet, camera, light, about = street.canvas, street.camera, street.light, street.about
    (x, z), haze, scale = place, street.light.haze(place[1]), street.camera.focal / place[1]
    crown, size = about(4.6, 0.5), about(1.5, 0.35)
    if not -2 * size * scale < camera.middle + scale * x < sheet.side + 2 * size * scale:
        return
    away = -light.sun[[0, 2]] / max(float(light.sun[1]), 0.3)
    crown_shadow = np.array([x, z]) + (crown - 1) * away + 0.8 * size * _ROUND
    there = np.zeros((len(_ROUND), 3))
    there[:, 0], there[:, 2] = crown_shadow[:, 0], np.maximum(crown_shadow[:, 1], 1)
    sheet.shadow(camera.seen(there))
    bark = sheet.paint(np.array([0.3, 0.22, 0.16]) * light.on(TOWARDS), TREE, haze)
    sheet.line(camera.seen([(x, 0, z), (x, crown, z)]), 0.28 * scale, bark)
    blobs = (street.rng.random((6 if z < 18 else 3, 2)) * 2 - 1) * (0.65, -0.55)
    middle, towards = camera.seen((x, crown, z)), light.sun[:2] * (1, -1)
    for shade, shift, large in ((0.6, -0.2, 0.75), (0.85, 0.1, 0.6), (1.12, 0.4, 0.4)):
        bright = shade * (0.9 + 0.3 * light.direct * (shade - 0.6))
        number = sheet.paint(np.minimum(leaves * bright, 1), TREE, haze, 0.13)
        radius = large * size * scale
        sheet.ellipses(middle + size * scale * (blobs + shift * towards), radius, 0.85 * radius, number)
