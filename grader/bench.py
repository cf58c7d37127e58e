"""`course bench`: how fast the course is, against what it promises. Medians and ratios, measured in one run."""

from __future__ import annotations

import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from dask.system import CPU_COUNT
from rich.console import Console
from rich.table import Table

from grader.errors import CourseError


@dataclass(frozen=True)
class Row:
    """One measured figure and the target it is held to."""

    what: str
    ours: float | None  # median in seconds; None where the row sums up others
    peer: str
    theirs: float | None
    figure: str  # what is held to the target, with its unit
    target: str  # "" where the figure is only told
    met: bool


class NoSuchSection(CourseError):
    """The bench has no section of that name; the message names those it has."""


def bench(console: Console, names: Sequence[str] = ()) -> bool:
    """Measure the sections of these names (by default all but the long ones), print a table each; True when all targets are met.

    Raises:
        NoSuchSection -- for a name that no section has
    """
    if unknown := [name for name in names if name not in SECTIONS]:
        raise NoSuchSection(f"no section {', '.join(unknown)} in the bench; there are {', '.join(SECTIONS)}")
    console.print(machine(), highlight=False)
    if busy := other_work():
        console.print(busy, style="yellow", highlight=False)
    met = True
    for name in names or [name for name in SECTIONS if name not in LONG]:
        with console.status(f"measuring: {name}"):
            rows = SECTIONS[name]()
        console.print(table(name, rows))
        met = met and all(row.met for row in rows)
    return met


def table(name: str, rows: list[Row]) -> Table:
    shown = Table(title=name, title_justify="left")
    for heading in ("what", "median", "compared with", "its median", "figure", "target", "met"):
        shown.add_column(heading, justify="left" if heading in ("what", "compared with") else "right")
    for row in rows:
        verdict = "" if not row.target else "[green]yes[/]" if row.met else "[red]no[/]"
        shown.add_row(row.what, seconds(row.ours), row.peer, seconds(row.theirs), row.figure, row.target, verdict)
    return shown


def seconds(value: float | None) -> str:
    """A duration in the unit that fits: "12.3 ms"."""
    if value is None:
        return ""
    unit, scale = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if value >= s), ("µs", 1e-6))
    return f"{digits(value / scale, 3)} {unit}"


def digits(value: float, significant: int = 2) -> str:
    """A number rounded to so many significant digits, never with an exponent: 1.1, 0.87, 4,700."""
    value = float(f"{value:.{significant}g}")
    decimals = significant - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return f"{value:,.{max(decimals, 0)}f}"


def medians(functions: Iterable[Callable[[], object]], rounds: int, warm_up: int = 3) -> list[float]:
    """Median time of each function, in seconds. They take turns: what slows the machine for a while slows them all."""
    functions = list(functions)
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(warm_up + rounds):
        for function, of_function in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            elapsed = time.perf_counter() - start
            if turn >= warm_up:
                of_function.append(elapsed)
    return [statistics.median(of_function) for of_function in times]


