"""Ctrl-C is noticed whenever it comes."""

import subprocess
import sys

LOST = """
import signal, sys, time
from grader.base import interrupts

class Dying:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

if "never" in sys.argv:
    interrupts.never_lost()
signal.signal(signal.SIGINT, signal.default_int_handler)
Dying()
try:
    time.sleep(0.5)
    print("went on")
except KeyboardInterrupt:
    print("stopped")
"""


def outcome(*arguments):
    done = subprocess.run([sys.executable, "-c", LOST, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip(), done.stderr


def test_one_that_comes_while_a_destructor_runs_is_not_lost():
    printed, complaint = outcome()
    assert printed == "went on" and "KeyboardInterrupt" in complaint  # so Python does by itself
    assert outcome("never") == ("stopped", "")
