"""Where Grafana shows what a page of the console is about; its dashboards' uids and variables are fixed."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from twin.clock import Span
from twin.event import EventFrame

EVENT, TAG = "foretell-event", "foretell-tag"
AROUND = timedelta(hours=1)
"""What is shown before and after an event."""


def event_dashboard(url: str, event: EventFrame, now: datetime) -> str:
    """The dashboard of one event, at its time."""
    return _address(url, EVENT, Span(event.start - AROUND, (event.end or now) + AROUND), event=event.id)


def tag_dashboard(url: str, tag: str, span: Span) -> str:
    """The dashboard of one tag, at a stretch of time."""
    return _address(url, TAG, span, tag=tag)


def _address(url: str, dashboard: str, span: Span, **variables: str) -> str:
    begin, end = (round(moment.timestamp() * 1000) for moment in (span.start, span.end))
    asked = {"from": begin, "to": end} | {f"var-{name}": value for name, value in variables.items()}
    return f"{url.rstrip('/')}/d/{dashboard}?{urlencode(asked)}"
