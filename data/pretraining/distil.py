"""Learning from the teacher: the student's numbers are pulled towards the teacher's, at three depths.

Source: Hinton, Vinyals, Dean 2015, arXiv:1503.02531; hints inside the network: Romero et al. 2015, "FitNets", ICLR.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from tqdm import tqdm

from data.pretraining.teacher import Teacher

BATCH, RATE, WARM_UP = 32, 1.5e-3, 100
_HINTS = {6: 5, 13: 11}  # inside of the student's block: the teacher's step
_SHARES = (0.3, 0.5, 1.0, 3.0)  # of the two hints, the features place by place, and the features averaged


def distil(
    student: keras.Model, teacher: Teacher, pictures: NDArray[np.uint8], taken: dict[int, NDArray[np.intp]], epochs: int
) -> None:
    """Train the student on the pictures, mirrored or not, for so many epochs."""
    wanted: list[NDArray] = _wanted(teacher, pictures, taken)
    taps = [student.get_layer(f"block_{block}_expand_BN").output for block in _HINTS]
    learner = Learner(student.input, [*taps, student.output])
    spreads = [one[:1000].std(axis=(0, 1, 2), dtype="float64") for one in wanted]
    learner.scales = [ops.convert_to_tensor(1 / (spread + 0.1 * spread.mean()), "float32") for spread in spreads]
    for layer in student.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.98  # at 0.999 the statistics would lag behind a short training
    steps = len(pictures) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, epochs * steps - WARM_UP, warmup_target=RATE, warmup_steps=WARM_UP
    )
    learner.compile(keras.optimizers.AdamW(rate, weight_decay=1e-5, global_clipnorm=5.0))
    rng = np.random.default_rng(0)
    for epoch in range(epochs):
        order = rng.permutation(len(pictures))[: steps * BATCH].reshape(steps, BATCH)
        losses = []
        for places in tqdm(order, desc=f"epoch {epoch + 1} of {epochs}", unit="batch"):
            batch: list[NDArray] = [one[np.sort(places)] for one in [pictures, *wanted]]
            if rng.random() < 0.5:
                batch = [one[:, :, ::-1] for one in batch]
            x, *y = batch
            losses.append(learner.train_on_batch(x.astype("float32") / 127.5 - 1, [one.astype("float32") for one in y]))
        print(f"epoch {epoch + 1}: loss {np.mean(losses[-100:]):.4f}")


class Learner(keras.Model):
    """The student with its hints, and the distance to the teacher as its loss."""

    scales: list

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        y_pred = [*y_pred[:-1], y_pred[-1][..., : y[-1].shape[-1]]]
        apart = [(ours - theirs) * scale for ours, theirs, scale in zip(y_pred, y, self.scales, strict=True)]
        parts = [ops.mean(ops.square(one)) for one in apart]
        parts.append(ops.mean(ops.square(ops.mean(apart[-1], axis=(1, 2)))))
        return sum(share * part for share, part in zip(_SHARES, parts, strict=True))


def _wanted(teacher: Teacher, pictures: NDArray[np.uint8], taken: dict[int, NDArray[np.intp]]) -> list[NDArray]:
    """What the student is to say, at its hints and at its end."""
    found = []
    for k in tqdm(range(0, len(pictures), 100), desc="the teacher looks", unit="hundred"):
        scores, _ = teacher.steps(pictures[k : k + 100])
        hints = [scores[step][..., taken[block]] for block, step in _HINTS.items()]
        found.append([*hints, np.clip(scores[12], 0, 6)])
    return [np.concatenate([one[place] for one in found]) for place in range(len(_HINTS) + 1)]
