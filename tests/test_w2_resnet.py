"""The reference functions of `w2_resnet` against our own layers in NumPy, numeric gradients and other people's networks."""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from keras.initializers import he_normal
from numpy.testing import assert_allclose

from grader.scoring import probe
from grader.spec.observers.models import look_at_model
from grader.spec.registry import load
from solutions.w1_conv import conv_forward_fast, pool_forward
from solutions.w1_keras import batch_norm_forward
from solutions.w2_resnet import (
    ResNet50,
    convolutional_block,
    identity_block,
    inception_module,
    multiply_adds,
    plain_block,
)

SEEDS = st.integers(0, 2**32 - 1)


def forall(examples, *strategies):
    return lambda test: settings(max_examples=examples, deadline=None)(given(*strategies)(test))


def model_of(block, shape, *args, **kwargs):
    inputs = keras.Input(shape)
    return keras.Model(inputs, block(inputs, *args, **kwargs))


def shaken(model, seed):
    """Give every weight new numbers, so that no scale is 1 and no offset 0."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        near = 1.0 if weight.name in ("gamma", "moving_variance") else 0.0
        weight.assign(near + 0.3 * np.tanh(rng.standard_normal(weight.shape)))
    return model


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def with_weights(model, kind):
    """The layers of a kind, in the order in which they were made."""
    return [[numbers(weight) for weight in layer.weights] for layer in model.layers if isinstance(layer, kind)]


def relu(x):
    return np.maximum(x, 0)


def convolved(x, weights, stride=1):
    """Same convolution, by the functions of the first assignment."""
    kernel, bias = weights
    f = kernel.shape[0]
    padded = np.pad(x, ((0, 0), ((f - 1) // 2, f // 2), ((f - 1) // 2, f // 2), (0, 0)))
    return conv_forward_fast(padded, kernel, bias.reshape(1, 1, 1, -1), {"stride": stride, "pad": 0})[0]


def normalised(x, weights, training):
    gamma, beta, mean, var = weights
    return batch_norm_forward(x, gamma, beta, mean, var, training)[0]


def main_path(x, convolutions, norms, training, stride=1):
    for k, (convolution, norm) in enumerate(zip(convolutions, norms, strict=True)):
        x = normalised(convolved(relu(x) if k else x, convolution, 1 if k else stride), norm, training)
    return x


# --- blocks ---------------------------------------------------------------------------------------------------------


@forall(12, SEEDS, st.sampled_from([1, 2, 3, 5]), st.booleans())
def test_identity_block_is_the_formula(seed, f, training):
    x = np.random.default_rng(seed).standard_normal((2, 4, 5, 6), dtype=np.float32)
    model = shaken(model_of(identity_block, (4, 5, 6), f, [3, 4, 6]), seed)
    weights = with_weights(model, layers.Conv2D), with_weights(model, layers.BatchNormalization)
    expected = relu(main_path(x, *weights, training) + x)
    assert_allclose(numbers(model(x, training=training)), expected, rtol=1e-3, atol=1e-3)


@forall(12, SEEDS, st.sampled_from([1, 2, 3]), st.booleans())
def test_convolutional_block_is_the_formula(seed, s, training):
    x = np.random.default_rng(seed).standard_normal((2, 7, 4, 5), dtype=np.float32)
    model = shaken(model_of(convolutional_block, (7, 4, 5), 3, [3, 4, 6], s=s), seed)
    convolutions, norms = with_weights(model, layers.Conv2D), with_weights(model, layers.BatchNormalization)
    short = next(k for k, (kernel, _) in enumerate(convolutions) if kernel.shape == (1, 1, 5, 6))
    shortcut = normalised(convolved(x, convolutions.pop(short), s), norms.pop(short), training)
    expected = relu(main_path(x, convolutions, norms, training, s) + shortcut)
    assert_allclose(numbers(model(x, training=training)), expected, rtol=1e-3, atol=1e-3)


@forall(8, SEEDS, st.sampled_from([1, 2, 3]), st.booleans())
def test_plain_block_is_the_formula(seed, f, training):
    x = np.random.default_rng(seed).standard_normal((2, 4, 5, 6), dtype=np.float32)
    model = shaken(model_of(plain_block, (4, 5, 6), f, [3, 4, 7]), seed)
    weights = with_weights(model, layers.Conv2D), with_weights(model, layers.BatchNormalization)
    expected = relu(main_path(x, *weights, training))
    assert_allclose(numbers(model(x, training=training)), expected, rtol=1e-3, atol=1e-3)


def silenced(block):
    """A block whose main path gives 0: the last normalisation's scale and offset are 0."""
    model = model_of(block, (3, 3, 4), 3, [2, 2, 4])
    last = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)][-1]
    last.gamma.assign(np.zeros(4))
    return model


