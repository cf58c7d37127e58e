"""Four earlier functions, one after the other: what matters is that each gets what is its own."""

import numpy as np
from keras import ops
from solutions.w3_yolo import yolo_eval

from grader.exercises.w3_yolo.shared import SUPPRESSIONS, different, exactly_on, found_boxes
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, exchanging, ignoring, replacing


def scene(rng, *leading, n_classes, sure=64):
    """What a detector says of a picture with a few things, all in numbers that any precision holds."""
    n = int(np.prod(leading))
    things = rng.integers(0, 4, n)
    xy = rng.integers(16, 112, (4, 2))[things] + rng.integers(-3, 4, (n, 2))
    wh = rng.integers(12, 40, (4, 2))[things] + rng.integers(-2, 3, (n, 2))
    xy, wh = (numbers.reshape(*leading, 2).astype(np.float32) / 128 for numbers in (xy, 2 * wh))
    confidence = (rng.integers(sure, 257, (*leading, 1)) / 256).astype(np.float32)
    probabilities = different(rng, *leading, n_classes)
    return xy, wh, confidence, probabilities


def said(xy, wh, scores, n_classes=2):
    """What a detector says of things of the last class; places and sizes are 128ths of the picture, scores 256ths."""
    probabilities = np.zeros((len(scores), n_classes))
    probabilities[:, -1] = 1
    parts = np.array(xy) / 128, np.array(wh) / 128, np.array(scores)[:, None] / 256, probabilities
    return tuple(part.astype(np.float32) for part in parts)


exercise = Exercise(
    yolo_eval,
    points=6,
    uses=["iou_matrix", "iou", "yolo_filter_boxes", "yolo_non_max_suppression", "yolo_boxes_to_corners", "scale_boxes"],
    forbids=SUPPRESSIONS,
    observer=found_boxes,
    pair_cases=2,
    hints=[
        "Four functions that you have written, one after the other: take yolo_outputs apart and follow the docstring's last sentence.",
        "Corners from box_xy and box_wh; the filter takes them, confidence, probabilities and score_threshold, and gives scores, boxes, classes.",
        "Then boxes = scale_boxes(boxes, image_shape), and last yolo_non_max_suppression with max_boxes and iou_threshold handed on.",
    ],
)


@exercise.cases
def cases(rng):
    yield case("as it is called", scene(rng, 3, 4, 3, n_classes=3))
    yield case("another picture", scene(rng, 4, 3, 2, n_classes=4), (96, 160), score_threshold=0.25, iou_threshold=0.25)
    yield case("a picture on its side", scene(rng, 3, 3, 2, n_classes=2), image_shape=(640, 480), iou_threshold=0.75, max_boxes=20, score_threshold=0.5)
    yield case("few of many", scene(rng, 5, 4, 2, n_classes=5), (128, 64), 3, 0.25)
    yield case("many", scene(rng, 5, 4, 2, n_classes=8), (320, 416), max_boxes=30, score_threshold=0.25, iou_threshold=0.75)
    yield case("little overlap is allowed", scene(rng, 4, 4, 2, n_classes=2), (416, 416), 20, 0.375, 0.125)
    yield case("a row of boxes", scene(rng, 20, n_classes=3), (200, 320), score_threshold=0.375)
    yield case("a batch of one", scene(rng, 1, 3, 3, 2, n_classes=3), (128, 256), score_threshold=0.375)
    yield case("more classes than boxes", scene(rng, 2, 3, 2, n_classes=20), (256, 96), score_threshold=0.5)
    yield case("one class", scene(rng, 4, 3, 2, n_classes=1), (64, 192), 2, 0.25, 0.25)
    xy, wh, _, _ = scene(rng, 12, n_classes=1)
    _, confidence, probabilities = exactly_on(rng, 12, 0.375)
    yield case("equal scores, some exactly at the threshold", (xy, wh, confidence, probabilities), (96, 128), 12, 0.375)
    nothing = scene(rng, 2, 3, 2, n_classes=3)
    nothing = (*nothing[:2], nothing[2] / 8, nothing[3])
    yield case("nothing is found, and something is", nothing, also=[(scene(rng, 3, 3, 2, n_classes=3),)], score_threshold=0.375)

    # Nothing but the first argument: twelve things apart, and things around both thresholds.
    slots = np.stack(np.divmod(rng.permutation(16), 4), axis=1) * 32 + 16
    twelve = said(slots[:12], np.full((12, 2), 24), rng.permutation(np.arange(160, 250))[:12])
    pairs = said(slots[[0, 0, 1, 1, 2, 3]], [[24, 24], [12, 24], [24, 24], [13, 24], [24, 24], [24, 24]], [250, 200, 240, 210, 154, 153])
    yield case("just within the defaults, and just outside", twelve, also=[(pairs,)])
    yield case("one thing is found", twelve, (128, 96), 1)
    yield case("thresholds of 0", pairs, (128, 256), score_threshold=0.0, iou_threshold=0.0)


exercise.slip("not scaled", replacing(scale_boxes=lambda boxes, image_shape: boxes), "Shares of a picture are not its pixels: which function takes the one to the other?")
exercise.slip("scaled with (width, height)", beforehand(image_shape="image_shape[::-1]"), "Hand the picture's shape on as it is: height first.")
exercise.slip("always 720 × 1280", ignoring(image_shape=(720, 1280)), "The argument says how large the picture is.")
exercise.slip("centres are handed on", replacing(yolo_boxes_to_corners=lambda xy, wh: ops.concatenate([xy, wh], axis=-1)), "IoU is about corners: what do centres and sizes have to become first?")
exercise.slip("centre and size swapped", beforehand(yolo_outputs="(yolo_outputs[1], yolo_outputs[0], *yolo_outputs[2:])"), "Centres first, then sizes: look at the order of the arguments.")
exercise.slip("nothing is suppressed", ignoring(iou_threshold=1.0), "Boxes that show one thing compete: hand iou_threshold on.")
exercise.slip("no suppression at all", replacing(yolo_non_max_suppression=lambda *given: given[:3]), "The last step is missing: of boxes that show one thing, keep the best.")
exercise.slip("suppressed across the classes", edit("(scores, boxes, classes, max", "(scores, boxes, classes * 0, max"), "Non-max suppression needs the classes: hand them on as they are.")
exercise.slip("the score's threshold is ignored", ignoring(score_threshold=0.6), "The caller says how sure the detector must be: hand score_threshold on.")
exercise.slip("the overlap's threshold is ignored", ignoring(iou_threshold=0.5), "The caller says how much boxes may overlap: hand iou_threshold on.")
exercise.slip(
    "no setting is handed on",
    lambda yolo_outputs, image_shape, max_boxes=10, score_threshold=0.6, iou_threshold=0.5: yolo_eval(yolo_outputs, image_shape),
    "The caller's max_boxes and thresholds belong to the functions that filter and suppress.",
)
exercise.slip("the thresholds are swapped", exchanging("score_threshold", "iou_threshold"), "There are two thresholds: which step needs which?")
exercise.slip("max_boxes is ignored", ignoring(max_boxes=10), "The caller says how many boxes at most: hand max_boxes on.")
exercise.slip("nothing is filtered", ignoring(score_threshold=0.0), "Boxes whose score is below score_threshold are not things that were found.")
exercise.slip("boxes, scores, classes", afterwards(lambda result: (result[1], result[0], result[2])), "The docstring names the order of the three results.")
