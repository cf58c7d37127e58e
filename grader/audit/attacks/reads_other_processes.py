# outside: reads environment, memory, files and command line of every process it sees, by /proc, ptrace and process_vm_readv
import ctypes
import glob
import os

libc = ctypes.CDLL(None, use_errno=True)
SECRET = b"COURSE_AUDIT_" + b"SECRET"
OUTER = (b"COURSE_DATA_MIRROR", b"PYTEST_CURRENT_TEST", b"SSH_", b"SUDO_", b"_TOKEN=", b"PGPASSWORD", b"SHELL=", b"LOGNAME=")
ATTACH, DETACH, SEIZE, INTERRUPT = 16, 17, 0x4206, 0x4207


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def memory(pid):
    for line in open(f"/proc/{pid}/maps"):
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        if not ("[heap]" in line or "[stack]" in line):
            continue
        size = min(end - start, 4_000_000)
        buffer = ctypes.create_string_buffer(size)
        read = libc.process_vm_readv(pid, ctypes.byref(Piece(ctypes.addressof(buffer), size)), 1, ctypes.byref(Piece(start, size)), 1, 0)
        if read > 0:
            yield buffer.raw
        try:
            with open(f"/proc/{pid}/mem", "rb") as file:
                file.seek(start)
                yield file.read(size)
        except OSError:
            pass


pids = [int(path.split("/")[-1]) for path in glob.glob("/proc/[0-9]*")]
for pid in pids:
    if pid == os.getpid():
        continue
    for name in ("environ", "cmdline"):
        try:
            text = open(f"/proc/{pid}/{name}", "rb").read()
        except OSError:
            continue
        if SECRET in text or any(word in text for word in OUTER):
            print("LEAK", name, "of process", pid)
        if b"pytest" in text or b"course\0grade" in text or b"course\0audit" in text:
            print("LEAK", "the grader's process", pid)
    try:
        if any(SECRET in piece for piece in memory(pid)):
            print("LEAK memory of process", pid)
    except OSError:
        pass
    try:
        names = [os.readlink(path) for path in glob.glob(f"/proc/{pid}/fd/*")]
    except OSError:
        names = []
    for name in names:
        if name.startswith("/") and not name.startswith(("/dev/", "/proc", "/tmp/cn-")) and not os.access(name, os.R_OK):
            print("LEAK open file of process", pid, name)
    for place in ("root", "cwd"):
        try:
            if {"gradebook.db", "notebooks", "init", "boot", "var"} & set(os.listdir(f"/proc/{pid}/{place}")):
                print("LEAK", place, "of process", pid)
        except OSError:
            pass
for name in os.environ:
    if any(word in name.upper() for word in ("TOKEN", "SECRET", "PASSWORD", "MIRROR", "COURSE_FOLDER", "PYTEST")):
        print("LEAK environment variable", name)
