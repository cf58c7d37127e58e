# outside: the network, the machine's own services on loopback, its abstract and other sockets, the virtual machine's host
import glob
import os
import socket
import stat


def connects(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.settimeout(0.5)
        one.connect(address)
        if kind == socket.SOCK_DGRAM:
            one.send(b"x")


INET = [("1.1.1.1", 53), ("8.8.8.8", 443), ("169.254.169.254", 80), ("127.0.0.1", 22), ("127.0.0.1", 5432), ("127.0.0.1", 8786), ("127.0.0.1", 8888)]
ATTEMPTS = [(socket.AF_INET, address, kind) for address in INET for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM) if not (kind == socket.SOCK_DGRAM and address[0].startswith("127"))]
ATTEMPTS += [(socket.AF_INET6, ("2606:4700:4700::1111", 53), socket.SOCK_STREAM), (socket.AF_INET6, ("::1", 22), socket.SOCK_STREAM)]
for family, address, kind in ATTEMPTS:
    try:
        connects(family, address, kind)
        print("LEAK network", address)
    except OSError:
        pass
try:
    socket.getaddrinfo("example.org", 80)
    print("LEAK a name server")
except OSError:
    pass
try:
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
    print("LEAK a socket to the virtual machine's host: no network namespace holds it")
except (OSError, AttributeError):
    pass
for line in open("/proc/net/unix").read().splitlines()[1:]:
    path = line.split(maxsplit=7)[7] if len(line.split(maxsplit=7)) > 7 else ""
    if path and not path.startswith(("/tmp/cn-", "/tmp/k-")):
        print("LEAK socket", path)
if len(open("/proc/net/dev").read().splitlines()) > 3:
    print("LEAK a network interface")
for path in [path for top in ("/run", "/var", "/tmp") for path in glob.glob(f"{top}/**/*", recursive=True)]:
    if stat.S_ISSOCK(os.lstat(path).st_mode) and not path.startswith(("/tmp/cn-", "/tmp/k-")):
        print("LEAK socket", path)
