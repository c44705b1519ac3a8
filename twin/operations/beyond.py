"""When a tag was highest or lowest, and how long it lay beyond a value."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.clock import Span, from_datetime64
from twin.errors import EmptyWindow
from twin.operations.bounds import echoed, kept
from twin.operations.events import model_step
from twin.plant import Tag
from twin.protocols import Twin
from twin.sample import Quality

READ_AT_ONCE = 50_000
"""Values of one tag that are held in memory at a time."""

Side = Literal["above", "below"]


class Beyond(BaseModel):
    """How much of a window one tag lay above or below a value, by its good values."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    window: TimeWindow
    side: Side
    limit: float
    count: int = Field(description="Good values, or steps of a tag that is logged on change")
    share: float | None = Field(ge=0, le=1, description="Part of them beyond the limit; null: there are none")
    first: AwareDatetime | None = Field(description="The first of them; null: none is beyond")


class Extremes(BaseModel):
    """When one tag was highest and lowest in a window, the first time each; null: no good value, or before it."""

    model_config = ConfigDict(frozen=True)

    tag: str
    highest: AwareDatetime | None
    lowest: AwareDatetime | None


def beyond(twin: Twin, tag: str, span: Span, side: Side, limit: float) -> Beyond:
    """The share of a window that a tag lay strictly beyond a value, and since when.

    The window is cut at the present. Raises UnknownTag, OutsideData, OutsideRetention.
    """
    item = twin.plant.tag(tag)
    span = kept(twin, span)
    count = passed = 0
    first: datetime | None = None
    for time, values in _values(twin, item, span):
        where = values > limit if side == "above" else values < limit
        count, passed = count + len(values), passed + int(where.sum())
        if first is None and where.any():
            first = from_datetime64(time[where][0])
    return Beyond(
        tag=tag,
        unit=item.unit,
        window=echoed(twin, span),
        side=side,
        limit=limit,
        count=count,
        share=passed / count if count else None,
        first=first,
    )


def extremes(twin: Twin, tag: str, span: Span) -> Extremes:
    """When a tag was highest and lowest; raises as `beyond` does."""
    item = twin.plant.tag(tag)
    span = kept(twin, span)
    high, low = -np.inf, np.inf
    highest: datetime | None = None
    lowest: datetime | None = None
    for time, values in _values(twin, item, span):
        if len(values) and values.max() > high:
            high, highest = float(values.max()), from_datetime64(time[values.argmax()])
        if len(values) and values.min() < low:
            low, lowest = float(values.min()), from_datetime64(time[values.argmin()])
    return Extremes(tag=tag, highest=highest, lowest=lowest)


def _values(twin: Twin, tag: Tag, span: Span) -> Iterator[tuple[NDArray[np.datetime64], NDArray[np.float64]]]:
    """Instants and good values in parts, oldest first; a tag that is logged on change on the model's grid."""
    step = tag.cadence or model_step(twin)
    begin = span.start
    while begin < span.end:
        part = Span(begin, min(begin + READ_AT_ONCE * step, span.end))
        yield _held(twin, tag, part, step) if tag.cadence is None else _measured(twin, tag, part)
        begin = part.end


def _measured(twin: Twin, tag: Tag, span: Span) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    batch = twin.historian.samples(tag.name, span)
    batch = batch.take((batch.quality != Quality.BAD) & np.isfinite(batch.value))
    return batch.time, batch.value


def _held(twin: Twin, tag: Tag, span: Span, step: timedelta) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    try:
        window = twin.historian.window([tag.name], span, step)
    except EmptyWindow:
        return np.empty(0, "datetime64[us]"), np.empty(0)
    column = window.column(tag.name)
    known = np.isfinite(column)
    return window.time[known], column[known]
