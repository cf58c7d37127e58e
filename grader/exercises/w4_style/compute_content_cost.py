"""The squared difference of what the last layer sees, with a gradient by the generated picture's."""

import numpy as np
from keras import ops
from solutions.w4_style import compute_content_cost

from grader.exercises.w4_style.shared import IN_NUMPY, NO_GRADIENT, single
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import afterwards, instead

exercise = Exercise(
    compute_content_cost,
    points=9,
    observer=look_at_loss,
    hints=[
        "Take the last of each list; its shape is (1, n_H, n_W, n_C).",
        "keras.ops.square of the difference, keras.ops.sum over all of it.",
        "Divide by 4 * n_H * n_W * n_C. No NumPy: the gradient has to come through.",
    ],
)


@exercise.cases
def cases(rng):
    def one(title, *shapes, numbers=single):
        seen, made = ([numbers(rng, 1, *shape) for shape in shapes] for _ in range(2))
        return case(title, y_true=seen, y_pred=made)

    yield one("one layer", (4, 5, 3))
    yield one("three layers, the last counts", (8, 6, 2), (4, 3, 4), (2, 2, 5))
    yield one("wider than high", (3, 9, 4))
    yield one("all layers alike in shape", (4, 4, 3), (4, 4, 3), (4, 4, 3))
    yield one("many channels, one place", (5, 5, 2), (1, 1, 17))
    yield one("one channel", (6, 7, 1))
    yield one("six layers", *[(3, 4, 2)] * 5, (5, 3, 6))
    yield one("numbers of both signs", (3, 4, 5), (4, 3, 2), numbers=draw.single)
    yield case("a single number", y_true=[1 + single(rng, 1, 1, 1, 1)], y_pred=[np.zeros((1, 1, 1, 1), np.float32)])
    same = [single(rng, 1, 3, 4, 2), single(rng, 1, 2, 3, 4)]
    yield case("the photograph itself", y_true=same, y_pred=same)


exercise.equivalent("(a_C, a_G) → (a_G, a_C)", "a difference, squared")
exercise.equivalent("(content_output[-1], generated_output[-1]) → (generated_output[-1], content_output[-1])", "a difference, squared")
exercise.equivalent("(_, n_H, n_W, n_C) → (_, n_W, n_H, n_C)", "a product")
exercise.equivalent("(_, n_H, n_W, n_C) → (_, n_H, n_C, n_W)", "a product")

exercise.slip("computed in NumPy", IN_NUMPY, NO_GRADIENT)
exercise.slip("the first layer", lambda C, G: compute_content_cost(C[:1], G[:1]), "Content is what the last of the layers sees.")
exercise.slip("the last but one", lambda C, G: compute_content_cost(C[-2:][:1], G[-2:][:1]), "Content is what the last of the layers sees.")
exercise.slip("the squared sum", instead(sum="square", square="sum"), "Square each difference first, then add up: else they cancel.")
exercise.slip("not squared", instead(square="abs"), "The differences are squared.")
exercise.slip("no division", lambda C, G: ops.sum(ops.square(C[-1] - G[-1])), "The sum is divided by 4 n_H n_W n_C.")
exercise.slip("one half", lambda C, G: ops.sum(ops.square(C[-1] - G[-1])) / 2, "That is the paper's constant; here it is 1 / (4 n_H n_W n_C).")
exercise.slip("2 in place of 4", afterwards(lambda result: 2 * result), "The constant is 1 / (4 n_H n_W n_C).")
exercise.slip("the mean, without the 4", afterwards(lambda result: 4 * result), "The constant is 1 / (4 n_H n_W n_C).")
exercise.slip("channels left out of the constant", lambda C, G: compute_content_cost(C, G) * G[-1].shape[-1], "The constant is 1 / (4 n_H n_W n_C).")
exercise.slip("all layers", lambda C, G: sum(compute_content_cost([a_C], [a_G]) for a_C, a_G in zip(C, G)), "Only the last layer's activations are the content.")
