# resources: empty files without end, in every folder that it can write to
import os

for folder in (".", "/dev/shm", "/tmp"):
    os.makedirs(f"{folder}/full", exist_ok=True)
    count = 0
    try:
        for count in range(300_000):
            os.close(os.open(f"{folder}/full/{count}", os.O_CREAT))
    except OSError:
        pass
    if count > 250_000:
        print("LEAK made", count, "files in", folder)
