"""The files of an embedded Postgres: its cluster, password, log and locks, all in one folder."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from twin.errors import StoreUnavailable
from twin.historian.filelock import FileLock
from twin.historian.launcher import Launcher, find_launcher

ROLE = "foretell"
DATABASE = "foretell"

_SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "64MB",
    "work_mem": "16MB",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Cluster:
    """What lies in the folder, and what can be read from it without asking the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "cluster"
        self._pid_file = self._data / "postmaster.pid"

    @property
    def alive(self) -> bool:
        """Whether any process of the server lives: each of them holds the lock that the first one inherited."""
        lock = self._server_lock()
        free = lock.acquire()
        lock.release()
        return not free

    @property
    def password(self) -> str:
        """Of the one login role."""
        return (self.folder / "password").read_text()

    @property
    def ready(self) -> tuple[int, int] | None:
        """Process id and port of a server that takes connections, or did so when it was killed."""
        lines = self._pid_lines()
        return (int(lines[0]), int(lines[3])) if len(lines) > 7 and lines[7].strip() == "ready" else None

    def prepare(self) -> Launcher:
        """How to launch the server, on a cluster that is made if there is none."""
        return find_launcher(self._data) if self._data.exists() else self._create()

    def spawn(self, launcher: Launcher, port: int) -> subprocess.Popen[bytes]:
        """Start the server; only the caller that holds the folder's start lock may."""
        settings = {**_SERVER_SETTINGS, "port": str(port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._forget_dead_server()
        log = self._open_log()
        lock = self._server_lock()
        try:
            if not lock.acquire():
                raise StoreUnavailable(f"another Postgres runs on {self._data}")
            return launcher.spawn("postgres", "-D", str(self._data), *options, log=log, keep=lock.fileno())
        finally:
            lock.release()
            os.close(log)

    def log_tail(self, lines: int) -> str:
        """The last lines that the server wrote."""
        text = (self.folder / "server.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _create(self) -> Launcher:
        """Make a cluster; it gets its name only when it is complete."""
        draft = self.folder / "cluster.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        launcher = find_launcher(draft)
        password = secrets.token_hex(24)
        self._write_password(password)
        encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        launcher.run("initdb", "-D", str(draft), "-U", "postgres", "--auth=reject", *encoding)
        # single-user mode needs no login, so the superuser never gets one
        statements = (
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"
        )
        launcher.run("postgres", "--single", "-D", str(draft), "-c", "exit_on_error=on", "postgres", stdin=statements)
        (draft / "pg_hba.conf").write_text(f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n")
        draft.rename(self._data)
        return launcher

    def _write_password(self, password: str) -> None:
        file = self.folder / "password"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(password)

    def _open_log(self) -> int:
        """A new log; the one before is kept."""
        file = self.folder / "server.log"
        if file.exists():
            file.replace(self.folder / "server.log.1")
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _forget_dead_server(self) -> None:
        """Put our own pid into a dead server's pid file.

        Postgres takes a zombie or a recycled pid for a living server, but never its own parent. The rest of the
        file stays, so that it still looks for processes attached to the dead server's shared memory.
        """
        lines = self._pid_lines()
        if lines:
            self._pid_file.write_text("\n".join([str(os.getpid()), *lines[1:7]]) + "\n")

    def _pid_lines(self) -> list[str]:
        try:
            return self._pid_file.read_text().splitlines()
        except FileNotFoundError:
            return []

    def _server_lock(self) -> FileLock:
        return FileLock(self.folder / "server.lock")