def test_an_identity_block_that_changes_nothing_is_a_relu():
    x = np.random.default_rng(0).standard_normal((2, 3, 3, 4), dtype=np.float32)
    assert_allclose(numbers(silenced(identity_block)(x)), relu(x))
    assert not numbers(silenced(plain_block)(x)).any()


def test_the_gradient_passes_through_the_shortcut_unchanged(eps=1e-2):
    x = 1 + np.random.default_rng(0).random((1, 3, 3, 4), dtype=np.float32)
    for block, slope in ((identity_block, 1), (plain_block, 0)):
        model = silenced(block)
        for place in ((0, 0, 0, 0), (0, 1, 2, 3)):
            step = np.zeros_like(x)
            step[place] = eps
            numeric = (numbers(model(x + step)).sum() - numbers(model(x - step)).sum()) / (2 * eps)
            assert_allclose(numeric, slope, atol=1e-2)


def test_the_mode_is_passed_on():
    x = keras.ops.convert_to_tensor(np.random.default_rng(0).standard_normal((4, 3, 3, 6), dtype=np.float32))
    for block, filters in ((identity_block, [2, 3, 6]), (convolutional_block, [2, 3, 5])):
        trained, inferred, default = (
            numbers(block(x, 3, filters, initializer=he_normal, training=mode)) for mode in (True, False, None)
        )
        assert_allclose(inferred, default)
        assert not np.allclose(trained, inferred, atol=0.1)


# --- ResNet-50 ------------------------------------------------------------------------------------------------------


def sizes(model):
    return sorted(tuple(weight.shape) for weight in model.weights)


def test_resnet_has_the_weights_of_keras_own():
    ours = ResNet50()
    assert ours.count_params() == 23_600_006
    assert ours.output_shape == (None, 6)
    assert not ours.compiled
    theirs = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
    assert sizes(ours) == sorted([*sizes(theirs), (2048, 6), (6,)])


def test_resnet_takes_other_pictures_and_classes():
    model = ResNet50((64, 96, 1), 4)
    assert model.output_shape == (None, 4)
    assert model.count_params() == 23_600_006 - 2 * 7 * 7 * 64 - 2 * 2049
    out = numbers(model(np.random.default_rng(0).random((2, 64, 96, 1), dtype=np.float32)))
    assert_allclose(out.sum(axis=1), 1, rtol=1e-5)


# --- inception ------------------------------------------------------------------------------------------------------


@forall(10, SEEDS, st.permutations(range(1, 7)))
def test_inception_module_is_its_four_branches(seed, filters):
    x = np.random.default_rng(seed).standard_normal((2, 5, 4, 7), dtype=np.float32)
    model = shaken(model_of(inception_module, (5, 4, 7), filters), seed)
    by_number = {kernel.shape[-1]: (kernel, bias) for kernel, bias in with_weights(model, layers.Conv2D)}
    first, three_reduce, three, five_reduce, five, last = (by_number[n] for n in filters)
    f1, _, f3, _, f5, _ = filters
    lowest = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    pooled, _ = pool_forward(lowest, {"f": 3, "stride": 1})
    expected = [
        relu(convolved(x, first)),
        relu(convolved(relu(convolved(x, three_reduce)), three)),
        relu(convolved(relu(convolved(x, five_reduce)), five)),
        relu(convolved(pooled, last)),
    ]
    out = numbers(model(x))
    for branch, got in zip(expected, np.split(out, np.cumsum([f1, f3, f5]), axis=-1), strict=True):
        assert_allclose(got, branch, rtol=1e-3, atol=1e-3)


def test_a_module_of_googlenet_has_its_size():
    model = model_of(inception_module, (28, 28, 192), (64, 96, 128, 16, 32, 32))
    assert model.output_shape == (None, 28, 28, 256)
    # Table 1 of Szegedy et al. 2014 has 159K weights for 3a and 128M multiplications; biases come on top.
    assert model.count_params() - (64 + 96 + 128 + 16 + 32 + 32) == 163_328


# --- cost -----------------------------------------------------------------------------------------------------------


def test_the_lectures_case():
    assert multiply_adds(28, 28, 192, 5, 32) == 120_422_400
    assert multiply_adds(28, 28, 192, 5, 32, bottleneck=16) == 12_443_648


class Counted:
    """A number that counts how often it is multiplied."""

    times = 0

    def __mul__(self, other):
        Counted.times += 1
        return self

    def __add__(self, other):
        return self


