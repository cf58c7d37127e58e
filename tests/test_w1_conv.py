"""The reference functions of `w1_conv` against hand-worked cases, numeric gradients and other people's operations."""

import os
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest
import scipy.signal
import skimage.data
import skimage.filters
import skimage.util
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from grader.exercises.w1_conv.variants import tuned
from solutions.w1_conv import (
    conv_backward,
    conv_forward,
    conv_forward_fast,
    conv_nd_forward,
    conv_single_step,
    convolve2d,
    create_mask_from_window,
    cross_correlate2d,
    detect_edges,
    distribute_value,
    im2col,
    output_size,
    pool_backward,
    pool_forward,
    zero_pad,
)

DTYPES = ("float64", "float32", "int64")
SEEDS = st.integers(0, 2**32 - 1)


def forall(*strategies, examples=60, **named):
    """hypothesis, without its limit on the time of one example: other work may share the machine."""
    return lambda test: settings(max_examples=examples, deadline=None)(given(*strategies, **named)(test))


# --- inputs -----------------------------------------------------------------------------------------------------------


def draw(rng, shape, dtype="float64"):
    """An array that cannot be written to: a function that changes its input fails. Whole numbers come with ties."""
    if np.issubdtype(dtype, np.integer):
        X = rng.integers(-4, 5, size=shape).astype(dtype)
    else:
        X = rng.standard_normal(shape).astype(dtype)
    X.setflags(write=False)
    return X


def tolerance(dtype):
    return {"rtol": 1e-4, "atol": 1e-4} if dtype == "float32" else {"rtol": 1e-10, "atol": 1e-10}


class Convolution(NamedTuple):
    A_prev: np.ndarray
    W: np.ndarray
    b: np.ndarray
    hparameters: dict
    dtype: str
    rng: np.random.Generator


@st.composite
def convolutions(draw_from, dtypes=DTYPES):
    """A layer and its input: even filters, one channel, a batch of one, no pad, a stride longer than the filter."""
    f, pad, stride = draw_from(st.integers(1, 4)), draw_from(st.integers(0, 2)), draw_from(st.integers(1, 5))
    sides = st.integers(max(1, f - 2 * pad), 8)
    n_H, n_W = draw_from(sides), draw_from(sides)
    m, n_C_prev, n_C = (draw_from(st.integers(1, 3)) for _ in range(3))
    dtype, rng = draw_from(st.sampled_from(dtypes)), np.random.default_rng(draw_from(SEEDS))
    A_prev = draw(rng, (m, n_H, n_W, n_C_prev), dtype)
    W, b = draw(rng, (f, f, n_C_prev, n_C), dtype), draw(rng, (1, 1, 1, n_C), dtype)
    return Convolution(A_prev, W, b, {"stride": stride, "pad": pad}, dtype, rng)


class Pooling(NamedTuple):
    A_prev: np.ndarray
    hparameters: dict
    dtype: str
    rng: np.random.Generator


@st.composite
def poolings(draw_from, dtypes=DTYPES):
    f, stride = draw_from(st.integers(1, 4)), draw_from(st.integers(1, 5))
    n_H, n_W = draw_from(st.integers(f, 8)), draw_from(st.integers(f, 8))
    m, n_C = draw_from(st.integers(1, 3)), draw_from(st.integers(1, 3))
    dtype, rng = draw_from(st.sampled_from(dtypes)), np.random.default_rng(draw_from(SEEDS))
    return Pooling(draw(rng, (m, n_H, n_W, n_C), dtype), {"f": f, "stride": stride}, dtype, rng)


# --- oracles ----------------------------------------------------------------------------------------------------------


def framework_type(X):
    """TensorFlow convolves floats: whole numbers go there as float64, in which sums as small as ours are exact."""
    return X if np.issubdtype(X.dtype, np.floating) else X.astype("float64")


def tf_conv(A_prev, W, b, stride, pad):
    """TensorFlow's convolution over one, two or three spatial axes."""
    A_prev, W, b = framework_type(A_prev), framework_type(W), framework_type(b)
    spatial = A_prev.ndim - 2
    padded = tf.pad(A_prev, [[0, 0], *[[pad, pad]] * spatial, [0, 0]])
    operation = {1: tf.nn.conv1d, 2: tf.nn.conv2d, 3: tf.nn.conv3d}[spatial]
    strides = [1, stride, stride, stride, 1] if spatial == 3 else stride
    return operation(padded, W, strides, "VALID") + tf.reshape(b, [-1])


def tf_pool(A_prev, hparameters, mode):
    operation = {"max": tf.nn.max_pool, "average": tf.nn.avg_pool}[mode]
    A_prev = A_prev if tf.is_tensor(A_prev) else tf.convert_to_tensor(framework_type(A_prev))
    return operation(A_prev, hparameters["f"], hparameters["stride"], "VALID")


def numeric_gradient(function, X, dY, step, one_sided=False):
    """Gradient of sum(function(X) * dY) by X, one number of X at a time."""
    X = X.astype("float64")
    gradient = np.empty(X.shape)
    for index in np.ndindex(X.shape):
        ahead, behind = X.copy(), X.copy()
        ahead[index] += step
        if not one_sided:
            behind[index] -= step
        gradient[index] = np.sum((function(ahead) - function(behind)) * dY) / (ahead[index] - behind[index])
    return gradient


