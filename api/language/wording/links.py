"""Where to look at what an answer speaks of: the console, and Grafana when its address is known."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from api.language.run.findings import Compared, EventsSeen, Explained, Findings, Unexplained
from api.language.wording.catalog import entry
from twin.answer import Link
from twin.clock import Span
from twin.operations.compare import EventsCompared

OVERVIEW, EVENT, TAG_TREND = "foretell-overview", "foretell-event", "foretell-tag"
"""Uids of dashboards; the variable `event` of the second takes one, `tag` of the third several."""

EVENTS = 3
TAGS = 4
BEFORE, AFTER = timedelta(hours=1), timedelta(hours=1)
"""What is shown around an event."""


def links_of(findings: Findings, grafana_url: str | None, language: str = "en") -> tuple[Link, ...]:
    """The events spoken of, the console at the answer's window, and the dashboard that shows them there."""
    events = _events(findings)
    told = [_link(language, "link.event", f"/events/{quote(event, safe='')}", event) for event in events[:EVENTS]]
    span = findings.window
    if span is None:
        return tuple(told)
    if span.start < findings.now:
        past = Span(span.start, min(span.end, findings.now))
        told.append(_link(language, "link.console", f"/?{_range(past)}"))
    tags = _tags(findings)
    if grafana_url is not None and (tags or events):
        around = Span(span.start - BEFORE, span.end + AFTER) if events else span
        told.append(_link(language, "link.grafana", _grafana(grafana_url, around, events, tags)))
    return tuple(told)


def _events(findings: Findings) -> tuple[str, ...]:
    match findings.result:
        case EventsSeen(anomalies=anomalies):
            return tuple(event.id for event in anomalies)
        case Explained(explanation=found):
            return (found.event.id,)
        case Compared(outcome=EventsCompared() as both):
            return (*both.first.ids, *both.second.ids)
        case _:
            return ()


def _tags(findings: Findings) -> tuple[str, ...]:
    """Tags to draw: those asked about, or those that an answer without an event speaks of."""
    asked = [tag for tag in findings.plan.tags if not findings.plant.tag(tag).movable]
    result = findings.result
    led = [item.tag for item in result.summaries] if isinstance(result, Unexplained) else []
    return tuple(dict.fromkeys([*asked, *led]))[:TAGS]


def _range(span: Span) -> str:
    return urlencode({"start": _iso(span.start), "end": _iso(span.end)})


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _grafana(url: str, span: Span, events: tuple[str, ...], tags: tuple[str, ...]) -> str:
    """One event has a dashboard, tags have another; several events are on the overview.

    Grafana takes milliseconds since the epoch, and a variable with several values several times.
    """
    begin, end = (round(moment.timestamp() * 1000) for moment in (span.start, span.end))
    chosen = [("var-event", event) for event in events] or [("var-tag", tag) for tag in tags]
    dashboard = TAG_TREND if not events else EVENT if len(events) == 1 else OVERVIEW
    asked = [("from", str(begin)), ("to", str(end)), *(chosen if dashboard != OVERVIEW else [])]
    return f"{url.rstrip('/')}/d/{dashboard}?{urlencode(asked)}"


def _link(language: str, key: str, url: str, event: str = "") -> Link:
    item, _ = entry(language, key)
    return Link(text=str(item).format(event=event), url=url)
