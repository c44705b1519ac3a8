"""What tags did: statistics of a window, history for a chart, predictions, the newest values."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.answer import Series, TimeWindow
from twin.clock import Span, from_datetime64, to_datetime64
from twin.errors import EmptyWindow
from twin.operations.beyond import beyond
from twin.operations.bounds import echoed, kept, past
from twin.operations.events import model_step
from twin.plant import Tag
from twin.protocols import Statistics, Twin
from twin.sample import Quality, Sample
from twin.window import Window

BAND_90 = 1.645
HELD_ROWS = 5000
NATIVE_ROWS = 50_000


class LatestValue(BaseModel):
    """A tag's newest sample."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    description: str
    asset: str
    value: float | None = Field(description="None when the newest sample has bad quality")
    time: AwareDatetime
    quality: str = Field(description="good, uncertain or bad")
    stale: bool = Field(description="Older than the tag may be silent: five times its cadence unless stated")
    passed: str | None = Field(description="The outermost limit that the value lies beyond, if any")


class LimitPassed(BaseModel):
    """A limit that a tag went beyond in a window."""

    model_config = ConfigDict(frozen=True)

    limit: str = Field(description="lolo, lo, hi, hihi, trip_lo or trip_hi")
    value: float
    first: AwareDatetime = Field(description="The first sample beyond it")
    share: float = Field(ge=0, le=1, description="Part of the good samples that lie beyond it")


class TagSummary(BaseModel):
    """Statistics of one tag's good values in a window; the numbers are None when there are none.

    A tag that is logged on change counts by the time each value held, and `count` counts its changes.
    """

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    description: str
    window: TimeWindow
    count: int
    bad: int
    mean: float | None
    std: float | None
    low: float | None
    high: float | None
    first: float | None
    last: float | None
    passed: tuple[LimitPassed, ...] = ()


def latest(twin: Twin) -> tuple[LatestValue, ...]:
    """The newest value of every tag that has one, in the plant file's order."""
    samples = twin.historian.latest()
    now = twin.clock.now()
    return tuple(
        _latest(tag, samples[tag.name], now, twin.plant.max_silence(tag))
        for tag in twin.plant.tags
        if tag.name in samples
    )


def describe_tag(twin: Twin, tag: str, span: Span) -> TagSummary:
    """Statistics of one tag and the limits it passed in a window.

    The window is cut at the present. Raises UnknownTag, OutsideData, OutsideRetention.
    """
    item = twin.plant.tag(tag)
    span = kept(twin, span)
    numbers = _held(twin, item, span) if item.cadence is None else twin.historian.statistics([tag], span)[0]
    return TagSummary(
        tag=tag,
        unit=item.unit,
        description=item.description,
        window=echoed(twin, span),
        count=numbers.count,
        bad=numbers.bad,
        mean=numbers.mean,
        std=numbers.std,
        low=numbers.low,
        high=numbers.high,
        first=numbers.first,
        last=numbers.last,
        passed=_limits_passed(twin, item, span, numbers),
    )


