"""What several exercises of `w4_face` have in common."""

import numpy as np

from grader.spec.case import case
from grader.spec.wrong import afterwards, beforehand, edit, ignoring

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise
NAMES = ("Ada", "Alan", "Barbara", "Edsger", "Grace", "John", "Katherine", "Margaret", "Niklaus", "Radia", "Tim", "Tony")
SQUARED = "The distances are squared: without the squares the margin means something else."


def look_at_door(function, *, picture, database, identity=None, refuses=False):
    """Write a picture to a file and ask who it is, of a model whose encoding is the pixels themselves.

    Arguments:
        function -- `verify`, or `who_is_it`
        picture -- array (h, w, 3) of uint8
        database -- dict from names to encodings
        identity -- the name that is claimed, where one is
        refuses -- whether nothing can be said: there is nobody, or nobody of that name
    """
    import contextlib
    import io
    import os
    import tempfile

    import keras
    from PIL import Image

    model = keras.Sequential([keras.Input(picture.shape), keras.layers.Flatten()])
    claimed = () if identity is None else (identity,)
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
        path = os.path.join(folder, "camera.png")
        Image.fromarray(picture).save(path)
        if refuses:
            try:
                function(path, *claimed, database, model)
            except (KeyError, ValueError):
                return {"a KeyError or a ValueError is raised": True}
            return {"a KeyError or a ValueError is raised": False}
        result = function(path, *claimed, database, model)
    text = printed.getvalue().lower()
    if claimed:
        return {"the result": result, "what was decided is printed": bool(text.strip())}
    return {"the result": result, '"Not in the database." is printed': "not in the database" in text}


def somebody(rng):
    """A picture, and its encoding."""
    picture = rng.integers(0, 256, (int(rng.integers(2, 4)), int(rng.integers(3, 5)), 3)).astype(np.uint8)
    pixels = picture.reshape(-1).astype(float)
    return picture, pixels / np.linalg.norm(pixels)


def at_distance(rng, encoding, distance):
    """A vector of length 1 so far away."""
    aside = rng.standard_normal(len(encoding))
    aside -= (aside @ encoding) * encoding
    aside /= np.linalg.norm(aside)
    cosine = 1 - distance**2 / 2
    return cosine * encoding + np.sqrt(1 - cosine**2) * aside


def people(rng, encoding, *distances, dtype=np.float64, flat=(False,)):
    """A database with somebody at each of these distances, and the names in its order, which is not that of the alphabet.

    The vectors are flat, or have the batch's axis, in turns as `flat` says.
    """
    names = [str(name) for name in rng.permutation(NAMES)[: len(distances)]]
    if len(names) > 1 and names == sorted(names):
        names.reverse()
    vectors = [at_distance(rng, encoding, distance).astype(dtype) for distance in distances]
    return {name: one if flat[place % len(flat)] else one[None] for place, (name, one) in enumerate(zip(names, vectors))}, names


# Of both mining functions.
LOWEST = "Of equally near negatives the one in the lowest row is meant."
EACH_PAIR_ONCE = ("each pair once", afterwards(lambda result: result[result[:, 0] < result[:, 1]]), "Pairs are ordered: (3, 5) and (5, 3) are two, for each of the two is an anchor.")
SORTED_BY_POSITIVE = ("sorted by positive", afterwards(lambda result: result[np.argsort(result[:, 1], kind="stable")]), "Sorted by anchor first, then by positive.")
COLUMNS_EXCHANGED = ("anchor, negative, positive", afterwards(lambda result: result[:, [0, 2, 1]]), "In which order do the three columns stand?")
THREE_ROWS = ("three rows", afterwards(lambda result: result.T), "The result has a row for each triplet, (T, 3).")
SHAPE_LOST = ("the shape is lost where there is none", afterwards(lambda result: np.array(result.tolist(), dtype=int)), "Of no triplets there are still three columns: (0, 3).")


def triplets_seen(function, embeddings, labels, margin):
    """Whole numbers where there is none, too: an empty array has no numbers that could be anything else."""
    found = function(embeddings, labels, margin)
    return found.astype(int) if getattr(found, "shape", None) == (0, 3) and hasattr(found, "astype") else found


