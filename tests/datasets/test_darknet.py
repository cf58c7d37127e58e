"""Darknet's files in Keras: tiny networks against NumPy and TensorFlow, all that files can have wrong, and the real one."""

import os
import struct
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import data
from data import darknet
from data.yolo_fastest import COCO_NAMES
from grader.base.paths import ROOT

MIRROR = Path(os.environ.get("COURSE_DATA_MIRROR") or ROOT.parent / "shared" / "datasets").absolute()
needs_mirror = pytest.mark.skipif(
    not (MIRROR / "w_yolo_fastest.tar.gz").is_file(), reason=f"the mirror {MIRROR} has no w_yolo_fastest.tar.gz"
)
NET = "[net]\nheight=8\nwidth=12\nchannels=3\n"
YOLO = "\n[yolo]\nmask=0,1\nanchors=2,3, 6,4, 9,9\nclasses=1\n"
LAST = "\n[convolutional]\nfilters=12\nsize=1\nactivation=linear\n" + YOLO


HEADER = struct.pack("<iiiq", 0, 2, 5, 32000)


def write(folder, cfg, numbers, header=HEADER):
    """Both files; `numbers` are a list of arrays."""
    (folder / "tiny.cfg").write_text(cfg)
    flat = np.concatenate([np.ravel(one) for one in numbers]) if numbers else np.zeros(0)
    (folder / "tiny.weights").write_bytes(header + flat.astype("<f4").tobytes())
    return folder / "tiny.cfg", folder / "tiny.weights"


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    return lambda *shape: rng.standard_normal(shape).astype(np.float32)


def output(files, picture):
    model, heads = darknet.read(*files)
    return keras.ops.convert_to_numpy(model(picture)), heads


