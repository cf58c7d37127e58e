"""The network of 1998: tanh and averages where later ones have ReLU and maxima."""

from solutions.w1_keras import LeNet5

from grader.exercises.w1_keras.shared import Model, pictures
from grader.spec.case import case
from grader.spec.wrong import edit, edits, ignoring, instead, leaving_out, passing, skipping

exercise = Model(
    LeNet5,
    points=15,
    hints=[
        "Two times convolution and average pooling, then Flatten and three dense layers. All but the last are tanh.",
        'layers.Conv2D(6, 5, activation="tanh"), layers.AveragePooling2D(2), and again with 16 filters.',
        'layers.Dense(120, activation="tanh"), layers.Dense(84, activation="tanh"), layers.Dense(classes, activation="softmax").',
    ],
)


@exercise.cases
def cases(rng):
    yield case("ten numbers for each picture", look="sizes", pictures=pictures(rng, 3, 32, 32, 1))
    yield case("parameters", look="parameters", pictures=pictures(rng, 1, 32, 32, 1))
    yield case("how it begins", look="beginning", pictures=pictures(rng, 1, 32, 32, 1))
    yield case("given weights", look="inference", pictures=pictures(rng, 3, 32, 32, 1))
    yield case("given weights, strong light", look="inference", pictures=8 * pictures(rng, 3, 32, 32, 1))
    yield case("given weights, training", look="training", pictures=pictures(rng, 3, 32, 32, 1))
    yield case("four classes", classes=4, look="inference", pictures=pictures(rng, 2, 32, 32, 1))
    yield case("colour, not square", (28, 37, 3), 7, look="inference", pictures=pictures(rng, 2, 28, 37, 3))


exercise.slip("ReLU in place of tanh", edit('"tanh"', '"relu"', 4), "In 1998 the units were tanh.")
exercise.slip("max pooling", instead(AveragePooling2D="MaxPooling2D"), "In 1998 the windows were averaged.")
exercise.slip("padded convolutions", passing("Conv2D", padding="same"), "The convolutions are valid: 32 becomes 28.")
exercise.slip("always ten classes", ignoring(classes=10), "The argument says how many classes there are.")
exercise.slip("the layer of 84 is missing", skipping("Dense", only=2), "Two hidden layers stand between Flatten and the output.")
exercise.slip("no softmax", leaving_out("Dense", "activation", only=3), "The outputs are probabilities: they add up to 1.")
exercise.slip("the filters' numbers are swapped", edit("Conv2D(6, 5", "Conv2D(16, 5"), "6 filters first, then 16.")
exercise.slip("tanh forgotten in the first hidden layer", leaving_out("Dense", "activation", only=1), "Without tanh, two dense layers are no more than one.")
exercise.slip("tanh forgotten in both hidden layers", edits(('120, activation="tanh"', "120"), ('84, activation="tanh"', "84")), "Without tanh, two dense layers are no more than one.")
exercise.slip("one pooling only", skipping("AveragePooling2D", only=2), "Each convolution is followed by a pooling: 28 → 14, 10 → 5.")
