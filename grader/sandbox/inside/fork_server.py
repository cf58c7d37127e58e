"""The fork server: it imports once what an assignment needs, then forks a spawner for each grading process.

Each spawner forks one kernel after the other, each for one hand-in; they run one at a time.

The fork server runs inside the sandbox, as root of its user namespace, and never runs a line of a student's code. Each
kernel gets its own namespaces (mounts, processes, IPC, network, users): it sees neither the fork server nor a spawner
nor another kernel, nor what another kernel has left, because everything that it can write to is new and is deleted with
it.

stdin is a listening socket; each connection gets a spawner. A request is a line of JSON: {"connection": content of the
kernel's connection file, "filters": base64 of the filter of system calls, "masked": paths to hide, "shown": folders
that can be read, "disk": bytes, "files": inodes, "tasks": processes and threads}.
The answers: {"ready": threads}, then for each request {"started": true} and {"ended": exit status}. A spawner ends, and
its kernel with it, when the connection is closed.
"""

import base64
import ctypes
import fcntl
import gc
import importlib
import io
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

HOME = "/home/student"
CONNECTION = "/tmp/kernel.json"
UID = 1000
NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
SET_PDEATHSIG, SET_DUMPABLE, SET_SECCOMP, CAPBSET_DROP, SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
CAPABILITIES = 64
# The modules that a kernel imports itself while it starts.
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
        OSError -- if it fails
    """
    if getattr(libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source, target, kind, flags, options=""):
    """Call mount(2) with strings."""
    call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())


def prctl(option, value):
    """Call prctl(2) with whole numbers."""
    call("prctl", option, ctypes.c_ulong(value), 0, 0, 0)


def main():
    """Import what is needed, then fork a spawner for each connection."""
    sys.path.pop(0)  # this file's folder
    gc.disable()  # imported modules are not garbage; searching them for it takes a quarter of the time
    preload = json.loads(sys.argv[1])
    for name in [*STARTING, *preload["modules"]]:
        with suppress(Exception):  # a failed import is reported in the student's cell
            importlib.import_module(name)
    for name, keywords in preload["datasets"]:
        with suppress(Exception):
            importlib.import_module("data.loader").keep(name, **keywords)
    draw_once()
    kept = {path.name: path.read_bytes() for path in Path(HOME, ".matplotlib").glob("fontlist-*.json")}
    gc.collect()
    gc.freeze()  # so that a child's garbage collector does not copy pages that all can share
    gc.enable()
    prctl(SET_DUMPABLE, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps the spawners
    threads = len(os.listdir("/proc/self/task"))  # a fork has only one of them: locks that the others held stay locked
    listener = socket.socket(fileno=0)
    while True:
        line, _ = listener.accept()
        if os.fork() == 0:
            os.dup2(os.open(os.devnull, os.O_RDWR), listener.detach())
            guarded(lambda line=line: serve(line, threads, kept))
        line.close()


def serve(line, threads, kept):
    """Run as the spawner of one connection until it is closed."""
    prctl(SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    say(line, ready=threads)
    processes = os.open("/proc/self/ns/pid", os.O_RDONLY)
    for text in line.makefile():
        request = json.loads(text)
        call("setns", processes, NEWPID)  # back from the last kernel's: it can enter a new one only from its own
        call("unshare", NEWPID)
        child = os.fork()
        if child == 0:
            os.close(line.detach())
            os.close(processes)
            guarded(lambda request=request: to_first_process(request, kept))
        say(line, started=True)
        ended = os.pidfd_open(child)
        if line in select.select([line, ended], [], [])[0]:
            return  # the connection was closed
        os.close(ended)
        say(line, ended=status_of(child))


def draw_once():
    """Draw a figure into memory, so that every kernel starts with its fonts read."""
    if "matplotlib.figure" in sys.modules:
        figure = sys.modules["matplotlib.figure"].Figure()
        figure.subplots().set_title("$x$")
        figure.savefig(io.BytesIO())


def say(line, **message):
    """Send a message to the grader."""
    line.sendall(json.dumps(message).encode() + b"\n")


def guarded(function):
    """Run the rest of a forked process and exit, whatever it raises: it must not go on as a second fork server."""
    try:
        os._exit(function() or 0)
    except BaseException as error:
        with suppress(BaseException):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(70)


def status_of(child):
    """Wait for a process and return its exit status, or 128 + the signal that ended it, as a shell does."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def to_first_process(request, kept):
    """Enter new namespaces, drop every right and start the kernel's process; then reap the processes that end in them.

    Returns:
        the kernel's exit status
    """
    prctl(SET_PDEATHSIG, signal.SIGKILL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(null, stream)
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    call("unshare", NEWNS | NEWIPC | NEWNET)
    furnish(request, kept)
    give_up_rights(proc)
    prctl(SET_PDEATHSIG, signal.SIGKILL)  # set again: the system clears it when a process's rights change
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
    """Mount what belongs to one kernel alone.

    It gets a /proc that shows only its own processes, terminals and a loopback of its own, and new folders in place of
    all those that can be written to.
    """
    mount("none", "/", "none", REC | PRIVATE)
    mount("proc", "/proc", "proc", RDONLY | NOSUID | NODEV | NOEXEC)
    mount("devpts", "/dev/pts", "devpts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    for path in request["masked"]:
        mount("/dev/null", path, "none", BIND)
    # Opened here, because the mounts below hide the folders that they are in.
    shown = {path: os.open(path, os.O_PATH) for path in request["shown"]}
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
    prctl(SET_DUMPABLE, 1)  # otherwise the maps below would belong to root
    group = os.getgid()
    user = os.getuid()
    call("unshare", NEWUSER)
    for name, text in (
        ("self/oom_score_adj", "1000"),  # of all processes, the machine ends this one first if it has no memory left
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
    """Refuse system calls that no hand-in needs, from here on."""
    if filters:
        program = ctypes.create_string_buffer(filters, len(filters))
        header = struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(program))
        call("prctl", SET_SECCOMP, 2, ctypes.create_string_buffer(header, len(header)), 0, 0)


def to_kernel(filters):
    """Become the kernel that runs the hand-in."""
    os.setsid()
    os.dup2(1, 2)
    os.chdir(HOME)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # otherwise every kernel would draw the same random numbers
    sys.argv = ["ipykernel_launcher", "-f", CONNECTION, "--HistoryManager.enabled=False"]
    from ipykernel import kernelapp

    refuse(filters)
    kernelapp.launch_new_instance()
    return 0


if __name__ == "__main__":
    main()