def layer(shape: tuple[int, ...], n_C: int, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A batch of that shape, n_C filters of 3x3 and their biases."""
    rng = np.random.default_rng(0)
    A_prev, W, b = (rng.standard_normal(size) for size in (shape, (3, 3, shape[-1], n_C), (1, 1, 1, n_C)))
    return A_prev.astype(dtype), W.astype(dtype), b.astype(dtype)


def against_loops() -> list[Row]:
    """The matrix product against the loops that teach: at least 1,000 times as fast."""
    from solutions.w1_conv import conv_forward, conv_forward_fast

    arguments = (*layer((100, 31, 31, 3), 25, "float64"), {"stride": 2, "pad": 1})
    [theirs] = medians([partial(conv_forward, *arguments)], 3, warm_up=0)
    [ours] = medians([partial(conv_forward_fast, *arguments)], 300)
    ratio = theirs / ours
    what = "conv_forward_fast (100, 31, 31, 3), 25 filters, stride 2"
    return [Row(what, ours, "conv_forward", theirs, f"{digits(ratio)}x faster", "≥ 1,000x", ratio >= 1000)]


def against_tensorflow() -> list[Row]:
    """The matrix product against tf.nn.conv2d on the CPU, eager, float32, each with all the threads it takes by itself.

    The targets hold for the same contract: NumPy arrays in, a NumPy array out. What TensorFlow takes when its tensors are
    there already and stay there is told too, without a target.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    from solutions.w1_conv import conv_forward_fast

    rows: list[Row] = []
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
        what = f"conv_forward_fast {shape}, {n_C} filters, stride {stride}"
        for (peer, of_peer), median in zip(ratios.items(), theirs, strict=True):
            ratio = ours / median
            of_peer.append(ratio)
            held = peer != "tensors"
            target, met = ("≤ 2x", ratio <= 2) if held else ("", True)
            rows.append(Row(what, ours, f"tf.nn.conv2d, {peer}", median, f"{digits(ratio)}x", target, met))
    for peer, of_peer in ratios.items():
        mean = statistics.geometric_mean(of_peer)
        target, met = ("≤ 1.2x", mean <= 1.2) if peer != "tensors" else ("", True)
        rows.append(Row("geometric mean", None, f"tf.nn.conv2d, {peer}", None, f"{digits(mean)}x", target, met))
    return rows


def transposed_convolution() -> list[Row]:
    """Painting, as one matrix product and f·f additions, against tf.nn.conv2d_transpose on the CPU: at most 4 times as long.

    Eager, float32, "same" at the stride, arrays in and out, each with all the threads it takes by itself.
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
        rows.append(Row(what, ours, peer, theirs, f"{digits(ratio)}x", "≤ 4x", ratio <= 4))
    return rows


def check_times() -> list[Row]:
    """What each `check` takes in a student's notebook, answered by the reference: at most 1 s, with models 5 s."""
    from grader import exercise, visible
    from grader.bench_gpu import uses_keras
    from grader.notebook import run

    rows = []
    for name in exercise.names():
        most = 5 if uses_keras(name) else 1
        for one, declared in exercise.load(name).exercises.items():
            [ours] = medians([partial(run, declared.function, visible.load(name, one), {})], 5, warm_up=1)
            rows.append(Row(f"check({one})", ours, "", None, seconds(ours), f"≤ {most} s", ours <= most))
    return rows


def street_scenes() -> list[Row]:
    """Streets drawn by one thread, with boxes and masks: at least 200 a second."""
    from data.readers.street_scenes import draw

    numbers = iter(range(10_000))
    [ours] = medians([lambda: [draw(next(numbers)) for _ in range(50)]], 9, warm_up=1)
    rate = 50 / ours
    return [Row("50 street scenes, 128x128", ours, "", None, f"{digits(rate)} a second", "≥ 200", rate >= 200)]


def boxes() -> list[Row]:
    """Overlap and suppression, against a loop and against TensorFlow."""
    from grader.bench_boxes import boxes as measure

    return measure()


def average_precision() -> list[Row]:
    """mAP, against pycocotools."""
    from grader.bench_boxes import average_precision as measure

    return measure()


def triplet_mining() -> list[Row]:
    """Hard and semi-hard triplets, against loops and against masks."""
    from grader.bench_faces import mining as measure

    return measure()


def style_transfer() -> list[Row]:
    """Steps of painting a second: 300 in at most half a minute."""
    from grader.bench_style import painting as measure

    return measure()


def import_time() -> list[Row]:
    """What `import grader` adds to the start of a fresh interpreter: at most 0.1 s."""

    def interpreter(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    ours, theirs = medians([partial(interpreter, "import grader"), partial(interpreter, "pass")], 15)
    added = max(ours - theirs, 0.0)
    return [Row("import grader", ours, "bare interpreter", theirs, f"+ {seconds(added)}", "≤ 100 ms", added <= 0.1)]


def grading() -> list[Row]:
    """A class, graded by this grader and by stock nbgrader."""
    from grader.bench_grading import grading as measure

    return measure()


def gpu() -> list[Row]:
    """The same hand-ins on the CPU and on a GPU: equal grades."""
    from grader.bench_gpu import gpu as measure

    return measure()


SECTIONS: dict[str, Callable[[], list[Row]]] = {
    "loops": against_loops,
    "tensorflow": against_tensorflow,
    "import": import_time,
    "transposed convolution": transposed_convolution,
    "street scenes": street_scenes,
    "boxes": boxes,
    "mean average precision": average_precision,
    "triplet mining": triplet_mining,
    "style transfer": style_transfer,
    "checks": check_times,
    "grading": grading,
    "gpu": gpu,
}
LONG = ("grading", "gpu")  # measured where they are asked for: a quarter of an hour, and a GPU that few machines have


def machine() -> str:
    """Where the figures come from: processor, cores, threads of the matrix product, versions."""
    info = Path("/proc/cpuinfo")
    models = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    model = models[0].partition(":")[2].strip() if models else platform.processor() or platform.machine()
    tensorflow = version("tensorflow-cpu") or version("tensorflow") or "missing"
    return f"{model}, {os.cpu_count()} cores; NumPy {np.__version__}, {blas()}; TensorFlow {tensorflow}, {CPU_COUNT} threads"


def version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def blas() -> str:
    """The library behind NumPy's matrix product, its kernels and threads: "openblas 0.3.31 SkylakeX, 2 threads"."""
    from threadpoolctl import threadpool_info

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    if not libraries:
        return "a BLAS of its own"
    library = libraries[0]
    kernels = library.get("architecture", "")
    return f"{library['internal_api']} {library['version']} {kernels}, {library['num_threads']} threads"


def other_work() -> str:
    """A warning where other work keeps a core busy: threads then wait for each other, ratios are off by far."""
    if not hasattr(os, "getloadavg") or (load := os.getloadavg()[0]) < CPU_COUNT / 2:
        return ""
    return (
        f"Other work is running (load {load:.1f} on {CPU_COUNT} cores): the figures are not those of a quiet machine."
    )
