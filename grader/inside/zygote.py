"""The zygote: imports once what an assignment needs, then forks one kernel after the other, each for one hand-in.

Runs inside the sandbox, as root of its user namespace, and never runs a line of a student's. Each kernel gets namespaces
of its own (mounts, processes, IPC, users): it sees neither the zygote nor what the kernel before it left, for all that it
can write to is new and vanishes with it. One kernel lives at a time.

A request is a line of JSON on stdin: {"connection": what its connection file says, "filters": base64 of the filter of
system calls, "masked": paths that say nothing, "shown": folders that can be read, "disk": bytes, "files": inodes,
"tasks": processes and threads}.
The answers on stdout: {"ready": threads}, then for each request {"started": true} and {"ended": exit status}.
"""

import base64
import ctypes
import gc
import importlib
import io
import json
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path

HOME = "/home/student"
CONNECTION = "/tmp/kernel.json"
UID = 1000
NEWNS, NEWUSER, NEWPID, NEWIPC = 0x00020000, 0x10000000, 0x20000000, 0x08000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
SET_PDEATHSIG, SET_DUMPABLE, SET_SECCOMP, CAPBSET_DROP, SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
CAPABILITIES = 64
# What a kernel imports by itself while it starts.
STARTING = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "debugpy.server.api",
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
)

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    """Call a function of the C library.

    Raises:
        OSError -- where it fails
    """
    if getattr(libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source, target, kind, flags, options=""):
    """mount(2), of texts."""
    call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())


def prctl(option, value):
    """prctl(2), of whole numbers."""
    call("prctl", option, ctypes.c_ulong(value), 0, 0, 0)


def main():
    """Import, then serve until stdin is closed."""
    sys.path.pop(0)  # this file's folder
    for name in [*STARTING, *sys.argv[1:]]:
        with suppress(Exception):  # what cannot be imported here will say so in the student's cell
            importlib.import_module(name)
    draw_once()
    kept = {path.name: path.read_bytes() for path in Path(HOME, ".matplotlib").glob("fontlist-*.json")}
    gc.collect()
    gc.freeze()  # so that a child's garbage collector does not copy pages that all could share
    prctl(SET_DUMPABLE, 0)
    say(ready=len(os.listdir("/proc/self/task")))
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            guarded(lambda request=request: to_child(request, kept))
        say(started=True)
        say(ended=status_of(child))


def draw_once():
    """Draw a figure into memory, so that every kernel has its fonts read."""
    if "matplotlib.figure" in sys.modules:
        figure = sys.modules["matplotlib.figure"].Figure()
        figure.subplots().set_title("$x$")
        figure.savefig(io.BytesIO())


def say(**message):
    """Answer the grader."""
    print(json.dumps(message), flush=True)


def guarded(function):
    """Run the rest of a forked process; whatever happens, it does not come back as a second zygote."""
    try:
        os._exit(function() or 0)
    except BaseException as error:
        with suppress(BaseException):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(70)


def status_of(child):
    """Wait for a process; its exit status, or 128 + the signal that ended it, as a shell has it."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def to_child(request, kept):
    """Leave the zygote's mounts, processes and IPC for ones of this kernel's own; wait for the process that is first there."""
    prctl(SET_PDEATHSIG, signal.SIGKILL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(null, stream)
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    call("unshare", NEWNS | NEWPID | NEWIPC)
    first = os.fork()
    if first == 0:
        guarded(lambda: to_first_process(request, kept, proc))
    return status_of(first)


def to_first_process(request, kept, proc):
    """Furnish the new namespaces, give up every right, and start the kernel's process; then bury what dies here."""
    prctl(SET_PDEATHSIG, signal.SIGKILL)
    furnish(request, kept)
    give_up_rights(proc)
    os.close(proc)
    resource.setrlimit(resource.RLIMIT_NPROC, (request["tasks"], request["tasks"]))
    kernel = os.fork()
    if kernel == 0:
        guarded(lambda: to_kernel(base64.b64decode(request["filters"])))
    while True:  # process 1 of a namespace: when it ends, every other process in it is killed
        ended, status = os.wait()
        if ended == kernel:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def furnish(request, kept):
    """A /proc that shows this kernel's processes alone, and new folders in place of all that can be written to."""
    mount("none", "/", "none", REC | PRIVATE)
    mount("proc", "/proc", "proc", RDONLY | NOSUID | NODEV | NOEXEC)
    for path in request["masked"]:
        mount("/dev/null", path, "none", BIND)
    shown = {
        path: os.open(path, os.O_PATH) for path in request["shown"]
    }  # where they lie in a folder that is hidden now
    size = f"size={request['disk']},nr_inodes={request['files']}"
    for place, mode in (("/tmp", "1777"), ("/dev/shm", "1777"), (HOME, "0700")):
        mount("tmpfs", place, "tmpfs", NOSUID | NODEV, f"{size},mode={mode}")
    for path, handle in shown.items():
        os.makedirs(path, exist_ok=True)
        mount(f"/proc/self/fd/{handle}", path, "none", BIND | REC)
        mount("none", path, "none", REMOUNT | BIND | RDONLY | NOSUID | NODEV)
        os.close(handle)
    Path(CONNECTION).write_text(json.dumps(request["connection"]))
    os.mkdir(f"{HOME}/.matplotlib")
    for name, content in kept.items():
        Path(HOME, ".matplotlib", name).write_bytes(content)


def give_up_rights(proc):
    """Become an ordinary user with no capability and no way to a new one, not even in a user namespace of its own."""
    prctl(SET_DUMPABLE, 1)  # or the maps below would belong to root
    group = os.getgid()
    user = os.getuid()
    call("unshare", NEWUSER)
    for name, text in (
        ("self/setgroups", "deny"),
        ("self/uid_map", f"{UID} {user} 1"),
        ("self/gid_map", f"{UID} {group} 1"),
        ("sys/user/max_user_namespaces", "0"),
    ):
        number = os.open(name, os.O_WRONLY, dir_fd=proc)
        os.write(number, text.encode())
        os.close(number)
    for capability in range(CAPABILITIES):
        with suppress(OSError):
            prctl(CAPBSET_DROP, capability)
    prctl(SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())


def refuse(filters):
    """Have system calls that no hand-in needs refused, from here on."""
    if filters:
        program = ctypes.create_string_buffer(filters, len(filters))
        header = struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(program))
        call("prctl", SET_SECCOMP, 2, ctypes.create_string_buffer(header, len(header)), 0, 0)


def to_kernel(filters):
    """Become the kernel that the hand-in is run in."""
    os.setsid()
    os.dup2(1, 2)
    os.chdir(HOME)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # every kernel would draw the zygote's numbers
    sys.argv = ["ipykernel_launcher", "-f", CONNECTION, "--HistoryManager.enabled=False"]
    from ipykernel import kernelapp

    refuse(filters)
    kernelapp.launch_new_instance()
    return 0


if __name__ == "__main__":
    main()
