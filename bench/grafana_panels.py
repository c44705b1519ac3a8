"""What every panel, variable and annotation of the dashboards costs, over four ranges of time.

A query's time is from sending the statement to having all rows, median of the rounds; its bar is 300 ms.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    milliseconds: float
    rows: int


def timings(engine: Engine, end: datetime, rounds: int = 3) -> dict[str, object]:
    """By dashboard: how many queries, the slowest of each range and what it is; and the rows that it gave."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        found = [one for made in dashboards().values() for one in _timed(connection, made, end, rounds)]
    return {
        "bar_ms": BAR_MS,
        "rounds": rounds,
        "dashboards": {uid: _slowest([one for one in found if one.asked.dashboard == uid]) for uid in TITLES},
        "over_the_bar": [_told(one) for one in found if one.milliseconds > BAR_MS],
        "empty": sorted({_name(one.asked) for one in found if one.reach == "24 h" and not one.rows}),
    }


def table_of(report: Report) -> list[str]:
    """A row per dashboard."""
    found = report["panels"]["dashboards"]
    rows: list[tuple[object, ...]] = [
        (
            TITLES[uid],
            each["queries"],
            *(f"{each['slowest'][reach]['ms']:g}" for reach in RANGES),
            max(each["slowest"].values(), key=lambda slow: slow["ms"])["query"],
        )
        for uid, each in found.items()
    ]
    heads = ("dashboard", "queries", *(f"slowest, {reach}" for reach in RANGES), "which")
    title = (
        f"**Every query of every dashboard** on {report['samples'] / 1e6:.0f} million samples, in milliseconds, "
        f"median of {report['panels']['rounds']}; the bar is {report['panels']['bar_ms']}."
    )
    return [title, "", *table(heads, rows)]


def _timed(connection: Connection, made: Mapping[str, object], end: datetime, rounds: int) -> Iterator[Timed]:
    def ask(sql: str) -> list[Row]:
        return [dict(row) for row in connection.exec_driver_sql(sql.replace("%", "%%")).mappings()]

    for reach, length in RANGES.items():
        span = Span(end - length, end)
        values = repeated(made, chosen(made, span, ask))
        for item in queries(made):
            sql = item.sent(span, values)
            rows = len(ask(sql))
            yield Timed(item, reach, median(_milliseconds(connection, sql) for _ in range(rounds)), rows)


def _milliseconds(connection: Connection, sql: str) -> float:
    start = time.perf_counter()
    connection.exec_driver_sql(sql.replace("%", "%%")).fetchall()
    return 1000 * (time.perf_counter() - start)


def _slowest(found: list[Timed]) -> dict[str, object]:
    slowest = {
        reach: max((one for one in found if one.reach == reach), key=lambda one: one.milliseconds) for reach in RANGES
    }
    return {"queries": len(found) // len(RANGES), "slowest": {reach: _told(one) for reach, one in slowest.items()}}


def _told(one: Timed) -> dict[str, object]:
    return {"query": _name(one.asked), "range": one.reach, "ms": round(one.milliseconds, 1), "rows": one.rows}


def _name(asked: Asked) -> str:
    return (
        f"{asked.title} ({asked.part}, {asked.ref})"
        if asked.part.startswith("panel")
        else f"{asked.part} {asked.title}"
    )
