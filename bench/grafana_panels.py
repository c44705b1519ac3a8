"""What every panel, variable and annotation of the dashboards costs, over four ranges of time.

A query's time is from sending the statement to having all rows: the best of the rounds, and their median. Where
others use the machine too, the best is nearest to what the query takes, and the server's CPU time says what it costs
(that of parallel workers is not in it). The bar is 300 ms.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, Engine

from bench.markdown import Report, table
from dashboards.publish import dashboards
from dashboards.queries import Asked, Row, chosen, queries, repeated
from twin.clock import Span

BAR_MS = 300
RANGES = {
    "6 h": timedelta(hours=6),
    "24 h": timedelta(hours=24),
    "7 d": timedelta(days=7),
    "90 d": timedelta(days=90),
}
TITLES = {
    "foretell-overview": "plant overview",
    "foretell-event": "event and root cause",
    "foretell-tag": "tag trend",
    "foretell-what-if": "what-if",
    "foretell-model": "model health",
    "foretell-ingest": "ingest",
    "foretell-questions": "questions",
}


@dataclass(frozen=True)
class Timed:
    """One query over one range."""

    asked: Asked
    reach: str
    milliseconds: tuple[float, ...]
    cpu_ms: float | None
    rows: int

    @property
    def best(self) -> float:
        """The shortest round."""
        return min(self.milliseconds)


def timings(engine: Engine, end: datetime, rounds: int = 5) -> dict[str, object]:
    """By dashboard: how many queries, the slowest of each range and what it is; and the rows that it gave."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        found = [one for made in dashboards().values() for one in _timed(connection, made, end, rounds)]
    return {
        "bar_ms": BAR_MS,
        "rounds": rounds,
        "dashboards": {uid: _slowest([one for one in found if one.asked.dashboard == uid]) for uid in TITLES},
        "over_the_bar": [_told(one) for one in found if one.best > BAR_MS],
        "empty": sorted({_name(one.asked) for one in found if one.reach == "24 h" and not one.rows}),
    }


def table_of(report: Report) -> list[str]:
    """A row per dashboard."""
    panels = report["panels"]
    rows: list[tuple[object, ...]] = []
    for uid, found in panels["dashboards"].items():
        slowest = found["slowest"]
        worst = max(slowest.values(), key=lambda slow: float(slow["ms"]))
        rows.append((TITLES[uid], found["queries"], *(_cell(slowest[reach]) for reach in RANGES), worst["query"]))
    heads = ("dashboard", "queries", *(f"slowest, {reach}" for reach in RANGES), "the slowest of all")
    over = f"{len(panels['over_the_bar']) or 'none'} of the queries, over one of the ranges, took longer"
    title = (
        f"**Every query of every dashboard** on {report['samples'] / 1e6:.0f} million samples: milliseconds, best of "
        f"{panels['rounds']}, and of those on the server's CPU; the machine's load was {report['load'][0]:g} on "
        f"{report['cpus']} cores. The bar is {panels['bar_ms']}; {over}."
    )
    return [title, "", *table(heads, rows)]


def _cell(slow: Report) -> str:
    cpu = slow.get("server_cpu_ms")
    return f"{slow['ms']:.0f}" if cpu is None else f"{slow['ms']:.0f} ({cpu:.0f})"


def _timed(connection: Connection, made: Mapping[str, object], end: datetime, rounds: int) -> Iterator[Timed]:
    def ask(sql: str) -> list[Row]:
        return [dict(row) for row in connection.exec_driver_sql(sql.replace("%", "%%")).mappings()]

    server = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    for reach, length in RANGES.items():
        span = Span(end - length, end)
        values = repeated(made, chosen(made, span, ask))
        for item in queries(made):
            sql = item.sent(span, values)
            rows = len(ask(sql))
            before = server_cpu_ms(server)
            taken = tuple(_milliseconds(connection, sql) for _ in range(rounds))
            after = server_cpu_ms(server)
            cpu = None if before is None or after is None else (after - before) / rounds
            yield Timed(item, reach, taken, cpu, rows)


def _milliseconds(connection: Connection, sql: str) -> float:
    start = time.perf_counter()
    connection.exec_driver_sql(sql.replace("%", "%%")).fetchall()
    return 1000 * (time.perf_counter() - start)


def _slowest(found: list[Timed]) -> dict[str, object]:
    slowest = {reach: max((one for one in found if one.reach == reach), key=lambda one: one.best) for reach in RANGES}
    return {"queries": len(found) // len(RANGES), "slowest": {reach: _told(one) for reach, one in slowest.items()}}


def _told(one: Timed) -> dict[str, object]:
    cpu = None if one.cpu_ms is None else round(one.cpu_ms, 1)
    times = {"ms": round(one.best, 1), "median_ms": round(median(one.milliseconds), 1), "server_cpu_ms": cpu}
    return {"query": _name(one.asked), "range": one.reach, **times, "rows": one.rows}


def server_cpu_ms(process: int) -> float | None:
    """What a process of this machine has spent on a CPU; None where the system does not tell."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_text().split()[0]) / 1e6 if told.exists() else None


def _name(asked: Asked) -> str:
    return (
        f"{asked.title} ({asked.part}, {asked.ref})"
        if asked.part.startswith("panel")
        else f"{asked.part} {asked.title}"
    )
