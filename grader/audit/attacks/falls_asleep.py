# resources: stops its own process, so that it neither works nor dies
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
