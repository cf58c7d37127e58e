"""The loader of pictures: its sets, its lookup, and every way in which data can be bad."""

import dataclasses
import errno
import functools
import gzip
import hashlib
import io
import multiprocessing
import os
import pkgutil
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import warnings
from collections import Counter
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import data
from data import archive as archives
from data import catalogue, lookup, splits
from data.readers import bccd, pets3, street_scenes
from data.readers.files import pictures
from data.readers.sign_digits import persons

REPOSITORY = Path(__file__).resolve().parents[2]
MIRROR = Path(os.environ.get("COURSE_DATA_MIRROR") or REPOSITORY.parent / "shared" / "datasets").absolute()
needs_mirror = pytest.mark.skipif(
    not (MIRROR / "sign_digits.tar.gz").is_file(), reason=f"the mirror {MIRROR} has no sign_digits.tar.gz"
)
SIGN_DIGITS = next(declared for declared in data.sets() if declared.name == "sign_digits")
NOBODY_LISTENS = "http://127.0.0.1:9/tiny.tar.gz"


# --- a small set, in the layout of sign_digits --------------------------------------------------------------------


def jpeg(shade: int) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (100, 100), (shade, 255 - shade, 128)).save(sink, "JPEG")
    return sink.getvalue()


@functools.cache
def tiny_files() -> dict[str, bytes]:
    """Five persons show the ten digits one after the other."""
    return {
        f"{digit}/IMG_{1000 + 10 * person + digit}.JPG": jpeg(20 * digit + person)
        for person in range(5)
        for digit in range(10)
    }


def digest(files: dict[str, bytes]) -> str:
    lines = "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


@functools.cache
def tiny_declaration(url: str = NOBODY_LISTENS) -> data.Declaration:
    files = tiny_files()
    tiny = data.Archive(
        url=url,
        root="Tiny-0123abc/Dataset",
        members=r"[0-9]/IMG_[0-9]+\.JPG",
        files=len(files),
        bytes=sum(map(len, files.values())),
        digest=digest(files),
        archive_bytes=1_000_000,
        left_out=frozenset({"7/IMG_9999.JPG"}),
    )
    return dataclasses.replace(SIGN_DIGITS, name="tiny", archive=tiny)


