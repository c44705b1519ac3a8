"""One thing against another: tags over two windows, tags over one window, the events of two windows."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.calendar import ONE_DAY
from twin.clock import Span
from twin.errors import InvalidInput, UnitMismatch
from twin.event import Severity
from twin.operations.bounds import echoed, kept
from twin.operations.describe import TagSummary, describe_tag
from twin.operations.events import EventsFound, concerns, find_events
from twin.protocols import Statistics, Twin
from twin.query import Aggregation
from twin.units import convert

LARGE = 2.0
"""Times the usual difference."""
MOST, FEWEST = 8, 4
"""Earlier windows that the usual difference stands on; with fewer the world model's training tells."""
ALIKE = 0.1
"""Of the longer window: how much the other may be shorter for counts to compare."""

_FIELDS = {
    Aggregation.MAX: "high",
    Aggregation.MIN: "low",
    Aggregation.STD: "std",
    Aggregation.FIRST: "first",
    Aggregation.LAST: "last",
    Aggregation.AT: "last",
    Aggregation.NOW: "last",
}
_DIFFERENCES = frozenset({Aggregation.STD, Aggregation.RANGE})


class TagCompared(BaseModel):
    """One tag over two windows; `difference` is first minus second, in `unit`, None where one holds no value."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    description: str
    first: TagSummary
    second: TagSummary
    first_value: float | None = Field(description="The aggregation over the first window")
    second_value: float | None
    difference: float | None
    usual: float | None = Field(
        description="Standard deviation of such a difference, as windows of this length had it before; null: unknown"
    )
    large: bool | None = Field(description="|difference| is more than twice the usual; null: unknown")
    earlier: int = Field(description="Earlier windows that `usual` stands on; 0: the world model's training, or none")


class WindowsCompared(BaseModel):
    """Some tags over two windows."""

    model_config = ConfigDict(frozen=True)

    first: TimeWindow
    second: TimeWindow
    aggregation: Aggregation
    tags: tuple[TagCompared, ...]


class TagValue(BaseModel):
    """An aggregation of one tag, in its unit and, where the tags' units convert, in the first tag's."""

    model_config = ConfigDict(frozen=True)

    summary: TagSummary
    value: float | None
    common: float | None = Field(description="In `TagsCompared.unit`; null where units do not convert or no value is")


class TagsCompared(BaseModel):
    """Some tags over one window."""

    model_config = ConfigDict(frozen=True)

    window: TimeWindow
    aggregation: Aggregation
    tags: tuple[TagValue, ...] = Field(description="In the order asked")
    unit: str | None = Field(description="The first tag's unit, when all others convert to it")
    ranked: tuple[str, ...] = Field(description="Names, highest first, without tags that hold no value; see `unit`")
    difference: float | None = Field(description="First minus second in `unit`, of two tags; null for more")


class EventsCounted(BaseModel):
    """The anomalies of a window in numbers."""

    model_config = ConfigDict(frozen=True)

    window: TimeWindow
    count: int
    by_severity: dict[Severity, int] = Field(description="Every severity, 0 as well")
    ids: tuple[str, ...] = Field(description="Oldest first")
    explained: int = Field(description="Responses to logged moves; not in `count`")
    scored: float = Field(ge=0, le=1, description="Share of the window that the detector looked at")


class EventsCompared(BaseModel):
    """The anomalies of two windows, about some tags or about all."""

    model_config = ConfigDict(frozen=True)

    tags: tuple[str, ...]
    first: EventsCounted
    second: EventsCounted
    difference: int | None = Field(description="Counts, first minus second; null when one was not looked at at all")
    same_length: bool = Field(description="Counts of windows of unlike lengths do not compare")
    first_per_day: float
    second_per_day: float


def compare_windows(
    twin: Twin, tags: Sequence[str], first: Span, second: Span, aggregation: Aggregation = Aggregation.MEAN
) -> WindowsCompared:
    """Each tag's summary over both windows, their difference, and whether that is more than is usual for the tag.

    Windows are cut at the present. Raises UnknownTag, InvalidInput for a share, OutsideData, OutsideRetention.
    """
    first, second = kept(twin, first), kept(twin, second)
    value_of(None, aggregation)
    earlier = _earlier(twin, first, second)
    past = [twin.historian.statistics(tags, span) for span in earlier]
    return WindowsCompared(
        first=echoed(twin, first),
        second=echoed(twin, second),
        aggregation=aggregation,
        tags=tuple(
            _compared(twin, tag, first, second, aggregation, [of_all[i] for of_all in past])
            for i, tag in enumerate(tags)
        ),
    )


def compare_tags(
    twin: Twin, tags: Sequence[str], span: Span, aggregation: Aggregation = Aggregation.MEAN
) -> TagsCompared:
    """Some tags over one window; ranked where their units convert.

    Raises UnknownTag, InvalidInput for a share or fewer than two tags, OutsideData, OutsideRetention.
    """
    if len(tags) < 2:
        raise InvalidInput("a comparison takes two tags or two windows", field="tags", value=list(tags))
    summaries = [describe_tag(twin, tag, span) for tag in tags]
    values = [value_of(summary, aggregation) for summary in summaries]
    common = _common(twin, tags, values, difference=aggregation in _DIFFERENCES)
    known = [(number, tag) for tag, number in zip(tags, common or [], strict=False) if number is not None]
    return TagsCompared(
        window=summaries[0].window,
        aggregation=aggregation,
        tags=tuple(
            TagValue(summary=summary, value=value, common=common[i] if common else None)
            for i, (summary, value) in enumerate(zip(summaries, values, strict=True))
        ),
        unit=twin.plant.tag(tags[0]).unit if common else None,
        ranked=tuple(tag for _, tag in sorted(known, key=lambda item: -item[0])),
        difference=known[0][0] - known[1][0] if len(tags) == len(known) == 2 else None,
    )


def compare_events(twin: Twin, first: Span, second: Span, tags: Sequence[str] | None = None) -> EventsCompared:
    """How many anomalies each window holds, by severity, and how much of it the detector looked at.

    Raises UnknownTag, OutsideData, OutsideRetention.
    """
    about = None if tags is None else frozenset(twin.plant.tag(tag).name for tag in tags)
    one, other = (_counted(find_events(twin, span), about) for span in (first, second))
    lengths = [counted.window.end - counted.window.start for counted in (one, other)]
    return EventsCompared(
        tags=tuple(tags or ()),
        first=one,
        second=other,
        difference=one.count - other.count if one.scored and other.scored else None,
        same_length=abs(lengths[0] - lengths[1]) <= ALIKE * max(lengths),
        first_per_day=one.count / (lengths[0] / ONE_DAY),
        second_per_day=other.count / (lengths[1] / ONE_DAY),
    )


def value_of(summary: TagSummary | Statistics | None, aggregation: Aggregation) -> float | None:
    """An aggregation of a summary; None where it holds no value. Raises InvalidInput for a share.

    A share needs a limit, which a comparison has not.
    """
    if aggregation is Aggregation.SHARE:
        raise InvalidInput("a share of the time cannot be compared: it needs a limit", field="aggregation")
    if summary is None:
        return None
    if aggregation is Aggregation.COUNT:
        return float(summary.count)
    if aggregation is Aggregation.RANGE:
        return None if summary.low is None or summary.high is None else summary.high - summary.low
    number: float | None = getattr(summary, _FIELDS.get(aggregation, "mean"))
    return number


def _compared(
    twin: Twin, tag: str, first: Span, second: Span, aggregation: Aggregation, past: Sequence[Statistics]
) -> TagCompared:
    item = twin.plant.tag(tag)
    one, other = describe_tag(twin, tag, first), describe_tag(twin, tag, second)
    values = value_of(one, aggregation), value_of(other, aggregation)
    difference = None if values[0] is None or values[1] is None else values[0] - values[1]
    usual, earlier = _usual(twin, tag, aggregation, past if item.cadence else ())
    large = None if difference is None or usual is None else abs(difference) > LARGE * usual
    return TagCompared(
        tag=tag,
        unit=item.unit,
        description=item.description,
        first=one,
        second=other,
        first_value=values[0],
        second_value=values[1],
        difference=difference,
        usual=usual,
        large=large,
        earlier=earlier,
    )


def _usual(twin: Twin, tag: str, aggregation: Aggregation, past: Sequence[Statistics]) -> tuple[float | None, int]:
    """Standard deviation of the difference of two windows, and on how many earlier ones it stands."""
    known = [number for item in past if (number := value_of(item, aggregation)) is not None and item.count]
    if len(known) >= FEWEST:
        return float(np.sqrt(2) * np.std(known, ddof=1)), len(known)
    level = aggregation not in {Aggregation.COUNT, Aggregation.STD, Aggregation.RANGE}
    card = twin.model.card if twin.model else None
    if card is None or not level or tag not in card.tags:
        return None, 0
    return float(np.sqrt(2) * card.scale[card.tags.index(tag)]), 0


def _earlier(twin: Twin, first: Span, second: Span) -> list[Span]:
    """Windows as long as the first, a whole number of days before the earlier one, as far as there is history."""
    begin, length = min(first.start, second.start), first.end - first.start
    stride = max(1, -(-length // ONE_DAY)) * ONE_DAY
    starts = (first.start - stride * back for back in range(1, MOST + 40))
    before = [start for start in starts if start + length <= begin][:MOST]
    extent = twin.historian.extent()
    return [Span(start, start + length) for start in before if extent and start >= extent.start]


def _common(
    twin: Twin, tags: Sequence[str], values: Sequence[float | None], *, difference: bool
) -> list[float | None] | None:
    """The values in the first tag's unit; None when one does not convert."""
    target = twin.plant.tag(tags[0])
    units = [twin.plant.tag(tag).unit for tag in tags]
    try:
        return [
            None if value is None else convert(value, unit, target, difference=difference)
            for value, unit in zip(values, units, strict=True)
        ]
    except UnitMismatch:
        return None


def _counted(found: EventsFound, about: frozenset[str] | None) -> EventsCounted:
    anomalies = [frame for frame in found.anomalies if concerns(frame, about)]
    return EventsCounted(
        window=found.window,
        count=len(anomalies),
        by_severity={severity: sum(frame.severity is severity for frame in anomalies) for severity in Severity},
        ids=tuple(frame.id for frame in anomalies),
        explained=sum(concerns(frame, about) for frame in found.explained),
        scored=found.scored,
    )
