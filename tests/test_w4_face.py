"""The reference functions of `w4_face` against plain loops, closed forms, the numeric gradient, SciPy and scikit-learn."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import itertools
import tracemalloc

import keras
import numpy as np
import pytest
from conftest import forall
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from scipy.spatial.distance import cdist
from scipy.special import expit
from sklearn.metrics import roc_curve

from grader.spec.observers.losses import look_at_loss
from grader.spec.registry import load
from solutions.w4_face import (
    best_threshold,
    chi_square_similarity,
    equal_error_rate,
    identification_error,
    img_to_encoding,
    mine_hard_triplets,
    mine_semi_hard_triplets,
    siamese_head,
    siamese_head_chi_square,
    triplet_loss,
    verify,
    who_is_it,
)

pytestmark = [pytest.mark.backends, pytest.mark.usefixtures("no_warning")]
SEEDS = st.integers(0, 2**32 - 1)
array = keras.ops.convert_to_numpy


# --- encodings ------------------------------------------------------------------------------------------------------


def pixels_as_encoding(n_H, n_W, n_C):
    """A model whose encoding is the picture itself."""
    return keras.Sequential([keras.Input((n_H, n_W, n_C)), keras.layers.Flatten()])


def saved(folder, picture, name="somebody.png"):
    Image.fromarray(np.asarray(picture, np.uint8)).save(folder / name)
    return str(folder / name)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def unit(vector):
    vector = np.ravel(np.asarray(vector, float))
    return vector / np.sqrt(np.sum(vector**2))


def test_encoding_is_the_picture_at_length_1(tmp_path):
    picture = noise(4, 6, 3)
    encoding = img_to_encoding(saved(tmp_path, picture), pixels_as_encoding(4, 6, 3))
    assert isinstance(encoding, np.ndarray)
    assert encoding.shape == (1, 72)
    assert encoding.dtype == np.float32
    assert_allclose(encoding[0], unit(picture), rtol=1e-6)


def test_encoding_takes_a_path_object(tmp_path):
    path, model = saved(tmp_path, noise(4, 6, 3)), pixels_as_encoding(4, 6, 3)
    assert_array_equal(img_to_encoding(tmp_path / "somebody.png", model), img_to_encoding(path, model))


def test_encoding_is_made_in_inference_mode_of_numbers_from_0_to_1(tmp_path):
    model = keras.Sequential(
        [pixels_as_encoding(2, 3, 3), keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
    )
    rng = np.random.default_rng(1)
    gamma, beta, mean, variance = rng.random((4, 18)).astype(np.float32)
    model.layers[1].set_weights([gamma, beta, mean, variance])
    picture = noise(2, 3, 3)
    expected = gamma * (picture.ravel() / 255 - mean) / np.sqrt(variance + 1e-3) + beta
    assert_allclose(img_to_encoding(saved(tmp_path, picture), model)[0], unit(expected), atol=1e-5)
    assert_allclose(array(model.layers[1].moving_mean), mean)


def test_encoding_of_a_grey_model_and_of_grey_pictures(tmp_path):
    grey = noise(3, 5)
    path = saved(tmp_path, grey)
    assert_allclose(img_to_encoding(path, pixels_as_encoding(3, 5, 1))[0], unit(grey), rtol=1e-6)
    three = np.repeat(grey[..., None], 3, axis=2)
    assert_allclose(img_to_encoding(path, pixels_as_encoding(3, 5, 3))[0], unit(three), rtol=1e-6)
    as_colours = saved(tmp_path, three, "colours.png")
    assert_allclose(img_to_encoding(as_colours, pixels_as_encoding(3, 5, 1))[0], unit(grey), rtol=1e-6)


def test_encoding_drops_a_fourth_channel(tmp_path):
    picture = noise(3, 5, 4)
    encoding = img_to_encoding(saved(tmp_path, picture), pixels_as_encoding(3, 5, 3))
    assert_allclose(encoding[0], unit(picture[..., :3]), rtol=1e-6)


def test_encoding_resizes_height_to_height(tmp_path):
    picture = np.zeros((40, 60, 3))
    picture[:20] = 200
    encoding = img_to_encoding(saved(tmp_path, picture), pixels_as_encoding(10, 8, 3)).reshape(10, 8, 3)
    assert (encoding[:4] > 0.05).all()
    assert_allclose(encoding[6:], 0, atol=1e-6)


@pytest.mark.parametrize("content", [None, b"", b"a line of text", b"\x89PNG\r\n\x1a\n and no more"])
def test_encoding_of_no_picture_names_the_file(content, tmp_path):
    path = tmp_path / "nobody.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"nobody\.png cannot be read as a picture"):
        img_to_encoding(str(path), pixels_as_encoding(4, 6, 3))


def test_encoding_of_a_picture_that_ends_too_early(tmp_path):
    path = saved(tmp_path, noise(30, 30, 3))
    whole = (tmp_path / "somebody.png").read_bytes()
    for length in range(60, len(whole) - 20, 97):
        (tmp_path / "somebody.png").write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"somebody\.png cannot be read as a picture"):
            img_to_encoding(path, pixels_as_encoding(4, 6, 3))


# --- who is at the door ---------------------------------------------------------------------------------------------


@pytest.fixture
def door(tmp_path):
    """A picture's path, its model, and a vector of length 1 at a distance from its encoding."""
    picture, model = noise(2, 3, 3), pixels_as_encoding(2, 3, 3)
    encoding = unit(picture)

    def at(distance, seed=0):
        aside = np.random.default_rng(seed).standard_normal(18)
        aside = unit(aside - (aside @ encoding) * encoding)
        cosine = 1 - distance**2 / 2
        return cosine * encoding + np.sqrt(1 - cosine**2) * aside

    return saved(tmp_path, picture), model, at