# --- output_size ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "f", "pad", "stride", "expected"),
    [
        (6, 3, 0, 1, 4),
        (6, 3, 1, 1, 6),  # "same"
        (7, 3, 0, 2, 3),
        (8, 3, 0, 2, 3),  # the last column is never reached
        (224, 7, 3, 2, 112),  # the first layer of ResNet
        (1, 1, 0, 1, 1),
        (1, 3, 1, 1, 1),
        (5, 5, 0, 9, 1),
        (2, 4, 1, 3, 1),
    ],
)
def test_output_size_by_hand(n, f, pad, stride, expected):
    size = output_size(n, f, pad, stride)
    assert size == expected
    assert isinstance(size, int)


@forall(st.integers(-2, 12), st.integers(-2, 8), st.integers(-2, 4), st.integers(-2, 6))
def test_output_size_counts_the_positions(n, f, pad, stride):
    """As many as there are places where the filter lies wholly on the padded side; ValueError where there is none."""
    sane = n >= 1 and f >= 1 and stride >= 1 and pad >= 0
    positions = [x for x in range(0, n + 2 * pad, stride) if x + f <= n + 2 * pad] if sane else []
    if positions:
        assert output_size(n, f, pad, stride) == len(positions)
    else:
        with pytest.raises(ValueError, match=r"\d"):
            output_size(n, f, pad, stride)


@pytest.mark.parametrize(
    "impossible", [(0, 1, 1, 1), (5, 0, 0, 1), (5, 3, 0, 0), (5, 3, -1, 1), (5, 6, 0, 1), (5, 8, 1, 1), (5, 3, 0, -1)]
)
def test_output_size_refuses(impossible):
    with pytest.raises(ValueError, match=r"at least 1|at least 0|does not fit"):
        output_size(*impossible)


# --- zero_pad ---------------------------------------------------------------------------------------------------------


def test_zero_pad_by_hand():
    X = np.array([[[[1, 10], [2, 20]]]])  # one picture of 1 x 2 pixels, two channels
    padded = zero_pad(X, 1)
    assert_array_equal(padded[0, :, :, 0], [[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]])
    assert_array_equal(padded[0, :, :, 1], [[0, 0, 0, 0], [0, 10, 20, 0], [0, 0, 0, 0]])


@forall(
    st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.integers(1, 3)),
    st.integers(0, 3),
    st.sampled_from((*DTYPES, "float16", "uint8", "bool")),
    SEEDS,
)
def test_zero_pad_is_tensorflows(shape, pad, dtype, seed):
    X = (draw(np.random.default_rng(seed), shape) * 4).astype(dtype)
    X.setflags(write=False)
    padded = zero_pad(X, pad)
    assert padded.dtype == X.dtype
    assert_array_equal(padded, tf.pad(X, [[0, 0], [pad, pad], [pad, pad], [0, 0]]))


# --- conv_single_step -------------------------------------------------------------------------------------------------


def test_conv_single_step_by_hand():
    window = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])
    W = np.array([[[1.0, 0.0], [0.0, -1.0]], [[2.0, 0.0], [0.0, 0.5]]])
    Z = conv_single_step(window, W, np.array([[[0.25]]]))
    assert Z == 1 - 4 + 10 + 4 + 0.25


@forall(st.integers(1, 4), st.integers(1, 4), st.sampled_from(DTYPES), SEEDS)
def test_conv_single_step_is_a_dot_product(f, n_C_prev, dtype, seed):
    rng = np.random.default_rng(seed)
    window, W, b = draw(rng, (f, f, n_C_prev), dtype), draw(rng, (f, f, n_C_prev), dtype), draw(rng, (1, 1, 1), dtype)
    Z = conv_single_step(window, W, b)
    assert type(Z) is np.float64
    assert_allclose(Z, np.vdot(window, W) + b.item(), **tolerance(dtype))


# --- the forward pass: naive, fast, any number of axes ----------------------------------------------------------------


def nd(A_prev, W, b, hparameters):
    return conv_nd_forward(A_prev, W, b, hparameters["stride"], hparameters["pad"]), (A_prev, W, b, hparameters)


every_forward = pytest.mark.parametrize("forward", [conv_forward, conv_forward_fast, nd])


@every_forward
def test_forward_by_hand(forward):
    A_prev = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)  # 1 2 3 / 4 5 6 / 7 8 9
    W = np.array([[1.0, 0.0], [0.0, -2.0]]).reshape(2, 2, 1, 1)
    b = np.array([0.5]).reshape(1, 1, 1, 1)

    Z, _ = forward(A_prev, W, b, {"stride": 1, "pad": 0})  # top left minus twice bottom right
    assert_array_equal(Z[0, :, :, 0], np.array([[1 - 10, 2 - 12], [4 - 16, 5 - 18]]) + 0.5)

    Z, _ = forward(A_prev, W, b, {"stride": 2, "pad": 1})
    assert_array_equal(Z[0, :, :, 0], np.array([[-2, -6], [-14, 5 - 18]]) + 0.5)


