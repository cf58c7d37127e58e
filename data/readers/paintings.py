"""Three paintings by nobody: strokes that follow a flow, stained glass, and a woodcut of waves.

Each is drawn three times as large and averaged, which softens its edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, SEED = 320, 240, 7
_FINER = 3
Array = NDArray[np.floating]


def read() -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """The paintings, each uint8 (240, 320, 3); the label of each is its own."""
    painted = [paint(np.random.default_rng([SEED, number])) for number, paint in enumerate((strokes, glass, waves))]
    return painted, np.arange(len(painted), dtype=np.int64)


def strokes(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A night over hills, in short thick strokes along a flow with whirls."""
    from PIL import Image, ImageDraw

    width, height = WIDTH * _FINER, HEIGHT * _FINER
    sheet = Image.new("RGB", (width, height), (24, 40, 84))
    pen = ImageDraw.Draw(sheet)
    paths = [rng.random((9_000, 2)) * [1.36, 1.02] - [0.01, 0.01]]
    long = rng.uniform(0.025, 0.06, (len(paths[0]), 1))
    for _ in range(6):
        paths.append(paths[-1] + long / 6 * _flow(paths[-1]))
    noise = 14 * rng.standard_normal((len(long), 1)) + 9 * rng.standard_normal((len(long), 3))
    colours, thickness = _night(paths[0]) + noise, rng.integers(5, 10, len(long))
    for points, colour, thick in zip(np.stack(paths, axis=1) * height, colours, thickness.tolist(), strict=True):
        # Paint stands off the canvas: a dark rim below, a light one above.
        for shift, shade in ((2, -38), (-1, 30), (0, 0)):
            ink = tuple(np.clip(colour + shade, 0, 255).astype(int).tolist())
            line = np.add(points, [0, shift]).ravel().tolist()
            pen.line(line, fill=ink, width=thick - 2 * (shift < 0), joint="curve")
    return _averaged(np.asarray(sheet, dtype=np.float32))


_WHIRLS = np.array([[0.40, 0.34, 0.20], [0.93, 0.22, -0.15], [0.68, 0.52, 0.12], [0.12, 0.16, -0.10]])
_LIGHTS = np.array(
    [[1.16, 0.16, 0.085], [0.40, 0.33, 0.05], [0.93, 0.22, 0.035], [0.15, 0.15, 0.04], [0.66, 0.12, 0.03]]
)


def _hills(x: Array) -> Array:
    return 0.74 + 0.055 * np.sin(4.1 * x + 0.6) + 0.025 * np.sin(9.7 * x + 2)


def _flow(places: Array) -> Array:
    """The directions of strokes at places (N, 2), x and y in units of the height: (N, 2), each of length 1."""
    x, y = places[:, :1], places[:, 1:]

    def around(middle: Array) -> tuple[Array, Array]:
        away = places - middle
        return away[:, ::-1] * [-1, 1], np.hypot(*away.T)[:, None] + 1e-6

    slope = (_hills(x + 0.01) - _hills(x - 0.01)) / 0.02
    ground = np.concatenate([np.ones_like(x), slope + 0.35 * np.sin(23 * y)], axis=1)
    sky = np.concatenate([np.ones_like(x), 0.22 * np.sin(6 * x + 3)], axis=1)
    for *middle, strength in _WHIRLS:
        across, far = around(np.array(middle))
        sky = sky + strength / (far**2 + 0.006) * across
    for *middle, radius in _LIGHTS:
        across, far = around(np.array(middle))
        near = np.exp(-((far / (2.2 * radius)) ** 2))
        sky = (1 - near) * sky / np.hypot(*sky.T)[:, None] + 3 * near * across / far
    way = np.where(y > _hills(x), ground, sky)
    return way / np.hypot(*way.T)[:, None]


def _night(places: Array) -> Array:
    """The colours of strokes at places (N, 2): (N, 3)."""
    x, y = places[:, :1], places[:, 1:]
    below = y - _hills(x)
    ground = [22, 52, 58] + np.clip(5 * below, 0, 1) * [38, 48, -8] * (0.6 + 0.5 * np.sin(31 * x + 40 * y))
    sky = [26, 58, 128] + y * [55, 80, 70] + 18 * np.sin(14 * x + 22 * y)
    for light_x, light_y, radius in _LIGHTS:
        far = np.hypot(x - light_x, y - light_y) / radius
        halo, core = 0.75 * np.exp(-((far / 2.3) ** 2)), np.exp(-(far**4))
        sky = (1 - halo) * sky + halo * [214, 205, 120]
        sky = (1 - core) * sky + core * [252, 214, 74]
    return np.where(below > 0, ground, sky)


