"""Varied pictures: whatever happens to a picture happens to its boxes."""

import numpy as np
import pytest

import data
from data.dataset import Dataset


def scene(boxes, side=64, number=1):
    """White things on black; each picture has the same."""
    image = np.zeros((side, side, 3), np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = 255
    given = np.array(boxes, np.float32).reshape(-1, 4)
    classes = np.arange(len(boxes))
    return Dataset("drawn", "train", np.stack([image] * number), None, ("a", "b"), [given] * number, [classes] * number)


@pytest.mark.parametrize("turned", [False, True])
def test_a_box_stays_around_its_thing(turned):
    given = scene([(20, 10, 30, 26)], number=100)
    varied = data.varied(given, np.random.default_rng(0), reach=0.2, turned=turned)
    assert varied.images.shape == given.images.shape and varied.images.dtype == np.uint8
    left_out = 0
    for image, boxes, classes in zip(varied.images, varied.boxes, varied.classes, strict=True):
        assert boxes.dtype == np.float32 and len(boxes) == len(classes)
        left_out += not len(boxes)
        for x1, y1, x2, y2 in boxes:
            rows, columns = np.nonzero(image[..., 0] > 127)
            seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            np.testing.assert_allclose((x1, y1, x2, y2), seen, atol=1)
    assert not left_out


def test_pictures_differ_and_the_given_ones_stay():
    given = scene([(20, 10, 30, 26), (2, 40, 12, 60)], number=20)
    images, boxes = given.images.copy(), [one.copy() for one in given.boxes]
    first, again, other = (data.varied(given, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert np.array_equal(first.images, again.images) and not np.array_equal(first.images, other.images)
    assert len(np.unique(first.images, axis=0)) == 20
    assert np.array_equal(given.images, images)
    assert all(np.array_equal(one, two) for one, two in zip(given.boxes, boxes, strict=True))


def test_without_reach_a_picture_is_mirrored_or_as_it_was():
    given = scene([(4, 10, 30, 26)], number=40)
    for turned, kinds in ((False, 2), (True, 4)):
        varied = data.varied(given, np.random.default_rng(0), reach=0, turned=turned)
        assert len(np.unique(varied.images, axis=0)) == kinds
        assert {tuple(one[0].tolist()) for one in varied.boxes} >= {(4, 10, 30, 26), (34, 10, 60, 26)}


def test_what_is_hardly_left_loses_its_box_and_its_class():
    given = scene([(0, 0, 6, 64), (30, 30, 40, 40)], number=60)
    varied = data.varied(given, np.random.default_rng(0), reach=0.3)
    kept = [classes.tolist() for classes in varied.classes]
    assert [0, 1] in kept and [1] in kept
    for boxes in varied.boxes:
        assert (boxes >= 0).all() and (boxes <= 64).all()


def test_a_picture_with_nothing_in_it_can_be_varied():
    varied = data.varied(scene([]), np.random.default_rng(0))
    assert varied.boxes[0].shape == (0, 4) and varied.classes[0].shape == (0,)


def test_a_set_without_boxes_is_named():
    with pytest.raises(data.DataError, match="'digits' has none"):
        data.varied(data.load("digits"), np.random.default_rng(0))
