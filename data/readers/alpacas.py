"""Alpacas and sheep on a meadow, drawn by this project."""

import numpy as np
from numpy.typing import NDArray

from data import render

COUNT, SIDE, SEED = 300, 96, 13
COATS = np.array([[0.93, 0.89, 0.8], [0.75, 0.58, 0.4], [0.45, 0.3, 0.2], [0.25, 0.22, 0.2], [0.62, 0.6, 0.58]])


def read(split: str | None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 (m, 96, 96, 3), labels int64 (m,), 1 where it is an alpaca; m is 300, a fifth of each is "test"."""
    labels = [number % 2 for number in range(COUNT)]
    return render.drawn(split, labels, draw, SEED)


def draw(alpaca: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One picture (96, 96, 3) of an animal that stands sideways: an alpaca where `alpaca` is 1, a sheep where it is 0."""

    def about(middle: float, reach: float) -> float:
        return middle + reach * (2 * rng.random() - 1)

    x, y = render.grid(SIDE)
    scene = _meadow(x, y, rng)
    looks_left = rng.random() < 0.5
    size = about(0.64, 0.24)
    ax, ay = render.turned(-x if looks_left else x, y, about(0, 0.1), size, (about(-0.05, 0.32), about(0.1, 0.28)))

    wool = np.zeros_like(x)
    for _ in range(7):
        angle, fine = 2 * np.pi * rng.random(), about(24, 8)
        wool += np.cos(fine * (np.cos(angle) * ax + np.sin(angle) * ay) + 2 * np.pi * rng.random())
    coat = np.clip(COATS[rng.integers(len(COATS))] * about(1, 0.12), 0, 1)
    face = coat * about(0.9, 0.1) if rng.random() < 0.6 else COATS[rng.integers(len(COATS))] * 0.8
    light = (about(0, 0.8), about(-0.8, 0.3), 1.0)

    def paint(height: NDArray, colour: np.ndarray, fluffy: float = 0.0) -> None:
        nonlocal scene
        shade = render.lit(size * (height + np.where(height > 0.06, fluffy * wool, 0)), light, 0.4)
        scene = np.where((height > 0)[..., None], colour * shade[..., None], scene)

    long, deep = (about(0.46, 0.05), about(0.27, 0.03)) if alpaca else (about(0.55, 0.05), about(0.36, 0.04))
    middle = about(0.22, 0.03) if alpaca else about(0.16, 0.03)
    ground, thick = middle + about(0.68, 0.04) if alpaca else middle + about(0.6, 0.04), 0.075 if alpaca else 0.05
    legs = np.zeros_like(x)
    for place in (-0.8, -0.55, 0.5, 0.75):
        foot = (place * long + about(0, 0.05), ground)
        legs = np.maximum(legs, render.limb(ax, ay, (place * long, middle + 0.1), foot, thick * 1.3, thick))
    paint(legs, (coat if alpaca else face) * 0.85)
    body = render.ball(ax, ay, (0, middle), (long, deep), 0.3)
    if alpaca:
        head = (long + about(0.1, 0.07), middle - about(0.72, 0.08))
        neck = render.limb(ax, ay, (0.75 * long, middle - 0.05), head, 0.18, about(0.12, 0.02))
        paint(np.maximum(body, neck), coat, 0.02)
        ears = np.zeros_like(x)
        for side in (-0.05, 0.06):
            root = (head[0] + side, head[1] - 0.08)
            tip = (root[0] + about(0.01, 0.03), root[1] - about(0.17, 0.03))
            ears = np.maximum(ears, render.limb(ax, ay, root, tip, 0.035, 0.015))
        paint(ears, face * 0.9)
        paint(render.ball(ax, ay, (head[0] + 0.01, head[1] - 0.07), (0.13, about(0.1, 0.03)), 0.15), coat, 0.02)
        nose = (head[0] + about(0.17, 0.02), head[1] + 0.06)
        paint(render.limb(ax, ay, (head[0] + 0.03, head[1] + 0.02), nose, 0.1, 0.06), face)
    else:
        head = (long + about(0.12, 0.05), middle - about(0.2, 0.14))
        paint(np.maximum(body, render.limb(ax, ay, (0.7 * long, middle - 0.12), head, 0.22, 0.13)), coat, 0.02)
        nose = (head[0] + about(0.15, 0.03), head[1] + about(0.1, 0.05))
        paint(render.limb(ax, ay, head, nose, 0.11, 0.065), face)
        root = (head[0] - 0.04, head[1] - 0.06)
        tip = (root[0] - about(0.14, 0.03), root[1] + about(0.05, 0.05))
        paint(render.limb(ax, ay, root, tip, 0.04, 0.02), face * 0.85)
    eye = (head[0] + 0.05, head[1] - 0.01)
    paint(render.ball(ax, ay, eye, (0.022, 0.026), 0.05), np.array([0.05, 0.04, 0.04]))
    paint(render.ball(ax, ay, nose, (0.03, 0.02), 0.05), np.array([0.12, 0.08, 0.08]))
    return render.exposed(scene, rng)


def _meadow(x: NDArray, y: NDArray, rng: np.random.Generator) -> NDArray:
    """Grass under a sky, (…, 3), with hills or a hedge out of focus."""
    horizon = -0.1 + 0.9 * (rng.random() - 0.5)
    sky = np.array([0.55, 0.7, 0.9]) + 0.25 * (rng.random(3) - 0.5)
    grass = np.array([0.35, 0.5, 0.2]) + np.array([0.3, 0.2, 0.15]) * (rng.random(3) - 0.5)
    hills = horizon - 0.12 * rng.random() * (1 + np.cos((1 + 2 * rng.random()) * x + 6 * rng.random()))
    far = np.clip((hills - y) / 0.04 + 0.5, 0, 1)[..., None]
    near = np.clip((y - horizon) / 0.05 + 0.5, 0, 1)[..., None]
    hedge = grass * (0.5 + 0.3 * rng.random()) * np.array([0.8, 0.9, 1.1])
    scene = far * (sky + 0.15 * y[..., None]) + (1 - far) * hedge
    for _ in range(rng.integers(0, 4)):  # bushes
        (bx, by), size = (2 * rng.random() - 1, horizon + 0.25 * rng.random()), 0.1 + 0.25 * rng.random()
        bush = np.clip(4 * (1 - np.hypot((x - bx) / size, (y - by) / (0.6 * size))), 0, 1)[..., None]
        scene, near = scene * (1 - bush) + bush * hedge * (0.5 + rng.random()), near * (1 - bush)
    blades = 0.05 * rng.standard_normal(x.shape) * np.clip(y + 0.4, 0, 1)
    return scene * (1 - near) + near * (grass * (0.9 + 0.25 * y[..., None]) + blades[..., None])
