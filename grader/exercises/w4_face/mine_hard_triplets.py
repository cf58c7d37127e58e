"""One negative for each anchor, and all positives that it costs something with."""

import numpy as np
from solutions.w4_face import mine_hard_triplets

from grader.exercises.w4_face import shared
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, edits, ignoring, skipping

exercise = Exercise(
    mine_hard_triplets,
    points=13,
    dtype="whole",
    observer=shared.triplets_seen,
    hints=[
        "All squared distances at once, (m, m), and a mask of the same shape: labels[:, None] == labels. ‖x − y‖² is ‖x‖² − 2 x·y + ‖y‖².",
        "np.where(same, np.inf, distances) leaves only negatives; argmin along axis 1 finds each anchor's nearest, the lowest row first. That is one negative for all pairs of an anchor.",
        "np.nonzero of a mask gives rows and columns in the order wanted: same, without the diagonal, and with a loss above 0. np.stack([anchors, positives, negatives[anchors]], axis=1).",
    ],
)
exercise.cases(shared.mining_cases(mine_hard_triplets))


def all_negatives(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings) ** 2, axis=-1)
    same = labels[:, None] == labels
    pairs = same & ~np.eye(len(labels), dtype=bool)
    return np.argwhere(pairs[:, :, None] & ~same[:, None, :] & (D[:, :, None] - D[:, None, :] + margin > 0))


def farthest_positive(embeddings, labels, margin):
    found = mine_hard_triplets(embeddings, labels, margin)
    far = np.sum((embeddings[found[:, 0]] - embeddings[found[:, 1]]) ** 2, axis=1)
    return found[[np.argmax(np.where(found[:, 0] == anchor, far, -1)) for anchor in np.unique(found[:, 0])]]


def nearest_to_the_positive(embeddings, labels, margin):
    found = mine_hard_triplets(embeddings, labels, 1e9)[:, [1, 0, 2]]
    anchor, positive, negative = (embeddings[column].astype(float) for column in found.T)
    found = found[np.sum((anchor - positive) ** 2 - (anchor - negative) ** 2, axis=1) + margin > 0]
    return found[np.lexsort((found[:, 1], found[:, 0]))]


exercise.slip("identical pictures are mined", skipping("fill_diagonal"), "A pair is two different pictures: what does a network learn from a picture and itself?")
exercise.slip(*shared.EACH_PAIR_ONCE)
exercise.slip(
    "the farthest negative",
    edits(("np.where(same, np.inf, distances)", "np.where(same, -np.inf, distances)"), ("np.argmin(", "np.argmax("), ("np.min(", "np.max(")),
    "Which negative costs most: the one that is near, or the one that is far?",
)
exercise.slip("all negatives", all_negatives, "Each pair gets one negative, the nearest of its anchor.")
exercise.slip("the farthest positive alone", farthest_positive, "Every ordered pair of one label gives a triplet, not only the farthest of each anchor.")
exercise.slip("the nearest negative of the positive", nearest_to_the_positive, "The negative is the one that is nearest to the anchor.")
exercise.slip("the margin is forgotten", ignoring(margin=0), "A triplet costs something as long as the negative is not farther by the margin.")
exercise.slip("the margin is subtracted", beforehand(margin="-margin"), "The loss adds the margin: which triplets have a loss above 0?")
exercise.slip("triplets that cost exactly nothing", beforehand(margin="margin + 1e-9"), "Where the loss is exactly 0 there is nothing to learn: above 0, not from 0 on.")
exercise.slip("triplets in order are kept too", ignoring(margin=1e9), "A triplet that costs nothing teaches nothing: keep those with a loss above 0.")
exercise.slip("the distances are not squared", edit("squares[:, None] - 2 * X @ X.T + squares", "np.sqrt(np.maximum(squares[:, None] - 2 * X @ X.T + squares, 0))"), shared.SQUARED)
exercise.slip("the last of equally near ones", lambda embeddings, labels, margin: (len(labels) - 1 - mine_hard_triplets(embeddings[::-1], labels[::-1], margin))[::-1], shared.LOWEST)
exercise.slip(
    "the anchor is its own negative",
    edit("np.where(same, np", "np.where(same & ~np.eye(len(X), dtype=bool), np"),
    "An anchor is no negative of its own: which entries of the matrix are to be left out of the search?",
)
exercise.slip("the nearest of all, whoever it is", edit("np.where(same, np", "np.where(np.eye(len(X), dtype=bool), np"), "A negative has another label than the anchor.")
for slip in (shared.SORTED_BY_POSITIVE, shared.COLUMNS_EXCHANGED, shared.THREE_ROWS, shared.SHAPE_LOST):
    exercise.slip(*slip)

exercise.equivalent("axis=1 → axis=0 (2)", "the matrix is symmetric")
exercise.equivalent("np.zeros((0, 3), dtype=int) → np.zeros((0, 3))", "an empty array has no numbers")