@every_forward
def test_forward_by_hand_over_channels_and_filters(forward):
    """Two pictures of one pixel, three channels; two filters: a sum over the channels each, its own bias each."""
    A_prev = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).reshape(2, 1, 1, 3)
    W = np.array([[1.0, 10.0], [0.0, 20.0], [-1.0, 30.0]]).reshape(1, 1, 3, 2)
    Z, _ = forward(A_prev, W, np.array([100.0, 0.0]).reshape(1, 1, 1, 2), {"stride": 1, "pad": 0})
    assert_array_equal(Z.reshape(2, 2), [[98, 140], [98, 320]])


@every_forward
@forall(layer=convolutions())
def test_forward_is_tensorflows(forward, layer):
    Z, cache = forward(*layer[:4])
    assert_allclose(Z, tf_conv(layer.A_prev, layer.W, layer.b, **layer.hparameters), **tolerance(layer.dtype))
    assert all(kept is handed_in for kept, handed_in in zip(cache, layer[:4], strict=True))


@every_forward
@forall(layer=convolutions(dtypes=("int64",)), down=st.integers(0, 3), right=st.integers(0, 3))
def test_forward_moves_with_the_picture(forward, layer, down, right):
    """Translation: what stands `down` and `right` pixels further in the input stands as much further in the output."""
    moved = np.pad(layer.A_prev, ((0, 0), (down, 0), (right, 0), (0, 0)))
    hparameters = {"stride": 1, "pad": layer.hparameters["pad"]}
    Z, _ = forward(layer.A_prev, layer.W, layer.b, hparameters)
    Z_moved, _ = forward(moved, layer.W, layer.b, hparameters)

    # With a pad, the rows at the top and on the left look at zeros in one case and at moved-in zeros in the other.
    assert_array_equal(Z_moved[:, down:, right:], Z)


@every_forward
@forall(layer=convolutions(dtypes=("int64",)))
def test_forward_is_linear_in_the_filters_and_a_filter_apart(forward, layer):
    A_prev, W, b, hparameters = layer[:4]
    other = draw(layer.rng, W.shape, "int64")
    Z = forward(A_prev, W, b, hparameters)[0]
    assert_array_equal(
        forward(A_prev, W + 3 * other, b, hparameters)[0], Z + 3 * forward(A_prev, other, 0 * b, hparameters)[0]
    )
    last = forward(A_prev, W[..., -1:], b[..., -1:], hparameters)[0]
    assert_array_equal(last, Z[..., -1:])


@every_forward
@pytest.mark.parametrize("hparameters", [{"stride": 1, "pad": 0}, {"stride": 0, "pad": 1}, {"stride": 1, "pad": -1}])
def test_forward_refuses_impossible_sizes(forward, hparameters):
    with pytest.raises(ValueError, match=r"\d"):
        forward(np.ones((1, 4, 2, 1)), np.ones((3, 3, 1, 1)), np.ones((1, 1, 1, 1)), hparameters)


def tuned_nd(A_prev, W, b, hparameters):
    return tuned.conv_nd_forward(A_prev, W, b, hparameters["stride"], hparameters["pad"]), (A_prev, W, b, hparameters)


every_fast_forward = pytest.mark.parametrize("forward", [conv_forward_fast, nd, tuned.conv_forward_fast, tuned_nd])
every_im2col = pytest.mark.parametrize("im2col", [im2col, tuned.im2col])


@every_fast_forward
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("shape", "n_C", "f", "stride", "pad"),
    [
        ((7, 24, 26, 8), 5, 3, 1, 1),  # several pictures at a time, the last chunk shorter
        ((9, 41, 23, 16), 3, 4, 2, 1),
        ((3, 64, 64, 12), 2, 5, 1, 0),  # one picture is more than a chunk
        ((64, 6, 5, 2), 4, 3, 1, 2),  # the whole batch is less than one
    ],
)
def test_fast_forward_over_chunks_is_tensorflows(forward, shape, n_C, f, stride, pad, dtype):
    rng = np.random.default_rng(0)
    A_prev, W, b = draw(rng, shape, dtype), draw(rng, (f, f, shape[-1], n_C), dtype), draw(rng, (1, 1, 1, n_C), dtype)
    Z, _ = forward(A_prev, W, b, {"stride": stride, "pad": pad})
    assert_allclose(Z, tf_conv(A_prev, W, b, stride, pad), **tolerance(dtype))


@every_fast_forward
@pytest.mark.parametrize(
    ("of_A_prev", "of_W", "of_b", "of_Z"),
    [
        ("float64", "float64", "float64", "float64"),
        ("float32", "float32", "float32", "float32"),
        ("float32", "float32", "float64", "float64"),
        ("float32", "float64", "float32", "float64"),
        ("float64", "float32", "float32", "float64"),
        ("uint8", "float32", "float32", "float32"),
        ("uint8", "float64", "float64", "float64"),
        ("int64", "int64", "int64", "int64"),
        ("int32", "int64", "float64", "float64"),
    ],
)
def test_fast_forward_promotes_as_numpy_does(forward, of_A_prev, of_W, of_b, of_Z):
    rng = np.random.default_rng(1)
    A_prev = rng.integers(0, 200, (2, 6, 5, 3)).astype(of_A_prev)
    W, b = draw(rng, (3, 3, 3, 2), "int64").astype(of_W), draw(rng, (1, 1, 1, 2), "int64").astype(of_b)
    Z, _ = forward(A_prev, W, b, {"stride": 2, "pad": 1})
    assert Z.dtype == of_Z
    assert_array_equal(Z, tf_conv(A_prev.astype("float64"), W.astype("float64"), b.astype("float64"), 2, 1))


