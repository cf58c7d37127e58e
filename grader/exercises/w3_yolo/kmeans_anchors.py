"""k-means by IoU: wherever a right solution starts, it must end where nothing changes any more."""

import numpy as np
from solutions.w3_yolo import iou_matrix, kmeans_anchors

from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, edits, replacing


def anchors_seen(function, wh, k, seed):
    """What k-means has reached, wherever it started: for every right solution the same."""
    import numpy as np
    from keras import ops

    sizes = wh.astype(float)
    largest = sizes.max()

    def shares(anchors):
        both = np.minimum(sizes[:, None], anchors).prod(axis=2)
        return both / (sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - both)

    def step(anchors):
        belongs = np.eye(k)[shares(anchors).argmax(axis=1)]
        counts = belongs.sum(axis=0)[:, None]
        return counts, np.where(counts, belongs.T @ sizes / np.maximum(counts, 1), anchors)

    def fit(rng):
        shapes = np.unique(sizes, axis=0)
        anchors = shapes[rng.choice(len(shapes), k, replace=False)]
        for _ in range(40):
            anchors = step(anchors)[1]
        return shares(anchors).max(axis=1).mean()

    state = np.random.get_state  # of the global numbers: if it moves, the seed does not tell all
    before = state()[1:3]
    given = [ops.convert_to_numpy(function(wh, k, np.random.default_rng(seed))).astype(float) for _ in range(2)]
    anchors = given[0]
    what = ("order by area", "mean of all boxes' anchors", "anchors without a box", "move of one more step", "lack of IoU")
    if anchors.shape != (k, 2):
        return {"shape": anchors.shape, "the same again": None, **dict.fromkeys(what)}
    with np.errstate(all="ignore"):
        counts, after = step(anchors)
        moved = np.abs(after - anchors).max() / largest
        lack = 1 - shares(anchors).max(axis=1).mean() / max(fit(np.random.default_rng(start)) for start in range(3))
        numbers = (
            np.argsort(anchors.prod(axis=1), kind="stable"),
            (counts * anchors).sum(axis=0) / len(sizes),
            int((counts == 0).sum()),
            0.0 if moved < 1e-5 else moved,
            0.0 if lack < 0.02 else lack,
        )
    again = anchors.shape == given[1].shape and bool(np.allclose(*given, rtol=1e-5, atol=0, equal_nan=True))
    again = again and all(map(np.array_equal, before, state()[1:3]))
    return {"shape": anchors.shape, "the same again": again, **dict(zip(what, numbers))}


exercise = Exercise(
    kmeans_anchors,
    points=8,
    uses=["iou", "iou_matrix"],
    forbids=("KMeans", "MiniBatchKMeans", "BisectingKMeans", "KMedoids", "k_means", "kmeans", "kmeans2"),
    observer=anchors_seen,
    hints=[
        "Two steps in turn: every box goes to the anchor with which its IoU is largest; every anchor goes to the mean of its boxes.",
        "Only shapes count, so put all boxes on one corner, (0, 0, w, h): iou_matrix gives (N, k), argmax(axis=1) the anchor of each.",
        "Start from k different rows of np.unique(wh, axis=0), chosen by rng. Stop when the anchors stay; sort by anchors.prod(axis=1).",
    ],
)


@exercise.cases
def cases(rng):
    """Boxes that lie evenly along one line, give or take: wherever k-means starts there, it ends within 1 % of the best."""

    def boxes(N, smallest, span=1.5, flatter=1.0):
        size = span * (rng.permutation(N) + rng.random(N)) / N
        ratio = rng.uniform(-0.1, 0.1, N)
        return smallest * np.exp(np.stack([size + ratio, flatter * size - ratio], axis=1))

    def seed_that_repeats(shapes, k):
        """A seed by which k boxes, drawn without a look at their shapes, have one shape twice."""
        while True:
            seed = int(rng.integers(2**31))
            if len(set(shapes[np.random.default_rng(seed).choice(len(shapes), k, replace=False)])) < k:
                return seed

    seed = int(rng.integers(2**31))
    yield case("two anchors", boxes(int(rng.integers(120, 180)), 0.06), 2, seed)
    yield case("five anchors", boxes(200, 0.04), 5, seed + 1)
    yield case("one anchor", boxes(int(rng.integers(20, 40)), 0.1, 1.0), 1, seed + 2)
    yield case("the wide ones are flat", boxes(200, 0.9, 1.3, -1.6), 3, seed + 3)
    yield case("whole pixels", np.round(boxes(200, 60.0)).astype(int), 3, seed + 4)
    yield case("tiny boxes", boxes(180, 1e-4), 4, seed + 5)
    yield case("one box", boxes(1, 0.3), 1, seed + 6)
    yield case("as many anchors as boxes", boxes(4, 0.05, 2.5), 4, seed + 7)
    shapes = rng.permutation(np.repeat(np.arange(60), 3))
    yield case("boxes that repeat", boxes(60, 20.0)[shapes], 3, seed_that_repeats(shapes, 3))


