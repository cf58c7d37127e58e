"""Cars, pedestrians, motorcycles and traffic lights, in metres; each stands on the ground and is one thing on the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from data.street.canvas import Array
from data.street.scene import TOWARDS, Street

Place = tuple[float, float]
"""x and z of where a thing stands."""


def _box(low, high, taper=(0.0, 0.0, 0.0, 0.0)) -> Array:
    """The six sides of a box but the lower one, (5, 4, 3): front (+z), rear, right (+x), left, top; seen from outside, the
    corners go round counterclockwise. The top is drawn in by `taper`: x on both sides, z in front, z in the rear."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    inx, front, rear = taper[:3]
    a, b, c, d = (x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)
    e, f, g, h = (
        (x0 + inx, y1, z0 + rear),
        (x1 - inx, y1, z0 + rear),
        (x1 - inx, y1, z1 - front),
        (x0 + inx, y1, z1 - front),
    )
    return np.array([(d, h, g, c), (b, f, e, a), (c, g, f, b), (a, e, h, d), (e, f, g, h)], np.float64)


def _inset(quad: Array, left: float, right: float, low: float, high: float) -> Array:
    """A part of a side of `_box`, in shares of its width and height, from its lower corner."""
    start, top, top_end, end = quad
    points = []
    for across, up in ((left, low), (left, high), (right, high), (right, low)):
        one, other = start + across * (end - start), top + across * (top_end - top)
        points.append(one + up * (other - one))
    return np.array(points)


def _wheel(x: float, y: float, z: float, radius: float, outward: int) -> Array:
    angles = outward * np.arange(12) * np.pi / 6
    return np.stack([np.full(12, x), y + radius * np.sin(angles), z + radius * np.cos(angles)], axis=-1)


def _car(height: float, hood: float, boot: float, length: float) -> list[tuple[str, Array]]:
    """The painted parts of a car, the hidden ones first: material and corners."""
    half, wide = length / 2, 0.88
    under = _box((-wide + 0.05, 0.12, -half + 0.1), (wide - 0.05, 0.4, half - 0.1))
    body = _box((-wide, 0.3, -half), (wide, 0.9, half), (0.05, 0.12, 0.06))
    cabin = _box((-0.83, 0.88, -half + boot), (0.83, height, half - hood), (0.17, 0.55, 0.35 if boot > 0.3 else 0.15))
    front, rear = body[:2]
    parts = [("black", side) for side in under[:4]]
    parts += [("body", side) for side in body]
    parts += [("lamp", _inset(front, share, share + 0.17, 0.5, 0.8)) for share in (0.06, 0.77)]
    parts += [("black", _inset(front, 0.3, 0.7, 0.42, 0.75)), ("plate", _inset(front, 0.36, 0.64, 0.1, 0.3))]
    parts += [("tail", _inset(rear, share, share + 0.16, 0.5, 0.82)) for share in (0.05, 0.79)]
    parts += [("plate", _inset(rear, 0.33, 0.67, 0.3, 0.55)), ("black", _inset(rear, 0.02, 0.98, 0, 0.15))]
    parts += [("black", _inset(front, 0.02, 0.98, 0, 0.12))]
    for outward, x in ((1, wide + 0.01), (-1, -wide - 0.01)):
        for z in (half - 0.8, -half + 0.75):
            parts += [("black", _wheel(x, 0.34, z, 0.36, outward)), ("rim", _wheel(x * 1.01, 0.34, z, 0.2, outward))]
    parts += [("body", side) for side in cabin]
    parts += [("glass", _inset(side, 0.07, 0.93, 0.12, 0.9)) for side in cabin[:2]]
    for side in cabin[2:4]:
        parts += [("glass", _inset(side, 0.08, 0.5, 0.15, 0.88)), ("glass", _inset(side, 0.55, 0.93, 0.15, 0.88))]
    return parts


class _Model:
    """The painted parts of a car as they lie when it looks away: what does not change from one car to the next."""

    def __init__(self, height: float, hood: float, boot: float, length: float):
        parts = _car(height, hood, boot, length)
        self.materials = [material for material, _ in parts]
        self.starts = np.cumsum([0] + [len(corners) for _, corners in parts])
        self.corners = np.concatenate([corners for _, corners in parts])
        ahead = np.array([np.cross(corners[2] - corners[0], corners[1] - corners[0]) for _, corners in parts])
        self.normals = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
        half = length / 2
        self.ground = np.array([(x, 0, z) for x in (-0.85, 0.85) for z in (-half, half)])


