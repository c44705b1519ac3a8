"""Times of one clause as its slots hold them: windows, the instant, what lies ahead, the horizon."""

import re
from datetime import datetime, timedelta

from api.language.asking import Memory
from api.language.reading import slotwords
from api.language.reading.lexicon.moving import RAMPED
from api.language.reading.movewords import MovesFound
from api.language.reading.moving import holds_until, lasts, lies_ahead
from api.language.reading.said import Said
from twin.query import AskedMove, Length, Window

_AHEAD = frozenset({"forecast", "plan", "what_if", "counterfactual"})
PAST = re.compile(
    r"\b(?:had|hadn't|would have|would've|could have|might have|should have|"
    "wouldn't have|have (?:happened|been|helped|looked|gone|avoided|prevented|ended|"
    r"done)|looking back|in hindsight)\b|\bif \w+ had\b|'d (?:have|not|\w+ed|cut|set|put|"
    r"left|raised|lowered)\b"
)
"""Speaks of what was not done."""
_CLOCK = re.compile(
    r"(?:at |by |around |from |about )?(?:\d{1,2}(?:[:.]\d\d)?(?: ?(?:am|pm|o'clock|h))?|(?:half|a quarter|"
    r"quarter) (?:past|to) \w+|noon|"
    r"midday|midnight)",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"(?<![\w.])(?<!for )(?<!after )(?<!by )(?<!those )(?<!these )(?<!same )"
    r"(\d+(?:\.\d+)?) ?(h|hrs?|hours?|d|days?|min|"
    r"mins|minutes?)\b(?! (?:ago|later|before|after))"
)
_LATER = re.compile(
    r"\b(?P<n>\d+(?:\.\d+)?) ?(?P<unit>hours?|hrs?|h|minutes?|mins?|min|days?) (?P<way>later|earlier|before|"
    r"after)(?: that)?\W*$"
)
_TERSE = 7
"""Words of a question in which a bare length is a window, at most."""
_HALF_A_DAY = timedelta(hours=12)


class Spans:
    """Reads the times of one clause; `scenario`: it asks about moves, `leans`: it goes on from before."""

    def __init__(self, said: Said, context: Memory, now: datetime, *, scenario: bool, leans: bool) -> None:
        self._said = said
        self._context = context
        self._now = now
        self._scenario = scenario
        self._leans = leans

    def windows(self) -> tuple[Window, ...]:
        """Stretches of the past."""
        length = self._bare_length()
        if length is None or self._of_future():
            return tuple(dict.fromkeys(window.window for window in self._said.times.windows))
        return (Window(start=self._now - length.delta, end=self._now),)

    def instant(self) -> datetime | None:
        """The instant said, or the one spoken of before moved by "an hour later"."""
        instants = self._said.times.instants
        if instants:
            return None if self._coming() else instants[0].moment
        match, last = _LATER.search(self._said.text), self._context.slots.instant
        length = slotwords.length(match["n"], match["unit"]) if match else None
        if match is None or last is None or length is None:
            return None
        return last + (length.delta if match["way"] in {"later", "after"} else -length.delta)

    def ahead(self, found: MovesFound) -> Window | None:
        """A stretch of the future that says no move's instant or duration."""
        coming = self._coming()
        if coming is not None and not self._scenario:
            return Window(start=self._now, end=coming)
        text, times = self._said.text, self._said.times
        tells = (lies_ahead, lasts, holds_until)
        used = [a for a in times.ahead if any(told(a, m, text) for m in found.moves for told in tells)]
        free = [a.window for a in times.ahead if a not in used]
        if free:
            return free[0]
        on = [w.whole.end for w in times.windows if w.whole.end > self._now]
        return Window(start=self._now, end=on[0]) if on and self._said.best() == "forecast" else None

    def horizon(self, found: MovesFound) -> Length | None:
        """How far ahead, where a length says so."""
        ahead = self.ahead(found)
        said = next((a.length for a in self._said.times.ahead if a.length and a.window == ahead), None)
        if said is None and RAMPED.search(self._said.bare):
            return None
        if said is None and self._of_future():
            lasting = None if self._scenario else slotwords.duration(self._said.bare)
            return slotwords.horizon(self._said.bare) or self._bare_length() or lasting
        return said or slotwords.horizon(self._said.bare)

    def at_coming(self, move: AskedMove) -> AskedMove:
        """The move at the clock time that lies ahead, if one is said."""
        coming = self._coming()
        return move.model_copy(update={"at": coming}) if coming and move.at is None and self._scenario else move

    def _bare_length(self) -> Length | None:
        """The length that a few words name without more: "rx level max 24h"."""
        match = _LENGTH.search(self._said.bare)
        if slotwords.duration(self._said.bare):
            return None
        terse = self._said.times.empty and len(self._said.text.split()) <= _TERSE
        return slotwords.length(match[1], match[2]) if match and terse else None

    def _of_future(self) -> bool:
        """Whether a length without more is one of the future, as in a session about what will be."""
        ahead = self._context.intent in _AHEAD and self._leans and self._said.times.empty
        return self._scenario or ahead or self._said.near("forecast", "plan", margin=0.0)

    def _coming(self) -> datetime | None:
        """The clock time without a day that lies ahead today, where the future is spoken of."""
        instants = self._said.times.instants
        if len(instants) != 1 or PAST.search(self._said.bare) or not (self._scenario or self._foreseen()):
            return None
        said = self._said.text[instants[0].start : instants[0].end]
        coming = instants[0].moment + timedelta(days=1)
        bare = _CLOCK.fullmatch(said.strip()) is not None
        soon = timedelta(0) < coming - self._now <= _HALF_A_DAY
        return coming if bare and soon and instants[0].moment < self._now - _HALF_A_DAY else None

    def _foreseen(self) -> bool:
        return self._said.best() == "forecast" or self._context.intent == "forecast"