@pytest.mark.parametrize(("distance", "opens"), [(0.1, True), (0.699, True), (0.701, False), (1.5, False)])
@pytest.mark.parametrize("shape", [(18,), (1, 18)])
def test_verify_opens_the_door_below_the_threshold(distance, opens, shape, door, capsys):
    path, model, at = door
    dist, door_open = verify(path, "Ada", {"Bo": at(0.05), "Ada": at(distance).reshape(shape)}, model)
    assert type(dist) is float
    assert_allclose(dist, distance, atol=1e-5)
    assert door_open is opens
    assert ("welcome" in capsys.readouterr().out) == opens


@pytest.mark.parametrize("database", [{}, {"Bo": np.ones(18)}])
def test_verify_of_nobody_known_says_who(database, door):
    with pytest.raises(ValueError, match="'Ada' is not in the database"):
        verify(door[0], "Ada", database, door[1])


@pytest.mark.parametrize("shape", [(18,), (1, 18)])
def test_who_is_it_finds_the_nearest(shape, door, capsys):
    path, model, at = door
    names = [*"cabd"]
    database = {
        name: at(d, seed).reshape(shape) for seed, (name, d) in enumerate(zip(names, (0.6, 0.3, 0.9, 1.2), strict=True))
    }
    min_dist, identity = who_is_it(path, database, model)
    assert type(min_dist) is float
    assert_allclose(min_dist, 0.3, atol=1e-5)
    assert identity == "a"
    assert "Not in the database." not in capsys.readouterr().out


def test_who_is_it_does_not_know_everybody(door, capsys):
    path, model, at = door
    min_dist, identity = who_is_it(path, {"Ada": at(0.9), "Bo": at(0.71)}, model)
    assert_allclose(min_dist, 0.71, atol=1e-5)
    assert identity is None
    assert "Not in the database." in capsys.readouterr().out


def test_who_is_it_takes_the_first_of_equals(door):
    path, model, at = door
    for names in itertools.permutations(["Ada", "Bo", "Cy"]):
        assert who_is_it(path, dict.fromkeys(names, at(0.4)), model)[1] == names[0]