MODELS = [_Model(1.45, 1.3, 0.5, 4.3), _Model(1.5, 1.1, 0.05, 3.8), _Model(1.75, 1.15, 0.08, 4.5)]
MODELS += [_Model(1.95, 0.85, 0.02, 4.7)]
BODIES = np.array(
    [
        [0.75, 0.1, 0.1], [0.12, 0.25, 0.6], [0.9, 0.9, 0.88], [0.6, 0.62, 0.65], [0.16, 0.17, 0.2], [0.85, 0.65, 0.1],
        [0.1, 0.42, 0.4], [0.4, 0.12, 0.2], [0.25, 0.45, 0.65], [0.85, 0.4, 0.12],
    ]
)  # fmt: skip
MATERIALS = {
    "black": (0.07, 0.07, 0.08),
    "rim": (0.6, 0.6, 0.62),
    "lamp": (0.95, 0.95, 0.85),
    "tail": (0.75, 0.08, 0.08),
    "plate": (0.9, 0.88, 0.75),
    "glass": (0.16, 0.2, 0.25),
}


def car(street: Street, place: Place, kind: int, yaw: float) -> None:
    """Paint a car; at a yaw of 0 it drives away, at pi it comes, at pi / 2 it drives to the right."""
    canvas, light = street.canvas, street.light
    model = MODELS[int(street.rng.random() * len(MODELS))]
    colour = np.clip(street.one_of(BODIES) * street.about(1, 0.15), 0, 1)
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    there = np.array([place[0], 0, place[1]])
    street.shadow((model.ground @ turn + there)[:, [0, 2]], 1.2)

    shown = street.camera.seen(model.corners @ turn + there)
    start = model.starts[:-1]
    one, other = shown[start + 1] - shown[start], shown[start + 2] - shown[start]
    from_outside = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0] < 0
    normals = model.normals @ turn
    bright = light.on(normals)
    thing, haze = canvas.begin(), light.haze(place[1])
    for part in np.flatnonzero(from_outside).tolist():
        material = model.materials[part]
        glow = light.dark if material in ("lamp", "tail") else 0.0
        tint = np.array(MATERIALS.get(material, colour)) * (glow + (1 - glow) * bright[part])
        if material == "glass":
            tint = tint + 0.25 * normals[part, 1]  # the steeper it lies, the more sky it mirrors
        number = canvas.paint(tint, kind, haze, thing=thing, glow=glow)
        canvas.polygon(shown[model.starts[part] : model.starts[part + 1]], number)
    canvas.end()


SKIN = np.array([[0.29, 0.18, 0.12], [0.55, 0.36, 0.25], [0.78, 0.57, 0.44], [0.93, 0.76, 0.66]])
CLOTHES = np.array(
    [
        [0.85, 0.2, 0.2], [0.2, 0.3, 0.55], [0.9, 0.85, 0.75], [0.2, 0.45, 0.35], [0.9, 0.7, 0.2], [0.4, 0.4, 0.44],
        [0.5, 0.3, 0.5], [0.3, 0.5, 0.75], [0.55, 0.4, 0.3],
    ]
)  # fmt: skip


class _Figure:
    """A flat figure that stands at a place and is painted with lines and ellipses, in metres: across and up."""

    def __init__(self, street: Street, place: Place, kind: int, squeeze: float):
        self.street, self.kind, self.squeeze = street, kind, squeeze
        self.scale = street.camera.focal / place[1]
        self.foot = street.camera.seen((place[0], 0, place[1]))
        reach = 0.35 * max(squeeze, 0.4)
        x, z = place
        street.shadow(np.array([(x + a, z + b) for a in (-reach, reach) for b in (-0.15, 0.15)]), 1.6)
        self.thing, self.haze = street.canvas.begin(), street.light.haze(place[1])
        self.lit = float(street.light.on(TOWARDS)) * 0.5 + 0.45

    def colour(self, tint: ArrayLike, bright: float = 1.0, glow: float = 0.0) -> int:
        tint = np.asarray(tint) * bright * (glow + (1 - glow) * self.lit)
        return self.street.canvas.paint(tint, self.kind, self.haze, thing=self.thing, glow=glow)

    def at(self, points: ArrayLike) -> Array:
        return self.foot + np.asarray(points) * (self.scale * self.squeeze, -self.scale)

    def line(self, points: ArrayLike, width: float, number: int) -> None:
        """Rounded at its end points."""
        shown = self.at(points)
        self.street.canvas.line(shown, width * self.scale, number)
        radius = 0.45 * width * self.scale
        self.street.canvas.ellipses(shown, radius, radius, number)

    def polygon(self, points: ArrayLike, number: int) -> None:
        self.street.canvas.polygon(self.at(points), number)

    def disc(self, centre: tuple[float, float], wide: float, high: float, number: int) -> None:
        self.street.canvas.ellipses(self.at([centre]), wide * self.scale, high * self.scale, number)


