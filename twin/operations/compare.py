"""One thing against another: tags over two windows, tags over one window, the events of two windows."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.clock import Span
from twin.event import Severity
from twin.operations.describe import TagSummary
from twin.protocols import Twin
from twin.query import Aggregation


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
    raise NotImplementedError


def compare_tags(
    twin: Twin, tags: Sequence[str], span: Span, aggregation: Aggregation = Aggregation.MEAN
) -> TagsCompared:
    """Some tags over one window; ranked where their units convert.

    Raises UnknownTag, InvalidInput for a share or fewer than two tags, OutsideData, OutsideRetention.
    """
    raise NotImplementedError


def compare_events(twin: Twin, first: Span, second: Span, tags: Sequence[str] | None = None) -> EventsCompared:
    """How many anomalies each window holds, by severity, and how much of it the detector looked at.

    Raises OutsideData, OutsideRetention.
    """
    raise NotImplementedError
