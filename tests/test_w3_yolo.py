"""The reference functions of `w3_yolo` against hand-worked cases, counted pixels, loops, numeric gradients and other people's
operations."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import inspect
import re
import warnings

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from numpy.testing import assert_allclose, assert_array_equal

from grader.bench.boxes import coco_evaluation
from grader.spec.observers.losses import look_at_loss
from solutions.w3_yolo import (
    average_precision,
    encode_targets,
    fc_to_conv,
    iou,
    iou_matrix,
    kmeans_anchors,
    localization_loss,
    mean_average_precision,
    scale_boxes,
    yolo_boxes_to_corners,
    yolo_eval,
    yolo_filter_boxes,
    yolo_loss,
    yolo_non_max_suppression,
)

pytestmark = pytest.mark.backends
SEEDS = st.integers(0, 2**32 - 1)


def forall(*strategies):
    return lambda test: settings(max_examples=60, deadline=None)(given(*strategies)(test))


@pytest.fixture
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def tensor(values):
    return ops.convert_to_tensor(np.asarray(values, np.float32))


def arrays(tensors):
    return [ops.convert_to_numpy(one) for one in tensors]


def whole_boxes(rng, n, reach=12):
    """Boxes of whole numbers, some of them without an area."""
    start = rng.integers(0, reach, (n, 2))
    return np.hstack([start, start + rng.integers(0, reach, (n, 2))])


# --- localization_loss ----------------------------------------------------------------------------------------------


def test_localization_loss_of_known_vectors():
    thing, nothing = np.array([1, 0.5, 0.5, 0.25, 0.25, 0, 1]), np.array([0, 9, 9, 9, 9, 9, 9])
    said = np.array([0.5, 0.5, 0, 0.25, 0.75, 1, 1])
    assert localization_loss(thing, said) == 0.25 + 0.25 + 0.25 + 1
    assert localization_loss(nothing, said) == 0.25
    assert localization_loss(np.array([thing, nothing]), np.array([said, said])) == (1.75 + 0.25) / 2


@forall(st.integers(1, 6), st.integers(1, 5), SEEDS)
def test_localization_loss_of_a_batch_is_the_mean_of_its_vectors(m, n, seed):
    rng = np.random.default_rng(seed)
    truths, said = rng.random((m, 5 + n)), rng.random((m, 5 + n))
    truths[:, 0] = rng.integers(0, 2, m)
    each = [localization_loss(truth, one) for truth, one in zip(truths, said, strict=True)]
    by_hand = [np.sum((t - s) ** 2) if t[0] else s[0] ** 2 for t, s in zip(truths, said, strict=True)]
    assert_allclose(each, by_hand)
    assert_allclose(localization_loss(truths, said), np.mean(each))
    assert localization_loss(truths, truths) == 0


# --- iou and iou_matrix ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box1", "box2", "expected"),
    [
        ((0, 0, 2, 2), (1, 1, 3, 3), 1 / 7),
        ((0, 0, 2, 1), (0, 0, 1, 1), 1 / 2),
        ((0, 0, 4, 4), (1, 1, 3, 2), 2 / 16),
        ((0, 0, 1, 1), (1, 0, 2, 1), 0),  # an edge in common
        ((0, 0, 1, 1), (1, 1, 2, 2), 0),  # a corner
        ((0, 0, 1, 1), (2, 3, 4, 4), 0),
        ((2, 3, 4, 4), (0, 0, 1, 1), 0),
        ((1, 1, 1, 1), (1, 1, 1, 1), 0),  # two points
        ((0, 1, 3, 1), (1, 0, 2, 2), 0),  # a line through a box
        ((-3, -2, -1, 0), (-2, -1, 0, 1), 1 / 7),
    ],
)
@pytest.mark.parametrize("kind", [list, tuple, np.array, np.float32, tensor])
def test_iou_of_known_boxes(box1, box2, expected, kind):
    answer = iou(kind(box1), kind(box2))
    assert isinstance(answer, float)
    assert_allclose(answer, expected)


def pixels(box, size=24):
    """The pixels that a box of whole numbers covers."""
    picture = np.zeros((size, size), bool)
    x1, y1, x2, y2 = box
    picture[y1:y2, x1:x2] = True
    return picture


@forall(st.integers(0, 5), st.integers(0, 5), SEEDS, st.sampled_from([int, np.float32, np.float64]))
def test_iou_matrix_counts_pixels(n, m, seed, dtype):
    rng = np.random.default_rng(seed)
    boxes1, boxes2 = whole_boxes(rng, n), whole_boxes(rng, m)
    counted = np.zeros((n, m))
    for i, j in np.ndindex(n, m):
        one, other = pixels(boxes1[i]), pixels(boxes2[j])
        counted[i, j] = (one & other).sum() / max((one | other).sum(), 1)
    ours = iou_matrix(boxes1.astype(dtype), boxes2.astype(dtype))
    assert ours.shape == (n, m)
    assert ours.dtype.kind == "f"
    assert_allclose(ours, counted, rtol=1e-6)
    assert_allclose(ours, np.reshape([iou(one, other) for one in boxes1 for other in boxes2], (n, m)), rtol=1e-6)


@forall(st.integers(1, 6), st.integers(1, 6), SEEDS)
def test_iou_matrix_does_not_mind_order_place_and_unit(n, m, seed):
    rng = np.random.default_rng(seed)
    boxes1, boxes2 = (whole_boxes(rng, count) + np.tile(rng.random(2), 2) for count in (n, m))
    overlap = iou_matrix(boxes1, boxes2)
    assert overlap.min() >= 0
    assert overlap.max() <= 1 + 1e-12
    assert_allclose(iou_matrix(boxes2, boxes1), overlap.T, atol=1e-12)
    assert_allclose(iou_matrix(boxes1 + 8, boxes2 + 8), overlap, atol=1e-12)
    assert_allclose(iou_matrix(4 * boxes1, 4 * boxes2), overlap, atol=1e-12)
    stretched = np.array([3, 0.5, 3, 0.5])
    assert_allclose(iou_matrix(boxes1 * stretched, boxes2 * stretched), overlap, atol=1e-12)
    turned = [1, 0, 3, 2]
    assert_allclose(iou_matrix(boxes1[:, turned], boxes2[:, turned]), overlap, atol=1e-12)
    area = (boxes1[:, 2] - boxes1[:, 0]) * (boxes1[:, 3] - boxes1[:, 1])
    assert_allclose(np.diag(iou_matrix(boxes1, boxes1)), area > 0)


@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0), (0, 0)])
def test_iou_matrix_of_no_boxes(n, m):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert iou_matrix(np.zeros((n, 4)), np.zeros((m, 4))).shape == (n, m)
        assert not iou_matrix(np.ones((3, 4)), np.ones((2, 4))).any()


# --- fc_to_conv -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "sizes"), [((4, 4, 3), (5,)), ((2, 3, 4), (6, 5)), ((5, 1, 2), (10, 4, 3))])
def test_fc_to_conv_computes_what_the_dense_layers_do_in_every_window(shape, sizes):
    rng, (h, w, c) = np.random.default_rng(0), shape
    dense = keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), *(keras.layers.Dense(n, "tanh") for n in sizes)]
    )
    weights = [rng.standard_normal(one.shape).astype(np.float32) / 4 for one in dense.get_weights()]
    dense.set_weights(weights)

    filters = [(h, w), *[(1, 1)] * (len(sizes) - 1)]
    convolutions = [keras.layers.Conv2D(n, size, activation="tanh") for n, size in zip(sizes, filters, strict=True)]
    slid = keras.Sequential([keras.Input((None, None, c)), *convolutions])
    converted = fc_to_conv(weights, shape)
    assert [one.shape for one in converted] == [tuple(one.shape) for one in slid.weights]
    slid.set_weights(converted)

    picture = rng.standard_normal((1, h + 3, w + 2, c)).astype(np.float32)
    found = ops.convert_to_numpy(slid(picture))
    assert found.shape == (1, 4, 3, sizes[-1])
    for row, column in np.ndindex(4, 3):
        window = picture[:, row : row + h, column : column + w]
        assert_allclose(found[:, row, column], ops.convert_to_numpy(dense(window)), atol=1e-5)


def test_fc_to_conv_moves_no_number():
    W1, b1, W2, b2 = np.arange(24.0).reshape(12, 2), np.array([1.0, 2]), np.arange(6.0).reshape(2, 3), np.arange(3.0)
    K1, same1, K2, same2 = fc_to_conv([W1, b1, W2, b2], (2, 3, 2))
    assert K1[1, 0, 1].tolist() == W1[7].tolist()  # row 1, column 0, channel 1: number 1·3·2 + 0·2 + 1
    assert_array_equal(K2, W2[None, None])
    assert_array_equal(same1, b1)
    assert_array_equal(same2, b2)


# --- yolo_filter_boxes ----------------------------------------------------------------------------------------------


def test_filter_keeps_what_is_at_the_threshold_in_the_grids_order():
    boxes = np.arange(16).reshape(2, 2, 4)
    confidence = np.array([[0.5, 1], [1, 0]])[..., None]
    probabilities = np.array([[[0.25, 0.5, 0.25], [0.1, 0.1, 0.8]], [[0.2, 0.1, 0.1], [0, 0, 1]]])
    found = yolo_filter_boxes(tensor(boxes), tensor(confidence), tensor(probabilities), threshold=0.25)
    scores, kept, classes = arrays(found)
    assert_allclose(scores, [0.25, 0.8])
    assert_array_equal(kept, boxes[0])
    assert classes.tolist() == [1, 2]
    assert classes.dtype.kind in "iu"


@forall(
    st.lists(st.integers(1, 4), min_size=1, max_size=4),
    st.integers(1, 6),
    SEEDS,
    st.sampled_from([0.0, 0.25, 0.6, 1.0]),
)
def test_filter_is_a_loop_over_the_grid(leading, n_classes, seed, threshold):
    rng = np.random.default_rng(seed)
    boxes, confidence, probabilities = (rng.random((*leading, n), dtype=np.float32) for n in (4, 1, n_classes))
    expected = [
        (confidence[place][0] * probabilities[place].max(), *boxes[place], probabilities[place].argmax())
        for place in np.ndindex(*leading)
        if confidence[place][0] * probabilities[place].max() >= threshold
    ]
    found = yolo_filter_boxes(tensor(boxes), tensor(confidence), tensor(probabilities), threshold)
    scores, kept, classes = arrays(found)
    assert kept.shape == (len(expected), 4)
    together = np.column_stack([scores, kept, classes])
    assert_allclose(together, np.reshape(expected, (-1, 6)), rtol=1e-6)


def test_filter_may_keep_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        nothing = yolo_filter_boxes(tensor(np.ones((3, 2, 4))), tensor(np.zeros((3, 2, 1))), tensor(np.ones((3, 2, 5))))
    assert [one.shape for one in arrays(nothing)] == [(0,), (0, 4), (0,)]


# --- yolo_non_max_suppression ---------------------------------------------------------------------------------------


def crowd(seed, n, n_classes=3, levels=8):
    """Boxes that overlap much, with few different scores."""
    rng = np.random.default_rng(seed)
    boxes = rng.integers(0, 8, (n, 4)) + np.array([0, 0, 8, 8])
    return rng.integers(1, levels, n) / levels, boxes.astype(float), rng.integers(0, n_classes, n)


def kept_by_a_loop(scores, boxes, classes, max_boxes, iou_threshold):
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: (-scores[i], i)):
        if all(classes[i] != classes[j] or iou(boxes[i], boxes[j]) <= iou_threshold for j in kept):
            kept.append(i)
    return kept[:max_boxes]


@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist, ops.convert_to_tensor])
def test_nms_of_known_boxes(kind):
    boxes = np.array([[0, 0, 2, 2], [0, 0, 2, 1], [0, 0, 2, 2], [1, 0, 3, 2], [0, 0, 3, 2], [5, 5, 6, 6]], np.float32)
    scores = np.array([0.5, 0.75, 0.5, 0.25, 0.125, 0.75], np.float32)
    classes = np.array([0, 0, 1, 0, 0, 0])
    # 1 and 5 are equally good, and apart; 0 overlaps 1 by exactly a half; 2 is of another class; 3 overlaps 0 by a third;
    # 4 overlaps 0, which is kept, by two thirds.
    found = yolo_non_max_suppression(kind(scores), kind(boxes), kind(classes))
    best, kept, of_class = arrays(found)
    assert_array_equal(best, [0.75, 0.75, 0.5, 0.5, 0.25])
    assert_array_equal(kept, boxes[[1, 5, 0, 2, 3]])
    assert of_class.tolist() == [0, 0, 0, 1, 0]
    few = yolo_non_max_suppression(kind(scores), kind(boxes), kind(classes), 3, 0.25)
    assert_array_equal(arrays(few)[1], boxes[[1, 5, 2]])


def test_nms_a_box_that_is_gone_takes_none_along():
    boxes = np.array([[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]])
    _, kept, _ = yolo_non_max_suppression(np.array([0.9, 0.8, 0.7]), boxes, np.zeros(3, int), iou_threshold=0.5)
    assert_array_equal(kept, boxes[[0, 2]])


@forall(st.integers(0, 150), SEEDS, st.sampled_from([1, 3, 10, 200]), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_nms_is_the_plain_loop(n, seed, max_boxes, threshold):
    given = crowd(seed, n)
    expected = kept_by_a_loop(*given, max_boxes, threshold)
    for ours, all_of_them in zip(yolo_non_max_suppression(*given, max_boxes, threshold), given, strict=True):
        assert_array_equal(ours, all_of_them[expected])


@forall(st.integers(1, 80), SEEDS, st.sampled_from([0.25, 0.5, 0.75]))
def test_nms_is_tensorflows_class_by_class(n, seed, threshold):
    tf = pytest.importorskip("tensorflow")
    scores, boxes, classes = crowd(seed, n)
    kept = []
    for one in range(3):
        mine = np.flatnonzero(classes == one)
        best = tf.image.non_max_suppression(np.float32(boxes[mine]), np.float32(scores[mine]), n, threshold)
        kept += mine[best.numpy()].tolist()
    kept.sort(key=lambda i: (-scores[i], i))
    found = yolo_non_max_suppression(scores, boxes, classes, n, threshold)
    assert_array_equal(found[1], boxes[kept])
    assert_array_equal(found[2], classes[kept])


@forall(st.integers(1, 60), SEEDS, st.sampled_from([0.0, 0.25, 0.5]))
def test_nms_leaves_nothing_to_suppress(n, seed, threshold):
    scores, boxes, classes = once = yolo_non_max_suppression(*crowd(seed, n), n, threshold)
    rivals = (classes[:, None] == classes) & ~np.eye(len(classes), dtype=bool)
    assert (iou_matrix(boxes, boxes)[rivals] <= threshold).all()
    assert (np.diff(scores) <= 0).all()
    for one, other in zip(once, yolo_non_max_suppression(*once, n, threshold), strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist, ops.convert_to_tensor])
def test_nms_of_no_boxes(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        found = yolo_non_max_suppression(kind(np.zeros(0)), kind(np.zeros((0, 4))), kind(np.zeros(0, int)))
    assert [one.shape for one in found] == [(0,), (0, 4), (0,)]
    assert found[2].dtype.kind in "iu"


# --- corners, scale, and the whole ----------------------------------------------------------------------------------


def test_corners_of_a_known_box():
    found = yolo_boxes_to_corners(tensor([0.5, 0.25]), tensor([0.25, 0.5]))
    assert ops.convert_to_numpy(found).tolist() == [0, 0.375, 0.5, 0.625]


@forall(st.lists(st.integers(0, 4), max_size=4), SEEDS)
def test_corners_and_back(leading, seed):
    xy, wh = np.random.default_rng(seed).random((2, *leading, 2), dtype=np.float32)
    found = ops.convert_to_numpy(yolo_boxes_to_corners(tensor(xy), tensor(wh)))
    assert found.shape == (*leading, 4)
    y1, x1, y2, x2 = np.moveaxis(found, -1, 0)
    assert_allclose(np.stack([x1 + x2, y1 + y2], axis=-1) / 2, xy, atol=1e-6)
    assert_allclose(np.stack([x2 - x1, y2 - y1], axis=-1), wh, atol=1e-6)


@forall(st.lists(st.integers(0, 4), max_size=4), st.integers(1, 2000), st.integers(1, 2000), SEEDS)
def test_scale_and_back(leading, height, width, seed):
    shares = np.random.default_rng(seed).random((*leading, 4), dtype=np.float32)
    found = ops.convert_to_numpy(scale_boxes(tensor(shares), (height, width)))
    assert_allclose(found, shares * [height, width, height, width], rtol=1e-6)


def test_scale_of_a_known_box():
    found = scale_boxes(tensor([0.5, 0.25, 1, 0.75]), (720, 1280))
    assert ops.convert_to_numpy(found).tolist() == [360, 320, 720, 960]


def outputs(seed, *leading, n_classes=3):
    """What a detector says, in numbers that any precision holds."""
    rng = np.random.default_rng(seed)
    xy = 0.5 + rng.integers(-8, 9, (*leading, 2)) / 64
    wh = rng.integers(16, 32, (*leading, 2)) / 64
    shares = rng.permuted(np.broadcast_to(np.arange(64), (*leading, 64)), axis=-1)[..., :n_classes] / 64
    return xy, wh, rng.integers(16, 65, (*leading, 1)) / 64, shares


def test_eval_finds_a_known_thing():
    xy, wh = np.array([[0.5, 0.5], [0.5, 0.5], [0.25, 0.75]]), np.array([[0.5, 0.25], [0.5, 0.25], [0.25, 0.25]])
    confidence, probabilities = np.array([[0.75], [1], [0.5]]), np.array([[0, 1], [0.25, 0.75], [1, 0]])
    scores, boxes, classes = arrays(yolo_eval(tuple(map(tensor, (xy, wh, confidence, probabilities))), (80, 160)))
    # The first two are equally good and the same box; the third is not sure enough.
    assert scores.tolist() == [0.75]
    assert boxes.tolist() == [[30, 40, 50, 120]]
    assert classes.tolist() == [1]


@forall(
    SEEDS, st.sampled_from([(20,), (3, 4, 2), (1, 4, 3, 2)]), st.sampled_from([2, 50]), st.sampled_from([0.25, 0.5])
)
def test_eval_is_a_loop(seed, leading, max_boxes, iou_threshold):
    given = outputs(seed, *leading)
    found = yolo_eval(tuple(map(tensor, given)), (96, 160), max_boxes, 0.125, iou_threshold)
    xy, wh, confidence, probabilities = (one.reshape(-1, one.shape[-1]) for one in given)
    scores, classes = confidence[:, 0] * probabilities.max(axis=1), probabilities.argmax(axis=1)
    x, y, w, h = *xy.T, *wh.T
    boxes = np.stack([(y - h / 2) * 96, (x - w / 2) * 160, (y + h / 2) * 96, (x + w / 2) * 160], axis=1)
    sure = scores >= 0.125
    expected = kept_by_a_loop(scores[sure], boxes[sure], classes[sure], max_boxes, iou_threshold)
    for ours, theirs in zip(arrays(found), (scores, boxes, classes), strict=True):
        assert_allclose(ours, theirs[sure][expected])


def test_eval_may_find_nothing():
    given = tuple(map(tensor, outputs(0, 3, 3, 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        nothing = yolo_eval(given, score_threshold=1.5)
    assert [one.shape for one in arrays(nothing)] == [(0,), (0, 4), (0,)]


def test_defaults_are_the_courses():
    values = {name: one.default for name, one in inspect.signature(yolo_eval).parameters.items()}
    del values["yolo_outputs"]
    assert values == {"image_shape": (720, 1280), "max_boxes": 10, "score_threshold": 0.6, "iou_threshold": 0.5}


# --- kmeans_anchors -------------------------------------------------------------------------------------------------


def shares(wh, anchors):
    """The IoU of shapes on one corner."""
    return iou_matrix(np.hstack([0 * wh, wh]), np.hstack([0 * anchors, anchors]))


def test_anchors_of_two_heaps():
    wh = np.array([[1.0, 2.0], [10, 9], [1.2, 2.2], [11, 10], [0.8, 1.8]])
    for seed in range(5):
        assert_allclose(kmeans_anchors(wh, 2, np.random.default_rng(seed)), [[1, 2], [10.5, 9.5]])


def test_one_anchor_is_the_mean_and_as_many_as_boxes_are_the_boxes():
    wh = np.array([[3, 5], [8, 1], [2, 2]])
    assert_allclose(kmeans_anchors(wh, 1, np.random.default_rng(0)), [[13 / 3, 8 / 3]])
    assert_array_equal(kmeans_anchors(wh, 3, np.random.default_rng(0)), [[2, 2], [8, 1], [3, 5]])


def test_an_anchor_keeps_a_box_where_most_boxes_are_the_same():
    wh = np.array([[2.0, 2.0]] * 50 + [[2.0, 4.0], [8.0, 8.0]])
    assert_array_equal(kmeans_anchors(wh, 3, np.random.default_rng(0)), [[2, 2], [2, 4], [8, 8]])


@forall(st.integers(8, 60), st.integers(1, 6), SEEDS, st.booleans())
def test_anchors_stay_where_they_are(N, k, seed, whole):
    wh = np.exp(np.random.default_rng(seed).normal(3, 0.6, (N, 2)))
    wh = np.ceil(wh).astype(int) if whole else wh
    if len(np.unique(wh, axis=0)) < k:
        return
    anchors = kmeans_anchors(wh, k, np.random.default_rng(seed))
    nearest = shares(wh, anchors).argmax(axis=1)
    assert_array_equal(np.unique(nearest), np.arange(k))
    assert_allclose(anchors, [wh[nearest == one].mean(axis=0) for one in range(k)], rtol=1e-12)
    assert (np.diff(anchors.prod(axis=1)) >= 0).all()
    assert_array_equal(anchors, kmeans_anchors(wh, k, np.random.default_rng(seed)))


def test_anchors_fit_better_than_a_draw_of_boxes():
    rng = np.random.default_rng(0)
    wh = np.exp(rng.normal(0, 0.7, (300, 2)))
    drawn = np.mean([shares(wh, wh[rng.choice(300, 5)]).max(axis=1).mean() for _ in range(20)])
    assert shares(wh, kmeans_anchors(wh, 5, rng)).max(axis=1).mean() > drawn + 0.05


# --- encode_targets -------------------------------------------------------------------------------------------------

ANCHORS = np.array([[0.1, 0.1], [0.2, 0.6], [0.5, 0.2]])


def test_target_of_one_thing():
    target = encode_targets(np.array([[0.3, 0.8, 0.25, 0.5]]), np.array([2]), 4, ANCHORS, 3)
    assert target.shape == (4, 4, 3, 8)
    assert target.dtype == np.float32
    assert_allclose(target[3, 1, 1], [1, 0.2, 0.2, np.log(1.25), np.log(5 / 6), 0, 0, 1], rtol=1e-6)
    assert np.count_nonzero(target) == 6


def test_the_last_cell_takes_a_centre_at_1():
    target = encode_targets(np.array([[1.0, 1.0, 0.5, 0.2], [0.0, 1.0, 0.1, 0.1]]), np.array([0, 1]), 7, ANCHORS, 2)
    assert_allclose(target[6, 6, 2], [1, 1, 1, 0, 0, 1, 0], atol=1e-7)
    assert_allclose(target[6, 0, 0], [1, 0, 1, 0, 0, 0, 1], atol=1e-7)


def test_the_later_thing_replaces_the_earlier_and_leaves_other_anchors_alone():
    boxes = np.array([[0.5, 0.5, 0.1, 0.1], [0.6, 0.6, 0.2, 0.6], [0.75, 0.5, 0.15, 0.15]])
    target = encode_targets(boxes, np.array([0, 1, 2]), 2, ANCHORS, 3)
    assert_allclose(target[1, 1, 0], [1, 0.5, 0, np.log(1.5), np.log(1.5), 0, 0, 1], rtol=1e-6)
    assert_allclose(target[1, 1, 1], [1, 0.2, 0.2, 0, 0, 0, 1, 0], rtol=1e-5, atol=1e-7)
    assert target[..., 0].sum() == 2


def test_nothing_to_encode(no_warnings):
    target = encode_targets(np.zeros((0, 4)), np.zeros(0, int), 3, ANCHORS, 2)
    assert target.shape == (3, 3, 3, 7)
    assert target.dtype == np.float32
    assert not target.any()


@forall(st.integers(1, 13), st.integers(1, 5), st.integers(1, 20), st.integers(0, 12), SEEDS)
def test_targets_decode_to_the_boxes(grid, B, C, N, seed):
    rng = np.random.default_rng(seed)
    boxes, classes = rng.uniform(0.02, 1, (N, 4)), rng.integers(0, C, N)
    anchors = rng.uniform(0.02, 1, (B, 2))
    target = encode_targets(boxes, classes, grid, anchors, C).astype(float)
    rows, columns, which = np.nonzero(target[..., 0])
    told = target[rows, columns, which]
    decoded = np.column_stack(
        [(columns + told[:, 1]) / grid, (rows + told[:, 2]) / grid, np.exp(told[:, 3:5]) * anchors[which]]
    )
    best = shares(boxes[:, 2:], anchors).argmax(axis=1) if N else []
    last = {}
    for number, (x, y) in enumerate(boxes[:, :2]):
        last[int(y * grid), int(x * grid), best[number]] = number
    assert set(last) == set(zip(rows, columns, which, strict=True))
    of = [last[place] for place in zip(rows, columns, which, strict=True)]
    assert_allclose(decoded, boxes[of].reshape(-1, 4), rtol=1e-5, atol=1e-6)
    assert_array_equal(told[:, 5:], np.eye(C)[classes[of]].reshape(-1, C))
    assert np.count_nonzero(target.any(axis=-1)) == len(of)


# --- yolo_loss ------------------------------------------------------------------------------------------------------


def loss_by_loop(y_true, y_pred, lambda_coord=5.0, lambda_noobj=0.5):
    width, total = y_true.shape[-1], 0.0
    for truth, said in zip(y_true.reshape(-1, width), y_pred.reshape(-1, width), strict=True):
        if truth[0] == 1:
            total += lambda_coord * sum((truth[i] - said[i]) ** 2 for i in range(1, 5))
            total += (1 - said[0]) ** 2 + sum((truth[i] - said[i]) ** 2 for i in range(5, width))
        else:
            total += lambda_noobj * said[0] ** 2
    return total


def places(rng, shape, C):
    truth = np.concatenate([np.ones((*shape, 1)), rng.normal(0, 1, (*shape, 4 + C))], axis=-1)
    return truth * (rng.random((*shape, 1)) < 0.5), rng.normal(0, 1, (*shape, 5 + C))


def test_loss_of_two_places():
    there, nothing = [1, 0.5, 0.5, 0, 1, 0, 1], [0.0] * 7
    said = [0.5, 0.5, 1, 0, 2, 0.25, 0.5]
    tensors = (
        ops.convert_to_tensor(np.array([there, nothing], "float32")),
        ops.convert_to_tensor(np.array([said, said], "float32")),
    )
    assert_allclose(float(yolo_loss(*tensors)), 5 * 1.25 + 0.25 + 0.0625 + 0.25 + 0.5 * 0.25)
    assert_allclose(float(yolo_loss(*tensors, lambda_coord=1, lambda_noobj=4)), 1.25 + 0.25 + 0.0625 + 0.25 + 4 * 0.25)
    assert float(yolo_loss(tensors[0], tensors[0])) == 0


@forall(st.sampled_from([(3,), (2, 3), (2, 3, 2), (2, 2, 3, 2)]), st.integers(1, 4), SEEDS)
def test_loss_and_its_gradient(shape, C, seed):
    rng = np.random.default_rng(seed)
    truth, said = places(rng, shape, C)
    weights = {"lambda_coord": rng.uniform(0.1, 6), "lambda_noobj": rng.uniform(0.1, 6)}
    seen = look_at_loss(yolo_loss, y_true=truth.astype("float32"), y_pred=said.astype("float32"), **weights)
    assert_allclose(float(seen["the loss"]), loss_by_loop(truth, said, **weights), rtol=1e-5)
    numeric, eps = np.zeros_like(said), 1e-4
    for place in np.ndindex(said.shape):
        step = np.zeros_like(said)
        step[place] = eps
        ends = (loss_by_loop(truth, said + sign * step, **weights) for sign in (1, -1))
        numeric[place] = (next(ends) - next(ends)) / (2 * eps)
    assert_allclose(ops.convert_to_numpy(seen["its gradient"]), numeric, rtol=1e-4, atol=1e-4)


# --- average_precision ----------------------------------------------------------------------------------------------


def area_by_loop(recall, precision):
    total = 0.0
    for least in np.linspace(0, 1, 101):
        total += max((p for r, p in zip(recall, precision, strict=True) if r >= least), default=0.0)
    return total / 101


def test_area_of_known_curves(no_warnings):
    assert average_precision(np.array([0.5, 1.0]), np.array([1.0, 1.0])) == 1
    # Two things; right, wrong, right: precision 1 up to a recall of 0.5, 2/3 beyond.
    assert_allclose(average_precision(np.array([0.5, 0.5, 1]), np.array([1, 0.5, 2 / 3])), (51 + 50 * 2 / 3) / 101)
    # Wrong first: the best that is reached later counts.
    assert_allclose(average_precision(np.array([0, 0.25]), np.array([0, 0.5])), 26 * 0.5 / 101)
    assert average_precision(np.zeros(0), np.zeros(0)) == 0
    assert average_precision(np.zeros(3), np.zeros(3)) == 0


@forall(st.integers(0, 60), st.integers(1, 40), SEEDS)
def test_area_is_that_of_the_loop(K, things, seed):
    right = np.random.default_rng(seed).random(K) < 0.5
    found = (right & (right.cumsum() <= things)).cumsum()
    curve = found / things, found / np.arange(1, K + 1)
    assert_allclose(average_precision(*curve), area_by_loop(*curve), rtol=1e-12)
    assert isinstance(average_precision(*curve), float)


# --- mean_average_precision -----------------------------------------------------------------------------------------


def box(*corners):
    return np.array([corners], float)


def none(*parts):
    return tuple(part[:0] for part in parts)


ONE = np.zeros(1, int)
GUESS, THING = (np.array([0.9]), box(0, 0, 10, 10), ONE), (box(0, 0, 10, 20), ONE)


def test_map_of_one_guess(no_warnings):
    assert mean_average_precision([GUESS], [THING]) == 1  # the IoU is 0.5, which is enough
    assert mean_average_precision([GUESS], [THING], 0.51) == 0
    assert mean_average_precision([GUESS], [THING], [0.3, 0.5, 0.7, 0.9]) == 0.5
    assert mean_average_precision([GUESS], [THING], np.array([0.4])) == 1
    assert mean_average_precision([GUESS], [(THING[0], ONE + 1)]) == 0
    assert mean_average_precision([GUESS, GUESS], [THING, none(*THING)]) == 1
    assert mean_average_precision([none(*GUESS), GUESS], [THING, none(*THING)]) == 0


def test_map_where_nothing_is(no_warnings):
    assert mean_average_precision([], []) == 0
    assert mean_average_precision([none(*GUESS)], [none(*THING)]) == 0
    assert mean_average_precision([GUESS], [none(*THING)]) == 0
    assert mean_average_precision([none(*GUESS)], [THING]) == 0


def test_map_of_doubled_guesses_and_of_two_classes():
    twice = np.array([0.9, 0.8]), np.repeat(GUESS[1], 2, axis=0), np.zeros(2, int)
    two = np.concatenate([THING[0], box(50, 50, 60, 60)]), np.zeros(2, int)
    assert_allclose(mean_average_precision([twice], [two]), 51 / 101)
    assert_allclose(mean_average_precision([GUESS], [(two[0], np.array([0, 1]))]), 0.5)


def test_map_of_equal_scores_goes_by_the_order_of_the_pictures():
    right, wrong = GUESS, (GUESS[0], GUESS[1] + 500, ONE)
    assert mean_average_precision([right, wrong], [THING, none(*THING)]) == 1
    assert mean_average_precision([wrong, right], [none(*THING), THING]) == 0.5


def test_map_of_equal_overlaps_takes_the_last():
    things = np.concatenate([box(0, 0, 4, 4), box(2, 0, 6, 4)]), np.zeros(2, int)
    middle, first, last = box(1, 0, 5, 4), box(0, 0, 4, 4), box(2, 0, 6, 4)
    scores, classes = np.array([0.9, 0.8]), np.zeros(2, int)
    assert mean_average_precision([(scores, np.concatenate([middle, first]), classes)], [things]) == 1
    assert mean_average_precision([(scores, np.concatenate([middle, last]), classes)], [things]) < 1


def scene(rng, pictures, classes, most_things, most_guesses, ties):
    """Pictures of whole pixels, where equal overlaps and overlaps of just a half are common; some of them are empty."""
    predictions, ground_truth = [], []
    for _ in range(pictures):
        N, K = (rng.integers(0, most + 1) for most in (most_things, most_guesses))
        low = rng.integers(0, 30, (N, 2))
        things = np.concatenate([low, low + rng.integers(4, 20, (N, 2))], axis=1).astype(float)
        low = rng.integers(0, 30, (K, 2))
        guesses = np.concatenate([low, low + rng.integers(4, 20, (K, 2))], axis=1).astype(float)
        near = rng.random(K) < 0.7
        if N:
            guesses[near] = things[rng.integers(0, N, near.sum())] + rng.integers(-1, 2, (near.sum(), 1))
        scores = rng.integers(1, 5, K) / 4 if ties else rng.random(K)
        predictions.append((scores, guesses, rng.integers(0, classes, K)))
        ground_truth.append((things, rng.integers(0, classes, N)))
    return predictions, ground_truth


@pytest.mark.parametrize("thresholds", [[0.5], np.linspace(0.5, 0.95, 10)], ids=["0.5", "0.5:0.95"])
@pytest.mark.parametrize("ties", [False, True], ids=["scores differ", "equal scores"])
@pytest.mark.parametrize(
    ("pictures", "classes", "things", "guesses"), [(1, 1, 8, 20), (4, 3, 6, 15), (12, 5, 3, 8), (2, 2, 40, 400)]
)
def test_map_is_pycocotools(pictures, classes, things, guesses, ties, thresholds):
    compared = 0
    for seed in range(12):
        predictions, ground_truth = scene(np.random.default_rng(seed), pictures, classes, things, guesses, ties)
        if not any(map(len, (kinds for _, kinds in ground_truth))) or not any(map(len, (s for s, _, _ in predictions))):
            continue  # pycocotools has no number for these
        ours = mean_average_precision(predictions, ground_truth, thresholds)
        assert_allclose(ours, coco_evaluation(predictions, ground_truth, thresholds)(), atol=1e-6)
        compared += 1
    assert compared > 6


# --- the notebook ---------------------------------------------------------------------------------------------------

FIGURES = 11  # at least so many
# In a brief run, so many pictures of a split.
FEWER = {("street_scenes", "test"): 40}
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"moved by a tenth +(\S+)", lambda loss: loss == "0.01"),
    (r"twice as large +(\S+)", lambda loss: loss == "0.13"),
    (r"moved by 13 of 40 pixels: (\S+);", lambda iou: float(iou) > 0.5),
    (r"; by 14: (\S+)", lambda iou: float(iou) < 0.5),
    (
        r"(\d+) times faster; largest difference",
        lambda times: int(times) >= 20,
    ),  # `course bench boxes` measures it with care
    (r"times faster; largest difference (\S+)", lambda gap: float(gap) < 1e-12),
    (r"2,145 windows, at most (\S+) apart", lambda gap: float(gap) < 1e-4),
    (r"4 things; boxes left: (\d+) at 0.9", lambda left: int(left) > 30),
    (r"boxes left: .* (\d+) at 0.5", lambda left: left == "4"),
    (r"boxes left: .* (\d+) at 0.05", lambda left: int(left) < 4),
    (r"with the nearest of 1: (\S+),", lambda fit: fit == "0.49"),
    (r"with the nearest of .* 5: (\S+),", lambda fit: fit == "0.72"),
    (r"with the nearest of .* 9: (\S+)", lambda fit: 0.79 <= float(fit) <= 0.81),
    (r"4 of ([\d,]+) places", lambda places: places == "1,280"),
    (r"off by 1 in all nine numbers: (\d+)", lambda loss: loss == "25"),
    (r"the truth +(0\.00)\none half everywhere", bool),
    (r"one half everywhere +(\S+)\nnothing anywhere", lambda loss: float(loss) > 160),
    (r"nothing anywhere +(\S+)\n", lambda loss: float(loss) < 15),
    (r"initial loss (\d+),", lambda loss: loss == "168"),
    (r"of it (\d+) where nothing is", lambda loss: loss == "160"),
    (
        r"mAP on 72 pictures of bccd never seen: (\d\.\d+)|The photographs are not on this machine",
        lambda mean: mean is None or abs(float(mean) - 0.84) < 0.006,
    ),
    (r"([\d,]+) parameters, trained in", lambda parameters: parameters == "416,381"),
]
# The same where it is trained all the way.


def most_of_the_large(shares):
    """Of large things a larger share is missed than of the others, by half at least."""
    large, others = map(int, re.findall(r"^\d+|\d+$", shares))
    return large >= 15 and large >= 1.5 * others


CLAIMS_WHEN_TRAINED = [
    (r"learnt from: (\S+)", lambda accuracy: float(accuracy) >= 0.99),
    (r"learnt by heart: loss \S+, mAP (\S+)", lambda mean: float(mean) >= 0.98),
    (r"parameters, trained in (\d+) s", lambda seconds: int(seconds) <= 480),
    (r"mAP on 240 pictures of street_scenes never seen: (\d\.\d+)", lambda mean: float(mean) >= 0.93),
    (r"street_scenes never seen: \S+ over ten thresholds (\d\.\d+)", lambda mean: 0.5 <= float(mean) <= 0.7),
    (r"mean +924 +\S+ +(\S+)", lambda blind: float(blind) < 0.02),
    (r"suppression  mAP\n +1 +(\S+)", lambda mean: 0.7 <= float(mean) < 0.85),
    (r"missed: (\d+ % of the 19 .*, \d+) % of the other 905", most_of_the_large),
]
