"""For each pair the nearest negative of a band, whose ends do not belong to it."""

import numpy as np
from solutions.w4_face import mine_hard_triplets, mine_semi_hard_triplets

from grader.exercises.w4_face import shared
from grader.spec.exercise import Exercise
from grader.spec.wrong import beforehand, edit, ignoring

exercise = Exercise(
    mine_semi_hard_triplets,
    points=13,
    dtype="whole",
    observer=shared.triplets_seen,
    hints=[
        "For a pair (a, p) the band is a mask over all pictures: another label than a, farther from a than p is, and by less than the margin.",
        "Of the band the nearest: np.where(band, distances, np.inf) and argmin, which takes the lowest row first. Leave out pairs whose band is empty.",
        'For many pictures: sort an anchor\'s negatives by distance, once; np.searchsorted with side="right" then finds the first that is farther than each positive.',
    ],
)
exercise.cases(shared.mining_cases(mine_semi_hard_triplets))


def all_of_the_band(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings) ** 2, axis=-1)
    same, near, far = labels[:, None] == labels, D[:, :, None], D[:, None, :]
    pairs = same & ~np.eye(len(labels), dtype=bool)
    return np.argwhere(pairs[:, :, None] & ~same[:, None, :] & (near < far) & (far < near + margin))


NEAREST = "np.argmin(np.where(band, row, np.inf))"

exercise.slip("identical pictures are mined", edit("positive != anchor and ", ""), "A pair is two different pictures: what does a network learn from a picture and itself?")
exercise.slip(*shared.EACH_PAIR_ONCE)
exercise.slip(
    "the nearest negative, even if it is nearer than the positive",
    lambda embeddings, labels, margin: mine_hard_triplets(embeddings, labels, margin),
    "A semi-hard negative is farther from the anchor than the positive.",
)
exercise.slip("as far as the positive", edit("row > row[positive]", "row >= row[positive]"), "A semi-hard negative is farther than the positive, not as far.")
exercise.slip("farther by exactly the margin", beforehand(margin="margin + 1e-9"), "A negative that is farther by the whole margin costs nothing.")
exercise.slip("the margin is forgotten", ignoring(margin=1e9), "A negative that is farther by more than the margin costs nothing: it is not semi-hard.")
exercise.slip(
    "within the margin on both sides", edit("row > row[positive]", "row > row[positive] - margin"), "A semi-hard negative is farther from the anchor than the positive: the margin is on one side only."
)
exercise.slip("the farthest of the band", edit(NEAREST, "np.argmax(np.where(band, row, 0))"), "Of the negatives in the band the nearest counts: it costs most.")
exercise.slip("all of the band", all_of_the_band, "Each pair gets one negative, the nearest in the band.")
exercise.slip("the first of the band", edit(NEAREST, "np.argmax(band)"), "Of the negatives in the band the nearest counts, not the one in the lowest row.")
exercise.slip("the nearest to the positive", edit("np.where(band, row,", "np.where(band, distances[positive],"), "The negative is the one that is nearest to the anchor.")
exercise.slip("a pair without one gets another", edit(" and np.any(band)", ""), "A pair without a negative in the band is left out.")
exercise.slip("the distances are not squared", edit("squares[:, None] - 2 * X @ X.T + squares", "np.sqrt(np.maximum(squares[:, None] - 2 * X @ X.T + squares, 0))"), shared.SQUARED)
exercise.slip("the last of equally near ones", lambda embeddings, labels, margin: (len(labels) - 1 - mine_semi_hard_triplets(embeddings[::-1], labels[::-1], margin))[::-1], shared.LOWEST)
for slip in (shared.COLUMNS_EXCHANGED, shared.SORTED_BY_POSITIVE, shared.THREE_ROWS, shared.SHAPE_LOST):
    exercise.slip(*slip)

exercise.equivalent("-1 → -2", "to reshape, any number below 0 is the one that follows")
exercise.equivalent("np.array(triplets, dtype=int) → np.array(triplets)", "an empty array has no numbers")
