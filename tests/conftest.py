"""What the tests share: a course built once a worker, and what is needed to judge hand-ins of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import warnings
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if "PYTEST_XDIST_WORKER" in os.environ:  # as many as there are cores: more threads would only wait for each other
    for limit in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(limit, "1")

import nbformat
import pytest
from hypothesis import given, settings

from grader.audit import sample_hand_ins
from grader.authoring import trial
from grader.base.assignments import names
from grader.base.course import Course
from grader.base.paths import ROOT
from grader.judging.judge import judge
from grader.judging.rulebook import Rulebook
from grader.publishing import build, kit
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.limits import Limits
from grader.sandbox.preload import preload_of
from grader.scoring.assessment import assess
from grader.spec.registry import load

# Their models take a second each to build: `make test` looks at them at one seed, `make test-all` at all.
NAMES = names()
LONG = tuple(name for name in NAMES if "keras" in (ROOT / "solutions" / f"{name}.py").read_text())


def committed(name):
    """The student's notebook of an assignment, as it is in the repository."""
    return ROOT / "notebooks" / name / f"{name}.ipynb"


# What axe-core is asked: all of WCAG 2.2 at level AA that a program can see.
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def group_of(nodeid):
    """Return what one worker runs: the tests of a file or, where they ask every assignment, those about one assignment."""
    file, _, test = nodeid.partition("::")
    about = [name for name in NAMES if re.search(rf"\[{name}\b", test)]
    return "::".join([file, *about[:1]])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `--dist loadscope`, let one worker run each group: its tests share what takes long to make."""
    from xdist.scheduler import LoadScopeScheduling

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = group_of
    return scheduling


class Times:
    """The seconds that each part of the tests has taken, over all workers."""

    def __init__(self):
        self.seconds, self.tests = {}, {}

    def pytest_runtest_logreport(self, report):
        part = "/".join(report.nodeid.partition("::")[0].split("/")[:2])
        self.seconds[part] = self.seconds.get(part, 0) + report.duration
        self.tests[part] = self.tests.get(part, 0) + (report.when == "call")

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.section("seconds of a core")
        for part, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            terminalreporter.line(f"{seconds:8.1f} s  {self.tests[part]:5} tests  {part}")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # in the process that the workers report to
        config.pluginmanager.register(Times())


# A busy machine is slow, not wrong.
settings.register_profile("course", deadline=None)
settings.load_profile("course")


def forall(examples, *strategies):
    """So many examples of what hypothesis draws."""
    return lambda test: settings(max_examples=examples)(given(*strategies)(test))


@pytest.fixture
def no_warning():
    """A division by 0 and the like fail the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A course in a folder of its own, with its first assignment built."""
    course = Course(tmp_path_factory.mktemp("course"))
    build.ensure("w1_conv", course)
    return course


@pytest.fixture(scope="session")
def released(course):
    return nbformat.read(course.release("w1_conv"), 4)


@pytest.fixture(scope="session")
def new_course(tmp_path_factory):
    """Makes courses, each in a folder, whose first assignment is built without the cells that only show something.

    They are not run for grading, but each feedback page would hold them, and stock nbgrader runs them.
    """
    first = Course(tmp_path_factory.mktemp("short"))
    build.ensure("w1_conv", first)
    for path in (first.release("w1_conv"), first.path("source", "w1_conv") / "w1_conv.ipynb"):
        nbformat.write(sample_hand_ins.without_given_figures(nbformat.read(path, 4)), path)

    def make(folder):
        course = Course(Path(shutil.copytree(first.folder, folder, dirs_exist_ok=True)))
        build.mark_as_built("w1_conv", course)
        return course

    return make


@pytest.fixture(scope="session")
def short(released):
    """What is released in a course of `new_course`."""
    return sample_hand_ins.without_given_figures(released)


@pytest.fixture(scope="session")
def scheduler(released):
    """The address of a Dask scheduler with a worker in this process, whose kernels come from one fork server.

    Those of `course grade` take 3 s to start, and so much of a core.
    """
    import distributed

    from grader.batch import workers

    with (
        ForkServer(preload_of(released), Limits()) as lent,
        pytest.MonkeyPatch.context() as patch,
        distributed.LocalCluster(1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
    ):

        def supplied(limits, sandboxed, warm, preload, fork_server, cores):
            return KernelFactory(limits, sandboxed, warm, preload, fork_server or lent.address, cores)

        patch.setattr(workers, "KernelFactory", supplied)
        yield cluster.scheduler_address


@pytest.fixture(scope="session")
def assignment():
    return load("w1_conv")


@pytest.fixture(scope="session")
def rulebook(released, assignment):
    """Hidden cases, and short time limits."""
    limits = Limits(cell_seconds=15, exercise_seconds=5, submission_seconds=60)
    return Rulebook.draw(assignment, released, 20261120, limits)


@pytest.fixture(scope="session")
def kernels(rulebook):
    """Kernels forked from one process, as a whole class gets them."""
    with KernelFactory(rulebook.limits, rulebook.sandboxed, True, preload_of(rulebook.released)) as factory:
        yield factory


@pytest.fixture
def grade(rulebook, assignment, kernels):
    """Grade a hand-in that is right but for what the arguments say."""

    def grade_with(instead=None, cell="", place=2):
        notebook = sample_hand_ins.solved(rulebook.released, assignment, instead)
        if cell:
            sample_hand_ins.add_cell(notebook, cell, place)
        return judge(nbformat.writes(notebook).encode(), rulebook, kernels)

    return grade_with


def points_of_slip(one):
    """What the first slip of an exercise earns: it is right in some cases."""
    key = trial.drawn(one, 1)
    return assess(key, [case.slips[0] for case in key.cases]).points


@pytest.fixture(scope="session")
def kit_file(tmp_path_factory, course):
    """The class kit of the first assignment."""
    path = tmp_path_factory.mktemp("kit") / "kit.zip"
    kit.write("w1_conv", course, path)
    return path


@pytest.fixture(scope="session")
def kit_folder(kit_file):
    """The kit, unpacked."""
    folder = kit_file.parent / "machine"
    with zipfile.ZipFile(kit_file) as file:
        file.extractall(folder)
    return folder / kit.FOLDER


@pytest.fixture(scope="session")
def kit_installed(kit_folder):
    """The kit set up as its README says, but for packages, which are lent."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", kit_folder / ".venv"], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    lent = kit_folder / ".venv" / "lib" / version / "site-packages" / "lent.pth"
    lent.write_text(sysconfig.get_paths()["purelib"] + "\n")
    for name in ("share/jupyter/lab", "share/jupyter/labextensions", "etc/jupyter"):
        (kit_folder / ".venv" / name).parent.mkdir(parents=True, exist_ok=True)
        (kit_folder / ".venv" / name).symlink_to(Path(sys.prefix, name))
    python = kit_folder / ".venv" / "bin" / "python"
    options = ["-q", "--no-index", "--no-deps", "--no-build-isolation"]
    line = [sys.executable, "-m", "pip", "--python", python, "install", *options, "--editable", "."]
    subprocess.run(line, cwd=kit_folder, check=True, capture_output=True)
    return kit_folder


