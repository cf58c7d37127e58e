"""A share of every label is spread over all classes, the right one among them."""

import numpy as np
from solutions.w5_classic import smooth_labels

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring

exercise = Exercise(
    smooth_labels,
    points=5,
    hints=[
        "Ids first become one-hot: np.eye(classes)[labels] picks a row of the identity for each of them.",
        "Every class gets epsilon / K, and the right one 1 − epsilon on top of it: the row adds up to 1.",
        "(1 - epsilon) * one_hot + epsilon / classes, where one_hot is labels itself if it has two axes.",
    ],
)


@exercise.cases
def cases(rng):
    K = draw.number(rng, 5, 9)

    def ids(m, classes=K):
        return rng.integers(0, classes, m)

    def one_hot(m, classes=K, dtype=np.int64):
        return np.eye(classes, dtype=dtype)[ids(m, classes)]

    yield case("ids", ids(K + 3), K, 0.2)
    yield case("one-hot", one_hot(K + 4), K, 0.3)
    yield case("ids, nothing else said", ids(K + 2), K)
    yield case("one-hot, of single precision, nothing else said", one_hot(K - 1, dtype=np.float32), K)
    yield case("as many pictures as classes", one_hot(K), K, 0.15)
    yield case("two classes", ids(7, 2), 2, 0.25)
    yield case("the last class does not occur", ids(K, K - 2), K + 1, 0.1)
    yield case("no doubt", ids(K + 1), K, 0.0)
    yield case("nothing but doubt", ids(K - 2), K, 1.0)
    yield case("ids that are bytes", ids(6, 4).astype(np.uint8), 4, 0.4)
    yield case("one picture", ids(1), K, 0.2)
    yield case("no picture", np.zeros(0, np.int64), K, 0.2)


exercise.slip(
    "the right class gets no share",
    edit("(1 - epsilon) * one_hot + epsilon / classes", "np.where(one_hot, 1 - epsilon, epsilon / (classes - 1))"),
    "The share is spread over all K classes, the right one among them.",
)
exercise.slip("rows do not add up to 1", edit("(1 - epsilon) * one_hot", "one_hot"), "What the other classes get is taken from the right one.")
exercise.slip("the right class alone is lowered", edit(" + epsilon / classes", ""), "What is taken from the right class goes to all of them, evenly.")
exercise.slip("every class gets epsilon", edit("epsilon / classes", "epsilon"), "epsilon is shared out among K classes.")
exercise.slip("epsilon is what stays", beforehand(epsilon="1 - epsilon"), "epsilon is the share that is spread; 1 − epsilon stays where it was.")
exercise.slip("epsilon is always 0.1", ignoring(epsilon=0.1), "The caller says how much doubt there is.")
exercise.slip(
    "as many classes as occur", beforehand(classes="int(labels.max(initial=0)) + 1 if labels.ndim == 1 else classes"), "The last class may be missing in a batch: `classes` says how many there are."
)
exercise.slip("ids only", lambda labels, classes, epsilon=0.1: (1 - epsilon) * np.eye(classes)[labels.astype(int)] + epsilon / classes, "Labels with two axes are one-hot already.")
exercise.slip("one-hot only", edit("np.eye(classes)[labels] if labels.ndim == 1 else labels", "labels.reshape(len(labels), -1)"), "Labels with one axis are ids: make them one-hot first.")
exercise.slip("the ids come back", afterwards(lambda result: result.argmax(axis=1)), "A row of K numbers is asked for each picture.")
