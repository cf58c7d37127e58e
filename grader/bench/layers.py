"""Measure layers written in NumPy, against loops and against TensorFlow."""

from __future__ import annotations

import os
import statistics
from functools import partial
from typing import Any

import numpy as np

from grader.bench.measuring import Measurement, digits, medians


def layer(shape: tuple[int, ...], n_C: int, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a batch of that shape, n_C filters of 3x3 and their biases."""
    rng = np.random.default_rng(0)
    A_prev, W, b = (rng.standard_normal(size) for size in (shape, (3, 3, shape[-1], n_C), (1, 1, 1, n_C)))
    return A_prev.astype(dtype), W.astype(dtype), b.astype(dtype)


def against_loops() -> list[Measurement]:
    """Measure the tuned matrix product against the loops of the lesson: at least 1,000 times as fast."""
    from grader.exercises.w1_conv.variants.tuned import conv_forward_fast
    from solutions.w1_conv import conv_forward

    arguments = (*layer((100, 31, 31, 3), 25, "float64"), {"stride": 2, "pad": 1})
    [theirs] = medians([partial(conv_forward, *arguments)], 3, warm_up=0)
    [ours] = medians([partial(conv_forward_fast, *arguments)], 300)
    ratio = theirs / ours
    what = "tuned conv_forward_fast (100, 31, 31, 3), 25 filters, stride 2"
    return [Measurement(what, ours, "conv_forward", theirs, f"{digits(ratio)}x faster", "≥ 1,000x", ratio >= 1000)]


def against_tensorflow() -> list[Measurement]:
    """Measure the tuned matrix product against tf.nn.conv2d on the CPU: eager, float32, each with its default threads.

    The targets apply to the same contract: NumPy arrays in, a NumPy array out. The time of TensorFlow with tensors that
    exist already and stay there is reported, too, without a target.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    from grader.exercises.w1_conv.variants.tuned import conv_forward_fast

    rows: list[Measurement] = []
    ratios: dict[str, list[float]] = {"arrays in and out": [], "tensors": []}
    for shape, n_C, stride in (((32, 64, 64, 3), 32, 1), ((8, 56, 56, 64), 64, 1), ((16, 32, 32, 64), 128, 2)):
        A_prev, W, b = layer(shape, n_C, "float32")
        padding = [[0, 0], [1, 1], [1, 1], [0, 0]]

        def arrays(A_prev: Any = A_prev, W: Any = W, stride: int = stride, padding: Any = padding) -> np.ndarray:
            return tf.nn.conv2d(A_prev, W, stride, padding).numpy()

        with tf.device("CPU:0"):
            tensors = partial(tf.nn.conv2d, tf.constant(A_prev), tf.constant(W), stride, padding)
            fast = partial(conv_forward_fast, A_prev, W, b, {"stride": stride, "pad": 1})
            ours, *theirs = medians([fast, arrays, tensors], 60)
        what = f"tuned conv_forward_fast {shape}, {n_C} filters, stride {stride}"
        for (peer, of_peer), median in zip(ratios.items(), theirs, strict=True):
            ratio = ours / median
            of_peer.append(ratio)
            held = peer != "tensors"
            target, met = ("≤ 2x", ratio <= 2) if held else ("", True)
            rows.append(Measurement(what, ours, f"tf.nn.conv2d, {peer}", median, f"{digits(ratio)}x", target, met))
    for peer, of_peer in ratios.items():
        mean = statistics.geometric_mean(of_peer)
        target, met = ("≤ 1.2x", mean <= 1.2) if peer != "tensors" else ("", True)
        rows.append(Measurement("geometric mean", None, f"tf.nn.conv2d, {peer}", None, f"{digits(mean)}x", target, met))
    return rows


def transposed_convolution() -> list[Measurement]:
    """Measure transposed convolution, one matrix product and f·f additions, against tf.nn.conv2d_transpose on the CPU.

    At most 4 times as long: eager, float32, "same" at the stride, arrays in and out, each with its default threads.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    from solutions.w3_unet import conv_transpose_forward

    rows = []
    for shape, n_C, stride in (((16, 16, 16, 128), 64, 2), ((8, 32, 32, 64), 32, 2), ((4, 56, 56, 64), 64, 1)):
        A_prev, W, _ = layer(shape, n_C, "float32")
        W = np.ascontiguousarray(W.swapaxes(2, 3))
        n_H, n_W = (stride * side for side in shape[1:3])
        cut = 3 - stride
        pad = ((cut // 2, cut - cut // 2),) * 2

        def arrays(
            A_prev: Any = A_prev, W: Any = W, size: Any = (shape[0], n_H, n_W, n_C), stride: int = stride
        ) -> Any:
            with tf.device("CPU:0"):
                return tf.nn.conv2d_transpose(A_prev, W, size, stride, "SAME").numpy()

        ours, theirs = medians([partial(conv_transpose_forward, A_prev, W, stride, pad), arrays], 40)
        ratio = ours / theirs
        what = f"conv_transpose_forward {shape}, {n_C} channels, stride {stride}"
        peer = "tf.nn.conv2d_transpose, arrays in and out"
        rows.append(Measurement(what, ours, peer, theirs, f"{digits(ratio)}x", "≤ 4x", ratio <= 4))
    return rows
