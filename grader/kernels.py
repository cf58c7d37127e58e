"""Where a grading process takes its kernels from: one zygote for many hand-ins, or a cold start where there can be none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from grader.kernel import Kernel, KernelFailed
from grader.living import start_cold
from grader.sandbox import Limits
from grader.zygote import Zygote, ZygoteFailed


class Kernels:
    """Supplies kernels, one at a time; a context manager that leaves nothing behind."""

    def __init__(self, limits: Limits, sandboxed: bool = True, warm: bool = False, modules: Sequence[str] = ()):
        """
        Arguments:
            warm -- whether a zygote is kept, with `modules` imported once for all kernels
        """
        self.limits, self.sandboxed, self.modules = limits, sandboxed, list(modules)
        self.why_cold = "" if warm and sandboxed else "not asked for"
        self.zygote: Zygote | None = None

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote."""
        if self.zygote:
            self.zygote.close()
            self.zygote = None

    def start(self) -> Kernel:
        """A kernel that runs and is listened to.

        Raises:
            KernelFailed -- where none comes up, warm or cold
        """
        for _ in range(2):  # a kernel that does not come up is the machine's fault, and often busy is all that it is
            if not self.why_cold:
                try:
                    return Kernel(self.limits, self._zygote().start)
                except (KernelFailed, ZygoteFailed, OSError) as reason:
                    self.close()
                    failure = str(reason)
        if not self.why_cold:
            self.why_cold = failure
        cold = partial(start_cold, self.limits, self.sandboxed)
        try:
            return Kernel(self.limits, cold)
        except KernelFailed:
            return Kernel(self.limits, cold)

    def _zygote(self) -> Zygote:
        if self.zygote is None or self.zygote.is_worn:
            self.close()
            self.zygote = Zygote(self.modules, self.limits)
        return self.zygote
