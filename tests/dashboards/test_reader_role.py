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


def test_the_reader_sees_every_view(port):
    listed = "SELECT c.relname FROM pg_class c WHERE relnamespace = 'grafana'::regnamespace AND relkind = 'v'"
    views = [name for (name,) in as_reader(port, listed)]
    assert len(views) >= 15
    for view in views:
        assert as_reader(port, f"SELECT * FROM grafana.{view}") == [], view


@pytest.mark.parametrize(
    "call",
    [
        "history(ARRAY['level'], now() - INTERVAL '1 day', now(), INTERVAL '{step}')",
        "expected(ARRAY['level'], now() - INTERVAL '1 day', now(), INTERVAL '{step}')",
        "asset_score(now() - INTERVAL '1 day', now(), INTERVAL '{step}')",
        "similar('nothing')",
    ],
)
@pytest.mark.parametrize("step", ["10 seconds", "5 minutes", "2 hours", "3 days"])
def test_the_reader_calls_the_functions(port, call, step):
    assert as_reader(port, f"SELECT * FROM grafana.{call.format(step=step)}") == []


def test_functions_that_act_as_the_owner_look_names_up_in_its_schema_only(port):
    listed = "SELECT proname, proconfig, prosecdef FROM pg_proc WHERE pronamespace = 'grafana'::regnamespace"
    found = as_reader(port, listed)
    assert {name for name, _, _ in found} == {"history", "expected", "asset_score", "similar"}
    assert all(settings == ["search_path=public, pg_temp"] and definer for _, settings, definer in found)


@pytest.mark.parametrize("source", ["sample", "event", "tag", "feedback", "event_mark", "shelving", "reading"])
def test_the_reader_does_not_see_the_tables(port, source):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_reader(port, f"SELECT * FROM public.{source}")


def test_the_reader_cannot_write_even_when_it_asks_to(port):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_reader(port, "SET default_transaction_read_only = off; INSERT INTO grafana.tag (tag) VALUES ('x')")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        as_reader(port, "CREATE TABLE public.mine (x int)")
