"""`depthwise_conv`: channel c meets filter c and no other; the output is of X's and W's common dtype."""

from solutions.w2_mobilenet import depthwise_conv

from grader.exercises.w2_mobilenet.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, ignoring

exercise = Exercise(
    depthwise_conv,
    points=14,
    forbids=ROUTINES,
    hints=[
        "It is conv_forward without the sum over channels, and without a loop over filters: channel c meets filter c.",
        "Pad, work out n_H and n_W, then for each window: multiply by W and add up over rows and columns, not over channels.",
        "A window X[:, top : top + f, left : left + f] is (m, f, f, n_C) and W is (f, f, n_C): (window * W).sum(axis=(1, 2)).",
    ],
)


@exercise.cases
def cases(rng):
    m, n_C, k = draw.number(rng, 2, 4), draw.number(rng, 3, 6), draw.number(rng, 2, 4)
    W = draw.normal(rng, 3, 3, n_C)
    yield case("3 × 3, same size", draw.normal(rng, m, 5, 7, n_C), W, 1, 1)
    yield case("valid", draw.normal(rng, m, 6, 5, n_C), W, 1, 0)
    yield case("stride 2", draw.normal(rng, m, 7, 9, n_C), W, 2, 1)
    yield case("stride 2 that leaves a rest", draw.normal(rng, m, 2 * k + 2, 2 * k + 4, n_C), W, 2, 0)
    yield case("stride 3, padded by 2", draw.normal(rng, m, 3 * k + 2, 3 * k, n_C), draw.normal(rng, 2, 2, n_C), 3, 2)  # rests 1 and 2
    yield case("even filters", draw.normal(rng, m, 5, 4, n_C), draw.normal(rng, 4, 4, n_C), 1, 0)
    yield case("1 × 1 filters, stride 2", draw.normal(rng, m, 5, 6, n_C), W[:1, :1], 2, 0)
    yield case("filters as large as the picture", draw.normal(rng, m, 3, 3, n_C), W, 2, 0)
    yield case("as many pixels as channels", draw.normal(rng, 3, 3, 3, 3), draw.normal(rng, 3, 3, 3), 1, 1)
    yield case("one channel, one picture", draw.normal(rng, 1, 4, 6, 1), draw.normal(rng, 3, 3, 1), 1, 0)
    yield case("fractions under whole numbers", draw.normal(rng, m, 5, 6, n_C), draw.whole(rng, 3, 3, n_C), 1, 1)


exercise.also("single precision", "whole numbers", "whole numbers under fractions")
exercise.equivalent("W.shape[0] → W.shape[1]", "filters are square")
exercise.equivalent("np.zeros((X.shape[0], n_H, n_W, X.shape[3]), dtype=np.result_type(X, W)) → np.zeros((X.shape[0], n_H, n_W, X.shape[3]))", "any number's type will do")
exercise.equivalent("np.result_type(X, W) → np.result_type(W, X)", "the order does not matter")

exercise.slip("the channels are mixed", beforehand(X="X.sum(axis=3, keepdims=True) + 0 * X"), "Filter c sees channel c and no other.")
exercise.slip("one sum over all channels", afterwards(lambda Z: Z.sum(axis=3, keepdims=True) + 0 * Z), "Add up over rows and columns only: every channel keeps its own result.")
exercise.slip(
    "windows ignore the stride",
    lambda X, W, stride, pad: depthwise_conv(X, W, 1, pad)[tuple(map(slice, depthwise_conv(X, W, stride, pad).shape))],
    "The window of output row h does not start at input row h when the stride is 2.",
)
exercise.slip("one filter for all channels", beforehand(W="W[..., :1] + 0 * W"), "Each channel has a filter of its own: W[:, :, c].")
exercise.slip("padding is left out", ignoring(pad=0), "pad zeros belong on each side of the picture first.")
exercise.slip("the filters are turned around", beforehand(W="W[::-1, ::-1]"), "As everywhere in this course, filters are not turned: it is a cross-correlation.")
exercise.slip("the last window is missing", afterwards(lambda Z: Z[:, :-1, :-1]), "Count the position you start from as well.")
exercise.slip("rows and columns are swapped", beforehand(W="W.transpose(1, 0, 2)"), "The first axis of W goes down, the second across.")
