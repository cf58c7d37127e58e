"""A first network: a keras.Sequential, its layers in a list."""

import keras
from keras import layers
from solutions.w1_keras import happyModel

from grader.exercises.w1_keras.shared import Model, pictures
from grader.spec.case import case
from grader.spec.wrong import afterwards, edit, leaving_out, passing

exercise = Model(
    happyModel,
    points=18,
    hints=[
        "keras.Sequential takes a list: keras.Input((64, 64, 3)) first, then the layers in the order of the docstring.",
        "layers.ZeroPadding2D(3), layers.Conv2D(32, 7), layers.BatchNormalization(axis=3), layers.ReLU(), layers.MaxPooling2D() …",
        '… layers.Flatten(), layers.Dense(1, activation="sigmoid"). model.summary() must count 37,633 parameters.',
    ],
)


@exercise.cases
def cases(rng):
    yield case("a keras.Sequential", look="kind", pictures=pictures(rng, 1, 64, 64, 3))
    yield case("one number for each picture", look="sizes", pictures=pictures(rng, 3, 64, 64, 3))
    yield case("parameters, trained and others", look="parameters", pictures=pictures(rng, 1, 64, 64, 3))
    yield case("how it begins", look="beginning", pictures=pictures(rng, 1, 64, 64, 3))
    yield case("given weights, inference", look="inference", pictures=pictures(rng, 3, 64, 64, 3))
    yield case("given weights, strong light", look="inference", pictures=30 * pictures(rng, 2, 64, 64, 3), dense=0.03)
    yield case("given weights, training", look="training", pictures=pictures(rng, 4, 64, 64, 3))


exercise.slip(
    "no padding", afterwards(lambda model: keras.Sequential([*model.layers[1:-1], layers.Dense(1, "sigmoid")])), "A 7 × 7 filter shrinks the picture by 6: three zeros on each side keep its size."
)
exercise.slip(
    "a pad of 1",
    afterwards(lambda model: keras.Sequential([layers.ZeroPadding2D(1), *model.layers[1:-1], layers.Dense(1, "sigmoid")])),
    "How many zeros on each side keep the size under a 7 × 7 filter?",
)
exercise.slip("no batch normalisation", afterwards(lambda model: keras.Sequential([model.layers[n] for n in (0, 1, 3, 4, 5, 6)])), "Between convolution and ReLU the channels are normalised.")
exercise.slip("normalised over the rows", passing("BatchNormalization", axis=1), "Which axis of (m, n_H, n_W, n_C) holds the channels?")
exercise.slip("ReLU before normalisation", afterwards(lambda model: keras.Sequential([model.layers[n] for n in (0, 1, 3, 2, 4, 5, 6)])), "The list says what comes first: normalisation, then ReLU.")
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), "Leave momentum at Keras's default: inference relies on what was seen before.")
exercise.slip("no ReLU", afterwards(lambda model: keras.Sequential([model.layers[n] for n in (0, 1, 2, 4, 5, 6)])), "After the normalisation, what is negative becomes 0: a ReLU.")
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), "ReLU has no upper end here.")
exercise.slip("no sigmoid", leaving_out("Dense", "activation"), "The output is a probability: what brings any number between 0 and 1?")
exercise.slip("two outputs", afterwards(lambda model: keras.Sequential([*model.layers[:-1], layers.Dense(2, "softmax")])), "Smiling or not is one question: one number answers it.")
exercise.slip("average pooling", edit("layers.MaxPooling2D()", "layers.AveragePooling2D(2)"), "The strongest answer of each window is kept, not the mean.")
exercise.slip("starts from He's spread", passing("Conv2D", kernel_initializer="he_normal"), "Leave the initialisers at Keras's defaults.")
exercise.slip("a functional model", afterwards(lambda model: keras.Model(model.inputs, model.outputs)), "Build it as a keras.Sequential: its layers in a list.")

exercise.equivalent(
    "[keras.Input((64, 64, 3)), layers.ZeroPadding2D(3), layers.Conv2D(32, 7), layers.BatchNormalization(… → [keras.Input((64, 64, 3)), layers.ZeroPadding2D(3), layers.Conv2D(32, 7), layers.BatchNormalization(…",
    "ReLU and pooling may change places",
)
exercise.equivalent("(64, 64, 3) → (65, 64, 3)", "pooling drops the odd row: on pictures (64, 64, 3) the model is the same")
exercise.equivalent("(64, 64, 3) → (64, 65, 3)", "pooling drops the odd column: on pictures (64, 64, 3) the model is the same")
exercise.equivalent("layers.BatchNormalization(axis=3) → layers.BatchNormalization()", "the channels are the last axis, which is the default")
