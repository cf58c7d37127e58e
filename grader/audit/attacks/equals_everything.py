# in-process: answers with objects that claim to be whatever they are compared with
import numpy as np


class Everything:
    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return True

    __le__ = __gt__ = __ge__ = __ne__ = __lt__
    __hash__ = None

    def __bool__(self):
        return True

    def __float__(self):
        return float("nan")

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((self, self))

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __array__(self, *args, **kwargs):
        return np.full((), np.nan)


class Agreeable(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(())

    def __array_function__(self, *args, **kwargs):
        return True


class Changing:
    """Another array each time that it is looked at."""

    def __init__(self):
        self.looks = 0

    def __array__(self, *args, **kwargs):
        self.looks += 1
        return np.full((self.looks,), np.nan)


ANSWERS = [
    lambda *args, **kwargs: Everything(),
    lambda *args, **kwargs: np.array([np.nan, np.inf]).view(Agreeable),
    lambda *args, **kwargs: Changing(),
    lambda *args, **kwargs: "0.0",
    Everything(),
]
for number, name in enumerate(FUNCTIONS):
    globals()[name] = ANSWERS[number % len(ANSWERS)]
