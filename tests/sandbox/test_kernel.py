"""The sandboxed kernel: what hangs, dies, floods or grows is stopped, told in words, and leaves nothing behind."""

import os
import re
import signal
import socket
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from grader.sandbox import bubblewrap, spawner
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.kernel import KernelFailed
from grader.sandbox.kernel_factory import KernelFactory, share
from grader.sandbox.limits import Limits
from grader.sandbox.preload import Preload

WAYS = ("cold", "warm")


@contextmanager
def started(limits, warm, sandboxed=True):
    """A kernel, forked from a fork server or started on its own."""
    with KernelFactory(limits, sandboxed, warm, Preload(["numpy"])) as kernels, kernels.start() as kernel:
        assert kernels.why_cold == ("" if warm else "not asked for")
        yield kernel


@pytest.fixture(scope="module", params=WAYS)
def kernel(request):
    with started(Limits(), request.param == "warm") as kernel:
        yield kernel


def test_code_runs_and_its_outputs_come_back(kernel):
    outcome = kernel.run("print('a'); print('b'); 1 + 1", 10)
    assert [output["output_type"] for output in outcome.outputs] == ["stream", "execute_result"]
    assert outcome.outputs[0]["text"] == "a\nb\n"
    assert outcome.outputs[1]["data"]["text/plain"] == "2"


def test_an_exception_is_no_end(kernel):
    assert kernel.run("1 / 0", 10).raised == "ZeroDivisionError"
    assert kernel.run("raise SystemExit", 10).raised == "SystemExit"
    assert not kernel.run("1", 10).raised


@pytest.mark.parametrize("code", ["print('x' * 100_000_000)", "for i in range(100):\n    print('x' * 1_000_000)"])
def test_a_flood_is_cut_and_the_kernel_lives(kernel, code):
    outcome = kernel.run(code, 60)
    assert outcome.cut
    assert not outcome.stopped
    assert kernel.run("21 * 2", 10).outputs[0]["data"]["text/plain"] == "42"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while True: pass", "stopped after 1 s"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "stopped after 1 s"),
        ("import os; os._exit(7)", "exit status 7"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("x = [bytearray(10_000_000) for _ in range(1000)]", "memory"),
        ("import os\nwhile True: os.fork()", "processes"),
        (
            "import threading as t, time\nfor _ in range(900):\n    try:\n        t.Thread(target=time.sleep, args=[9]).start()\n"
            "    except RuntimeError:\n        pass  # no more can be started\ntime.sleep(9)",
            "threads",
        ),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_what_ends_a_kernel_is_told(code, reason, way):
    limits = Limits(memory=600_000_000, processes=5, threads=100)
    with started(limits, way == "warm") as kernel:
        seconds = 1 if "after" in reason else 30
        outcome = kernel.run(code, seconds)
        assert reason in outcome.stopped
        assert reason in kernel.run("1", 1).stopped


@pytest.mark.parametrize("way", WAYS)
def test_a_full_disk_is_the_students_error_only(way):
    with started(Limits(disk=20_000_000), way == "warm") as kernel:
        outcome = kernel.run("open('big', 'wb').write(bytes(100_000_000))", 30)
        assert outcome.raised == "OSError"
        assert kernel.run("1 + 1", 10).outputs


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("import os; os.listdir(os.path.expanduser('~'))", None),
        ("import os; os.getuid()", "1000"),
        ("import socket; socket.create_connection(('1.1.1.1', 53), 1)", "OSError"),
        ("import solutions", "ModuleNotFoundError"),
        ("import grader.exercises", "ModuleNotFoundError"),
        ("import data; len(data.load('photographs').images) > 5", "True"),
        ("from grader import check; check(len)", ""),
        ("open('/usr/x', 'w')", "OSError"),
        ("open('/x', 'w')", "OSError"),
        ("import os; 'COURSE_FOLDER' in os.environ", "False"),
        ("open('/proc/sys/kernel/core_pattern', 'w')", "OSError"),
        ("import ctypes; ctypes.CDLL(None).unshare(0x10000000)", "-1"),  # a user namespace of its own
        ("open('/proc/self/status').read().split('CapPrm:')[1].split()[0].strip('0')", "''"),
        ("import os; sum(name.isdigit() for name in os.listdir('/proc')) <= 4", "True"),
    ],
)
def test_inside_there_is_only_what_belongs_there(kernel, code, answer):
    outcome = kernel.run(code, 20)
    shown = (
        outcome.outputs[-1]["data"]["text/plain"]
        if outcome.outputs and "data" in outcome.outputs[-1]
        else outcome.raised
    )
    if answer is not None:
        assert shown == answer
    assert "solutions" not in str(shown) or answer == "ModuleNotFoundError"


