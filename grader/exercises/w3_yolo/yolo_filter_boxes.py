"""The boxes that a detector is sure of: scores at, above and below the threshold, all left, one, and none."""

import numpy as np
from keras import ops
from solutions.w3_yolo import yolo_filter_boxes

from grader.exercises.w3_yolo.shared import exactly_on, found_boxes, grid_of
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring, instead, passing

exercise = Exercise(
    yolo_filter_boxes,
    points=8,
    observer=found_boxes,
    pair_cases=2,
    hints=[
        "Confidence (…, 1) times probabilities (…, C) gives a score for each class. Each box needs the largest of them, and where it stands.",
        "ops.max and ops.argmax along axis=-1 give those: two tensors (…). Comparing the first with the threshold gives a mask.",
        "A mask picks from all three: scores[kept], boxes[kept], classes[kept], with kept = scores >= threshold.",
    ],
)


@exercise.cases
def cases(rng):
    n = int(rng.integers(5, 8))
    yield case("a grid of anchors", *grid_of(rng, 4, 3, 2, n_classes=n), threshold=0.5)
    yield case("the default threshold", *grid_of(rng, 3, 5, 3, n_classes=4), also=[exactly_on(rng, 9, 0.59375), exactly_on(rng, 9, 0.625)])
    yield case("a low threshold", *grid_of(rng, 3, 4, 2, n_classes=3), 0.125)
    yield case("a row of boxes", *grid_of(rng, 12, n_classes=n), threshold=0.375)
    yield case("a batch of grids", *grid_of(rng, 2, 2, 3, 2, n_classes=3), threshold=0.5)
    yield case("as many classes as anchors", *grid_of(rng, 2, 3, 4, n_classes=4), threshold=0.375)
    yield case("as many classes as boxes", *grid_of(rng, 4, 4, n_classes=4), threshold=0.375)
    yield case("more classes than boxes", *grid_of(rng, 2, 2, n_classes=30), threshold=0.3)
    yield case("one class", *grid_of(rng, 3, 4, 2, n_classes=1), threshold=0.25)
    yield case("scores exactly at the threshold", *exactly_on(rng, 9, 0.25), threshold=0.25)
    boxes, confidence, probabilities = grid_of(rng, 4, 3, 2, n_classes=3)
    sure = rng.permutation(np.resize(np.float32([0, 1]), confidence.size)).reshape(confidence.shape)
    yield case("sure, or sure that there is nothing", boxes, sure, probabilities, threshold=0.4)
    yield case("the lowest threshold", boxes, sure, probabilities[..., :1], threshold=0.0)
    boxes, confidence, probabilities = grid_of(rng, 3, 3, n_classes=2)
    yield case("none is left, and some are", boxes, confidence / 4, probabilities, threshold=0.5, also=[grid_of(rng, 3, 4, n_classes=3)])
    boxes, confidence, probabilities = exactly_on(rng, 9, 0.25)
    alone = np.arange(9)[:, None] == rng.integers(9)
    yield case("one is left, and one of one", boxes, np.where(alone, 1, confidence / 2).astype(np.float32), probabilities, threshold=0.5, also=[(boxes[:1], np.float32([[1]]), probabilities[:1])])


exercise.slip("a box on the threshold is dropped", edit("scores >= threshold", "scores > threshold"), "A box whose score is at least the threshold is kept: is 0.6 at least 0.6?")
exercise.slip("the threshold is ignored", ignoring(threshold=0.6), "The caller says how sure the detector must be; 0.6 is only what holds where nobody says.")
exercise.slip("every box is kept", ignoring(threshold=0.0), "Only boxes whose score is at least the threshold are kept.")
exercise.slip("the unsure boxes are kept", edit("scores >= threshold", "scores < threshold"), "The boxes below the threshold are those to drop.")
exercise.slip(
    "scores without the class's probability",
    beforehand(box_class_probs="ops.one_hot(ops.argmax(box_class_probs, axis=-1), box_class_probs.shape[-1])"),
    "How sure the detector is that something is there is one factor of the score: what is the other?",
)
exercise.slip("scores without the confidence", beforehand(box_confidence="ops.ones_like(box_confidence)"), "A class is likely if there is a thing at all: what is the score's other factor?")
exercise.slip("confidence plus probability", instead(multiply="add"), "The probability of both together is a product.")
exercise.slip("the sum over the classes", instead(max="sum"), "A box is judged by its likeliest class alone.")
exercise.slip("the mean over the classes", instead(max="mean"), "A box is judged by its likeliest class alone.")
exercise.slip("the least likely class", instead(max="min", argmax="argmin"), "A box's class is the one with the largest probability.")
exercise.slip("argmax over the wrong axis", passing("argmax", axis=-2), "The classes stand on the last axis: which one does argmax look along?")
exercise.slip("the confidence alone decides", edit("scores >=", "box_confidence[..., 0] >="), "The score has to reach the threshold, not the confidence.")
exercise.slip("the class's probability alone decides", edit("scores >=", "ops.max(box_class_probs, axis=-1) >="), "The score has to reach the threshold, not the class's probability.")
exercise.slip(
    "a box for every sure class",
    lambda boxes, box_confidence, box_class_probs, threshold=0.6: (
        (scores := ops.convert_to_numpy(box_confidence * box_class_probs))[sure := np.nonzero(scores >= threshold)],
        ops.convert_to_numpy(boxes)[sure[:-1]],
        sure[-1],
    ),
    "A box is of one class, the likeliest: it is kept once or not at all.",
)
exercise.slip(
    "the best first",
    afterwards(lambda result: [ops.convert_to_numpy(one)[np.argsort(-ops.convert_to_numpy(result[0]), kind="stable")] for one in result]),
    "The boxes stay in the order in which they stand in the grid: sorting is for later.",
)
exercise.slip(
    "column by column",
    beforehand(
        boxes="ops.moveaxis(ops.transpose(boxes), 0, -1)", box_confidence="ops.moveaxis(ops.transpose(box_confidence), 0, -1)", box_class_probs="ops.moveaxis(ops.transpose(box_class_probs), 0, -1)"
    ),
    "The boxes stay in the order in which they stand in the grid, the last axis moving fastest.",
)
exercise.slip("classes counted from 1", afterwards(lambda result: (*result[:2], result[2] + 1)), "Classes count from 0, as argmax does.")
exercise.slip("classes that are no whole numbers", afterwards(lambda result: (*result[:2], ops.cast(result[2], "float32"))), "A class is a number to look things up by: keep it whole.")
exercise.slip(
    "zeros in place of dropped boxes",
    lambda boxes, box_confidence, box_class_probs, threshold=0.6: [
        ops.transpose(ops.transpose(one) * ops.cast(every[0] >= threshold, one.dtype)) for every in [yolo_filter_boxes(boxes, box_confidence, box_class_probs, 0.0)] for one in every
    ],
    "What is dropped is not there any more: K boxes are left, not as many as before.",
)
exercise.slip("scores, classes, boxes", afterwards(lambda result: (result[0], result[2], result[1])), "The docstring names the order of the three results.")

for change in ("boxes = ops.convert_to_tensor(boxes) → pass", "ops.convert_to_tensor(boxes) → boxes"):
    exercise.equivalent(change, "boxes is a tensor, as the docstring says")