@every_fast_forward
def test_fast_forward_takes_views(forward):
    """Channels first turned to channels last, every other picture, columns mirrored: not contiguous in memory."""
    rng = np.random.default_rng(2)
    A_prev = draw(rng, (6, 3, 7, 8)).transpose(0, 2, 3, 1)[::2, :, ::-1]
    W, b = draw(rng, (4, 3, 2, 2)).transpose(3, 2, 1, 0), draw(rng, (4, 1, 1, 1)).transpose(1, 2, 3, 0)
    Z, _ = forward(A_prev, W, b, {"stride": 1, "pad": 1})
    assert_allclose(Z, tf_conv(A_prev, W, b, 1, 1), **tolerance("float64"))


@every_fast_forward
def test_fast_forward_of_an_empty_batch(forward):
    Z, _ = forward(np.ones((0, 5, 5, 2)), np.ones((3, 3, 2, 4)), np.ones((1, 1, 1, 4)), {"stride": 1, "pad": 0})
    assert Z.shape == (0, 3, 3, 4)


@every_fast_forward
def test_fast_forward_keeps_a_broken_pixel_to_the_windows_that_see_it(forward):
    """NaN times a zero is NaN: a matrix with zeros beyond the window would spread it."""
    rng = np.random.default_rng(6)
    A_prev = np.array(draw(rng, (2, 8, 8, 2)))
    A_prev[0, 3, 4, 1] = np.nan
    Z, _ = forward(A_prev, draw(rng, (3, 3, 2, 3)), draw(rng, (1, 1, 1, 3)), {"stride": 1, "pad": 0})
    seen_by = np.zeros((2, 6, 6), bool)
    seen_by[0, 1:4, 2:5] = True
    assert_array_equal(np.isnan(Z).all(axis=-1), seen_by)
    assert_array_equal(np.isnan(Z).any(axis=-1), seen_by)


def test_conv_forward_leaves_a_batch_of_bytes_alone():
    """A photograph comes as uint8; the filters do not: nothing may wrap around."""
    A_prev = np.full((1, 3, 3, 1), 200, "uint8")
    W, b = np.full((3, 3, 1, 1), -1.0), np.zeros((1, 1, 1, 1))
    for forward in (conv_forward, conv_forward_fast, nd):
        assert forward(A_prev, W, b, {"stride": 1, "pad": 0})[0].item() == -1800


# --- conv_backward ----------------------------------------------------------------------------------------------------


def test_conv_backward_by_hand():
    A_prev = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).reshape(1, 2, 3, 1)
    W = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
    cache = (A_prev, W, np.zeros((1, 1, 1, 1)), {"stride": 1, "pad": 0})
    dA_prev, dW, db = conv_backward(np.array([10.0, 100.0]).reshape(1, 1, 2, 1), cache)
    assert_array_equal(dA_prev[0, :, :, 0], [[10, 120, 200], [30, 340, 400]])
    assert_array_equal(dW[:, :, 0, 0], [[210, 320], [540, 650]])
    assert_array_equal(db, [[[[110]]]])


def check_gradients(gradients, expected, shapes, tolerances):
    for gradient, right, like in zip(gradients, expected, shapes, strict=True):
        assert gradient.shape == like.shape
        assert_allclose(gradient, right, **tolerances)


@forall(convolutions())
def test_conv_backward_is_tensorflows(layer):
    A_prev, W, b, hparameters = layer[:4]
    variables = [tf.convert_to_tensor(framework_type(X)) for X in (A_prev, W, b)]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        padded = tf.pad(variables[0], [[0, 0], *[[hparameters["pad"]] * 2] * 2, [0, 0]])
        Z = tf.nn.conv2d(padded, variables[1], hparameters["stride"], "VALID") + variables[2]
    dZ = draw(layer.rng, tuple(Z.shape), layer.dtype)
    expected = tape.gradient(Z, variables, output_gradients=tf.convert_to_tensor(framework_type(dZ)))
    check_gradients(conv_backward(dZ, (A_prev, W, b, hparameters)), expected, (A_prev, W, b), tolerance(layer.dtype))


@forall(convolutions(dtypes=("float64",)), examples=20)
def test_conv_backward_is_the_numeric_gradient(layer):
    """Z is linear in each of A_prev, W and b: differences over a step of 1 are exact but for rounding."""
    A_prev, W, b, hparameters = layer[:4]
    dZ = draw(layer.rng, conv_forward_fast(A_prev, W, b, hparameters)[0].shape)
    expected = (
        numeric_gradient(lambda X: conv_forward_fast(X, W, b, hparameters)[0], A_prev, dZ, 1.0),
        numeric_gradient(lambda X: conv_forward_fast(A_prev, X, b, hparameters)[0], W, dZ, 1.0),
        numeric_gradient(lambda X: conv_forward_fast(A_prev, W, X, hparameters)[0], b, dZ, 1.0),
    )
    check_gradients(conv_backward(dZ, (A_prev, W, b, hparameters)), expected, (A_prev, W, b), tolerance("float64"))


