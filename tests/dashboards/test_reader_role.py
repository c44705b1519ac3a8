"""The role that Grafana reads with, made by reader.sql on a real Postgres whose superuser runs it."""

import os
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from twin.historian.launcher import find_launcher, find_programs
from twin.historian.migrations import migrate

pytestmark = pytest.mark.integration

READER_SQL = Path(__file__).parents[2] / "dashboards" / "reader.sql"
PASSWORD = "it's a secret"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A server of its own, for roles belong to a whole server; anybody may log in."""
    cluster = tmp_path_factory.mktemp("cluster") / "data"
    cluster.mkdir(mode=0o700)
    launcher = find_launcher(cluster)
    launcher.run("initdb", "-D", str(cluster), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        free = listener.getsockname()[1]
    options = f"-c listen_addresses=127.0.0.1 -c port={free} -c unix_socket_directories='' -c fsync=off"
    launcher.run("pg_ctl", "-D", str(cluster), "-w", "-o", options, "-l", str(cluster / "log"), "start")
    try:
        engine = create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{free}/postgres")
        migrate(engine)
        engine.dispose()
        for _ in range(2):
            run_reader_sql(free)
        yield free
    finally:
        launcher.run("pg_ctl", "-D", str(cluster), "-w", "-m", "immediate", "stop")


def run_reader_sql(port):
    psql = [str(find_programs() / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-v", f"password={PASSWORD}"]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    subprocess.run(
        [*psql, "-f", str(READER_SQL), url], check=True, env={"PATH": os.defpath}, stdout=subprocess.DEVNULL
    )


def as_reader(port, statement):
    reader = {"host": "127.0.0.1", "port": port, "user": "foretell_grafana", "dbname": "postgres"}
    with psycopg.connect(**reader, password=PASSWORD) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("view", ["sample", "event", "score", "prediction", "move", "tag"])
def test_the_reader_sees_the_views(port, view):
    assert as_reader(port, f"SELECT * FROM grafana.{view}") == []


@pytest.mark.parametrize("table", ["sample", "event", "tag", "feedback"])
def test_the_reader_does_not_see_the_tables(port, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_reader(port, f"SELECT * FROM public.{table}")


def test_the_reader_cannot_write_even_when_it_asks_to(port):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_reader(port, "SET default_transaction_read_only = off; INSERT INTO grafana.tag (tag) VALUES ('x')")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        as_reader(port, "CREATE TABLE public.mine (x int)")
