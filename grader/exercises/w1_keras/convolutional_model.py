"""A first functional model; the sizes follow the argument."""

from solutions.w1_keras import convolutional_model

from grader.exercises.w1_keras.shared import Model, pictures
from grader.spec.case import case
from grader.spec.wrong import edit, ignoring, instead, leaving_out, passing, skipping

exercise = Model(
    convolutional_model,
    points=20,
    hints=[
        "The functional way: inputs = keras.Input(input_shape), then x = layer(x) again and again, last keras.Model(inputs, outputs).",
        'layers.Conv2D(8, 4, padding="same"), layers.ReLU(), layers.MaxPooling2D(8, strides=8, padding="same"), and the same once more.',
        'layers.Flatten() and layers.Dense(6, activation="softmax") end it.',
    ],
)


@exercise.cases
def cases(rng):
    for title, look, light, shape in (
        ("six numbers for each picture", "sizes", 1, (64, 64, 3)),
        ("parameters", "parameters", 1, (64, 64, 3)),
        ("how it begins", "beginning", 1, (64, 64, 3)),
        ("given weights", "inference", 1, (64, 64, 3)),
        ("given weights, strong light", "inference", 40, (64, 64, 3)),
        ("given weights, training", "training", 1, (64, 64, 3)),
        ("parameters for another size", "parameters", 1, (40, 56, 1)),
        ("given weights, not square, grey", "inference", 1, (40, 56, 1)),
        ("given weights, sides that 8 does not divide", "inference", 1, (50, 37, 3)),
    ):
        yield case(title, shape, look=look, pictures=light * pictures(rng, 3, *shape), dense=1 / light)


exercise.slip("valid convolutions", passing("Conv2D", padding="valid"), 'All four layers with a window are padded: padding="same".')
exercise.slip("the first convolution is valid", edit('layers.Conv2D(8, 4, padding="same")', "layers.Conv2D(8, 4)"), "Both convolutions keep the size of the picture: same.")
exercise.slip("valid pooling", passing("MaxPooling2D", padding="valid"), 'All four layers with a window are padded: padding="same".')
exercise.slip("pooling at stride 1", passing("MaxPooling2D", only=1, strides=1), "The 8 × 8 windows stand side by side: what stride is that?")
exercise.slip("no ReLU after the first convolution", skipping("ReLU", only=1), "Each convolution is followed by a ReLU, or two of them are no more than one.")
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), "ReLU has no upper end here.")
exercise.slip("the filters' sizes are swapped", edit("Conv2D(8, 4, ", "Conv2D(8, 2, "), "The first convolution has 4 × 4 filters, the second 2 × 2.")
exercise.slip("no softmax", leaving_out("Dense", "activation"), "The six outputs are probabilities: they add up to 1.")
exercise.slip("sigmoid", passing("Dense", activation="sigmoid"), "Only one of the six digits is shown: the outputs must add up to 1.")
exercise.slip("ten classes", edit("Dense(6", "Dense(10"), "There are the digits 0 to 5: how many is that?")
exercise.slip("averaged over the picture", instead(Flatten="GlobalAveragePooling2D"), "Flatten keeps every place; a mean would forget where something was.")
exercise.slip("average pooling", instead(MaxPooling2D="AveragePooling2D"), "The strongest answer of each window is kept, not the mean.")
exercise.slip("the size is fixed", ignoring(input_shape=(64, 64, 3)), "The argument says how large a picture is.")

exercise.equivalent("layers.MaxPooling2D(8, strides=8, padding='same') → layers.MaxPooling2D(8, padding='same')", "the stride is the window's side by default")
exercise.equivalent("layers.MaxPooling2D(4, strides=4, padding='same') → layers.MaxPooling2D(4, padding='same')", "the stride is the window's side by default")
