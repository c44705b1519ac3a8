"""Questions that fit what is on screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.console.view import View
from twin.answer import Answer
from twin.clock import Span
from twin.event import EventFrame
from twin.operations.explain import Explanation
from twin.plant import Tag
from twin.scenario import LoggedMove

MOVES = 2
"""Moves before an event that are asked about, the newest ones."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about, and the moves that were logged around it; nothing on the home page."""

    event: EventFrame | None = None
    tag: str | None = None
    span: Span | None = None
    moves: tuple[LoggedMove, ...] = ()


HOME = Subject()


def suggestions(view: View, subject: Subject = HOME) -> tuple[str, ...]:
    """Questions in the language of the page and the words of the plant."""
    if subject.event is not None:
        return _of_event(view, subject.event, subject.moves)
    if subject.tag is not None:
        return _of_tag(view, view.plant.tag(subject.tag), subject.span)
    return _of_plant(view)


def subject_of(answer: Answer, known: Sequence[Explanation]) -> Subject | None:
    """The event that an answer is about, or the first that it names; `known` explains those that it names."""
    own = (answer.result or {}).get("explain_event")
    told = [Explanation.model_validate(own)] if own else list(known)
    return Subject(event=told[0].event, moves=told[0].moves) if told else None


def _of_plant(view: View) -> tuple[str, ...]:
    handled = next((tag for tag in view.plant.tags if tag.handle is not None), None)
    about = () if handled is None else (view.words("ask.suggest.cut", handle=(*handled.aliases, handled.name)[0]),)
    first, *rest = (view.words(f"ask.suggest.{key}") for key in ("night", "now", "moves"))
    return (first, *about, *rest)


def _of_event(view: View, event: EventFrame, moves: Sequence[LoggedMove]) -> tuple[str, ...]:
    made = (event.explained_by, *sorted(moves, key=lambda move: move.time, reverse=True))
    undone = tuple(dict.fromkeys(_unmoved(view, move) for move in made if move is not None))[:MOVES]
    asked = (view.words(f"ask.suggest.{key}", event=event.id) for key in ("why", "before"))
    return (*asked, *(undone or (view.words("ask.suggest.moved_before", event=event.id),)))


def _unmoved(view: View, move: LoggedMove) -> str:
    return view.words("ask.suggest.unmoved", handle=move.tag, day=_day(view, move.time), time=_clock(view, move.time))


def _of_tag(view: View, tag: Tag, span: Span | None) -> tuple[str, ...]:
    words, handle = view.words, tag.name if tag.movable else tag.handle
    raised = () if handle is None else (words("ask.suggest.raise", handle=handle),)
    if tag.movable:
        return (*raised, words("ask.suggest.moves"))
    return (
        _behaviour(view, tag.name, span),
        words("ask.suggest.around", tag=tag.name),
        words("ask.suggest.ahead", tag=tag.name),
        *raised,
    )


def _behaviour(view: View, tag: str, span: Span | None) -> str:
    """Over the stretch on screen where it lies within one day, else over the last 24 hours."""
    if span is None or _day(view, span.start) != _day(view, span.end):
        return view.words("ask.suggest.behave", tag=tag)
    start, end = _clock(view, span.start), _clock(view, span.end)
    return view.words("ask.suggest.behaved", tag=tag, day=_day(view, span.start), start=start, end=end)


def _day(view: View, moment: datetime) -> str:
    """Day and month as a question names them."""
    here = moment.astimezone(view.zone)
    return view.words("ask.day", day=here.day, month=view.words("ask.months").split()[here.month - 1])


def _clock(view: View, moment: datetime) -> str:
    return f"{moment.astimezone(view.zone):%H:%M}"
