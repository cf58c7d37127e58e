"""Hands that show 0 to 5, drawn by this project."""

import numpy as np
from numpy.typing import NDArray

from data import render

COUNT, SIDE, SEED = 1200, 64, 11
FAR = 16  # pixels, more than a shadow falls away
# Which of thumb, index, middle, ring and little finger are up.
SHOWN = {
    0: ("",),
    1: ("i", "i", "t"),
    2: ("im", "im", "ti"),
    3: ("imr", "tim"),
    4: ("imrl",),
    5: ("timrl",),
}
# Of index, middle, ring and little finger: where it starts, its angle from upright in degrees, its length.
FINGERS = {
    "i": ((-0.24, 0.02), -11, 0.60),
    "m": ((-0.08, -0.05), -3, 0.68),
    "r": ((0.08, -0.03), 5, 0.62),
    "l": ((0.23, 0.06), 14, 0.48),
}


def read(split: str | None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 64, 64, 3), labels int64 (m,) in 0..5; m is 1,200, of which a fifth of each class is "test"."""
    labels = [number % 6 for number in range(COUNT)]
    return render.drawn(split, labels, draw, SEED)


def draw(fingers: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One picture (64, 64, 3) of a hand that shows so many fingers."""

    def about(middle: float, reach: float) -> float:
        return middle + reach * (2 * rng.random() - 1)

    x, y = render.grid(SIDE)
    scene = render.wall(x, y, rng)
    hx, hy = render.turned(x, y, about(0, 0.18), about(0.95, 0.08), (about(0, 0.08), about(0.12, 0.08)))

    options = SHOWN[fingers]
    up = options[rng.integers(len(options))]
    spread, slim = about(1, 0.35), about(1, 0.15)
    height = render.limb(hx, hy, (0, 0.35), (about(0, 0.1), 1.9), 0.24 * slim, 0.27 * slim)
    for side in (-1, 1):
        palm = render.limb(hx, hy, (0.15 * side, 0.34), (0.16 * side, 0.1), 0.22, 0.19)
        height = np.maximum(height, palm)
    for name, (start, lean, length) in FINGERS.items():
        radius = 0.078 * slim * (0.9 if name == "l" else 1)
        if name in up:
            height = np.maximum(
                height, _finger(hx, hy, start, spread * about(lean, 4), about(length, 0.05), radius, rng)
            )
        else:  # folded: the knuckle and the finger's back, above the palm
            knuckle = (start[0], start[1] + 0.02)
            folded = render.limb(hx, hy, knuckle, (start[0] * 0.9, 0.24), radius * 1.15, radius, 0.12)
            height = np.maximum(height, folded)
    if "t" in up:
        thumb = _finger(hx, hy, (-0.27, 0.36), about(-58, 8), about(0.46, 0.04), 0.1 * slim, rng)
    else:
        thumb = render.limb(hx, hy, (-0.3, 0.38), (about(0.02, 0.05), about(0.24, 0.05)), 0.1 * slim, 0.075 * slim, 0.2)
    height = np.maximum(height, thumb)

    light = (about(0, 0.8), about(-0.5, 0.4), 1.0)
    shade = render.lit(height, light)[..., None]
    covered = (height > 0)[..., None]
    # What the hand hides of the light falls on the wall, a little away from it.
    right, down = (FAR - round(-8 * one) for one in light[:2])
    shadow = np.pad(covered, ((FAR, FAR), (FAR, FAR), (0, 0)))[down : down + len(covered), right : right + len(covered)]
    scene = np.where(shadow, 0.75 * scene, scene)
    return render.exposed(np.where(covered, render.skin(rng) * shade, scene), rng)


def _finger(x, y, start, lean, length, radius, rng):
    """A finger of two parts, bent a little."""
    first, second = np.radians(lean), np.radians(lean + 8 * (2 * rng.random() - 1))
    joint = (start[0] + 0.5 * length * np.sin(first), start[1] - 0.5 * length * np.cos(first))
    tip = (joint[0] + 0.5 * length * np.sin(second), joint[1] - 0.5 * length * np.cos(second))
    lower = render.limb(x, y, start, joint, radius * 1.1, radius)
    return np.maximum(lower, render.limb(x, y, joint, tip, radius, 0.85 * radius))
