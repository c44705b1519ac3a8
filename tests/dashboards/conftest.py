"""A database as a running Foretell fills it, and the role that Grafana reads it with."""

import os
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from twin.historian.connection import open_engine
from twin.historian.launcher import find_launcher, find_programs
from twin.historian.migrations import migrate

from . import plant_data

READER_SQL = Path(__file__).parents[2] / "dashboards" / "reader.sql"
PASSWORD = "only for tests"
DATABASES = ("foretell", "foretell_empty")


@pytest.fixture(scope="session")
def grafana_urls(tmp_path_factory):
    """URLs of two databases, as Grafana's role: the first holds a day of a plant, the second nothing.

    On a server of their own, for roles belong to a whole server; anybody may log in.
    """
    cluster = tmp_path_factory.mktemp("cluster") / "data"
    cluster.mkdir(mode=0o700)
    launcher = find_launcher(cluster)
    launcher.run("initdb", "-D", str(cluster), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
    launcher.run("pg_ctl", "-D", str(cluster), "-w", "-o", options, "-l", str(cluster / "log"), "start")
    try:
        yield [filled(port, name) for name in DATABASES]
    finally:
        launcher.run("pg_ctl", "-D", str(cluster), "-w", "-m", "immediate", "stop")


def filled(port, name):
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    owner = open_engine(f"postgresql://postgres@127.0.0.1:{port}/{name}")
    migrate(owner)
    if name == DATABASES[0]:
        plant_data.store(owner)
    run_reader_sql(owner.url)
    owner.dispose()
    return owner.url.set(username="foretell_grafana", password=PASSWORD)


def run_reader_sql(url):
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(
        [str(find_programs() / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", str(READER_SQL), plain],
        check=True,
        env={"PATH": os.defpath, "FORETELL_GRAFANA_DB_PASSWORD": PASSWORD},
        stdout=subprocess.DEVNULL,
    )


def reading(url):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    return engine, engine.connect()


@pytest.fixture(scope="session")
def reader(grafana_urls):
    """A connection as Grafana's, to the database with data in it."""
    engine, connection = reading(grafana_urls[0])
    with connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="session")
def reader_of_nothing(grafana_urls):
    """A connection as Grafana's, to a database where nothing has happened yet."""
    engine, connection = reading(grafana_urls[1])
    with connection:
        yield connection
    engine.dispose()
