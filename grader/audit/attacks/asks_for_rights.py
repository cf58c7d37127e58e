# outside: new namespaces, mounts, devices, root, tracing and kernel facilities that a sandbox should not give
import ctypes
import os
import socket
import stat

libc = ctypes.CDLL(None, use_errno=True)
NEWUSER, NEWNS, NEWPID, NEWNET, NEWIPC, NEWCGROUP = 0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x02000000


def in_a_child(what, attempt):
    """Say so where an attempt, made in a process of its own, comes to a good end."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if attempt() else 1)
        except BaseException:
            os._exit(1)
    if os.waitpid(child, 0)[1] == 0:
        print("LEAK", what)


os.makedirs("here", exist_ok=True)
mount = lambda kind, flags=0: libc.mount(b"none", b"here", kind, flags, None) == 0
in_a_child("a user namespace", lambda: libc.unshare(NEWUSER) == 0)
in_a_child("a tmpfs with no limit in a namespace of its own", lambda: libc.unshare(NEWUSER | NEWNS) == 0 and mount(b"tmpfs"))
for name, flag in (("mount", NEWNS), ("process", NEWPID), ("network", NEWNET), ("IPC", NEWIPC), ("control group", NEWCGROUP)):
    in_a_child(f"a {name} namespace", lambda flag=flag: libc.unshare(flag) == 0)
for kind in (b"tmpfs", b"proc", b"sysfs", b"ramfs", b"mqueue", b"cgroup2"):
    in_a_child(f"a mount of {kind.decode()}", lambda kind=kind: mount(kind))
in_a_child("the root mounted anew, to be written to", lambda: libc.mount(b"none", b"/", None, 32, None) == 0)
in_a_child("an unmounted /proc", lambda: libc.umount2(b"/proc", 2) == 0)
in_a_child("another root", lambda: os.chroot("/tmp") is None)
for name in ("setuid", "setgid", "seteuid"):
    in_a_child(name, lambda name=name: getattr(os, name)(0) is None)
in_a_child("a block device", lambda: os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0)) is None)
in_a_child("a raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
in_a_child("a packet socket", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
in_a_child("another host name", lambda: libc.sethostname(b"evil", 4) == 0)
in_a_child("another time", lambda: libc.settimeofday(ctypes.create_string_buffer(16), None) == 0)
in_a_child("a swap file", lambda: libc.swapon(b"here", 0) == 0)
in_a_child("a restart", lambda: libc.acct(b"here") == 0)
in_a_child("a kernel module", lambda: libc.syscall(313, 0, b"", 0) == 0)
in_a_child("a higher priority", lambda: os.nice(-5) is not None)
in_a_child("more limits", lambda: __import__("resource").setrlimit(4, (1, __import__("resource").RLIM_INFINITY)) is None)
in_a_child("no-new-privileges taken back", lambda: libc.prctl(38, 0, 0, 0, 0) == 0)
for pid in ("1", str(os.getppid())):
    for name in ("user", "mnt", "pid", "net"):
        if os.path.exists(f"/proc/{pid}/ns/{name}"):
            in_a_child(f"the {name} namespace of process {pid}", lambda pid=pid, name=name: os.readlink(f"/proc/{pid}/ns/{name}") != os.readlink(f"/proc/self/ns/{name}") and libc.setns(os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY), 0) == 0)
status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
if int(status["CapEff"], 16) or int(status["CapPrm"], 16):
    print("LEAK capabilities", status["CapEff"])
if status["NoNewPrivs"] != "1":
    print("LEAK programs can still raise its rights")