# --- pooling ----------------------------------------------------------------------------------------------------------

modes = pytest.mark.parametrize("mode", ["max", "average"])


def test_pool_forward_by_hand():
    A_prev = np.array([[1, 2, -3, 9], [4, 4, -5, 9], [7, 7, 7, 9]]).reshape(1, 3, 4, 1)
    A, _ = pool_forward(A_prev, {"f": 2, "stride": 1})
    assert_array_equal(A[0, :, :, 0], [[4, 4, 9], [7, 7, 9]])
    A, _ = pool_forward(A_prev, {"f": 2, "stride": 1}, mode="average")
    assert_array_equal(A[0, :, :, 0], [[2.75, -0.5, 2.5], [5.5, 3.25, 5.0]])
    A, _ = pool_forward(A_prev, {"f": 2, "stride": 2}, mode="max")  # the last row is never reached
    assert_array_equal(A[0, :, :, 0], [[4, 9]])


def test_pool_forward_of_negative_numbers():
    """A maximum that starts from zero would answer 0."""
    assert pool_forward(np.full((1, 2, 2, 1), -3.0), {"f": 2, "stride": 2})[0].item() == -3


def test_pool_forward_averages_bytes_without_overflow():
    assert pool_forward(np.full((1, 2, 2, 1), 255, "uint8"), {"f": 2, "stride": 2}, "average")[0].item() == 255


@modes
@forall(layer=poolings())
def test_pool_forward_is_tensorflows(mode, layer):
    A, cache = pool_forward(layer.A_prev, layer.hparameters, mode)
    assert_allclose(A, tf_pool(layer.A_prev, layer.hparameters, mode), **tolerance(layer.dtype))
    assert cache[0] is layer.A_prev
    assert cache[1] is layer.hparameters


@pytest.mark.parametrize("mode", ["mean", "Max", "min", "", None])
def test_pooling_refuses_other_modes(mode):
    A_prev, hparameters = np.ones((1, 2, 2, 1)), {"f": 2, "stride": 2}
    with pytest.raises(ValueError, match=r"max.*average"):
        pool_forward(A_prev, hparameters, mode)
    with pytest.raises(ValueError, match=r"max.*average"):
        pool_backward(np.ones((1, 1, 1, 1)), (A_prev, hparameters), mode)


def test_pool_forward_refuses_a_window_larger_than_the_picture():
    with pytest.raises(ValueError, match="fit"):
        pool_forward(np.ones((1, 4, 2, 1)), {"f": 3, "stride": 1})


def test_create_mask_by_hand():
    mask = create_mask_from_window(np.array([[-1, -7], [-1, -2]]))
    assert mask.dtype == bool
    assert_array_equal(mask, [[True, False], [True, False]])


@forall(st.integers(1, 5), st.sampled_from(DTYPES), SEEDS)
def test_create_mask_marks_whatever_nothing_exceeds(f, dtype, seed):
    x = draw(np.random.default_rng(seed), (f, f), dtype)
    expected = [[all(value >= other for other in x.flat) for value in row] for row in x]
    assert_array_equal(create_mask_from_window(x), expected)


def test_distribute_value_by_hand():
    assert_array_equal(distribute_value(6, (2, 3)), np.ones((2, 3)))
    assert_array_equal(distribute_value(1, (2, 2)), np.full((2, 2), 0.25))  # a whole number too


@forall(st.floats(-1e6, 1e6), st.integers(1, 6), st.integers(1, 6))
def test_distribute_value_loses_nothing(dz, n_H, n_W):
    spread = distribute_value(dz, (n_H, n_W))
    assert spread.shape == (n_H, n_W)
    assert np.ptp(spread) == 0
    assert_allclose(spread.sum(), dz, rtol=1e-12, atol=1e-300)


def test_pool_backward_by_hand():
    A_prev = np.array([[1, 5, 2], [5, 0, 3]]).reshape(1, 2, 3, 1)
    cache = (A_prev, {"f": 2, "stride": 1})
    dA = np.array([10.0, 100.0]).reshape(1, 1, 2, 1)
    # The first window has two 5s: each receives all of 10. The upper one is in the second window too.
    assert_array_equal(pool_backward(dA, cache)[0, :, :, 0], [[0, 110, 0], [10, 0, 0]])
    assert_array_equal(pool_backward(dA, cache, "average")[0, :, :, 0], [[2.5, 27.5, 25], [2.5, 27.5, 25]])


@modes
@forall(layer=poolings(dtypes=("float64", "float32")))
def test_pool_backward_is_tensorflows(mode, layer):
    """No ties here: with ties TensorFlow picks one of them."""
    assume(np.unique(layer.A_prev).size == layer.A_prev.size)
    A_prev = tf.convert_to_tensor(layer.A_prev)
    with tf.GradientTape() as tape:
        tape.watch(A_prev)
        A = tf_pool(A_prev, layer.hparameters, mode)
    dA = draw(layer.rng, tuple(A.shape), layer.dtype)
    expected = tape.gradient(A, A_prev, output_gradients=tf.convert_to_tensor(dA))
    dA_prev = pool_backward(dA, (layer.A_prev, layer.hparameters), mode)
    assert_allclose(dA_prev, expected, **tolerance(layer.dtype))


