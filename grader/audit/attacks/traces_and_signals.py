# outside: traces, stops and kills every process it sees and many that it does not, and types into its terminal
import ctypes
import fcntl
import glob
import os
import signal
import termios

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17
pids = sorted({int(path.split("/")[-1]) for path in glob.glob("/proc/[0-9]*")})
if len(pids) > 5:
    print("LEAK sees", len(pids), "processes")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for terminal in (0, 1, 2, "/dev/tty", "/dev/console", "/dev/pts/0"):
    try:
        number = os.open(terminal, os.O_RDWR) if isinstance(terminal, str) else terminal
        fcntl.ioctl(number, termios.TIOCSTI, b"#")
        print("LEAK typed into", terminal)
    except OSError:
        pass
for pid in {1, os.getppid(), *pids} - {os.getpid()}:
    try:
        descriptor = os.pidfd_open(pid)
        for number in range(10):
            taken = libc.syscall(438, descriptor, number, 0)
            if taken >= 0 and os.readlink(f"/proc/self/fd/{taken}").startswith(("/work", "/root", "/tmp/cn-audit")):
                print("LEAK file", os.readlink(f"/proc/self/fd/{taken}"), "of process", pid)
    except OSError:
        pass
for pid in [*range(2, 3000), *range(0x10000, 0x10000 + 3000)]:
    if pid != os.getpid():
        for kind in (signal.SIGSTOP, signal.SIGCONT, signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, kind)
            except OSError:
                break
for target in (-1, 0, 1):
    try:
        if target == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(target, signal.SIGTERM)
        if target:
            os.kill(target, signal.SIGKILL)
    except OSError:
        pass
for pid in {1, os.getppid()}:
    if libc.ptrace(ATTACH, pid, 0, 0) == 0:
        libc.ptrace(DETACH, pid, 0, 0)
