"""Measure `course bench boxes` and `"mean average precision"`: a detector's functions, against named peers."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from typing import Any

import numpy as np

from grader.bench.measuring import Measurement, digits, medians

Array = np.ndarray


def boxes() -> list[Measurement]:
    """Measure the tuned `iou_matrix` against a loop of `iou`, and suppression against TensorFlow's."""
    from grader.exercises.w3_yolo.variants.tuned import iou_matrix
    from solutions.w3_yolo import iou

    many = np.sort(np.random.default_rng(0).random((1000, 2, 2)), axis=1).reshape(1000, 4)
    [theirs] = medians([lambda: [[iou(one, other) for other in many] for one in many]], 3, warm_up=0)
    [ours] = medians([partial(iou_matrix, many, many)], 40)
    ratio = theirs / ours
    rows = [
        Measurement(
            "tuned iou_matrix, 1,000 by 1,000",
            ours,
            "a loop of iou",
            theirs,
            f"{digits(ratio)}x faster",
            "≥ 200x",
            ratio >= 200,
        )
    ]
    return rows + [_suppression(n_classes, wanted) for n_classes in (1, 20, 80) for wanted in (100, 10_000)]


def _suppression(n_classes: int, wanted: int) -> Measurement:
    """Measure suppression of 10,000 boxes around 200 objects, in at most three times TensorFlow's time.

    TensorFlow's operation knows no classes, so it is called for one class after the other.
    """
    import tensorflow as tf

    from grader.exercises.w3_yolo.variants.tuned import yolo_non_max_suppression

    rng = np.random.default_rng(0)
    corner, size = rng.random((200, 2)) * 1000, rng.uniform(20, 120, (200, 2))
    truth = np.hstack([corner, corner + size])
    guessed = (np.repeat(truth, 50, axis=0) + rng.normal(0, 6, (10_000, 4))).astype("float32")
    guessed = np.hstack([guessed[:, :2], np.maximum(guessed[:, 2:], guessed[:, :2] + 1)])
    scores, classes = rng.random(10_000, dtype=np.float32), np.repeat(rng.integers(0, n_classes, 200), 50)

    def theirs() -> tuple[Array, Array, Array]:
        kept = []
        for one in np.unique(classes):
            mine = np.flatnonzero(classes == one)
            kept.append(mine[tf.image.non_max_suppression(guessed[mine], scores[mine], wanted, 0.5).numpy()])
        best = np.concatenate(kept)
        best = best[np.argsort(-scores[best], kind="stable")][:wanted]
        return scores[best], guessed[best], classes[best]

    ours = partial(yolo_non_max_suppression, scores, guessed, classes, wanted, 0.5)
    if not all(np.array_equal(one, other) for one, other in zip(ours(), theirs(), strict=True)):
        raise AssertionError("our suppression and TensorFlow's do not keep the same boxes")
    our_time, their_time = medians([ours, theirs], 15)
    ratio = our_time / their_time
    what = f"tuned yolo_non_max_suppression, 10,000 boxes of {n_classes} classes, at most {wanted:,}"
    return Measurement(
        what, our_time, "tf.image.non_max_suppression", their_time, f"{digits(ratio)}x", "≤ 3x", ratio <= 3
    )


def average_precision() -> list[Measurement]:
    """Measure `mean_average_precision` against pycocotools on 5,000 pictures: no slower, and equal to within 1e-6."""
    from solutions.w3_yolo import mean_average_precision

    predictions, truth = _album(5000, 3)
    rows = []
    for title, thresholds in (("at 0.5", [0.5]), ("at 0.5 … 0.95", np.linspace(0.5, 0.95, 10))):
        theirs = coco_evaluation(predictions, truth, thresholds)
        ours: Callable[[], float] = partial(mean_average_precision, predictions, truth, thresholds)
        if abs(ours() - theirs()) > 1e-6:
            raise AssertionError("our mean average precision is not pycocotools'")
        our_time, their_time = medians([ours, theirs], 3, warm_up=0)
        ratio = our_time / their_time
        what = f"mean_average_precision {title}, 5,000 pictures, 3 classes"
        rows.append(Measurement(what, our_time, "pycocotools", their_time, f"{digits(ratio)}x", "≤ 1x", ratio <= 1))
    return rows


def _album(m: int, n_classes: int) -> tuple[list, list]:
    """Return guesses and truth for m pictures, some of them without objects, with ties among the scores."""
    rng = np.random.default_rng(0)
    predictions, truth = [], []
    for _ in range(m):
        things, guesses = rng.integers(0, 6), rng.integers(0, 12)
        corner = rng.random((things, 2)) * 100
        real, kinds = np.hstack([corner, corner + rng.uniform(5, 40, (things, 2))]), rng.integers(0, n_classes, things)
        meant = rng.integers(0, things, guesses) if things else np.zeros(0, int)
        drawn = real[meant] + rng.normal(0, 3, (len(meant), 4))
        drawn = np.hstack([drawn[:, :2], np.maximum(drawn[:, 2:], drawn[:, :2] + 1)])
        said = np.where(rng.random(len(meant)) < 0.8, kinds[meant], rng.integers(0, n_classes, len(meant)))
        predictions.append((np.round(rng.random(len(meant)), 2), drawn, said))
        truth.append((real, kinds))
    return predictions, truth


def coco_evaluation(predictions: list, truth: list, thresholds: Any) -> Callable[[], float]:
    """Return a function that evaluates the same guesses with pycocotools; all data is read in before.

    Only one of pycocotools' settings is used, that of `mean_average_precision`: objects of any size, at most 100
    guesses.
    """
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def as_coco(box: Array) -> list[float]:
        x1, y1, x2, y2 = map(float, box)
        return [x1, y1, x2 - x1, y2 - y1]

    things = [
        (image, as_coco(box), int(one)) for image, told in enumerate(truth) for box, one in zip(*told, strict=True)
    ]
    known = COCO()
    known.dataset = {
        "images": [{"id": image} for image in range(len(truth))],
        "categories": [{"id": one} for one in sorted({one for *_, one in things})],
        "annotations": [
            {"id": number, "image_id": image, "category_id": one, "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
            for number, (image, box, one) in enumerate(things, start=1)
        ],
    }
    guesses = [
        [image, *as_coco(box), score, one]
        for image, told in enumerate(predictions)
        for score, box, one in zip(*told, strict=True)
    ]
    with redirect_stdout(io.StringIO()):
        known.createIndex()
        found = known.loadRes(np.array(guesses).reshape(-1, 7)) if guesses else COCO()

    def evaluate() -> float:
        with redirect_stdout(io.StringIO()):
            run = COCOeval(known, found, "bbox")
            run.params.iouThrs = np.atleast_1d(thresholds)
            run.params.areaRng, run.params.areaRngLbl, run.params.maxDets = [[0, 1e10]], ["all"], [100]
            run.evaluate()
            run.accumulate()
        precision = run.eval["precision"]
        return float(precision[precision > -1].mean())

    return evaluate
