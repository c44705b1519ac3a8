"""Historian and event log in memory: for tests and for training campaigns on simulated plants."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span, from_datetime64, to_datetime64
from twin.errors import NotFound
from twin.event import EventFrame, EventMark, Feedback, Shelving, shelvings_in_force
from twin.historian.column import Column
from twin.historian.grid import grid, lay_out
from twin.historian.hindsight import only_read, refuse_future
from twin.historian.incoming import arrange
from twin.historian.recall import first_from, known_at, last_before, roll_up
from twin.historian.series import choose_resolution, hold_last, interpolate, lay_series, row_times
from twin.lifecycle import ModelHealth, ThresholdChange, undo, whole_hours
from twin.plant import Plant
from twin.protocols import (
    Backfill,
    Bookmark,
    Fill,
    Historian,
    Prediction,
    ScoreSeries,
    Series,
    Statistics,
    WriteResult,
)
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch
from twin.window import Window
from twin.world import Residual

_MICROSECOND = timedelta(microseconds=1)
_BAND = 1.645  # 90 % of a normal distribution lie within so many standard deviations
_Value = tuple[np.datetime64, float, float]


class MemoryHistorian:
    """Keeps the samples of one plant in numpy arrays, for one thread at a time."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._columns = {tag.name: Column() for tag in plant.tags}
        self._position = {tag.name: i for i, tag in enumerate(plant.tags)}
        self._backfills: list[Backfill] = []

    def write(self, batch: SampleBatch) -> WriteResult:
        """Store a batch; see Historian."""
        numbers = np.array([self._position[self._plant.tag(name).name] for name in batch.tags], dtype=np.int32)
        rows = arrange(numbers, batch)
        now = datetime.now(UTC)
        new, corrected = 0, 0
        past: dict[str, NDArray[np.datetime64]] = {}
        for first, last in zip(rows.first, rows.last, strict=True):
            cut = slice(int(first), int(last) + 1)
            name = self._plant.tags[rows.tag[first]].name
            column, time = self._columns[name], rows.time[cut]
            late = time <= column.time[-1] if len(column.time) else np.zeros(len(time), dtype=bool)
            added, replaced = column.add(time, rows.value[cut], rows.quality[cut], to_datetime64(now))
            new, corrected = new + int(added.sum()), corrected + int(replaced.sum())
            if (changed := late & (added | replaced)).any():
                past[name] = time[changed]
        self._note_backfill(past, now)
        return WriteResult(new, len(batch) - new - corrected, corrected)

    def write_snapshots(self, batch: SnapshotBatch) -> WriteResult:
        """Store whole units at one instant; see Historian."""
        return self.write(batch.samples())

    def backfills(self, after: int) -> tuple[Backfill, ...]:
        """What changed the past since the backfill of that number; see Historian."""
        return tuple(self._backfills[after:])

    def window(self, tags: Sequence[str], span: Span, step: timedelta) -> Window:
        """History on a regular grid; see Historian."""
        rows = grid(span, step)
        end = rows[-1] + np.timedelta64(1, "us")
        good = {name: self._column(name).good(rows[0] - np.timedelta64(step), end) for name in tags}
        return lay_out(self._plant, tags, rows, step, good)

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
        columns = [self._column(name) for name in tags]
        width = choose_resolution(span, resolution, rows)
        times = row_times(span, width)
        start, end = times[0], times[-1] + np.timedelta64(width)
        buckets = roll_up(columns, start, end, width)
        series = lay_series(tags, times, width, buckets)
        if fill is Fill.LAST:
            return hold_last(series, last_before(columns, start))
        if fill is Fill.LINEAR:
            return interpolate(series, buckets, last_before(columns, start), first_from(columns, end))
        return series

    def as_of(self, moment: datetime) -> Historian:
        """The same history as it was known at that moment; see Historian."""
        refuse_future(moment)
        return PastMemory(self, moment)

    def samples(self, tag: str, span: Span, limit: int = 100_000) -> SampleBatch:
        """Raw samples of one tag; see Historian."""
        column = self._column(tag)
        during = column.during(span)
        cut = slice(during.start, min(during.stop, during.start + limit))
        number = np.zeros(cut.stop - cut.start, dtype=np.int32)
        return SampleBatch(
            (tag,), number, column.time[cut].copy(), column.value[cut].copy(), column.quality[cut].copy()
        )

    def latest(self) -> dict[str, Sample]:
        """The newest sample of every tag that has one; see Historian."""
        return {name: _sample(name, column, -1) for name, column in self._columns.items() if len(column.time)}

    def statistics(self, tags: Sequence[str], span: Span) -> tuple[Statistics, ...]:
        """Statistics of each tag's samples; see Historian."""
        return tuple(self._statistics(name, span) for name in tags)

    def extent(self) -> Span | None:
        """From the oldest sample to just after the newest one; see Historian."""
        filled = [column.time for column in self._columns.values() if len(column.time)]
        if not filled:
            return None
        first, last = min(time[0] for time in filled), max(time[-1] for time in filled)
        return Span(from_datetime64(first), from_datetime64(last) + _MICROSECOND)

    def changes(self, tags: Sequence[str], span: Span) -> tuple[tuple[Sample, float], ...]:
        """Samples that differ from the tag's previous good value; see Historian."""
        start, end = to_datetime64(span.start), to_datetime64(span.end)
        found: list[tuple[Sample, float]] = []
        for name in dict.fromkeys(tags):
            time, value = self._column(name).good(start, end)
            changed = np.flatnonzero((value[1:] != value[:-1]) & (time[1:] >= start)) + 1
            found += [(Sample(name, from_datetime64(time[i]), float(value[i])), float(value[i - 1])) for i in changed]
        return tuple(sorted(found, key=lambda change: (change[0].time, change[0].tag)))

    def _note_backfill(self, past: Mapping[str, NDArray[np.datetime64]], now: datetime) -> None:
        if past:
            start, end = min(time[0] for time in past.values()), max(time[-1] for time in past.values())
            span = Span(from_datetime64(start), from_datetime64(end) + _MICROSECOND)
            self._backfills.append(Backfill(len(self._backfills) + 1, span, tuple(past), now))

    def _column(self, name: str) -> Column:
        return self._columns[self._plant.tag(name).name]

    def _statistics(self, name: str, span: Span) -> Statistics:
        column = self._column(name)
        during = column.during(span)
        good = column.quality[during] == Quality.GOOD
        value = column.value[during][good]
        bad = int(len(good) - good.sum())
        if not len(value):
            return Statistics(name, 0, bad, None, None, None, None, None, None)
        numbers = value.mean(), value.std(), value.min(), value.max(), value[0], value[-1]
        return Statistics(name, len(value), bad, *map(float, numbers))


