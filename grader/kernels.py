"""Where a grading process takes its kernels from: a zygote for many hand-ins, or a cold start where there can be none."""

from __future__ import annotations

from functools import partial
from typing import Any

from grader.kernel import Kernel, KernelFailed
from grader.living import start_cold
from grader.sandbox import Limits
from grader.starter import NoWarmStart, Starter
from grader.zygote import Needs, Zygote


class Kernels:
    """Supplies kernels, one at a time; a context manager that leaves nothing behind."""

    def __init__(
        self, limits: Limits, sandboxed: bool = True, warm: bool = False, needs: Needs | None = None, zygote: str = ""
    ):
        """
        Arguments:
            warm -- whether kernels are forked from a zygote, which has what is needed at hand
            zygote -- address of one that is there already; without it, one is started
        """
        self.limits, self.sandboxed, self.needs = limits, sandboxed, needs or Needs()
        self.why_cold = "" if warm and sandboxed else "not asked for"
        self.address = zygote
        self.zygote: Zygote | None = None
        self.starter: Starter | None = None

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def close(self) -> None:
        """End the starter, and the zygote if it is ours."""
        if self.starter:
            self.starter.close()
            self.starter = None
        if self.zygote:
            self.zygote.close()
            self.zygote = None
        self.address = ""

    def start(self) -> Kernel:
        """A kernel that runs and is listened to.

        Raises:
            KernelFailed -- where none comes up, warm or cold
        """
        for _ in range(2):  # a kernel that does not come up is the machine's fault, and often busy is all that it is
            if not self.why_cold:
                try:
                    return Kernel(self.limits, self._starter().start)
                except (KernelFailed, NoWarmStart, OSError) as reason:
                    self.close()
                    failure = str(reason)
        if not self.why_cold:
            self.why_cold = failure
        cold = partial(start_cold, self.limits, self.sandboxed)
        try:
            return Kernel(self.limits, cold)
        except KernelFailed:
            return Kernel(self.limits, cold)

    def _starter(self) -> Starter:
        if self.starter and self.starter.is_worn:
            self.starter.close()
            self.starter = None
        if not self.starter:
            if not self.address:
                self.zygote = Zygote(self.needs, self.limits)
                self.address = self.zygote.address
            self.starter = Starter(self.address, self.limits)
        return self.starter
