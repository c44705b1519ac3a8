"""Events and logged moves that a sentence tells time by: read with the plant's vocabulary, found in the twin."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from api.language.reading.anchorwords import (
    ADJECTIVES,
    AMOUNT,
    DOWN,
    EVENT,
    EVENT_ID,
    HYPOTHETICAL,
    MOVE_NOUN,
    MOVED,
    ON_SOMETHING,
    ORDINALS,
    SAME_IN_PAST,
    SEVERITIES,
    UP,
    WAS_MOVED,
)
from api.language.reading.coordination import Mention
from api.language.reading.vocabulary import Vocabulary
from twin.anchoring import Anchor, Asked, EventAsked, MoveAsked
from twin.calendar import describe_instant, describe_span
from twin.clock import Span
from twin.errors import AmbiguousTime, NothingThere, UnitMismatch
from twin.event import EventFrame, Severity
from twin.operations.events import concerns
from twin.operations.moves import logged_moves
from twin.operations.numbers import amount_of, plain
from twin.protocols import Twin
from twin.query import Basis
from twin.scenario import LoggedMove
from twin.units import convert

RECENT = timedelta(hours=72)
FAR = timedelta(days=30)
"""How far back the nearest one is looked for, to name it when none fits."""
NAME_LENGTH = 100
"""Characters in which the name of what was moved is looked for."""
SAME_LEVEL = 0.005
"""Of a level: how much a move may miss the one that was said."""

Direction = Literal["up", "down"]


class TwinAnchors:
    """Finds what is asked for in a twin's event log and among its logged moves.

    `spoken` are the ids of events just spoken of: "the event" is one of them, if any fits.
    """

    def __init__(self, twin: Twin, vocabulary: Vocabulary, spoken: Sequence[str] = ()) -> None:
        self._twin = twin
        self._vocabulary = vocabulary
        self._spoken = frozenset(spoken)

    def event(self, text: str, place: int) -> EventAsked | None:
        """The event that the text names from `place` on, if it names one there."""
        if match := EVENT_ID.match(text, place):
            return EventAsked(match.end(), match[0].strip(), event_id=match["id"])
        match = EVENT.match(text, place)
        if match is None or (match["plural"] and match["count"] is None):
            return None
        words = _without(match["words"] or "", (*SEVERITIES, *ADJECTIVES))
        mentions = self._mentions(words)
        if words and not mentions:
            return None
        behind = ON_SOMETHING.match(text, match.end())
        stop, more = self._behind(text, behind) if behind else (match.end(), [])
        mentions += more
        return EventAsked(
            stop,
            text[place:stop].strip(),
            which=ORDINALS.get((match["which"] or "").lower()),
            count=2 if match["count"] else 1,
            tags=tuple(tag for mention in mentions for tag in mention.tags),
            assets=tuple(mention.asset for mention in mentions if mention.asset),
            severity=_severity(match["words"] or ""),
        )

    def move(self, text: str, place: int) -> MoveAsked | None:
        """The logged move that the text names from `place` on, as noun or as sentence, if it names one there.

        Raises NothingThere for a tag that no operator sets.
        """
        if match := MOVED.match(text, place):
            return self._moved(text, place, match.end(), match["verb"])
        if match := MOVE_NOUN.match(text, place):
            return self._noun(text, place, match)
        if (match := WAS_MOVED.match(text, place)) and (mentions := self._mentions(match["words"])):
            return self._asked(text, place, match.end(), mentions, match["verb"])
        return None

    def resolve(self, asked: Asked, within: Span | None) -> tuple[Anchor, ...]:
        """What is asked for, oldest first, inside a window or else in the last 72 hours.

        Raises NothingThere, AmbiguousTime, NotFound for an event's id.
        """
        now = self._twin.clock.now()
        span = Span(within.start, min(within.end, now)) if within and within.start < now else Span(now - RECENT, now)
        if isinstance(asked, EventAsked):
            return tuple(self._event_anchor(frame) for frame in self._frames(asked, span))
        return (_move_anchor(self._logged(asked, span)),)

    # Reading

    def _mentions(self, words: str) -> list[Mention]:
        found = self._vocabulary.find(words, movable=False) if words.strip() else []
        return [mention for mention in found if not mention.unknown]

    def _behind(self, text: str, match: re.Match[str]) -> tuple[int, list[Mention]]:
        """A tag or an asset right behind "on the"."""
        found = [m for m in self._mentions_from(text, match.end()) if m.start <= match.end()]
        return (found[0].end, found[:1]) if found else (match.start(), [])

    def _mentions_from(self, text: str, place: int) -> list[Mention]:
        found = self._vocabulary.find(" " * place + text[place : place + NAME_LENGTH], movable=True)
        return [mention for mention in found if not mention.unknown]

    def _moved(self, text: str, place: int, stop: int, verb: str) -> MoveAsked | None:
        if verb.lower() in SAME_IN_PAST and HYPOTHETICAL.search(text, 0, place):
            return None
        if match := re.compile(r"(?:any ?thing|some ?thing|(?:a|the) setpoints?\b)", re.IGNORECASE).match(text, stop):
            return MoveAsked(match.end(), text[place : match.end()], direction=_direction(verb))
        start = re.compile(r"(?:the |our )?", re.IGNORECASE).match(text, stop)
        at = start.end() if start else stop
        mentions = [mention for mention in self._mentions_from(text, at) if mention.start == at]
        return self._asked(text, place, mentions[0].end, mentions[:1], verb) if mentions else None

    def _noun(self, text: str, place: int, match: re.Match[str]) -> MoveAsked | None:
        words = _without(match["words"] or "", ("setpoint", "set point", "sp", "operator", "operators", "logged"))
        mentions = self._mentions(words)
        if words and not mentions:
            return None
        behind = re.compile(r" (?:of|to|in|on) (?:the |our )?", re.IGNORECASE).match(text, match.end())
        stop, more = self._behind(text, behind) if behind and not mentions else (match.end(), [])
        asked = self._asked(text, place, stop, mentions or more, match["noun"])
        which = ORDINALS.get((match["which"] or "").lower())
        return MoveAsked(asked.stop, asked.said, which, asked.tags, asked.direction, asked.to)

    def _asked(self, text: str, place: int, stop: int, mentions: Sequence[Mention], verb: str) -> MoveAsked:
        tags = tuple(dict.fromkeys(self._handles(mentions)))
        if mentions and not tags:
            said = mentions[0].tags[0] if mentions[0].tags else mentions[0].text
            raise NothingThere(f"{said} is not something an operator sets: no move of it is logged", field="time")
        after = re.compile(r" (?:set ?point|sp)\b", re.IGNORECASE).match(text, stop)
        stop = after.end() if after else stop
        amount = AMOUNT.match(text, stop)
        stop = amount.end() if amount else stop
        return MoveAsked(
            stop, text[place:stop].strip(), tags=tags, direction=_direction(verb), to=self._level(amount, tags)
        )

    def _handles(self, mentions: Iterable[Mention]) -> Iterable[str]:
        plant = self._twin.plant
        for mention in mentions:
            if mention.asset:
                yield from (tag.name for tag in plant.tags_of(mention.asset) if tag.movable)
            for tag in map(plant.tag, mention.tags):
                if tag.movable or tag.handle:
                    yield tag.name if tag.movable else str(tag.handle)

    def _level(self, amount: re.Match[str] | None, tags: Sequence[str]) -> float | None:
        if amount is None or amount["way"].lower() != "to" or len(tags) != 1:
            return None
        try:
            return convert(float(amount["n"].replace(",", "")), amount["unit"], self._twin.plant.tag(tags[0]))
        except (UnitMismatch, ValueError):
            return None

    # Finding

    def _frames(self, asked: EventAsked, span: Span) -> Sequence[EventFrame]:
        if asked.event_id:
            return [self._twin.events.get(asked.event_id)]
        frames = self._fitting(asked, self._twin.events.between(span))
        if asked.which is None and asked.count == 1:
            return [self._only(asked, frames, span)]
        if asked.count == 2 and len(frames) >= 2:
            return frames[-2:] if asked.which in {None, -1} else frames[:2]
        if asked.count == 1 and asked.which is not None and len(frames) >= abs(asked.which):
            return [frames[asked.which if asked.which < 0 else asked.which - 1]]
        raise self._no_event(asked, frames, span)

    def _only(self, asked: EventAsked, frames: Sequence[EventFrame], span: Span) -> EventFrame:
        frames = [frame for frame in frames if frame.id in self._spoken] or frames
        if not frames:
            raise self._no_event(asked, frames, span)
        if len(frames) > 1:
            zone = self._twin.plant.time_zone
            times = tuple(describe_instant(frame.start, zone) for frame in frames)
            raise AmbiguousTime(
                f"{asked.said!r} could be the one that began {', '.join(times[:-1])} or {times[-1]}",
                field="time",
                value=asked.said,
                candidates=times,
            )
        return frames[0]

    def _fitting(self, asked: EventAsked, frames: Sequence[EventFrame]) -> Sequence[EventFrame]:
        """Oldest first; anomalies, or else responses to logged moves."""
        below = [tag.name for asset in asked.assets for tag in self._twin.plant.tags_of(asset)]
        about = frozenset((*asked.tags, *below)) if asked.tags or asked.assets else None
        least = asked.severity.rank if asked.severity else 0
        fit = [f for f in frames if not f.withdrawn and f.severity.rank >= least and concerns(f, about)]
        return sorted([f for f in fit if f.anomalous] or fit, key=lambda frame: frame.start)

    def _no_event(self, asked: EventAsked, found: Sequence[EventFrame], span: Span) -> NothingThere:
        now, zone = self._twin.clock.now(), self._twin.plant.time_zone
        nearest = found or self._fitting(asked, self._twin.events.between(Span(now - FAR, now)))
        hint = (
            f"; the nearest began {describe_instant(nearest[-1].start, zone)} ({nearest[-1].id})" if nearest else ""
        )
        return NothingThere(
            f"there is no {_bare(asked.said)} in {describe_span(span, zone)}{hint}", field="time", value=asked.said
        )

    def _logged(self, asked: MoveAsked, span: Span) -> LoggedMove:
        moves = [move for move in logged_moves(self._twin, span) if _fits(move, asked)]
        if not moves:
            raise self._no_move(asked, span)
        return moves[asked.which - 1] if asked.which and 0 < asked.which <= len(moves) else moves[-1]

    def _no_move(self, asked: MoveAsked, span: Span) -> NothingThere:
        now, zone = self._twin.clock.now(), self._twin.plant.time_zone
        nearest = [
            move
            for move in logged_moves(self._twin, Span(now - FAR, now))
            if not asked.tags or move.tag in asked.tags
        ]
        hint = ""
        if nearest:
            last = nearest[-1]
            hint = f"; the nearest is {last.tag} {plain(last.before)} → {amount_of(last.after, last.unit)}"
            hint += f" at {describe_instant(last.time, zone)}"
        return NothingThere(
            f"no logged move fits {asked.said!r} in {describe_span(span, zone)}{hint}", field="time", value=asked.said
        )

    def _event_anchor(self, frame: EventFrame) -> Anchor:
        now = self._twin.clock.now()
        return Anchor(frame.id, Basis.EVENT, frame.start, min(frame.end or now, now))


def _move_anchor(move: LoggedMove) -> Anchor:
    return Anchor(f"{move.tag}@{_stamp(move.time)}", Basis.MOVE, move.time, move.time)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _fits(move: LoggedMove, asked: MoveAsked) -> bool:
    if asked.tags and move.tag not in asked.tags:
        return False
    if asked.direction and (move.after > move.before) != (asked.direction == "up"):
        return False
    return asked.to is None or abs(move.after - asked.to) <= SAME_LEVEL * abs(asked.to)


def _direction(verb: str) -> Direction | None:
    return "up" if UP.match(verb) else "down" if DOWN.match(verb) else None


def _severity(words: str) -> Severity | None:
    found = [SEVERITIES[word] for word in re.findall(r"[a-z]+", words.lower()) if word in SEVERITIES]
    return found[0] if found else None


def _without(words: str, dropped: Iterable[str]) -> str:
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, dropped))})\b", " ", words, flags=re.IGNORECASE).strip()


def _bare(said: str) -> str:
    return re.sub(r"^(?:the|that|this|our) ", "", said, flags=re.IGNORECASE)