class PastMemory(MemoryHistorian):
    """History as it was known at a moment; to be read only."""

    def __init__(self, present: MemoryHistorian, moment: datetime) -> None:
        super().__init__(present._plant)  # noqa: SLF001 - the same class
        at = to_datetime64(moment)
        self._present, self._moment = present, moment
        self._columns = {name: known_at(column, at) for name, column in present._columns.items()}  # noqa: SLF001
        self._backfills = [backfill for backfill in present._backfills if backfill.stored_at <= moment]  # noqa: SLF001

    def as_of(self, moment: datetime) -> Historian:
        """What was known at the earlier of both moments; see Historian."""
        return self._present.as_of(min(moment, self._moment))

    def write(self, batch: SampleBatch) -> WriteResult:
        """Raises InvalidInput: nothing becomes known in the past."""
        raise only_read(self._moment)


def _sample(name: str, column: Column, i: int) -> Sample:
    return Sample(name, from_datetime64(column.time[i]), float(column.value[i]), Quality(int(column.quality[i])))


class MemoryEventLog:
    """Keeps events, scores, predictions, feedback and marks in dictionaries, for one thread at a time."""

    def __init__(self) -> None:
        self._frames: dict[str, EventFrame] = {}
        self._scores: dict[np.datetime64, float] = {}
        self._predictions: dict[str, dict[np.datetime64, tuple[float, float, float]]] = {}
        self._versions: dict[str, dict[np.datetime64, str]] = {}
        self._health: dict[tuple[datetime, str], ModelHealth] = {}
        self._marks: dict[str, EventMark] = {}
        self._feedback: list[Feedback] = []
        self._changes: dict[str, ThresholdChange] = {}
        self._bookmarks: dict[str, Bookmark] = {}

    def put(self, frames: Sequence[EventFrame]) -> None:
        """Store frames by id, replacing what is there; see EventLog."""
        self._frames.update({frame.id: frame for frame in frames})

    def get(self, event_id: str) -> EventFrame:
        """The frame of that id; see EventLog."""
        try:
            return self._frames[event_id]
        except KeyError as error:
            raise NotFound(f"there is no event {event_id!r}", field="event_id", value=event_id) from error

    def between(self, span: Span) -> tuple[EventFrame, ...]:
        """Frames that overlap [start, end); see EventLog."""
        found = (frame for frame in self._frames.values() if frame.overlaps(span.start, span.end))
        return tuple(sorted(found, key=lambda frame: (frame.start, frame.id)))

    def record(self, model_version: str, scores: ScoreSeries, residual: Residual) -> None:
        """Store scores and predictions of rows, replacing what is there; see EventLog."""
        scored = ~np.isnan(scores.score)
        self._scores.update(zip(scores.time[scored], scores.score[scored].tolist(), strict=True))
        for column, name in enumerate(residual.tags):
            made = ~np.isnan(residual.predicted[:, column])
            numbers = (part[made, column].tolist() for part in (residual.predicted, residual.noise, residual.sigma))
            rows = zip(residual.time[made], zip(*numbers, strict=True), strict=True)
            self._predictions.setdefault(name, {}).update(rows)
            self._versions.setdefault(name, {}).update(dict.fromkeys(residual.time[made], model_version))

    def scores(self, span: Span) -> ScoreSeries:
        """Scores of rows in [start, end); see EventLog."""
        times = _during(self._scores, span)
        return ScoreSeries(_instants(times), np.array([self._scores[time] for time in times], np.float64))

    def predictions(self, tag: str, span: Span) -> Residual:
        """What was expected of one tag for the rows in [start, end); see EventLog."""
        rows = self._predictions.get(tag, {})
        times = _during(rows, span)
        numbers = np.array([rows[time] for time in times], np.float64).reshape(-1, 3, 1)
        return Residual((tag,), _instants(times), numbers[:, 0], numbers[:, 1], numbers[:, 2])

    def newest_predictions(self, span: Span) -> dict[str, Prediction]:
        """The newest row of every tag of which something was expected; see EventLog."""
        newest = {name: times[-1] for name, rows in self._predictions.items() if (times := _during(rows, span))}
        return {name: _prediction(time, *self._predictions[name][time]) for name, time in newest.items()}

    def add_feedback(self, feedback: Feedback) -> None:
        """Store what a person says about an event; see EventLog."""
        self.get(feedback.event_id)
        self._feedback.append(feedback)

    def feedback(self, event_id: str) -> tuple[Feedback, ...]:
        """What people said about an event, oldest first; see EventLog."""
        said = (feedback for feedback in self._feedback if feedback.event_id == event_id)
        return tuple(sorted(said, key=lambda feedback: feedback.time))

    def add_mark(self, mark: EventMark) -> None:
        """Keep what a person did with an event; see EventLog."""
        self.get(mark.event_id)
        self._marks.setdefault(mark.id, mark)

    def marks(self, event_ids: Sequence[str]) -> tuple[EventMark, ...]:
        """What people did with these events; see EventLog."""
        found = (mark for mark in self._marks.values() if mark.event_id in event_ids)
        return tuple(sorted(found, key=lambda mark: (mark.time, mark.id)))

    def shelvings(self, at: datetime) -> tuple[Shelving, ...]:
        """The sources that are shelved at that instant; see EventLog."""
        events = self._frames
        marked = ((m, events[m.event_id].kind, events[m.event_id].first_mover) for m in self._marks.values())
        return shelvings_in_force(marked, at)

    def add_threshold_changes(self, changes: Sequence[ThresholdChange]) -> None:
        """Keep what a judgement moved; see EventLog."""
        for change in changes:
            self.get(change.event_id)
        self._changes |= {change.id: change for change in changes}

    def threshold_changes(self) -> tuple[ThresholdChange, ...]:
        """Every threshold that a judgement ever moved; see EventLog."""
        return tuple(sorted(self._changes.values(), key=lambda change: (change.time, change.id)))

    def undo_threshold_change(self, change_id: str, who: str, time: datetime) -> ThresholdChange:
        """Mark a change as undone; see EventLog."""
        undone = undo(self._changes.get(change_id), change_id, who, time)
        self._changes[change_id] = undone
        return undone

    def sum_up(
        self, span: Span, scale: Mapping[str, float], *, budget_per_week: float, drifted: bool | None = None
    ) -> None:
        """Sum up the predictions of every hour that the span touches; see EventLog."""
        hours = whole_hours(span)
        before = {key: row for key, row in self._health.items() if row.time in hours}
        self._health = {key: row for key, row in self._health.items() if key not in before}
        for (hour, version), rows in self._by_hour(hours, scale).items():
            noted = before.get((hour, version))
            self._health[hour, version] = ModelHealth(
                time=hour,
                model_version=version,
                budget_per_week=budget_per_week,
                drifted=(noted is not None and noted.drifted) if drifted is None else drifted,
                **_fit(rows),
            )

    def health(self, span: Span) -> tuple[ModelHealth, ...]:
        """What was summed up of hours that begin in [start, end); see EventLog."""
        return tuple(self._health[key] for key in sorted(self._health) if key[0] in span)

    def _by_hour(self, hours: Span, scale: Mapping[str, float]) -> dict[tuple[datetime, str], list[_Value]]:
        """(row, noise in ordinary variations, sigma) of every value that was predicted, by hour and version."""
        found: dict[tuple[datetime, str], list[_Value]] = {}
        for name in scale.keys() & self._predictions.keys():
            for time in _during(self._predictions[name], hours):
                _, noise, sigma = self._predictions[name][time]
                hour = from_datetime64(time.astype("M8[h]").astype("M8[us]"))
                if noise > 0 and scale[name] > 0:
                    of_hour = found.setdefault((hour, self._versions[name][time]), [])
                    of_hour.append((time, noise / scale[name], sigma))
        return found

    def bookmark(self, reader: str) -> Bookmark | None:
        """How far the worker of that name has come; see EventLog."""
        return self._bookmarks.get(reader)

    def keep_bookmark(self, reader: str, bookmark: Bookmark) -> None:
        """Keep how far a worker has come; see EventLog."""
        self._bookmarks[reader] = bookmark


def _fit(values: Sequence[_Value]) -> dict[str, Any]:
    """Rows, likelihood and coverage of an hour."""
    noise, sigma = (np.array([value[i] for value in values], np.float64) for i in (1, 2))
    measured = ~np.isnan(sigma)
    told: dict[str, Any] = {"rows": len({value[0] for value in values}), "nll": None, "coverage": None}
    if measured.any():
        noise, sigma = noise[measured], sigma[measured]
        told["nll"] = float((sigma**2 / 2 + np.log(noise) + np.log(2 * np.pi) / 2).mean())
        told["coverage"] = float((np.abs(sigma) <= _BAND).mean())
    return told


def _prediction(time: np.datetime64, mean: float, noise: float, sigma: float) -> Prediction:
    return Prediction(from_datetime64(time), mean, noise, None if np.isnan(sigma) else sigma)


def _during(rows: Mapping[np.datetime64, object], span: Span) -> list[np.datetime64]:
    start, end = to_datetime64(span.start), to_datetime64(span.end)
    return sorted(time for time in rows if start <= time < end)


def _instants(times: list[np.datetime64]) -> NDArray[np.datetime64]:
    return np.array(times, dtype="M8[us]")