def glass(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A window of coloured panes in lead, a rose in its middle, with the sun behind it."""
    from scipy.spatial import cKDTree

    x, y = _grid()
    middle = np.array([0.62, 0.47])
    rings = [(0.0, 1), (0.10, 6), (0.19, 12), (0.28, 12), (0.365, 24)]
    sites, tints = [], []
    for ring, (radius, count) in enumerate(rings):
        for k in range(count):
            angle = 2 * np.pi * (k + 0.5 * (ring % 2)) / count
            sites.append(middle + radius * np.array([np.cos(angle), np.sin(angle)]))
            tints.append(_JEWELS[(ring + (k % 2) * 2) % len(_JEWELS)])
    loose = rng.random((420, 2)) * [1.5, 1.2] - [0.08, 0.1]
    loose = loose[np.hypot(*(loose - middle).T) > 0.44]
    for site in loose:
        sites.append(site)
        tints.append(_JEWELS[int(3 * site[1] + 2.2 * rng.random() + 2 * site[0]) % len(_JEWELS)])
    far, nearest = cKDTree(np.array(sites)).query(np.stack([x, y], axis=-1), k=2)
    tint = np.array(tints)[nearest[..., 0]] * rng.uniform(0.75, 1.15, (len(sites), 1))[nearest[..., 0]]
    lead = np.clip(((far[..., 1] - far[..., 0]) - 0.0075) / 0.004, 0, 1)
    from_middle = np.hypot(x - middle[0], y - middle[1])
    lead *= np.clip((np.abs(from_middle - 0.42) - 0.011) / 0.004, 0, 1)
    sun = 0.62 + 0.75 * np.exp(-(((x - 0.45) ** 2 + (y - 0.3) ** 2) / 0.18))
    uneven = 1 + 0.10 * np.sin(38 * x + 9 * np.sin(21 * y)) * np.sin(33 * y + 7 * np.sin(17 * x))
    shine = 1 - 0.45 * np.clip(far[..., 0] / 0.06, 0, 1) ** 2
    picture = lead[..., None] * tint * (sun * uneven * shine)[..., None] + (1 - lead[..., None]) * [24, 22, 26]
    return _averaged(picture)


_JEWELS = np.array(
    [[222, 40, 48], [250, 176, 36], [34, 84, 196], [28, 150, 120], [126, 52, 160], [72, 178, 224], [240, 226, 150]],
    float,
)


def waves(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A sea cut in wood: rows of waves with foam, each line of the knife a contour, under a red sun."""
    x, y = _grid()
    picture = np.broadcast_to([240.0, 228, 200], (*x.shape, 3)).copy()
    ink, sea, deep = np.array([26.0, 36, 66]), np.array([120.0, 160, 180]), np.array([44.0, 84, 132])
    foam = np.array([248.0, 244, 230])

    def print_over(where: NDArray[np.bool_], colour: Array) -> None:
        picture[where] = colour

    low = np.clip((y - 0.02) / 0.5, 0, 1)
    print_over(((y * 44) % 1 < 0.42 * (1 - low) ** 2), np.array([150.0, 172, 176]))
    print_over(np.hypot(x - 0.98, y - 0.22) < 0.115, np.array([204.0, 62, 44]))
    for row in range(7):
        near = row / 6
        base, tall, long = 0.36 + 0.105 * row, 0.05 + 0.075 * near, 0.26 + 0.26 * near
        phase = rng.random()
        crest = _crest((x + 0.05 * np.sin(5 * y)) / long + phase, tall, base)
        below = y - crest
        print_over(below > 0, sea if row % 2 else deep)
        # Contours that follow the crest, closer together and thicker towards it.
        turns = np.sqrt(np.maximum(below, 0)) * (17 - 5 * near)
        print_over((below > 0) & (turns % 1 < 0.36), ink if row % 2 else np.array([214.0, 222, 214]))
        swell = 0.018 + 0.016 * near
        ragged = swell * (0.55 + 0.45 * np.sin(2 * np.pi * (x / (0.022 + 0.012 * near) + phase)))
        steep = np.clip((base - crest) / tall + 0.1, 0, 1)
        print_over((below > -0.004) & (below < ragged * steep + 0.012), foam)
        print_over(np.abs(below - ragged * steep - 0.012) < 0.0032 + 0.0012 * near, ink)
        print_over(np.abs(below) < 0.0042 + 0.002 * near, ink)
    for across, down, size in rng.random((260, 3)):
        middle, radius = np.array([1.34 * across, 0.30 + 0.5 * down**2]), 0.0025 + 0.004 * size**2
        left, top = np.maximum((middle - radius) * len(x), 0).astype(int)
        window = np.s_[top : top + 12, left : left + 12]
        picture[window][np.hypot(x[window] - middle[0], y[window] - middle[1]) < radius] = foam
    grain = 1 + 0.05 * np.sin(150 * y + 5 * np.sin(4 * x + 2 * np.sin(9 * y)))
    return _averaged(picture * grain[..., None])


def _crest(turns: Array, tall: float, base: float) -> Array:
    """Height of a row of waves that lean over: pointed at the top, wide in the trough."""
    leaning = turns + 0.13 * np.sin(2 * np.pi * turns)
    return base + 0.35 * tall - tall * (1 - np.abs(np.sin(np.pi * leaning))) ** 1.4


def _grid() -> tuple[Array, Array]:
    """x and y of what is drawn, in units of the height."""
    side = HEIGHT * _FINER
    return np.meshgrid((np.arange(WIDTH * _FINER) + 0.5) / side, (np.arange(side) + 0.5) / side)


def _averaged(picture: Array) -> NDArray[np.uint8]:
    small = picture.reshape(HEIGHT, _FINER, WIDTH, _FINER, 3).mean(axis=(1, 3))
    return np.rint(np.clip(small, 0, 255)).astype(np.uint8)
