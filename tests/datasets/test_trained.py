"""Kept weights: what goes in comes out, and what does not fit is said, not loaded."""

import os
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from keras import layers

import data
from data.pretrained import WEIGHTS


def network(n=4):
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(n, 3), layers.BatchNormalization(), layers.Dense(2)])


def values(model):
    return [keras.ops.convert_to_numpy(weight).copy() for weight in model.weights]


@pytest.mark.backends
def test_a_model_like_the_kept_one_says_the_same(tmp_path):
    first, second = network(), network()
    first.layers[1].moving_variance.assign([1e-6, 1.0, 1e6, 3e38])  # statistics have a reach that halves have not
    path = data.keep(tmp_path / "net.npz", first)
    assert data.trained(path, second) is True
    for given, got in zip(values(first), values(second), strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, given, rtol=1e-3 if given.ndim > 1 else 0, atol=1e-7)


def test_a_name_is_a_file_of_bare_arrays_among_the_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["data.trained"], "WEIGHTS", tmp_path)
    model = network()
    assert data.trained("net", model) is False
    assert data.keep("net", model) == tmp_path / "net.npz"
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert [file[str(k)].dtype for k in range(3)] == [np.float16, np.float32, np.float32]
        assert len(file.files) == len(model.weights)
    assert data.trained("net", model) is True


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: network(5), r"weight 0 has the shape \(3, 3, 3, 4\), the model's \(3, 3, 3, 5\)"),
        (lambda: keras.Sequential([keras.Input((2,)), layers.Dense(1)]), "holds 8 weights, the model has 2"),
    ],
)
def test_what_does_not_fit_is_said_and_leaves_the_model_as_it_was(tmp_path, other, words):
    data.keep(tmp_path / "net.npz", network())
    model = other()
    before = values(model)
    with pytest.raises(data.DataError, match=words):
        data.trained(tmp_path / "net.npz", model)
    assert all(np.array_equal(one, two) for one, two in zip(before, values(model), strict=True))


def pickled(path):
    np.savez(path, **{"0": np.array([{}], dtype=object)})


def renamed(path):
    np.savez(path, kernel=np.zeros(3))


def cut(path):
    data.keep(path, network())
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"no"), cut, renamed, pickled]
)
def test_a_damaged_file_is_said(tmp_path, damage):
    damage(tmp_path / "net.npz")
    with pytest.raises(data.DataError, match="is damaged"):
        data.trained(tmp_path / "net.npz", network())


def test_all_weights_are_small_and_have_a_card():
    files = sorted(WEIGHTS.glob("*.npz"))
    assert {"bccd_yolo", "mobilenet_v2", "small_vgg", "faces_encoder"} <= {path.stem for path in files}
    assert all(path.stat().st_size <= 4_000_000 for path in files)
    assert sum(path.stat().st_size for path in files) <= 10_000_000
    for path in files:
        card = WEIGHTS / (re.sub(r"_\d$", "", path.stem) + ".md")  # networks that differ in their split share a card
        assert re.search(r"Made by", card.read_text()), path


@pytest.mark.parametrize(
    "name", ["faces_encoder", "omniglot_encoder", "orl_encoder_1", "orl_encoder_2", "orl_encoder_3"]
)
def test_an_encoders_card_says_how_many_numbers_there_are(name):
    with np.load(WEIGHTS / f"{name}.npz", allow_pickle=False) as file:
        arrays = [file[place] for place in file.files]
    assert all(np.isfinite(array).all() for array in arrays)
    card = (WEIGHTS / (re.sub(r"_\d$", "", name) + ".md")).read_text()
    assert sum(array.size for array in arrays) == int(re.search(r"([\d,]+) numbers", card)[1].replace(",", ""))


def test_the_card_of_the_blood_cells_says_how_many_numbers_there_are():
    with np.load(WEIGHTS / "bccd_yolo.npz", allow_pickle=False) as file:
        arrays = [file[name] for name in file.files]
    assert all(np.isfinite(array).all() for array in arrays)
    card = (WEIGHTS / "bccd_yolo.md").read_text()
    assert sum(array.size for array in arrays) == int(re.search(r"([\d,]+) numbers", card)[1].replace(",", ""))
