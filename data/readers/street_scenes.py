"""Streets with cars, pedestrians, motorcycles and traffic lights, drawn by this project: pictures, boxes and masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.splits import chosen
from data.street import setting
from data.street.canvas import Array, Canvas, tight_boxes
from data.street.scene import UP, Camera, Light, Street
from data.street.setting import BUILDING, CROSSING, Plan
from data.street.things import car, motorcycle, pedestrian, traffic_light

COUNT, SIDE, SEED = 1200, 128, 14
CAR, PEDESTRIAN, MOTORCYCLE, TRAFFIC_LIGHT = range(5, 9)  # classes of pixels, after those of the setting
LEAST_SHARE, LEAST_SIDE = 0.2, 5  # a thing that shows less of itself, or is smaller in pixels, has no box


@dataclass(frozen=True, eq=False)
class Scene:
    """One picture and what is in it.

    image    uint8 (128, 128, 3)
    mask     uint8 (128, 128): the class of each pixel
    things   int64 (128, 128): which thing each pixel shows, 0 for none
    boxes    float32 (N, 4): x1, y1, x2, y2 around the visible pixels of each thing that shows enough of itself
    classes  int64 (N,): the classes of the boxes, 0 to 3
    numbers  int64 (N,): the numbers of the boxes' things in `things`
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    things: NDArray[np.int64]
    boxes: NDArray[np.float32]
    classes: NDArray[np.int64]
    numbers: NDArray[np.int64]


def read(split: str | None) -> dict[str, Any]:
    """Images uint8 (m, 128, 128, 3), masks uint8 (m, 128, 128), boxes and classes; m is 1,200, a fifth of it "test"."""
    scenes = [draw(number) for number in chosen(split, COUNT, set(range(0, COUNT, 5)))]
    return {
        "images": np.stack([scene.image for scene in scenes]),
        "masks": np.stack([scene.mask for scene in scenes]),
        "boxes": [scene.boxes for scene in scenes],
        "classes": [scene.classes for scene in scenes],
    }


def draw(number: int, seed: int = SEED) -> Scene:
    """The scene of that number: always the same, whatever else is drawn."""
    rng = np.random.default_rng([seed, number])
    canvas = Canvas(SIDE)
    weather = _weather(rng)
    street = Street(canvas, _camera(canvas.side, rng), weather.light, rng)
    _paint(street)

    table, small = canvas.table(), canvas.pixels().astype(np.intp)
    kinds, of_thing = table[3].astype(np.uint8), table[6].astype(np.int64)
    things = of_thing.take(small)
    areas = canvas.areas()
    boxes = tight_boxes(things, len(areas))
    visible = np.bincount(things.ravel(), minlength=len(areas) + 1)[1:]
    large = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) >= LEAST_SIDE
    numbers = np.flatnonzero(large & (visible >= LEAST_SHARE * areas)) + 1
    first_paint = np.searchsorted(np.maximum.accumulate(of_thing), numbers)  # things are painted one after the other
    return Scene(
        image=_developed(street, weather, table, small),
        mask=kinds.take(small),
        things=things,
        boxes=boxes[numbers - 1],
        classes=kinds[first_paint].astype(np.int64) - CAR,
        numbers=numbers,
    )


@dataclass(frozen=True)
class Weather:
    """The sky of one hour: its colours above and at the horizon, the share of clouds, and the light that falls from it."""

    light: Light
    zenith: Array
    air: Array
    clouds: float


# Zenith, horizon, colour of the light, share of the sun in it, clouds, reach of sight in metres, how dark it is.
HOURS = (
    ((0.3, 0.52, 0.86), (0.75, 0.85, 0.94), (1.0, 0.98, 0.94), 0.55, 0.5, 220, 0.0),  # a clear day
    ((0.62, 0.66, 0.72), (0.8, 0.82, 0.84), (0.9, 0.93, 0.97), 0.12, 1.0, 130, 0.0),  # a grey one
    ((0.68, 0.72, 0.76), (0.84, 0.84, 0.82), (0.98, 0.97, 0.93), 0.3, 0.1, 65, 0.0),  # haze
    ((0.4, 0.5, 0.75), (0.98, 0.78, 0.55), (1.05, 0.85, 0.66), 0.65, 0.6, 120, 0.3),  # evening
    ((0.13, 0.17, 0.36), (0.72, 0.45, 0.42), (0.66, 0.6, 0.72), 0.2, 0.5, 110, 1.0),  # dusk
)
SHARES = np.cumsum((0.4, 0.17, 0.13, 0.17, 0.13))