def test_the_repository_is_not_there(kernel):
    root = Path(bubblewrap.ROOT)
    paths = [str(root / name) for name in ("solutions", "grader", ".course", "tests")]
    code = f"import os; [os.path.exists(path) for path in {paths!r}]"
    assert kernel.run(code, 10).outputs[0]["data"]["text/plain"] == "[False, False, False, False]"


FILES = "import time\nfor i in range(10_000):\n    open(f'/tmp/{i}', 'w').close()\ntime.sleep(9)"


def test_too_many_files_are_refused_or_end_the_kernel():
    limits = Limits(files=2000)
    with started(limits, warm=True) as kernel:
        assert kernel.run(FILES, 30).raised == "OSError"
    with started(limits, warm=False) as kernel:
        assert "made more than 2000 files" in kernel.run(FILES, 30).stopped


@pytest.mark.parametrize("way", WAYS)
def test_a_socket_that_is_swapped_for_a_link_leads_nowhere(way, tmp_path):
    """The flood makes the grader connect anew; it must not follow what lies in the socket's place then."""
    ours = socket.socket(socket.AF_UNIX)
    ours.bind(str(tmp_path / "ours"))
    ours.listen()
    ours.settimeout(0.1)
    swap = "import glob, os\nfor name in glob.glob('/tmp/k-*'):\n    os.remove(name)"
    swap += f"; os.symlink({str(tmp_path / 'ours')!r}, name)"
    with started(Limits(), way == "warm") as kernel:
        kernel.run(f"{swap}\nprint('x' * 100_000_000)", 60)
        kernel.run("1 + 1", 5)
        with pytest.raises(TimeoutError):
            ours.accept()
    ours.close()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_left_behind(way):
    folders = set(Path("/tmp").glob(f"cn-{os.getpid()}-*"))  # of kernels that other tests keep
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with started(Limits(), way == "warm") as kernel:
        kernel.run("import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)", 10)
        assert kernel.process.status() is None
    time.sleep(0.2)
    assert kernel.process.status() is not None
    assert set(Path("/tmp").glob(f"cn-{os.getpid()}-*")) == folders
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    assert not any(
        process.info["cmdline"][:2] == ["sleep", "1000"]
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"]
    )


def test_without_bubblewrap_grading_stops_with_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(bubblewrap.NoSandbox, match="apt install bubblewrap"):
        bubblewrap.require()


