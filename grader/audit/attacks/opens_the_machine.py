# outside: opens for writing, without a write, every file of /proc, /sys and /dev that is not its own, and raw devices
import os

FINE = ("/proc/self", "/proc/thread-self", "/proc/net", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts", "/dev/shm", "/dev/fd", "/dev/std")


def own(path):
    return path.startswith(FINE) or (path.split("/")[2:3] and path.split("/")[2].isdigit())


def opens(path, how):
    """Whether a file can be opened, and is not one that /dev/null was put in the place of."""
    try:
        handle = os.open(path, how | os.O_NONBLOCK)
    except OSError:
        return False
    found = os.fstat(handle).st_rdev != os.stat("/dev/null").st_rdev
    os.close(handle)
    return found


for top in ("/proc", "/sys", "/dev"):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not own(f"{folder}/{name}")]
        for name in files:
            path = f"{folder}/{name}"
            if own(path):
                continue
            if opens(path, os.O_WRONLY):
                print("LEAK can write to", path)
for path in ("/proc/kcore", "/proc/kmsg", "/proc/kpageflags", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/kvm", "/dev/fuse", "/dev/nvidia0"):
    if opens(path, os.O_RDONLY):
        print("LEAK can read", path)
