"""What the historian on Postgres gives back: windows, samples, statistics, changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, true, union_all
from sqlalchemy.sql.selectable import LateralFromClause

from twin.clock import Span, from_datetime64
from twin.historian.bulk import copy_out
from twin.historian.grid import Points, grid, lay_out
from twin.historian.store import Store
from twin.historian.tables import NAN, SAMPLE, TAG
from twin.protocols import Statistics
from twin.sample import Quality, Sample, SampleBatch
from twin.window import Window

_VALUE = func.coalesce(SAMPLE.c.value, NAN)
_GOOD = SAMPLE.c.quality == int(Quality.GOOD)
_MICROSECOND = timedelta(microseconds=1)


class Reader:
    """Reads the samples of one plant. Samples of a tag that the plant file no longer has are out of reach."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._plant = store.plant

    def window(self, tags: Sequence[str], span: Span, step: timedelta) -> Window:
        """History on a regular grid; see Historian."""
        names = self._known(tags)
        rows = grid(span, step)
        held = [name for name in names if self._plant.tag(name).cadence is None]
        start, end = from_datetime64(rows[0]) - step, from_datetime64(rows[-1])
        with self._store.connect() as connection:
            query = self._good(names, start + _MICROSECOND, end + _MICROSECOND, held)
            columns = copy_out(
                connection, query, ["tag_id", "time"], {"tag_id": "i4", "time": "M8[us]", "value": "f8"}
            )
        good: dict[str, Points] = {}
        for name in names:
            first, last = np.searchsorted(columns["tag_id"], [self._store.ids[name], self._store.ids[name] + 1])
            good[name] = columns["time"][first:last], columns["value"][first:last]
        return lay_out(self._plant, tags, rows, step, good)

    def samples(self, tag: str, span: Span, limit: int = 100_000) -> SampleBatch:
        """Raw samples of one tag; see Historian."""
        self._known([tag])
        with self._store.connect() as connection:
            query = select(SAMPLE.c.time, _VALUE.label("value"), SAMPLE.c.quality).where(
                SAMPLE.c.tag_id == self._store.ids[tag], *_during(span.start, span.end)
            )
            columns = copy_out(
                connection,
                query.order_by(SAMPLE.c.time).limit(limit),
                ["time"],
                {"time": "M8[us]", "value": "f8", "quality": "i2"},
            )
        number = np.zeros(len(columns["time"]), dtype=np.int32)
        return SampleBatch((tag,), number, columns["time"], columns["value"], columns["quality"].astype(np.int8))

    def latest(self) -> dict[str, Sample]:
        """The newest sample of every tag that has one; see Historian."""
        newest = _edge(SAMPLE.c.time.desc())
        query = select(TAG.c.name, newest.c.time, newest.c.value, newest.c.quality).join_from(TAG, newest, true())
        with self._store.connect() as connection:
            rows = connection.execute(query.where(TAG.c.name.in_(self._store.ids))).all()
        return {row.name: _sample(row.name, row.time, row.value, row.quality) for row in rows}

    def statistics(self, tags: Sequence[str], span: Span) -> tuple[Statistics, ...]:
        """Statistics of each tag's samples; see Historian."""
        names = self._known(tags)
        with self._store.connect() as connection:
            rows = connection.execute(_statistics(span).where(TAG.c.name.in_(names))).mappings()
            by_name = {row["tag"]: Statistics(**row) for row in rows}
        return tuple(by_name[name] for name in tags)

    def extent(self) -> Span | None:
        """From the oldest sample to just after the newest one; see Historian."""
        oldest, newest = _edge(SAMPLE.c.time.asc()), _edge(SAMPLE.c.time.desc())
        query = (
            select(func.min(oldest.c.time), func.max(newest.c.time))
            .select_from(TAG.join(oldest, true()).join(newest, true()))
            .where(TAG.c.name.in_([tag.name for tag in self._plant.tags]))
        )
        with self._store.connect() as connection:
            first, last = connection.execute(query).one()
        return None if first is None else Span(first, last + _MICROSECOND)

    def changes(self, tags: Sequence[str], span: Span) -> tuple[tuple[Sample, float], ...]:
        """Samples that differ from the tag's previous good value; see Historian."""
        names = self._known(tags)
        with self._store.connect() as connection:
            good = self._good(names, span.start, span.end, names).subquery()
            before = func.lag(good.c.value).over(partition_by=good.c.tag_id, order_by=good.c.time).label("before")
            pairs = select(TAG.c.name, good.c.time, good.c.value, before).join_from(
                good, TAG, TAG.c.id == good.c.tag_id
            )
            pair = pairs.subquery()
            rows = connection.execute(
                select(pair)
                .where(pair.c.value != pair.c.before, pair.c.time >= span.start)
                .order_by(pair.c.time, pair.c.name)
            ).all()
        return tuple((_sample(row.name, row.time, row.value, Quality.GOOD), row.before) for row in rows)

    def _known(self, tags: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(self._plant.tag(name).name for name in tags))

    def _good(self, names: Sequence[str], start: datetime, end: datetime, held: Sequence[str]) -> CompoundSelect[Any]:
        """Good samples in [start, end) as (tag_id, time, value), for `held` also the last one before start."""
        inside = select(SAMPLE.c.tag_id, SAMPLE.c.time, _VALUE.label("value")).where(
            SAMPLE.c.tag_id.in_([self._store.ids[name] for name in names]), *_during(start, end), _GOOD
        )
        earlier = _edge(SAMPLE.c.time.desc(), SAMPLE.c.time < start, _GOOD)
        before = (
            select(TAG.c.id, earlier.c.time, earlier.c.value)
            .join_from(TAG, earlier, true())
            .where(TAG.c.id.in_([self._store.ids[name] for name in held]))
        )
        return union_all(inside, before)


def _during(start: datetime, end: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SAMPLE.c.time >= start, SAMPLE.c.time < end


def _edge(order: ColumnElement[datetime], *where: ColumnElement[bool]) -> LateralFromClause:
    """The first sample of a row of TAG in the given order."""
    return (
        select(SAMPLE.c.time, _VALUE.label("value"), SAMPLE.c.quality)
        .where(SAMPLE.c.tag_id == TAG.c.id, *where)
        .order_by(order)
        .limit(1)
        .correlate(TAG)
        .lateral()
    )


def _statistics(span: Span) -> Select[Any]:
    value = SAMPLE.c.value
    during = _during(span.start, span.end)
    totals = (
        select(
            func.count().filter(_GOOD).label("count"),
            func.count().filter(~_GOOD).label("bad"),
            func.avg(value).filter(_GOOD).label("mean"),
            func.stddev_pop(value).filter(_GOOD).label("std"),
            func.min(value).filter(_GOOD).label("low"),
            func.max(value).filter(_GOOD).label("high"),
        )
        .where(SAMPLE.c.tag_id == TAG.c.id, *during)
        .correlate(TAG)
        .lateral()
    )
    first = _edge(SAMPLE.c.time.asc(), _GOOD, *during)
    last = _edge(SAMPLE.c.time.desc(), _GOOD, *during)
    return select(
        TAG.c.name.label("tag"), totals, first.c.value.label("first"), last.c.value.label("last")
    ).select_from(TAG.join(totals, true()).outerjoin(first, true()).outerjoin(last, true()))


def _sample(tag: str, time: datetime, value: float, quality: int) -> Sample:
    return Sample(tag, time, value, Quality(quality))