def test_where_no_sandbox_can_be_built_grading_stops_with_a_sentence(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(bubblewrap.NoSandbox, match="Permission denied"):
        bubblewrap.require()


def test_a_kernel_without_a_sandbox_runs_where_it_is_asked_for():
    with started(Limits(), warm=False, sandboxed=False) as kernel:
        assert kernel.run("from grader import check; check(1); 3", 10).outputs[0]["data"]["text/plain"] == "3"


def test_a_starter_that_has_forked_many_kernels_makes_room_for_a_new_one(monkeypatch):
    monkeypatch.setattr(spawner, "KERNELS", 2)
    with KernelFactory(Limits(), warm=True) as kernels:
        seen = []
        for _ in range(5):
            kernels.start().close()
            seen.append(kernels.spawner.pid)
        assert seen[0] == seen[1] != seen[2] == seen[3] != seen[4]


def test_where_no_fork_server_can_be_started_kernels_start_cold_and_say_why(monkeypatch):
    monkeypatch.setattr(bubblewrap, "command_of_fork_server", lambda preload, limits: ["false"])
    with KernelFactory(Limits(), warm=True) as kernels, kernels.start() as kernel:
        assert kernel.run("1 + 1", 10).outputs
        assert re.fullmatch(r"No warm start: the fork server did not start( \(.+\))?\.", kernels.why_cold)


def test_where_an_import_starts_threads_kernels_start_cold(monkeypatch, tmp_path):
    """A fork has one thread only: what the others had locked stays locked in it."""
    ours = str(Path(bubblewrap.__file__).parent / "inside" / "fork_server.py")
    threaded = tmp_path / "fork_server.py"
    start = "import threading, time\nthreading.Thread(target=time.sleep, args=[99], daemon=True).start()\n"
    threaded.write_text(start + Path(ours).read_text())
    command = bubblewrap.command_of_fork_server("{}", Limits())
    preload = '{"modules": [], "datasets": []}'
    swapped = [{ours: str(threaded), "{}": preload}.get(word, word) for word in command]
    monkeypatch.setattr(bubblewrap, "command_of_fork_server", lambda preload, limits: swapped)
    with KernelFactory(Limits(), warm=True) as kernels, kernels.start() as kernel:
        assert kernel.run("1 + 1", 10).outputs
        assert kernels.why_cold == "No warm start: an import has started threads of its own."


def test_spawners_and_fork_servers_that_die_are_replaced():
    with KernelFactory(Limits(), warm=True) as kernels:
        for dies in ("spawner", "fork_server"):
            kernels.start().close()
            dead = getattr(kernels, dies)
            os.kill(dead.pid if dies == "spawner" else dead.process.pid, signal.SIGKILL)
            with kernels.start() as kernel:
                assert kernel.run("1 + 1", 10).outputs
            assert not kernels.why_cold


def test_a_kernel_that_is_lost_with_its_spawner_is_not_the_students_fault():
    with KernelFactory(Limits(), warm=True) as kernels, kernels.start() as kernel:
        os.kill(kernels.spawner.pid, signal.SIGKILL)
        with pytest.raises(KernelFailed):
            kernel.run("import time; time.sleep(9)", 20)


def test_one_fork_server_serves_many_and_who_leaves_takes_the_kernel_along():
    with ForkServer(Preload(["numpy"]), Limits()) as fork_server:
        kernels = [KernelFactory(Limits(), warm=True, fork_server=fork_server.address) for _ in range(3)]
        running = [one.start() for one in kernels]
        for kernel in running:
            assert kernel.run("import sys; 'numpy' in sys.modules", 10).outputs[0]["data"]["text/plain"] == "True"
        families = [psutil.Process(pid) for kernel in running for pid in kernel.process.family()]
        assert len(families) == 6
        assert all(one.fork_server is None for one in kernels)
        for one in kernels:
            one.spawner.line.shutdown(socket.SHUT_RDWR)  # as it is where a worker is killed
        gone, alive = psutil.wait_procs(families, timeout=10)
        assert (len(gone), alive) == (6, [])
        with KernelFactory(Limits(), warm=True, fork_server=fork_server.address) as fourth, fourth.start() as kernel:
            assert kernel.run("1 + 1", 10).outputs
            assert fourth.fork_server is None
        for kernel, one in zip(running, kernels, strict=True):
            kernel.close()
            one.close()
    assert not Path(fork_server.folder).exists()


HEARS = """
import os, pty, socket, threading
tcp, name = socket.create_server(("127.0.0.1", 4321)), socket.socket(socket.AF_UNIX)
name.bind("\\0course")
name.listen()
ours, theirs = pty.openpty()
socket.create_connection(("127.0.0.1", 4321), 5).close()
os.listdir("/dev/pts")
"""
SPEAKS = """
import socket
heard = []
for kind, address in ((socket.AF_INET, ("127.0.0.1", 4321)), (socket.AF_UNIX, "\\0course")):
    with socket.socket(kind) as one:
        heard.append(one.connect_ex(address) == 0)
import os
heard + sorted(os.listdir("/dev/pts"))
"""


def test_two_kernels_that_live_at_once_do_not_meet():
    with ForkServer(Preload(), Limits()) as fork_server, ExitStack() as stack:
        one, other = (
            stack.enter_context(
                stack.enter_context(KernelFactory(Limits(), warm=True, fork_server=fork_server.address)).start()
            )
            for _ in range(2)
        )
        assert one.run(HEARS, 20).outputs[0]["data"]["text/plain"] == "['0', 'ptmx']"
        assert other.run(SPEAKS, 20).outputs[0]["data"]["text/plain"] == "[False, False, 'ptmx']"


def test_pictures_that_are_loaded_once_are_each_kernels_own():
    code = "import data; images = data.load('digits', split='test').images; images[:] += 1; int(images.sum())"
    drawn = set()
    with KernelFactory(Limits(), warm=True, preload=Preload(["data"], [("digits", {"split": "test"})])) as kernels:
        for _ in range(2):
            with kernels.start() as kernel:
                drawn.add(kernel.run(f"{code}", 20).outputs[0]["data"]["text/plain"])
                drawn.add(kernel.run(f"{code}", 20).outputs[0]["data"]["text/plain"])
    with started(Limits(), warm=False) as kernel:
        drawn.add(kernel.run(code, 20).outputs[0]["data"]["text/plain"])
    assert len(drawn) == 1


def test_random_numbers_are_not_those_of_the_kernel_before():
    with KernelFactory(Limits(), warm=True, preload=Preload(["numpy"])) as kernels:
        drawn = set()
        for _ in range(2):
            with kernels.start() as kernel:
                code = "import numpy as np, random; (np.random.rand(), random.random())"
                drawn.add(kernel.run(code, 10).outputs[0]["data"]["text/plain"])
        assert len(drawn) == 2


@contextmanager
def little_memory(most):
    """Whatever is done meanwhile, this process never has so many bytes more in memory than before."""

    def high():
        status = Path("/proc/self/status").read_text()
        return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) * 1024 for name in ("VmHWM", "VmRSS")]

    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is now what it is
    before = high()[1]
    yield
    assert high()[0] - before < most


