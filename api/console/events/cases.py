"""Earlier events that were like one, and what was done then."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from api.console.events.actions import draw_marks
from api.console.events.card import OpenEvent, event_card
from api.console.events.opinion import draw_opinion
from api.console.parts import moves_list
from api.console.view import View
from twin.event import Handling
from twin.operations.aftermath import Aftermath, aftermath
from twin.operations.handling import handlings
from twin.operations.similar import SimilarEvent
from twin.protocols import Twin


@dataclass(frozen=True, slots=True)
class Case:
    """An earlier event, how alike it is, and what was done about it."""

    alike: SimilarEvent
    handling: Handling
    done: Aftermath


def cases(twin: Twin, similar: Sequence[SimilarEvent]) -> tuple[Case, ...]:
    """What was done about each of the events."""
    handled = handlings(twin, [alike.event for alike in similar])
    return tuple(
        Case(alike, handled.get(alike.event.id, Handling()), aftermath(twin, alike.event)) for alike in similar
    )


def draw_cases(view: View, found: Sequence[Case], open_event: OpenEvent) -> None:
    """Each event as a card, and under it what was done."""
    words = view.words
    ui.label(words("events.similar")).classes("strong")
    if not found:
        ui.label(words("events.similar.none")).classes("hint")
    for case in found:
        with ui.column().classes("case").props(f'data-case="{case.alike.event.id}"'):
            ui.label(words("events.similar.alike", share=view.write.per_cent(case.alike.similarity))).classes("hint")
            event_card(view, case.alike.event, open_event, case.handling)
            draw_done(view, case.done)


def draw_done(view: View, done: Aftermath) -> None:
    """Moves, log entries, marks and judgements."""
    words = view.words
    if done.nothing:
        ui.label(words("events.done.nothing")).classes("hint")
        return
    ui.label(words("events.done")).classes("hint strong")
    moves_list(view, done.moves)
    for entry in done.entries:
        about = " · ".join(filter(None, (entry.author, entry.tag or entry.asset)))
        ui.label(f"{view.write.instant(entry.time)}  {about}: {entry.text}").classes("hint entry")
    draw_marks(view, done.marks)
    for feedback in done.said:
        draw_opinion(view, feedback)
