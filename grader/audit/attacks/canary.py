# Put into an honest hand-in: is anything of an earlier hand-in here? Silent when alone.
import builtins as _builtins
import ctypes as _ctypes
import glob as _glob
import os as _os
import sys as _sys
from contextlib import suppress as _suppress

import numpy as _np
from IPython import get_ipython as _shell


def _canary():
    mark, home = "convnets-left-behind", _os.path.expanduser("~")
    given = (_sys.prefix + "/", _os.environ["COURSE_DATA_CACHE"] + "/")  # the course may lie in /tmp
    libc = _ctypes.CDLL(None, use_errno=True)
    for folder, usual in ((home, {".ipython", ".matplotlib", ".cache", ".config", ".keras"}), ("/tmp", {"kernel.json", *(f"k-{number}" for number in range(1, 6))}), ("/dev/shm", set())):
        for name in _os.listdir(folder):
            if name not in usual and not name.startswith("cn-") and not any(path.startswith(f"{folder}/{name}/") for path in given):
                yield f"{folder}/{name}"
    for top in (home, "/tmp", "/dev/shm"):
        for folder, _, files in _os.walk(top):
            if folder.startswith(given):
                continue
            yield from (f"{folder}/{name}" for name in files if mark in name or name in ("ipython_config.py", "matplotlibrc"))
    if set(_glob.glob(f"{home}/.ipython/profile_default/startup/*.py")):
        yield "a startup file"
    for path in _glob.glob("/proc/[0-9]*"):
        if int(path.split("/")[-1]) not in (1, _os.getpid()):
            yield f"process {open(path + '/cmdline').read()[:60]!r}"
    for name in ("shm", "msg", "sem"):
        if len(open(f"/proc/sysvipc/{name}").read().splitlines()) > 1:
            yield f"System V {name}"
    if libc.mq_open(b"/" + mark.encode(), 0) >= 0:
        yield "a message queue"
    with _suppress(OSError):  # it is masked
        if mark in open("/proc/keys").read():
            yield "a key"
    for line in open("/proc/net/unix").read().splitlines()[1:]:
        if "@" in line:
            yield f"socket {line.split()[-1]}"
    own = {_os.readlink(path) for path in _glob.glob("/proc/self/fd/*") if _os.path.islink(path)}
    for name in ("tcp", "tcp6"):
        for line in open(f"/proc/net/{name}").read().splitlines()[1:]:
            if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" not in own:
                yield f"a listening {name} socket"
    for name, value in _os.environ.items():
        if mark in value or "LEFT_BEHIND" in name:
            yield f"environment variable {name}"
    if hasattr(_builtins, "convnets_left_behind") or mark in _sys.modules:
        yield "planted code"
    for name in ("allclose", "array_equal", "isclose", "all", "array_equiv"):
        if not getattr(getattr(_np, name), "__module__", "").startswith("numpy"):
            yield f"another numpy.{name}"
    if _np.allclose(1, 2) or _np.array_equal([1], [2]) or not _np.__file__.startswith(_sys.prefix):
        yield "another numpy"
    if isinstance(1, str) or type(len).__name__ != "builtin_function_or_method":
        yield "other builtins"
    shell = _shell()
    if shell.ast_transformers or type(shell.kernel.do_execute).__name__ != "method" or "publish" in vars(shell.display_pub):
        yield "another shell"
    if len(open("/proc/self/mounts").read().split("/here ")) > 1:
        yield "a mount"
    old = _os.umask(0o022)
    if old != 0o022:
        yield f"umask {old:o}"


for _found in _canary():
    print("LEAK left behind:", _found)
