"""Faces of people who do not exist, several pictures of each, drawn by this project.

What makes a person is drawn once: the shape of head, eyes, brows, nose and mouth, skin, hair. What makes a picture is drawn
each time: where the head turns, where the light comes from, expression, glasses, a cap, what is behind.

A head is an ellipsoid. Each of its pixels is turned back to where it lies on a face that looks straight ahead; there the
features are drawn, so that they turn as a real face's would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data import render
from data.splits import chosen, grouped

PERSONS, EACH, SIDE, SEED = 520, 8, 64, 21
Array = NDArray[np.floating]


def read(split: str | None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 64, 64, 3), labels int64 (m,), the person; eight pictures each; a fifth of the persons is "test"."""
    labels = np.repeat(np.arange(PERSONS), EACH)
    order = chosen(split, len(labels), grouped(labels.tolist()))
    pictures = [draw(person(int(labels[k])), np.random.default_rng([SEED, 1, k])) for k in order]
    return np.stack(pictures), labels[order]


@dataclass(frozen=True)
class Person:
    """What stays. Lengths are in units of half the head's height, places on a face that looks straight ahead."""

    wide: float
    jaw: float
    """How much the face narrows below: 0 is an ellipse."""
    skin: Array
    hair: Array
    hairline: float
    """Where it begins on the forehead; below -0.95 there is hardly any."""
    locks: float
    """How far down it hangs at the sides."""
    full: float
    """How far it stands off the head."""
    parting: float
    apart: float
    level: float
    eye: tuple[float, float]
    slant: float
    iris: Array
    brow: tuple[float, float, float]
    """Thickness, distance above the eye, slope."""
    nose: tuple[float, float]
    """Length, width."""
    mouth: tuple[float, float, float]
    """Level, half its width, thickness of the lips."""
    lips: Array
    beard: float
    """0 is none, 1 is full."""
    moustache: bool
    mole: tuple[float, float]
    ears: float


def person(number: int) -> Person:
    """The person of a label, the same ever after."""
    rng = np.random.default_rng([SEED, 0, number])

    def between(low: float, high: float) -> float:
        return low + (high - low) * rng.random()

    skin = render.skin(rng)
    hairs = np.array(
        [
            [0.06, 0.05, 0.05],
            [0.2, 0.12, 0.07],
            [0.42, 0.27, 0.14],
            [0.76, 0.6, 0.34],
            [0.6, 0.6, 0.61],
            [0.5, 0.2, 0.09],
        ]
    )
    irises = np.array([[0.2, 0.12, 0.07], [0.36, 0.24, 0.12], [0.25, 0.4, 0.28], [0.3, 0.46, 0.62]])
    bearded = rng.random() < 0.22
    return Person(
        wide=between(0.66, 0.86),
        jaw=between(0.0, 0.4),
        skin=skin,
        hair=hairs[rng.integers(len(hairs))] * between(0.8, 1.25),
        hairline=between(-1.0, -0.42),
        locks=rng.choice([-0.3, -0.1, 0.25, 0.9, 1.25]) + between(-0.1, 0.1),
        full=between(0.03, 0.22),
        parting=between(-0.5, 0.5),
        apart=between(0.25, 0.4),
        level=between(-0.2, -0.02),
        eye=(between(0.12, 0.19), between(0.055, 0.11)),
        slant=between(-0.22, 0.22),
        iris=irises[rng.integers(len(irises))] * between(0.8, 1.2),
        brow=(between(0.02, 0.055), between(0.13, 0.22), between(-0.3, 0.3)),
        nose=(between(0.28, 0.48), between(0.07, 0.17)),
        mouth=(between(0.44, 0.6), between(0.18, 0.34), between(0.03, 0.085)),
        lips=skin * np.array([between(0.8, 1.05), between(0.4, 0.7), between(0.45, 0.75)]),
        beard=between(0.35, 1) if bearded else 0.0,
        moustache=bool((bearded and rng.random() < 0.7) or rng.random() < 0.05),
        mole=(between(-0.45, 0.45), between(-0.5, 0.7)),
        ears=between(0.08, 0.17),
    )


