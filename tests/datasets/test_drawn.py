"""Drawn sets are drawn once a machine."""

import numpy as np
import pytest

import data
from data import drawn
from data.catalogue import sets


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "drawn"


def fields():
    return {
        "images": np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3),
        "boxes": [np.ones((3, 4), np.float32), np.zeros((0, 4), np.float32)],
    }


def kept(draw=fields, name="a set"):
    return drawn.kept(name, "train", draw)


def same(found, wanted):
    assert list(found) == list(wanted)
    for name, value in wanted.items():
        assert isinstance(found[name], type(value)) and len(found[name]) == len(value)
        for one, other in zip(found[name], value, strict=True):
            assert one.dtype == other.dtype and np.array_equal(one, other)


def test_what_is_kept_is_what_was_drawn(cache):
    same(kept(), fields())
    same(kept(draw=lambda: pytest.fail("drawn again")), fields())
    assert len(list(cache.iterdir())) == 1


def test_other_code_draws_anew_and_leaves_nothing_old(cache, monkeypatch):
    kept()
    kept(name="another set")
    monkeypatch.setattr(drawn, "_digest", lambda: "other")
    same(kept(draw=lambda: {"images": np.zeros((1, 2))}), {"images": np.zeros((1, 2))})
    assert sorted(path.name.split("-")[0] for path in cache.iterdir()) == ["a set", "another set"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 half an archive"])
def test_a_damaged_file_is_drawn_again(cache, content):
    kept()
    (path,) = cache.iterdir()
    path.write_bytes(content)
    same(kept(), fields())
    same(kept(draw=lambda: pytest.fail("drawn again")), fields())


def test_a_cut_file_is_drawn_again(cache):
    kept()
    (path,) = cache.iterdir()
    path.write_bytes(path.read_bytes()[:-100])
    same(kept(), fields())


def test_where_nothing_can_be_kept_it_is_drawn(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "file"))
    same(kept(), fields())


def test_a_set_is_the_same_from_the_cache(cache):
    first, second = data.load("hands", "test"), data.load("hands", "test")
    assert len(list(cache.glob("hands-test-*"))) == 1
    assert np.array_equal(first.images, second.images) and np.array_equal(first.labels, second.labels)
    second.images[:] = 0
    assert np.array_equal(first.images, data.load("hands", "test").images)


def test_what_is_drawn_is_kept():
    assert {one.name for one in sets() if one.drawn} == {
        one.name for one in sets() if one.origin.startswith("drawn by")
    }
