# resources: an endless loop that swallows every interrupt
import signal

for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
    signal.signal(kind, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
