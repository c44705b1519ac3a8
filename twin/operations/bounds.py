"""The times an operation may look at: not the future, not before the historian begins."""

from datetime import UTC, datetime, timedelta

from twin.answer import TimeWindow
from twin.calendar import describe_instant, describe_span
from twin.clock import Span
from twin.errors import OutsideData, OutsideRetention
from twin.protocols import Twin


def past(twin: Twin, span: Span) -> Span:
    """The part of `span` that lies behind us; raises OutsideData when it begins in the future."""
    now = twin.clock.now()
    if span.start >= now:
        raise OutsideData(
            f"the window begins at {describe_instant(span.start, twin.plant.time_zone)}, which lies in the future "
            f"(it is {describe_instant(now, twin.plant.time_zone)})",
            field="window",
            value=span.start.isoformat(),
            limit=now.isoformat(),
        )
    return Span(span.start, min(span.end, now))


def kept(twin: Twin, span: Span) -> Span:
    """`span` as `past` gives it; raises OutsideRetention when the historian begins only after it."""
    span = past(twin, span)
    extent = twin.historian.extent()
    if extent is not None and span.end <= extent.start:
        begin = describe_instant(extent.start, twin.plant.time_zone)
        raise OutsideRetention(
            f"the historian holds data from {begin} on; "
            f"the window ends at {describe_instant(span.end, twin.plant.time_zone)}",
            field="window",
            value=span.end.isoformat(),
            limit=extent.start.isoformat(),
        )
    return span


def floor(moment: datetime, step: timedelta) -> datetime:
    """The last whole multiple of `step` since the epoch at or before `moment`."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((moment - epoch) // step) * step


def ceil(moment: datetime, step: timedelta) -> datetime:
    """The first whole multiple of `step` since the epoch at or after `moment`."""
    below = floor(moment, step)
    return below if below == moment else below + step


def echoed(twin: Twin, span: Span) -> TimeWindow:
    """The window with its words, as answers repeat it."""
    return TimeWindow(start=span.start, end=span.end, text=describe_span(span, twin.plant.time_zone))