def mining_cases(mine):
    """Return what draws the cases of a reference; its answers say whether a case is what its title says."""

    def margin_is_met(X, labels, margin):  # whole numbers: nothing lies between a margin and half of one more
        return mine(X, labels, margin).tolist() != mine(X, labels, margin + 0.5).tolist()

    def lowest_row_counts(X, labels, margin):
        return mine(X, labels, margin).tolist() != (len(X) - 1 - mine(X[::-1], labels[::-1], margin))[::-1].tolist()

    def level(X, labels, margin):
        """Whether a positive is as far as the nearest negative."""
        D, same = distances(X, labels)
        least = np.min(np.where(same, np.inf, D), axis=1, keepdims=True)
        return np.any(same & (least == D) & ~np.eye(len(X), dtype=bool))

    def twice(X, labels, margin):
        """Whether a person has a picture twice, and another person has it, too."""
        D, same = distances(X, labels)
        return np.any(np.tril(same & (D == 0), -1)) and np.any(D[~same] == 0)

    def distances(X, labels):
        return np.sum((X[:, None] - X) ** 2, axis=-1), labels[:, None] == labels

    def cases(rng):
        def people(m, n):
            """m labels of n people, each of whom has two pictures at least."""
            return rng.permutation(np.concatenate([np.repeat(np.arange(n), 2), rng.integers(0, n, m - 2 * n)]))

        # Whole numbers and eighths: their squared distances are exact however they are computed, on any device, and so are ties.
        def eighths(title, m, n, d, margin, dtype=np.float64):
            labels = people(m, n)
            near = rng.integers(-4, 5, (m, d)) + rng.integers(-4, 5, (n, d))[labels]
            return case(title, (near / 8).astype(dtype), labels, margin)

        def whole(title, labels, d, margin, *properties, reach=3, dtype=int):
            while True:
                X = rng.integers(-reach, reach + 1, (len(labels), d)).astype(dtype)
                if all(holds(X, labels, margin) for holds in properties):
                    return case(title, X, labels, margin)

        m = int(rng.integers(14, 18))
        yield eighths("many numbers a vector", m, 4, 12, 0.4)
        yield eighths("a wide margin", m, 3, 5, 1.3)
        yield eighths("single precision", m, 4, 8, 0.7, dtype=np.float32)
        yield whole("many negatives are equally near", people(24, 5), 2, 3.0, lowest_row_counts)
        yield whole("the margin is met exactly", people(20, 4), 2, 2, margin_is_met, reach=2)
        yield whole("a positive is as far as the nearest negative", people(20, 4), 2, 1.5, level, reach=2)
        yield whole("no margin", people(20, 4), 2, 0.0, level)
        yield whole("whole numbers, far apart", people(m, 4), 3, 7.5, reach=9)
        yield whole("some pictures twice", people(22, 4), 1, 1.5, twice, dtype=np.float64)
        yield whole("labels of any size", np.array([70, -3, 12])[people(m, 3)], 2, 4.0)
        yield whole("many pictures of two people", people(m, 2), 2, 6.0)
        yield whole("some people have one picture", rng.permutation(np.concatenate([np.arange(100, 106), people(8, 2)])), 2, 5.0)
        row = rng.permutation(3)
        yield case("a single triplet", (rng.integers(-3, 4) + np.array([[0, 1], [2, 1], [-2.125, 1]]))[row], np.array([4, 4, 7])[row], 1.0)
        yield whole("one person", people(7, 1), 3, 2.0)
        yield whole("nobody twice", rng.permutation(7), 3, 2.0)
        yield whole("one picture", np.array([3]), 3, 1.0)
        yield whole("no picture", np.zeros(0, int), 3, 1.0)

    return cases