def pack(path: Path, files: dict[str, bytes], top: str = "tiny") -> Path:
    """A .tar.gz with `files` under the folder `top`, and beside them what mirrors and GitHub put there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, content in {"CARD.md": b"a card", "LICENSE": b"a licence", **files}.items():
            add(tar, f"{top}/{name}", content)
    return path


def add(tar: tarfile.TarFile, name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, link, len(content)
    tar.addfile(member, io.BytesIO(content))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, no mirror, nothing verified yet."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_DATA_CACHE", str(folder))
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    forget(monkeypatch)
    return folder


def forget(monkeypatch):
    """As in a new process."""
    monkeypatch.setattr(lookup, "_sound", set())


@pytest.fixture
def tiny(monkeypatch):
    declare(monkeypatch, tiny_declaration())
    return tiny_declaration()


def declare(monkeypatch, declared):
    monkeypatch.setattr(catalogue, "SETS", (*catalogue.SETS[:3], declared))


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(folder))
    return folder


def left_in(cache: Path) -> list[str]:
    """What lies in the cache, but for locks."""
    return sorted(path.name for path in cache.glob("*") if path.suffix != ".lock") if cache.exists() else []


def refused(*asked, **how) -> str:
    with pytest.raises(data.DataError) as caught:
        data.load(*asked, **how)
    return str(caught.value)


# --- the public face ------------------------------------------------------------------------------------------------


def test_import_is_light():
    code = (
        "import sys, time; start = time.process_time(); import data; spent = time.process_time() - start;"
        "heavy = {'numpy', 'skimage', 'sklearn', 'pooch', 'PIL', 'tqdm'} & set(sys.modules);"
        "start = time.process_time(); import numpy; print(spent / (time.process_time() - start), *heavy)"
    )
    # NumPy comes compiled; whoever imports `data` for the first time compiles it.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    shares = []
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
        )
        share, *heavy = run.stdout.split()
        assert not heavy
        shares.append(float(share))
    assert min(shares) < 0.5, "against NumPy alone, which every notebook imports"


def test_every_declaration_is_complete():
    names = [declared.name for declared in data.sets()]
    assert len(set(names)) == len(names)
    for declared in data.sets():
        assert callable(pkgutil.resolve_name(declared.reader))
        for said in ("purpose", "pictures", "licence", "citation", "origin", "names"):
            assert getattr(declared, said) or (said == "names" and declared.mask_names), f"{declared.name}: no {said}"
        assert set(declared.credits) in (set(), set(declared.names))
    for network in data.weights():
        assert network.name not in names
        for said in ("purpose", "numbers", "licence", "citation", "origin"):
            assert getattr(network, said), f"{network.name}: no {said}"


def test_sign_digits_is_pinned_to_the_commit_of_the_mirror():
    assert "4b09433ef9d5c60602e8805bb54b8aa2428527f8" in SIGN_DIGITS.archive.url
    assert SIGN_DIGITS.archive.root.split("/")[0].endswith("4b09433ef9d5c60602e8805bb54b8aa2428527f8")


def test_the_cache_follows_the_environment_and_has_a_default(monkeypatch, tmp_path):
    assert data.cache_dir() == tmp_path / "cache"
    monkeypatch.setenv("COURSE_DATA_CACHE", "~/pictures")
    assert data.cache_dir() == Path.home() / "pictures"
    monkeypatch.delenv("COURSE_DATA_CACHE")
    assert data.cache_dir().is_absolute()
    assert data.cache_dir().name in ("convnets", "Cache")


@pytest.mark.parametrize(
    ("asked", "nearest"), [("sign_digit", "sign_digits"), ("Photos", "photographs"), (7, "digits")]
)
def test_an_unknown_set_names_the_nearest(asked, nearest):
    message = refused(asked)
    assert repr(asked) in message
    if isinstance(asked, str):
        assert f"nearest name is {nearest!r}" in message


def test_unknown_splits_and_sizes_say_what_there_is():
    assert "'train' and 'test'" in refused("digits", split="valid")
    assert "its splits: none" in refused("photographs", split="train")
    assert "own size only" in refused("digits", size=16)
    for size in (0, -3, 64.0, "64"):
        assert f"size={size!r}" in refused("sign_digits", size=size)


# --- splits -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80))
def test_a_stratified_split_takes_a_fifth_of_each_class(labels):
    test = splits.stratified(labels)
    for label, count in Counter(labels).items():
        assert sum(labels[place] == label for place in test) == count // 5
    check_partition(len(labels), test)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=80))
def test_a_grouped_split_has_no_group_on_both_sides(groups):
    test = splits.grouped(groups)
    assert len({groups[place] for place in test}) == len(set(groups)) // 5
    assert not {groups[place] for place in test} & {groups[place] for place in set(range(len(groups))) - test}
    check_partition(len(groups), test)


def check_partition(count, test):
    train_order, test_order = splits.chosen("train", count, test), splits.chosen("test", count, test)
    assert set(test_order) == test
    assert sorted(train_order + test_order) == sorted(splits.chosen(None, count, test)) == list(range(count))


def test_the_split_is_the_same_on_every_machine():
    assert splits.shuffled(8, seed=2) == [2, 3, 7, 6, 5, 4, 1, 0]


def test_persons_change_where_the_digits_start_over():
    assert persons([0, 1, 2, 9, 0, 1, 2, 3]) == [0, 0, 0, 0, 1, 1, 1, 1]
    assert persons([0, 1, 2, 2, 4, 3, 5, 9, 7, 8, 0, 5]) == [0] * 10 + [1] * 2  # twice, or out of turn
    assert persons([4]) == [0]


# --- the sets that packages carry -------------------------------------------------------------------------------------


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_digits_are_those_of_scikit_learn_on_another_scale(no_network):
    from sklearn.datasets import load_digits

    everything = data.load("digits")
    assert everything.images.shape == (1797, 8, 8, 1)
    assert everything.images.dtype == np.uint8
    assert everything.labels.dtype == np.int64
    assert everything.images.min() == 0
    assert everything.images.max() == 255
    assert everything.names == tuple("0123456789")

    source = load_digits()
    back = np.rint(everything.images[..., 0].astype(float) * 16 / 255).reshape(-1, 64)
    ours = sorted((*row, label) for row, label in zip(back.tolist(), everything.labels.tolist(), strict=True))
    assert ours == sorted(
        (*row, label) for row, label in zip(source.data.tolist(), source.target.tolist(), strict=True)
    )


def test_digits_split_into_the_same_fifth_of_each_class():
    train, test = data.load("digits", split="train"), data.load("digits", split="test")
    assert (len(train), len(test)) == (1442, 355)
    for split in (train, test):
        assert np.bincount(split.labels[:50]).max() < 10, "any first few are of all classes"
    share = np.bincount(test.labels) / (np.bincount(test.labels) + np.bincount(train.labels))
    assert np.all(np.abs(share - 0.2) < 0.01)
    np.testing.assert_array_equal(test.images, data.load("digits", split="test").images)


def test_photographs_are_the_files_in_the_packages(no_network):
    import skimage
    import sklearn

    photographs = data.load("photographs")
    grey = [name for image, name in zip(photographs.images, photographs.names, strict=True) if image.ndim == 2]
    assert len(photographs) == 18
    assert len(grey) == 9
    for image in photographs.images:
        assert image.dtype == np.uint8
        assert image.ndim == 2 or image.shape[2] == 3
        assert image.max() > 100
        assert image.flags.writeable

    skimage_files, sklearn_files = (
        Path(skimage.__file__).parent / "data",
        Path(sklearn.__file__).parent / "datasets/images",
    )
    for name, path in {
        "camera": skimage_files / "camera.png",
        "coffee": skimage_files / "coffee.png",
        "rocket": skimage_files / "rocket.jpg",
        "china": sklearn_files / "china.jpg",
        "flower": sklearn_files / "flower.jpg",
    }.items():
        np.testing.assert_array_equal(photographs.named(name), np.asarray(Image.open(path)))


def test_named_gives_the_first_and_names_the_nearest():
    digits = data.load("digits")
    first = int(np.flatnonzero(digits.labels == 7)[0])
    assert digits.named("7") is not None
    np.testing.assert_array_equal(digits.named("7"), digits.images[first])
    with pytest.raises(KeyError, match=r"named 'camra'; the nearest is 'camera'"):
        data.load("photographs").named("camra")


def test_named_says_what_is_there_and_not_what_might_be():
    some = data.Dataset("some", None, np.zeros((1, 2, 2, 1), np.uint8), np.array([1]), ("cat", "dog"))
    assert some.named("dog").shape == (2, 2, 1)
    with pytest.raises(KeyError, match="nearest is 'dog'"):
        some.named("cat")
    assert repr(some) == "<Dataset some, everything: 1 pictures, 2 names>"
    with pytest.raises(dataclasses.FrozenInstanceError):
        some.name = "other"


# --- the real sign_digits ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("real")


@pytest.fixture
def real(real_cache, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_CACHE", str(real_cache))
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(MIRROR))
    return real_cache


@needs_mirror
def test_sign_digits_come_from_the_mirror_as_they_are(real):
    signs = data.load("sign_digits")
    assert signs.images.shape == (2059, 100, 100, 3)
    assert signs.images.dtype == np.uint8
    assert signs.labels.dtype == np.int64
    assert signs.names == tuple("0123456789")

    with tarfile.open(MIRROR / "sign_digits.tar.gz") as tar:
        files = [member for member in tar if member.name.endswith(".JPG")]
        counts = Counter(int(member.name.split("/")[1]) for member in files)
        one = next(member for member in files if member.name.endswith("3/IMG_1121.JPG"))
        picture = np.asarray(Image.open(tar.extractfile(one)))
    assert np.bincount(signs.labels).tolist() == [counts[digit] for digit in range(10)]
    found = np.flatnonzero((signs.images == picture).all(axis=(1, 2, 3)))
    assert [signs.labels[place] for place in found] == [3]


@needs_mirror
def test_sign_digits_split_keeps_persons_apart(real):
    train, test = (data.load("sign_digits", split=split, size=8) for split in ("train", "test"))
    assert (len(train), len(test)) == (1661, 398)
    assert np.bincount(test.labels).min() >= 38

    files = sorted((real / "sign_digits").glob("*/*.JPG"), key=lambda path: int(path.stem[4:]))
    people = persons([int(path.parent.name) for path in files])
    complete = sum(size == 10 for size in Counter(people).values())
    assert len(set(people)) == 209
    assert complete == 194, "nearly every person shows each digit once, so the numbers do tell persons"


@needs_mirror
def test_sign_digits_are_resized_with_antialiasing(real):
    from skimage.transform import resize

    whole, small = data.load("sign_digits", split="test"), data.load("sign_digits", split="test", size=64)
    assert small.images.shape == (398, 64, 64, 3)
    np.testing.assert_array_equal(small.labels, whole.labels)
    for place in (0, 100, 200):
        wanted = resize(whole.images[place], (64, 64), anti_aliasing=True, preserve_range=True)
        assert np.abs(small.images[place] - wanted).mean() < 2

    stripes = np.zeros((100, 100, 3), np.uint8)
    stripes[:, ::2] = 255
    path = real / "stripes.png"
    Image.fromarray(stripes).save(path)
    assert np.ptp(pictures([path], 25)[0][:, 2:-2].astype(int)) < 30, "stripes too fine for the size turn grey"


@needs_mirror
def test_an_upstream_archive_has_the_same_content_as_the_mirrors(real, tmp_path, monkeypatch):
    data.load("sign_digits", split="test", size=8)
    unpacked = real / "sign_digits"
    files = {f"Dataset/{path.relative_to(unpacked).as_posix()}": path.read_bytes() for path in unpacked.rglob("*.JPG")}
    files |= {f"Dataset/7/IMG_{number}.JPG": b"unscaled" for number in (5874, 5935, 5978)}
    files |= {"Examples/example_0.JPG": b"an example", "README.md": b"readme"}
    elsewhere = tmp_path / "upstream"
    pack(elsewhere / "sign_digits.tar.gz", files, top=SIGN_DIGITS.archive.root.split("/")[0])
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "fresh"))
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(elsewhere))
    data.load("sign_digits", split="test", size=8)
    assert len(list((tmp_path / "fresh" / "sign_digits").rglob("*.*"))) == 2059


# --- the other photographs, and what is drawn -------------------------------------------------------------------------


@needs_mirror
@pytest.mark.parametrize(
    ("name", "train", "test"), [("flowers12", [60] * 12, [20] * 12), ("pets3", [76, 79, 60], [76, 50, 52])]
)
def test_photographs_come_in_their_sources_split(real, name, train, test):
    for split, counts in (("train", train), ("test", test)):
        found = data.load(name, split=split, size=32)
        assert found.images.shape == (sum(counts), 32, 32, 3)
        assert np.bincount(found.labels).tolist() == counts
    assert len({image.tobytes() for image in data.load(name, size=32).images}) > 0.99 * (sum(train) + sum(test))


@needs_mirror
def test_pets_are_split_as_the_sources_lists_say(real):
    with tarfile.open(MIRROR / "pets3.tar.gz") as tar:
        lists = {
            part: tar.extractfile(f"pets3/{part}.txt").read().decode().split("\n") for part in ("trainval", "test")
        }
    for part, lines in lists.items():
        for name in (line.split()[0] for line in lines if line):
            assert pets3.part(Path(f"{name}.jpg")) == part.removesuffix("val")


# --- streets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(12))
def test_boxes_of_a_street_are_tight_around_what_is_seen(number):
    scene = street_scenes.draw(number)
    assert scene.boxes.dtype == np.float32
    for box, kind, thing in zip(scene.boxes, scene.classes, scene.numbers, strict=True):
        rows, columns = np.nonzero(scene.things == thing)
        assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert set(scene.mask[rows, columns]) == {kind + street_scenes.CAR}
    things = scene.mask >= street_scenes.CAR
    np.testing.assert_array_equal(scene.things > 0, things)


def test_a_street_is_the_same_whatever_else_is_drawn():
    first = street_scenes.draw(3)
    street_scenes.draw(4)
    again = street_scenes.draw(3)
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.boxes, again.boxes)
    assert not np.array_equal(first.image, street_scenes.draw(3, seed=1).image)


def test_street_scenes_come_with_boxes_classes_and_masks(monkeypatch):
    monkeypatch.setattr(street_scenes, "COUNT", 30)
    train, test = (data.load("street_scenes", split) for split in ("train", "test"))
    assert (train.images.shape, test.images.shape) == ((24, 128, 128, 3), (6, 128, 128, 3))
    assert train.labels is None
    assert train.masks.shape == (24, 128, 128)
    assert train.masks.dtype == np.uint8
    assert train.masks.max() < len(train.mask_names)
    assert train.names == train.mask_names[-4:]
    assert len(train.boxes) == len(train.classes) == 24
    for boxes, classes in zip(train.boxes, train.classes, strict=True):
        assert boxes.shape == (len(classes), 4)
        assert classes.dtype == np.int64
        assert np.all(boxes[:, :2] < boxes[:, 2:])
        assert np.all((boxes >= 0) & (boxes <= 128))
    assert set(np.concatenate(train.classes)) == {0, 1, 2, 3}
    with pytest.raises(KeyError, match="no names of their own"):
        train.named("car")


# --- boxes and masks of photographs -----------------------------------------------------------------------------------


@needs_mirror
def test_bccd_has_the_sources_boxes_but_for_two_without_area(real):
    train, test = (data.load("bccd", split, size=320) for split in ("train", "test"))
    assert (train.images.shape, test.images.shape) == ((292, 320, 320, 3), (72, 320, 320, 3))
    assert train.labels is None
    counts = np.bincount(np.concatenate(train.classes + test.classes))
    assert dict(zip(train.names, counts.tolist(), strict=True)) == {"RBC": 4153, "WBC": 372, "Platelets": 361}
    boxes = np.concatenate(train.boxes + test.boxes)
    assert boxes.dtype == np.float32
    assert boxes.min() == 0
    assert boxes.max() == 320
    assert np.all(boxes[:, :2] < boxes[:, 2:])
    with tarfile.open(MIRROR / "bccd.tar.gz") as tar:
        listed = tar.extractfile("bccd/ImageSets/test.txt").read().decode().split()
    assert {name for name in listed if bccd.part(Path(name)) == "test"} == set(listed)


@needs_mirror
def test_bccd_boxes_are_stretched_as_the_pictures_are(real):
    whole, small = data.load("bccd", "test"), data.load("bccd", "test", size=160)
    assert whole.images.shape == (72, 480, 640, 3)
    for before, after in zip(whole.boxes, small.boxes, strict=True):
        np.testing.assert_allclose(after, before * np.float32([0.25, 1 / 3, 0.25, 1 / 3]), rtol=1e-6)
    inside, all_over = [], []
    for image, boxes, classes in zip(small.images, small.boxes, small.classes, strict=True):
        for x1, y1, x2, y2 in boxes[classes == 1].astype(int):
            inside.append(image[y1:y2, x1:x2, 1].mean())
            all_over.append(image[..., 1].mean())
    assert np.mean(np.less(inside, all_over)) > 0.95, (
        "white blood cells are stained: there is less green in their boxes"
    )


@needs_mirror
def test_nuclei_have_masks_that_shine(real):
    train, test = (data.load("nuclei256", split, size=128) for split in ("train", "test"))
    assert (len(train), len(test)) == (268, 66)
    assert train.mask_names == ("background", "nucleus")
    for found in (train, test):
        assert found.masks.shape == found.images.shape[:3]
        assert set(np.unique(found.masks)) == {0, 1}
        brighter = [image[mask == 1].mean() > image[mask == 0].mean() for image, mask in pairs(found)]
        assert all(brighter)
    shares = [found.masks.mean() for found in (train, test)]
    assert abs(shares[0] - shares[1]) < 0.03, "both halves have as much of nuclei"


def pairs(dataset):
    return zip(dataset.images, dataset.masks, strict=True)


@needs_mirror
def test_camvid_has_a_class_for_every_pixel_or_says_that_it_has_none(real):
    train, test = (data.load("camvid60", split) for split in ("train", "test"))
    assert (train.images.shape, test.images.shape) == ((48, 360, 480, 3), (12, 360, 480, 3))
    assert train.masks.shape == (48, 360, 480)
    assert set(np.unique(train.masks)) <= {*range(11), 255}
    sky, road = (np.concatenate([image[mask == kind] for image, mask in pairs(train)]).mean() for kind in (0, 3))
    assert sky > road + 50
    rows = np.arange(360)[None, :, None]
    assert (rows * (train.masks == 0)).sum() / (train.masks == 0).sum() < 150, "the sky is above"


@needs_mirror
def test_pets_have_masks_and_heads(real):
    train, test = (data.load("pets3", split, size=96) for split in ("train", "test"))
    assert train.mask_names == ("pet", "background", "border")
    assert train.masks.shape == (215, 96, 96)
    assert set(np.unique(train.masks)) == {0, 1, 2}
    assert [sum(map(len, found.boxes)) for found in (train, test)] == [209, 0]
    shares = []
    for boxes, classes, label, mask in zip(train.boxes, train.classes, train.labels, train.masks, strict=True):
        assert classes.tolist() == [label] * len(boxes)
        assert boxes.shape == (len(classes), 4)
        for x1, y1, x2, y2 in np.rint(boxes).astype(int):
            shares.append((mask[y1:y2, x1:x2] != 1).mean())
    assert np.mean(shares) > 0.85, "a head is of the animal"


@needs_mirror
def test_detector_photos_are_the_files_in_the_mirror(real):
    photos = data.load("detector_photos")
    assert photos.names == ("dog", "eagle", "giraffe", "horses", "person")
    with tarfile.open(MIRROR / "style_images.tar.gz") as tar:
        dog = np.asarray(Image.open(tar.extractfile("style_images/darknet_samples/dog.jpg")))
    np.testing.assert_array_equal(photos.named("dog"), dog)


def test_an_archive_may_hold_other_sets_too(cache, mirror, monkeypatch):
    shared = dataclasses.replace(tiny_declaration().archive, shared="many/folder")
    declare(monkeypatch, dataclasses.replace(tiny_declaration(), archive=shared))
    files = {f"folder/{path}": content for path, content in tiny_files().items()} | {
        "other/0/IMG_1.JPG": b"another set's"
    }
    pack(mirror / "many.tar.gz", files, top="many")
    assert len(data.load("tiny")) == 50


def test_paths_may_be_others_at_the_origin(cache, mirror, monkeypatch):
    renamed = dataclasses.replace(tiny_declaration().archive, renamed=(("deep/three/", "3/"), ("deep/", "")))
    declare(monkeypatch, dataclasses.replace(tiny_declaration(), archive=renamed))
    moved = {
        f"Dataset/deep/{'three/' if path[0] == '3' else path[:2]}{path[2:]}": content
        for path, content in tiny_files().items()
    }
    pack(mirror / "tiny.tar.gz", moved, top="Tiny-0123abc")
    assert len(data.load("tiny")) == 50


def test_a_set_that_only_a_mirror_has_says_so(cache, monkeypatch):
    declare(monkeypatch, tiny_declaration(""))
    message = refused("tiny")
    assert "no address to fetch it from" in message
    assert "tiny.tar.gz" in message


def test_the_top_folder_of_an_origin_may_be_called_anything(cache, tmp_path, monkeypatch):
    declared = tiny_declaration(NOBODY_LISTENS)
    anywhere = dataclasses.replace(declared.archive, root="*/" + declared.archive.root.partition("/")[2])
    declare(monkeypatch, dataclasses.replace(declared, archive=anywhere))
    files = {f"Dataset/{path}": content for path, content in tiny_files().items()}
    pack(cache / "tiny.tar.gz", files, top="whatever-1234")
    assert len(data.load("tiny")) == len(files)


@pytest.mark.parametrize(("name", "side"), [("smiles", 64), ("hands", 64), ("alpacas", 96)])
def test_drawn_pictures_are_all_different_and_always_the_same(name, side):
    reader = pkgutil.resolve_name(next(one.reader for one in data.sets() if one.name == name).replace(":read", ""))
    labels = next(len(one.names) for one in data.sets() if one.name == name)
    drawn = [reader.draw(label, np.random.default_rng(seed)) for label in range(labels) for seed in (1, 2)]
    assert {one.shape for one in drawn} == {(side, side, 3)}
    assert len({one.tobytes() for one in drawn}) == len(drawn)
    assert drawn[0].tobytes() == reader.draw(0, np.random.default_rng(1)).tobytes()


# --- lookup -----------------------------------------------------------------------------------------------------------


def test_paintings_are_three_and_always_the_same(no_network):
    one, other = data.load("paintings"), data.load("paintings")
    assert one.names == ("strokes", "glass", "waves")
    for name in one.names:
        painting = one.named(name)
        assert (painting.shape, painting.dtype) == ((240, 320, 3), np.uint8)
        np.testing.assert_array_equal(painting, other.named(name))
        assert painting.min() < 60 and painting.max() > 230  # they have darks and lights
        colours = np.unique(painting.reshape(-1, 3) // 32, axis=0)
        assert len(colours) > 40


@needs_mirror
def test_style_images_are_the_files_in_the_mirror(real):
    masters = data.load("style_images")
    with tarfile.open(MIRROR / "style_images.tar.gz") as tar:
        for name, folder in (("munch_the_scream", "style"), ("rainier", "content")):
            file = np.asarray(Image.open(tar.extractfile(f"style_images/{folder}/{name}.jpg")))
            np.testing.assert_array_equal(masters.named(name), file)
    assert len(masters) == 8 and all(image.ndim == 3 for image in masters.images)


def test_mirror_then_cache(tiny, cache, mirror, monkeypatch):
    packed = pack(mirror / "tiny.tar.gz", tiny_files())
    assert len(data.load("tiny", split="test")) == 10
    assert left_in(cache) == ["tiny"]
    assert {path.relative_to(cache / "tiny").as_posix() for path in (cache / "tiny").rglob("*.*")} == set(tiny_files())

    packed.unlink()
    forget(monkeypatch)
    assert len(data.load("tiny")) == 50


def test_the_digest_is_what_sha256sum_says(tiny, cache, mirror):
    if not shutil.which("sha256sum"):
        pytest.skip("no sha256sum here")
    pack(mirror / "tiny.tar.gz", tiny_files())
    data.load("tiny")
    recipe = "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    said = subprocess.run(["sh", "-c", recipe], cwd=cache / "tiny", capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == tiny.archive.digest


def test_an_archive_put_into_the_cache_by_hand_is_used(tiny, cache):
    advice = refused("tiny")
    assert f"fetch {NOBODY_LISTENS} on any machine, save it as tiny.tar.gz in the folder {cache}" in advice
    pack(cache / "tiny.tar.gz", {f"Dataset/{path}": content for path, content in tiny_files().items()}, "Tiny-0123abc")
    assert len(data.load("tiny")) == 50


def test_without_a_network_the_error_says_where_was_looked(tiny, cache, mirror):
    message = refused("tiny")
    assert str(cache) in message
    assert str(mirror) in message
    assert "By hand" in message
    assert left_in(cache) == []


def test_a_complete_cache_may_be_read_only(tiny, cache, mirror, monkeypatch):
    pack(mirror / "tiny.tar.gz", tiny_files())
    data.load("tiny")
    forget(monkeypatch)
    (cache / ".tiny.lock").unlink()
    make_read_only(cache, monkeypatch)
    assert len(data.load("tiny")) == 50
    assert not (cache / ".tiny.lock").exists()


def test_an_incomplete_cache_must_be_writable(tiny, cache, mirror, monkeypatch):
    pack(mirror / "tiny.tar.gz", tiny_files())
    make_read_only(cache, monkeypatch)
    message = refused("tiny")
    assert "Read-only file system" in message
    assert "COURSE_DATA_CACHE" in message


def make_read_only(cache, monkeypatch):
    """As a read-only mount is: permission bits would not stop root."""

    def refuse(path):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(lookup, "FileLock", refuse)


def test_the_cache_can_be_shared_with_other_users(tiny, cache, mirror):
    pack(mirror / "tiny.tar.gz", tiny_files())
    before = os.umask(0o022)
    try:
        data.load("tiny")
    finally:
        os.umask(before)
    assert (cache / "tiny").stat().st_mode & 0o777 == 0o755
    assert (cache / "tiny/0/IMG_1000.JPG").stat().st_mode & 0o777 == 0o644


def test_other_files_in_a_cache_entry_do_no_harm(tiny, cache, mirror, monkeypatch):
    pack(mirror / "tiny.tar.gz", tiny_files())
    data.load("tiny")
    (cache / "tiny" / ".DS_Store").write_bytes(b"left by a file browser")
    forget(monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(data.load("tiny")) == 50


DAMAGES = {
    "changed": lambda entry: (entry / "3/IMG_1003.JPG").write_bytes(jpeg(1)),
    "truncated": lambda entry: os.truncate(entry / "3/IMG_1003.JPG", 100),
    "missing": lambda entry: (entry / "3/IMG_1003.JPG").unlink(),
    "added": lambda entry: (entry / "3/IMG_1.JPG").write_bytes(jpeg(1)),
    "a file": lambda entry: (shutil.rmtree(entry), entry.write_bytes(b"")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_replaced_with_a_word_to_the_user(tiny, cache, mirror, monkeypatch, damage):
    pack(mirror / "tiny.tar.gz", tiny_files())
    before = data.load("tiny")
    DAMAGES[damage](cache / "tiny")
    forget(monkeypatch)
    with pytest.warns(RuntimeWarning, match="tiny is damaged") as said:
        after = data.load("tiny")
    assert said[0].filename == __file__, "the warning points at the line that called data.load"
    np.testing.assert_array_equal(after.images, before.images)
    assert left_in(cache) == ["tiny"]


def test_a_damaged_cache_that_cannot_be_replaced_is_not_used(tiny, cache, mirror, monkeypatch):
    packed = pack(mirror / "tiny.tar.gz", tiny_files())
    data.load("tiny")
    DAMAGES["changed"](cache / "tiny")
    packed.unlink()
    forget(monkeypatch)
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="wrong digest"):
            assert "download failed" in refused("tiny")


def test_what_a_killed_process_left_is_cleared(tiny, cache, mirror):
    pack(mirror / "tiny.tar.gz", tiny_files())
    (cache / ".tiny-killed" / "content" / "0").mkdir(parents=True)
    data.load("tiny")
    assert left_in(cache) == ["tiny"]


def first_use(cache, mirror, barrier, answers):
    os.environ["COURSE_DATA_CACHE"], os.environ["COURSE_DATA_MIRROR"] = str(cache), str(mirror)
    catalogue.SETS = (tiny_declaration(),)
    warnings.simplefilter("ignore")
    barrier.wait(timeout=30)
    answers.put(hashlib.sha256(data.load("tiny").images.tobytes()).hexdigest())


@pytest.mark.parametrize("state", ["empty", "damaged"])
def test_two_processes_at_once_do_each_other_no_harm(tiny, cache, mirror, state):
    pack(mirror / "tiny.tar.gz", tiny_files())
    if state == "damaged":
        data.load("tiny")
        DAMAGES["truncated"](cache / "tiny")
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.Queue()
    both = [context.Process(target=first_use, args=(cache, mirror, barrier, answers)) for _ in range(2)]
    for process in both:
        process.start()
    seen = {answers.get(timeout=60) for _ in both}
    for process in both:
        process.join(timeout=60)
    assert [process.exitcode for process in both] == [0, 0]
    assert len(seen) == 1
    assert left_in(cache) == ["tiny"]


def test_many_threads_at_once_do_the_work_once(tiny, cache, mirror, monkeypatch):
    pack(mirror / "tiny.tar.gz", tiny_files())
    counts, unpacked = [], []

    def unpack_slowly(path, *how):
        unpacked.append(path)
        time.sleep(0.2)
        archives.unpack(path, *how)

    monkeypatch.setattr(lookup, "unpack", unpack_slowly)
    threads = [threading.Thread(target=lambda: counts.append(len(data.load("tiny")))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert counts == [50] * 6
    assert len(unpacked) == 1
    assert left_in(cache) == ["tiny"]


# --- bad archives -----------------------------------------------------------------------------------------------------


def check_refused(cache: Path, *words: str) -> None:
    message = refused("tiny")
    for word in words:
        assert word in message
    assert "By hand: fetch" in message
    assert left_in(cache) == []


def test_damaged_and_truncated_archives(tiny, cache, mirror):
    whole = pack(mirror / "tiny.tar.gz", tiny_files()).read_bytes()
    middle = len(whole) // 2
    for broken in (
        b"",
        b"<html>404</html>",
        whole[:middle],
        whole[:-4],
        whole[:middle] + bytes(64) + whole[middle + 64 :],
        gzip.compress(b"no tar inside" * 100),
        gzip.compress(gzip.decompress(whole)[:40_000]),
    ):
        (mirror / "tiny.tar.gz").write_bytes(broken)
        check_refused(cache, str(mirror / "tiny.tar.gz"), "damaged or truncated")


def test_archives_with_other_content(tiny, cache, mirror):
    path = mirror / "tiny.tar.gz"
    changed, fewer, more = tiny_files() | {"3/IMG_1003.JPG": b"other"}, dict(tiny_files()), tiny_files()
    del fewer["3/IMG_1003.JPG"]
    pack(path, changed)
    check_refused(cache, "wrong digest", tiny.archive.digest[:12])
    pack(path, fewer)
    check_refused(cache, "holds 49 of 50 files")
    pack(path, fewer | {"0/IMG_1.JPG": b"small"})
    check_refused(cache, "wrong digest")
    pack(path, more, top="another_set")
    check_refused(cache, "holds 0 of 50 files")


@pytest.mark.parametrize(
    "name", ["../evil", "tiny/../../evil", "/evil", "tiny/0/../../../evil", "..\\evil", "C:\\evil"]
)
def test_members_that_point_outside(tiny, cache, mirror, name):
    with tarfile.open(mirror / "tiny.tar.gz", "w:gz") as tar:
        add(tar, name, b"evil")
    check_refused(cache, "outside itself", repr(name))
    assert not list(cache.parent.rglob("*evil*"))


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("tiny/0/IMG_1000.JPG", tarfile.SYMTYPE, "/etc/passwd"),
        ("tiny/0", tarfile.SYMTYPE, "../../outside"),
        ("tiny/0/IMG_1000.JPG", tarfile.LNKTYPE, "../../outside"),
        ("tiny/0/IMG_1000.JPG", tarfile.FIFOTYPE, ""),
        ("tiny/0/IMG_1000.JPG", tarfile.CHRTYPE, ""),
    ],
)
def test_members_that_are_no_plain_files(tiny, cache, mirror, name, kind, link):
    with tarfile.open(mirror / "tiny.tar.gz", "w:gz") as tar:
        add(tar, name, kind=kind, link=link)
    check_refused(cache, "a link or a device", repr(name))


def test_a_member_that_comes_twice(tiny, cache, mirror):
    with tarfile.open(mirror / "tiny.tar.gz", "w:gz") as tar:
        for _ in range(2):
            add(tar, "tiny/0/IMG_1000.JPG", b"small")
    check_refused(cache, "IMG_1000.JPG' twice")


@pytest.mark.parametrize(("name", "limit"), [("tiny/0/IMG_1000.JPG", "bytes"), ("tiny/padding", "archive_bytes")])
def test_an_archive_that_unpacks_to_more_than_declared(tiny, cache, mirror, name, limit):
    declared = getattr(tiny.archive, limit)
    with tarfile.open(mirror / "tiny.tar.gz", "w:gz") as tar:
        add(tar, name, bytes(declared + 1))
    assert (mirror / "tiny.tar.gz").stat().st_size < 10_000
    check_refused(cache, f"unpacks to more than the {declared:,} bytes declared")


def test_a_header_that_unpacks_without_end(tiny, cache, mirror):
    header = tarfile.TarInfo("long")
    header.type, header.size = tarfile.XHDTYPE, 7 * 2**30
    (mirror / "tiny.tar.gz").write_bytes(gzip.compress(header.tobuf() + bytes(3_000_000)))
    check_refused(cache, "unpacks to more than")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=40), compressed=st.booleans())
def test_no_damage_goes_unseen(place, junk, compressed):
    """Whatever is overwritten, in the archive or in the tar inside it: refused, or the declared content."""
    declared = tiny_declaration().archive
    with tempfile.TemporaryDirectory() as room:
        path = pack(Path(room, "tiny.tar.gz"), tiny_files())
        blob = path.read_bytes() if compressed else gzip.decompress(path.read_bytes())
        start = int(place * len(blob))
        blob = blob[:start] + junk + blob[start + len(junk) :]
        path.write_bytes(blob if compressed else gzip.compress(blob, 1))
        content = Path(room, "content")
        try:
            archives.unpack(path, "tiny", declared, content)
        except data.DataError:
            return
        sound = {p.relative_to(content).as_posix(): p.read_bytes() for p in content.rglob("*.JPG")} == tiny_files()
        assert sound == (archives.flaw(content, declared) == "")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["tiny", "..", ".", "", "0", "IMG_1.JPG", "~", "C:"]), min_size=1, max_size=5),
            st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE]),
        ),
        max_size=4,
    )
)
def test_nothing_is_ever_written_outside(members):
    declared = tiny_declaration().archive
    with tempfile.TemporaryDirectory() as room:
        path = Path(room, "tiny.tar.gz")
        with tarfile.open(path, "w:gz") as tar:
            for parts, kind in members:
                is_file = kind == tarfile.REGTYPE
                add(tar, "/".join(parts), b"x" if is_file else b"", kind, "" if is_file else "../..")
        content = Path(room, "inner", "content")
        content.parent.mkdir()
        try:
            archives.unpack(path, "tiny", declared, content)
        except data.DataError as error:
            assert "archive" in str(error)
        written = [p for p in Path(room).rglob("*") if p != path and not p.is_dir()]
        assert all(p == content / "0" / "IMG_1.JPG" and not p.is_symlink() for p in written)


# --- a disk that is full ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_space_while_unpacking(tiny, cache, mirror, monkeypatch, number):
    pack(mirror / "tiny.tar.gz", tiny_files())
    copied = []

    def copy_until_full(source, sink):
        copied.append(sink.write(source.read()))
        if len(copied) == 20:
            raise OSError(number, os.strerror(number))

    with monkeypatch.context() as full:
        full.setattr(shutil, "copyfileobj", copy_until_full)
        message = refused("tiny")
    assert "does not fit on the disk" in message
    assert "Free some space" in message
    assert left_in(cache) == []
    assert len(data.load("tiny")) == 50, "and once there is space, it works"


def test_no_space_while_downloading(tiny, cache, monkeypatch):
    import pooch

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", full)
    assert "does not fit on the disk" in refused("tiny")
    assert left_in(cache) == []


# --- download ---------------------------------------------------------------------------------------------------------


class Quiet:
    def log_message(self, *_):
        pass


class Files(Quiet, SimpleHTTPRequestHandler):
    pass


class CutShort(Quiet, BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b"the line drops here")


@pytest.fixture
def serve():
    servers = []

    def start(handler) -> str:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/archive.tar.gz"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_download_from_the_origin_with_a_progress_bar(serve, cache, tmp_path, monkeypatch, capsys):
    files = {f"Dataset/{path}": content for path, content in tiny_files().items()}
    pack(tmp_path / "site" / "archive.tar.gz", files | {"Dataset/7/IMG_9999.JPG": b"left out"}, top="Tiny-0123abc")
    declare(monkeypatch, tiny_declaration(serve(functools.partial(Files, directory=tmp_path / "site"))))
    assert len(data.load("tiny")) == 50
    assert left_in(cache) == ["tiny"]
    assert "100%" in capsys.readouterr().err


def test_a_download_of_unknown_length(serve, cache, tmp_path, monkeypatch):
    body = pack(tmp_path / "tiny.tar.gz", tiny_files()).read_bytes()

    class NoLength(Quiet, BaseHTTPRequestHandler):  # as GitHub sends archives
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

    declare(monkeypatch, tiny_declaration(serve(NoLength)))
    assert len(data.load("tiny")) == 50


def test_a_download_that_is_not_there(serve, cache, tmp_path, monkeypatch):
    declare(monkeypatch, tiny_declaration(serve(functools.partial(Files, directory=tmp_path))))
    message = refused("tiny")
    assert "404" in message
    assert "By hand" in message
    assert left_in(cache) == []


def test_a_download_that_is_cut_short(serve, cache, monkeypatch):
    declare(monkeypatch, tiny_declaration(serve(CutShort)))
    assert "download failed" in refused("tiny")
    assert left_in(cache) == []


def test_a_download_with_the_wrong_content(serve, cache, tmp_path, monkeypatch):
    pack(tmp_path / "site" / "archive.tar.gz", {"0/IMG_1000.JPG": b"other"})
    declare(monkeypatch, tiny_declaration(serve(functools.partial(Files, directory=tmp_path / "site"))))
    assert "holds 1 of 50 files" in refused("tiny")
    assert left_in(cache) == []


def test_epochs_are_few_where_only_the_way_is_tried(monkeypatch):
    monkeypatch.delenv("COURSE_QUICK", raising=False)
    assert data.epochs(30) == 30
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert [data.epochs(full) for full in (1, 30, 150)] == [1, 1, 3]
