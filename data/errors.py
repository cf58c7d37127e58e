"""What goes wrong with data, said in one way, and the nearest right name."""

import difflib
from collections.abc import Iterable


class DataError(Exception):
    """Data could not be had: the sentences say what came in, what was wanted and what to do."""


def nearest(name: object, known: Iterable[str]) -> str:
    """The known name that looks most like `name`; `known` holds at least one."""
    return difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.0)[0]