# Of both heads.
SIGMOID = "np.where(z >= 0, 1.0, small) / (1.0 + small)"
STABLE = "e to the power of a large number is more than a float can hold, and inf / inf is no number: which of the two forms of σ never sees such a power?"
HEAD_SLIPS = [
    ("no sigmoid", edit(SIGMOID, "z"), "A probability lies between 0 and 1: what makes one of any number?"),
    ("the sigmoid is turned around", afterwards(lambda result: 1 - result), "σ grows: of a large number it is nearly 1."),
    ("not a number where it is large", edit(SIGMOID, "np.exp(z) / (1 + np.exp(z))"), STABLE),
    ("tanh", edit(SIGMOID, "np.tanh(z)"), "tanh runs from −1 to 1, and σ from 0 to 1."),
    ("yes or no", afterwards(lambda result: (result >= 0.5) * 1.0), "A probability is wanted, not a decision."),
    ("the bias is forgotten", ignoring(b=0), "There is a bias, too."),
    ("the bias is subtracted", beforehand(b="-b"), "The bias is added."),
]


def head_cases(rng, ratio=False):
    """Draw what both heads are asked.

    Arguments:
        ratio -- whether the differences are divided by sums, which then are 0, or well away from it
    """
    m, d = int(rng.integers(4, 7)), int(rng.integers(6, 10))

    def one(title, *shape, b=None, dtype=np.float64, size=1.0, signed=not ratio):
        f_i, f_j = size * rng.uniform(0.2, 2, (2, *shape))
        if signed:
            f_j[..., 0] = -0.2 * f_i[..., 0]
            sign = rng.choice([-1, 1], shape)
            sign[..., :2] = -1, 1
            f_i, f_j = sign * f_i, sign * f_j
        w = rng.normal(0, 1, shape[-1]) / size
        # So that the heads of all pairs stand around 0, where σ tells them apart.
        terms = (f_i - f_j) ** 2 / (f_i + f_j) if ratio else np.abs(f_i - f_j)
        b = float(rng.uniform(0.5, 1.5) - np.mean(terms @ w)) if b is None else b
        return case(title, f_i.astype(dtype), f_j.astype(dtype), w.astype(dtype), b)

    yield one("two vectors", d)
    yield one("m pairs of vectors", m, d)
    yield one("as many pairs as numbers", d, d)
    yield one("no bias", m, d, b=0.0)
    yield one("a whole number for a bias", m, d, b=int(rng.choice([-2, -1, 1, 2])))
    yield one("single precision", m, d, dtype=np.float32)
    yield one("one number each", m, 1, signed=False)
    yield one("one pair", 1, d)
    yield one("no pair", 0, d, b=0.5)
    f_i, f_j = rng.uniform(0.5, 2, (2, m, d))
    w = (10 if ratio else 1) * rng.uniform(500, 900, d)
    f_i[:2] = f_j[:2] + rng.uniform(0.0, 0.001, (2, d))
    f_i[2:, 0] = f_j[2:, 0] + 1.5
    yield case("large weights", f_i, f_j, w, float(rng.uniform(-0.5, 0.5)))
    yield case("large weights, below 0", f_i, f_j, -w, float(rng.uniform(-0.5, 0.5)))
    yield case("whole numbers", rng.integers(1, 4, (m, d)), rng.integers(1, 4, (m, d)), rng.integers(-1, 2, d), 1)
    if ratio:
        yield one("numbers of both signs", m, d, signed=True)
        yield one("tiny numbers", m, d, size=1e-12)
        f_i, f_j = rng.uniform(0.2, 2, (2, m, d))
        f_i[:, 0], f_j[:, 0] = 0, 0
        yield case("numbers that are both 0", f_i, f_j, rng.normal(0, 0.6, d), float(rng.normal()))
        f_j[1:, 1] = -f_i[1:, 1]
        yield case("opposite numbers, whose sum is 0", f_i, f_j, rng.normal(0, 0.6, d), float(rng.normal()))


# Of a threshold, and of a rate.
def pairs(rng, n_same, n_different, apart=1.0, scale=1.0, start=0.0):
    """Distances of pairs, and which are of one person."""
    distances = np.concatenate([rng.normal(2, 0.5, n_same), rng.normal(2 + apart, 0.5, n_different)])
    order = rng.permutation(n_same + n_different)
    same = np.arange(n_same + n_different) < n_same
    return start + scale * np.abs(distances[order]), same[order]


def in_steps(drawn, size=0.25):
    """Round distances, so that many of them are equal."""
    distances, same = drawn
    return np.round(distances / size) * size, same