def history(twin: Twin, tag: str, span: Span, max_points: int = 500) -> Series:
    """One tag's measured values for a chart; gaps are None.

    Up to `max_points` rows come as they are. Longer windows are cut into at most `max_points` buckets of equal
    length: `values` is the mean of a bucket, `low` and `high` its smallest and largest value, so a peak is never
    lost. Raises UnknownTag, OutsideData.
    """
    item = twin.plant.tag(tag)
    span = past(twin, span)
    step = item.cadence or model_step(twin)
    step *= max(1, -(-(span.end - span.start) // (step * NATIVE_ROWS)))
    try:
        window = twin.historian.window([tag], span, step)
    except EmptyWindow:
        return _series(item, np.empty(0, "datetime64[us]"), np.empty(0))
    return _bucketed(item, window, max_points)


def predicted(twin: Twin, tag: str, span: Span, max_points: int | None = None) -> Series:
    """What the world model expected of one tag a step ahead, with its 90 % band; rows never scored are gaps.

    More than `max_points` rows are cut into at most so many buckets of equal length, each with its mean prediction
    and its mean band. Raises UnknownTag.
    """
    item = twin.plant.tag(tag)
    residual = twin.events.predictions(tag, span)
    if not len(residual.time):
        return _series(item, residual.time, np.empty(0))
    mean, noise = residual.predicted[:, 0], residual.noise[:, 0]
    time, (mean, noise) = _with_gaps(residual.time, (mean, noise), model_step(twin))
    size = 1 if max_points is None else -(-len(time) // max_points)
    time, mean, noise = _ends(time, size), _means(mean, size), _means(noise, size)
    return _series(item, time, mean, mean - BAND_90 * noise, mean + BAND_90 * noise)


def _latest(tag: Tag, sample: Sample, now: datetime, limit: timedelta | None) -> LatestValue:
    good = sample.quality is not Quality.BAD and np.isfinite(sample.value)
    return LatestValue(
        tag=tag.name,
        unit=tag.unit,
        description=tag.description,
        asset=tag.asset,
        value=sample.value if good else None,
        time=sample.time,
        quality=sample.quality.name.lower(),
        stale=limit is not None and now - sample.time > limit,
        passed=outermost_passed(tag, sample.value) if good else None,
    )


def outermost_passed(tag: Tag, value: float) -> str | None:
    """The outermost of the tag's limits that `value` lies beyond."""
    limits = dict(tag.limits.items())
    for name in ("trip_lo", "lolo", "lo", "trip_hi", "hihi", "hi"):
        if name in limits and (value < limits[name] if "lo" in name else value > limits[name]):
            return name
    return None


def _held(twin: Twin, tag: Tag, span: Span) -> Statistics:
    """Statistics over the time that each value held, of a tag that is logged on change."""
    step = model_step(twin)
    step *= max(1, -(-(span.end - span.start) // (step * HELD_ROWS)))
    changes = twin.historian.changes([tag.name], span)
    try:
        column = twin.historian.window([tag.name], span, step).column(tag.name)
    except EmptyWindow:
        column = np.empty(0)
    values = column[np.isfinite(column)]
    if not len(values):
        return Statistics(tag.name, 0, 0, None, None, None, None, None, None)
    levels = np.concatenate([values, [sample.value for sample, _ in changes], [before for _, before in changes[:1]]])
    return Statistics(
        tag.name,
        len(changes),
        0,
        float(values.mean()),
        float(values.std()),
        float(levels.min()),
        float(levels.max()),
        float(changes[0][1]) if changes else float(values[0]),
        float(values[-1]),
    )


def _limits_passed(twin: Twin, tag: Tag, span: Span, numbers: Statistics) -> tuple[LimitPassed, ...]:
    if numbers.low is None or numbers.high is None or tag.cadence is None:
        return ()
    passed = ((n, v) for n, v in tag.limits.items() if (numbers.low < v if "lo" in n else numbers.high > v))
    found = ((name, beyond(twin, tag.name, span, "below" if "lo" in name else "above", v)) for name, v in passed)
    return tuple(
        LimitPassed(limit=name, value=item.limit, first=item.first, share=item.share)
        for name, item in found
        if item.first is not None and item.share is not None
    )


def _bucketed(tag: Tag, window: Window, max_points: int) -> Series:
    values = window.values[:, 0]
    size = -(-len(values) // max_points)
    if size <= 1:
        return _series(tag, window.time, values)
    blocks = _blocks(values, size)
    empty = ~np.isfinite(blocks).any(axis=1)
    blocks[empty] = 0.0
    mean, low, high = np.nanmean(blocks, 1), np.nanmin(blocks, 1), np.nanmax(blocks, 1)
    for column in (mean, low, high):
        column[empty] = np.nan
    return _series(tag, _ends(window.time, size), mean, low, high)


def _blocks(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """(block, size): the values in their order, the last block filled up with NaN."""
    padded = np.full(-(-len(values) // size) * size, np.nan)
    padded[: len(values)] = values
    return padded.reshape(-1, size)


def _means(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Mean of every block, NaN for one without values."""
    blocks = _blocks(values, size)
    count = np.isfinite(blocks).sum(axis=1)
    means: NDArray[np.float64] = np.where(count > 0, np.nansum(blocks, axis=1) / np.maximum(count, 1), np.nan)
    return means


def _ends(time: NDArray[np.datetime64], size: int) -> NDArray[np.datetime64]:
    """The last instant of every block."""
    blocks = -(-len(time) // size)
    last: NDArray[np.intp] = np.minimum(np.arange(1, blocks + 1) * size, len(time)) - 1
    ends: NDArray[np.datetime64] = time[last]
    return ends


def _with_gaps(
    time: NDArray[np.datetime64], columns: tuple[NDArray[np.float64], ...], step: timedelta
) -> tuple[NDArray[np.datetime64], tuple[NDArray[np.float64], ...]]:
    """The rows on a whole grid of `step`, NaN where there was none."""
    width = to_datetime64(from_datetime64(time[0]) + step) - time[0]
    row = np.round((time - time[0]) / width).astype(int)
    grid = time[0] + np.arange(row[-1] + 1) * width
    return grid, tuple(_scattered(row, column) for column in columns)


def _scattered(row: NDArray[np.int_], column: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.full(row[-1] + 1, np.nan)
    out[row] = column
    return out


def _series(
    tag: Tag,
    time: NDArray[np.datetime64],
    values: NDArray[np.float64],
    low: NDArray[np.float64] | None = None,
    high: NDArray[np.float64] | None = None,
) -> Series:
    return Series(
        name=tag.description,
        tag=tag.name,
        unit=tag.unit,
        time=tuple(from_datetime64(moment) for moment in time),
        values=_gaps(values),
        low=None if low is None else _gaps(low),
        high=None if high is None else _gaps(high),
    )


def _gaps(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in values)