@forall(
    20,
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([1, 3]),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_multiplications_are_those_that_are_done(n_H, n_W, n_C_prev, f, n_C, bottleneck):
    def convolution(x, side, channels):
        x = np.pad(x, ((side // 2,) * 2, (side // 2,) * 2, (0, 0)), constant_values=Counted())
        weights = np.full((side, side, x.shape[2], channels), Counted())
        windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), axis=(0, 1))
        return np.array(
            [
                [[np.sum(window * weights[..., c].transpose(2, 0, 1)) for c in range(channels)] for window in row]
                for row in windows
            ]
        )

    x = np.full((n_H, n_W, n_C_prev), Counted())
    Counted.times = 0
    convolution(x, f, n_C)
    assert multiply_adds(n_H, n_W, n_C_prev, f, n_C) == Counted.times
    Counted.times = 0
    convolution(convolution(x, 1, bottleneck), f, n_C)
    assert multiply_adds(n_H, n_W, n_C_prev, f, n_C, bottleneck) == Counted.times


# --- how blocks are looked at ---------------------------------------------------------------------------------------

PICTURES = np.random.default_rng(0).standard_normal((2, 5, 4, 6), dtype=np.float32)


def look(function, *args, **kwargs):
    return look_at_model(function, *args, pictures=PICTURES, block=True, **kwargs)


@pytest.mark.parametrize("side", ["sizes", "parameters", "beginning", "inference", "training"])
def test_the_order_in_which_a_blocks_layers_are_made_does_not_matter(side):
    def forwards(X):
        return layers.Conv2D(5, 3)(layers.BatchNormalization()(layers.Conv2D(4, 1)(X)))

    def backwards(X):
        last, norm, first = layers.Conv2D(5, 3), layers.BatchNormalization(), layers.Conv2D(4, 1)
        return last(norm(first(X)))

    assert str(look(forwards, look=side)) == str(look(backwards, look=side))


def test_what_a_block_gives_is_named_where_it_is_no_tensor():
    with pytest.raises(TypeError, match="expected a tensor, got NoneType"):
        look(lambda X: None, look="sizes")


def test_the_beginning_is_seen_after_weights_were_given():
    before = look(identity_block, 3, [4, 5, 6], look="beginning", initializer="random_uniform")
    look(identity_block, 3, [4, 5, 6], look="inference", initializer="random_uniform")
    assert before == look(identity_block, 3, [4, 5, 6], look="beginning", initializer="random_uniform")
    assert before == {"filters that initializer(seed=0) gave": 3, "offsets at 0": True}


def test_a_model_is_built_once_a_check_and_anew_in_the_next():
    declared = load("w2_resnet").exercises["plain_block"]
    cases = [one for one in declared.draw(0) if one.kwargs["look"] in ("parameters", "inference")][:2]
    inputs = json.dumps([probe.encode([one.args, one.kwargs]) for one in cases])
    built = []

    def counts(X, f, filters):
        built.append(f)
        return plain_block(X, f, filters)

    for _ in range(2):
        probe.answer_all(counts, inputs, lambda text: None, declared.observer_source())
    assert len(built) == 2


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 8  # at least so many
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"23,600,006 (parameters)", bool),
    (r"the plain network's gradient is (\d+) times", lambda times: int(times) >= 100),
    (r"initial loss (\S+),", lambda loss: abs(float(loss) - 1.79) < 0.15),
    (r"3 +\(56, 40, 64\) +(\(\S+ \S+ \S+\))", lambda size: size == "(19, 14, 128)"),
    (r"your residual network +\S+ +(\S+)", lambda parameters: parameters == "152,806"),
    (r"120,422,400 and 12,443,648: (\S+) times fewer", lambda times: times == "9.7"),
    (r"cheaper up to (\d+) channels", lambda width: width == "154"),
    (r"all +256 +(\S+ +\S+)", lambda costs: costs.split() == ["308,281,344", "128,049,152"]),
]
# The same where it is trained all the way.
CLAIMS_WHEN_TRAINED = [
    (r"\n +20 +(\S+) %", lambda error: float(error) < 2),
    (r"\n +56 +(\S+) %", lambda error: float(error) > 50),
    (r"\n +56 +\S+ % +(\S+) %", lambda error: float(error) < 2),
    (r"learnt by heart: (\S+)", lambda accuracy: float(accuracy) == 1),
    (r"your residual network +(\S+)", lambda accuracy: float(accuracy) >= 0.985),
    (r"trained in (\d+) s", lambda seconds: int(seconds) <= 180),
]
