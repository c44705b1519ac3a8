"""What is known about an event, in sentences."""

from api.console.events.card import kind_key
from api.console.view import View
from twin.event import EventFrame, Kind
from twin.scenario import LoggedMove


def heading(view: View, event: EventFrame) -> str:
    """What it is about, and where."""
    return view.words("events.heading", kind=view.words(kind_key(event)), asset=event.asset)


def score(view: View, event: EventFrame) -> str:
    """How far beyond the threshold it went."""
    return view.words("events.score", score=view.write.number(event.score, 3))


def cause(view: View, event: EventFrame) -> str:
    """Whether a logged move explains the event, and which."""
    words = view.words
    if event.withdrawn:
        return words("events.cause.withdrawn")
    if event.kind is Kind.SILENCE:
        return words("events.cause.silence")
    if event.explained_by is not None:
        return words("events.cause.explained", move=moved(view, event.explained_by))
    if event.suspected_move is not None:
        return words("events.cause.suspected", move=moved(view, event.suspected_move))
    return words("events.cause.none")


def moved(view: View, move: LoggedMove) -> str:
    """A move: which tag, from what to what, and when."""
    write = view.write
    change = f"{write.quantity(move.before, move.unit)} → {write.quantity(move.after, move.unit)}"
    return view.words(
        "events.move",
        what=view.plant.tag(move.tag).description,
        tag=move.tag,
        change=change,
        instant=write.instant(move.time),
        zone=write.zone_name(move.time),
    )


def late(view: View, event: EventFrame) -> str | None:
    """Since when the event is told like this, if late samples changed it."""
    came = event.backfilled_at
    if came is None:
        return None
    key = "events.late.withdrawn" if event.withdrawn else "events.late.changed"
    return view.words(key, instant=view.write.instant(came), zone=view.write.zone_name(came))


def first_mover(view: View, event: EventFrame) -> str:
    """Who left its prediction first, and when the twin noticed."""
    key = "events.first_silent" if event.kind is Kind.SILENCE else "events.first_mover"
    tag = view.plant.tag(event.first_mover)
    return view.words(
        key,
        what=tag.description,
        tag=tag.name,
        instant=view.write.instant(event.detected_at),
        zone=view.write.zone_name(event.detected_at),
        version=event.model_version,
    )
