"""Time phrases of a sentence, resolved on the plant's calendar.

"last night" is the most recently completed night shift; "at 02:00" the most recent such instant, inside the window
that the sentence names if it names one. What every phrase means is laid down in docs/plans.md; the rules lie in
`twin.times`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from twin.anchoring import Anchors
from twin.calendar import PlantCalendar, describe_instant
from twin.clock import Span
from twin.errors import ForetellError, OutsideData, TooLarge
from twin.query import Basis, Length, Window
from twin.times.anchored import read_anchors
from twin.times.atoms import (
    MOST,
    Atom,
    Failure,
    Future,
    Moment,
    Relative,
    Sentence,
    Stage,
    Stretch,
    basis_of,
    told,
)
from twin.times.days import CLOCKS as CLOCK_WORDS
from twin.times.days import DAYS
from twin.times.joins import CLOCKS, LENGTHS, RANGES, inside, staged, stretch_of
from twin.times.stretches import LENGTHS as LENGTH_WORDS
from twin.times.stretches import NAMED
from twin.times.words import Clock, Day


@dataclass(frozen=True, slots=True)
class TimeFound:
    """The times a sentence speaks of.

    Attributes:
        window: a stretch of the past, if one is named; it ends at the present at the latest.
        instant: a single instant of the past, inside `window` when both are named.
        ahead: a stretch of the future, for forecasts.
        rest: the sentence with its time phrases blanked out, as long as it was.
    """

    window: Span | None
    instant: datetime | None
    ahead: Span | None
    rest: str

    @property
    def empty(self) -> bool:
        """Whether no time is named."""
        return self.window is None and self.instant is None and self.ahead is None


@dataclass(frozen=True, slots=True)
class SaidWindow:
    """A stretch of the past that text[start:end] names.

    Attributes:
        window: cut at the present.
        whole: the stretch before it was cut; a forecast for "this shift" or "today" runs to its end.
        length: the length as said, if one was ("the last 6 hours", "8 hours from 02:00").
    """

    start: int
    end: int
    window: Window
    whole: Span
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class SaidInstant:
    """An instant of the past that text[start:end] names.

    Attributes:
        within: the window that it was looked for in; when both were said in one phrase ("last night at 02:00") the
            window is not among `Times.windows`.
    """

    start: int
    end: int
    moment: datetime
    basis: Basis = Basis.SAID
    anchor: str | None = None
    within: Window | None = None


@dataclass(frozen=True, slots=True)
class SaidAhead:
    """A stretch of the future; for an instant ("tomorrow at 10:00", "by noon") from now to it.

    Attributes:
        error: to be raised where the past is asked.
        instant: the window's end, when an instant was named.
    """

    start: int
    end: int
    window: Window
    error: OutsideData
    length: Length | None = None
    instant: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimeProblem:
    """What text[start:end] cannot mean: no such day, a skipped clock time, no event that fits, several that do."""

    start: int
    end: int
    error: ForetellError


@dataclass(frozen=True, slots=True)
class Times:
    """The times that a sentence speaks of, each group in the order said.

    Attributes:
        notes: what was taken for granted ("02:30 came twice that night, the first is meant").
        rest: the sentence with its time phrases blanked out, as long as it was.
    """

    windows: tuple[SaidWindow, ...] = ()
    instants: tuple[SaidInstant, ...] = ()
    ahead: tuple[SaidAhead, ...] = ()
    problems: tuple[TimeProblem, ...] = ()
    notes: tuple[str, ...] = ()
    rest: str = ""

    @property
    def empty(self) -> bool:
        """Whether no time is named."""
        return not (self.windows or self.instants or self.ahead or self.problems)


def read_times(
    text: str, calendar: PlantCalendar, anchors: Anchors | None = None, named: Window | None = None
) -> Times:
    """Every time that a sentence speaks of; what cannot be meant is among `problems`, nothing is raised.

    `anchors` resolves events and logged moves that time is told by ("2 hours before the last event"); None leaves
    such phrases unread. `named` is the window spoken of before the sentence, for "the night before that".
    """
    sentence = Sentence(text, calendar, anchors, Stretch(named.span) if named else None)
    for rule in (*DAYS, *CLOCK_WORDS, *NAMED, *LENGTH_WORDS, *LENGTHS, *CLOCKS):
        rule.apply(sentence)
    if len(sentence.atoms) >= MOST:
        error = TooLarge(
            f"the question names more than {MOST - 1} times: ask in smaller parts", field="time", limit=MOST
        )
        return Times(problems=(TimeProblem(0, len(text), error),), rest=text)
    read_anchors(sentence)
    for rule in RANGES:
        rule.apply(sentence)
    return _Telling(sentence).told()


def find_times(text: str, calendar: PlantCalendar) -> TimeFound:
    """The first window, instant and future stretch of a sentence; raises its first problem.

    "tonight", "tomorrow" and "the next 4 hours" are given as `ahead`; an instant that lies ahead raises OutsideData.
    """
    times = read_times(text, calendar)
    for problem in times.problems:
        raise problem.error
    for said in times.ahead:
        if said.instant:
            raise said.error
    instant = times.instants[0] if times.instants else None
    window = times.windows[0].window if times.windows else instant.within if instant else None
    return TimeFound(
        window.span if window else None,
        instant.moment if instant else None,
        times.ahead[0].window.span if times.ahead else None,
        times.rest,
    )


_LEAD = re.compile(
    r"(?<!\w)(?:(?:in|during|over|on|for|within|of|at|throughout|through|from|around|about) |[@~] ?)?"
    r"(?:(?:the|all of|all|whole|entire) )*$",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:['’]s)?(?: so far)?(?!\w)", re.IGNORECASE)
_AGAINST = re.compile(r"\b(?:than|with|versus|vs|against|compared|side by side)\b", re.IGNORECASE)


@dataclass(eq=False)
class _Telling:
    """Goes through the atoms in the order said and makes of them what the sentence speaks of."""

    sentence: Sentence
    windows: list[SaidWindow] = field(default_factory=list)
    instants: list[SaidInstant] = field(default_factory=list)
    ahead: list[SaidAhead] = field(default_factory=list)
    problems: list[TimeProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def told(self) -> Times:
        """All of it."""
        before: Stretch | Moment | None = self.sentence.named
        for start, end, value in self._merged():
            place = self._place(start, end)
            try:
                before = self._tell(place, value, before) or before
            except (ForetellError, OverflowError) as error:
                self.problems.append(TimeProblem(*place, told(error, self.sentence.text[start:end])))
                self.places.append(place)
        return Times(
            tuple(self.windows), tuple(self.instants), tuple(self.ahead), tuple(self.problems),
            tuple(self.notes), self._rest(),
        )  # fmt: skip

    def _tell(self, place: tuple[int, int], value: Atom, before: Stretch | Moment | None) -> Stretch | Moment | None:
        """Keep what one atom says; what a later atom may be told by."""
        if isinstance(value, Length):
            return None
        self.places.append(place)
        if isinstance(value, Failure):
            self.problems.append(TimeProblem(*place, value.error))
            return None
        if isinstance(value, Future):
            self._future(place, value.span, value.length, value.instant)
            return None
        said = self._resolved(place, value, before)
        if isinstance(said, Moment):
            self._instant(place, said)
        else:
            self._window(place, said)
        return said

    def _resolved(self, place: tuple[int, int], value: Atom, before: Stretch | Moment | None) -> Stretch | Moment:
        if isinstance(value, Relative):
            return value.tell(before)
        if isinstance(value, Moment):
            return value
        if isinstance(value, Clock):
            return self._clock(value, self._nearest(*place))
        if isinstance(value, Stage):
            return staged(self.sentence, value, self._nearest(*place))
        return stretch_of(self.sentence, value)

    def _clock(self, told: Clock, within: Stretch | None) -> Moment:
        if within is None:
            return Moment(self.sentence.calendar.recent(told.clock, told.zone))
        return Moment(inside(self.sentence, told, within), within)

    def _nearest(self, start: int, end: int) -> Stretch | None:
        """The window that a time of day at a place lies in: the one named last before it, or the first behind it.

        One that it is compared with is none of them.
        """
        now, signs = self.sentence.calendar.now, self.sentence.signs
        before: list[Stretch] = []
        behind: list[Stretch] = []
        for place, stop, value in self.sentence.ordered():
            between = signs[stop:start] if place < start else signs[end:place]
            if isinstance(value, Day | Stretch) and not _AGAINST.search(between):
                stretch = stretch_of(self.sentence, value)
                if stretch.span.start < now and not stretch.vague:
                    (before if place < start else behind).append(stretch)
        return before[-1] if before else behind[0] if behind else None

    def _merged(self) -> Iterator[tuple[int, int, Atom]]:
        """The atoms; without a window that a range of clock times lies in, and without vague ones beside others."""
        atoms = list(self.sentence.ordered())
        around = [self._nearest(start, end) for start, end, value in atoms if isinstance(value, Stage)]
        several = sum(not isinstance(value, Length) for _, _, value in atoms) > 1
        for start, end, value in atoms:
            if isinstance(value, Stretch) and value.vague and several:
                continue
            if isinstance(value, Day | Stretch) and stretch_of(self.sentence, value) in around:
                self.places.append(self._place(start, end))
            else:
                yield start, end, value

    def _window(self, place: tuple[int, int], said: Stretch) -> None:
        now, span = self.sentence.calendar.now, said.span
        if span.start >= now:
            self._future(place, span, said.length, None)
            return
        basis, anchor = basis_of(said.anchor)
        window = Window(start=span.start, end=min(span.end, now), basis=basis, anchor=anchor)
        self.windows.append(SaidWindow(*place, window, span, said.length))

    def _instant(self, place: tuple[int, int], said: Moment) -> None:
        calendar = self.sentence.calendar
        if said.moment > calendar.now:
            self._future(place, Span(calendar.now, said.moment), None, said.moment)
            return
        basis, anchor = basis_of(said.anchor)
        if said.anchor is None and calendar.doubled(said.moment):
            self.notes.append(
                f"the clock showed that time twice; {describe_instant(said.moment, calendar.zone)} is meant"
            )
        self.instants.append(SaidInstant(*place, said.moment, basis, anchor, self._cut(said.within)))

    def _cut(self, within: Stretch | None) -> Window | None:
        now = self.sentence.calendar.now
        if within is None or within.span.start >= now:
            return None
        return Window(start=within.span.start, end=min(within.span.end, now))

    def _future(self, place: tuple[int, int], span: Span, length: Length | None, instant: datetime | None) -> None:
        error = self.sentence.calendar.future(
            instant or (span.start if span.start > self.sentence.calendar.now else span.end)
        )
        self.ahead.append(SaidAhead(*place, Window(start=span.start, end=span.end), error, length, instant))

    def _place(self, start: int, end: int) -> tuple[int, int]:
        """The place of a phrase with the words that lead to it."""
        lead = _LEAD.search(self.sentence.signs, 0, start)
        tail = _TAIL.match(self.sentence.signs, end)
        return (lead.start() if lead else start), (tail.end() if tail else end)

    def _rest(self) -> str:
        rest = self.sentence.text
        for start, end in self.places:
            rest = rest[:start] + " " * (end - start) + rest[end:]
        return rest
