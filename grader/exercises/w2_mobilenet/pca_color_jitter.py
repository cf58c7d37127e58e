"""`pca_color_jitter`: one colour is added to the whole picture; the eigenvectors' signs are anybody's choice."""

import numpy as np
from solutions.w2_mobilenet import pca_color_jitter

from grader.exercises.w2_mobilenet.shared import TF32
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, ignoring


def jitter_seen(function, X, seed, **sigma):
    """What was added, along each eigenvector and without its sign, which is anybody's choice."""
    import numpy as np

    rng = np.random.default_rng(seed)
    out = np.asarray(function(X, rng, **sigma))
    if out.shape != X.shape:
        return out
    added = out.astype(float) - X
    values, vectors = np.linalg.eigh(np.cov(X.reshape(-1, 3).astype(float), rowvar=False))
    along = np.abs(added.reshape(-1, 3).mean(axis=0) @ vectors)
    spread = np.abs(added - added.mean(axis=(0, 1))).max()
    scale = np.sqrt(values.sum())
    return {
        "added along the eigenvectors": along / scale,
        "the same for every pixel": bool(spread <= 1e-4 * (scale + np.abs(X).max())),
        "the generator's next number": rng.random(),
    }


exercise = Exercise(
    pca_color_jitter,
    points=12,
    limit_float32=TF32,
    observer=jitter_seen,
    hints=[
        "Every pixel is a point with three coordinates. In which directions do these points spread, and how far?",
        "np.cov(X.reshape(-1, 3), rowvar=False) is (3, 3); np.linalg.eigh of it gives λ and, as columns, p.",
        "strengths = rng.normal(0, sigma, 3); add vectors @ (strengths * values), three numbers, to every pixel.",
    ],
)


@exercise.cases
def cases(rng):
    seed = draw.number(rng, 0, 2**31)

    def picture(n_H, n_W, factor=1.0):
        """One channel's mean is above 1, another's below -1, so that clipping is seen."""
        mixed = draw.normal(rng, n_H, n_W, 3) @ draw.normal(rng, 3, 3)
        return factor * (mixed - mixed.mean(axis=(0, 1)) + rng.uniform(2, 6, 3) * rng.permutation([-1, 1, rng.choice([-1, 1])]))

    yield case("a picture", picture(6, 9), seed)
    yield case("a strong change", picture(9, 6), seed + 1, sigma=2.0)
    yield case("no change", picture(5, 7), seed + 2, sigma=0.0)
    yield case("another seed", picture(7, 8), seed + 3, sigma=0.5)
    yield case("large numbers", picture(6, 9, 40.0), seed + 4, sigma=0.01)
    yield case("one bright colour", picture(8, 5) * np.array([4.0, 1.0, 0.2]), seed + 5)


exercise.also("single precision")
exercise.equivalent("-1 → -2", "NumPy takes any negative length for the unknown one")
exercise.equivalent("X + vectors @ (strengths * values) → X - vectors @ (strengths * values)", "an eigenvector's sign is anybody's choice")

exercise.slip(
    "each channel by itself",
    lambda X, rng, sigma=0.1: X + rng.normal(0, sigma, 3) * X.reshape(-1, 3).std(axis=0),
    "The directions are the eigenvectors of the pixels' covariance, not red, green and blue.",
)
exercise.slip(
    "another change for every pixel",
    lambda X, rng, sigma=0.1: X + np.einsum("hwi,i,ci->hwc", rng.normal(0, sigma, X.shape), *np.linalg.eigh(np.cov(X.reshape(-1, 3), rowvar=False))),
    "Three numbers are drawn for the whole picture: the light changes, not the grain.",
)
exercise.slip("rows of eigenvectors", edit("vectors @", "vectors.T @"), "eigh gives the eigenvectors as columns: vectors[:, i] belongs to values[i].")
exercise.slip("without the eigenvalues", edit("strengths * values", "strengths"), "Where the colours vary more, more is added: λ is a factor.")
exercise.slip("their roots", edit("strengths * values", "strengths * np.sqrt(np.abs(values))"), "The factor is the eigenvalue itself, not its root.")
exercise.slip("sigma is ignored", ignoring(sigma=0.1), "The strengths' standard deviation is an argument.")
exercise.slip("sigma taken for the variance", beforehand(sigma="sigma**0.5"), "The second argument of rng.normal is the standard deviation already.")
exercise.slip("multiplied into the picture", lambda X, rng, sigma=0.1: X * (1 + pca_color_jitter(X, rng, sigma) - X), "The change is added to every pixel.")
exercise.slip("clipped", afterwards(lambda out: np.clip(out, 0, 1)), "Return the sums as they are: they are not clipped.")
exercise.slip("a generator of its own", beforehand(rng="np.random.default_rng(0)"), "Draw from the rng that is given, so that the caller can repeat it.")