def fetch(address):
    """What a JupyterLab of these tests answers."""
    with urllib.request.urlopen(f"{address}{'&' if '?' in address else '?'}token=word", timeout=20) as answer:
        return answer.read().decode()


@pytest.fixture
def served(tmp_path):
    """Starts `course lab`: its process, its address and where it opens; nothing of it is left afterwards.

    Its arguments: the folder of an environment that has the command, more words of the command line, and environment variables.
    """
    processes = []

    def serve(*arguments, environment_of=sys.prefix, **variables):
        log = tmp_path / f"lab{len(processes)}.log"
        own = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
        inherited = {key: value for key, value in os.environ.items() if key != "JPY_PARENT_PID"}
        line = ["lab", *arguments, "--no-browser", "--ServerApp.port=0", "--IdentityProvider.token=word"]
        with log.open("w") as output:
            process = subprocess.Popen(
                [Path(environment_of, "bin", "course"), *line],
                stdout=output,
                stderr=output,
                env={**inherited, **own, **variables},
            )
        processes.append(process)
        for _ in range(1200):  # two minutes
            found = re.search(r"(http://127\.0\.0\.1:\d+)(/\S*)\?token", log.read_text())
            try:
                if found and fetch(f"{found[1]}/api/status"):
                    return process, found[1], found[2]
            except urllib.error.URLError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"JupyterLab did not start: {log.read_text()}")

    yield serve
    for process in processes:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def accessibility_flaws(page, within=None):
    """What axe-core finds on a page, or in the elements that a selector names: the rule, the element and what to do."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page, within, WCAG).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:120]}: {' '.join(node['failureSummary'].split())}"
        for rule in violations
        for node in rule["nodes"]
    ]


@pytest.fixture(scope="module")
def browser():
    """Chromium, where it is installed. Not for longer than a module: while it runs, no other event loop may."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium is installed (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()
