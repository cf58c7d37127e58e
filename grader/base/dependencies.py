"""The digests that decide when something kept on disk must be made again; no other module decides this.

Each function names what a product is made from: packages of the grader, other files, and installed libraries. Code that
keeps such a product stores the digest with it and compares. Marks depend on the code that judges, not on the code that
displays them; pages depend on both.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from grader.base.keras_backend import keras_backend
from grader.base.paths import ROOT

GRADER = ROOT / "grader"
# The packages whose code decides a mark.
DECLARING = ("base", "spec")
JUDGING = (*DECLARING, "submission", "sandbox", "scoring", "judging")
SHOWING = ("presentation", "reports", "gradebook")
CHECKING = (*DECLARING, "scoring", "presentation", "student/notebook")
IMAGE_FILES = (".dockerignore", "Dockerfile", "pyproject.toml", "requirements.lock")
IMAGE_FOLDERS = ("data", "grader", "notebooks", "solutions")
# The libraries that the values of a reference depend on, and those that the cells of a hand-in run on.
COMPUTING = ("numpy", "scipy", "keras", "tensorflow")
RUNNING = (*COMPUTING, "matplotlib", "ipykernel", "ipython", "nbformat")


@cache
def of_judging() -> str:
    """Return the digest of everything that decides marks except the assignment: code, data with weights, libraries."""
    return digest(platform.python_version(), _libraries(RUNNING), _packages(JUDGING), _data())


@cache
def of_keys(assignment: str) -> str:
    """Return the digest of what an assignment's answer keys are made from; empty if the sources are not here."""
    sources = _sources(assignment)
    if not sources:
        return ""
    return digest(_of_all_keys(), _files(sources))


@cache
def _of_all_keys() -> str:
    """Return the digest of what the keys of all assignments have in common: `check` asks for each assignment's."""
    return digest(_libraries(COMPUTING), _packages((*DECLARING, "scoring")), _data())


def of_notebook(assignment: str) -> str:
    """Return the digest of what an assignment's notebooks are built from."""
    prose = ROOT / "notebooks" / assignment / f"{assignment}.md"
    code = _packages((*DECLARING, "submission", "gradebook", "publishing"))
    return digest(code, _files([prose, *_sources(assignment)]))


def of_executed_notebook(assignment: str, settings: str) -> str:
    """Return the digest of what the outputs of a notebook depend on.

    Arguments:
        settings -- the environment, and which data sets are here
    """
    prose = ROOT / "notebooks" / assignment / f"{assignment}.md"
    making = [GRADER / "publishing" / name for name in ("build.py", "site/execution.py")]
    libraries = _libraries((*COMPUTING, "matplotlib"))
    return digest(settings, libraries, _packages(CHECKING), _data(), _files([prose, *making, *_sources(assignment)]))


@cache
def of_pages() -> str:
    """Return the digest of what decides how feedback pages look."""
    return digest(_libraries(("nbconvert",)), _packages(SHOWING))


def of_image() -> str:
    """Return the digest of the files that a container's image is made from, as .dockerignore selects them."""
    single = [ROOT / name for name in IMAGE_FILES]
    folders = [path for name in IMAGE_FOLDERS for path in _below(ROOT / name)]
    return digest(_files([*single, *(path for path in folders if path.suffix != ".ipynb")]))


def digest(*texts: str) -> str:
    """Return the SHA-256 of some texts, in hex."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _packages(names: Iterable[str]) -> str:
    return _files(path for name in sorted(set(names)) for path in _below(GRADER / name))


@cache
def _data() -> str:
    """Return the digest of loaders, generators and weights, without the code that trains the weights."""
    training = ROOT / "data" / "pretraining"
    return _files(path for path in _below(ROOT / "data") if training not in path.parents and path.suffix != ".md")


def _sources(assignment: str) -> list[Path]:
    """Return the solution and declarations of an assignment; nothing if one of them is missing, as in a class kit."""
    solution = ROOT / "solutions" / f"{assignment}.py"
    declared = _below(GRADER / "exercises" / assignment)
    return [solution, *declared] if solution.exists() and declared else []


def _libraries(names: Iterable[str]) -> str:
    versions = [f"{name} {_version(name)}" for name in sorted(names)]
    return "\n".join([*versions, f"keras on {keras_backend()}"])


def _version(name: str) -> str:
    """Return the version of a library; TensorFlow has more than one distribution."""
    for distribution in (name, f"{name}-cpu"):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return "missing"


def _below(folder: Path) -> list[Path]:
    hidden = ("__pycache__", ".ipynb_checkpoints")
    return sorted(path for path in folder.rglob("*") if path.is_file() and not set(hidden) & set(path.parts))


def _files(paths: Iterable[Path]) -> str:
    """Return the digest of files, made from their paths in the course and their contents."""
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()
