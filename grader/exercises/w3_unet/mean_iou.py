"""Which classes are averaged, and which pixels are dropped before."""

import numpy as np
from solutions.w3_unet import mean_iou

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, edits, exchanging

exercise = Exercise(
    mean_iou,
    points=13,
    limit=5e-7,  # a mean of quotients of counts: 1e-6 more in the denominators is seen where classes have one pixel
    forbids=("jaccard_score", "jaccard", "confusion_matrix", "MeanIoU", "OneHotMeanIoU", "OneHotIoU", "IoU"),
    hints=[
        "For each class c there are two masks: y_true == c and y_pred == c. Count the pixels that both have, and those that at least one has.",
        "Drop the ignored pixels first, from both maps: kept = y_true != ignore. Then skip class `ignore`, and every class whose union is 0.",
        "np.sum((y_true == c) & (y_pred == c)) / np.sum((y_true == c) | (y_pred == c)), collected in a list; the mean of the list, or 0.0 where it is empty.",
    ],
)


@exercise.cases
def cases(rng):
    classes = draw.number(rng, 5, 8)

    def maps(*shape, n=classes, right=0.5):
        """Return two maps: both have every class, and somewhere each but the last is mistaken for the next."""
        y_true = rng.integers(0, n, shape)
        y_pred = np.where(rng.random(shape) < right, y_true, rng.integers(0, n, shape))
        y_true.flat[: 2 * n - 1], y_pred.flat[: 2 * n - 1] = [*range(n), *range(n - 1)], [*range(n), *range(1, n)]
        return y_true, y_pred

    last = classes - 1
    yield case("every class is there", *maps(2, 9, 11), classes)
    yield case("two classes that neither map has", *maps(8, 9), classes + 2)
    y_true, y_pred = maps(7, 12)
    yield case("a class that is only guessed", np.where(y_true == last, 2, y_true), y_pred, classes)
    yield case("a class that is never guessed", y_true, np.where(y_pred == last, 0, y_pred), classes)
    y_true, y_pred = maps(3, 6, 8)
    y_true[rng.random(y_true.shape) < 0.3] = 255
    y_true.flat[:2], y_pred.flat[:2] = 255, (0, 1)
    yield case("void pixels", y_true.astype(np.uint8), y_pred.astype(np.uint8), classes, ignore=255)
    yield case("a class in the guesses for void pixels alone", y_true, np.where(y_true == 255, classes, y_pred), classes + 1, 255)
    yield case("class 0 is ignored", *maps(10, 9, right=0.4), classes, ignore=0)
    yield case("another class is ignored", *maps(2, 8, 7, right=0.4), classes, ignore=3)
    rare = np.arange(117).reshape(9, 13) < 15
    yield case("some classes far rarer than others", *(np.where(rare, one, 0) for one in maps(9, 13)), classes)
    yield case("many classes, in bytes", *(one.astype(np.uint8) for one in maps(20, 25, n=40)), 40)
    yield case("one row of pixels", *maps(40), classes)
    yield case("one pixel of each class, two mistaken", np.arange(classes), np.r_[1, 0, 2:classes], classes)
    yield case("nothing in common", y_true % classes, (y_true + 1) % classes, classes)
    yield case("one class", *np.zeros((2, 4, 5), int), 1)
    yield case("nothing is left", np.full((4, 5), 2), maps(4, 5)[0], classes, 2)
    yield case("no pixel", np.zeros((0, 4, 5), np.uint8), np.zeros((0, 4, 5), np.uint8), classes)


exercise.slip("absent classes count as 0", edits((" and union > 0", ""), ("/ union)", "/ max(union, 1))")), "A class that neither map has was not missed by anybody: leave it out of the mean.")
exercise.slip(
    "absent classes count as 1", edits((" and union > 0", ""), ("/ union)", "/ union if union else 1.0)")), "A class that neither map has was not found by anybody: leave it out of the mean."
)
exercise.slip("classes that are only guessed are left out", edit("union > 0", "np.any(y_true == c)"), "A class that is guessed where there is none is a mistake: its IoU is 0, and counts.")
exercise.slip("classes that are never guessed are left out", edit("union > 0", "np.any(y_pred == c)"), "A class that is never found is a mistake: its IoU is 0, and counts.")
exercise.slip(
    "the share of right pixels",
    lambda y_true, y_pred, n_classes, ignore=None: np.mean((y_true == y_pred)[y_true != ignore]) if np.any(y_true != ignore) else 0.0,
    "This is the accuracy: large classes hide the small ones. Take each class by itself, then the mean.",
)


def all_classes_together(y_true, y_pred, n_classes, ignore=None):
    classes = [c for c in range(n_classes) if c != ignore]
    A, B = (one[y_true != ignore][:, None] == classes for one in (y_true, y_pred))
    return np.sum(A & B) / max(np.sum(A | B), 1)


exercise.slip("all classes together", all_classes_together, "Each class has an IoU of its own; the mean is over these.")
exercise.slip(
    "the overlap counts twice below", edit("np.sum((y_true == c) | (y_pred == c))", "np.sum(y_true == c) + np.sum(y_pred == c)"), "The union has each pixel once, those that both maps have as well."
)
exercise.slip("Dice, not IoU", edit("/ union)", "* 2 / (np.sum(y_true == c) + np.sum(y_pred == c)))"), "That is Dice, which is never smaller. IoU divides by the union.")
exercise.slip("divided by the true pixels alone", edit("/ union)", "/ max(np.sum(y_true == c), 1))"), "That is recall: to call everything a car would earn full marks for cars. Divide by the union.")
exercise.slip("guessed pixels are dropped", exchanging("y_true", "y_pred"), "Which pixels are dropped does not depend on the guess.")
exercise.slip("no pixel is dropped", beforehand(y_true="np.where(y_true == ignore, n_classes, y_true)"), "Pixels whose true class is ignored count for no class at all.")
exercise.slip(
    "the ignored class is averaged all the same", beforehand(y_pred="y_pred[y_true != ignore]", y_true="y_true[y_true != ignore]", ignore="None"), "The ignored class itself has no part in the mean."
)
exercise.slip("class 0 cannot be ignored", beforehand(ignore="ignore or None"), "0 is a class too, and false in Python: ask whether ignore `is not None`.")
exercise.slip(
    "not a number where nothing is left",
    lambda y_true, y_pred, n_classes, ignore=None: mean_iou(y_true, y_pred, n_classes, ignore) if np.any(y_true != ignore) else np.nan,
    "The mean of no numbers is not a number; the docstring says what to return.",
)

exercise.equivalent("(y_true, y_pred) → (y_pred, y_true)", "once pixels are dropped, neither map comes first")
exercise.equivalent("(y_true[kept], y_pred[kept]) → (y_pred[kept], y_true[kept])", "once pixels are dropped, neither map comes first")