@forall(poolings(dtypes=("int64",)))
def test_max_pool_backward_gives_every_tie_the_whole_gradient(layer):
    """Raising any one of several largest values raises the maximum as much: the one-sided numeric gradient.

    Whole numbers and a step of 1/4: exact, and too small a step for a lesser value to become the largest.
    """
    dA = draw(layer.rng, tf_pool(layer.A_prev, layer.hparameters, "max").shape, "int64")
    expected = numeric_gradient(
        lambda X: tf_pool(X, layer.hparameters, "max").numpy(), layer.A_prev, dA, 0.25, one_sided=True
    )
    assert_array_equal(pool_backward(dA, (layer.A_prev, layer.hparameters), "max"), expected)


@forall(poolings(), examples=20)
def test_average_pool_backward_is_the_numeric_gradient(layer):
    dA = draw(layer.rng, tf_pool(layer.A_prev, layer.hparameters, "average").shape, layer.dtype)
    expected = numeric_gradient(lambda X: pool_forward(X, layer.hparameters, "average")[0], layer.A_prev, dA, 1.0)
    assert_allclose(pool_backward(dA, (layer.A_prev, layer.hparameters), "average"), expected, **tolerance(layer.dtype))


# --- convolution against cross-correlation ----------------------------------------------------------------------------


@st.composite
def pictures_and_kernels(draw_from, kernels=1, dtypes=DTYPES):
    """A grey picture and kernels no larger than it, square or not."""
    n_H, n_W = draw_from(st.integers(1, 9)), draw_from(st.integers(1, 9))
    dtype, rng = draw_from(st.sampled_from(dtypes)), np.random.default_rng(draw_from(SEEDS))
    sizes = [(draw_from(st.integers(1, n_H)), draw_from(st.integers(1, n_W))) for _ in range(kernels)]
    return draw(rng, (n_H, n_W), dtype), *(draw(rng, size, dtype) for size in sizes), dtype


def full(operation, image, kernel):
    """The operation at every position where kernel and picture overlap at all."""
    k_H, k_W = kernel.shape
    return operation(np.pad(image, ((k_H - 1, k_H - 1), (k_W - 1, k_W - 1))), kernel)


def test_convolve2d_and_cross_correlate2d_by_hand():
    image, kernel = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 10], [100, 1000]])
    assert_array_equal(cross_correlate2d(image, kernel), [[5421, 6532]])
    assert_array_equal(convolve2d(image, kernel), [[1245, 2356]])


@forall(pictures_and_kernels())
def test_convolve2d_and_cross_correlate2d_are_scipys(drawn):
    image, kernel, dtype = drawn
    correlated = scipy.signal.correlate2d(image, kernel, mode="valid")
    assert_allclose(cross_correlate2d(image, kernel), correlated, **tolerance(dtype))
    convolved = scipy.signal.convolve2d(image, kernel, mode="valid")
    assert_allclose(convolve2d(image, kernel), convolved, **tolerance(dtype))


@forall(pictures_and_kernels(dtypes=("int64",)))
def test_convolution_is_commutative(drawn):
    image, kernel, _ = drawn
    assert_array_equal(full(convolve2d, image, kernel), full(convolve2d, kernel, image))


@forall(pictures_and_kernels(kernels=2, dtypes=("int64",)))
def test_convolution_is_associative(drawn):
    image, first, second, _ = drawn
    one_by_one = full(convolve2d, full(convolve2d, image, first), second)
    assert_array_equal(one_by_one, full(convolve2d, image, full(convolve2d, first, second)))


@forall(pictures_and_kernels(kernels=2, dtypes=("int64",)))
def test_cross_correlation_turns_where_convolution_commutes(drawn):
    """Swapped, a cross-correlation comes out turned by 180 degrees; two in a row convolve their kernels."""
    image, first, second, _ = drawn
    swapped = full(cross_correlate2d, first, image)
    assert_array_equal(full(cross_correlate2d, image, first), swapped[::-1, ::-1])
    one_by_one = full(cross_correlate2d, full(cross_correlate2d, image, first), second)
    assert_array_equal(one_by_one, full(cross_correlate2d, image, full(convolve2d, first, second)))


def test_cross_correlation_is_neither_commutative_nor_associative():
    image, first, second = np.array([[1, 2, 3]]), np.array([[1, 0]]), np.array([[0, 1]])
    assert (full(cross_correlate2d, image, first) != full(cross_correlate2d, first, image)).any()
    one_by_one = full(cross_correlate2d, full(cross_correlate2d, image, first), first)
    at_once = full(cross_correlate2d, image, full(cross_correlate2d, first, first))
    assert (one_by_one != at_once).any()
    assert (full(cross_correlate2d, first, second) != full(cross_correlate2d, second, first)).any()


# --- detect_edges -----------------------------------------------------------------------------------------------------

VERTICAL = np.array([[1, 0, -1]] * 3)


