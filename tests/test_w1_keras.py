"""The reference functions of `w1_keras` against hand-worked cases, numeric gradients and other people's operations."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from numpy.testing import assert_allclose

from grader.spec.observers.models import look_at_model
from solutions.w1_keras import (
    LeNet5,
    batch_norm_forward,
    convolutional_model,
    cross_entropy,
    happyModel,
    softmax,
)

pytestmark = pytest.mark.backends
SEEDS = st.integers(0, 2**32 - 1)


def forall(*strategies):
    return lambda test: settings(max_examples=60, deadline=None)(given(*strategies)(test))


# --- softmax and cross-entropy ------------------------------------------------------------------------------------


def test_softmax_of_two_scores():
    assert_allclose(softmax(np.log([1, 3])), [0.25, 0.75])
    assert_allclose(softmax(np.array([-1000.0, 1000.0])), [0, 1])


@forall(array_shapes(min_dims=1, max_dims=4, max_side=5), SEEDS, st.sampled_from([1, 30, 1000]))
def test_softmax_is_scipys(shape, seed, reach):
    z = reach * np.random.default_rng(seed).standard_normal(shape)
    assert_allclose(softmax(z), scipy.special.softmax(z, axis=-1), atol=1e-15)
    assert_allclose(softmax(z).sum(axis=-1), 1)


def test_cross_entropy_of_known_probabilities():
    p = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    assert_allclose(cross_entropy(np.array([1, 2]), p), (np.log(4) - np.log(0.8)) / 2)
    assert np.isfinite(cross_entropy(np.array([0]), np.array([[0.0, 1.0]])))


@forall(st.integers(1, 6), st.integers(2, 5), SEEDS)
def test_cross_entropy_is_sklearns_and_keras(m, n, seed):
    rng = np.random.default_rng(seed)
    p, ids = softmax(rng.standard_normal((m, n))), rng.integers(0, n, m)
    expected = sklearn.metrics.log_loss(ids, p, labels=range(n))
    assert_allclose(cross_entropy(ids, p), expected)
    assert_allclose(cross_entropy(np.eye(n)[ids], p), expected)
    theirs = keras.losses.SparseCategoricalCrossentropy()(ids, p)
    assert_allclose(cross_entropy(ids, p), float(theirs), rtol=1e-5)


def test_the_gradient_through_both_is_the_difference(eps=1e-6):
    """By the scores it is (softmax − one-hot) / m: Goodfellow, Bengio, Courville 2016, section 6.2.2.3."""
    rng = np.random.default_rng(0)
    z, ids = rng.standard_normal((3, 4)), np.array([0, 3, 1])
    numeric = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[place] = eps
        numeric[place] = (cross_entropy(ids, softmax(z + step)) - cross_entropy(ids, softmax(z - step))) / (2 * eps)
    assert_allclose(numeric, (softmax(z) - np.eye(4)[ids]) / 3, atol=1e-8)


# --- batch normalisation --------------------------------------------------------------------------------------------


@forall(array_shapes(min_dims=2, max_dims=5, max_side=4), SEEDS, st.booleans())
def test_batch_norm_is_keras_layer(shape, seed, training):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape).astype("float32")
    gamma, beta, mean = rng.standard_normal((3, shape[-1])).astype("float32")
    var = (0.5 + rng.random(shape[-1])).astype("float32")
    layer = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-2)
    layer.build(x.shape)
    layer.set_weights([gamma, beta, mean, var])
    theirs = [layer(x, training=training), layer.moving_mean, layer.moving_variance]
    ours = batch_norm_forward(x, gamma, beta, mean, var, training, momentum=0.9, eps=1e-2)
    for one, other in zip(ours, theirs, strict=True):
        assert_allclose(one, keras.ops.convert_to_numpy(other), rtol=2e-4, atol=2e-4)


def test_batch_norm_returns_new_arrays():
    x, ones = np.ones((2, 3)), np.ones(3)
    _, mean, var = batch_norm_forward(x, ones, ones, ones, ones, training=False)
    mean[:], var[:] = 7, 7
    assert (ones == 1).all()


# --- models ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "arguments", "parameters", "output"),
    [
        (happyModel, (), 37_633, (None, 1)),
        (convolutional_model, ((64, 64, 3),), 392 + 528 + 390, (None, 6)),
        (LeNet5, (), 61_706, (None, 10)),
        (LeNet5, ((32, 32, 3), 4), 61_706 + 5 * 5 * 2 * 6 - 6 * 85, (None, 4)),
    ],
)
def test_models_have_their_size(build, arguments, parameters, output):
    model = build(*arguments)
    assert model.count_params() == parameters
    assert model.output_shape == output
    assert not model.compiled


def test_the_order_in_which_layers_are_made_does_not_matter():
    def forwards():
        inputs = keras.Input((6, 6, 12))
        return keras.Model(inputs, keras.layers.Dense(20)(keras.layers.Dense(30)(inputs)))

    def backwards():
        last, first, inputs = keras.layers.Dense(20), keras.layers.Dense(30), keras.Input((6, 6, 12))
        return keras.Model(inputs, last(first(inputs)))

    pictures = np.random.default_rng(0).random((2, 6, 6, 12), dtype=np.float32)
    for look in ("sizes", "parameters", "beginning", "inference", "training"):
        one, other = (look_at_model(build, look=look, pictures=pictures) for build in (forwards, backwards))
        assert str(one) == str(other)


def test_what_is_no_model_is_named():
    with pytest.raises(TypeError, match=r"expected a keras.Model, got NoneType"):
        look_at_model(lambda: None, look="sizes", pictures=np.zeros((1, 2, 2, 1)))


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 7  # at least so many
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"near 1000: \[(\S+)", lambda p: p == "0.644"),
    (r"layer gives the same: (\w+)", lambda word: word == "True"),
    (r"running means: (\w+)", lambda word: word == "True"),
    (r"37,633 (parameters)", bool),
    (r"initial loss (\S+),", lambda loss: abs(float(loss) - 1.79) < 0.1),
    (r"after one step (\S+)", lambda loss: float(loss) <= 1.8),
    (r"nearest average picture +(\S+)", lambda accuracy: float(accuracy) < 0.85),
    (r"61,706 (parameters)", bool),
]
# The same where it is trained all the way.
CLAIMS_WHEN_TRAINED = [
    (r"learnt by heart: (\S+)", lambda accuracy: float(accuracy) == 1),
    (r"faces never seen: (\S+)", lambda accuracy: float(accuracy) >= 0.93),
    (r"your network, three runs +(\S+)", lambda accuracy: float(accuracy) >= 0.92),
    (r"; (\d+) s a run", lambda seconds: int(seconds) <= 60),
    (r"accuracy on 355 digits: (\d\.\d+)", lambda accuracy: float(accuracy) >= 0.97),
]
