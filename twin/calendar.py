"""The plant's calendar: what "last night" means, and how a window is said in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from twin.clock import Span


def describe_instant(moment: datetime, zone: ZoneInfo) -> str:
    """An instant on the plant's clock: "Sun 22 Nov 02:00 CET"."""
    return f"{moment.astimezone(zone):%a %d %b %H:%M %Z}"


def describe_span(span: Span, zone: ZoneInfo) -> str:
    """A window on the plant's clock: "Sat 21 Nov 22:00 to Sun 22 Nov 06:00 CET"."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if start.date() == end.date() and start.tzname() == end.tzname():
        return f"{start:%a %d %b %H:%M} to {end:%H:%M %Z}"
    if start.tzname() == end.tzname():
        return f"{start:%a %d %b %H:%M} to {end:%a %d %b %H:%M %Z}"
    return f"{start:%a %d %b %H:%M %Z} to {end:%a %d %b %H:%M %Z}"