def pedestrian(street: Street, place: Place, kind: int) -> None:
    """Paint someone who walks, to the side or towards the camera."""
    rng, about = street.rng, street.about
    sideways = rng.random() < 0.6
    side = -1 if rng.random() < 0.5 else 1
    figure = _Figure(street, place, kind, side * (about(0.9, 0.1) if sideways else 0.5))
    tall = about(1.7, 0.15)
    skin = street.one_of(SKIN)
    coat, trousers = street.one_of(CLOTHES), street.one_of(CLOTHES)
    step = about(0.5, 0.3) * (1 if rng.random() < 0.5 else -1)  # the angle of a leg from upright
    hip, shoulder, head = 0.52 * tall, 0.81 * tall, 0.925 * tall
    breadth = 0.17 if sideways else 0.46

    def leg(angle: float, number: int, offset: float) -> None:
        knee = (offset + 0.5 * hip * np.sin(angle) + 0.03, hip - 0.5 * hip * np.cos(angle))
        bend = angle - (0.55 if angle < 0 else 0.1) * abs(angle) / 0.5
        foot = (knee[0] + 0.47 * hip * np.sin(bend), max(knee[1] - 0.47 * hip * np.cos(bend), 0.03))
        figure.line([(offset, hip), knee, foot], 0.18, number)
        figure.line([foot, (foot[0] + 0.14, foot[1])], 0.1, black)

    def arm(angle: float, number: int, offset: float) -> None:
        elbow = (offset + 0.17 * tall * np.sin(angle), shoulder - 0.05 - 0.17 * tall * np.cos(angle))
        hand = (elbow[0] + 0.15 * tall * np.sin(angle + 0.4), elbow[1] - 0.15 * tall * np.cos(angle + 0.4))
        figure.line([(offset, shoulder - 0.05), elbow, hand], 0.13, number)
        figure.disc(hand, 0.06, 0.06, skinned)

    black, skinned = figure.colour((0.08, 0.07, 0.07)), figure.colour(skin)
    far, near = figure.colour(trousers, 0.75), figure.colour(trousers)
    apart = 0.0 if sideways else 0.14
    arm(step, figure.colour(coat, 0.7), -0.5 * breadth if not sideways else 0)
    leg(-step, far, -apart)
    leg(step, near, apart)
    coated = figure.colour(coat)
    half = 0.5 * breadth if not sideways else 0.18
    hem = hip - (0.12 if rng.random() < 0.4 else 0.0)
    figure.polygon([(-half, shoulder), (half, shoulder), (half + 0.03, hem), (-half - 0.03, hem)], coated)
    figure.line([(-0.7 * half, shoulder), (0.7 * half, shoulder)], 0.14, coated)
    arm(-step, figure.colour(coat, 0.85), 0.5 * breadth if not sideways else 0)
    hair = figure.colour(np.array([0.12, 0.08, 0.06]) * about(1.5, 1))
    figure.line([(0, shoulder), (0, head)], 0.1, skinned)
    figure.disc((0.0, head + 0.02), 0.13, 0.145, hair)
    if rng.random() < 0.75:
        figure.disc((0.03, head - 0.02), 0.1, 0.12, skinned)
    street.canvas.end()


