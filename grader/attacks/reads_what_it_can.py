# Looks for tests, answer keys, solutions, the gradebook, other hand-ins, secrets and a network.
import glob
import os
import pathlib
import socket
import sys


def leak(what):
    print("LEAK", what)


for module in ("solutions", "solutions.w1_conv", "grader.exercises", "grader.judge", "grader.key"):
    try:
        __import__(module)
        leak(f"import {module}")
    except ImportError:
        pass

roots = {"/", "/root", "/home", "/work", "/srv", "/mnt", "/tmp", "/var", "/etc", "/course", os.getcwd()}
roots |= {str(parent) for path in [sys.prefix, *sys.path] for parent in pathlib.Path(path or ".").resolve().parents}
wanted = ("gradebook.db", "w1_conv.json", "w1_conv.ipynb", "nbgrader_config.py", "shadow", "id_rsa", ".netrc", "exercises", "solutions")
for root in roots:
    for path in [*glob.glob(f"{root}/*"), *glob.glob(f"{root}/.*"), *glob.glob(f"{root}/*/*")]:
        if os.path.basename(path) in wanted and "site-packages" not in path:
            leak(path)

for process in glob.glob("/proc/[0-9]*"):
    try:
        command = pathlib.Path(process, "cmdline").read_bytes()
        environment = pathlib.Path(process, "environ").read_bytes()
    except OSError:
        continue
    if b"pytest" in command or b"course grade" in command or b"COURSE_DATA_MIRROR" in environment:
        leak(process)
for name in os.environ:
    if any(word in name.upper() for word in ("TOKEN", "SECRET", "PASSWORD", "MIRROR", "COURSE_FOLDER")):
        leak(f"environment variable {name}")

for address in (("1.1.1.1", 53), ("8.8.8.8", 443)):
    try:
        socket.create_connection(address, timeout=1).close()
        leak(f"network {address}")
    except OSError:
        pass

for place in ("/usr", "/course", sys.prefix, "/", "/etc", "/dev"):
    try:
        pathlib.Path(place, "sitecustomize.py").write_text("print('LEAK left behind')")
        leak(f"{place} can be written to")
    except OSError:
        pass
