"""`data_augmenter`: looked at through pictures with two marks, whatever its layers are called."""

import keras
from keras import layers
from solutions.w2_mobilenet import data_augmenter

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.transfer import look_at_augmenter

exercise = Exercise(
    data_augmenter,
    points=6,
    observer=look_at_augmenter,
    pair_cases=1,
    hints=[
        "Keras has a layer for each: their names begin with Random.",
        'layers.RandomFlip("horizontal") turns left into right; layers.RandomRotation takes a share of a full turn.',
        'keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.2)]).',
    ],
)


@exercise.cases
def cases(rng):
    seed = draw.number(rng, 0, 2**31)
    yield case("its kind", look="kind", seed=seed)
    yield case("when it does not train", look="inference", seed=seed + 1)
    yield case("turned over", look="flips", seed=seed + 2)
    yield case("turned around", look="turns", seed=seed + 3)
    yield case("sizes", look="sizes", seed=seed + 4)


exercise.equivalent(
    "[layers.RandomFlip('horizontal'), layers.RandomRotation(0.2)] → [layers.RandomRotation(0.2), layers.RandomFlip('horizontal')]",
    "both are random, and to either side alike",
)

exercise.slip("turned upside down", lambda: keras.Sequential([layers.RandomFlip("vertical"), layers.RandomRotation(0.2)]), "Left becomes right; up stays up.")
exercise.slip("turned over both ways", lambda: keras.Sequential([layers.RandomFlip("horizontal_and_vertical"), layers.RandomRotation(0.2)]), "Left becomes right; up stays up.")
exercise.slip("never turned over", lambda: keras.Sequential([layers.RandomRotation(0.2)]), "Two layers: one turns pictures over, one around.")
exercise.slip("never turned around", lambda: keras.Sequential([layers.RandomFlip("horizontal")]), "Two layers: one turns pictures over, one around.")
exercise.slip("turned by degrees", lambda: keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.2 / 360)]), "The rotation's factor is a share of a full turn.")
exercise.slip("turned too far", lambda: keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.4)]), "0.2 of a full turn to either side, no more.")
exercise.slip("turned one way only", lambda: keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation((0, 0.2))]), "To either side: a single number means both.")
exercise.slip(
    "a functional model",
    lambda: keras.Model(inputs := keras.Input((None, None, 3)), layers.RandomRotation(0.2)(layers.RandomFlip("horizontal")(inputs))),
    "Build it as a keras.Sequential: its layers in a list.",
)
