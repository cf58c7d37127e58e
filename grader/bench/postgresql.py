"""Run a PostgreSQL server of one's own, on a free port of this machine, for a bench or a test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 120


class Server:
    """A server that can be stopped and started again.

    Attributes:
        url -- its address, without a database
    """

    def __init__(self, folder: Path, programs: Path, as_somebody: list[str]):
        self.folder, self.programs, self.as_somebody = folder, programs, as_somebody
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql://course@127.0.0.1:{self.port}"
        self._call("initdb", "-D", str(folder / "data"), "-U", "course", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._call("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        """Stop it, and close every connection."""
        self._call("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "fast", "stop")

    def new_database(self, name: str) -> str:
        """Make an empty database, in place of one of that name, and return its URL."""
        import psycopg

        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return f"{self.url}/{name}"

    def _call(self, program: str, *arguments: str) -> None:
        command = [*self.as_somebody, str(self.programs / program), *arguments]
        environment = {"LC_ALL": "C", "PATH": os.defpath, "HOME": str(self.folder)}
        with (self.folder / "log").open("ab") as log:  # a pipe would stay open as long as the server runs
            done = subprocess.run(command, stdout=log, stderr=log, cwd="/", env=environment, timeout=SECONDS)
        if done.returncode:
            raise RuntimeError(f"PostgreSQL's {program} failed: {(self.folder / 'log').read_text()[-2000:]}")


@contextmanager
def server() -> Iterator[Server | None]:
    """Yield a running server; None if PostgreSQL is not installed, or cannot run here. It is deleted with its data."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    is_root = os.geteuid() == 0
    if not found or (is_root and not shutil.which("setpriv")):  # PostgreSQL does not run as root
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="course-postgresql-"))
    as_somebody: list[str] = []
    if is_root:
        user = pwd.getpwnam("postgres" if "postgres" in {one.pw_name for one in pwd.getpwall()} else "nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_somebody = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    try:
        one = Server(folder, found[-1].parent, as_somebody)
        one.start()
        try:
            yield one
        finally:
            one.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
