"""`convolve2d` is the cross-correlation with the kernel flipped both ways."""

from solutions.w1_conv import convolve2d, cross_correlate2d

from grader.exercises.w1_conv.shared import ROUTINES, correlation_cases
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand

exercise = Exercise(
    convolve2d,
    points=5,
    uses=["cross_correlate2d"],
    forbids=ROUTINES,
    hints=[
        "It is a cross-correlation with another kernel.",
        "x[::-1] reverses the first axis. A kernel has two axes.",
    ],
)

exercise.cases(correlation_cases)
exercise.also("single precision", "whole numbers", "whole numbers under fractions")

exercise.slip("the kernel is not flipped", lambda image, kernel: cross_correlate2d(image, kernel), "That is the cross-correlation: a convolution flips the kernel first.")
exercise.slip("one axis is flipped", lambda image, kernel: cross_correlate2d(image, kernel[::-1, :]), "Flip both: upside down and left to right.")
exercise.slip("the kernel is transposed", lambda image, kernel: cross_correlate2d(image, kernel.T), "Rows stay rows: flipping turns the kernel around, transposing swaps its axes.")
exercise.slip("the kernel is turned by a quarter", beforehand(kernel="np.rot90(kernel)"), "Turned by half: both axes are flipped.")
exercise.slip("the border is padded", beforehand(image="np.pad(image, [(k // 2, k - 1 - k // 2) for k in kernel.shape])"), "Valid size: only positions where the kernel lies wholly inside.")
