"""The reference functions of `w3_unet` against hand-worked cases, our own convolution and other people's operations."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


import keras
import numpy as np
import pytest
from conftest import forall
from hypothesis import strategies as st
from keras import layers
from numpy.testing import assert_allclose
from sklearn.metrics import f1_score, jaccard_score

from grader.spec.observers.losses import look_at_loss
from grader.spec.observers.models import look_at_model
from solutions.w1_conv import conv_backward, conv_forward
from solutions.w3_unet import (
    conv_block,
    conv_transpose_forward,
    dice,
    mean_iou,
    sparse_pixel_loss,
    unet_model,
    upsampling_block,
)

pytestmark = [pytest.mark.backends, pytest.mark.usefixtures("no_warning")]
SEEDS = st.integers(0, 2**32 - 1)
array = keras.ops.convert_to_numpy


# --- transposed convolution -----------------------------------------------------------------------------------------


def test_transpose_of_known_numbers():
    A = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    W = np.array([[1.0, 10.0, 100.0]] * 3).reshape(3, 3, 1, 1)
    painted = conv_transpose_forward(A, W, 2, 0)[0, :, :, 0]
    above, below = [1, 10, 102, 20, 200], [3, 30, 304, 40, 400]
    both = [4, 40, 406, 60, 600]
    assert_allclose(painted, [above, above, both, below, below])
    assert_allclose(conv_transpose_forward(A, W, 2, ((1, 0), (0, 2)))[0, :, :, 0], painted[1:, :3])


SIZES = (st.integers(1, 2), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))


@forall(60, *SIZES, st.integers(1, 4), st.integers(1, 3), st.integers(0, 1), SEEDS)
def test_transpose_is_what_a_convolution_passes_back(m, n_H, n_W, n_C, n_C_prev, f, stride, pad, seed):
    """dA_prev of a convolution whose filters are W, for dZ, is the transposed convolution of dZ."""
    rng = np.random.default_rng(seed)
    larger = [(n - 1) * stride + f - 2 * pad for n in (n_H, n_W)]
    if min(larger) < 1:
        return
    A = rng.standard_normal((m, *larger, n_C))
    W, dZ = rng.standard_normal((f, f, n_C, n_C_prev)), rng.standard_normal((m, n_H, n_W, n_C_prev))
    _, cache = conv_forward(A, W, np.zeros((1, 1, 1, n_C_prev)), {"stride": stride, "pad": pad})
    assert_allclose(conv_transpose_forward(dZ, W, stride, pad), conv_backward(dZ, cache)[0], atol=1e-10)


@forall(40, *SIZES, st.integers(1, 5), st.integers(1, 3), *[st.integers(0, 2)] * 4, SEEDS)
def test_transpose_is_the_adjoint(m, n_H, n_W, n_C, n_C_prev, f, stride, top, bottom, left, right, seed):
    """Sum of Z * conv(Z') equals that of A * Z', for whatever Z': the numeric gradient of a linear map, at any size."""
    rng = np.random.default_rng(seed)
    W, A = rng.standard_normal((f, f, n_C, n_C_prev)), rng.standard_normal((m, n_H, n_W, n_C_prev))
    Z = conv_transpose_forward(A, W, stride, ((top, bottom), (left, right)))
    full = (n_H - 1) * stride + f, (n_W - 1) * stride + f
    assert Z.shape == (m, max(full[0] - top - bottom, 0), max(full[1] - left - right, 0), n_C)
    if 0 in Z.shape:
        return
    other = rng.standard_normal(Z.shape)
    padded = np.pad(other, ((0, 0), (top, bottom), (left, right), (0, 0)))
    there, _ = conv_forward(padded, W, np.zeros((1, 1, 1, n_C_prev)), {"stride": stride, "pad": 0})
    assert_allclose(np.sum(Z * other), np.sum(A * there), rtol=1e-9, atol=1e-9)


@forall(25, *SIZES, st.integers(1, 5), st.integers(1, 3), st.booleans(), SEEDS)
def test_transpose_is_kerass_operation(m, n_H, n_W, n_C, n_C_prev, f, stride, same, seed):
    if same and f < stride:
        return
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((m, n_H, n_W, n_C_prev)).astype("float32")
    W = rng.standard_normal((f, f, n_C, n_C_prev)).astype("float32")
    cut = max(f - stride, 0)
    pad = ((cut // 2, cut - cut // 2),) * 2 if same else 0
    theirs = array(keras.ops.conv_transpose(A, W, strides=stride, padding="same" if same else "valid"))
    ours = conv_transpose_forward(A, W, stride, pad)
    if not same and f < stride:  # Keras leaves a border of zeros where windows do not touch
        theirs = theirs[:, : ours.shape[1], : ours.shape[2]]
    assert_allclose(ours, theirs, atol=1e-4)


@forall(25, *SIZES, st.integers(1, 5), st.integers(1, 3), SEEDS)
def test_transpose_is_tensorflows_operation(m, n_H, n_W, n_C, n_C_prev, f, stride, seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((m, n_H, n_W, n_C_prev)).astype("float32")
    W = rng.standard_normal((f, f, n_C, n_C_prev)).astype("float32")
    for padding, size, cut in (
        ("SAME", lambda n: n * stride, max(f - stride, 0)),
        ("VALID", lambda n: (n - 1) * stride + f, 0),
    ):
        if padding == "SAME" and f < stride:
            continue
        theirs = tf.nn.conv2d_transpose(A, W, [m, size(n_H), size(n_W), n_C], stride, padding).numpy()
        assert_allclose(conv_transpose_forward(A, W, stride, ((cut // 2, cut - cut // 2),) * 2), theirs, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "n_C", "expected"),
    [
        ((0, 3, 4, 2), 5, (0, 7, 9, 5)),
        ((2, 3, 4, 0), 5, (2, 7, 9, 5)),
        ((2, 3, 4, 2), 0, (2, 7, 9, 0)),
        ((2, 0, 4, 2), 1, (2, 1, 9, 1)),
    ],
)
def test_transpose_of_nothing(shape, n_C, expected):
    Z = conv_transpose_forward(np.ones(shape), np.ones((3, 3, n_C, shape[-1])), 2, 0)
    assert Z.shape == expected
    assert shape[-1] or not Z.any()


def test_transpose_may_cut_everything_off():
    assert conv_transpose_forward(np.ones((1, 1, 2, 1)), np.ones((3, 3, 1, 1)), 1, 2).shape == (1, 0, 0, 1)


# --- the blocks -----------------------------------------------------------------------------------------------------


def numbers(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def convolved(x, weights):
    """Same 3x3 convolution and ReLU, by the functions of the first assignment."""
    kernel, bias = weights
    return np.maximum(conv_forward(x, kernel, bias.reshape(1, 1, 1, -1), {"stride": 1, "pad": 1})[0], 0)


def weights_of(model, kind):
    return [[array(weight) for weight in layer.weights] for layer in model.layers if type(layer) is kind]


def shaken(model, seed=1):
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(0.5 * rng.standard_normal(weight.shape))
    return model


def test_conv_block_is_its_parts():
    x, inputs = numbers((2, 5, 6, 3)), keras.Input((5, 6, 3))
    model = shaken(keras.Model(inputs, conv_block(inputs, 4)))
    first, second = weights_of(model, layers.Conv2D)
    expected = convolved(convolved(x, first), second)
    below, skip = map(array, model(x))
    assert_allclose(skip, expected, rtol=1e-3, atol=1e-3)
    assert_allclose(below, expected[:, :4].reshape(2, 2, 2, 3, 2, 4).max(axis=(2, 4)), rtol=1e-3, atol=1e-3)


def test_conv_block_without_pooling_gives_one_tensor_twice():
    inputs = keras.Input((5, 6, 3))
    below, skip = conv_block(inputs, 4, 0.5, max_pooling=False)
    assert below is skip


def test_upsampling_block_is_its_parts():
    below, beside = numbers((2, 3, 2, 5)), numbers((2, 6, 4, 3), seed=1)
    inputs = keras.Input((3, 2, 5)), keras.Input((6, 4, 3))
    model = shaken(keras.Model(inputs, upsampling_block(*inputs, 4)))
    [[kernel, bias]] = weights_of(model, layers.Conv2DTranspose)
    up = conv_transpose_forward(below, kernel, 2, ((0, 1), (0, 1))) + bias
    x = np.concatenate([up, beside], axis=3)
    for weights in weights_of(model, layers.Conv2D):
        x = convolved(x, weights)
    assert_allclose(array(model([below, beside])), x, rtol=1e-3, atol=1e-3)


# --- the network ----------------------------------------------------------------------------------------------------


def test_unet_has_its_size():
    model = unet_model()
    assert model.count_params() == 8_640_471
    assert model.output_shape == (None, 96, 128, 23)
    assert not model.compiled


def test_unet_takes_other_pictures():
    model = unet_model((32, 16, 1), 2, 3)
    out = array(model(numbers((2, 32, 16, 1))))
    assert out.shape == (2, 32, 16, 3)
    assert out.min() < 0 < out.max()


def test_every_pixel_reaches_its_own_logits_through_the_skips():
    """Where the lowest block is silent, a pixel still changes what is said of it."""
    model = shaken(unet_model((32, 32, 1), 2, 2), seed=3)
    for layer in model.layers:
        if isinstance(layer, layers.Conv2DTranspose):
            layer.kernel.assign(np.zeros(layer.kernel.shape))
    x = numbers((1, 32, 32, 1))
    changed = x.copy()
    changed[0, 10, 20] += 5
    assert np.abs(array(model(x)) - array(model(changed)))[0, 10, 20].max() > 1e-3


# --- the loss -------------------------------------------------------------------------------------------------------


@forall(20, st.integers(1, 3), st.integers(2, 5), st.sampled_from([255, -1, 0, 100]), st.floats(0, 1), SEEDS)
def test_loss_is_kerass_over_the_known_pixels(m, n_classes, void, share, seed):
    rng = np.random.default_rng(seed)
    y_true = rng.integers(1, n_classes, (m, 3, 4))
    y_true[rng.random(y_true.shape) < share] = void
    logits = rng.standard_normal((m, 3, 4, n_classes)).astype("float32")
    known = y_true != void
    ours = float(array(sparse_pixel_loss(y_true, logits, void)))
    if not known.any():
        assert ours == 0
        return
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert_allclose(ours, float(array(loss(y_true[known], logits[known]))), rtol=1e-5, atol=1e-6)


def test_loss_of_known_numbers():
    logits = np.zeros((1, 1, 3, 4), "float32")
    assert float(array(sparse_pixel_loss(np.array([[[0, 3, 255]]], "uint8"), logits))) == pytest.approx(np.log(4))
    logits[0, 0, 0, 1] = np.log(3)
    assert float(array(sparse_pixel_loss(np.array([[[1, 255, 255]]], "uint8"), logits))) == pytest.approx(np.log(2))


def test_loss_of_nothing_is_0():
    logits = numbers((2, 3, 4, 5))
    for y_true, given_logits in ((np.full((2, 3, 4), 255), logits), (np.zeros((0, 3, 4), int), logits[:0])):
        loss = array(sparse_pixel_loss(y_true, given_logits))
        assert loss.shape == ()
        assert loss == 0


def test_gradient_of_the_loss_is_the_numeric_one(eps=1e-2):
    y_true, logits = np.array([[[0, 2, 255], [1, 255, 1]]], "uint8"), numbers((1, 2, 3, 4))
    gradient = array(look_at_loss(sparse_pixel_loss, y_true=y_true, y_pred=logits)["its gradient"])
    for place in np.ndindex(logits.shape):
        step = np.zeros_like(logits)
        step[place] = eps
        there, here = (float(array(sparse_pixel_loss(y_true, logits + sign * step))) for sign in (1, -1))
        assert gradient[place] == pytest.approx((there - here) / (2 * eps), abs=1e-4)


def test_a_network_learns_by_the_loss():
    keras.utils.set_random_seed(0)
    x = numbers((8, 16, 16, 3))
    y_true = (x[..., 0] > 0).astype("uint8")
    y_true[:, :4] = 255
    model = unet_model((16, 16, 3), 4, 2)
    model.compile(keras.optimizers.Adam(0.003), loss=sparse_pixel_loss)
    losses = model.fit(x, y_true, epochs=16, batch_size=4, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


# --- measures -------------------------------------------------------------------------------------------------------


@forall(60, st.integers(1, 6), st.sampled_from([None, 0, 2, 255]), st.lists(st.integers(0, 6), max_size=3), SEEDS)
def test_mean_iou_is_scikit_learns(n_classes, ignore, shape, seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = rng.integers(0, n_classes, shape), rng.integers(0, n_classes, shape)
    if ignore == 255:
        y_true = np.where(rng.random(shape) < 0.3, 255, y_true)
    ours = mean_iou(y_true, y_pred, n_classes, ignore)
    kept = y_true != ignore
    truth, guess = np.asarray(y_true)[kept], np.asarray(y_pred)[kept]
    classes = [c for c in range(n_classes) if c != ignore and ((truth == c) | (guess == c)).any()]
    theirs = jaccard_score(truth, guess, labels=classes, average="macro") if classes else 0.0
    assert ours == pytest.approx(theirs)
    assert isinstance(ours, float)


def test_mean_iou_of_known_numbers():
    y_true, y_pred = np.array([[0, 0, 1], [1, 2, 255]]), np.array([[0, 1, 1], [1, 2, 2]])
    assert mean_iou(y_true, y_pred, 5, ignore=255) == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert mean_iou(y_true, y_pred, 5) == pytest.approx((1 / 2 + 2 / 3 + 1 / 2) / 3)


@forall(60, st.lists(st.integers(0, 5), max_size=3), st.floats(0, 1), SEEDS)
def test_dice_is_scikit_learns_f1(shape, likely, seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = (rng.random(shape) < likely for _ in range(2))
    theirs = f1_score(np.ravel(y_true), np.ravel(y_pred), zero_division=1.0) if np.size(y_true) else 1.0
    assert dice(y_true, y_pred) == pytest.approx(theirs)
    assert dice(255 * np.uint8(1) * y_true, y_pred - 0.5) == pytest.approx(theirs)


def test_measures_of_nothing():
    nothing = np.zeros((0, 4, 5), int)
    assert mean_iou(nothing, nothing, 3) == 0.0
    assert mean_iou(np.full((2, 2), 1), np.zeros((2, 2), int), 3, ignore=1) == 0.0
    assert dice(nothing, nothing) == 1.0


# --- how blocks and losses are looked at ----------------------------------------------------------------------------


def test_a_block_must_give_as_many_tensors_as_are_asked_for():
    picture = numbers((1, 4, 4, 2))
    with pytest.raises(TypeError, match="expected 2 tensors, got 1"):
        look_at_model(lambda x: x, look="sizes", pictures=picture, block=2)
    with pytest.raises(TypeError, match="expected a tensor, got NoneType"):
        look_at_model(lambda x: (x, None), look="sizes", pictures=picture, block=2)
    with pytest.raises(TypeError, match="expected a tensor, got tuple"):
        look_at_model(lambda x: (x, x), look="sizes", pictures=picture, block=True)


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_what_dropout_keeps_is_seen(share):
    def dropping(kind):
        def block(x):
            return kind(share)(layers.Conv2D(3, 3, padding="same")(x))

        return look_at_model(block, look="dropout", pictures=numbers((1, 6, 6, 2)), block=True)

    one_by_one, whole = dropping(layers.Dropout), dropping(layers.SpatialDropout2D)
    largest = "the largest number, of what it is without dropout"
    assert one_by_one[largest] == whole[largest] == [pytest.approx(1 / (1 - share), abs=1e-4)]
    assert one_by_one["numbers are dropped one by one"]
    assert not whole["numbers are dropped one by one"]


@pytest.mark.parametrize(("start", "found"), [("he_normal", 2), ("glorot_uniform", 0)])
def test_hes_spread_is_told_from_glorots(start, found):
    def block(x):
        for _ in range(2):
            x = layers.Conv2D(16, 3, kernel_initializer=start)(x)
        return x

    seen = look_at_model(block, look="beginning", pictures=numbers((1, 8, 8, 3)), block=True, he=2)
    assert seen["filters with He's spread, at most 2"] == found


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 14  # at least so many
# In a brief run, so many pictures of a split.
FEWER = {
    ("street_scenes", "test"): 48,
    ("nuclei256", "train"): 16,
    ("nuclei256", "test"): 16,
    ("pets3", "train"): 32,
    ("pets3", "test"): 16,
}
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"against your function: largest difference (\S+)", lambda gap: float(gap) < 1e-6),
    (r"inside: (.+)", lambda painted: painted == "[1, 2, 4], [4] and [1]"),
    (r"8,640,471 (parameters)", bool),
    (r"\n12 × 16 .* (\d+\.\d) %", lambda share: round(float(share)) == 44),
    (r"\n6 × 8 .* (\d+\.\d) %", lambda share: round(float(share)) == 41),
    (r"with n_filters=8 for nine classes (\S+)", lambda parameters: parameters == "540,873"),
    (r"all classes alike: loss (\S+;.*)", lambda losses: losses == "2.1972; with void borders 2.1972; all void 0.0"),
    (r"log 9 = (\S+);", lambda logarithm: logarithm == "2.1972"),
    (r"initial loss (\S+),", lambda loss: abs(float(loss) - 2.2) < 0.4),
    (r"(\d+)% of the pixels are void in this epoch", lambda share: 65 <= int(share) <= 75),
]
# The same where it is trained all the way, on all pictures.
CLAIMS_WHEN_TRAINED = [
    (r"never looks: accuracy (.+)", lambda figures: figures == "0.58, mean IoU 0.21"),
    (r"two pixels aside: accuracy (.+)", lambda figures: figures == "0.91, mean IoU 0.78"),
    (r"learnt by heart: (\S+)", lambda iou: float(iou) >= 0.62),
    (r"test mean IoU (\S+), accuracy", lambda iou: float(iou) >= 0.77),
    (r"accuracy (\S+); trained in", lambda accuracy: float(accuracy) >= 0.91),
    (r"without the mirror image \S+ it brings (\S+) points", lambda points: float(points) > 1),
    (r"\nU-Net +\S+ +(\S+)", lambda iou: 0.77 <= float(iou) <= 0.84),
    (r"without skips +\S+ +(\S+)", lambda iou: 0.42 <= float(iou) <= 0.54),
    (r"U-Net: (\d+) % wrong within", lambda share: 20 <= int(share) <= 28),
    (r"without skips: (\d+) % wrong within", lambda share: int(share) > 50),
    (r"U-Net: .* border, (\S+) % elsewhere", lambda share: 1.5 <= float(share) < 3.5),
    (r"without skips: .* border, (\S+) % elsewhere", lambda share: 17 <= float(share) <= 24),
    # The photographs are not at hand everywhere; what is said of them holds where they are.
    (r"pets: mean IoU (\S+) on|set pets3 is not at hand", lambda iou: iou is None or float(iou) >= 0.55),
    (r"where all is called animal (\S+);|set pets3 is not at hand", lambda iou: iou in (None, "0.22")),
    (r"nuclei: mean Dice (\S+) on|set nuclei256 is not at hand", lambda mean: mean is None or float(mean) >= 0.91),
]