exercise.also("single precision")


exercise.slip(
    "the nearest by Euclid", replacing(iou_matrix=lambda a, b: -((a[:, None] - b) ** 2).sum(axis=2)), "By straight distance, large boxes are always far off: which distance does the docstring ask for?"
)
exercise.slip("random numbers of its own", edit("rng.choice", "np.random.choice"), "The generator is an argument, so that the same seed gives the same anchors: use rng.")
exercise.slip("medians", edit("wh[nearest == one].mean(axis=0)", "np.median(wh[nearest == one], axis=0)"), "An anchor is the mean of its boxes, not the one in their middle.")
exercise.slip(
    "geometric means", edit("wh[nearest == one].mean(axis=0)", "np.exp(np.log(wh[nearest == one]).mean(axis=0))"), "The plain mean of the widths and of the heights is asked for: no logarithms."
)


def anchors_farthest_first(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    for _ in range(50):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmin(axis=1)
        for one in np.unique(nearest):
            anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


exercise.slip("the farthest anchor wins", anchors_farthest_first, "Two shapes are alike when their IoU is large: is it a distance yet?")


def anchors_by_intersection(wh, k, rng):
    anchors = np.unique(wh, axis=0)[rng.choice(len(np.unique(wh, axis=0)), k, replace=False)].astype(float)
    for _ in range(50):
        nearest = np.minimum(wh[:, None], anchors).prod(axis=2).argmax(axis=1)
        for one in np.unique(nearest):
            anchors[one] = wh[nearest == one].mean(axis=0)
    return anchors[np.argsort(anchors.prod(axis=1))]


exercise.slip("the intersection alone", anchors_by_intersection, "The largest anchor covers everybody: divide by the union.")
exercise.slip("one step only", edit("np.array_equal(before, anchors)", "True"), "When the anchors have moved, some boxes are nearer to another one: go on until nothing changes.")
exercise.slip(
    "the boxes it started from",
    edit("return anchors", "return shapes[rng.choice(len(shapes), k, replace=False)]\n                return anchors"),
    "Return where the anchors went, not where they began.",
)
exercise.slip("sorted by width", afterwards(lambda result: result[np.argsort(result[:, 0])]), "A narrow box may be large: sort by the area.")
exercise.slip("largest first", afterwards(lambda result: result[::-1]), "The smallest area comes first.")
exercise.slip("not sorted", edit('[np.argsort(anchors.prod(axis=1), kind="stable")]', ""), "The anchors come sorted by their area, whatever the start.")
exercise.slip("rounded", afterwards(lambda result: np.round(result)), "Means are rarely whole numbers: leave them as they are.")
exercise.slip("height before width", afterwards(lambda result: result[:, ::-1]), "The width comes first, as in wh.")
exercise.slip("always five", beforehand(k="min(5, len(np.unique(wh, axis=0)))"), "How many anchors there are is an argument.")
exercise.slip(
    "means cut to whole numbers", edits(("(wh, float)", "(wh)"), (".mean(axis=0)", ".mean(axis=0).astype(wh.dtype)")), "An array of whole numbers keeps nothing behind the point: begin with float(s)."
)


def anchors_that_start_the_same(wh, k, rng):
    anchors = wh[rng.choice(len(wh), k, replace=False)].astype(float)
    for _ in range(100):
        nearest = iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors])).argmax(axis=1)
        for one in range(k):
            anchors[one] = wh[nearest == one].sum(axis=0) / (nearest == one).sum()
    return anchors[np.argsort(anchors.prod(axis=1))]


exercise.slip("the same box twice in the start", anchors_that_start_the_same, "Some boxes occur many times: two anchors that start from one shape never part.")
exercise.slip("shuffles the boxes", lambda wh, k, rng: rng.shuffle(wh) or kmeans_anchors(wh, k, rng), "The caller still needs the boxes in their order: shuffle a copy, or draw indices.")

another_start = "where two anchors share a shape, one loses its boxes, and another start helps"
exercise.equivalent("np.unique(wh, axis=0) → wh", another_start)
exercise.equivalent("rng.choice(len(shapes), k, replace=False) → rng.choice(len(shapes), k)", another_start)
exercise.equivalent("replace=False → replace=True", another_start)
exercise.equivalent("np.argsort(anchors.prod(axis=1), kind='stable') → np.argsort(anchors.prod(axis=1))", "no two areas are equal")
