"""A Postgres of Foretell's own, started and supervised by the process that opens it first."""

import atexit
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from twin.errors import ConfigurationError, StoreUnavailable
from twin.historian.filelock import FileLock
from twin.historian.launcher import Launcher, find_launcher

_log = logging.getLogger(__name__)

ROLE = "foretell"
DATABASE = "foretell"
_POLL_S = 0.02
_QUIET_S = 2.0  # a start longer than this is told about
_START_LIMIT_S = 1800.0  # crash recovery replays the log: minutes, never half an hour
_STOP_LIMIT_S = 300.0
_PORT_ATTEMPTS = 5

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


class EmbeddedPostgres:
    """A context manager that gives the URL of a running Postgres whose files all lie in one folder.

    Several processes may open the same folder: the first one starts the server, the others attach to it. The
    starter stops it when it leaves; if the starter was killed, the next one to open the folder takes its place.
    The server listens on 127.0.0.1 only; its one login is the role `foretell`, which owns the database, is no
    superuser and has a random password kept in the folder (mode 0600).

    Args:
        data_dir: folder of its own; created if missing.
        port: TCP port; None takes a free one at each start.
        report: told in a sentence when a start takes long, for example because of crash recovery.

    Raises ConfigurationError when the server cannot run here, StoreUnavailable when it does not answer.
    """

    def __init__(self, data_dir: Path, port: int | None = None, report: Callable[[str], None] = _log.warning) -> None:
        self._folder = data_dir.absolute()
        self._cluster = self._folder / "cluster"
        self._wanted_port = port
        self._report = report
        self._owner_lock = FileLock(self._folder / "owner.lock")
        self._child: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._password = ""

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database, password included; raises ConfigurationError before the start."""
        if self._port is None:
            raise ConfigurationError(f"the embedded Postgres in {self._folder} is not started")
        return f"postgresql+psycopg://{ROLE}:{self._password}@127.0.0.1:{self._port}/{DATABASE}"

    @property
    def started_here(self) -> bool:
        """Whether this object stops the server; False when it is attached to somebody else's."""
        return self._owner_lock.held

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or attach to the one that runs on this folder already."""
        try:
            self._folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            with self._starting():
                self._open()
        except PermissionError as error:
            raise ConfigurationError(
                f"the embedded Postgres in {self._folder} belongs to another user ({error.filename}): run as that "
                "user, or choose another FORETELL_DATA_DIR",
                field="data_dir",
                value=str(self._folder),
            ) from error

    def stop(self) -> None:
        """Stop the server if this object started it, and wait for its end; does nothing otherwise."""
        atexit.unregister(self.stop)
        self._port = None
        if not self._owner_lock.held:
            return
        try:
            self._stop_server()
        finally:
            self._owner_lock.release()

    def _open(self) -> None:
        if self._owner_lock.acquire():
            atexit.register(self.stop)
            try:
                self._adopt_or_launch()
            except BaseException:
                self.stop()
                raise
        else:
            self._attach()

    def _attach(self) -> None:
        self._password = self._read_password()
        try:
            self._await_ready()
        except _ServerDied as error:
            raise StoreUnavailable(
                f"the embedded Postgres in {self._folder} has died under its owner: restart that"
            ) from error
        if self._wanted_port not in (None, self._port):
            raise ConfigurationError(
                f"the embedded Postgres in {self._folder} runs on port {self._port}, not {self._wanted_port}",
                field="port",
                value=self._wanted_port,
            )

    def _adopt_or_launch(self) -> None:
        if self._alive():
            self._password = self._read_password()
            try:
                self._await_ready()
            except _ServerDied:
                _log.info("the last processes of a killed server have ended")
            else:
                if self._wanted_port in (None, self._port):
                    return
                self._stop_server()
        self._launch()

    def _launch(self) -> None:
        if self._cluster.exists():
            launcher = find_launcher(self._cluster)
            self._password = self._read_password()
        else:
            launcher = self._create()
        self._forget_dead_server()
        for _ in range(_PORT_ATTEMPTS):
            self._spawn(launcher, self._wanted_port or _free_port())
            try:
                return self._await_ready()
            except _ServerDied as error:
                if "could not bind" not in str(error):
                    raise StoreUnavailable(f"the embedded Postgres did not start: {error}") from error
                if self._wanted_port is not None:
                    raise _port_in_use(self._wanted_port) from error
        raise ConfigurationError("no free port found on 127.0.0.1")

    def _create(self) -> Launcher:
        """A new cluster, under its final name only when it is complete."""
        draft = self._folder / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        launcher = find_launcher(draft)
        self._password = secrets.token_hex(24)
        password_file = self._folder / "password"
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        launcher.run("initdb", "-D", str(draft), "-U", "postgres", "--auth=reject", *encoding)
        # single-user mode needs no login, so the superuser never gets one
        statements = (
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self._password}'\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n"
        )
        launcher.run("postgres", "--single", "-D", str(draft), "-c", "exit_on_error=on", "postgres", stdin=statements)
        (draft / "pg_hba.conf").write_text(f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n")
        draft.rename(self._cluster)
        return launcher

    def _spawn(self, launcher: Launcher, port: int) -> None:
        self._reap()
        settings = {**_SERVER_SETTINGS, "port": str(port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log_file = self._folder / "server.log"
        if log_file.exists():
            log_file.replace(self._folder / "server.log.1")
        log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        server_lock = self._server_lock()
        try:
            if not server_lock.acquire():
                raise StoreUnavailable(f"another server runs on {self._cluster}")
            self._child = launcher.spawn(
                "postgres", "-D", str(self._cluster), *options, log=log, keep=server_lock.fileno()
            )
        finally:
            server_lock.release()
            os.close(log)

    def _await_ready(self) -> None:
        began = time.monotonic()
        told = began
        while not self._answers():
            if not self._alive():
                raise _ServerDied(self._log_tail(8))
            waited = time.monotonic() - began
            if waited > _START_LIMIT_S:
                raise StoreUnavailable(
                    f"the embedded Postgres in {self._folder} did not answer within {waited:.0f} s"
                )
            if time.monotonic() - told > _QUIET_S:
                told = time.monotonic()
                self._report(f"waiting for the embedded Postgres ({waited:.0f} s): {self._log_tail(1)}")
            time.sleep(_POLL_S)

    def _answers(self) -> bool:
        port = self._ready_port()
        if port is None:
            return False
        try:
            psycopg.connect(
                host="127.0.0.1", port=port, user=ROLE, password=self._password, dbname=DATABASE, connect_timeout=5
            ).close()
        except psycopg.OperationalError:
            return False
        self._port = port
        return True

    def _ready_port(self) -> int | None:
        """The port in postmaster.pid once its last line says that the server takes connections."""
        lines = self._pid_lines()
        return int(lines[3]) if len(lines) > 7 and lines[7].strip() == "ready" else None

    def _pid_lines(self) -> list[str]:
        try:
            return (self._cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_dead_server(self) -> None:
        """Put our own pid into a dead server's pid file.

        Postgres takes a zombie or a recycled pid for a living server, but never its own parent. The rest of the
        file stays, so that it still looks for processes attached to the dead server's shared memory.
        """
        lines = self._pid_lines()
        if lines:
            (self._cluster / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:7]]) + "\n")

    def _stop_server(self) -> None:
        lines = self._pid_lines()
        if lines and self._alive():
            os.kill(int(lines[0]), signal.SIGINT)
        limit = time.monotonic() + _STOP_LIMIT_S
        while self._alive():
            if time.monotonic() > limit:
                raise StoreUnavailable(
                    f"the embedded Postgres in {self._folder} did not stop in {_STOP_LIMIT_S:.0f} s"
                )
            time.sleep(_POLL_S)
        self._reap()

    def _reap(self) -> None:
        if self._child is not None:
            self._child.wait()
            self._child = None

    def _alive(self) -> bool:
        """Whether any process of the server lives: it holds the lock it inherited."""
        lock = self._server_lock()
        free = lock.acquire()
        lock.release()
        return not free

    def _server_lock(self) -> FileLock:
        return FileLock(self._folder / "server.lock")

    def _read_password(self) -> str:
        return (self._folder / "password").read_text()

    def _log_tail(self, lines: int) -> str:
        text = (self._folder / "server.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Holds the folder against other processes that start; reports when that takes long."""
        lock = FileLock(self._folder / "start.lock")
        told = time.monotonic()
        while not lock.acquire():
            if time.monotonic() - told > _QUIET_S:
                told = time.monotonic()
                self._report(f"waiting for another process to start the embedded Postgres in {self._folder}")
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            lock.release()


class _ServerDied(Exception):
    """The server has ended; says the last lines of its log."""


def _port_in_use(port: int) -> ConfigurationError:
    return ConfigurationError(f"port {port} of 127.0.0.1 is in use: choose another one", field="port", value=port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
