"""Faces that smile or do not, drawn by this project."""

import numpy as np
from numpy.typing import NDArray

from data import render

COUNT, SIDE, SEED = 1000, 64, 12


def read(split: str | None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 64, 64, 3), labels int64 (m,), 1 where the face smiles; m is 1,000, a fifth of each is "test"."""
    labels = [number % 2 for number in range(COUNT)]
    return render.drawn(split, labels, draw, SEED)


def draw(smiling: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One picture (64, 64, 3) of a face; it smiles where `smiling` is 1."""

    def about(middle: float, reach: float) -> float:
        return middle + reach * (2 * rng.random() - 1)

    x, y = render.grid(SIDE)
    scene = render.backdrop(x, y, rng)
    scale, tilt = about(0.86, 0.05), about(0, 0.07)
    fx, fy = render.turned(x, y, tilt, scale, (about(0, 0.04), about(0.02, 0.04)))
    turn = about(0, 0.05)  # features move to the side that the head is turned to
    tone, hair = render.skin(rng), _hair(rng)

    wide, long = about(0.6, 0.05), about(0.8, 0.05)
    height = render.ball(fx, fy, (0, 0), (wide, long), 0.55)
    neck = render.limb(fx, fy, (0, 0.5), (0, 1.9), 0.3, 0.45)
    nose = render.limb(fx, fy, (turn, -0.05), (1.4 * turn, 0.2), 0.05, about(0.1, 0.02), 0.5)
    shape = np.maximum(np.maximum(height, 0.6 * neck), np.where(height > 0, nose, 0))
    shade = render.lit(scale * shape, (about(0, 0.8), about(-0.5, 0.4), 1.0), 0.45)[..., None]

    def paint(where: np.ndarray, colour: np.ndarray) -> None:
        nonlocal scene
        scene = np.where(where[..., None], colour * shade, scene)

    paint(render.ball(fx, fy, (0, -0.12), (wide + about(0.12, 0.06), long + about(0.08, 0.05)), 1) > 0, hair)
    paint((shape > 0), tone)
    fringe = about(-0.5, 0.12) + about(0.0, 0.25) * fx
    paint((height > 0) & (fy < fringe), hair)

    apart, level, open_eye = about(0.25, 0.03), about(-0.12, 0.04), about(0.07, 0.02)
    iris = np.array([0.25, 0.2, 0.15]) + 0.25 * rng.random(3)
    for side in (-1, 1):
        centre = (turn + side * apart, level)
        eye = render.ball(fx, fy, centre, (0.12, open_eye), 1) > 0
        paint(eye, np.array([0.97, 0.96, 0.94]))
        paint(eye & (render.ball(fx, fy, (centre[0] + 0.4 * turn, level), (0.06, 0.07), 1) > 0), iris)
        lift = about(0.16, 0.03)
        ends = (centre[0] - 0.13, level - lift - about(0, 0.04)), (centre[0] + 0.13, level - lift - about(0, 0.04))
        paint(render.limb(fx, fy, *ends, 0.025, 0.025) > 0, 0.7 * hair)
    if rng.random() < 0.3:
        for side in (-1, 1):
            far = np.hypot(fx - turn - side * apart, fy - level)
            paint((far > 0.17) & (far < 0.205), np.array([0.12, 0.12, 0.14]))

    # The mouth is a parabola: its ends are above its middle, or they are not.
    half = about(0.32, 0.04)
    bend = about(0.5, 0.15) if smiling else about(-0.25, 0.2)
    across = (fx - 1.2 * turn) / half
    line = about(0.44, 0.04) + half * bend * (0.5 - across**2)
    inside = np.clip(1 - across**2, 0, 1)
    lips, gap = about(0.05, 0.012), max(0.0, about(0.02, 0.09))
    paint((np.abs(fy - line) < (lips + gap) * np.sqrt(inside)), tone * np.array([0.75, 0.3, 0.3]))
    if gap > 0.03:
        teeth, throat = np.array([0.95, 0.94, 0.9]), np.array([0.25, 0.08, 0.08])
        paint(np.abs(fy - line) < gap * np.sqrt(inside), teeth if rng.random() < 0.6 else throat)
    return render.exposed(scene, rng)


def _hair(rng: np.random.Generator) -> np.ndarray:
    colours = np.array([[0.1, 0.08, 0.07], [0.28, 0.17, 0.1], [0.5, 0.33, 0.17], [0.78, 0.6, 0.33], [0.55, 0.55, 0.55]])
    return colours[rng.integers(len(colours))] * (0.8 + 0.3 * rng.random())
