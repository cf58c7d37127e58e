"""What several exercises of `w5_classic` have in common."""

from functools import partial

from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model
from grader.spec.wrong import edit, ignoring, skipping

Model = partial(Exercise, limit_float32=3e-3, pair_cases=1, observer=look_at_model)  # a GPU may multiply with ten bits after the point

CUT = "ReLU has no upper end here."
DROPOUT = "Dropout follows each of the two dense layers before the last, and sets half of their numbers to 0."
TWO_DENSE = "Two dense layers with ReLU and dropout, then the last one."
MODE = "Call each normalisation with training=training, or it never learns which mode it is in."
NO_BIAS = "The normalisation that follows takes a bias away again: the convolutions have none."
NO_MEMORY = "Leave momentum at Keras's default: inference relies on what was seen before."
NORMALISED_FIRST = "Convolution, then normalisation, then ReLU: in this order."
PROBABILITIES = "The outputs are probabilities: they add up to 1."
ROWS = "Which axis of (m, n_H, n_W, n_C) holds the channels?"


def slips_of_the_dense_end(exercise):
    """Declare what goes wrong in the dense layers, which AlexNet and VGG have alike."""
    dense, dropout = 'X = layers.Dense(units, activation="relu")(X)', "X = layers.Dropout(0.5)(X)"
    exercise.slip("no dropout", skipping("Dropout"), DROPOUT)
    exercise.slip("dropout after one dense layer", edit(f"        {dropout}\n", f"    {dropout}\n"), DROPOUT)
    exercise.slip(
        "dropout before the dense layers",
        edit(f"{dense}\n        {dropout}", f"{dropout}\n        {dense}"),
        "Dropout follows the dense layers: what comes into the first one is not dropped, what the second one gives is.",
    )
    exercise.slip("a rate of 0.3", edit("Dropout(0.5)", "Dropout(0.3)"), DROPOUT)
    exercise.slip("one dense layer before the last", edit("range(2)", "range(1)"), TWO_DENSE)
    exercise.slip("no ReLU in the dense layers", edit('layers.Dense(units, activation="relu")', "layers.Dense(units)"), "Between dense layers without ReLU nothing is gained: two of them are one.")
    exercise.slip("no softmax", edit('layers.Dense(classes, activation="softmax")', "layers.Dense(classes)"), PROBABILITIES)
    exercise.slip("always 1000 classes", ignoring(classes=1000), "The argument says how many classes there are.")
