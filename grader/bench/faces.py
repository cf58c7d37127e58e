"""Measure `course bench "triplet mining"`: mining triplets from 4,096 embeddings, against loops and against masks."""

from __future__ import annotations

from functools import partial

import numpy as np

from grader.bench.measuring import Measurement, digits, medians, seconds

Array = np.ndarray


def mining() -> list[Measurement]:
    """Measure the tuned mining from 4,096 embeddings of 128 numbers, with few and with many pictures a person: at most a second.

    The peers need too much time or memory for all embeddings, so we are compared with them on fewer embeddings. How
    much faster we are there is reported without a target.
    """
    from grader.exercises.w4_face.variants.tuned import mine_hard_triplets, mine_semi_hard_triplets

    rows = []
    for mine, semi_hard in ((mine_hard_triplets, False), (mine_semi_hard_triplets, True)):
        for pictures in (4, 64):
            [ours] = medians([partial(mine, *people(4096, pictures), 0.2)], 5, warm_up=1)
            what = f"tuned {mine.__name__}, 4,096 embeddings, {pictures} a person"
            rows.append(Measurement(what, ours, "", None, seconds(ours), "≤ 1 s", ours <= 1))
        for peer, mine_as_peer, m in (("plain loops", by_loops, 1024), ("masks of m³ entries", by_cube, 256)):
            fewer = people(m, 4)
            both = [partial(mine, *fewer, 0.2), partial(mine_as_peer, *fewer, 0.2, semi_hard)]
            if not np.array_equal(*(function() for function in both)):
                raise AssertionError(f"{mine.__name__} and {peer} do not find the same triplets")
            ours, theirs = medians(both, 7, warm_up=0)
            what = f"tuned {mine.__name__}, {m:,} embeddings, 4 a person"
            rows.append(Measurement(what, ours, peer, theirs, f"{digits(theirs / ours)}x faster", "", True))
    return rows


def people(m: int, pictures: int) -> tuple[Array, Array]:
    """Return m embeddings of length 1, that many of each person, nearer to each other than to most others."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(m) // pictures
    X = rng.standard_normal((m // pictures, 128))[labels] + rng.standard_normal((m, 128))
    return (X / np.linalg.norm(X, axis=1, keepdims=True)).astype("float32"), labels


def by_loops(embeddings: Array, labels: Array, margin: float, semi_hard: bool) -> Array:
    """Mine triplets as the definition says, one at a time."""
    X, of, everybody = embeddings.astype(float), labels.tolist(), range(len(labels))
    found = []
    for a in everybody:
        squares = np.sum((X - X[a]) ** 2, axis=1).tolist()
        for p in everybody:
            if a == p or of[a] != of[p]:
                continue
            near, best = squares[p], -1
            for n in everybody:
                far = squares[n]
                if of[n] == of[a] or (semi_hard and not near < far < near + margin):
                    continue
                if best < 0 or far < squares[best]:
                    best = n
            if best >= 0 and near - squares[best] + margin > 0:
                found.append((a, p, best))
    return np.array(found, dtype=int).reshape(-1, 3)


def by_cube(embeddings: Array, labels: Array, margin: float, semi_hard: bool) -> Array:
    """Mine triplets from all anchors, positives and negatives at once, as TensorFlow's batch miners do."""
    X = embeddings.astype(float)
    squares = np.sum((X[:, None] - X) ** 2, axis=-1)
    same = labels[:, None] == labels
    near, far = squares[:, :, None], squares[:, None, :]
    allowed = np.broadcast_to(~same[:, None, :], (len(X),) * 3)
    if semi_hard:
        allowed = allowed & (far > near) & (far < near + margin)
    negatives = np.where(allowed, far, np.inf)
    nearest, least = negatives.argmin(axis=2), negatives.min(axis=2)
    a, p = np.nonzero(same & ~np.eye(len(X), dtype=bool) & (squares - least + margin > 0))
    return np.stack([a, p, nearest[a, p]], axis=1)