def test_who_is_it_of_an_empty_database(door):
    with pytest.raises(ValueError, match="database is empty"):
        who_is_it(door[0], {}, door[1])


# --- triplet loss ---------------------------------------------------------------------------------------------------


def loss_by_loops(anchor, positive, negative, alpha):
    total = 0.0
    for a, p, n in zip(anchor.tolist(), positive.tolist(), negative.tolist(), strict=True):
        near = sum((x - y) ** 2 for x, y in zip(a, p, strict=True))
        far = sum((x - y) ** 2 for x, y in zip(a, n, strict=True))
        total += max(near - far + alpha, 0.0)
    return total


def test_loss_of_known_numbers():
    anchor, positive, negative = [[0.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [2.0, 0.0]]
    y_pred = [keras.ops.convert_to_tensor(one) for one in (anchor, positive, negative)]
    assert_allclose(array(triplet_loss(None, y_pred)), 2 - 1 + 0.2, rtol=1e-6)
    assert_allclose(array(triplet_loss(None, y_pred, alpha=3.5)), (2 - 1 + 3.5) + (1 - 4 + 3.5), rtol=1e-6)
    assert tuple(triplet_loss(None, y_pred).shape) == ()


@forall(25, st.integers(0, 6), st.integers(1, 8), st.floats(-1, 5), SEEDS)
def test_loss_is_that_of_the_loops(m, d, alpha, seed):
    given = np.random.default_rng(seed).standard_normal((3, m, d)).astype(np.float32)
    y_pred = tuple(keras.ops.convert_to_tensor(one) for one in given)
    assert_allclose(array(triplet_loss(None, y_pred, alpha)), loss_by_loops(*given, alpha), rtol=1e-4, atol=1e-4)


def test_loss_has_the_numeric_gradient():
    rng = np.random.default_rng(3)
    given = rng.standard_normal((3, 5, 4)).astype(np.float32)
    told = look_at_loss(triplet_loss, y_true=None, y_pred=list(given), alpha=1.0)
    for place in np.ndindex(given.shape):
        step = np.zeros(given.shape)
        step[place] = 1e-6
        rise = loss_by_loops(*(given + step), 1.0) - loss_by_loops(*(given - step), 1.0)
        assert_allclose(array(told["its gradient"][place[0]])[place[1:]], rise / 2e-6, atol=1e-3)


def test_loss_takes_the_three_stacked():
    given = np.random.default_rng(4).standard_normal((3, 5, 4)).astype(np.float32)
    stacked = triplet_loss(None, keras.ops.convert_to_tensor(given))
    assert_allclose(array(stacked), loss_by_loops(*given, 0.2), rtol=1e-5)


# --- mining ---------------------------------------------------------------------------------------------------------


def mined_by_loops(embeddings, labels, margin, semi_hard):
    squares, m = cdist(embeddings, embeddings, "sqeuclidean"), len(labels)
    triplets = []
    for a, p in itertools.product(range(m), repeat=2):
        if a == p or labels[a] != labels[p]:
            continue
        negatives = [n for n in range(m) if labels[n] != labels[a]]
        if semi_hard:
            negatives = [n for n in negatives if squares[a, p] < squares[a, n] < squares[a, p] + margin]
        if negatives:
            n = min(negatives, key=lambda n: (squares[a, n], n))
            if semi_hard or squares[a, p] - squares[a, n] + margin > 0:
                triplets.append((a, p, n))
    return np.array(triplets, dtype=int).reshape(-1, 3)


MINERS = pytest.mark.parametrize(
    ("mine", "semi_hard"), [(mine_hard_triplets, False), (mine_semi_hard_triplets, True)], ids=["hard", "semi-hard"]
)


@MINERS
@forall(150, st.integers(0, 16), st.integers(1, 3), st.integers(1, 5), st.sampled_from([0, 0.5, 1, 2, 3.5]), SEEDS)
def test_mining_whole_numbers_full_of_ties(mine, semi_hard, m, d, people, margin, seed):
    rng = np.random.default_rng(seed)
    X, labels = rng.integers(-2, 3, (m, d)), rng.integers(-people, people, m)
    found = mine(X, labels, margin)
    assert found.dtype.kind == "i"
    assert_array_equal(found, mined_by_loops(X.reshape(m, d), labels, margin, semi_hard) if m else np.zeros((0, 3)))


@MINERS
@forall(40, st.integers(2, 40), st.integers(2, 20), st.integers(1, 6), st.floats(0.01, 1), st.booleans(), SEEDS)
def test_mining_vectors_of_length_1(mine, semi_hard, m, d, people, margin, single, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((m, d))
    X = (X / np.linalg.norm(X, axis=1, keepdims=True)).astype(np.float32 if single else float)
    labels = rng.integers(0, people, m)
    assert_array_equal(mine(X, labels, margin), mined_by_loops(X.astype(float), labels, margin, semi_hard))


@MINERS
@pytest.mark.parametrize("labels", [[], [3], [3, 3, 3], [1, 2, 3]])
def test_mining_where_there_is_no_triplet(mine, semi_hard, labels):
    found = mine(np.arange(2.0 * len(labels)).reshape(-1, 2), np.array(labels, dtype=int), 1e9)
    assert found.shape == (0, 3)
    assert found.dtype.kind == "i"


@MINERS
def test_mining_leaves_its_input_alone(mine, semi_hard):
    rng = np.random.default_rng(0)
    X, labels = rng.standard_normal((30, 4)), rng.integers(0, 5, 30)
    before = X.copy(), labels.copy()
    mine(X, labels, 0.5)
    assert_array_equal(X, before[0])
    assert_array_equal(labels, before[1])


def test_the_loss_of_hard_triplets_is_above_0_and_of_the_others_it_is_not():
    rng = np.random.default_rng(1)
    X, labels = rng.standard_normal((40, 6)).astype(np.float32), rng.integers(0, 8, 40)
    squares = cdist(X, X, "sqeuclidean")
    found = mine_hard_triplets(X, labels, 0.5)
    costs = squares[found[:, 0], found[:, 1]] - squares[found[:, 0], found[:, 2]] + 0.5
    assert (costs > 0).all()
    y_pred = [keras.ops.convert_to_tensor(X[column]) for column in found.T]
    assert_allclose(array(triplet_loss(None, y_pred, 0.5)), costs.sum(), rtol=1e-4)
    left = {(a, p) for a, p in itertools.permutations(range(40), 2) if labels[a] == labels[p]}
    left -= {(a, p) for a, p, _ in found.tolist()}
    for a, p in left:
        assert squares[a, p] - squares[a, labels != labels[a]].min() + 0.5 <= 1e-9


@MINERS
def test_mining_4096_embeddings_stays_within_memory(mine, semi_hard):
    rng = np.random.default_rng(0)
    X, labels = rng.standard_normal((4096, 128)).astype(np.float32), rng.integers(0, 1024, 4096)
    tracemalloc.start()
    mine(X, labels, 1.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500e6


# --- similarity heads -----------------------------------------------------------------------------------------------


def test_chi_square_of_known_numbers():
    assert_allclose(chi_square_similarity(np.array([1.0, 2, 0]), np.array([3.0, 2, 0])), 4 / 4)
    assert_allclose(chi_square_similarity(np.array([[1, 0], [0, 0]]), np.array([[0, 3], [0, 0]])), [4, 0])
    assert_allclose(chi_square_similarity(np.array([2.0, 1.0]), np.array([-2.0, 0.5])), 0.25 / 1.5)
    assert_allclose(chi_square_similarity(np.array([-2.0]), np.array([-1.0])), -1 / 3)


@forall(60, st.integers(0, 4), st.integers(0, 6), SEEDS)
def test_chi_square_is_that_of_the_loops(m, d, seed):
    f_i, f_j = np.random.default_rng(seed).integers(-3, 4, (2, m, d))
    expected = [
        sum((x - y) ** 2 / (x + y) for x, y in zip(*pair, strict=True) if x + y) for pair in zip(f_i, f_j, strict=True)
    ]
    assert_allclose(chi_square_similarity(f_i, f_j), np.array(expected), rtol=1e-12, atol=1e-12)
    for row in range(m):
        assert_allclose(chi_square_similarity(f_i[row], f_j[row]), expected[row], rtol=1e-12, atol=1e-12)


@forall(60, st.integers(0, 4), st.integers(1, 6), st.sampled_from([1, 10, 1e4]), SEEDS)
def test_heads_are_scipys_expit(m, d, size, seed):
    rng = np.random.default_rng(seed)
    f_i, f_j, w, b = *rng.integers(-3, 4, (2, m, d)), size * rng.standard_normal(d), size * rng.standard_normal()
    differences, total = np.abs(f_i - f_j), f_i + f_j
    terms = np.where(total == 0, 0, differences**2 / np.where(total == 0, 1, total))
    assert_allclose(siamese_head(f_i, f_j, w, b), expit(differences @ w + b), rtol=1e-9)
    assert_allclose(siamese_head_chi_square(f_i, f_j, w, b), expit(terms @ w + b), rtol=1e-9)
    for row in range(m):
        for head in (siamese_head, siamese_head_chi_square):
            one = head(f_i[row], f_j[row], w, b)
            assert one.shape == ()
            assert_allclose(one, head(f_i, f_j, w, b)[row], rtol=1e-9)


def test_heads_of_enormous_numbers():
    for w, expected in ((1e300, 1), (-1e300, 0)):
        for head in (siamese_head, siamese_head_chi_square):
            assert head(np.array([5.0]), np.array([1.0]), np.array([w]), 0.0) == expected


# --- thresholds and rates -------------------------------------------------------------------------------------------


def right_decisions(threshold, distances, same):
    return sum((d < threshold) == s for d, s in zip(distances.tolist(), same.tolist(), strict=True))


@forall(150, st.integers(1, 25), st.integers(1, 12), st.sampled_from([1, 0.1, 1e6]), SEEDS)
def test_threshold_is_as_good_as_any(m, steps, size, seed):
    rng = np.random.default_rng(seed)
    distances, same = size * rng.integers(0, steps, m), rng.random(m) < rng.random()
    threshold = best_threshold(distances, same)
    assert type(threshold) is float
    tried = [*distances.tolist(), float(distances.max()) + 1]
    assert right_decisions(threshold, distances, same) == max(right_decisions(t, distances, same) for t in tried)


def test_threshold_lies_halfway_between_what_it_parts():
    assert best_threshold(np.array([0.5, 1.5, 0.25, 2]), np.array([True, False, True, False])) == 1.0


def rate_by_loops(distances, same):
    kinds = [distances[same].tolist(), distances[~same].tolist()]
    pairs = []
    for t in [*sorted(set(distances.tolist())), float("inf")]:
        rejected, accepted = sum(d >= t for d in kinds[0]) / len(kinds[0]), sum(d < t for d in kinds[1]) / len(kinds[1])
        pairs.append((round(abs(rejected - accepted), 12), (rejected + accepted) / 2))
    return min(pairs, key=lambda pair: pair[0])[1]


@forall(150, st.integers(1, 12), st.integers(1, 12), st.integers(1, 10), SEEDS)
def test_rate_is_that_of_the_loops(n_same, n_different, steps, seed):
    rng = np.random.default_rng(seed)
    distances = rng.integers(0, steps, n_same + n_different)
    same = rng.permutation(np.arange(n_same + n_different) < n_same)
    assert_allclose(equal_error_rate(distances, same), rate_by_loops(distances, same), atol=1e-12)


@forall(40, st.integers(20, 200), SEEDS)
def test_rate_lies_on_scikit_learns_curve(n, seed):
    rng = np.random.default_rng(seed)
    distances = np.concatenate([rng.normal(1, 0.3, n), rng.normal(1.6, 0.3, 2 * n)])
    same = np.arange(3 * n) < n
    accepted, found, _ = roc_curve(same, -distances, drop_intermediate=False)
    closest = np.argmin(np.abs(accepted - (1 - found)).round(12))
    assert_allclose(equal_error_rate(distances, same), (accepted[closest] + 1 - found[closest]) / 2, atol=1e-12)


def test_rate_of_two_bell_curves_is_known():
    """Normal distances a unit's spread from where the curves cross: one in six is on the wrong side."""
    rng = np.random.default_rng(0)
    distances = np.concatenate([rng.normal(0, 1, 200_000), rng.normal(2, 1, 100_000)])
    assert_allclose(equal_error_rate(distances, np.arange(300_000) < 200_000), 0.158655, atol=2e-3)


def test_rates_at_the_ends():
    same = np.array([True, True, False])
    assert equal_error_rate(np.array([1.0, 2, 3]), same) == 0
    assert equal_error_rate(np.array([3.0, 3, 1]), same) == 1
    assert equal_error_rate(np.array([1.0, 1, 1]), same) == 0.5


def test_a_common_error_grows_with_the_crowd():
    assert_allclose(identification_error(0.01, 1), 0.01)
    assert_allclose(identification_error(0.01, 100), 0.633968, atol=1e-6)
    assert_allclose(identification_error(0.01, np.array([0, 1, 2])), [0, 0.01, 0.0199])
    assert identification_error(1.0, 3) == 1


def test_a_common_error_is_what_is_counted():
    rng = np.random.default_rng(0)
    errs = rng.random((200_000, 20)) < 0.03
    assert_allclose(np.mean(errs.any(axis=1)), identification_error(0.03, 20), atol=4e-3)


# --- what is asked --------------------------------------------------------------------------------------------------


def test_mining_is_asked_about_numbers_that_no_way_of_computing_rounds():
    """Squared distances must be exact in the ten bits that a GPU multiplies with, and so must each comparison."""
    for one in ("mine_hard_triplets", "mine_semi_hard_triplets"):
        for seed in range(5):
            for case in load("w4_face").exercises[one].draw(seed):
                X = np.asarray(case.args[0], float)
                assert_array_equal(8 * X, np.round(8 * X))
                assert np.abs(8 * X).max(initial=0) < 1024


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 12  # at least so many
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"one person (\S+), two persons", lambda apart: 24 < float(apart) < 27),
    (r"two persons (\S+)\n", lambda apart: 27 < float(apart) < 30),
    (r"recognised: (\d+)% of 60", lambda share: int(share) >= 90),
    (r"strangers' faces: EER (\S+) %", lambda rate: float(rate) <= 5),
    (r"pixels: (\d+) %; best", lambda rate: 35 <= int(rate) <= 45),
    (r"best threshold (\S+)", lambda line: 0.6 < float(line) < 0.85),
    (r"by the formula 63%, measured (\d+)%", lambda share: 50 <= int(share) <= 66),
    (r"darker half +\S+ +(\S+)%", lambda share: 1.4 <= float(share) <= 2.4),
    (r"lighter half +\S+ +(\S+)%", lambda share: 1.3 <= float(share) <= 2.4),
    (r"drawn faces: (\d+)% right", lambda share: int(share) >= 90),
]
# The same where it is trained all the way.
CLAIMS_WHEN_TRAINED = [
    (r"after \d+ epochs: EER (\S+) %", lambda rate: float(rate) < 15),
    # The photographs are not at hand everywhere; what is said of them holds where they are.
    (
        r"photographs: EER .*, mean (\S+) %|set orl_faces39 is not at hand",
        lambda rate: rate is None or float(rate) <= 7,
    ),
    (
        r"one-shot (\S+) % right over|set omniglot_small is not at hand",
        lambda share: share is None or float(share) >= 90,
    ),
    (r"encoder of drawings: EER (\S+) %|set orl_faces39 is not at hand", lambda rate: rate is None or float(rate) > 9),
]
