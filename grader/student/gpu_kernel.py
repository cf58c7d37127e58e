"""Run the kernel "Convnets (GPU)": an ordinary kernel if there is a GPU, otherwise one that says why there is none.

If the process ended instead, the student would only see "Kernel died", and JupyterLab would restart it again and again.
"""

from __future__ import annotations

import os
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

from grader.student import gpu


class Refusing(IPythonKernel):
    """A kernel that answers every cell with one sentence."""

    sentence = ""

    async def do_execute(self, code: str, silent: bool, *args: Any, **options: Any) -> dict[str, Any]:
        if silent:
            return await super().do_execute("", silent, *args, **options)
        error = {"ename": "NoGPU", "evalue": self.sentence, "traceback": [f"✗ {self.sentence}"]}
        self.send_response(self.iopub_socket, "error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}


def main() -> None:
    """Start the kernel that Jupyter asks for."""
    Refusing.sentence = gpu.refusal()
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # several notebooks may share the GPU's memory
    IPKernelApp.launch_instance(kernel_class=Refusing if Refusing.sentence else IPythonKernel)


if __name__ == "__main__":
    main()
