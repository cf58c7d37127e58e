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
from data.style_features import VGG_FILE
from grader.base.paths import ROOT

MIRROR = Path(os.environ.get("COURSE_DATA_MIRROR") or ROOT.parent / "shared" / "datasets").absolute()
CARD = (WEIGHTS / "mobilenet_v2.md").read_text()
STYLE_CARD = (WEIGHTS / "small_vgg.md").read_text()
needs_squeezenet = pytest.mark.skipif(
    not (MIRROR / "w_squeezenet11.tar.gz").is_file(), reason=f"the mirror {MIRROR} has no w_squeezenet11.tar.gz"
)


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


@pytest.mark.slow
def test_its_features_are_worth_what_its_card_says(monkeypatch):
    from data.pretraining.measure import ridge_accuracy

    if not (MIRROR / "flowers12.tar.gz").is_file():
        pytest.skip(f"the mirror {MIRROR} has no flowers12.tar.gz")
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
    train, test = (data.load("flowers12", split=split, size=160) for split in ("train", "test"))
    accuracy = ridge_accuracy(data.pretrained("mobilenet_v2"), train, test)
    assert accuracy >= 0.85
    assert accuracy == pytest.approx(float(re.search(r"ridge.*?(0\.\d+)", CARD, re.DOTALL)[1]), abs=0.006)


# --- features for style -------------------------------------------------------------------------------------------


def a_cat(side=96):
    return data.load("photographs").named("cat")[None, :side, 100 : 100 + side].astype("float32") / 255


def test_the_courses_own_style_features_are_small_and_level():
    model = data.pretrained("style_features")
    assert model.name == "small_vgg"
    assert model.count_params() == int(re.search(r"([\d,]+) numbers", STYLE_CARD)[1].replace(",", ""))
    assert (WEIGHTS / "small_vgg.npz").stat().st_size <= 4_000_000
    convolutions = [layer.output for layer in model.layers if layer.weights]
    assert len(convolutions) == 9
    photographs = data.load("photographs")
    for name in ("cat", "china", "coffee"):
        picture = photographs.named(name)[None, :240, :320].astype("float32") / 255
        means = [float(keras.ops.mean(one)) for one in keras.Model(model.input, convolutions)(picture)]
        assert max(means) < 4 * min(means), "no layer outweighs another"


def test_a_style_of_its_own_size_comes_out():
    model = data.pretrained("style_features", input_shape=(64, 96, 3))
    assert model.input_shape == (None, 64, 96, 3)
    assert model.output_shape == (None, 4, 6, 192)


def test_vgg19_is_taken_where_it_lies_and_gets_what_it_was_trained_on(empty_cache):
    original = keras.applications.VGG19(include_top=False, weights=None, input_shape=(None, None, 3))
    with h5py.File(empty_cache / VGG_FILE, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, original)
    found = data.pretrained("style_features")
    assert found.name == "vgg19"
    cat = a_cat()
    expected = original(keras.applications.vgg19.preprocess_input(255 * cat))
    # In float32, and in another order of the channels.
    np.testing.assert_allclose(found(cat), expected, rtol=1e-3, atol=1e-4 * float(keras.ops.max(expected)))
    assert found.get_layer("block4_conv2").output.shape[-1] == 512


def test_a_file_that_is_no_vgg19_is_named(empty_cache):
    (empty_cache / VGG_FILE).write_bytes(b"no weights")
    with pytest.raises(data.DataError, match="does not hold the ImageNet weights of VGG-19"):
        data.pretrained("style_features")


@needs_squeezenet
def test_squeezenet_comes_from_the_mirror_and_uses_every_number(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
    model = data.pretrained("style_features")
    assert (model.name, model.count_params()) == ("squeezenet11", 722_496)
    fire, cat = model.get_layer, a_cat()
    see = keras.Model(model.input, [fire("pool3").output, fire("fire4").output])
    pooled, seen = (keras.ops.convert_to_numpy(one) for one in see(cat))
    with np.load(next((Path(os.environ["COURSE_DATA_CACHE"]) / "w_squeezenet11").glob("*.npz"))) as arrays:
        w = {name: arrays[name] for name in arrays.files}
    squeezed = np.maximum(pooled @ w["fire4.squeeze1x1.W"][0, 0] + w["fire4.squeeze1x1.b"], 0)
    narrow = np.maximum(squeezed @ w["fire4.expand1x1.W"][0, 0] + w["fire4.expand1x1.b"], 0)
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(squeezed, ((0, 0), (1, 1), (1, 1), (0, 0))), (3, 3), (1, 2)
    )
    wide = np.maximum(np.einsum("mhwcij,ijcd->mhwd", around, w["fire4.expand3x3.W"]) + w["fire4.expand3x3.b"], 0)
    np.testing.assert_allclose(seen, np.concatenate([narrow, wide], axis=-1), rtol=1e-3, atol=1e-3 * seen.max())


@needs_squeezenet
def test_the_grader_asks_for_the_courses_own(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
    monkeypatch.setenv("COURSE_PRETRAINED", "own")
    assert data.pretrained("style_features").name == "small_vgg"


def test_a_damaged_squeezenet_is_no_reason_to_take_another_network_silently(empty_cache):
    (empty_cache / "w_squeezenet11.tar.gz").write_bytes(b"damaged")
    with pytest.raises(data.DataError, match=r"w_squeezenet11\.tar\.gz cannot be used"):
        data.pretrained("style_features")