def test_detect_edges_by_hand():
    """The step from dark to bright of a photograph's bytes: 3 rows of 250, found in the middle, with either sign."""
    image = np.array([[0, 0, 250, 250]] * 3, "uint8")
    for picture in (image, image[:, ::-1], image.astype("int64"), image.astype("float32")):
        edges = detect_edges(picture, VERTICAL)
        assert np.issubdtype(edges.dtype, np.floating)
        assert_array_equal(edges, [[750, 750]])
    assert_array_equal(detect_edges(image, VERTICAL.T), [[0, 0]])


@pytest.mark.parametrize(
    ("smoothing", "horizontal", "vertical"),
    [
        ([1, 2, 1], skimage.filters.sobel_h, skimage.filters.sobel_v),
        ([3, 10, 3], skimage.filters.scharr_h, skimage.filters.scharr_v),
        ([1, 1, 1], skimage.filters.prewitt_h, skimage.filters.prewitt_v),
    ],
)
def test_detect_edges_of_a_photograph_is_scikit_images(smoothing, horizontal, vertical):
    """scikit-image divides by the sum of the smoothing, keeps the sign and keeps the size (cut off here)."""
    image = skimage.data.camera()[100:260, 150:350]
    before = image.copy()
    kernel = np.outer([1, 0, -1], smoothing)
    for theirs, ours in ((horizontal, kernel), (vertical, kernel.T)):
        expected = np.abs(theirs(image.astype(float)))[1:-1, 1:-1] * sum(smoothing)
        assert_allclose(detect_edges(image, ours), expected, rtol=1e-10, atol=1e-9)
    assert_array_equal(image, before)


@forall(pictures_and_kernels())
def test_detect_edges_is_the_size_of_the_correlation(drawn):
    image, kernel, dtype = drawn
    expected = np.abs(scipy.signal.correlate2d(image.astype(float), kernel, mode="valid"))
    assert_allclose(detect_edges(image, kernel), expected, **tolerance(dtype))


# --- im2col -----------------------------------------------------------------------------------------------------------


def test_im2col_by_hand():
    """2 x 3 pixels of two channels, the second a hundred times the first: row, column, channel inside a window."""
    first = np.arange(1, 7).reshape(1, 2, 3, 1)
    X = np.concatenate([first, 100 * first], axis=-1)
    assert_array_equal(im2col(X, 2, 1), [[1, 100, 2, 200, 4, 400, 5, 500], [2, 200, 3, 300, 5, 500, 6, 600]])


@every_im2col
@forall(layer=poolings(dtypes=(*DTYPES, "uint8", "float16")))
def test_im2col_is_scikit_images_windows(im2col, layer):
    X, f, stride = layer.A_prev, layer.hparameters["f"], layer.hparameters["stride"]
    m, _, _, n_C = X.shape
    windows = skimage.util.view_as_windows(X, (m, f, f, n_C), step=(1, stride, stride, 1))[0, :, :, 0]
    expected = windows.transpose(2, 0, 1, 3, 4, 5).reshape(-1, f * f * n_C)  # (n_H, n_W, m, f, f, n_C) before
    columns = im2col(X, f, stride)
    assert columns.dtype == X.dtype
    assert columns.flags.writeable
    assert_array_equal(columns, expected)


@every_im2col
@forall(layer=poolings(dtypes=("int64",)), view=st.sampled_from(["rows", "columns", "channels", "pictures", "axes"]))
def test_im2col_takes_views(im2col, layer, view):
    """Every other row, mirrored columns, one channel of several, every other picture, channels that came first."""
    f, stride = layer.hparameters["f"], layer.hparameters["stride"]
    wide = np.repeat(np.repeat(layer.A_prev, 2, axis=1), 2, axis=0)
    X = {
        "rows": wide[:, ::2],
        "columns": wide[:, :, ::-1],
        "channels": wide[..., -1:],
        "pictures": wide[::2],
        "axes": np.ascontiguousarray(np.moveaxis(wide, -1, 1)).transpose(0, 2, 3, 1),
    }[view]
    assert_array_equal(im2col(X, f, stride), im2col(X.copy(order="C"), f, stride))


