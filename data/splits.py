"""Which pictures are for training and which for testing: drawn once and for all.

Python promises that a seeded `random.Random().random()` gives the same numbers in every version (NumPy's generators do
not), so a split stays what it was.
"""

import random
from collections.abc import Hashable, Sequence

_SPLIT_SEED = 2
_ORDER_SEED = 3
"""Another than the split's: in the order of the draw, what is left for training would start with the smallest class."""
_TEST_SHARE = 5
"""One in five is for testing."""


def shuffled(count: int, seed: int) -> list[int]:
    """0..count-1 in an order that looks random and is always the same."""
    generator = random.Random(seed)
    keys = [generator.random() for _ in range(count)]
    return sorted(range(count), key=keys.__getitem__)


def mixed(count: int) -> list[int]:
    """0..count-1 in the order in which pictures are given out."""
    return shuffled(count, _ORDER_SEED)


def stratified(labels: Sequence[int]) -> set[int]:
    """The places of a fifth of each class, for testing."""
    members: dict[int, list[int]] = {}
    for place in shuffled(len(labels), _SPLIT_SEED):
        members.setdefault(labels[place], []).append(place)
    return {place for places in members.values() for place in places[: len(places) // _TEST_SHARE]}


def grouped(groups: Sequence[Hashable]) -> set[int]:
    """The places of all members of a fifth of the groups, for testing: no group is on both sides."""
    kinds = list(dict.fromkeys(groups))
    held_out = {kinds[place] for place in shuffled(len(kinds), _SPLIT_SEED)[: len(kinds) // _TEST_SHARE]}
    return {place for place, group in enumerate(groups) if group in held_out}


def chosen(split: str | None, count: int, test: set[int]) -> list[int]:
    """The places, of 0..count-1, that `split` ("train", "test", None for all) has, mixed."""
    return [place for place in mixed(count) if split is None or (place in test) == (split == "test")]
