"""Install the kernels that Jupyter offers: this environment, once with the GPU hidden and once with it visible."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from jupyter_client.kernelspec import KernelSpecManager


class OfferedKernel(NamedTuple):
    """A kernel: its name in Jupyter, the module that runs it, and its environment variables."""

    label: str
    module: str
    environment: dict[str, str]


KERNELS = {
    "convnets-cpu": OfferedKernel("Convnets (CPU)", "ipykernel_launcher", {"CUDA_VISIBLE_DEVICES": "-1"}),
    "convnets-gpu": OfferedKernel("Convnets (GPU)", "grader.student.gpu_kernel", {}),
}


def install(prefix: str = sys.prefix) -> list[tuple[str, str]]:
    """Install both kernels, and return their labels and folders."""
    installed = []
    for name, (label, module, environment) in KERNELS.items():
        spec = {
            "argv": [sys.executable, "-m", module, "-f", "{connection_file}"],
            "display_name": label,
            "language": "python",
            "env": environment,
        }
        with TemporaryDirectory() as folder:
            Path(folder, "kernel.json").write_text(json.dumps(spec, indent=1))
            installed.append((label, KernelSpecManager().install_kernel_spec(folder, name, prefix=prefix)))
    return installed


def missing() -> list[str]:
    """Return the labels of the kernels that Jupyter lacks, or has as an older version of the course defined them."""
    found = KernelSpecManager().get_all_specs()
    modules = {name: one["spec"]["argv"][2:3] for name, one in found.items()}
    return [kernel.label for name, kernel in KERNELS.items() if modules.get(name) != [kernel.module]]
