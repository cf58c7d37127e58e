"""The reference functions of `w2_mobilenet` against hand-worked cases, NumPy and other people's operations."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import itertools

import keras
import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import data
from solutions.w2_mobilenet import (
    alpaca_model,
    compound_scaling,
    data_augmenter,
    depthwise_conv,
    depthwise_separable_cost,
    fine_tune,
    inverted_residual_block,
    pca_color_jitter,
    pointwise_conv,
)

pytestmark = pytest.mark.backends
SEEDS = st.integers(0, 2**32 - 1)
array = keras.ops.convert_to_numpy


def forall(*strategies):
    return lambda test: settings(max_examples=40, deadline=None)(given(*strategies)(test))


# --- depthwise and pointwise ----------------------------------------------------------------------------------------


def test_depthwise_of_known_numbers():
    X = np.arange(9.0).reshape(1, 3, 3, 1) * np.array([1.0, 10.0])
    W = np.stack([np.eye(2), np.ones((2, 2))], axis=-1)
    assert_allclose(depthwise_conv(X, W, 1, 0)[0, :, :, 0], [[4, 6], [10, 12]])
    assert_allclose(depthwise_conv(X, W, 1, 0)[0, :, :, 1], [[80, 120], [200, 240]])


@forall(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), SEEDS)
def test_depthwise_is_scipys_correlation_of_each_channel(m, n_C, f, stride, pad, seed):
    rng = np.random.default_rng(seed)
    X, W = rng.standard_normal((m, 6, 7, n_C)), rng.standard_normal((f, f, n_C))
    padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    ours = depthwise_conv(X, W, stride, pad)
    for i, c in itertools.product(range(m), range(n_C)):
        theirs = scipy.signal.correlate2d(padded[i, :, :, c], W[:, :, c], mode="valid")[::stride, ::stride]
        assert_allclose(ours[i, :, :, c], theirs, atol=1e-12)


@forall(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2), SEEDS)
def test_depthwise_and_pointwise_are_keras_operations(n_C, f, stride, seed):
    rng = np.random.default_rng(seed)
    X, W = (rng.standard_normal(shape).astype("float32") for shape in ((2, 6, 7, n_C), (f, f, n_C)))
    theirs = array(keras.ops.depthwise_conv(X, W[..., None], strides=stride, padding="valid"))
    assert_allclose(depthwise_conv(X, W, stride, 0), theirs, atol=1e-4)
    P = rng.standard_normal((n_C, 5)).astype("float32")
    assert_allclose(pointwise_conv(X, P), array(keras.ops.conv(X, P[None, None])), atol=1e-4)


@forall(*(st.integers(1, 6) for _ in range(5)))
def test_cost_counts_what_is_multiplied(n_H, n_W, f, n_C, n_C_out):
    normal, separable, ratio = depthwise_separable_cost(n_H, n_W, f, n_C, n_C_out)
    assert normal == sum(1 for _ in np.ndindex(n_H, n_W, f, f, n_C, n_C_out))
    assert separable == sum(1 for _ in np.ndindex(n_H, n_W, f, f, n_C)) + sum(
        1 for _ in np.ndindex(n_H, n_W, n_C, n_C_out)
    )
    assert ratio == pytest.approx(1 / n_C_out + 1 / f**2)


def test_cost_of_the_lectures_case():
    assert depthwise_separable_cost(4, 4, 3, 3, 5)[:2] == (2160, 672)


# --- MobileNetV2's block --------------------------------------------------------------------------------------------


def block_in_numpy(model, X, expansion, filters, stride):
    """The block from the functions above, with a Keras model's weights."""
    shape = X.shape[1:3]
    weights = iter(model.get_weights())

    def normalised(x):
        gamma, beta, mean, variance = itertools.islice(weights, 4)
        return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta

    Y = X
    if expansion > 1:
        Y = np.clip(normalised(pointwise_conv(Y, next(weights)[0, 0])), 0, 6)
    # "same": what is missing is added below and to the right first.
    missing = [max((-(-n // stride) - 1) * stride + 3 - n, 0) for n in shape]
    Y = np.pad(Y, ((0, 0), *((n // 2, n - n // 2) for n in missing), (0, 0)))
    Y = np.clip(normalised(depthwise_conv(Y, next(weights)[..., 0], stride, 0)), 0, 6)
    Y = normalised(pointwise_conv(Y, next(weights)[0, 0]))
    return X + Y if stride == 1 and filters == X.shape[-1] else Y


@pytest.mark.parametrize(("expansion", "filters", "stride"), [(6, 8, 1), (3, 5, 1), (1, 8, 1), (1, 4, 2), (2, 8, 2)])
def test_block_is_its_parts(expansion, filters, stride):
    rng = np.random.default_rng(0)
    inputs = keras.Input((7, 10, 8))
    model = keras.Model(inputs, inverted_residual_block(inputs, expansion, filters, stride))
    model.set_weights([0.5 + rng.random(weight.shape) - 0.5 * (weight.ndim > 1) for weight in model.get_weights()])
    X = rng.standard_normal((2, 7, 10, 8)).astype("float32")
    assert_allclose(
        array(model(X, training=False)), block_in_numpy(model, X, expansion, filters, stride), rtol=1e-3, atol=1e-3
    )


def test_blocks_have_the_parameters_of_kerass_own():
    """Its block 2 takes 24 channels to 24 by an expansion of 6."""
    theirs = keras.applications.MobileNetV2((64, 64, 3), weights=None, include_top=False)
    inputs = keras.Input((16, 16, 24))
    ours = keras.Model(inputs, inverted_residual_block(inputs, 6, 24, 1))
    count = sum(layer.count_params() for layer in theirs.layers if layer.name.startswith("block_2_"))
    assert ours.count_params() == count


# --- scaling and colours --------------------------------------------------------------------------------------------


def test_scaling_is_by_powers():
    assert_allclose(compound_scaling(2), [1.44, 1.21, 1.3225])
    assert compound_scaling(0) == (1, 1, 1)
    depth, width, resolution = compound_scaling(1)
    assert depth * width**2 * resolution**2 == pytest.approx(2, rel=0.05)


@forall(SEEDS, st.sampled_from([0.0, 0.1, 3.0]))
def test_jitter_adds_along_the_principal_components(seed, sigma):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((6, 8, 3)) @ rng.standard_normal((3, 3)) + 5
    added = pca_color_jitter(X, np.random.default_rng(seed), sigma) - X
    assert_allclose(added, np.broadcast_to(added[0, 0], X.shape), atol=1e-9)
    flat = X.reshape(-1, 3) - X.reshape(-1, 3).mean(axis=0)
    _, spread, components = np.linalg.svd(flat, full_matrices=False)
    values = (spread**2 / (len(flat) - 1))[::-1]  # eigh starts with the smallest
    strengths = np.random.default_rng(seed).normal(0, sigma, 3)
    assert_allclose(np.abs(components[::-1] @ added[0, 0]), np.abs(strengths * values), atol=1e-8)


# --- transfer -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (6, 48, 64, 3)).astype("float32")


def test_augmentation_is_for_training_only(pictures):
    augment = data_augmenter()
    assert_allclose(array(augment(pictures, training=False)), pictures)
    assert not np.allclose(array(augment(pictures, training=True)), pictures)


def moving(model):
    return [array(weight).copy() for weight in model.weights if weight.name.startswith("moving")]


def kernels(model):
    return [array(weight).copy() for weight in model.weights if weight.name == "kernel"]


def test_only_the_new_layer_learns_at_first(pictures):
    model = alpaca_model((48, 64), data_augmenter())
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 1281
    features = data.pretrained("mobilenet_v2", input_shape=(48, 64, 3))(pictures / 127.5 - 1, training=False)
    weights, bias = model.get_weights()[-2:]
    assert_allclose(
        array(model(pictures, training=False)), array(features).mean(axis=(1, 2)) @ weights + bias, atol=1e-3
    )


def test_tuning_moves_the_last_layers_and_no_statistic(pictures):
    model = fine_tune(alpaca_model((48, 64), data_augmenter()), fine_tune_at=120, base_learning_rate=0.02)
    assert float(array(model.optimizer.learning_rate)) == pytest.approx(0.002)
    before, statistics = kernels(model), moving(model)
    model.fit(pictures, np.arange(6) % 2, epochs=1, batch_size=3, verbose=0)
    changed = [not np.array_equal(one, other) for one, other in zip(before, kernels(model), strict=True)]
    assert all(np.array_equal(one, other) for one, other in zip(statistics, moving(model), strict=True))
    assert not any(changed[:39])
    assert all(changed[40:])


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 8  # at least so many
# In a brief run, so many pictures of a split.
FEWER = {("flowers12", "train"): 96, ("flowers12", "test"): 48, ("pets3", "train"): 48, ("pets3", "test"): 24}
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"joined filters gives the same: (\w+)", lambda word: word == "True"),
    (r"numbers to learn: (\S+) at once", lambda count: count == "1,152"),
    (r"at once, (\d+) in two steps", lambda count: count == "200"),
    (r"multiplications at once, \S+ in two steps, (\S+) of it", lambda share: share == "0.119"),
    (r"three 3 × 3 convolutions +(\S+)", lambda count: count == "15,840"),
    (r"your block, 144 channels inside +(\S+)", lambda count: count == "9,456"),
    (r"B6 .* (\d+\.\d) +64", lambda cost: round(float(cost)) == 50),
    (r"a network that never learnt: (\S+)", lambda accuracy: float(accuracy) < 0.7),
    (r"(\S+) of 1,383,345 numbers learn", lambda count: count == "1,281"),
    (r"statistics that moved: (\d+)", lambda count: count == "0"),
]
# The same where it is trained all the way, on all pictures.
CLAIMS_WHEN_TRAINED = [
    (r"the borrowed network: (\S+)", lambda accuracy: float(accuracy) >= 0.85),
    (r"with the base frozen: (\S+)", lambda accuracy: float(accuracy) >= 0.85),
    (r"tuned: (\d\.\d+)", lambda accuracy: float(accuracy) >= 0.95),
    (r"never seen, after (\d+) s", lambda seconds: int(seconds) <= 120),
]