FLOODS = {
    "large messages to the shell's socket": "for _ in range(500): send(kernel.shell_stream.socket, b'x' * 900_000)",
    "too large a message to the shell's socket": "send(kernel.shell_stream.socket, b'x' * 200_000_000)",
    "large messages among the outputs": "for _ in range(500): send(kernel.iopub_socket, b'x' * 7_000_000)",
    "a message of lists": "send(kernel.iopub_socket, b'[' + b'[],' * 2_000_000 + b'[]]')",
    "a message of objects": "send(kernel.iopub_socket, b'[' + b'{},' * 2_000_000 + b'{}]')",
    "texts of an exception": "class E(Exception):\n    __str__ = lambda self: 'x' * 100_000_000\nraise E",
    "names of kinds": "for _ in range(100): get_ipython().display_pub.publish({'k' * 1_000_000: 'x'})",
    "wide characters": "for _ in range(100): print('\N{SNAKE}' + 'x' * 1_000_000, flush=True)",
}
SEND = """
kernel = get_ipython().kernel
def send(socket, body):
    parent = kernel.get_parent('shell')
    message = kernel.session.msg('stream', {}, parent)
    frames = kernel.session.serialize(message)
    frames[-1] = body
    frames[2] = kernel.session.sign(frames[3:])
    getattr(socket, 'send_multipart')([b'x', *frames[1:]])
"""


