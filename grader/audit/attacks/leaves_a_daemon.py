# outside: a process that is no child of the kernel's, in a session of its own, ignores signals, holds sockets, and stays
import ctypes
import os
import subprocess
import sys
import time

MARK = "convnets-left-behind"
STAY = f"""
import os, signal, socket, time
for kind in range(1, 64):
    try:
        signal.signal(kind, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
one = socket.socket(socket.AF_UNIX); one.bind(chr(0) + {MARK!r} + '-daemon'); one.listen()
two = socket.socket(); two.bind(('127.0.0.1', 0)); two.listen()
os.makedirs('/tmp/{MARK}-daemon', exist_ok=True); os.chdir('/tmp/{MARK}-daemon')
time.sleep(1000)
"""
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # does not die with its parent
        os.setsid()
        for number in range(256):
            try:
                os.close(number)
            except OSError:
                pass
        os.execv(sys.executable, [sys.executable, "-c", STAY, MARK])
    os._exit(0)
subprocess.Popen(["sleep", "1000"], start_new_session=True)
subprocess.Popen([sys.executable, "-c", STAY, MARK], start_new_session=True, stdin=subprocess.DEVNULL)
time.sleep(0.3)