def motorcycle(street: Street, place: Place, kind: int) -> None:
    """Paint a motorcycle with its rider, from the side, from before or from behind."""
    rng, about = street.rng, street.about
    tank, jacket = street.one_of(BODIES), street.one_of(CLOTHES) * 0.8
    helmet = street.one_of(BODIES)
    if rng.random() < 0.6:
        side = -1 if rng.random() < 0.5 else 1
        figure = _Figure(street, place, kind, side * about(0.85, 0.15))
        black, grey = figure.colour((0.06, 0.06, 0.07)), figure.colour((0.5, 0.5, 0.52))
        squeeze = abs(figure.squeeze)
        for across in (-0.68, 0.72):
            figure.disc((across, 0.32), 0.33 * squeeze, 0.33, black)
            figure.disc((across, 0.32), 0.19 * squeeze, 0.19, grey)
        figure.line([(0.72, 0.32), (0.45, 0.95)], 0.08, grey)
        figure.polygon([(-0.7, 0.45), (-0.25, 0.3), (0.35, 0.32), (0.5, 0.75), (-0.2, 0.72), (-0.85, 0.85)], black)
        figure.polygon([(-0.1, 0.72), (0.42, 0.7), (0.45, 0.92), (0.15, 0.98)], figure.colour(tank))
        figure.polygon([(-0.9, 0.8), (-0.1, 0.72), (-0.15, 0.85), (-0.8, 0.9)], figure.colour(tank, 0.7))
        figure.disc((0.55, 0.88), 0.09 * squeeze, 0.1, figure.colour((0.95, 0.95, 0.8), glow=street.light.dark))
        dark = figure.colour(jacket, 0.6)
        figure.line([(-0.3, 0.85), (0.12, 0.62), (-0.1, 0.3)], 0.17, dark)
        figure.line([(-0.3, 0.88), (0.02, 1.32)], 0.3, figure.colour(jacket))
        figure.line([(0.02, 1.3), (0.3, 1.08), (0.48, 1.0)], 0.11, figure.colour(jacket, 0.8))
        head = (0.12, 1.56)
        figure.disc(head, 0.15, 0.165, figure.colour(helmet))
        figure.disc((0.2, 1.55), 0.07, 0.06, black)
    else:
        coming = rng.random() < 0.5
        figure = _Figure(street, place, kind, 1.0)
        black, dark = figure.colour((0.06, 0.06, 0.07)), figure.colour(jacket, 0.6)
        figure.line([(0, 0.1), (0, 0.6)], 0.16, black)
        for across in (-1, 1):
            figure.line([(across * 0.18, 0.85), (across * 0.28, 0.6), (across * 0.2, 0.35)], 0.16, dark)
        figure.polygon([(-0.18, 0.45), (0.18, 0.45), (0.22, 0.95), (-0.22, 0.95)], figure.colour(tank))
        lamp = (0.97, 0.95, 0.8) if coming else (0.8, 0.08, 0.08)
        figure.polygon([(-0.24, 0.9), (0.24, 0.9), (0.2, 1.4), (-0.2, 1.4)], figure.colour(jacket))
        for across in (-1, 1):
            figure.line(
                [(across * 0.2, 1.33), (across * 0.4, 1.1), (across * 0.36, 0.98)], 0.12, figure.colour(jacket, 0.8)
            )
        figure.line([(-0.42, 0.98), (0.42, 0.98)], 0.06, black)
        figure.disc((0, 0.8), 0.11, 0.09, figure.colour(lamp, glow=max(street.light.dark, 0.5)))
        figure.disc((0, 1.56), 0.15, 0.165, figure.colour(helmet))
        if coming:
            figure.disc((0, 1.55), 0.11, 0.06, black)
    street.canvas.end()


LAMPS = ((0.95, 0.12, 0.1), (0.98, 0.7, 0.1), (0.15, 0.9, 0.4))


def traffic_light(street: Street, place: Place, kind: int, pole: int, lit: int) -> None:
    """Paint a traffic light with the lamp `lit` lit, 0 to 2; the thing is its head, the pole is of the class `pole`."""
    canvas, camera = street.canvas, street.camera
    (x, z), scale, haze = place, camera.focal / place[1], street.light.haze(place[1])
    base, high, half = street.about(2.2, 0.3), 1.5, 0.36
    street.shadow(np.array([(x + a, z + b) for a in (-0.08, 0.08) for b in (-0.08, 0.08)]), 3)
    canvas.line(camera.seen([(x, 0, z), (x, base, z)]), 0.14 * scale, canvas.paint((0.3, 0.31, 0.32), pole, haze))
    thing = canvas.begin()

    def colour(tint: ArrayLike, glow: float = 0.0) -> int:
        return canvas.paint(tint, kind, haze * (1 - 0.7 * glow), 0.0, thing, glow)

    corners = [(x - half, base, z), (x - half, base + high, z), (x + half, base + high, z), (x + half, base, z)]
    head = (0.1, 0.1, 0.1) if street.rng.random() < 0.7 else (0.2, 0.28, 0.2)
    canvas.polygon(camera.seen(corners), colour(head))
    for number, tint in enumerate(LAMPS):
        middle = camera.seen([(x, base + high * (0.83 - 0.33 * number), z)])
        on = number == lit
        lamp = colour(np.array(tint) * (1 if on else 0.22), 1.0 if on else 0.0)
        canvas.ellipses(middle, 0.2 * scale, 0.2 * scale, lamp)
    canvas.end()
