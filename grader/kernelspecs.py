"""The kernels that Jupyter offers: this environment, with the GPU in sight or out of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.kernelspec import KernelSpecManager

KERNELS = {"convnets-cpu": ("Convnets (CPU)", {"CUDA_VISIBLE_DEVICES": "-1"}), "convnets-gpu": ("Convnets (GPU)", {})}


def install(prefix: str = sys.prefix) -> list[tuple[str, str]]:
    """Install both kernels; returns their labels and folders."""
    installed = []
    for name, (label, environment) in KERNELS.items():
        spec = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": label,
            "language": "python",
            "env": environment,
        }
        with TemporaryDirectory() as folder:
            Path(folder, "kernel.json").write_text(json.dumps(spec, indent=1))
            installed.append((label, KernelSpecManager().install_kernel_spec(folder, name, prefix=prefix)))
    return installed