@forall(convolutions(dtypes=("int64",)))
def test_im2col_turns_a_convolution_into_a_product(layer):
    A_prev, W, b, hparameters = layer[:4]
    columns = im2col(zero_pad(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
    Z, _ = conv_forward(A_prev, W, b, hparameters)
    assert_array_equal((columns @ W.reshape(-1, W.shape[-1])).reshape(Z.shape) + b, Z)


@every_im2col
def test_im2col_refuses_a_window_larger_than_the_picture(im2col):
    with pytest.raises(ValueError, match="fit"):
        im2col(np.ones((1, 2, 4, 1)), 3, 1)


# --- conv_nd_forward --------------------------------------------------------------------------------------------------


def test_conv_nd_by_hand():
    """A signal of five numbers: the difference of neighbours, then of every other pair with zeros at the ends."""
    signal, W = np.array([1.0, 4.0, 9.0, 16.0, 25.0]).reshape(1, 5, 1), np.array([-1.0, 1.0]).reshape(2, 1, 1)
    assert_array_equal(conv_nd_forward(signal, W, np.array([10.0])).ravel(), [13, 15, 17, 19])
    assert_array_equal(conv_nd_forward(signal, W, np.array([0.0]), stride=2, pad=1).ravel(), [1, 5, 9])


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_conv_nd_of_fourteen_by_sixteen_filters_of_five(axes):
    rng = np.random.default_rng(3)
    A_prev, W, b = draw(rng, (2, *[14] * axes, 1)), draw(rng, (*[5] * axes, 1, 16)), draw(rng, (16,))
    Z = conv_nd_forward(A_prev, W, b)
    assert Z.shape == (2, *[10] * axes, 16)
    assert_allclose(Z, tf_conv(A_prev, W, b, 1, 0), **tolerance("float64"))


@forall(st.data())
def test_conv_nd_is_tensorflows(data):
    """Sides and filter lengths of their own along every axis; a bias of any shape."""
    axes, pad, stride = (data.draw(st.integers(low, high)) for low, high in ((1, 3), (0, 2), (1, 3)))
    f = [data.draw(st.integers(1, 4)) for _ in range(axes)]
    sides = [data.draw(st.integers(max(1, length - 2 * pad), 6)) for length in f]
    m, n_C_prev, n_C = (data.draw(st.integers(1, 3)) for _ in range(3))
    dtype, rng = data.draw(st.sampled_from(DTYPES)), np.random.default_rng(data.draw(SEEDS))
    of_b = data.draw(st.sampled_from([(n_C,), (1, n_C), (n_C, 1), (1, 1, 1, n_C), (1,) * (axes + 1) + (n_C,)]))
    A_prev, W, b = (
        draw(rng, (m, *sides, n_C_prev), dtype),
        draw(rng, (*f, n_C_prev, n_C), dtype),
        draw(rng, of_b, dtype),
    )
    Z = conv_nd_forward(A_prev, W, b, stride, pad)
    assert Z.dtype == dtype
    assert_allclose(Z, tf_conv(A_prev, W, b, stride, pad), **tolerance(dtype))


def test_conv_nd_over_four_axes_is_scipys():
    """A film of scans, beyond what the framework has: scipy correlates over any number of axes, a channel at a time."""
    rng = np.random.default_rng(4)
    A_prev, W, b = draw(rng, (2, 4, 3, 5, 3, 2)), draw(rng, (2, 3, 2, 1, 2, 3)), draw(rng, (3,))
    Z = conv_nd_forward(A_prev, W, b)
    assert Z.shape == (2, 3, 1, 4, 3, 3)
    for i in range(2):
        for k in range(3):
            channels = [scipy.signal.correlate(A_prev[i, ..., c], W[..., c, k], "valid", "direct") for c in range(2)]
            assert_allclose(Z[i, ..., k], sum(channels) + b[k], **tolerance("float64"))


def test_conv_nd_over_chunks_is_tensorflows():
    rng = np.random.default_rng(5)
    A_prev, W, b = draw(rng, (7, 12, 11, 10, 2)), draw(rng, (3, 3, 3, 2, 4)), draw(rng, (4,))
    assert_allclose(conv_nd_forward(A_prev, W, b, 1, 1), tf_conv(A_prev, W, b, 1, 1), **tolerance("float64"))


def test_conv_nd_refuses_impossible_sizes():
    with pytest.raises(ValueError, match="fit"):
        conv_nd_forward(np.ones((1, 14, 4, 1)), np.ones((3, 5, 1, 2)), np.ones(2))


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 15  # at least so many
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"the filter repeats the subtraction: (\w+)", lambda word: word == "True"),
    (r"edges change by (\d+)%", lambda percent: 45 <= int(percent) <= 60),
    (r"pooled edges by (\d+)%", lambda percent: 3 <= int(percent) <= 9),
    (r"photograph, 512 × 512 .*  ([\d,]+)  ", lambda count: count == "545,471,316,000"),
    (r"convolution, moved back by 2: largest difference (\S+)", lambda gap: float(gap) == 0),
    (r"convolve2d: one by one or joined, relative difference (\S+)", lambda gap: float(gap) < 1e-12),
    (r"cross_correlate2d: one by one or joined, relative difference (\S+)", lambda gap: float(gap) > 0.1),
    (r"dA_prev: relative error (\S+)", lambda error: float(error) < 1e-7),
    (r"dW: relative error (\S+)", lambda error: float(error) < 1e-7),
    (r"db: relative error (\S+)", lambda error: float(error) < 1e-7),
    (r"max: relative error (\S+)", lambda error: float(error) < 1e-7),
    (r"average: relative error (\S+)", lambda error: float(error) < 1e-7),
    (r"(\d+) times faster", lambda times: int(times) >= 10),  # `course bench` measures it with care
    (r"initial cost (\S+)", lambda cost: abs(float(cost) - 2.3026) < 0.01),
    (r"nearest average picture +(\S+)", lambda accuracy: 0.88 <= float(accuracy) <= 0.92),
]
# The same where it is trained all the way.
CLAIMS_WHEN_TRAINED = [
    (r"accuracy on 50 pictures (\S+)", lambda accuracy: float(accuracy) == 1),
    (r"your network +(\S+)", lambda accuracy: float(accuracy) >= 0.93),
    (r"trained in (\d+) s", lambda seconds: int(seconds) <= 60),
]
