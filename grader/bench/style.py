"""Measure `course bench "style transfer"`: steps of painting a second, with features of SqueezeNet's size."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.bench.measuring import Measurement, digits

STEPS, AT_MOST = 300, 30.0
"""Number of steps of Adam on 320 x 240 pixels, and the most seconds that they may take on two cores."""


def painting() -> list[Measurement]:
    """Measure the reference's `train_step` in a graph, against the same function called eagerly."""
    import tensorflow as tf

    from solutions.w4_style import train_step

    ours = _a_step(tf.function(train_step), 60)
    eager = _a_step(train_step, 20)
    needed = STEPS * ours
    faster, share = eager / ours, needed / AT_MOST
    return [
        Measurement(
            f"train_step, 320 x 240: {1 / ours:.0f} a second",
            ours,
            "no graph",
            eager,
            f"{digits(faster)}x faster",
            "",
            True,
        ),
        Measurement(f"{STEPS} steps of Adam", needed, "allowed", AT_MOST, f"{digits(share)}x", "≤ 1x", share <= 1),
    ]


def _a_step(step: Callable[[Any], Any], count: int) -> float:
    """Return the median of the seconds that a step takes, over `count` steps after two to warm up."""
    import keras
    import tensorflow as tf

    from data.style_features import squeezenet11
    from solutions import w4_style

    features = squeezenet11(None, (240, 320, 3))  # its weights do not change the time that it takes
    names = ["conv1", "fire2", "fire3", "fire5", "fire7", "fire5"]
    extractor = keras.Model(features.input, [features.get_layer(name).output for name in names])
    photograph, painting = np.random.default_rng(0).random((2, 1, 240, 320, 3)).astype("float32")
    picture, adam = tf.Variable(photograph), keras.optimizers.Adam(0.02)
    adam.build([picture])
    put = {"extractor": extractor, "optimizer": adam, "STYLE_LAYERS": [(name, 0.2) for name in names[:-1]]}
    put |= {"a_S": extractor(painting), "a_C": extractor(photograph)}
    before = {name: getattr(w4_style, name) for name in put}
    times = []
    try:
        for name, value in put.items():
            setattr(w4_style, name, value)
        for _ in range(count + 2):
            start = time.perf_counter()
            float(step(picture))
            times.append(time.perf_counter() - start)
    finally:
        for name, value in before.items():
            setattr(w4_style, name, value)
    return float(np.median(times[2:]))
