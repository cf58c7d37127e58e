"""The reference functions of `w5_classic` against literal versions, Keras's own networks and numeric gradients."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from numpy.testing import assert_allclose

import data
from grader.spec.observers.models import look_at_model
from solutions.w1_conv import pool_forward
from solutions.w4_style import receptive_field
from solutions.w5_classic import (
    alexnet,
    auxiliary_head,
    auxiliary_loss,
    dropout_backward,
    dropout_forward,
    factorised_conv,
    inception_bn_module,
    local_response_norm,
    multi_scale_predict,
    smooth_labels,
    stack_of_small,
    vgg,
    vgg_block,
)

SEEDS = st.integers(0, 2**32 - 1)
TENSORFLOW = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own operation")


def forall(examples, *strategies):
    return lambda test: settings(max_examples=examples, deadline=None)(given(*strategies)(test))


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def model_of(block, shape, *args, **kwargs):
    inputs = keras.Input(shape)
    return keras.Model(inputs, block(inputs, *args, **kwargs))


def shaken(model, seed, spread=0.3):
    """Give every weight new numbers, so that no scale is 1 and no offset 0."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "seed" not in weight.name:
            near = 1.0 if weight.name in ("gamma", "moving_variance") else 0.0
            weight.assign(near + spread * np.tanh(rng.standard_normal(weight.shape)))
    return model


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def relu(x):
    return np.maximum(x, 0)


