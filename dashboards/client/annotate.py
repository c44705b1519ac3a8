"""Events as annotations: one per event, added when it opens, changed when it closes or is corrected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboards.client.compare import lacking
from dashboards.client.grafana import Grafana
from twin.clock import Span
from twin.errors import GrafanaRefused
from twin.event import EventFrame

TAG = "foretell"
EVENT = "event:"
PLANT = "plant:"
"""Several plants may share a Grafana."""
MOST = 5000
"""Annotations that are looked through at once."""


class Done(StrEnum):
    """What became of an event's annotation."""

    ADDED = "added"
    CHANGED = "changed"
    TAKEN_BACK = "taken back"
    SAME = "same"


@dataclass(frozen=True)
class Annotated:
    """An event and what became of its annotation."""

    event: str
    done: Done


@dataclass(frozen=True)
class Events:
    """The anomalies that touch a window of a plant, and the console that shows them."""

    plant: str
    span: Span
    anomalies: Sequence[EventFrame]
    console: str


def annotate(grafana: Grafana, events: Events, *, dry_run: bool = False) -> Iterator[Annotated]:
    """Bring a window's annotations to what its events are now; doing it again changes nothing.

    The annotation of an event that began in the window and is none of its anomalies any more is taken back: late
    samples showed that there was no event, or a logged move explains it. Raises GrafanaRefused when there are more
    than MOST annotations.
    """
    marks = [TAG, f"{PLANT}{events.plant}"]
    there = _there(grafana, events, marks)
    for event in events.anomalies:
        wanted = _annotation(event, marks, events.console)
        yield Annotated(event.id, _bring(grafana, wanted, there.pop(event.id, None), dry_run=dry_run))
    for event_id, annotation in sorted(there.items()):
        if _ms(events.span.start) <= annotation["time"] < _ms(events.span.end):
            if not dry_run:
                grafana.delete_annotation(annotation["id"])
            yield Annotated(event_id, Done.TAKEN_BACK)


def _there(grafana: Grafana, events: Events, marks: list[str]) -> dict[str, dict[str, Any]]:
    """The annotations of the window by event; one of an open event is a point, which may lie before it."""
    first = min((event.start for event in events.anomalies), default=events.span.start)
    start = min(first, events.span.start)
    found = grafana.annotations(_ms(start), _ms(events.span.end), marks, MOST)
    if len(found) >= MOST:
        raise GrafanaRefused(
            f"the window holds {MOST} annotations or more: take a shorter one", field="start", limit=MOST
        )
    return {event: annotation for annotation in found if (event := _event_of(annotation)) is not None}


def _bring(grafana: Grafana, wanted: dict[str, Any], there: dict[str, Any] | None, *, dry_run: bool) -> Done:
    if there is None:
        if not dry_run:
            grafana.add_annotation(wanted)
        return Done.ADDED
    if not lacking(there | {"tags": sorted(there["tags"])}, wanted):
        return Done.SAME
    if not dry_run:
        grafana.change_annotation(there["id"], wanted)
    return Done.CHANGED


def _annotation(event: EventFrame, marks: list[str], console: str) -> dict[str, Any]:
    """As Grafana takes it. One that goes on ends where it begins, which Grafana draws as a point."""
    end = event.start if event.end is None else event.end
    return {
        "time": _ms(event.start),
        "timeEnd": _ms(end),
        "tags": sorted([*marks, f"{EVENT}{event.id}", event.kind.value, event.severity.value]),
        "text": f"{event.message}\n{console.rstrip('/')}/events/{event.id}",
    }


def _event_of(annotation: dict[str, Any]) -> str | None:
    named = (tag.removeprefix(EVENT) for tag in annotation["tags"] if tag.startswith(EVENT))
    return next(named, None)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
