"""Recognise errors that come from code which an older NumPy, Keras or TensorFlow accepted: no fault of its author's."""

from __future__ import annotations

import re

# What an exception says, after its class, and what to tell about it.
CHANGES = [
    (
        r"TypeError: only (0-dimensional|length-1|size-1) arrays can be converted",
        "NumPy no longer turns an array with axes into a number, not even one of shape (1, 1, 1): write x.item().",
    ),
    (
        r"ValueError: setting an array element with a sequence\.(?! The requested array has an inhomogeneous)",
        "NumPy no longer puts an array with axes into one entry, not even one of shape (1, 1, 1): write x.item().",
    ),
    (
        r"AttributeError: (module 'numpy' has no attribute '(float|int|bool|object|product|in1d|trapz)'|`np\.\w+` was removed)",
        "NumPy has dropped some names: np.float and np.int are float and int, np.Inf is np.inf, np.product is np.prod, "
        "np.in1d is np.isin, np.trapz is np.trapezoid.",
    ),
    (
        r"TypeError: AveragePooling\dD\.__init__\(\) missing 1 required positional argument: 'pool_size'",
        "Since Keras 3 average pooling has no size unless you give one: AveragePooling2D(2).",
    ),
    (
        r"ValueError: Cannot convert '.{1,80}' to a shape\. Found invalid dimension '[\d.]+' of type '<class 'float'>'"
        r"|ValueError: Received an invalid value for `(units|filters)`",
        "Since Keras 3 a number of filters or units is an int: 8, not 8.0; n // 2, not n / 2.",
    ),
    (
        r"AttributeError: module 'keras\.backend' has no attribute",
        "Since Keras 3 functions such as argmax, max, sum and square are in keras.ops, not in keras.backend.",
    ),
    (
        r"ValueError: Argument\(s\) not recognized: \{'lr'",
        "The rate of an optimizer is called learning_rate; Keras no longer takes lr.",
    ),
    (
        r"ValueError: A KerasTensor cannot be used as input to a TensorFlow function",
        "Since Keras 3 a model is made of layers and of functions of keras.ops, not of TensorFlow's.",
    ),
    (
        r"AttributeError: module '[\w.]*keras[\w.]*' has no attribute '(experimental|np_utils|merge)'",
        "Keras has moved this: layers that change pictures are keras.layers.RandomFlip and so on, to_categorical is in "
        "keras.utils, and merging is keras.layers.add and keras.layers.concatenate.",
    ),
    (
        r"AttributeError: module 'tensorflow' has no attribute '(log|Session|placeholder|contrib|to_float)'",
        "That was TensorFlow 1: there are no sessions and placeholders any more, and tf.log is tf.math.log.",
    ),
]


def known_change(error: str) -> str:
    """Return what to tell about an error, given as "Class: message"; empty if no change of a library is its reason."""
    return next((sentence for pattern, sentence in CHANGES if re.match(pattern, error[:500])), "")
