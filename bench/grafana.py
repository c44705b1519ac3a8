"""`python -m bench.grafana`: what dashboards ask of 50 million samples, as Grafana's role: functions, views, panels.

520 tags over 90 days: 480 of them in units, one sample a second over the last day, one a minute over the last week,
one each half hour before; 40 come alone, every two minutes. 120 tags are predicted every three minutes. With 5,000
events, four sources, scenarios, answers. A server of its own in a scratch folder, 6 GB at most, removed afterwards.
Every time is that of sending a statement and having all of its rows: best, median and worst of five, because a
machine that others use too is slow for other reasons as well.
"""

import argparse
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, Engine, text

from bench import grafana_panels
from bench.grafana_data import fill
from bench.report import save
from twin.historian.connection import open_engine
from twin.historian.launcher import find_launcher, find_programs
from twin.historian.migrations import migrate

ROUNDS = 5
BAR_MS = 300
READER_SQL = Path(__file__).parent.parent / "dashboards" / "reader.sql"
PASSWORD = "of a scratch server that nobody else reaches"
SPANS = {
    "6 h": (timedelta(hours=6), timedelta(seconds=20)),
    "24 h": (timedelta(hours=24), timedelta(minutes=1)),
    "7 d": (timedelta(days=7), timedelta(minutes=10)),
    "90 d": (timedelta(days=90), timedelta(hours=2)),
}
"""Reach of a chart, and the width of a bucket that Grafana asks for when it is a thousand pixels wide."""

ONE, FOUR = ("T0007",), ("T0001", "T0004", "T0008", "T0503")
ASKED = {
    "history, 1 tag": "SELECT * FROM grafana.history(:one, :start, :end, :step)",
    "history, 4 tags": "SELECT * FROM grafana.history(:four, :start, :end, :step)",
    "expected, 1 tag": "SELECT * FROM grafana.expected(:one, :start, :end, :step)",
    "expected, 4 tags": "SELECT * FROM grafana.expected(:four, :start, :end, :step)",
    "asset_score": "SELECT * FROM grafana.asset_score(:start, :end, 10 * CAST(:step AS interval))",
    "event": "SELECT * FROM grafana.event WHERE time < :end AND COALESCE(end_time, now()) >= :start",
    "ingest": "SELECT * FROM grafana.ingest WHERE time >= :start AND time < :end AND source = 'mqtt'",
    "model_health": "SELECT * FROM grafana.model_health WHERE time >= :start AND time < :end",
    "answer": "SELECT status, count(*) FROM grafana.answer WHERE time >= :start AND time < :end GROUP BY 1",
    "alert": "SELECT * FROM grafana.alert WHERE received_at >= :start AND received_at < :end",
}
"""By name; these depend on the span."""

AT_ONCE = {
    "similar": "SELECT * FROM grafana.similar('e4900')",
    "silent": "SELECT * FROM grafana.silent",
    "contribution": "SELECT * FROM grafana.contribution WHERE event_id = 'e4900'",
    "departure": "SELECT * FROM grafana.departure WHERE event_id = 'e4900'",
    "scenario": "SELECT * FROM grafana.scenario",
    "scenario_band": "SELECT * FROM grafana.scenario_band WHERE scenario_id = 's7' AND tag = 'T0004'",
    "tag": "SELECT * FROM grafana.tag",
}


@contextmanager
def scratch_server(folder: Path) -> Iterator[int]:
    """Port of a Postgres on this machine only, whose superuser is `postgres`; its folder is made when it is empty."""
    data = folder / "data"
    new = not data.exists()
    data.mkdir(mode=0o700, exist_ok=True)
    launcher = find_launcher(data)
    if new:
        launcher.run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c shared_buffers=256MB "
        "-c max_wal_size=1GB -c synchronous_commit=off"
    )
    launcher.run("pg_ctl", "-D", str(data), "-w", "-t", "600", "-o", options, "-l", str(data / "log"), "start")
    try:
        yield port
    finally:
        launcher.run("pg_ctl", "-D", str(data), "-w", "-t", "600", "-m", "fast", "stop")


def reader_of(port: int) -> Engine:
    """An engine that connects as Grafana's role, which reader.sql makes."""
    psql = [str(find_programs() / "psql"), "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(READER_SQL)]
    environment = {"PATH": os.defpath, "FORETELL_GRAFANA_DB_PASSWORD": PASSWORD}
    subprocess.run(
        [*psql, f"postgresql://postgres@127.0.0.1:{port}/postgres"],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    return open_engine(f"postgresql://foretell_grafana@127.0.0.1:{port}/postgres")


def timed(connection: Connection, sql: str, values: dict[str, object]) -> dict[str, object]:
    """Milliseconds of a query, best, median and worst of the rounds, and its rows; the first call does not count."""
    statement, server = text(sql), int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
    rows = len(connection.execute(statement, values).all())
    taken, before = [], grafana_panels.server_cpu_ms(server)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        connection.execute(statement, values).all()
        taken.append(1000 * (time.perf_counter() - began))
    told = {"best_ms": min(taken), "median_ms": median(taken), "worst_ms": max(taken)}
    after = grafana_panels.server_cpu_ms(server)
    if before is not None and after is not None:
        told["server_cpu_ms"] = (after - before) / ROUNDS
    return {**{name: round(value, 1) for name, value in told.items()}, "rows": rows}


def timings(engine: Engine, end: datetime) -> dict[str, object]:
    """By name, and by span where it has one."""
    tags = {"one": list(ONE), "four": list(FOUR)}
    with engine.connect() as connection:
        found: dict[str, object] = {
            name: {
                span: timed(connection, sql, {**tags, "start": end - reach, "end": end, "step": step})
                for span, (reach, step) in SPANS.items()
            }
            for name, sql in ASKED.items()
        }
        return found | {name: timed(connection, sql, {}) for name, sql in AT_ONCE.items()}


def size_gb(folder: Path) -> float:
    """Of all files below."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9


def run(folder: Path, say: Callable[[str], None]) -> None:
    """Fill the scratch server unless it is full, ask, write the report."""
    began = time.perf_counter()
    with scratch_server(folder) as port:
        owner = open_engine(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        end = datetime.now(UTC).replace(second=0, microsecond=0)
        made = folder / "end"
        if made.exists():
            end = datetime.fromisoformat(made.read_text())
        else:
            migrate(owner)
            fill(owner, end, say)
            made.write_text(end.isoformat())
        with owner.connect() as connection:
            samples = connection.execute(text("SELECT sum(count + bad + uncertain) FROM kept_1m")).scalar_one()
        reader = reader_of(port)
        say("asking")
        asked = timings(reader, end)
        say("panels")
        panels = grafana_panels.timings(reader, end)
        reader.dispose()
        owner.dispose()
        save(
            "grafana",
            began,
            samples=int(samples),
            bar_ms=BAR_MS,
            rounds=ROUNDS,
            gigabytes=round(size_gb(folder), 1),
            asked=asked,
            panels=panels,
        )


def main() -> None:
    """One run, for the repository's bench/results/grafana.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder that is kept, and not filled again when it is full")
    kept: Path | None = parser.parse_args().keep
    folder = kept or Path(tempfile.mkdtemp(prefix="foretell-grafana-"))
    folder.mkdir(exist_ok=True)
    began = time.perf_counter()
    try:
        run(folder, lambda what: print(f"{time.perf_counter() - began:7.1f} s  {what}", flush=True))
    finally:
        if kept is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
