"""Where to look at what an answer speaks of: the console, and Grafana when its address is known."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from api.language.run.findings import Compared, EventsSeen, Explained, Findings, Unexplained
from api.language.wording.catalog import entry
from twin.answer import Link
from twin.clock import Span
from twin.operations.compare import EventsCompared

DASHBOARD = "foretell-overview"
"""Uid of the dashboard in dashboards/overview.py; its variable `tag` takes several."""

EVENTS = 3
TAGS = 4
BEFORE, AFTER = timedelta(hours=1), timedelta(hours=1)
"""What is shown around an event."""


def links_of(findings: Findings, grafana_url: str | None, language: str = "en") -> tuple[Link, ...]:
    """The events spoken of, the console at the answer's window, and the dashboard with its tags there."""
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
        told.append(_link(language, "link.grafana", _grafana(grafana_url, around, tags)))
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
    """Tags to draw: those asked about, or those that led the events."""
    asked = [tag for tag in findings.plan.tags if not findings.plant.tag(tag).movable]
    match findings.result:
        case Explained(explanation=found):
            led = [item.contribution.tag for item in found.contributions]
        case EventsSeen(anomalies=anomalies):
            led = [event.first_mover for event in anomalies]
        case Unexplained(summaries=summaries):
            led = [item.tag for item in summaries]
        case _:
            led = []
    return tuple(dict.fromkeys([*asked, *led]))[:TAGS]


def _range(span: Span) -> str:
    return urlencode({"start": _iso(span.start), "end": _iso(span.end)})


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _grafana(url: str, span: Span, tags: tuple[str, ...]) -> str:
    """Grafana takes milliseconds since the epoch, and a variable with several values several times."""
    begin, end = (round(moment.timestamp() * 1000) for moment in (span.start, span.end))
    asked = [("from", str(begin)), ("to", str(end)), *(("var-tag", tag) for tag in tags)]
    return f"{url.rstrip('/')}/d/{DASHBOARD}?{urlencode(asked)}"


def _link(language: str, key: str, url: str, event: str = "") -> Link:
    item, _ = entry(language, key)
    return Link(text=str(item).format(event=event), url=url)