@pytest.mark.parametrize("what", FLOODS)
def test_no_flood_takes_memory_from_the_grader(what):
    limits = Limits(cell_seconds=5)
    with started(limits, True) as kernel:
        kernel.run(SEND, 5)
        with little_memory(250_000_000):
            outcome = kernel.run(FLOODS[what], 5)
        assert sum(len(str(output)) for output in outcome.outputs) < 2 * limits.output


def test_a_course_that_every_hand_in_could_read_is_refused(monkeypatch, tmp_path):
    (tmp_path / "link").symlink_to("/usr/share")
    for folder in ("/usr/share/course", f"{tmp_path}/link/course", f"{os.path.realpath(bubblewrap.sys.prefix)}/course"):
        monkeypatch.setattr(bubblewrap, "FOLDER", Path(folder))
        with pytest.raises(bubblewrap.NoSandbox, match="every hand-in can read"):
            bubblewrap.require()


UNSEEN = {
    "shmget": "libc.shmget(0, 100_000_000, 0o1600)",
    "msgget": "libc.msgget(0, 0o1600)",
    "semget": "libc.semget(0, 100, 0o1600)",
    "memfd": "libc.memfd_create(b'x', 0)",
}


@pytest.mark.parametrize("what", UNSEEN)
def test_memory_that_belongs_to_no_process_cannot_be_had(kernel, what):
    code = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); ({UNSEEN[what]}, ctypes.get_errno())"
    assert kernel.run(code, 10).outputs[0]["data"]["text/plain"] == "(-1, 1)"


def test_the_machine_ends_a_hand_in_before_the_grader_if_it_has_no_memory(kernel):
    shown = kernel.run("print(open('/proc/self/oom_score_adj').read())", 10).outputs[0]["text"]
    assert int(shown) == 1000 > int(Path("/proc/self/oom_score_adj").read_text())


@pytest.mark.parametrize("way", WAYS)
def test_files_are_counted_though_the_last_process_is_a_zombie(way):
    limits = Limits(files=500, disk=50_000_000)
    code = "import os, time\nif os.fork() == 0: os._exit(0)\ntime.sleep(0.3)\n"
    code += "for i in range(2_000):\n    try: open(f'/tmp/{i}', 'w').close()\n    except OSError: break\ntime.sleep(2)\nprint(i)"
    with started(limits, way == "warm") as kernel:
        outcome = kernel.run(code, 20)
    assert "made more than 500 files" in outcome.stopped or int(outcome.outputs[0]["text"]) < 600


@pytest.mark.parametrize("way", WAYS)
def test_open_files_and_sockets_are_counted(way):
    code = "import os, socket, time\nkept = []\nfor _ in range(4): os.fork()\n"
    code += "while True:\n    try: kept.append(socket.socketpair())\n    except OSError: time.sleep(9)"
    with started(Limits(handles=500), way == "warm") as kernel:
        assert "had more than 500 files and sockets open" in kernel.run(code, 20).stopped


@pytest.mark.parametrize("way", WAYS)
def test_a_hand_in_keeps_to_its_processors(way):
    code = """
import os, threading
seen = {frozenset(os.sched_getaffinity(int(thread))) for thread in os.listdir("/proc/self/task")}
threading.Thread(target=lambda: seen.add(frozenset(os.sched_getaffinity(0)))).start()
try:
    os.sched_setaffinity(0, range(os.cpu_count()))
except PermissionError:
    print(sorted(map(sorted, seen)))
"""
    last = max(os.sched_getaffinity(0))
    with KernelFactory(Limits(), True, way == "warm", cores=[last]) as kernels, kernels.start() as kernel:
        assert kernel.run(code, 20).outputs[0]["text"] == f"[[{last}]]\n"


def test_workers_share_the_processors(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 5})
    assert [share(number, 2) for number in range(2)] == [[0, 2], [1, 5]]
    assert [share(number, 6) for number in range(6)] == [[0], [1], [2], [5], [0], [1]]