def convolved(x, kernel, stride=1, pad=0, groups=1):
    """By TensorFlow, one group after the other, with Darknet's zeros on all four sides; kernel (out, in, h, w)."""
    x = np.pad(x, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    parts = zip(np.split(x, groups, axis=-1), np.split(kernel, groups), strict=True)
    return np.concatenate([tf.nn.conv2d(one, k.transpose(2, 3, 1, 0), stride, "VALID") for one, k in parts], axis=-1)


def leaky(x):
    return np.where(x > 0, x, 0.1 * x)


# --- layers -----------------------------------------------------------------------------------------------------------


def test_a_convolution_is_normalised_and_activated_as_darknet_does_it(tmp_path):
    draw = drawn()
    bias, scale, mean, variance = draw(4), draw(4), draw(4), np.float32([1e-6, 0.3, 2, 0])
    kernel, last, last_bias = draw(4, 3, 3, 3), draw(12, 4, 1, 1), draw(12)
    cfg = NET + "[convolutional]\nbatch_normalize=1\nfilters=4\nsize=3\nstride=2\npad=1\nactivation=leaky\n" + LAST
    picture = draw(2, 8, 12, 3)
    found, _ = output(write(tmp_path, cfg, [bias, scale, mean, variance, kernel, last_bias, last]), picture)
    x = convolved(picture, kernel, 2, 1)
    x = leaky(scale * (x - mean) / np.sqrt(variance + 1e-5) + bias)
    np.testing.assert_allclose(found, convolved(x, last) + last_bias, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["pad=0", "pad=1", "padding=1"])
def test_zeros_are_where_darknet_puts_them(tmp_path, size, stride, padding):
    draw = drawn()
    bias, kernel, picture = draw(12), draw(12, 3, size, size), draw(1, 8, 12, 3)
    cfg = NET + f"[convolutional]\nfilters=12\nsize={size}\nstride={stride}\n{padding}\nactivation=relu\n" + YOLO
    found, _ = output(write(tmp_path, cfg, [bias, kernel]), picture)
    pad = {"pad=0": 0, "pad=1": size // 2, "padding=1": 1}[padding]
    wanted = np.maximum(convolved(picture, kernel, stride, pad) + bias, 0)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("groups", "filters"), [(6, 6), (3, 6), (2, 4), (6, 12)])
def test_channels_in_groups(tmp_path, groups, filters):
    draw = drawn()
    first, bias, kernel = draw(6, 3, 1, 1), draw(filters), draw(filters, 6 // groups, 3, 3)
    last, picture = draw(12, filters, 1, 1), draw(1, 8, 12, 3)
    cfg = NET + "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n"
    cfg += f"[convolutional]\nfilters={filters}\nsize=3\npad=1\ngroups={groups}\nactivation=linear\n" + LAST
    found, _ = output(write(tmp_path, cfg, [np.zeros(6), first, bias, kernel, np.zeros(12), last]), picture)
    wanted = convolved(convolved(convolved(picture, first), kernel, 1, 1, groups) + bias, last)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)


def test_shortcuts_routes_pooling_and_upsampling(tmp_path):
    draw = drawn()
    one, other, last, picture = draw(4, 3, 1, 1), draw(4, 4, 1, 1), draw(12, 10, 1, 1), draw(2, 8, 12, 3)
    cfg = NET + "[convolutional]  # layer 0\nfilters=4\nsize=1\nactivation=linear\n; a comment\n"
    cfg += "[convolutional]\nfilters=4\nsize=1\nactivation=linear\n[dropout]\nprobability=.5\n"
    cfg += "[shortcut]\nfrom=-3\nactivation=leaky\n[maxpool]\nsize=2\nstride=2\n[upsample]\nstride=2\n"
    cfg += "[maxpool]\nsize=5\nstride=1\n[route]\nlayers=-1\ngroups=2\ngroup_id=1\n[route]\nlayers=-1, 3,-3\n" + LAST
    found, _ = output(write(tmp_path, cfg, [np.zeros(4), one, np.zeros(4), other, np.zeros(12), last]), picture)
    first = convolved(picture, one)
    added = leaky(convolved(first, other) + first)
    upsampled = added.reshape(2, 4, 2, 6, 2, 4).max(axis=(2, 4)).repeat(2, axis=1).repeat(2, axis=2)
    framed = np.pad(upsampled, [(0, 0), (2, 2), (2, 2), (0, 0)], constant_values=-np.inf)
    pooled = np.lib.stride_tricks.sliding_window_view(framed, (5, 5), (1, 2)).max(axis=(-2, -1))
    together = np.concatenate([pooled[..., 2:], added, upsampled], axis=-1)
    np.testing.assert_allclose(found, convolved(together, last), rtol=1e-4, atol=1e-4)


def test_two_outputs_come_in_the_files_order(tmp_path):
    draw = drawn()
    coarse, fine, picture = draw(12, 3, 1, 1), draw(6, 3, 1, 1), draw(1, 8, 12, 3)
    cfg = NET + "[maxpool]\nsize=2\nstride=2\n" + LAST + "[route]\nlayers=0\n[upsample]\nstride=2\n"
    cfg += "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n"
    cfg += "[yolo]\nmask=2\nanchors=2,3, 6,4, 9,9\nclasses=1\nscale_x_y=1.05\n"
    model, heads = darknet.read(*write(tmp_path, cfg, [np.zeros(12), coarse, np.zeros(6), fine]))
    first, second = (keras.ops.convert_to_numpy(one) for one in model(picture))
    assert first.shape == (1, 4, 6, 12)
    assert second.shape == (1, 8, 12, 6)
    assert [head.scale_xy for head in heads] == [1.0, 1.05]
    assert [head.n_classes for head in heads] == [1, 1]
    np.testing.assert_allclose(heads[0].anchors, [[2 / 12, 3 / 8], [6 / 12, 4 / 8]])
    np.testing.assert_allclose(heads[1].anchors, [[9 / 12, 9 / 8]])


# --- boxes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.1])
def test_boxes_are_decoded_as_the_paper_says(scale):
    raw = drawn()(2, 3, 4, 14)  # two anchors, two classes
    head = darknet.Head(np.float32([[0.1, 0.2], [0.5, 0.4]]), 2, scale)
    box_xy, box_wh, confidence, probabilities = (
        keras.ops.convert_to_numpy(part) for part in darknet.decoded(raw, head)
    )
    assert box_xy.shape == box_wh.shape == probabilities.shape == (2, 3, 4, 2, 2)
    assert confidence.shape == (2, 3, 4, 2, 1)
    for place, row, column, anchor in np.ndindex(2, 3, 4, 2):
        x, y, w, h, *scores = raw[place, row, column, 7 * anchor : 7 * anchor + 7].astype(float)
        inside = scale / (1 + np.exp(-np.array([x, y]))) - (scale - 1) / 2
        at = place, row, column, anchor
        np.testing.assert_allclose(box_xy[at], np.add(inside, (column, row)) / (4, 3), rtol=1e-5)
        np.testing.assert_allclose(box_wh[at], np.exp([w, h]) * head.anchors[anchor], rtol=1e-5)
        np.testing.assert_allclose(
            [*confidence[at], *probabilities[at]], 1 / (1 + np.exp(-np.array(scores))), rtol=1e-5
        )


def test_boxes_of_all_outputs_for_one_picture():
    draw = drawn()
    heads = [darknet.Head(np.float32([[0.1, 0.2], [0.5, 0.4]]), 2, 1.0), darknet.Head(np.float32([[0.3, 0.3]]), 2, 1.0)]
    raws = [draw(2, 3, 4, 14), draw(2, 6, 8, 7)]
    parts = [keras.ops.convert_to_numpy(part) for part in darknet.all_decoded(raws, heads, place=1)]
    assert [part.shape for part in parts] == [(72, 2), (72, 2), (72, 1), (72, 2)]
    of_first, of_second = (
        map(keras.ops.convert_to_numpy, darknet.decoded(raw[1], head)) for raw, head in zip(raws, heads, strict=True)
    )
    for part, first, second in zip(parts, of_first, of_second, strict=True):
        wanted = np.concatenate([np.reshape(first, (24, -1)), np.reshape(second, (48, -1))])
        np.testing.assert_allclose(part, wanted)


# --- files that are not what they should be ---------------------------------------------------------------------------

KERNEL = np.ones(12 * 3)
BIAS = np.ones(12)


def refused(folder, cfg=NET + LAST, numbers=(BIAS, KERNEL), **how):
    with pytest.raises(data.DataError) as caught:
        darknet.read(*write(folder, cfg, numbers, **how))
    return str(caught.value)


def test_what_is_whole_is_read(tmp_path):
    darknet.read(*write(tmp_path, NET + LAST, (BIAS, KERNEL)))
    darknet.read(*write(tmp_path, NET + LAST, (BIAS, KERNEL), header=struct.pack("<iiii", 0, 1, 0, 9)))


def test_weights_that_are_truncated_or_too_many(tmp_path):
    assert "truncated, or of another network: it holds 47 numbers" in refused(tmp_path, numbers=(BIAS, KERNEL[1:]))
    message = refused(tmp_path, numbers=(BIAS, KERNEL, np.ones(3)))
    assert "holds 51 numbers, and the layers take 48" in message
    assert "tiny.weights cannot be used" in message
    (tmp_path / "tiny.weights").write_bytes((tmp_path / "tiny.weights").read_bytes()[:-1])
    with pytest.raises(data.DataError, match="truncated: its size is not that of whole numbers"):
        darknet.read(tmp_path / "tiny.cfg", tmp_path / "tiny.weights")


@pytest.mark.parametrize(
    "header", [b"", b"\x00\x00", b"\x89HDF\r\n\x1a\n", b"<html><body>404", struct.pack("<iiiq", 2, 0, 0, 0)]
)
def test_weights_that_are_something_else(tmp_path, header):
    assert "It does not begin as Darknet's weights do" in refused(tmp_path, numbers=(), header=header)


def test_weights_that_are_no_numbers(tmp_path):
    assert "holds what is no number" in refused(tmp_path, numbers=(BIAS * np.nan, KERNEL))
    normalised = NET + LAST.replace("filters=12", "filters=12\nbatch_normalize=1")
    assert "a variance below 0" in refused(tmp_path, normalised, (BIAS, BIAS, BIAS, -BIAS, KERNEL))


@pytest.mark.parametrize(
    ("cfg", "words"),
    [
        ("", "does not begin with a [net] section"),
        ("[convolutional]\nfilters=1\n", "does not begin with a [net] section"),
        ("height=3", "Line 1 is 'height=3', where a [section] or name=value was wanted"),
        (NET + "hello", "Line 5 is 'hello'"),
        (NET.replace("width=12\n", "") + LAST, "[net] in line 1: 'width' is missing"),
        (NET.replace("12", "wide") + LAST, "[net] in line 1: 'width' is 'wide', where whole numbers were wanted"),
        (NET, "no [yolo] section"),
        (
            NET + "[lstm]\n" + LAST,
            "[lstm] in line 5: there is no such layer among those that are read: [convolutional], ",
        ),
        (NET + LAST.replace("linear", "mish"), "the activation 'mish' is not read; leaky, relu and linear are"),
        (NET + LAST.replace("size=1", "size=1\ndilation=2"), "the option 'dilation' is not read"),
        (NET + LAST.replace("size=1", "size=1\ngroups=2"), "3 channels and 12 filters do not fall into 2 groups"),
        (NET + LAST.replace("classes=1", "classes=2"), "2 boxes of 5 + 2 numbers take 14 channels, not 12"),
        (NET + LAST.replace("mask=0,1", "mask=0,3"), "its mask [0, 3] names anchors that are not there; there are 3"),
        (NET + LAST + "[shortcut]\nfrom=-5\nactivation=linear", "it asks for the layer -5, and there are 2 before it"),
        (NET + "[maxpool]\nsize=2\nstride=2\n[upsample]\n[shortcut]\nfrom=0\n" + LAST, "different shapes"),
        (NET + "[maxpool]\nsize=2\nstride=2\n[upsample]\n[route]\nlayers=0,1\n" + LAST, "cannot be put side by side"),
        (NET + "[maxpool]\nsize=3\nstride=2\n" + LAST, "read are stride 1 and, at a size of 2, stride 2"),
    ],
)
def test_descriptions_that_are_not_read(tmp_path, cfg, words):
    message = refused(tmp_path, cfg)
    assert words in message
    assert "tiny.cfg cannot be used" in message


def test_a_description_that_is_no_text(tmp_path):
    cfg, weights = write(tmp_path, NET + LAST, (BIAS, KERNEL))
    cfg.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(data.DataError, match="It is no text"):
        darknet.read(cfg, weights)


# --- the real ones ----------------------------------------------------------------------------------------------------

# What the mirror's card says of photographs that are stretched to the square, at a threshold of 0.4.
CARD = {
    "dog": {"dog": 0.89, "car": 0.87, "bicycle": 0.86},
    "eagle": {"bird": 0.99},
    "giraffe": {"giraffe": 0.99, "zebra": 0.95},
    "person": {"person": 0.99, "dog": 0.99, "cow": 0.96},
}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_DATA_CACHE", str(tmp_path_factory.mktemp("weights")))
        patch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
        return data.yolo_fastest(), data.load("detector_photos")


@needs_mirror
def test_the_real_detector_takes_every_number(real):
    (model, heads, names), _ = real
    assert model.count_params() == 923_486
    assert model.input_shape == (None, 320, 320, 3)
    assert [shape[1:] for shape in model.output_shape] == [(10, 10, 255), (20, 20, 255)]
    assert [len(head.anchors) for head in heads] == [3, 3]
    assert len(names) == len(set(names)) == 80


@needs_mirror
@pytest.mark.parametrize("photo", CARD)
def test_the_real_detector_sees_what_the_card_says(real, photo):
    (model, heads, names), photos = real
    picture = Image.fromarray(photos.named(photo)).resize((320, 320), Image.Resampling.BILINEAR)
    raws = model(np.asarray(picture, np.float32)[None] / 255)
    *_, confidence, probabilities = (keras.ops.convert_to_numpy(part) for part in darknet.all_decoded(raws, heads))
    scores = confidence * probabilities
    best = scores.argmax(axis=1)
    seen = {
        names[kind]: round(float(scores[best == kind, kind].max()), 2) for kind in set(best[scores.max(axis=1) >= 0.4])
    }
    assert seen == pytest.approx(CARD[photo], abs=0.011)


@needs_mirror
def test_the_names_are_darknets(real):
    import tarfile

    with tarfile.open(MIRROR / "w_yolo_fastest.tar.gz") as tar:
        assert tuple(tar.extractfile("w_yolo_fastest/coco.names").read().decode().split("\n")[:80]) == COCO_NAMES


def test_an_unknown_detector_names_the_nearest():
    with pytest.raises(data.DataError, match=r"'yolo-fastest'; the nearest name is 'yolo-fastest-1\.1'"):
        data.yolo_fastest("yolo-fastest")
