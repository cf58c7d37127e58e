"""Open JupyterLab on the course: for students at the start page, for instructors with Formgrader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from grader.base.assignments import names
from grader.base.paths import FOLDER, ROOT
from grader.student import kernelspecs, start_page
from grader.student.notebook import record
from grader.student.update import course_update

TEMPLATES = Path(__file__).parent / "templates" / "lab"
LOOK_SECONDS = 1.0
# What pages of an instructor's server may load and reach: itself alone, beside the script that sets Formgrader's formulas.
# JupyterLab and Formgrader have scripts in their pages, and compile some, so that these cannot be forbidden.
MATHJAX = "https://cdnjs.cloudflare.com"
POLICY = (
    f"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: {MATHJAX}; "
    f"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data: {MATHJAX}; "
    "connect-src 'self' data:; worker-src 'self' blob:; frame-src 'self' blob: data:; media-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# Answer keys take minutes the first time, so they are made in the background.
KEYS = "import os; os.nice(10) if hasattr(os, 'nice') else None; from grader.scoring import visible_key; visible_key.write_all()"


def open_lab(instructor: bool = False, arguments: tuple[str, ...] = ()) -> int:
    """Start JupyterLab, keep the start page up to date until it ends, and return its exit status.

    Arguments:
        instructor -- whether to open the whole course's folder with Formgrader; otherwise the notebooks, at the start
            page
        arguments -- passed on to JupyterLab, such as "--no-browser"
    """
    _build_notebooks()
    course_update.remember()
    if kernelspecs.missing():
        kernelspecs.install()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    keys = subprocess.Popen([sys.executable, "-c", KEYS], **quiet)  # type: ignore[call-overload]
    _write_start()
    for address in open_already(served_folder(instructor)):
        print(f"JupyterLab is open here already: {address}")
        print("This is a second one. A notebook that is open in both is saved by both.")
    # JupyterLab's terminals must find `course`, even if this environment is not activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    process = subprocess.Popen(command(instructor, arguments), cwd=ROOT, env={**os.environ, "PATH": path})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return _keep(process)
    except KeyboardInterrupt:  # JupyterLab has received Ctrl-C, too, and asks whether to stop
        return process.wait()
    finally:
        keys.terminate()


def open_already(folder: Path) -> list[str]:
    """Return the addresses of the Jupyter servers that this user runs on a folder."""
    from jupyter_server.serverapp import list_running_servers

    found = [one for one in list_running_servers() if Path(one.get("root_dir", "")) == folder]
    return [f"{one['url']}lab?token={one['token']}" if one.get("token") else f"{one['url']}lab" for one in found]


def served_folder(instructor: bool) -> Path:
    """Return the folder that JupyterLab shows."""
    if not instructor:
        return ROOT / "notebooks"
    # Formgrader needs the course's folder to be below the served one.
    return ROOT if FOLDER.is_relative_to(ROOT) else FOLDER


def command(instructor: bool, arguments: tuple[str, ...] = ()) -> list[str]:
    """Return the command line that starts JupyterLab."""
    role = "instructor" if instructor else "student"
    line = [sys.executable, "-m", "jupyterlab", f"--LabApp.app_settings_dir={TEMPLATES / role}"]
    line.append(f"--ServerApp.root_dir={served_folder(instructor)}")
    if instructor:
        line.append("--ContentsManager.allow_hidden=True")  # the course's folder begins with a dot
        settings = {"headers": {"Content-Security-Policy": POLICY}}
        line.append(f"--ServerApp.tornado_settings={settings}")
    else:
        line.append(f"--LabApp.default_url=/lab/tree/{start_page.PAGE}")
        extensions = ("formgrader", "validate_assignment", "assignment_list", "course_list")
        off = {f"nbgrader.server_extensions.{name}": False for name in extensions}
        line.append(f"--ServerApp.jpserver_extensions={off}")
        line += ["--ContentsManager.hide_globs=['__pycache__', '*.pyc', 'w*.md', '.*']"]
    if os.name == "posix":  # Jupyter's default, a login shell, would reset our PATH
        line.append(f"--ServerApp.terminado_settings={{'shell_command': [{os.environ.get('SHELL', 'sh')!r}]}}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line.append("--allow-root")  # Jupyter refuses otherwise; it listens on this machine only
    return [*line, *arguments]


def _build_notebooks() -> None:
    """Build the notebooks that are missing; a class kit comes with its own, and cannot build any."""
    missing = [name for name in names() if not (ROOT / "notebooks" / name / f"{name}.ipynb").exists()]
    if missing:
        from grader.base.course import Course
        from grader.publishing.build import build

        for name in missing:
            build(name, Course())


def _write_start() -> None:
    """Write the start page; if the notebooks' folder cannot be written to, everything else still works without it."""
    with suppress(OSError):
        start_page.write()


def _keep(process: subprocess.Popen) -> int:
    """Write the start page again whenever a check has changed the student's record, until JupyterLab ends."""
    seen = _changed(record.RECORD)
    while process.poll() is None:
        now = _changed(record.RECORD)
        if now != seen:
            seen = now
            _write_start()
        time.sleep(LOOK_SECONDS)
    return process.returncode


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
