"""A network out of the student's two blocks; slow to build, so that few cases ask it."""

import numpy as np
from solutions.w2_resnet import ResNet50

from grader.exercises.w2_resnet.shared import CUT, NO_MEMORY, Block
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import edit, edits, ignoring, leaving_out, passing

exercise = Block(
    ResNet50,
    points=20,
    uses=["identity_block", "convolutional_block"],
    limit_float32=0.02,
    pair_cases=0,
    hints=[
        "Five stages. The first is four layers on the padded picture; each of the others is one convolutional block and some identity blocks.",
        "Stage 3, for example: X = convolutional_block(X, 3, [128, 128, 512], s=2), then three times X = identity_block(X, 3, [128, 128, 512]).",
        'The end: layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(classes, activation="softmax"). model.count_params() must be 23,600,006.',
    ],
)


@exercise.cases
def cases(rng):
    def shown(look, light, m=2, shape=(64, 64, 3), dense=3e-4):
        # Noise looks alike wherever it comes from: each picture has a light and a tint of its own, the answers differ.
        tint = rng.random((m, 1, 1, 1)) * rng.random((m, 1, 1, shape[-1])) + 0.05
        pictures = (4 * light * tint * rng.random((m, *shape))).astype(np.float32)
        return {"look": look, "pictures": pictures, "dense": dense / light}

    yield case("six numbers for each picture", **shown("sizes", 1, m=1))
    yield case("parameters, trained and others", **shown("parameters", 1, m=1))
    yield case("given weights, strong light", **shown("inference", 40))
    yield case("given weights, a batch's statistics", **shown("training", 1, m=4, dense=0.05))  # normalised by the batch, the features are small
    yield case("more classes, grey, not square", (64, 96, 1), draw.number(rng, 7, 10), **shown("inference", 1, shape=(64, 96, 1)))


exercise.slip("a block of stage 4 is missing", edit("(256, 2, 5)", "(256, 2, 4)"), "Stages 2 to 5 have 3, 4, 6 and 3 blocks, the first of each among them.")
exercise.slip(
    "a block too many in each stage",
    edits(("(64, 1, 2)", "(64, 1, 3)"), ("(128, 2, 3)", "(128, 2, 4)"), ("(256, 2, 5)", "(256, 2, 6)"), ("(512, 2, 2)", "(512, 2, 3)")),
    "Stages 2 to 5 have 3, 4, 6 and 3 blocks, the first of each among them: how many identity blocks are left?",
)
exercise.slip("stage 2 has a stride", passing("convolutional_block", s=2), "The pooling before stage 2 has halved the picture already: its stride is 1.")
exercise.slip("no softmax", leaving_out("Dense", "activation"), "The outputs are probabilities: they add up to 1.")
exercise.slip("always six classes", ignoring(classes=6), "The argument says how many classes there are.")
exercise.slip(
    "the last pooling is padded",
    edit("layers.AveragePooling2D(2)", "layers.AveragePooling2D(2, padding='same')"),
    "Padding makes windows of their own at the edges: the last pooling has none.",
)
exercise.slip("averaged over the picture", edit("layers.AveragePooling2D(2)", "layers.GlobalAveragePooling2D()"), "The average is of 2 × 2 windows: for other pictures that is not the whole.")
exercise.slip("a running mean without memory", passing("BatchNormalization", momentum=0.0), NO_MEMORY)
exercise.slip("a ReLU that is cut at 6", passing("ReLU", max_value=6), CUT)

exercise.equivalent("layers.BatchNormalization(axis=3) → layers.BatchNormalization()", "the channels are the last axis, which is the default")
