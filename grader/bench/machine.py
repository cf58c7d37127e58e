"""Describe the machine that figures come from, its libraries, and other work that disturbs them."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import numpy as np
from dask.system import CPU_COUNT


def machine() -> str:
    """Return processor, cores, threads of the matrix product, and versions of the libraries, as one line."""
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
    """Return NumPy's library for matrix products, its kernels and threads: "openblas 0.3.31 SkylakeX, 2 threads"."""
    from threadpoolctl import threadpool_info

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    if not libraries:
        return "a BLAS of its own"
    library = libraries[0]
    kernels = library.get("architecture", "")
    return f"{library['internal_api']} {library['version']} {kernels}, {library['num_threads']} threads"


def other_work() -> str:
    """Return a warning if other work keeps a core busy: threads then wait for each other, and ratios are far off."""
    if not hasattr(os, "getloadavg") or (load := os.getloadavg()[0]) < CPU_COUNT / 2:
        return ""
    return (
        f"Other work is running (load {load:.1f} on {CPU_COUNT} cores): the figures are not those of a quiet machine."
    )
