"""`conv_nd_forward` treats every spatial axis alike, however many there are."""

from solutions.w1_conv import conv_nd_forward

from grader.exercises.w1_conv.shared import ROUTINES
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, ignoring

exercise = Exercise(
    conv_nd_forward,
    points=7,
    uses=["output_size"],
    forbids=ROUTINES,
    hints=[
        "W.ndim - 2 is the number of spatial axes. Build the lists for np.pad and for slicing from it.",
        "Loop over the filter's offsets (np.ndindex(*f)) and add a slice of the input @ W[offset]; or take all windows at once.",
        "sliding_window_view takes several axes. Move the channels behind the window's axes, then it is one matrix product.",
    ],
)


@exercise.cases
def cases(rng):
    n_H, n_W = draw.sides(rng)
    h, w = draw.sides(rng, 2, 4)
    yield case("1-D: 14 samples, 16 filters of 5", draw.normal(rng, 2, 14, 1), draw.normal(rng, 5, 1, 16), draw.normal(rng, 16))
    yield case("1-D, stride 3, pad 2", draw.normal(rng, 2, 13, 2), draw.normal(rng, 4, 2, 3), draw.normal(rng, 3), 3, 2)
    yield case("1-D, bias (n_C, 1)", draw.normal(rng, 2, 7, 2), draw.normal(rng, 3, 2, 3), draw.normal(rng, 3, 1), 1, 1)
    yield case("2-D, bias (1, 1, 1, n_C)", draw.normal(rng, 2, n_H, n_W, 3), draw.normal(rng, 3, 3, 3, 2), draw.normal(rng, 1, 1, 1, 2), 1, 1)
    yield case("2-D, a filter that is not square, stride 2", draw.normal(rng, 2, 2 * h, 2 * w, 2), draw.normal(rng, 2, 3, 2, 2), draw.normal(rng, 2), 2, 1)
    yield case("2-D, filters of whole numbers", draw.normal(rng, 2, n_W, n_H, 2), draw.whole(rng, 2, 2, 2, 2), draw.whole(rng, 2))
    yield case("3-D", draw.normal(rng, 1, 6, 5, 7, 1), draw.normal(rng, 3, 3, 3, 1, 4), draw.normal(rng, 4))
    yield case("3-D, two channels, stride 2, pad 1", draw.normal(rng, 2, 5, 4, 6, 2), draw.normal(rng, 2, 3, 1, 2, 3), draw.normal(rng, 1, 3), 2, 1)
    yield case("4-D, a stride alone", draw.normal(rng, 1, 4, 3, 5, 2, 2), draw.normal(rng, 2, 1, 2, 2, 2, 2), draw.normal(rng, 2), 2)


exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("the bias is left out", beforehand(b="0 * b"), "Each filter adds its bias, whatever the number of axes.")
exercise.slip("the first bias for every filter", beforehand(b="np.full_like(b, b.flat[0])"), "Each filter adds its own bias.")
exercise.slip("the stride holds for one axis", lambda A_prev, W, b, stride=1, pad=0: conv_nd_forward(A_prev, W, b, 1, pad)[:, ::stride], "The stride is the same along every spatial axis.")
exercise.slip("padding is left out", ignoring(pad=0), "`pad` zeros belong at both ends of every spatial axis.")
exercise.slip("the filters are flipped", beforehand(W="np.flip(W, axis=tuple(range(W.ndim - 2)))"), "In a network the filter is laid down as it is.")
exercise.slip(
    "zeros at the beginning only",
    beforehand(A_prev="np.pad(A_prev, [(0, 0), *[(pad, 0)] * (A_prev.ndim - 2), (0, 0)])", pad="0"),
    "`pad` zeros belong at both ends of every spatial axis.",
)
exercise.slip("every axis is padded", beforehand(A_prev="np.pad(A_prev, pad)", pad="0"), "Batch and channels get no zeros.")
