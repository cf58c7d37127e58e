"""The teacher's filters in the student's body.

MobileNet v1 alternates depthwise and pointwise convolutions; a block of MobileNetV2 is expansion, depthwise convolution,
projection. So a projection and the next block's expansion together can stand for one pointwise convolution of the
teacher, of lower rank: what is best in the sense of least squares, given what the student has seen by then, is found in
closed form. Channels that the student has no room for are those that matter least. It has more blocks than the teacher:
what is left over comes closer to the same numbers.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from data.pretraining.teacher import Teacher, inputs

# For each block of the student: the teacher's step whose result it expands to, the step whose depthwise filters it takes,
# and the step whose result its projection leads to.
PLAN = {
    1: (1, 2, 2),
    2: (2, 3, 3),
    3: (3, 4, 4),
    4: (4, 5, 5),
    5: (5, 6, 5),
    6: (5, 6, 6),
    7: (6, 7, 7),
    8: (7, 8, 8),
    9: (8, 9, 9),
    10: (9, 10, 10),
    11: (10, 11, 11),
    12: (11, 12, 11),
    13: (11, 12, 12),
    14: (12, 13, 12),
    15: (12, 13, 12),
    16: (12, 13, 12),
}
_ROWS = 50_000  # places that a fit looks at
_ROUNDS = 8  # of alternating least squares


def graft(student: keras.Model, teacher: Teacher, pictures: NDArray[np.uint8]) -> dict[int, NDArray[np.intp]]:
    """Fill a MobileNetV2 so that it does what the teacher does on these pictures, as far as its width allows.

    Returns:
        by block, which of the teacher's channels its inside stands for
    """
    return _Grafting(student, teacher, pictures).all_blocks()


class _Grafting:
    def __init__(self, student: keras.Model, teacher: Teacher, pictures: NDArray[np.uint8]):
        self.layer, self.names = student.get_layer, {layer.name for layer in student.layers}
        self.teacher, self.rng = teacher, np.random.default_rng(0)
        self.scores, self.spreads = teacher.steps(pictures)
        self.pictures = pictures
        self.taken: dict[int, NDArray[np.intp]] = {}

    def all_blocks(self) -> dict[int, NDArray[np.intp]]:
        x = self._stem()
        for block, (before, filters, after) in PLAN.items():
            x = self._block(x, block, before, filters, after)
        self._features(x)
        return self.taken

    def _stem(self) -> NDArray:
        """The first convolution, and the block without an expansion."""
        chosen = _strongest(self._importance(0), self.layer("Conv1").filters)
        self.layer("Conv1").set_weights([self.teacher.arrays["conv1.kernel"][..., chosen]])
        norm = self.teacher.normalisation("conv1")
        x = self._run("Conv1", ops.convert_to_numpy(inputs(self.pictures)))
        x = _relu6(self._normalised("bn_Conv1", x, norm.factor[chosen], norm.offset[chosen]))
        x = self._depthwise("expanded_conv", x, 1, chosen)
        return self._projected("expanded_conv", None, x, self.scores[1])

    def _block(self, x: NDArray, block: int, before: int, filters: int, after: int) -> NDArray:
        name = f"block_{block}"
        importance = self._importance(before)
        chosen = _strongest(importance, self.layer(f"{name}_expand").filters)
        self.taken[block] = chosen
        inside = _relu6(self._expanded(f"{name}_expand", f"{name}_expand_BN", x, self.scores[before][..., chosen]))
        inside = self._depthwise(name, inside, filters, chosen)
        return self._projected(name, x if f"{name}_add" in self.names else None, inside, self.scores[after])

    def _features(self, x: NDArray) -> None:
        """The last layer: all that the teacher's last step gives, and some of the one before, averaged to its places."""
        last = self.scores[12].astype("float32")
        room = self.layer("Conv_1").filters - last.shape[-1]
        m, n_H, n_W, _ = last.shape
        earlier = self.scores[11][..., _strongest(self._importance(11), room)].astype("float32")
        earlier = earlier.reshape(m, n_H, 2, n_W, 2, room).mean(axis=(2, 4))
        self._expanded("Conv_1", "Conv_1_bn", x, np.concatenate([last, earlier], axis=-1))

    def _importance(self, step: int) -> NDArray:
        if step == 12:  # nothing follows
            return _relu6(self.scores[12].astype("float32")).std(axis=(0, 1, 2))
        return self.teacher.importance(step, self.spreads)

    def _expanded(self, conv: str, norm: str, x: NDArray, wanted: NDArray) -> NDArray:
        """A 1x1 convolution and its normalisation that come closest to `wanted`."""
        seen, target = self._rows(x, wanted)
        middle, offset = seen.mean(axis=0), target.mean(axis=0)
        weights = _least_squares(seen - middle, target - offset, 1e-5)
        self.layer(conv).set_weights([weights[None, None].astype("float32")])
        return self._normalised(norm, self._run(conv, x), 1.0, offset - middle @ weights)

    def _depthwise(self, name: str, x: NDArray, step: int, chosen: NDArray[np.intp]) -> NDArray:
        self.layer(f"{name}_depthwise").set_weights([self.teacher.depthwise(step)[:, :, chosen]])
        if f"{name}_pad" in self.names:
            x = self._run(f"{name}_pad", x)
        norm = self.teacher.normalisation(f"conv_dw_{step}")
        x = self._run(f"{name}_depthwise", x)
        return _relu6(self._normalised(f"{name}_depthwise_BN", x, norm.factor[chosen], norm.offset[chosen]))

    def _projected(self, name: str, x: NDArray | None, inside: NDArray, wanted: NDArray) -> NDArray:
        """The projection after which a linear map of all channels comes closest to `wanted`; x is added where it is given."""
        conv = self.layer(f"{name}_project")
        if x is None:
            seen, target = self._rows(inside, wanted)
            weights = _reduced_rank(seen, _balanced(target), conv.filters)
        else:
            base, seen, target = self._rows(x, inside, wanted)
            weights = _added(base, seen, _balanced(target))
        conv.set_weights([weights[None, None].astype("float32")])
        out = self._run(conv.name, inside)
        out = self._normalised(f"{name}_project_BN", out, 1.0, -out.mean(axis=(0, 1, 2)))
        return out if x is None else x + out

    def _normalised(self, name: str, x: NDArray, factor: float | NDArray, offset: NDArray) -> NDArray:
        """Set a batch normalisation to give factor · x + offset, with the statistics of x as its own."""
        norm = self.layer(name)
        mean, variance = x.mean(axis=(0, 1, 2), dtype="float64"), x.var(axis=(0, 1, 2), dtype="float64")
        gamma = factor * np.sqrt(variance + norm.epsilon)
        norm.set_weights([part.astype("float32") for part in (gamma, offset + factor * mean, mean, variance)])
        return self._run(name, x)

    def _run(self, name: str, x: NDArray) -> NDArray:
        pieces = (x[k : k + 100] for k in range(0, len(x), 100))
        return np.concatenate([ops.convert_to_numpy(self.layer(name)(piece, training=False)) for piece in pieces])

    def _rows(self, *maps: NDArray) -> list[NDArray]:
        """The same random places of each map, (rows, n_C), float64."""
        count = int(np.prod(maps[0].shape[:3]))
        places = self.rng.choice(count, min(count, _ROWS), replace=False)
        return [one.reshape(count, -1)[places].astype("float64") for one in maps]


