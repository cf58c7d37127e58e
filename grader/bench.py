"""`course bench`: how fast the course is, against what it promises. Medians and ratios, measured in one run."""

from __future__ import annotations

import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measured figure and the target it is held to."""

    what: str
    ours: float | None  # median, in seconds; None where the row sums up others
    peer: str
    theirs: float | None
    figure: str  # what is held to the target, with its unit
    target: str
    met: bool


def seconds(value: float | None) -> str:
    """A duration in the unit that fits: "12 ms"."""
    if value is None:
        return ""
    unit, scale = next((u, s) for u, s in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)) if value >= s or u == "µs")
    return f"{digits(value / scale, 3)} {unit}"


def digits(value: float, significant: int = 2) -> str:
    """A number rounded to so many significant digits, without an exponent: 1.1, 0.87, 4,700."""
    decimals = significant - 1 - math.floor(math.log10(abs(value))) if value else 0
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"


def medians(functions: Iterable[Callable[[], object]], rounds: int, warm_up: int = 3) -> list[float]:
    """Median time of each function, in seconds. They take turns, so that what slows the machine slows them all."""
    functions = list(functions)
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(warm_up + rounds):
        for function, of_function in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if turn >= warm_up:
                of_function.append(time.perf_counter() - start)
    return [statistics.median(of_function) for of_function in times]


def layer(shape: tuple[int, ...], n_C: int, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A batch of that shape, n_C filters of 3x3 and their biases."""
    rng = np.random.default_rng(0)
    drawn = (rng.standard_normal(size) for size in (shape, (3, 3, shape[-1], n_C), (1, 1, 1, n_C)))
    A_prev, W, b = (X.astype(dtype) for X in drawn)
    return A_prev, W, b


def against_naive() -> list[Row]:
    """The matrix product against the loops, at least 1,000 times as fast."""
    from solutions.w1_conv import conv_forward, conv_forward_fast

    A_prev, W, b = layer((100, 31, 31, 3), 25, "float64")
    hparameters = {"stride": 2, "pad": 1}
    fast = partial(conv_forward_fast, A_prev, W, b, hparameters)
    naive = partial(conv_forward, A_prev, W, b, hparameters)
    [ours], [theirs] = medians([fast], rounds=50), medians([naive], rounds=1, warm_up=0)
    ratio = theirs / ours
    what = "conv_forward_fast, (100, 31, 31, 3), 25 filters, stride 2"
    return [Row(what, ours, "conv_forward", theirs, f"{digits(ratio)}x faster", "≥ 1,000x", ratio >= 1000)]


def against_tensorflow() -> list[Row]:
    """conv_forward_fast against tf.nn.conv2d on the CPU, eager, both with every core: at most 2x, 1.2x over all."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    from solutions.w1_conv import conv_forward_fast

    rows, ratios = [], []
    for shape, n_C, stride in (((32, 64, 64, 3), 32, 1), ((8, 56, 56, 64), 64, 1), ((16, 32, 32, 64), 128, 2)):
        A_prev, W, b = layer(shape, n_C, "float32")
        with tf.device("CPU:0"):
            tensor, filters = tf.constant(A_prev), tf.constant(W)
            peer = partial(tf.nn.conv2d, tensor, filters, stride, [[0, 0], [1, 1], [1, 1], [0, 0]])
            fast = partial(conv_forward_fast, A_prev, W, b, {"stride": stride, "pad": 1})
            ours, theirs = medians([fast, peer], rounds=100)
        ratios.append(ours / theirs)
        what = f"conv_forward_fast, {shape}, {n_C} filters, stride {stride}"
        rows.append(Row(what, ours, "tf.nn.conv2d", theirs, f"{digits(ratios[-1])}x", "≤ 2x", ratios[-1] <= 2))
    mean = statistics.geometric_mean(ratios)
    rows.append(Row("geometric mean of the three", None, "", None, f"{digits(mean)}x", "≤ 1.2x", mean <= 1.2))
    return rows


def import_time() -> list[Row]:
    """What `import grader` adds to the start of a fresh interpreter: at most 0.1 s."""

    def interpreter(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    ours, theirs = medians([partial(interpreter, "import grader"), partial(interpreter, "pass")], rounds=15)
    added = max(ours - theirs, 0.0)
    return [Row("import grader", ours, "bare interpreter", theirs, f"+ {seconds(added)}", "≤ 100 ms", added <= 0.1)]


SECTIONS: dict[str, Callable[[], list[Row]]] = {
    "naive": against_naive,
    "tensorflow": against_tensorflow,
    "import": import_time,
}


def machine() -> str:
    """Where the figures come from: processor, cores, threads of the matrix product, versions."""
    info = Path("/proc/cpuinfo")
    models = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    model = models[0].split(":", 1)[1].strip() if models else platform.processor() or platform.machine()
    distributions = {d.metadata["Name"]: d.version for d in metadata.distributions()}
    tensorflow = distributions.get("tensorflow") or distributions.get("tensorflow-cpu") or "missing"
    return f"{model}, {os.cpu_count()} cores ({blas_threads()}), NumPy {np.__version__}, TensorFlow {tensorflow}"


def blas_threads() -> str:
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return ", ".join(f"{pool['internal_api']} {pool['num_threads']} threads" for pool in pools) or "no BLAS"
