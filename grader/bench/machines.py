"""Two machines on one: network namespaces with a cable between them that can be cut, without any right on the machine."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

HERE, THERE = "10.77.0.1", "10.77.0.2"  # the addresses; nobody else can see them
TOOLS = ("unshare", "nsenter", "ip")
HELD = ["sleep", "infinity"]  # a namespace is there as long as a process in it


@dataclass(frozen=True)
class Machines:
    """Two namespaces of a user and a network.

    Attributes:
        here, there -- what a command begins with that is to run on the one or the other
    """

    here: list[str]
    there: list[str]

    def cut(self) -> None:
        """Cut the cable: what one sends the other is lost, and nobody is told."""
        _run(self.here, "ip", "link", "set", "here", "down")


@contextmanager
def two_machines() -> Iterator[Machines | None]:
    """Yield two machines that reach each other; None where they cannot be made."""
    if not all(map(shutil.which, TOOLS)) or subprocess.run([*_unshared(), "true"], capture_output=True).returncode:
        yield None
        return
    with ExitStack() as stack:
        first = stack.enter_context(_held([*_unshared(), "--net"]))
        here = _inside(first)
        second = stack.enter_context(_held([*here, "unshare", "--net"]))
        there = _inside(second)
        _run(here, "ip", "link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(second))
        for machine, name, address in ((here, "here", HERE), (there, "there", THERE)):
            _run(machine, "ip", "link", "set", "lo", "up")
            _run(machine, "ip", "address", "add", f"{address}/30", "dev", name)
            _run(machine, "ip", "link", "set", name, "up")
        yield Machines(here, there)


def _unshared() -> list[str]:
    return ["unshare", "--user", "--map-root-user"]


def _inside(process: int) -> list[str]:
    return ["nsenter", "--target", str(process), "--user", "--net", "--preserve-credentials"]


@contextmanager
def _held(line: list[str]) -> Iterator[int]:
    """Yield the id of a process that only waits, once it is in its namespaces."""
    process = subprocess.Popen([*line, "sh", "-c", f"echo; exec {' '.join(HELD)}"], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        if not process.stdout.readline():
            raise RuntimeError(f"no network namespace: {' '.join(line)} ended with {process.wait()}")
        yield process.pid  # unshare and nsenter become what they run
    finally:
        process.kill()
        process.wait()


def _run(machine: list[str], *command: str) -> None:
    subprocess.run([*machine, *command], check=True, capture_output=True, timeout=60)
