# in-process: keeps the hidden arguments and prints them later: threads, hooks, updates of older outputs, at exit
import atexit
import sys
import threading
import time

from IPython import get_ipython
from IPython.display import display

shell = get_ipython()
asked = []
handle = display("the answers will stand here", display_id=True)


def tell(*nothing):
    for one in asked[-1:]:
        print("LEAK asked", one)
        print("LEAK asked", one, file=sys.__stderr__)
        shell.display_pub.publish({"text/plain": f"LEAK asked {one}", "text/html": f"LEAK asked {one}"})
        handle.update(f"LEAK asked {one}")
        shell.set_next_input(f"LEAK asked {one}")


def later():
    while True:
        time.sleep(0.2)
        tell()


class Dying:
    def __del__(self):
        tell()


def keeps(*args, **kwargs):
    asked.append(args)
    tell()
    raise ValueError(f"LEAK asked {args}")


last = Dying()
threading.Thread(target=later, daemon=True).start()
atexit.register(tell)
shell.events.register("post_run_cell", tell)
for name in FUNCTIONS:
    globals()[name] = keeps