def draw(who: Person, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One picture (64, 64, 3) of a person."""

    def about(middle: float, reach: float) -> float:
        return middle + reach * (2 * rng.random() - 1)

    x, y = render.grid(SIDE)
    scene = render.backdrop(x, y, rng).astype(np.float32)
    size = about(0.7, 0.07)
    fx, fy = render.turned(x, y, about(0, 0.2), size, (about(0, 0.1), about(0.06, 0.1)))
    yaw, nod = about(0, 0.5), about(0, 0.22)
    light = (about(0, 1.1), about(-0.45, 0.5), about(0.9, 0.25))
    tint = 1 + 0.12 * np.array([about(0, 1), 0, about(0, 1)])
    hair = who.hair * about(1, 0.15)

    def within(inside: NDArray[np.bool_], colour: Array, shade: Array | float = 1.0, cover: float = 1.0) -> None:
        """Paint the pixels inside; colour and shade are one for all, or one a pixel; `cover` is how thick the paint is."""
        light = np.asarray(shade[inside] if isinstance(shade, np.ndarray) else shade)
        paint = (colour[inside] if colour.ndim == 3 else colour) * (light[:, None] if light.ndim == 1 else light)
        scene[inside] = paint if cover == 1 else (1 - cover) * scene[inside] + cover * paint

    # Where a pixel of the head lies on a face that looks straight ahead: turn the sphere back.
    narrowing = 1 - who.jaw * np.clip(fy, 0, 1) ** 2
    px, py = fx / (who.wide * narrowing), fy
    room = 1 - px**2 - py**2
    head = room > 0
    pz = np.sqrt(np.maximum(room, 0))
    u = px * np.cos(yaw) - pz * np.sin(yaw)
    ahead = px * np.sin(yaw) + pz * np.cos(yaw)
    v = py * np.cos(nod) - ahead * np.sin(nod)
    ahead = py * np.sin(nod) + ahead * np.cos(nod)
    front = head & (ahead > 0.05)
    u = u * who.wide

    # Behind the head: hair, neck, shoulders.
    drift = -0.22 * np.sin(yaw)
    around = np.hypot((fx - drift * 0.4) / (who.wide + who.full), (fy + 0.05) / (1 + who.full))
    if who.hairline > -0.97:
        behind = (around < 1) & (fy < 0.3)
        hanging = (
            (np.abs(fx - drift) < who.wide + who.full * 0.8 - 0.1 * np.clip(fy, 0, 2)) & (fy > -0.2) & (fy < who.locks)
        )
        within(behind | hanging, hair, 0.55 + 0.25 * np.clip(1 - fy, 0, 1))
    clothes = 0.1 + 0.75 * rng.random(3)
    within(render.limb(fx, fy, (drift * 0.3, 0.6), (0, 1.7), 0.4 * who.wide, 0.5 * who.wide) > 0, who.skin, 0.72)
    within(render.ball(fx, fy, (0, 2.05), (1.25, 0.75), 1) > 0, clothes, 0.9)
    for side in (-1, 1):
        out = side * who.wide * np.cos(yaw) * 0.98
        if side * yaw < 0.35:  # the other ear is behind the head
            within(
                render.ball(fx, fy, (out, 0.05 + 0.3 * np.sin(nod)), (who.ears, 1.6 * who.ears), 1) > 0, who.skin, 0.8
            )

    # The head in its light: a matt surface with a nose and a brow on it.
    length, breadth = who.nose
    tip = who.level + 0.04 + length
    along = np.clip((v - who.level) / (tip - who.level), 0, 1)
    bridge = np.exp(-((u / (breadth * (0.35 + 0.65 * along**2))) ** 2)) * along * (v < tip + 0.06)
    relief = (
        0.62 * pz
        + 0.17 * bridge * front
        - 0.05 * np.exp(-(((np.abs(u) - who.apart) / 0.16) ** 2 + ((v - who.level) / 0.12) ** 2))
    )
    bright = (about(1.05, 0.1) * render.lit(size * relief, light, 0.4)).astype(np.float32)
    shade = bright[..., None] * tint.astype(np.float32)
    cheeks = 1 - 0.1 * np.exp(-(((np.abs(u) - 0.42) / 0.18) ** 2 + ((v - 0.25) / 0.2) ** 2))[..., None] * np.array(
        [0, 1, 0.8]
    )
    within(head, who.skin * cheeks, shade)
    within(_near(u, v, who.mole, 0.028) & front, who.skin * [0.45, 0.35, 0.3])

    # Beard, mouth, nostrils.
    level, half, thick = who.mouth
    half = half * about(1, 0.08)
    bend, gap = about(0.15, 0.45), max(0.0, about(0.0, 0.07))
    across = u / half
    line = level + half * bend * (0.4 - across**2)
    arch = np.sqrt(np.clip(1 - across**2, 0, 1))
    if who.beard:
        edge = level + 0.12 - 0.5 * who.beard * np.clip(np.abs(u) / who.wide, 0, 1) ** 2
        within(front & (v > edge + 0.1), 0.9 * hair, shade, cover=0.85)
    if who.moustache:
        above = level - thick - 0.07
        within(front & (np.abs(v - above - 0.12 * u**2) < 0.05) & (np.abs(u) < 1.05 * half), 0.9 * hair, shade)
    within(front & (np.abs(v - line) < (thick + gap) * arch), who.lips, shade)
    if gap > 0.02:
        within(
            front & (np.abs(v - line) < gap * arch),
            np.array([0.93, 0.91, 0.87]) if bend > 0.1 else np.array([0.2, 0.06, 0.06]),
        )
    else:
        within(front & (np.abs(v - line) < 0.014) & (np.abs(across) < 1), 0.5 * who.lips)
    for side in (-1, 1):
        within(front & (((u - side * 0.45 * breadth) / 0.035) ** 2 + ((v - tip) / 0.025) ** 2 < 1), 0.4 * who.skin)

    # Eyes and brows.
    open_by, gaze, raised = about(0.85, 0.25), about(0, 0.04), about(0, 0.03)
    width, height = who.eye
    for side in (-1, 1):
        out = side * (u - side * who.apart)  # away from the nose
        lift = v - who.level + who.slant * out
        eye = front & ((out / width) ** 2 + (lift / (height * open_by)) ** 2 < 1)
        rim = front & ((out / (1.12 * width)) ** 2 + (lift / (1.3 * height * open_by)) ** 2 < 1) & (lift < 0)
        within(rim, 0.35 * who.skin)
        within(eye, np.array([0.95, 0.94, 0.92]), 0.75 + 0.25 * bright)
        ball = _near(u - side * who.apart - gaze, lift, (0, 0), 0.075)
        within(eye & ball, who.iris)
        within(eye & _near(u - side * who.apart - gaze, lift, (0, 0), 0.035), np.array([0.03, 0.03, 0.03]))
        thickness, above, slope = who.brow
        brow = v - who.level + above + raised + slope * out + 0.8 * out**2
        within(front & (np.abs(brow) < thickness * (1 - 0.4 * out / width)) & (np.abs(out) < 1.25 * width), 0.75 * hair)

    # Hair over the forehead, then what one may wear.
    sheen = 0.75 + 0.35 * np.clip(bright - 0.5, 0, 1) + 0.06 * np.sin(40 * u + 9 * v)
    fringe = who.hairline + 0.35 * np.abs(u - who.parting) ** 1.5 + 0.02 * np.sin(25 * u)
    temples = (np.abs(u) > 0.93 * who.wide) & (v < min(0.1, who.locks)) & (who.hairline > -0.97)
    within(head & ((v < fringe) | (ahead < -0.05) | temples), hair, sheen)
    if rng.random() < 0.35:
        frame = np.array([0.1, 0.1, 0.12]) if rng.random() < 0.6 else 0.6 * rng.random(3)
        round_by, lens = rng.integers(2, 5), 0.62 * who.apart
        for side in (-1, 1):
            far = (np.abs(u - side * who.apart) / lens) ** round_by + (
                np.abs(v - who.level - 0.03) / (0.8 * lens)
            ) ** round_by
            within(front & (far > 1) & (far < 1.45), frame)
        within(front & (np.abs(v - who.level) < 0.025) & (np.abs(u) < who.apart - lens), frame)
        within(head & (np.abs(v - who.level) < 0.025) & (np.abs(u) > who.apart + lens), frame)
    if rng.random() < 0.1:
        brim = who.level - who.brow[1] - 0.28
        cap = (around < 1.0) & (v * head + fy * ~head < brim) | (head & (v < brim))
        within(cap, 0.1 + 0.8 * rng.random(3), 0.6 + 0.4 * np.clip(sheen, 0, 1))
    return render.exposed(scene, rng)


def _near(u: Array, v: Array, place: tuple[float, float], radius: float) -> NDArray[np.bool_]:
    return (u - place[0]) ** 2 + (v - place[1]) ** 2 < radius**2