def convolved(x, kernel, bias=0.0):
    """A same convolution of stride 1 with an odd window, written out."""
    n_h, n_w = kernel.shape[:2]
    padded = np.pad(x, ((0, 0), (n_h // 2, n_h // 2), (n_w // 2, n_w // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (n_h, n_w), axis=(1, 2))
    return np.einsum("mijcab,abcd->mijd", windows, kernel) + bias


# --- local response normalisation -----------------------------------------------------------------------------------


def test_a_case_of_local_response_norm_worked_by_hand():
    found = local_response_norm(np.array([1.0, 2.0, 3.0]), depth_radius=1, bias=1.0, alpha=1.0, beta=1.0)
    assert_allclose(found, [1 / (1 + 1 + 4), 2 / (1 + 1 + 4 + 9), 3 / (1 + 4 + 9)])


@TENSORFLOW
@forall(20, SEEDS, st.integers(0, 6), st.integers(1, 9), st.floats(0.3, 2))
def test_local_response_norm_is_tensorflows(seed, radius, n_C, beta):
    import tensorflow as tf

    X = 3 * np.random.default_rng(seed).standard_normal((2, 3, 4, n_C), dtype=np.float32)
    theirs = tf.nn.local_response_normalization(X, radius, 1.5, 0.3, beta)
    assert_allclose(local_response_norm(X, radius, 1.5, 0.3, beta), theirs, rtol=1e-5, atol=1e-6)


@forall(10, SEEDS, st.integers(0, 4), st.integers(1, 7))
def test_the_layer_that_is_given_is_the_function(seed, radius, n_C):
    X = 50 * np.random.default_rng(seed).standard_normal((2, 3, 4, n_C), dtype=np.float32)
    layer = data.local_response_layer(radius)
    assert_allclose(numbers(layer(X)), local_response_norm(X, radius), rtol=1e-5)
    assert not layer.weights


# --- dropout --------------------------------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_and_the_share():
    rng = np.random.default_rng(0)
    for rate in (0.1, 0.5, 0.8):
        out, mask = dropout_forward(np.ones(100_000), rate, rng)
        assert abs(mask.mean() - (1 - rate)) < 0.01
        assert abs(out.mean() - 1) < 0.03
        theirs = numbers(layers.Dropout(rate, seed=1)(np.ones((1, 100_000), np.float32), training=True))
        assert abs((theirs != 0).mean() - mask.mean()) < 0.01
        assert_allclose(theirs.max(), out.max(), rtol=1e-5)


def test_dropout_draws_nothing_where_it_does_not_train():
    rng = np.random.default_rng(3)
    X = np.arange(6.0)
    out, mask = dropout_forward(X, 0.9, rng, training=False)
    assert_allclose(out, X)
    assert mask.dtype == bool
    assert mask.all()
    assert not np.shares_memory(out, X)
    assert rng.random() == np.random.default_rng(3).random()


@pytest.mark.parametrize("rate", [-0.01, 1.0, 1.5])
@pytest.mark.parametrize("training", [True, False])
def test_dropout_refuses_a_rate_that_is_no_share(rate, training):
    with pytest.raises(ValueError, match="rate"):
        dropout_forward(np.ones(3), rate, np.random.default_rng(0), training)


@forall(20, SEEDS, st.floats(0, 0.9))
def test_the_gradient_of_dropout_is_the_numeric_one(seed, rate):
    rng = np.random.default_rng(seed)
    X, dout = rng.standard_normal((2, 3, 4))
    _, mask = dropout_forward(X, rate, np.random.default_rng(seed))
    found = dropout_backward(dout, mask, rate)
    for place in np.ndindex(X.shape):
        step = np.zeros_like(X)
        step[place] = 1e-3
        above, below = (
            dropout_forward(X + sign * step, rate, np.random.default_rng(seed))[0] * dout for sign in (1, -1)
        )
        assert_allclose((above - below).sum() / 2e-3, found[place], atol=1e-8)


# --- counts ---------------------------------------------------------------------------------------------------------


def test_the_papers_case():
    assert stack_of_small(7, 64) == (3, 200_704, 110_592)


@forall(30, st.integers(2, 7), st.integers(1, 8), st.integers(1, 20))
def test_a_stack_sees_as_much_and_has_the_weights_of_keras(small, n, n_C):
    f = 1 + n * (small - 1)
    n_layers, large, stack = stack_of_small(f, n_C, small)
    assert receptive_field([(small, 1, 0)] * n_layers)[0] == f
    one = layers.Conv2D(n_C, f, use_bias=False)
    one.build((None, 90, 90, n_C))
    assert one.count_params() == large
    several = layers.Conv2D(n_C, small, use_bias=False)
    several.build((None, 90, 90, n_C))
    assert n_layers * several.count_params() == stack


@pytest.mark.parametrize(("f", "small"), [(6, 3), (1, 3), (3, 5), (8, 4 - 1), (5, 1), (7, 5)])
def test_no_stack_sees_exactly_that(f, small):
    with pytest.raises(ValueError, match=f"{f}x{f}"):
        stack_of_small(f, 8, small)


# --- AlexNet and VGG ------------------------------------------------------------------------------------------------


def parameters(build):
    with keras.StatelessScope(initialize_variables=False):
        return sum(int(np.prod(weight.shape)) for weight in build().trainable_weights)


def test_alexnet_and_vgg_have_their_sizes():
    assert parameters(alexnet) == 62_378_344
    assert parameters(lambda: alexnet(groups=2)) == 60_965_224
    assert parameters(vgg) == 138_357_544


def test_vgg_is_that_of_keras_with_the_same_weights():
    blocks = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
    ours = vgg((32, 32, 3), 5, blocks, units=16)
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    ours.set_weights(theirs.get_weights() + ours.get_weights()[len(theirs.weights) :])
    flat = next(layer for layer in ours.layers if isinstance(layer, layers.Flatten))
    X = np.random.default_rng(0).random((2, 32, 32, 3), dtype=np.float32)
    features = keras.Model(ours.input, flat.output)(X)
    assert_allclose(numbers(features), numbers(theirs(X)).reshape(2, -1), rtol=1e-3, atol=1e-5)


@forall(6, SEEDS, st.integers(1, 3), st.integers(1, 6))
def test_vgg_block_is_the_formula(seed, n_convs, filters):
    x = np.random.default_rng(seed).standard_normal((2, 5, 6, 3), dtype=np.float32)
    model = shaken(model_of(vgg_block, (5, 6, 3), n_convs, filters), seed)
    expected = x
    for k in range(n_convs):
        expected = relu(convolved(expected, *map(numbers, model.weights[2 * k : 2 * k + 2])))
    expected, _ = pool_forward(expected, {"f": 2, "stride": 2})
    assert_allclose(numbers(model(x)), expected, rtol=1e-3, atol=1e-4)


def test_the_sides_of_alexnets_maps_are_the_papers():
    model = alexnet(filters=(2, 2, 2, 2, 2), units=3, classes=2)
    sides = [layer.output.shape[1] for layer in model.layers if isinstance(layer, layers.Conv2D | layers.MaxPooling2D)]
    assert sides == [55, 27, 27, 13, 13, 13, 13, 6]
    assert not model.compiled


def test_alexnet_is_its_layers_one_by_one():
    shape = (71, 83, 3)
    model = shaken(alexnet(shape, 4, (3, 4, 5, 3, 2), 6), 0)
    x = 200 * np.random.default_rng(1).standard_normal((2, *shape), dtype=np.float32)
    convolutions = [list(map(numbers, one.weights)) for one in model.layers if isinstance(one, layers.Conv2D)]
    (kernel, bias), *others = convolutions
    windows = np.lib.stride_tricks.sliding_window_view(x, (11, 11), axis=(1, 2))[:, ::4, ::4]
    X = relu(np.einsum("mijcab,abcd->mijd", windows, kernel) + bias)

    def pooled(X):
        return pool_forward(X, {"f": 3, "stride": 2})[0]

    X = pooled(local_response_norm(X))
    X = pooled(local_response_norm(relu(convolved(X, *others[0]))))
    for weights in others[1:]:
        X = relu(convolved(X, *weights))
    X = pooled(X).reshape(2, -1)
    dense = [list(map(numbers, one.weights)) for one in model.layers if isinstance(one, layers.Dense)]
    for kernel, bias in dense[:-1]:
        X = relu(X @ kernel + bias)
    expected = softmax(X @ dense[-1][0] + dense[-1][1])
    assert_allclose(numbers(model(x)), expected, rtol=1e-3, atol=1e-4)


# --- heads and labels -----------------------------------------------------------------------------------------------


def test_auxiliary_head_is_its_layers_one_by_one():
    model = shaken(model_of(auxiliary_head, (8, 11, 3), 4, filters=5, units=6), 0)
    x = np.random.default_rng(1).standard_normal((2, 8, 11, 3), dtype=np.float32)
    mean, _ = pool_forward(x, {"f": 5, "stride": 3}, mode="average")
    (k1, b1), (k2, b2), (k3, b3) = zip(
        *[iter(map(numbers, (w for w in model.weights if "seed" not in w.name)))] * 2, strict=True
    )
    hidden = relu(relu(mean @ k1[0, 0] + b1).reshape(2, -1) @ k2 + b2)
    assert_allclose(numbers(model(x)), softmax(hidden @ k3 + b3), rtol=1e-4)


def test_the_head_of_the_paper_has_its_size():
    model = model_of(auxiliary_head, (14, 14, 512), 1000)
    # Szegedy et al. 2014, section 5: 4 x 4 x 512 after the pooling; 128 filters; 1024 units; 1000 classes.
    assert model.count_params() == (512 + 1) * 128 + (4 * 4 * 128 + 1) * 1024 + (1024 + 1) * 1000


@forall(20, SEEDS, st.integers(1, 4), st.booleans(), st.floats(0, 1))
def test_auxiliary_loss_is_that_of_keras(seed, n_heads, one_hot, weight):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 5, 6)
    heads = [softmax(rng.standard_normal((6, 5))).astype(np.float32) for _ in range(n_heads)]
    costs = [float(np.mean(-np.log(head[np.arange(6), ids]))) for head in heads]
    truth = np.eye(5, dtype=np.float32)[ids] if one_hot else ids
    tensors = [keras.ops.convert_to_tensor(head) for head in heads]
    found = auxiliary_loss(keras.ops.convert_to_tensor(truth), tensors, weight)
    assert_allclose(float(numbers(found)), costs[0] + weight * sum(costs[1:]), rtol=1e-5)
    theirs = keras.losses.SparseCategoricalCrossentropy()(ids, tensors[0])
    alone = auxiliary_loss(keras.ops.convert_to_tensor(truth), tensors[0], weight)
    assert_allclose(float(numbers(alone)), float(numbers(theirs)), rtol=1e-5)


@forall(20, SEEDS, st.integers(2, 6), st.floats(0, 1), st.booleans())
def test_smooth_labels_are_those_of_keras(seed, K, epsilon, one_hot):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, K, 7)
    found = smooth_labels(np.eye(K)[ids] if one_hot else ids, K, epsilon)
    assert_allclose(found.sum(axis=1), 1)
    p = softmax(rng.standard_normal((7, K))).astype(np.float32)
    theirs = keras.losses.CategoricalCrossentropy(label_smoothing=epsilon)(np.eye(K, dtype=np.float32)[ids], p)
    ours = keras.losses.CategoricalCrossentropy()(found.astype(np.float32), p)
    assert_allclose(float(numbers(ours)), float(numbers(theirs)), rtol=1e-4)


def test_a_smoothed_label_worked_by_hand():
    assert_allclose(smooth_labels(np.array([1]), 4, 0.2), [[0.05, 0.85, 0.05, 0.05]])


# --- inception ------------------------------------------------------------------------------------------------------


def normalised(x, weights, training):
    gamma, beta, mean, variance = weights
    if training:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta


def units_of(model):
    """Each convolution's filters, and the weights of the normalisation behind it, by the number of channels made."""
    found = {}
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            before = layer.input._keras_history.operation
            found.setdefault(before.filters, []).append((numbers(before.kernel), list(map(numbers, layer.weights))))
    return found


@forall(6, SEEDS, st.booleans(), st.permutations([2, 3, 4, 5, 6, 7]))
def test_inception_bn_module_is_its_four_branches(seed, training, filters):
    x = np.random.default_rng(seed).standard_normal((2, 5, 4, 8), dtype=np.float32)
    model = shaken(model_of(inception_bn_module, (5, 4, 8), filters), seed)
    units = units_of(model)
    f1, f3_reduce, f3, d3_reduce, d3, f_pool = filters

    def unit(x, n, place=0):
        kernel, norm = units[n][place]
        return relu(normalised(convolved(x, kernel), norm, training))

    second = [kernel.shape[2] for kernel, _ in units[d3]].index(d3)
    ones = np.pad(np.ones((1, 5, 4, 1)), ((0, 0), (1, 1), (1, 1), (0, 0)))
    counts, _ = pool_forward(ones, {"f": 3, "stride": 1}, mode="average")
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    pooled = pool_forward(padded, {"f": 3, "stride": 1}, mode="average")[0] / counts
    expected = [
        unit(x, f1),
        unit(unit(x, f3_reduce), f3),
        unit(unit(unit(x, d3_reduce), d3, 1 - second), d3, second),
        unit(pooled, f_pool),
    ]
    assert_allclose(numbers(model(x, training=training)), np.concatenate(expected, axis=3), rtol=1e-3, atol=1e-3)


@forall(6, SEEDS, st.booleans(), st.sampled_from([1, 3, 5, 7]))
def test_factorised_conv_is_a_row_and_a_column(seed, training, n):
    x = np.random.default_rng(seed).standard_normal((2, 5, 6, 3), dtype=np.float32)
    model = shaken(model_of(factorised_conv, (5, 6, 3), 4, n), seed)
    (row, norm_row), (column, norm_column) = units_of(model)[4]
    assert (row.shape[:2], column.shape[:2]) == ((1, n), (n, 1))
    expected = relu(normalised(convolved(x, row), norm_row, training))
    expected = relu(normalised(convolved(expected, column), norm_column, training))
    assert_allclose(numbers(model(x, training=training)), expected, rtol=1e-3, atol=1e-3)


def test_a_thin_pair_has_2n_weights_where_the_square_has_n_squared():
    pair = model_of(factorised_conv, (9, 9, 16), 16, 7)
    kernels = sum(int(np.prod(weight.shape)) for weight in pair.weights if weight.name == "kernel")
    assert kernels == 2 * 7 * 16 * 16
    assert kernels / (7 * 7 * 16 * 16) == 2 / 7


# --- several sizes --------------------------------------------------------------------------------------------------


def fully_convolutional(classes, seed):
    inputs = keras.Input((None, None, 3))
    X = layers.Conv2D(classes, 3, strides=2, activation="softmax")(inputs)
    return shaken(keras.Model(inputs, X), seed, spread=1.5)


@forall(6, SEEDS, st.lists(st.integers(8, 20), min_size=1, max_size=3))
def test_multi_scale_predict_is_a_loop_over_single_calls(seed, sides):
    image = np.random.default_rng(seed).random((14, 23, 3), dtype=np.float32)
    model, found = fully_convolutional(4, seed), []
    for side in sides:
        picture = data.resized(image, (side, round(side * 23 / 14)))
        for seen in (picture, np.ascontiguousarray(picture[:, ::-1])):
            found.append(numbers(model(seen[None])).reshape(-1, 4).mean(axis=0))
    assert_allclose(multi_scale_predict(model, image, sides), np.mean(found, axis=0), rtol=1e-4)
    mirrored = np.ascontiguousarray(image[:, ::-1])
    assert_allclose(multi_scale_predict(model, mirrored, sides), np.mean(found, axis=0), rtol=1e-2)


def test_resized_keeps_a_slope_and_what_it_keeps_its_range():
    slope = np.linspace(-2, 5, 40, dtype=np.float32)[None, :, None].repeat(30, axis=0).repeat(2, axis=2)
    small = data.resized(slope, (15, 20))
    assert small.shape == (15, 20, 2)
    assert small.dtype == np.float32
    assert_allclose(small[:, 2:-2], slope.reshape(15, 2, 20, 2, 2).mean(axis=(1, 3))[:, 2:-2], atol=1e-5)
    with pytest.raises(data.DataError, match="at least 1"):
        data.resized(slope, (0, 4))


# --- how networks are looked at -------------------------------------------------------------------------------------


def test_dropout_between_dense_layers_is_told_from_dropout_elsewhere():
    def looked(rates, between=lambda X: X):
        def build():
            inputs = keras.Input((4, 4, 2))
            X = between(layers.Conv2D(3, 3, padding="same", activation="relu")(inputs))
            X = layers.Flatten()(X)
            for rate in rates:
                X = layers.Dropout(rate)(layers.Dense(5, activation="relu")(X))
            return keras.Model(inputs, layers.Dense(3, activation="softmax")(X))

        return look_at_model(build, look="dense dropout", pictures=np.ones((2, 4, 4, 2), np.float32))

    def before(X):
        return layers.Flatten()(layers.Dropout(0.5)(X))

    assert list(looked([0.5, 0.5]).values()) == [4.0, True, False, True]
    assert list(looked([0.5]).values()) == [2.0, True, False, True]
    assert list(looked([]).values()) == [1.0, False, False, False]
    assert list(looked([0.5, 0.5], before).values()) == [8.0, True, True, True]
    assert list(looked([0.5, 0.0], before).values()) == [4.0, True, True, False]


def test_a_large_network_is_counted_without_being_made():
    def build():
        inputs = keras.Input((30, 30, 3))
        X = layers.Flatten()(layers.BatchNormalization()(layers.Conv2D(1000, 3)(inputs)))
        return keras.Model(inputs, layers.Dense(50_000)(X))  # 160 GB, if it were made

    found = look_at_model(build, look="counted", pictures=np.ones((1, 30, 30, 3), np.float32))
    trained = 28_000 + 2_000 + 28 * 28 * 1000 * 50_000 + 50_000
    assert found == {"trained": trained, "all": trained + 2_000}


def test_a_network_is_counted_that_is_made_when_it_is_called_and_what_is_none_is_named():
    def look(function):
        return look_at_model(function, look="counted", pictures=np.ones((1, 4, 4, 3), np.float32))

    assert look(lambda: keras.Sequential([layers.Flatten(), layers.Dense(2)])) == {"trained": 98, "all": 98}
    with pytest.raises(TypeError, match="got NoneType"):
        look(lambda: None)


# --- the notebook ---------------------------------------------------------------------------------------------------


def best_of_the_longer(rows):
    """Which of two rows of the table has the better accuracy in tests."""
    tested = {row.split("  ")[0]: float(row.split("±")[1].split()[-1]) for row in rows.splitlines()}
    return max(tested, key=tested.get)


FIGURES = 11  # at least so many
FEWER = {
    ("pets3", "train"): 24,
    ("pets3", "test"): 6,
    ("alpacas", "train"): 24,
    ("alpacas", "test"): 6,
}
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"tanh \S+ ms, (\d+) times as long", lambda times: int(times) >= 2),
    (r"largest difference from the numeric gradient: (\S+)", lambda error: float(error) < 1e-8),
    (r"([\d,]+) weights, 94 % of them in dense layers", lambda n: n == "62,378,344"),
    (r"in dense layers; ([\d,]+) with two groups", lambda n: n == "60,965,224"),
    (r"7 × 7 +200,704 +3 of 3 × 3 +110,592 +(\d+) % fewer +3", lambda share: share == "45"),
    (r"with (\d+) % fewer weights", lambda share: share == "45"),
    (r"([\d,]+) weights, 15\.5 billion multiplications", lambda n: n == "138,357,544"),
    (r"largest difference: (\S+)", lambda error: float(error) < 1e-5),
    (r"directly +([\d,]+ +\S+)", lambda row: row.split() == ["614,400", "4.8e+08"]),
    (r"through 32 channels +([\d,]+ +\S+)", lambda row: row.split() == ["84,992", "6.7e+07"]),
    (r"with both heads it is (\d+) times", lambda times: int(times) >= 10),
    (r"7 × 7 +200,704 +([\d,]+ +\d+) %", lambda row: row.split() == ["57,344", "71"]),
    (r"3 × 3 +36,864 +([\d,]+ +\d+) %", lambda row: row.split() == ["24,576", "33"]),
    (r"L2 lies between in (\d+) of 100", lambda n: n == "100"),
]
# The same where it is trained all the way.
CLAIMS_WHEN_TRAINED = [
    (r"relu (\S+), tanh \S+, sigmoid", lambda loss: float(loss) < 0.5),
    (r"sigmoid (\S+)\n", lambda loss: float(loss) > 2),
    (r"normalisation changes the test accuracy by (\S+) points", lambda points: float(points) < 1),
    (r"plain +15 +\S+ ± \S+ +\S+ ± \S+ +(\S+) points", lambda points: float(points) > 5),
    (r"(plain, longer(?:.*\n)+?with dropout +30 .* points)", lambda rows: best_of_the_longer(rows) == "with dropout"),
    (r"the stack is better by (\S+) points", lambda points: float(points) > -1),
    (r"small VGG +(\S+) ±", lambda share: float(share) >= 0.97),
    (r"small Inception +(\S+) ±", lambda share: float(share) >= 0.97),
    (
        r"the loss: (\S+ after .* start, \S+) after the third",
        lambda both: float(both.split()[-1]) < float(both.split()[0]),
    ),
    (r"three sizes are better by (\S+) points", lambda points: float(points) >= 0),
    (r"main head alone +79,042 +(\S+)", lambda share: float(share) < 0.7),
    (r"with two auxiliary heads +79,042 +(\S+)", lambda share: float(share) > 0.8),
    (r"smoothed labels: .* largest probability (\S+) in", lambda share: 0.8 < float(share) < 0.98),
    (r"deep is better by (\S+) points", lambda points: float(points) > 0),
]
