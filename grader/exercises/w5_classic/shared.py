"""What several exercises of `w5_classic` have in common."""

from functools import partial

from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model

Model = partial(Exercise, limit_float32=3e-3, pair_cases=1, observer=look_at_model)  # a GPU may multiply with ten bits after the point

CUT = "ReLU has no upper end here."
DROPOUT = "Dropout follows each of the two dense layers before the last, and sets half of their numbers to 0."
MODE = "Call each normalisation with training=training, or it never learns which mode it is in."
NO_BIAS = "The normalisation that follows takes a bias away again: the convolutions have none."
NO_MEMORY = "Leave momentum at Keras's default: inference relies on what was seen before."
NORMALISED_FIRST = "Convolution, then normalisation, then ReLU: in this order."
PROBABILITIES = "The outputs are probabilities: they add up to 1."
ROWS = "Which axis of (m, n_H, n_W, n_C) holds the channels?"
