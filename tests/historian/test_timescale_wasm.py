"""What tests may rely on when they talk to TimescaleDB in WebAssembly through the bridge."""

import threading

import numpy as np
import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import column, select, table, text

from twin.historian.bulk import copy_in, copy_out, pack
from twin.historian.connection import open_engine

pytestmark = pytest.mark.integration


@pytest.fixture
def wasm(timescale_url):
    engine = open_engine(timescale_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted (number integer PRIMARY KEY)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE counted"))
    engine.dispose()


def count(engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM counted")).scalar_one()


def test_it_is_timescaledb(wasm):
    with wasm.connect() as connection:
        found = connection.execute(text("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'"))
        assert found.scalar_one() >= "2.19.1"


def test_rows_go_in_and_come_out_by_binary_copy(wasm):
    numbers = np.arange(100_000, dtype=np.int32)
    with wasm.begin() as connection:
        copy_in(connection, "counted", ["number"], [pack({"number": numbers})])
        rows = copy_out(
            connection, select(column("number")).select_from(table("counted")), ["number"], {"number": "i4"}
        )
    assert np.array_equal(rows["number"], numbers)


def test_a_copy_that_fails_leaves_the_connection_usable(wasm):
    twice = pack({"number": np.zeros(2, dtype=np.int32)})
    with wasm.begin() as connection:
        with pytest.raises(UniqueViolation), connection.begin_nested():
            copy_in(connection, "counted", ["number"], [twice])
        connection.execute(text("INSERT INTO counted VALUES (1)"))
    assert count(wasm) == 1


def test_several_connections_take_turns(wasm):
    def insert(first: int) -> None:
        for number in range(first, first + 20):
            with wasm.begin() as connection:
                connection.execute(text("INSERT INTO counted VALUES (:number)"), {"number": number})

    threads = [threading.Thread(target=insert, args=(1000 * i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(wasm) == 120


def test_what_a_cut_connection_began_is_rolled_back(wasm):
    connection = wasm.connect()
    connection.execute(text("INSERT INTO counted VALUES (1)"))
    connection.connection.driver_connection.pgconn.finish()
    assert count(wasm) == 0
    connection.invalidate()