def _weather(rng: np.random.Generator) -> Weather:
    zenith, air, tint, direct, clouds, reach, dark = HOURS[int(np.searchsorted(SHARES, rng.random()))]
    zenith, air, tint = np.array((zenith, air, tint)) + 0.03 * rng.standard_normal((3, 3))
    sideways, high = np.pi * (2 * rng.random() - 1), np.radians(18 + 45 * rng.random())
    sun = np.array([np.cos(high) * np.sin(sideways), np.sin(high), -np.cos(high) * np.cos(sideways)])
    light = Light(sun, direct, tint, reach * (0.8 + 0.4 * rng.random()), dark)
    return Weather(light, zenith, air, clouds * rng.random())


def _camera(side: int, rng: np.random.Generator) -> Camera:
    focal, middle, horizon, height = rng.random(4).tolist()
    return Camera(
        focal=side * (1.0 + 0.25 * focal),
        middle=side * (0.3 + 0.4 * middle),
        horizon=side * (0.36 + 0.12 * horizon),
        height=1.6 + 0.8 * height,
    )


def _paint(street: Street) -> None:
    """Everything, the far before the near."""
    about, rng = street.about, street.rng
    half, centre = about(3.3, 0.4), about(0, 1.8)
    plan = Plan(centre - half, centre + half, about(3.4, 0.6), about(11.5, 2.5) if rng.random() < 0.6 else None)
    setting.ground(street, plan)
    setting.skyline(street)
    for side in (-1, 1):
        setting.houses(street, plan, side)
    standing = [*_traffic(street, plan), *_trees(street, plan)]
    for _, paint in sorted(standing, key=lambda one: -one[0]):
        paint()


Standing = list[tuple[float, Callable[[], None]]]
"""Distances, and how to paint what stands there."""


def _traffic(street: Street, plan: Plan) -> Standing:
    """Cars, motorcycles, pedestrians and traffic lights, where a street has them."""
    rng, about = street.rng, street.about
    left, right, walk, middle = plan.left, plan.right, plan.walk, 0.5 * (plan.left + plan.right)
    standing: Standing = []
    taken: list[tuple[float, float]] = []

    def put(depths: tuple[float, float], across: tuple[float, float], room: float, paint: Callable, *how: Any) -> None:
        """At a free place in view, so wide, if one is found; as many near as far, as a picture shows them."""
        camera, side = street.camera, street.canvas.side
        for _ in range(6):
            z = 1 / about(0.5 / depths[0] + 0.5 / depths[1], 0.5 / depths[0] - 0.5 / depths[1])
            low = max(across[0], (0.06 * side - camera.middle) / camera.focal * z)
            high = min(across[1], (0.94 * side - camera.middle) / camera.focal * z)
            x = low + (high - low) * rng.random()
            if low < high and all(abs(x / z - u) > 0.4 * (room / z + near) for u, near in taken):
                taken.append((x / z, room / z))
                standing.append((z, partial(paint, street, (x, z), *how)))
                return

    lit = int(3 * rng.random())
    for _ in range(rng.integers(1, 3)):
        edge = left - 0.5 if rng.random() < 0.5 else right + 0.5
        put((6, 12), (edge - 0.2, edge + 0.2), 0.8, traffic_light, TRAFFIC_LIGHT, BUILDING, lit)
    for _ in range(rng.integers(1, 4)):
        sides = (left - walk + 0.3, left - 0.3), (right + 0.3, right + walk - 0.3), (left + 0.5, right - 0.5)
        put((4, 8.5), sides[int(3 * rng.random())], 0.7, pedestrian, PEDESTRIAN)
    for _ in range(rng.integers(0, 3)):
        put((4.5, 10), (left + 0.8, right - 0.8), 1.3, motorcycle, MOTORCYCLE)
    if plan.crossing is not None and rng.random() < 0.7:
        yaw = np.pi / 2 * (1 if rng.random() < 0.5 else -1) + about(0, 0.2)
        put((plan.crossing + 1.5, plan.crossing + CROSSING - 1.5), (-12, 12), 3.5, car, CAR, yaw)
    elif rng.random() < 0.4:
        put((7, 13), (left + 2, right - 2), 3, car, CAR, 2 * np.pi * rng.random())
    for _ in range(rng.integers(2, 5)):
        coming = rng.random() < 0.5
        lane = (left + 1.2, middle - 1.1) if coming else (middle + 1.1, right - 1.2)
        put((5.5, 18), lane, 1.6, car, CAR, (np.pi if coming else 0) + about(0, 0.12))
    return standing