def _relu6(x: NDArray) -> NDArray:
    return np.clip(x, 0, 6)


def _strongest(importance: NDArray, count: int) -> NDArray[np.intp]:
    """The channels that matter most, in order; the best of them twice where there is room for more than there are."""
    order = np.argsort(-importance)
    return np.sort(order[:count]) if count <= len(order) else np.resize(order, count)


def _balanced(target: NDArray) -> NDArray:
    """Centred, and no channel large only because of its unit."""
    target = target - target.mean(axis=0)
    weights = 1 / np.sqrt(target.var(axis=0) + 1e-2)
    return target * np.minimum(weights, 3 * np.median(weights))


def _least_squares(seen: NDArray, target: NDArray, ridge: float = 1e-3) -> NDArray:
    return np.linalg.solve(_gram(seen, ridge), seen.T @ target)


def _gram(seen: NDArray, ridge: float) -> NDArray:
    gram = seen.T @ seen
    gram[np.diag_indices_from(gram)] += ridge * np.trace(gram) / len(gram)
    return gram


def _reduced_rank(seen: NDArray, target: NDArray, rank: int) -> NDArray:
    """Reduced-rank regression (Izenman 1975): the first factor, scaled to results of spread 1."""
    seen = seen - seen.mean(axis=0)
    weights = _least_squares(seen, target)
    fitted = seen @ weights
    _, directions = np.linalg.eigh(fitted.T @ fitted)
    first = weights @ directions[:, ::-1][:, :rank]
    return first / (seen @ first).std(axis=0)


def _added(base: NDArray, seen: NDArray, target: NDArray) -> NDArray:
    """Weights W for which a linear map of base + seen · W comes closest to the target: by turns W and the map."""
    base, seen = base - base.mean(axis=0), seen - seen.mean(axis=0)
    weights, gram = np.zeros((seen.shape[1], base.shape[1])), _gram(seen, 1e-3)
    for _ in range(_ROUNDS):
        onwards = _least_squares(base + seen @ weights, target, 1e-5)
        missing = seen.T @ (target - base @ onwards)
        weights = np.linalg.solve(gram, missing) @ np.linalg.pinv(onwards, rcond=1e-3)
    return weights
