# resources: files until the disk is full, wherever a file can be written; many of them unlinked, so that none is seen
import glob
import os
import time

LARGEST = 100_000_000
for folder in (".", "/tmp", "/dev/shm"):
    written = 0
    try:
        while written < 2 * LARGEST:
            number = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
            while os.fstat(number).st_size < 10_000_000:
                written += os.write(number, bytes(1_000_000))
    except OSError:
        pass
    if written > LARGEST:
        print("LEAK wrote", written, "bytes to", folder)
for folder in (os.path.dirname(path) for path in glob.glob("/tmp/cn-*/**/kernel.json", recursive=True)):
    written, kept = 0, []
    try:
        while written < 20_000_000:
            kept.append(os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600))
            for _ in range(5):
                written += os.write(kept[-1], bytes(1_000_000))
    except OSError:
        pass
    time.sleep(1)
    if written >= 20_000_000:
        print("LEAK wrote", written, "bytes, unseen, to the folder of its own connection")
    for number in kept:
        os.close(number)
