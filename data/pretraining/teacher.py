"""The teacher, MobileNet v1 (Howard et al. 2017, table 1): twelve steps, each depthwise and then pointwise.

Batch normalisation is a factor and an offset when a network answers, so it is multiplied into the filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from data.pretraining import sources

STRIDES = {step: 2 if step in (2, 4, 6, 12) else 1 for step in range(1, 14)}
_EPSILON = 1e-3


@dataclass(frozen=True)
class Affine:
    """What a batch normalisation does: factor · x + offset, by channel."""

    factor: NDArray
    offset: NDArray


class Teacher:
    """Filters and normalisations by name, and what they make of pictures."""

    def __init__(self) -> None:
        self.arrays = sources.teacher()

    def normalisation(self, name: str) -> Affine:
        """Of "conv1", "conv_dw_3", "conv_pw_3" …"""
        gamma, beta, mean, variance = (
            self.arrays[f"{name}_bn.{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + _EPSILON)
        return Affine(factor, beta - factor * mean)

    def depthwise(self, step: int) -> NDArray:
        """(3, 3, n_C, 1)"""
        return self.arrays[f"conv_dw_{step}.depthwise_kernel"]

    def pointwise(self, step: int) -> NDArray:
        """(n_C, n_C_out), with its normalisation's factor in it."""
        return self.arrays[f"conv_pw_{step}.kernel"][0, 0] * self.normalisation(f"conv_pw_{step}").factor

    def steps(self, pictures: NDArray[np.uint8]) -> tuple[dict[int, NDArray], dict[int, NDArray]]:
        """What the pointwise convolutions give before their ReLU6, float16, and the spread of what goes into them.

        Returns:
            ({step: (m, n_H, n_W, n_C)}, {step: (n_C,)}) for the steps 1 to 12
        """
        scores: dict[int, NDArray] = {}
        spreads: dict[int, NDArray] = {}
        pieces = [self._answer(pictures[k : k + 100]) for k in range(0, len(pictures), 100)]
        for step in range(1, 13):
            scores[step] = np.concatenate([before for before, _ in (piece[step] for piece in pieces)])
            spreads[step] = np.mean([spread for _, spread in (piece[step] for piece in pieces)], axis=0)
        return scores, spreads

    def _answer(self, pictures: NDArray[np.uint8]) -> dict[int, tuple[NDArray, NDArray]]:
        return {
            step: (ops.convert_to_numpy(scores).astype("float16"), ops.convert_to_numpy(ops.std(x, axis=(0, 1, 2))))
            for step, x, scores in self._walk(inputs(pictures), 12)
        }

    def at(self, pictures: keras.KerasTensor, steps: Iterable[int]) -> list[keras.KerasTensor]:
        """What these steps give before their ReLU6, as tensors: (m, n_H, n_W, n_C) each, for pixels from 0 to 255."""
        found = {step: scores for step, _, scores in self._walk(inputs(pictures), max(steps))}
        return [found[step] for step in steps]

    def _walk(self, x: keras.KerasTensor, last: int) -> Iterator[tuple[int, keras.KerasTensor, keras.KerasTensor]]:
        """Step by step: its number, what goes into its pointwise convolution, what comes out before its ReLU6."""
        stem = self.normalisation("conv1")
        x = ops.conv(x, self.arrays["conv1.kernel"] * stem.factor, strides=2, padding="same")
        x = ops.relu6(x + stem.offset)
        for step in range(1, last + 1):
            norm = self.normalisation(f"conv_dw_{step}")
            filters = self.depthwise(step) * norm.factor[:, None]
            x = ops.relu6(ops.depthwise_conv(x, filters, strides=STRIDES[step], padding="same") + norm.offset)
            scores = ops.matmul(x, self.pointwise(step)) + self.normalisation(f"conv_pw_{step}").offset
            yield step, x, scores
            x = ops.relu6(scores)

    def importance(self, step: int, spreads: dict[int, NDArray]) -> NDArray:
        """How much of what follows comes from each channel that a step gives, the stem being step 0: (n_C,)."""
        return spreads[step + 1] * np.linalg.norm(self.pointwise(step + 1), axis=1)


def inputs(pictures: NDArray[np.uint8] | keras.KerasTensor) -> keras.KerasTensor:
    """Pixels as both networks take them: -1 to 1."""
    return ops.cast(pictures, "float32") / 127.5 - 1
