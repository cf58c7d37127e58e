# resources: memory without end, in memory of its own and in /dev/shm
kept = []
while True:
    try:
        kept.append(bytearray(b"x" * 20_000_000))
        open(f"/dev/shm/{len(kept)}", "wb").write(kept[-1])
    except OSError:
        pass
