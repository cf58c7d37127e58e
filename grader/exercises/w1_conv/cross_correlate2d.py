"""`cross_correlate2d` lays the kernel down as it is, wherever it fits."""

from numpy.lib.stride_tricks import sliding_window_view
from solutions.w1_conv import cross_correlate2d

from grader.exercises.w1_conv.shared import ROUTINES, correlation_cases
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand

exercise = Exercise(
    cross_correlate2d,
    points=5,
    forbids=ROUTINES,
    hints=[
        "The result has (n_H - k_H + 1, n_W - k_W + 1) entries, one for each place of the kernel's upper left corner.",
        "At (h, w): multiply image[h : h + k_H, w : w + k_W] by the kernel, entry by entry, and sum.",
    ],
)

exercise.cases(correlation_cases)
exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("the kernel is flipped", beforehand(kernel="kernel[::-1, ::-1]"), "Cross-correlation lays the kernel down as it is; flipping it makes a convolution.")
exercise.slip("the border is padded", beforehand(image="np.pad(image, [(k // 2, k - 1 - k // 2) for k in kernel.shape])"), "Valid size: only positions where the kernel lies wholly inside.")
exercise.slip("the last row and column are missing", afterwards(lambda Z: Z[:-1, :-1]), "A side of n holds n - k + 1 positions of a kernel of k.")
exercise.slip("the kernel's sides are swapped", lambda image, kernel: (sliding_window_view(image, kernel.shape[::-1]) * kernel).sum(axis=(2, 3)), "shape has the rows first: k_H, then k_W.")
exercise.slip("fractions are cut off", lambda image, kernel: cross_correlate2d(image, kernel).astype(image.dtype), "An array of whole numbers cuts off what is put into it: which dtype has yours?")
exercise.slip("the sum is overwritten", lambda image, kernel: image[len(kernel) - 1 :, len(kernel.T) - 1 :] * kernel[-1, -1], "Every entry of the kernel adds its part: only the last one is left.")
