"""One picture in several sizes and in the mirror: the network is one that is made here, with given weights."""

import numpy as np
from solutions.w5_classic import multi_scale_predict

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, edits


def prediction_seen(function, image, sides, filters, kept={}):  # noqa: B006 - kept as long as this text: one check, one grading
    """Ask with a network of one convolution, whose filters are these."""
    import keras
    import numpy as np

    key = filters.shape
    if key not in kept:
        inputs = keras.Input((None, None, 3))
        even = keras.layers.BatchNormalization()(inputs)  # so that it is another network where it trains
        kept[key] = keras.Model(inputs, keras.layers.Conv2D(key[-1], key[:2], strides=2, activation="softmax")(even))
    ones, zeros = np.ones(3, np.float32), np.zeros(3, np.float32)
    kept[key].set_weights([ones, zeros, zeros, ones, filters, np.zeros(key[-1], np.float32)])
    found = np.asarray(keras.ops.convert_to_numpy(function(kept[key], image, sides)))
    return {"the probabilities": found, "their sum": float(found.sum())}


exercise = Exercise(
    multi_scale_predict,
    points=8,
    pair_cases=1,
    limit_float32=3e-3,
    observer=prediction_seen,
    hints=[
        "For one side first: by which factor does the shorter side grow, and how long is the longer one then?",
        "scale = side / min(n_H, n_W); data.resized(image, (round(n_H * scale), round(n_W * scale))); its mirror is picture[:, ::-1].",
        "model(np.stack([picture, picture[:, ::-1]])) gives (2, n_h', n_w', K): keras.ops.convert_to_numpy(…).mean(axis=(0, 1, 2)) for each side, and np.mean(…, axis=0) over the sides.",
    ],
)


@exercise.cases
def cases(rng):
    K = draw.number(rng, 3, 6)

    def asked(title, n_H, n_W, sides, classes=K, f=3):
        """Bright to one side and to one corner: the mirror, the places and the sizes answer differently."""
        down, right = np.mgrid[:n_H, :n_W]
        slope = (right / n_W + 0.5 * down / n_H)[..., None] * rng.uniform(0.5, 1.5, 3)
        image = (slope - slope.mean() + draw.normal(rng, n_H, n_W, 3)).astype(np.float32)
        filters = 1.2 / f * draw.single(rng, f, f, 3, classes)
        return case(title, image, sides, filters)

    yield asked("one size, wide", 16, 37, [9])
    yield asked("one size, high", 39, 17, [9])
    yield asked("three sizes", 20, 31, [9, 14, 24])
    yield asked("two sizes, high", 47, 22, [9, 13])
    yield asked("a square", 18, 18, [10, 15])
    yield asked("its own size", 15, 22, [15])
    yield asked("a size twice", 19, 30, [10, 10, 25])
    yield asked("two classes", 16, 29, [13, 8], classes=2)
    yield asked("windows of one pixel", 14, 23, [9, 19], f=1)


exercise.slip("the longer side becomes so long", edit("min(n_H, n_W)", "max(n_H, n_W)"), "`sides` says how long the shorter side becomes.")
exercise.slip("both sides become so long", edit("(round(n_H * scale), round(n_W * scale))", "(side, side)"), "The proportions stay: the longer side grows by the same factor.")
exercise.slip("the height becomes so long", edit("min(n_H, n_W)", "n_H"), "Which of the two sides is shorter depends on the picture.")
exercise.slip(
    "rounded down", edits(("round(n_H * scale)", "int(n_H * scale + 1e-6)"), ("round(n_W * scale)", "int(n_W * scale + 1e-6)")), "The nearest whole number keeps the proportions best: `round`."
)
exercise.slip("no mirror image", edit("np.stack([picture, picture[:, ::-1]])", "picture[None]"), "The picture is looked at twice: as it is, and with left and right exchanged.")
exercise.slip("the mirror image alone", edit("np.stack([picture, picture[:, ::-1]])", "np.ascontiguousarray(picture[None, :, ::-1])"), "Both count: the picture as it is, and its mirror image.")
exercise.slip("upside down", edit("picture[:, ::-1]", "picture[::-1]"), "The mirror exchanges left and right: the second axis of (n_H, n_W, 3).")
exercise.slip("the colours are mirrored", edit("picture[:, ::-1]", "picture[:, :, ::-1]"), "The mirror exchanges left and right: the second axis of (n_H, n_W, 3).")
exercise.slip("the strongest size wins", edit("np.mean(found, axis=0)", "np.max(found, axis=0)"), "The mean over all sizes is asked for.")
exercise.slip("the strongest place wins", edit(".mean(axis=(0, 1, 2))", ".max(axis=(0, 1, 2))"), "The mean over all places is asked for.")
exercise.slip("the place in the middle", edit(".mean(axis=(0, 1, 2))", "[:, places.shape[1] // 2, places.shape[2] // 2].mean(axis=0)"), "Every place counts: take the mean over rows and columns.")
exercise.slip(
    "larger sizes count more",
    edits((".mean(axis=(0, 1, 2))", ".mean(axis=0).reshape(-1, places.shape[3])"), ("np.mean(found, axis=0)", "np.concatenate(found).mean(axis=0)")),
    "A large picture has more places, but each size counts alike: mean over places first, over sizes last.",
)
exercise.slip("the first size alone", beforehand(sides="sides[:1]"), "Every size of `sides` is looked at.")
exercise.slip("the last size alone", beforehand(sides="sides[-1:]"), "Every size of `sides` is looked at.")
exercise.slip("summed over the sizes", edit("np.mean(found, axis=0)", "np.sum(found, axis=0)"), "Probabilities add up to 1: it is a mean.")
exercise.slip("a class, not its probability", afterwards(lambda result: result.argmax()), "K numbers are asked for, one for each class.")
exercise.slip("the network is told to train", edit("training=False", "training=True"), "Nothing is learnt here: call the network with training=False, or say nothing.")

exercise.equivalent("model(np.stack([picture, picture[:, ::-1]]), training=False) → model(np.stack([picture, picture[:, ::-1]]))", "outside of fit, Keras does not train")
exercise.equivalent("[picture, picture[:, ::-1]] → [picture[:, ::-1], picture]", "a mean")
for axes in ("(1, 0, 2)", "(0, 2, 1)"):
    exercise.equivalent(f"(0, 1, 2) → {axes}", "a mean over the same axes")
