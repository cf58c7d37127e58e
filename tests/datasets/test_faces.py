"""Data for recognition: drawn faces, photographs of people, handwritten characters."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import data
from data.readers import faces
from grader.base.paths import ROOT

MIRROR = Path(os.environ.get("COURSE_DATA_MIRROR") or ROOT.parent / "shared" / "datasets").absolute()


@pytest.fixture
def real(tmp_path_factory, monkeypatch):
    """The mirror, and a cache of this test's own."""
    if not (MIRROR / "orl_faces39.tar.gz").is_file():
        pytest.skip(f"the mirror {MIRROR} has no orl_faces39.tar.gz")
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path_factory.getbasetemp() / "faces-cache"))


@pytest.fixture(scope="module")
def strangers():
    return data.load("faces", split="test")


def test_persons_are_many_and_on_one_side_only(strangers):
    assert (strangers.images.shape, strangers.images.dtype) == ((832, 64, 64, 3), np.uint8)
    assert len(strangers.names) == 520
    everybody = faces.grouped(np.repeat(np.arange(faces.PERSONS), faces.EACH).tolist())
    held_out = {place // faces.EACH for place in everybody}
    assert set(strangers.labels.tolist()) == held_out and len(held_out) == 104
    assert set(np.bincount(strangers.labels)[sorted(held_out)]) == {8}


def test_a_face_is_always_drawn_alike_and_no_two_are(strangers):
    one, other = (faces.draw(faces.person(7), np.random.default_rng(seed)) for seed in (1, 2))
    assert one.tobytes() == faces.draw(faces.person(7), np.random.default_rng(1)).tobytes()
    assert one.tobytes() != other.tobytes()
    assert len({image.tobytes() for image in strangers.images}) == len(strangers)


def test_pixels_do_not_tell_who_it_is(strangers):
    flat = strangers.images.reshape(len(strangers), -1) / 255.0
    squares = np.sum(flat**2, axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0))
    same = strangers.labels[:, None] == strangers.labels
    np.fill_diagonal(apart, np.inf)
    nearest = strangers.labels[apart.argmin(axis=1)]
    assert np.mean(nearest == strangers.labels) < 0.5
    # One person's two most different pictures are further apart than two persons' pictures usually are.
    of_one = np.where(same & np.isfinite(apart), apart, -np.inf).max(axis=1)
    assert np.mean(of_one > np.median(apart[~same])) > 0.6


def test_what_makes_a_person_stays():
    """Without what changes from picture to picture, persons are told apart by their colours alone already."""
    assert faces.person(3) is not faces.person(3)
    one, again, other = faces.person(3), faces.person(3), faces.person(4)
    assert one.eye == again.eye and one.nose == again.nose and np.array_equal(one.skin, again.skin)
    assert one.eye != other.eye and one.nose != other.nose


def test_portraits_and_patches_come_with_the_packages():
    portraits, patches = data.load("portraits"), data.load("face_patches")
    assert portraits.named("Grace Hopper").shape == (600, 512, 3)
    assert portraits.named("Eileen Collins").shape == (512, 512, 3)
    assert (patches.images.shape, patches.images.dtype) == ((200, 25, 25, 1), np.uint8)
    assert np.bincount(patches.labels).tolist() == [100, 100]
    # A mean face is much alike on both sides, and has structure; what is no face averages to grey.
    faces_mean, other = (patches.images[patches.labels == kind].mean(axis=0)[..., 0] for kind in (1, 0))
    assert np.corrcoef(faces_mean.ravel(), faces_mean[:, ::-1].ravel())[0, 1] > 0.5
    assert faces_mean.std() > 1.2 * other.std()


def test_orl_faces_are_the_files_in_the_mirror(real):
    everybody = data.load("orl_faces39")
    assert (everybody.images.shape, everybody.images.dtype) == ((390, 112, 92, 1), np.uint8)
    assert set(np.bincount(everybody.labels)) == {10}
    train, test = (data.load("orl_faces39", split=split) for split in ("train", "test"))
    assert len(train) + len(test) == 390 and not set(train.labels) & set(test.labels)
    with Image.open(data.cache_dir() / "orl_faces39" / "s12" / "3.pgm") as picture:
        third = np.asarray(picture)
    of_12 = everybody.images[everybody.labels == everybody.names.index("s12")]
    assert any(np.array_equal(one[..., 0], third) for one in of_12)


def test_omniglot_has_characters_and_runs_that_can_be_solved(real):
    train, test = (data.load("omniglot_small", split=split) for split in ("train", "test"))
    assert (train.images.shape, train.images.dtype) == ((4840, 105, 105, 1), np.uint8)
    assert set(np.bincount(train.labels)) == {20}
    assert set(np.unique(train.images)) == {0, 255} and train.images.mean() > 200  # black on white
    alphabets = {train.names[label].split()[0] for label in train.labels}
    assert len(alphabets) == 8
    first, second = test.labels.reshape(20, 2, 20).transpose(1, 0, 2)
    np.testing.assert_array_equal(np.sort(first, axis=1), np.sort(second, axis=1))
    assert len(np.unique(test.labels)) == 400 and not set(test.labels) & set(train.labels)
    assert (first[:, 0] != second[:, 0]).any()
    # The two drawings of a character resemble each other more than others do: on blurred pictures, far above 1 in 20.
    small = test.images[:, :104, :104, 0].reshape(800, 13, 8, 13, 8).mean(axis=(2, 4)).reshape(20, 2, 20, 169)
    nearest = np.linalg.norm(small[:, 1, :, None] - small[:, 0, None], axis=-1).argmin(axis=-1)
    assert np.mean(np.take_along_axis(first, nearest, axis=1) == second) > 0.15
