"""What older libraries accepted is recognised by the words of those that are installed."""

import keras
import numpy as np
import pytest

from grader.base.paths import ROOT
from grader.scoring.library_changes import CHANGES, known_change

PICTURE = np.zeros((1, 8, 8, 3), np.float32)
OLD = {
    "float of an array": lambda: float(np.ones((1, 1, 1))),
    "an array into an entry": lambda: np.zeros(3).__setitem__(0, np.ones((1, 1, 1))),
    "np.float": lambda: np.float,  # noqa: NPY001
    "np.product": lambda: np.product([1]),  # noqa: NPY003, NPY201
    "np.Inf": lambda: np.Inf,  # noqa: NPY201
    "average pooling without a size": lambda: keras.layers.AveragePooling2D()(PICTURE),
    "filters of 8.0": lambda: keras.layers.Conv2D(8.0, 3)(PICTURE),
    "units of 8.0": lambda: keras.layers.Dense(8.0)(PICTURE),
    "keras.backend.argmax": lambda: keras.backend.argmax(PICTURE),
    "lr": lambda: keras.optimizers.Adam(lr=0.1),
    "np_utils": lambda: keras.utils.np_utils,
}


@pytest.mark.parametrize("what", OLD)
def test_an_error_that_a_new_version_causes_is_recognised(what):
    with pytest.raises(Exception) as caught:
        OLD[what]()
    assert known_change(f"{caught.type.__name__}: {caught.value}")


def test_so_are_those_of_tensorflow():
    tf = pytest.importorskip("tensorflow")
    for old in (lambda: tf.log(1.0), lambda: tf.Session(), lambda: tf.reduce_sum(keras.Input((3,)))):
        with pytest.raises(Exception) as caught:
            old()
        assert known_change(f"{caught.type.__name__}: {caught.value}")


@pytest.mark.parametrize(
    "error",
    [
        "",
        "ValueError: operands could not be broadcast together with shapes (2,3) (4,5)",
        "TypeError: only integer scalar arrays can be converted to a scalar index",
        "AttributeError: module 'numpy' has no attribute 'padd'",
        "ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape",
        "AttributeError: module 'tensorflow' has no attribute 'reduce_summ'",
    ],
)
def test_an_error_of_ones_own_is_none(error):
    assert known_change(error) == ""


def test_the_page_lists_every_change():
    page = " ".join((ROOT / "docs" / "old-code.md").read_text().replace("`", "").split())
    for _, sentence in CHANGES:
        assert sentence.replace("`", "") in page
