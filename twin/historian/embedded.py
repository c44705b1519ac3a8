"""A Postgres of Foretell's own, started and supervised by the process that opens it first."""

import atexit
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from twin.errors import ConfigurationError, StoreUnavailable
from twin.historian.cluster import DATABASE, ROLE, Cluster
from twin.historian.filelock import FileLock

_log = logging.getLogger(__name__)

_FAST_SHUTDOWN = signal.SIGINT  # ends the connections, then writes a checkpoint
_POLL_S = 0.02
_QUIET_S = 2.0  # a wait longer than this is told about
_START_LIMIT_S = 1800.0  # crash recovery replays the log: minutes, never half an hour
_STOP_LIMIT_S = 300.0
_HANDOVER_S = 5.0  # from the end of a server to the end of the process that stopped it
_PORT_ATTEMPTS = 5
_WATCH_S = 0.5


class EmbeddedPostgres:
    """A context manager that gives the URL of a running Postgres whose files all lie in one folder.

    Several processes may open the same folder: the first one starts the server, the others attach to it. The
    starter stops it when it leaves; if the starter was killed, one of the others takes its place. A server that dies
    is started again on the same port, so that its URL stays, as long as anybody has the folder open.
    The server listens on 127.0.0.1 only; its one login is the role `foretell`, which owns the database, is no
    superuser and has a random password kept in the folder (mode 0600).

    Args:
        data_dir: folder of its own; created if missing.
        port: TCP port; None takes a free one at each start.
        report: told in a sentence, now and then, what a long start waits for, for example crash recovery.
    """

    def __init__(self, data_dir: Path, port: int | None = None, report: Callable[[str], None] = _log.warning) -> None:
        self._cluster = Cluster(data_dir.absolute())
        self._wanted_port = port
        self._report = report
        self._owner_lock = FileLock(self._cluster.folder / "owner.lock")
        self._child: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._leaving = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database, password included; raises ConfigurationError before the start."""
        if self._port is None:
            raise ConfigurationError(f"{self} is not started")
        return f"postgresql+psycopg://{ROLE}:{self._cluster.password}@127.0.0.1:{self._port}/{DATABASE}"

    @property
    def started_here(self) -> bool:
        """Whether this object stops the server; False when it is attached to somebody else's."""
        return self._owner_lock.held

    def __str__(self) -> str:
        return f"the embedded Postgres in {self._cluster.folder}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or attach to the one that runs on this folder already.

        Raises ConfigurationError when the server cannot run here or not on that port, StoreUnavailable when it
        does not answer.
        """
        try:
            self._cluster.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._stop_watching()
            with self._alone():
                self._start_or_attach()
        except PermissionError as error:
            raise ConfigurationError(
                f"{self} belongs to another user ({error.filename}): run as that user, or choose another "
                "FORETELL_DATA_DIR",
                field="data_dir",
                value=str(self._cluster.folder),
            ) from error
        self._watcher = threading.Thread(target=self._watch, name="embedded Postgres", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop the server if this object started it, and wait for its end; does nothing otherwise."""
        atexit.unregister(self.stop)
        self._stop_watching()
        self._port = None
        if self._owner_lock.held:
            try:
                self._stop_server()
            finally:
                self._owner_lock.release()

    def _start_or_attach(self) -> None:
        limit = time.monotonic() + _HANDOVER_S
        while not self._owner_lock.acquire():
            if self._attach():
                return
            if time.monotonic() > limit:
                raise StoreUnavailable(f"{self} has died under the process that started it: restart that")
            time.sleep(_POLL_S)
        atexit.register(self.stop)
        try:
            if not self._adopt():
                self._launch()
        except BaseException:
            self.stop()
            raise

    def _attach(self) -> bool:
        """Use the server of another process; False when it is dead or stopping."""
        try:
            self._await_ready()
        except _ServerDied:
            return False
        if self._wanted_port not in (None, self._port):
            raise ConfigurationError(
                f"{self} runs on port {self._port}, not {self._wanted_port}", field="port", value=self._wanted_port
            )
        return True

    def _adopt(self) -> bool:
        """Take over a server that outlived its starter; False when there is none that can be used."""
        if not self._cluster.alive:
            return False
        try:
            self._await_ready()
        except _ServerDied:  # what lived were the last processes of a killed server
            return False
        if self._wanted_port in (None, self._port):
            return True
        self._stop_server()
        return False

    def _launch(self) -> None:
        launcher = self._cluster.prepare()
        wanted = self._wanted_port or self._port
        for _ in range(_PORT_ATTEMPTS):
            self._reap()
            self._child = self._cluster.spawn(launcher, wanted or _free_port())
            try:
                return self._await_ready()
            except _ServerDied as error:
                if "could not bind" not in str(error):
                    raise StoreUnavailable(f"{self} did not start: {error}") from error
                if wanted is not None:
                    raise ConfigurationError(
                        f"port {wanted} of 127.0.0.1 is in use: choose another one", field="port", value=wanted
                    ) from error
        raise ConfigurationError("no free port found on 127.0.0.1")

    def _await_ready(self) -> None:
        began = told = time.monotonic()
        while not self._answers():
            if self._leaving.is_set() or not self._cluster.alive:
                raise _ServerDied(self._cluster.log_tail(8))
            now = time.monotonic()
            if now - began > _START_LIMIT_S:
                raise StoreUnavailable(f"{self} did not answer within {_START_LIMIT_S:.0f} s")
            if now - told > _QUIET_S:
                told = now
                self._report(f"waiting for {self} ({now - began:.0f} s): {self._cluster.log_tail(1)}")
            time.sleep(_POLL_S)

    def _answers(self) -> bool:
        ready = self._cluster.ready
        if ready is None:
            return False
        _, port = ready
        try:
            psycopg.connect(
                host="127.0.0.1",
                port=port,
                user=ROLE,
                password=self._cluster.password,
                dbname=DATABASE,
                connect_timeout=5,
            ).close()
        except psycopg.OperationalError:
            return False
        self._port = port
        return True

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._leaving.set()
            self._watcher.join()
        self._watcher = None
        self._leaving.clear()

    def _watch(self) -> None:
        while not self._leaving.wait(_WATCH_S):
            if self._listens() or not self._owner_lock.acquire():
                continue
            atexit.register(self.stop)
            try:
                if not self._adopt():
                    self._report(f"{self} has died: starting it again")
                    self._launch()
            except (StoreUnavailable, ConfigurationError, _ServerDied, OSError) as error:
                self._report(f"{self} has died and does not start: {error}")

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port or 0), timeout=_WATCH_S).close()
        except OSError:
            return False
        return True

    def _stop_server(self) -> None:
        if self._child is not None:
            self._child.send_signal(_FAST_SHUTDOWN)
        elif (ready := self._cluster.ready) and self._cluster.alive:
            with suppress(ProcessLookupError):  # killed, and its last processes are ending
                os.kill(ready[0], _FAST_SHUTDOWN)
        limit = time.monotonic() + _STOP_LIMIT_S
        while self._cluster.alive:
            if time.monotonic() > limit:
                raise StoreUnavailable(f"{self} did not stop within {_STOP_LIMIT_S:.0f} s")
            time.sleep(_POLL_S)
        self._reap()

    def _reap(self) -> None:
        if self._child is not None:
            self._child.wait()
            self._child = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the folder against other processes that start; reports when that takes long."""
        lock = FileLock(self._cluster.folder / "start.lock")
        told = time.monotonic()
        while not lock.acquire():
            if time.monotonic() - told > _QUIET_S:
                told = time.monotonic()
                self._report(f"waiting for another process to start {self}")
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            lock.release()


class _ServerDied(Exception):
    """The server has ended; says the last lines of its log."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
