"""What the repository promises about itself: one truth for each fact, and nothing in it that does not belong there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.base import assignments, paths

ROOT = paths.ROOT
TRACKED = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT).stdout.splitlines()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def locked(file="requirements.lock"):
    lines = (ROOT / file).read_text().splitlines()
    pins = [re.match(r"([\w.-]+)==([\w.]+)(?: ; (.*?))? \\", line) for line in lines]
    versions = {}
    for pin in filter(None, pins):
        versions.setdefault(pin[1], pin[2])  # where there are two, the first is Python 3.11's
    return versions


@pytest.mark.parametrize(
    ("file", "extras"), [("requirements.lock", ["dev"]), ("requirements-backends.lock", ["dev", "jax", "torch"])]
)
def test_every_dependency_is_locked_with_hashes_and_without_an_index(file, extras):
    text = (ROOT / file).read_text()
    optional = PYPROJECT["project"]["optional-dependencies"]
    wanted = [*PYPROJECT["project"]["dependencies"], *(one for extra in extras for one in optional[extra])]
    assert {name_of(one) for one in wanted} <= set(locked(file))
    assert not re.search(r"https?://|--index|--find-links", text)
    pinned = re.findall(r"^[\w.-]+==[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n?)+)", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))


def test_other_backends_are_tested_with_the_same_versions_of_all_else():
    assert locked().items() <= locked("requirements-backends.lock").items()


def test_environment_yml_names_the_same_dependencies_in_the_same_versions():
    text = (ROOT / "environment.yml").read_text()
    pins = dict(re.findall(r"^      - ([\w-]+)(?:\[\w+\])?==([\w.]+)(?:;.*)? #", text, re.MULTILINE))
    assert set(pins) == {name_of(one) for one in PYPROJECT["project"]["dependencies"]}
    assert pins == {name: locked()[name] for name in pins}


def test_top_level_is_the_one_in_the_design():
    allowed = {
        ".ci",
        ".dockerignore",
        ".gitignore",
        "LICENSE",
        "Makefile",
        "README.md",
        "SECURITY.md",
        "Dockerfile",
        "data",
        "docs",
        "environment.yml",
        "grader",
    }
    allowed |= {"nbgrader_config.py", "notebooks", "pyproject.toml", "requirements.lock", "solutions", "tests"}
    allowed |= {"requirements-backends.lock", ".binder", ".devcontainer"}
    assert {path.split("/")[0] for path in TRACKED} <= allowed


@pytest.mark.parametrize("name", assignments.names())
def test_one_name_in_every_room(name):
    rooms = [
        f"notebooks/{name}/{name}.md",
        f"notebooks/{name}/{name}.ipynb",
        f"solutions/{name}.py",
        f"tests/test_{name}.py",
    ]
    assert all((ROOT / path).exists() for path in rooms)


def test_import_grader_brings_nothing_heavy():
    code = "import grader, sys; print([m for m in ('numpy', 'tensorflow', 'nbformat', 'IPython') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_check_does_not_import_tensorflow():
    lines = ["from grader import check", "from solutions.w1_conv import zero_pad", "check(zero_pad)"]
    code = "; ".join([*lines, "import sys", "print('tensorflow' in sys.modules)"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "False"


def test_nothing_large_and_no_path_of_a_machine_is_committed():
    for name in TRACKED:
        path = ROOT / name
        assert path.stat().st_size < 5_000_000, name
        if path.suffix in (".py", ".md", ".yml", ".toml", ".ipynb", "") and name != "tests/course/test_repository.py":
            assert not re.search(
                r"/home/[a-z]+/(?!work)|/Users/[a-z]+/", path.read_text().replace("/home/student", "")
            ), name


LONG = 400  # lines
# Solutions are the course's text, and have their own limits.
MODULES = [path for folder in ("grader", "data") for path in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_is_long(path):
    lines = path.read_text().splitlines()
    assert len([line for line in lines if not line.strip().startswith("### ")]) <= LONG  # nbgrader's markers


def test_every_package_of_the_grader_is_described_once_in_the_order_of_its_imports():
    described = re.findall(r"^\| `(\w+)` \| ", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    [layers] = [one["layers"] for one in PYPROJECT["tool"]["importlinter"]["contracts"] if one.get("exhaustive")]
    assert described == layers[::-1]


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md", "docs/architecture.md", "docs/authoring.md"])
def test_files_that_are_named_in_prose_are_there(page):
    text = (ROOT / page).read_text()
    named = set(re.findall(r"`((?:grader|solutions|data|tests|notebooks)/[\w/.-]+)`", text))
    # In the page on the grader's architecture, names are below grader/.
    if page == "docs/architecture.md":
        packages = "|".join(sorted(path.name for path in (ROOT / "grader").iterdir() if path.is_dir()))
        named |= {f"grader/{one}" for one in re.findall(rf"`((?:{packages})/[\w/.]*)`", text)}
    missing = [one for one in named if not (ROOT / one).exists() and not (ROOT / f"{one}.py").exists()]
    assert not missing


README = (ROOT / "README.md").read_text()


def test_every_command_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^    |`)make ([a-z-]+)", README, re.MULTILINE)) <= targets
    shown = subprocess.run([Path(sys.executable).parent / "course", "--help"], capture_output=True, text=True).stdout
    for command in set(re.findall(r"(?:bin/|`)course ([a-z]+)", README)):
        assert f" {command} " in shown, command


def test_every_link_in_the_readme_leads_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", README):
        link = target[0] or target[1]
        assert link.startswith("http") or (ROOT / link.split("#")[0]).exists(), link
