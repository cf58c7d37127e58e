"""Find the GPUs of this machine by asking the driver, because asking TensorFlow takes seconds."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from grader.base.keras_backend import keras_backend

SECONDS = 5
USE_THE_OTHER = "Choose Kernel → Change Kernel → Convnets (CPU): the whole course runs on it."


def seen() -> list[str]:
    """Return the names of the GPUs that the driver reports."""
    models = [
        line.partition(":")[2].strip()
        for path in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
        for line in path.read_text().splitlines()
        if line.startswith("Model:")
    ]
    if not models and shutil.which("nvidia-smi"):
        models = re.findall(r"^GPU \d+: (.*?)(?: \(|$)", _listed(), re.MULTILINE)
    if not models and Path("/dev/nvidia0").exists():
        models = ["an NVIDIA GPU"]
    return models


def refusal() -> str:
    """Return why "Convnets (GPU)" would compute on the CPU here, and what to do; empty if it can use a GPU."""
    found = seen()
    if not found:
        return f"No GPU is seen on this machine. {USE_THE_OTHER}"
    if keras_backend() == "tensorflow" and not _tensorflow_has_cuda():
        advice = "Install the one that can (pip install 'tensorflow[and-cuda]'), or stay on the CPU"
        return f"{found[0]} is there, but the TensorFlow installed here cannot use it. {advice}. {USE_THE_OTHER}"
    return ""


def _tensorflow_has_cuda() -> bool:
    """Say whether TensorFlow is installed as the build for GPUs, not the one for CPUs, with CUDA's libraries."""
    names = {one.name for one in metadata.distributions() if one.name in ("tensorflow", "tensorflow-cpu")}
    return "tensorflow" in names and find_spec("nvidia") is not None


def _listed() -> str:
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
