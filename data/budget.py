"""How long to train: all the way, or just far enough to see that everything runs."""

import os


def epochs(full: int) -> int:
    """The number of epochs to train for: `full`, or a fiftieth of it and at least 1 where COURSE_QUICK is set.

    The numbers that a notebook's prose quotes are those of the full training.
    """
    return max(1, full // 50) if os.environ.get("COURSE_QUICK") else full
