"""JupyterLab's start page, how it is started, and the kernel that says why it has no GPU."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from conftest import fetch
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from grader.base.assignments import names
from grader.base.paths import ROOT
from grader.cli import lab
from grader.scoring import visible_key
from grader.student import gpu, kernelspecs, start_page
from grader.student.notebook import record
from grader.student.notebook.opening import opening

NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RECORD", tmp_path / "progress.json")


def passing(*functions):
    record.RECORD.write_text(json.dumps({"passed": dict.fromkeys(functions, True)}))


def test_the_start_page_has_every_assignment_in_its_order_with_what_it_takes():
    page = start_page.page(NOTEBOOKS)
    links = re.findall(r"^\| \d \| \[.+?\]\((\w+)/\w+\.ipynb\)", page, re.MULTILINE)
    assert sorted(links) == names()
    assert links.index("w2_resnet") < links.index("w2_mobilenet")
    assert links.index("w3_yolo") < links.index("w3_unet")
    for name in links:
        about = opening(NOTEBOOKS / name / f"{name}.ipynb")
        assert about.title in page and about.time.partition(",")[0] in page
        assert "hour" in about.time and "GB" in about.needs
    for what in ("Kernels", "GPU", "Data"):
        assert f"**{what}**" in page


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"cells": []}', '{"cells": [{"cell_type": "markdown", "source": "Mine"}]}']
)
def test_a_notebook_without_its_opening_is_listed_by_its_name(content, tmp_path):
    (tmp_path / "w1_conv").mkdir()
    (tmp_path / "w1_conv" / "w1_conv.ipynb").write_text(content)
    assert "[w1_conv](w1_conv/w1_conv.ipynb)" in start_page.page(tmp_path)


def test_the_start_page_says_where_one_stands_and_what_comes_next():
    asked = re.findall(r'"check_(\w+)"', (NOTEBOOKS / "w1_conv" / "w1_conv.ipynb").read_text())
    first, second = list(dict.fromkeys(asked))[:2]
    assert f"Begin with `{first}` in" in start_page.page(NOTEBOOKS)
    passing(first)
    page = start_page.page(NOTEBOOKS)
    assert f"Go on with `{second}`" in page and "1 of 15 functions" in page
    everything = [one for name in visible_key.assignments() for one in visible_key.points(name)]
    passing(*everything)
    assert f"{len(everything)} of {len(everything)} functions pass" in start_page.page(NOTEBOOKS)
    assert "Everything passes." in start_page.page(NOTEBOOKS)


def test_data_that_is_not_here_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path))
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    assert "Not here yet: sign_digits" in start_page.page(NOTEBOOKS)


def test_course_lab_serves_the_notebooks_and_ends_when_it_is_told_to(served, tmp_path, monkeypatch):
    process, address, path = served()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))  # where servers of this test are on record
    assert path == "/lab/tree/start.md"
    listed = {one["name"] for one in json.loads(fetch(f"{address}/api/contents"))["content"]}
    assert {"start.md", *names()} <= listed
    inside = {one["name"] for one in json.loads(fetch(f"{address}/api/contents/w1_conv"))["content"]}
    assert inside == {"w1_conv.ipynb"}
    assert set(kernelspecs.KERNELS) <= set(json.loads(fetch(f"{address}/api/kernelspecs"))["kernelspecs"])
    port = address.rpartition(":")[2]
    assert [one for one in lab.open_already(NOTEBOOKS) if f":{port}/lab" in one]
    assert not lab.open_already(NOTEBOOKS / "w1_conv")
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    assert not [one for one in lab.open_already(NOTEBOOKS) if f":{port}/lab" in one]
    with pytest.raises(urllib.error.URLError):
        fetch(address)


def test_the_start_page_follows_what_is_checked(monkeypatch, tmp_path):
    written = []
    monkeypatch.setattr(start_page, "write", lambda: written.append(record.RECORD.read_text()))
    monkeypatch.setattr(lab, "LOOK_SECONDS", 0.05)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1.5)"])

    def check_something(*_):
        passing("zero_pad")
        signal.setitimer(signal.ITIMER_REAL, 0)

    before = signal.signal(signal.SIGALRM, check_something)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        assert lab._keep(process) == 0
    finally:
        signal.signal(signal.SIGALRM, before)
    assert written == ['{"passed": {"zero_pad": true}}']


def run_in(kernel, source):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(book, timeout=60, kernel_name=kernel).execute()
    return book.cells[0].outputs


@pytest.mark.skipif(bool(gpu.seen()), reason="there is a GPU here")
def test_without_a_gpu_its_kernel_answers_with_a_sentence():
    kernelspecs.install()
    with pytest.raises(CellExecutionError, match=r"No GPU is seen on this machine\. Choose .*Convnets \(CPU\)"):
        run_in("convnets-gpu", "print(1)")
    assert run_in("convnets-cpu", "import os; print(os.environ['CUDA_VISIBLE_DEVICES'])")[0].text == "-1\n"


def test_a_tensorflow_without_cuda_is_told_from_one_with_it(monkeypatch):
    monkeypatch.setattr(gpu, "seen", lambda: ["NVIDIA H200"])
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setattr(gpu, "_tensorflow_has_cuda", lambda: False)
    assert gpu.refusal().startswith("NVIDIA H200 is there, but the TensorFlow installed here cannot use it.")
    monkeypatch.setattr(gpu, "_tensorflow_has_cuda", lambda: True)
    assert gpu.refusal() == ""
    monkeypatch.setattr(gpu, "_tensorflow_has_cuda", lambda: False)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert gpu.refusal() == ""


def test_where_there_is_a_gpu_its_kernel_is_an_ordinary_one(monkeypatch):
    from grader.student import gpu_kernel

    started = []
    monkeypatch.setattr(gpu_kernel.IPKernelApp, "launch_instance", lambda kernel_class: started.append(kernel_class))
    monkeypatch.setattr(gpu, "refusal", lambda: "")
    gpu_kernel.main()
    monkeypatch.setattr(gpu, "refusal", lambda: "No GPU.")
    gpu_kernel.main()
    assert started == [gpu_kernel.IPythonKernel, gpu_kernel.Refusing]


def test_kernels_of_an_older_course_count_as_missing(monkeypatch):
    old = {"convnets-cpu": {"spec": {"argv": ["python", "-m", "ipykernel_launcher"]}}}
    old["convnets-gpu"] = old["convnets-cpu"]
    monkeypatch.setattr(kernelspecs.KernelSpecManager, "get_all_specs", lambda self: old)
    assert kernelspecs.missing() == ["Convnets (GPU)"]


def test_instructors_get_the_whole_course():
    line = lab.command(instructor=True)
    assert f"--ServerApp.root_dir={ROOT}" in line
    assert not any("hide_globs" in word for word in line)
    for role in ("student", "instructor"):
        folder = next(
            Path(word.partition("=")[2]) for word in lab.command(role == "instructor") if "app_settings_dir" in word
        )
        assert {path.name for path in folder.iterdir()} == {"overrides.json", "page_config.json"}
        assert all(json.loads(path.read_text()) for path in folder.iterdir())


def test_the_page_is_written_in_no_time():
    began = time.perf_counter()
    start_page.page(NOTEBOOKS)
    assert time.perf_counter() - began < 5
