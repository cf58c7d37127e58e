"""Void pixels give no loss, no gradient and no part of the mean."""

import keras
import numpy as np
from solutions.w3_unet import sparse_pixel_loss

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import afterwards, beforehand, ignoring, leaving_out, skipping

exercise = Exercise(
    sparse_pixel_loss,
    points=10,
    observer=look_at_loss,
    hints=[
        "First ask which pixels are known: y_true != void. A void pixel still needs some class for the cross-entropy; give it 0, and drop its loss afterwards.",
        "keras.ops.where(known, y_true, 0) gives every pixel a class; keras.ops.sparse_categorical_crossentropy(classes, logits, from_logits=True) is one loss a pixel.",
        "Sum of keras.ops.where(known, losses, 0.0), divided by the number of known pixels, but at least by 1: keras.ops.maximum(…, 1.0).",
    ],
)


@exercise.cases
def cases(rng):
    classes = draw.number(rng, 4, 7)

    def one(title, voids=(), m=2, shape=(4, 5), dtype=np.uint8, light=1, least=0, **named):
        """Return a case with so many void pixels in each picture."""
        y_true = rng.integers(least, classes, (m, *shape))
        for picture, n_void in enumerate(voids):
            y_true[picture].flat[rng.permutation(20)[:n_void]] = named.get("void", 255)
        return case(title, y_true=y_true.astype(dtype), y_pred=light * draw.single(rng, m, *shape, classes), **named)

    yield one("no pixel is void")
    yield one("some are, in one picture more than in the other", voids=(14, 2))
    yield one("-1 stands for void", voids=(10, 4), void=-1, dtype=np.int64)
    yield one("class 0 is void", voids=(12, 6), void=0, least=1, dtype=np.int32)
    yield one("all are void", voids=(20, 20))
    yield one("large logits", voids=(6, 6), light=300)
    yield one("one picture", voids=(6,), m=1)
    yield one("one pixel", m=1, shape=(1, 1))
    yield one("no picture", m=0)
    yield one("100 stands for void", voids=(4, 12), void=100)
    yield one("classes with a decimal point", voids=(5, 11), dtype=np.float32)


exercise.slip("void pixels count as class 0", beforehand(y_true="keras.ops.where(y_true == void, 0, y_true)", void="-1"), "Nobody knows the class of a void pixel: it must not be learnt from.")
exercise.slip(
    "divided by all pixels",
    lambda y_true, logits, void=255: sparse_pixel_loss(y_true, logits, void) * keras.ops.mean(keras.ops.cast(y_true != void, "float32")),
    "The mean is over the pixels that are not void: there are fewer of them.",
)
exercise.slip(
    "a sum",
    lambda y_true, logits, void=255: sparse_pixel_loss(y_true, logits, void) * keras.ops.sum(keras.ops.cast(y_true != void, "float32")),
    "It is a mean: divide by the number of pixels that are not void.",
)
exercise.slip(
    "picture by picture",
    lambda y_true, logits, void=255: sum(sparse_pixel_loss(*one, void) for one in zip(y_true, logits)) / max(len(y_true), 1),
    "Every pixel counts alike, wherever it is: one mean over all pictures.",
)
exercise.slip("not a number where all is void", skipping("maximum"), "Where all pixels are void, or there is none, 0 is divided by 0: the loss is 0.")
exercise.slip("void is always 255", ignoring(void=255), "The argument says which number is void.")
exercise.slip("logits taken for probabilities", leaving_out("sparse_categorical_crossentropy", "from_logits"), "The network gives logits; the softmax is still to come.")
exercise.slip("softmax twice", beforehand(logits="1.0 * keras.ops.softmax(logits)"), "from_logits=True takes a softmax already.")
exercise.slip(
    "the exponential overflows",
    beforehand(logits="keras.ops.log(keras.ops.exp(logits) / keras.ops.sum(keras.ops.exp(logits), axis=-1, keepdims=True))"),
    "The exponential of a large logit is more than a float can hold: let the framework take softmax and logarithm in one step.",
)
exercise.slip("computed in NumPy", afterwards(lambda result: keras.ops.convert_to_numpy(result)), "Nothing can be learnt through NumPy: only operations of the framework have a gradient.")
exercise.slip("the minus is missing", afterwards(lambda result: -result), "A good guess must cost little: the logarithm of a probability is negative, the loss is not.")

exercise.equivalent("keras.ops.where(known, y_true, 0) → keras.ops.where(known, y_true, 1)", "the loss of a void pixel is dropped, whichever class it was given")
exercise.equivalent("keras.ops.cast(known, losses.dtype) → known", "True is summed as 1")
exercise.equivalent("y_true = keras.ops.cast(y_true, 'int32') → pass", "TensorFlow compares and looks up whole numbers of any type")
exercise.equivalent("keras.ops.cast(y_true, 'int32') → y_true", "TensorFlow compares and looks up whole numbers of any type")