def _trees(street: Street, plan: Plan) -> Standing:
    """A row of trees on one side, on both, or on none."""
    rng, about = street.rng, street.about
    leaves = street.one_of(setting.LEAVES)
    standing: Standing = []
    for x in (plan.left - 1.1, plan.right + 1.1):
        z, apart = about(8, 4), about(9, 2)
        while rng.random() < 0.97 and z < 45:
            if plan.crossing is None or not plan.crossing - 2 < z < plan.crossing + CROSSING + 2:
                standing.append((z, partial(setting.tree, street, (x + about(0, 0.2), z), leaves * about(1, 0.12))))
            z += apart
    return standing


@cache
def _noise() -> NDArray[np.float32]:
    """Four fields of mean 0 and deviation 1, larger than a picture: of a surface's grain, of a camera's three colours."""
    rng = np.random.default_rng(SEED)
    fields = rng.standard_normal((4, 2 * SIDE, 2 * SIDE))
    for grain, weight in ((2, 0.6), (4, 0.4), (16, 0.3)):
        coarse = rng.standard_normal((2 * SIDE // grain, 2 * SIDE // grain))
        fields[0] += weight * np.kron(coarse, np.ones((grain, grain)))
    return (fields / fields.std(axis=(1, 2), keepdims=True)).astype(np.float32)


@cache
def _clouds() -> NDArray[np.float32]:
    """A smooth field of mean 0 and deviation 1, larger than a picture, wider than high."""
    rng = np.random.default_rng(SEED)
    field = np.zeros((2 * SIDE, 2 * SIDE), np.float32)
    for rows, weight in ((10, 1.0), (24, 0.6), (60, 0.3)):
        coarse = Image.fromarray(rng.standard_normal((rows, rows // 2)).astype(np.float32))
        field += weight * np.asarray(coarse.resize((2 * SIDE, 2 * SIDE), Image.Resampling.BICUBIC))
    return field / field.std()


def _developed(
    street: Street, weather: Weather, table: NDArray[np.float32], small: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """The picture that a small camera would take of what was painted; `small` has each pixel's paint, `table` the paints."""
    canvas, camera, light, rng = street.canvas, street.camera, street.light, street.rng
    own, haze, grain, glow = table[:3], table[4], table[5], table[7]
    on_ground = haze < 0
    open_air = on_ground.astype(np.float32)
    open_air[0] = 1  # the sky: what is open has air that differs from row to row

    lit = own * (light.tint[:, None] * (1 - glow) + glow)
    lit *= np.where(on_ground, light.on(UP), 1 - haze)
    lit += weather.air[:, None] * np.maximum(haze, 0)
    picture = canvas.averaged(np.concatenate([lit, open_air[None]]))
    colours, share = picture[:3], picture[3]

    down, right = rng.integers(SIDE, size=2)
    noise = _noise()[:, down : down + SIDE, right : right + SIDE]
    shade = (0.25 + 0.45 * light.direct) * on_ground.astype(np.float32)
    colours *= (1 + grain.take(small) * noise[0]) * (1 - shade.take(small) * canvas.shaded())

    rows = (np.arange(SIDE, dtype=np.float32) + 0.5) * (canvas.side / SIDE)
    distance = camera.focal * camera.height / np.maximum(rows - camera.horizon, 0.5)
    thick = np.where(rows > camera.horizon, 1 - np.exp(-distance / light.reach), 1).astype(np.float32)
    high = np.clip(1 - rows / camera.horizon, 0, 1) ** 0.7
    air = weather.air.astype(np.float32)[:, None, None]
    above = air + (weather.zenith - weather.air).astype(np.float32)[:, None, None] * high[:, None]
    down, right = rng.integers(SIDE, size=2)
    clouds = _clouds()[down : down + SIDE, right : right + SIDE] - 1 + 2 * weather.clouds
    above = above + np.clip(clouds, 0, 0.9) * np.minimum(3 * high, 1)[:, None] * (1.04 * air - above)
    colours += share * thick[:, None] * (above - colours)

    colours *= 255 * (0.92 + 0.2 * rng.random())
    colours += 3 * noise[1:]
    return np.clip(np.rint(colours), 0, 255).transpose(1, 2, 0).astype(np.uint8, order="C")
