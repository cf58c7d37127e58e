"""For many pictures: no array larger than the matrix of distances, and no loop over pairs."""

import numpy as np


def mine_hard_triplets(embeddings, labels, margin):
    X, labels = np.asarray(embeddings, dtype=np.float64), np.asarray(labels)
    if len(X) == 0:
        return np.zeros((0, 3), dtype=int)
    # ‖a − x‖² = ‖a‖² − 2 a·x + ‖x‖²: one matrix product, and ‖a‖² is the same for all that an anchor is compared with
    distances = (-2 * X) @ X.T
    distances += np.sum(X**2, axis=1)
    same = labels[:, None] == labels
    to_negatives = np.where(same, np.inf, distances)
    negatives = np.argmin(to_negatives, axis=1)
    least = np.min(to_negatives, axis=1, keepdims=True)
    np.fill_diagonal(same, False)
    anchors, positives = np.nonzero(same & (distances > least - margin))
    return np.stack([anchors, positives, negatives[anchors]], axis=1)


def mine_semi_hard_triplets(embeddings, labels, margin):
    X, labels = np.asarray(embeddings, dtype=np.float64), np.asarray(labels)
    distances = (-2 * X) @ X.T
    distances += np.sum(X**2, axis=1)
    triplets = [np.zeros((0, 3), dtype=int)]
    for anchor, row in enumerate(distances):
        same = labels == labels[anchor]
        negatives = np.flatnonzero(~same)
        same[anchor] = False
        positives = np.flatnonzero(same)
        if len(negatives) == 0 or len(positives) == 0:
            continue
        order = np.argsort(row[negatives])
        values = row[negatives[order]]
        # of each run of equal distances, the lowest row
        starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
        values, nearest = values[starts], np.minimum.reduceat(negatives[order], starts)
        place = np.searchsorted(values, row[positives], side="right")
        farther = np.append(values, np.inf)[place]
        kept = farther < row[positives] + margin
        found = np.full((np.count_nonzero(kept), 3), anchor)
        found[:, 1], found[:, 2] = positives[kept], nearest[place[kept]]
        triplets.append(found)
    return np.concatenate(triplets)
