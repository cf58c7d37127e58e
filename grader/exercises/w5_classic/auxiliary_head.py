"""A small classifier on a map of features."""

from solutions.w5_classic import auxiliary_head

from grader.exercises.w5_classic.shared import CUT, PROBABILITIES, Model
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import edit, ignoring, instead, passing, skipping

exercise = Model(
    auxiliary_head,
    points=7,
    hints=[
        "Six layers, one after the other, in the docstring's order. Only two of them have ReLU.",
        'layers.AveragePooling2D(5, strides=3), layers.Conv2D(filters, 1, activation="relu"), layers.Flatten(), layers.Dense(units, activation="relu"), …',
        '… layers.Dropout(0.7), layers.Dense(classes, activation="softmax").',
    ],
)


@exercise.cases
def cases(rng):
    n_C, classes = draw.number(rng, 8, 11), draw.number(rng, 4, 7)

    def one(title, look, shape=(9, 12), classes=classes, dense=1.0, light=1.0, **sizes):
        sizes = sizes or {"filters": 6, "units": 14}
        return case(title, classes, **sizes, look=look, pictures=light * draw.single(rng, 3, *shape, n_C), block=True, dense=dense)

    yield one("its output's shape", "sizes")
    yield one("parameters", "parameters")
    yield one("given weights", "inference")
    yield one("dropout", "dense dropout")
    yield one("given weights, large numbers", "inference", light=40.0, dense=0.1)
    yield one("given weights, the smallest map", "inference", (5, 5), filters=5, units=10)
    yield one("given weights, a high map", "inference", (14, 7), filters=4, units=9)
    yield case("parameters, nothing else said", classes, look="parameters", pictures=draw.single(rng, 1, 5, 8, n_C), block=True)
    yield case("filters given, units not", classes + 1, 3, look="parameters", pictures=draw.single(rng, 1, 8, 5, n_C), block=True)


exercise.slip("the pooling is padded", passing("AveragePooling2D", padding="same"), "The pooling is valid: no padding.")
exercise.slip("max pooling", instead(AveragePooling2D="MaxPooling2D"), "The mean of each window is taken.")
exercise.slip(
    "averaged over the whole map",
    edit("layers.AveragePooling2D(5, strides=3)(X)", "keras.ops.mean(X, axis=(1, 2), keepdims=True)"),
    "The windows are 5 × 5 and move by 3: several places are left of a large map.",
)
exercise.slip("a stride of 5", edit("strides=3", "strides=5"), "The windows move by 3: they overlap.")
exercise.slip("a stride of 1", edit("strides=3", "strides=1"), "The windows move by 3.")
exercise.slip("no convolution", skipping("Conv2D"), "A 1 × 1 convolution follows the pooling and makes the channels fewer.")
exercise.slip("no ReLU on the convolution", edit('filters, 1, activation="relu"', "filters, 1"), "ReLU follows the 1 × 1 convolution.")
exercise.slip("no ReLU on the dense layer", edit('units, activation="relu"', "units"), "ReLU follows the first dense layer.")
exercise.slip("no dense layer before the last", skipping("Dense", only=1), "Two dense layers: `units`, then `classes`.")
exercise.slip("a rate of 0.3", edit("Dropout(0.7)", "Dropout(0.3)"), "Here 70 % are dropped: Keras's rate is what is dropped.")
exercise.slip("a rate of 0.5", edit("Dropout(0.7)", "Dropout(0.5)"), "This head drops more than AlexNet: 70 %.")
exercise.slip("no dropout", skipping("Dropout"), "Dropout stands before the last dense layer.")
exercise.slip("dropout before the dense layer", edit("X = layers.Flatten()(X)", "X = layers.Dropout(0.7)(layers.Flatten()(X))"), "One dropout, and it stands before the last dense layer.")
exercise.slip("no softmax", edit('layers.Dense(classes, activation="softmax")', "layers.Dense(classes)"), PROBABILITIES)
exercise.slip("always 128 filters", ignoring(filters=128), "The argument says how many filters the convolution has.")
exercise.slip("always 1024 units", ignoring(units=1024), "The argument says how many units the dense layer has.")
exercise.slip("a ReLU that is cut at 6", edit('filters, 1, activation="relu"', 'filters, 1, activation="relu6"'), CUT)
