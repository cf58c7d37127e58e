"""Borrowed networks: what the course carries, what it takes instead, and what it is worth."""

import os
import re
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format

import data
from data.pretrained import IMAGENET, WEIGHTS
from grader.exercise import ROOT

MIRROR = Path(os.environ.get("COURSE_DATA_MIRROR") or ROOT.parent / "shared" / "datasets").absolute()
CARD = (WEIGHTS / "mobilenet_v2.md").read_text()


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path))
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    monkeypatch.delenv("COURSE_PRETRAINED", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


def test_the_courses_own_network_is_small_and_has_keras_layers():
    model = data.pretrained("mobilenet_v2", input_shape=(64, 96, 3))
    original = keras.applications.MobileNetV2((64, 96, 3), weights=None, include_top=False)
    assert [layer.name for layer in model.layers[1:]] == [layer.name for layer in original.layers[1:]]
    assert model.output_shape == (None, 2, 3, 1280)
    assert model.count_params() == int(re.search(r"([\d,]+) numbers", CARD)[1].replace(",", ""))
    assert (WEIGHTS / "mobilenet_v2.npz").stat().st_size <= 4_000_000
    assert np.isfinite(np.concatenate([weight.ravel() for weight in model.get_weights()])).all()


def test_it_tells_what_it_sees_at_any_size():
    model = data.pretrained("mobilenet_v2")
    cat = data.load("photographs").named("cat").astype("float32") / 127.5 - 1
    with_detail = keras.ops.mean(model(cat[None, :288, :448]), axis=(1, 2))
    smaller = keras.ops.mean(model(cat[None, :288:2, :448:2]), axis=(1, 2))
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 288, 448, 3)).astype("float32")
    other = keras.ops.mean(model(noise), axis=(1, 2))
    one, half, nothing = (keras.ops.convert_to_numpy(said)[0] for said in (with_detail, smaller, other))
    assert np.corrcoef(one, half)[0, 1] > np.corrcoef(one, nothing)[0, 1] + 0.05


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(data.DataError, match="'mobilnet'; the nearest name is 'mobilenet_v2'"):
        data.pretrained("mobilnet")


@pytest.mark.parametrize("folder", [".", "keras/models"])
def test_kerass_own_weights_are_taken_where_they_lie(empty_cache, monkeypatch, folder):
    original = keras.applications.MobileNetV2((None, None, 3), weights=None, include_top=False)
    (empty_cache / folder).mkdir(parents=True, exist_ok=True)
    with h5py.File(empty_cache / folder / IMAGENET, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, original)
    found = data.pretrained("mobilenet_v2", input_shape=(32, 32, 3))
    for one, other in zip(found.get_weights(), original.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    monkeypatch.setenv("COURSE_PRETRAINED", "own")
    assert data.pretrained("mobilenet_v2").count_params() < original.count_params()


@pytest.mark.parametrize("content", [b"", b"no weights", b"\x89HDF\r\n\x1a\n cut short"])
def test_a_file_that_holds_no_weights_is_named(empty_cache, content):
    (empty_cache / IMAGENET).write_bytes(content)
    with pytest.raises(data.DataError, match="does not hold the ImageNet weights"):
        data.pretrained("mobilenet_v2")


def test_its_features_are_worth_what_its_card_says(monkeypatch):
    from data.pretraining.measure import ridge_accuracy

    if not (MIRROR / "flowers12.tar.gz").is_file():
        pytest.skip(f"the mirror {MIRROR} has no flowers12.tar.gz")
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
    train, test = (data.load("flowers12", split=split, size=160) for split in ("train", "test"))
    accuracy = ridge_accuracy(data.pretrained("mobilenet_v2"), train, test)
    assert accuracy >= 0.85
    assert accuracy == pytest.approx(float(re.search(r"ridge.*?(0\.\d+)", CARD, re.DOTALL)[1]), abs=0.006)
