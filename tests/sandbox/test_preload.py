"""What kernels have imported before they are forked: what an assignment needs, and nothing that takes seconds besides."""

import json
import subprocess
import sys

import nbformat
import pytest

from grader.base.assignments import names
from grader.base.paths import ROOT
from grader.sandbox.preload import preload_of

IMPORTING = """
import contextlib, importlib, json, sys
for name in json.loads(sys.argv[1]):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
print(*(name for name in ("numpy", "matplotlib", "skimage.data", "keras", "tensorflow") if name in sys.modules))
"""


def released(name):
    return nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", 4)


@pytest.mark.parametrize("name", names())
def test_keras_is_imported_where_the_notebook_does(name):
    imports = any("import keras" in cell.source for cell in released(name).cells if cell.cell_type == "code")
    assert ("keras" in preload_of(released(name)).modules) == imports


def test_convolutions_in_numpy_do_not_wait_for_tensorflow():
    line = [sys.executable, "-c", IMPORTING, json.dumps(preload_of(released("w1_conv")).modules)]
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["numpy", "matplotlib", "skimage.data"]
