"""Every set of pictures, and of weights, declared once: what it is for, whose it is, where it comes from, what exactly it holds.

To add a set, add one `Declaration` to one of the modules in `data/declared/`, and a reader where none of `data/readers/` fits.
"""

from __future__ import annotations

from data.declaration import Declaration, Weights
from data.declared import art, classes, people, photographs, scenes
from data.declared.weights import WEIGHTS
from data.errors import DataError, nearest

SETS = (*photographs.SETS, *classes.SETS, *scenes.SETS, *people.SETS, *art.SETS)


def sets() -> tuple[Declaration, ...]:
    """All declarations, in the order of the course."""
    return SETS


def weights() -> tuple[Weights, ...]:
    """All networks that others have trained and that are fetched."""
    return WEIGHTS


def find(name: str) -> Declaration:
    """The declaration of the set `name`; raises DataError, with the nearest name, where there is none."""
    known = {declared.name: declared for declared in sets()}
    if name in known:
        return known[name]
    raise DataError(
        f"There is no data set {name!r}; the nearest name is {nearest(name, known)!r}. "
        f"The sets are: {', '.join(known)}."
    )


def find_weights(name: str) -> Weights:
    """The declaration of the weights `name`; raises StopIteration where there are none."""
    return next(declared for declared in weights() if declared.name == name)
