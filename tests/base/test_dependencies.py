"""What depends on what: a change makes anew what it touches, and leaves alone what it does not."""

import shutil

import pytest

from grader.base import dependencies
from grader.base.paths import ROOT

CACHED = [one for one in vars(dependencies).values() if hasattr(one, "cache_clear")]
PRODUCTS = {
    "marks": dependencies.of_judging,
    "keys": lambda: dependencies.of_keys("w1_conv"),
    "other keys": lambda: dependencies.of_keys("w1_keras"),
    "notebook": lambda: dependencies.of_notebook("w1_conv"),
    "executed": lambda: dependencies.of_executed_notebook("w1_conv", ""),
    "pages": dependencies.of_pages,
    "image": dependencies.of_image,
}


def digests():
    for one in CACHED:
        one.cache_clear()
    return {name: of() for name, of in PRODUCTS.items()}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The course's sources, elsewhere."""
    root = tmp_path_factory.mktemp("copy") / "course"
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.png")
    for folder in dependencies.IMAGE_FOLDERS:
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    for file in dependencies.IMAGE_FILES:
        shutil.copyfile(ROOT / file, root / file)
    return root


@pytest.fixture(autouse=True)
def elsewhere(copy, monkeypatch):
    monkeypatch.setattr(dependencies, "ROOT", copy)
    monkeypatch.setattr(dependencies, "GRADER", copy / "grader")
    yield
    for one in CACHED:
        one.cache_clear()


@pytest.mark.parametrize(
    ("file", "touched"),
    [
        ("grader/presentation/mark_view.py", {"pages", "executed"}),
        ("grader/reports/templates/feedback/page.css", {"pages"}),
        ("grader/gradebook/recorder.py", {"pages", "notebook"}),
        ("grader/scoring/comparison.py", {"marks", "keys", "other keys", "executed"}),
        ("grader/spec/observers/models.py", {"marks", "keys", "other keys", "notebook", "executed"}),
        ("grader/sandbox/inside/ask.py", {"marks"}),
        ("grader/judging/judge.py", {"marks"}),
        ("grader/student/notebook/check.py", {"executed"}),
        ("grader/student/submit.py", set()),
        ("grader/batch/workers.py", set()),
        ("grader/exercises/w1_conv/zero_pad.py", {"keys", "notebook", "executed"}),
        ("grader/exercises/w1_conv/variants/loops.py", {"keys", "notebook", "executed"}),
        ("grader/authoring/trial.py", set()),
        ("solutions/w1_conv.py", {"keys", "notebook", "executed"}),
        ("notebooks/w1_conv/w1_conv.md", {"notebook", "executed"}),
        ("data/loader.py", {"marks", "keys", "other keys", "executed"}),
        ("data/weights/mobilenet_v2.npz", {"marks", "keys", "other keys", "executed"}),
        ("data/weights/mobilenet_v2.md", set()),
        ("requirements.lock", set()),
    ],
)
def test_a_change_touches_what_is_made_from_it(copy, file, touched):
    before = digests()
    path = copy / file
    old = path.read_bytes()
    path.write_bytes(old + b"\n# changed\n")
    after = digests()
    path.write_bytes(old)
    assert {name for name in before if before[name] != after[name]} == touched | {"image"}


@pytest.mark.parametrize("library", ["tensorflow", "keras", "numpy"])
def test_another_version_of_a_library_that_computes_makes_marks_and_keys_anew(monkeypatch, library):
    before = digests()
    version = dependencies._version
    monkeypatch.setattr(dependencies, "_version", lambda name: "99" if name == library else version(name))
    after = digests()
    assert {"marks", "keys", "executed"} <= {name for name in before if before[name] != after[name]}
    assert before["pages"] == after["pages"]


def test_versions_are_those_that_are_installed():
    assert dependencies._version("tensorflow")[0].isdigit()
    assert dependencies._version("no-such-library") == "missing"


def test_without_sources_there_is_no_digest_of_keys():
    assert dependencies.of_keys("w9_elsewhere") == ""
