"""What the historian on Postgres gives back: windows, series, samples, statistics, changes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from twin.clock import Span, from_datetime64
from twin.historian.bulk import Columns
from twin.historian.grid import Points, grid, lay_out
from twin.historian.hindsight import only_read, refuse_future
from twin.historian.readings import Readings
from twin.historian.rollups import LEVELS
from twin.historian.series import (
    Buckets,
    Edge,
    choose_resolution,
    hold_last,
    interpolate,
    lay_series,
    pick,
    row_times,
)
from twin.historian.store import Store
from twin.historian.tables import BACKFILL
from twin.protocols import Backfill, Fill, Historian, Series, Statistics, WriteResult
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch
from twin.window import Window

_MICROSECOND = timedelta(microseconds=1)
_MINUTE = LEVELS[0].width


class Reader:
    """Reads the samples of one plant, as they are known or as they were known at a moment.

    Samples of a tag that the plant file no longer has are out of reach.
    """

    def __init__(self, store: Store, known_at: datetime | None = None) -> None:
        self._store = store
        self._plant = store.plant
        self._known_at = known_at

    def window(self, tags: Sequence[str], span: Span, step: timedelta) -> Window:
        """History on a regular grid; see Historian."""
        names = self._known(tags)
        rows = grid(span, step)
        start, end = from_datetime64(rows[0]) - step, from_datetime64(rows[-1])
        held = [name for name in names if self._plant.tag(name).cadence is None]
        with self._readings(names) as readings:
            before = readings.of(self._ids(held)).last(end=start + _MICROSECOND, good=True)
            if self._known_at is None and not step % _MINUTE:
                inside = readings.minutes(start, end + _MINUTE)
            else:
                inside = readings.points(start + _MICROSECOND, end + _MICROSECOND)
        return lay_out(self._plant, tags, rows, step, self._points(names, before, inside))

    def series(
        self,
        tags: Sequence[str],
        span: Span,
        *,
        resolution: timedelta | None = None,
        rows: int = 1000,
        fill: Fill = Fill.NULL,
    ) -> Series:
        """History at a resolution; see Historian. Where RESOLUTIONS are too fine, at whole days."""
        names = self._known(tags)
        width = choose_resolution(span, resolution, rows)
        times = row_times(span, width)
        start, end = from_datetime64(times[0]), from_datetime64(times[-1]) + width
        with self._readings(names) as readings:
            buckets = self._buckets(names, readings.buckets(start, end, width))
            series = lay_series(names, times, width, buckets)
            if fill is Fill.LAST:
                series = hold_last(series, self._edge(names, readings.last(end=start, good=True)))
            elif fill is Fill.LINEAR:
                before = self._edge(names, readings.last(end=start, good=True))
                after = self._edge(names, readings.first(end, None, good=True))
                series = interpolate(series, buckets, before, after)
        return pick(series, tags)

    def as_of(self, moment: datetime) -> Historian:
        """The same history as it was known at that moment; see Historian."""
        refuse_future(moment)
        return PastReader(self._store, moment if self._known_at is None else min(moment, self._known_at))

    def backfills(self, after: int) -> tuple[Backfill, ...]:
        """What changed the past since the backfill of that number; see Historian."""
        query = select(BACKFILL).where(BACKFILL.c.number > after).order_by(BACKFILL.c.number)
        if self._known_at is not None:
            query = query.where(BACKFILL.c.stored_at <= self._known_at)
        with self._store.connect() as connection:
            rows = connection.execute(query).all()
        name = self._name_of()
        return tuple(
            Backfill(
                row.number,
                Span(row.start_time, row.end_time),
                tuple(name[number] for number in row.tag_ids if number in name),
                row.stored_at,
            )
            for row in rows
        )

    def samples(self, tag: str, span: Span, limit: int = 100_000) -> SampleBatch:
        """Raw samples of one tag; see Historian."""
        with self._readings(self._known([tag])) as readings:
            found = readings.samples(span.start, span.end, limit)
        number = np.zeros(len(found["time"]), dtype=np.int32)
        return SampleBatch((tag,), number, found["time"], found["value"], found["quality"].astype(np.int8))

    def latest(self) -> dict[str, Sample]:
        """The newest sample of every tag that has one; see Historian."""
        with self._readings(self._all()) as readings:
            found = readings.newest()
        name = self._name_of()
        rows = zip(*(found[column].tolist() for column in ("tag_id", "value", "quality")), found["time"], strict=True)
        return {
            name[number]: Sample(name[number], from_datetime64(time), value, Quality(quality))
            for number, value, quality, time in rows
        }

    def statistics(self, tags: Sequence[str], span: Span) -> tuple[Statistics, ...]:
        """Statistics of each tag's samples; see Historian."""
        names = self._known(tags)
        with self._readings(names) as readings:
            totals = readings.totals(span.start, span.end)
            first = self._edge(names, readings.first(span.start, span.end, good=True)).value
            last = self._edge(names, readings.last(span.start, span.end, good=True)).value
        by_name = {name: Statistics(name, 0, 0, None, None, None, None, None, None) for name in names}
        for row, place in enumerate(self._places(names, totals["tag_id"]).tolist()):
            numbers = [*(totals[name][row] for name in ("mean", "std", "low", "high")), first[place], last[place]]
            count, bad = int(totals["count"][row]), int(totals["bad"][row])
            given = (None if np.isnan(number) else float(number) for number in numbers)
            by_name[names[place]] = Statistics(names[place], count, bad, *given)
        return tuple(by_name[name] for name in tags)

    def extent(self) -> Span | None:
        """From the oldest sample to just after the newest one; see Historian."""
        with self._readings(self._all()) as readings:
            oldest, newest = readings.first(None, None, good=False)["time"], readings.newest()["time"]
        if not len(oldest):
            return None
        return Span(from_datetime64(oldest.min()), from_datetime64(newest.max()) + _MICROSECOND)

    def changes(self, tags: Sequence[str], span: Span) -> tuple[tuple[Sample, float], ...]:
        """Samples that differ from the tag's previous good value; see Historian."""
        names = self._known(tags)
        with self._readings(names) as readings:
            before, inside = readings.last(end=span.start, good=True), readings.points(span.start, span.end)
        found = []
        for name, (time, value) in self._points(names, before, inside).items():
            changed = np.flatnonzero(value[1:] != value[:-1]) + 1
            found += [(Sample(name, from_datetime64(time[i]), float(value[i])), float(value[i - 1])) for i in changed]
        return tuple(sorted(found, key=lambda change: (change[0].time, change[0].tag)))

    @contextmanager
    def _readings(self, names: Sequence[str]) -> Iterator[Readings]:
        with self._store.connect() as connection:
            yield Readings(connection, self._ids(names), self._known_at)

    def _ids(self, names: Sequence[str]) -> NDArray[np.int32]:
        return np.array([self._store.ids[name] for name in names], np.int32)

    def _known(self, tags: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(self._plant.tag(name).name for name in tags))

    def _all(self) -> list[str]:
        return [tag.name for tag in self._plant.tags]

    def _name_of(self) -> dict[int, str]:
        return {number: name for name, number in self._store.ids.items()}

    def _places(self, names: Sequence[str], ids: NDArray[np.int32]) -> NDArray[np.intp]:
        """Where the tags of these ids stand among the names."""
        mine = self._ids(names)
        order = np.argsort(mine)
        places: NDArray[np.intp] = order[np.searchsorted(mine, ids, sorter=order)]
        return places

    def _points(self, names: Sequence[str], before: Columns, inside: Columns) -> dict[str, Points]:
        """Per tag the point before a stretch, if there is one, and those inside; both in order of tag and time."""
        found = {}
        for name in names:
            number = self._store.ids[name]
            parts = [(part, *np.searchsorted(part["tag_id"], [number, number + 1])) for part in (before, inside)]
            time, value = (
                np.concatenate([part[column][first:last] for part, first, last in parts])
                for column in ("time", "value")
            )
            found[name] = time, value
        return found

    def _edge(self, names: Sequence[str], found: Columns) -> Edge:
        time, value = np.full(len(names), np.datetime64("NaT", "us")), np.full(len(names), np.nan)
        places = self._places(names, found["tag_id"])
        time[places], value[places] = found["time"], found["value"]
        return Edge(time, value)

    def _buckets(self, names: Sequence[str], found: Columns) -> Buckets:
        numbers = {name: column for name, column in found.items() if name not in ("tag_id", "bucket")}
        return Buckets(tag=self._places(names, found["tag_id"]), time=found["bucket"], **numbers)


class PastReader(Reader):
    """History as it was known at a moment; to be read only."""

    def __init__(self, store: Store, moment: datetime) -> None:
        super().__init__(store, moment)
        self._moment = moment

    def write(self, batch: SampleBatch) -> WriteResult:
        """Raises InvalidInput: nothing becomes known in the past."""
        raise only_read(self._moment)

    def write_snapshots(self, batch: SnapshotBatch) -> WriteResult:
        """Raises InvalidInput: nothing becomes known in the past."""
        raise only_read(self._moment)
