"""Build the seccomp filter that refuses, with EPERM, the system calls that no hand-in needs.

Namespaces do not isolate these: sockets to a virtual machine's host (AF_VSOCK), keyrings, and one process that traces
another. And what keeps data in memory that belongs to no process, and is therefore not counted: segments, queues and
semaphores of System V, and files that have no name. And what takes the processors that others run on.
"""

from __future__ import annotations

import platform
import socket
import struct
from functools import cache

# System calls by name: the number on x86_64 and on aarch64.
REFUSED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "mount": (165, 40),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "setns": (308, 268),
    "pivot_root": (155, 41),
    "open_by_handle_at": (304, 265),
    "sched_setaffinity": (203, 122),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
}
SOCKET = (41, 198)
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
X32 = 0x40000000  # the bit that marks x86_64's second set of numbers


@cache
def program() -> bytes:
    """Return the filter as bubblewrap's --seccomp reads it; empty on a machine whose numbers are not known here."""
    if platform.machine() not in ARCHITECTURES:
        return b""
    architecture, column = ARCHITECTURES[platform.machine()]
    numbers = [pair[column] for pair in REFUSED.values()]
    lines = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    lines += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, KILL)] if column == 0 else []
    for number in numbers:
        lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    lines += [(EQUAL, 1, 0, SOCKET[column]), (RETURN, 0, 0, ALLOW), (LOAD, 0, 0, 16)]
    for family in FAMILIES:
        lines += [(EQUAL, 0, 1, int(family)), (RETURN, 0, 0, ALLOW)]
    lines += [(RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
