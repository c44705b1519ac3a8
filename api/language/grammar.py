"""The grammar: from a sentence to what it asks for, by rules alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from api.language.amounts import UNIT_WORDS, digits, to_number
from api.language.cues import (
    ABOUT,
    BELOW,
    EVENTS,
    EXPLAIN,
    FOLLOW,
    FORECAST,
    HELP,
    HORIZON,
    MOVE_VERB,
    MOVES,
    NOT_MADE,
    ORDER,
    ORDINAL,
    ORDINALS,
    PAST,
    STATISTICS,
    STATUS,
    THRESHOLD,
    WHAT_IF,
)
from api.language.old_moves import MovesFound, find_moves
from api.language.plans import Statistic
from api.language.reading import Reading
from api.language.vocabulary import Mention, Vocabulary
from api.language.words import KNOWN
from twin.calendar import PlantCalendar
from twin.errors import UnknownTag
from twin.plant import TagRole
from twin.timephrases import TimeFound, find_times
from twin.units import convert

SHORT = 6
"""Words that a sentence of bare slots has at most."""

_FRACTIONS = {"half": "50", "third": "33.3", "quarter": "25", "fifth": "20", "tenth": "10"}


def normalised(text: str) -> str:
    """The sentence with one kind of quotes, dashes, blanks and set points, and number words as digits."""
    text = re.sub(r"[‘’`]", "'", text).replace("−", "-").replace("\u00a0", " ").replace("\u202f", " ")
    text = re.sub(r"\bset[- ]points?\b", "setpoint", text, flags=re.IGNORECASE)
    text = re.sub(r"\bhalf an hour\b", "30 minutes", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:a )?couple of (?=hour|minute|day)", "2 ", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:an?|one) (?=(?:hour|minute|day|percent|degree)\b)", "1 ", text, flags=re.IGNORECASE)
    text = re.sub(
        rf"\b(by|a|an) (?:a |an )?({'|'.join(_FRACTIONS)})\b(?! an? )",
        lambda match: f"by {_FRACTIONS[match[2].lower()]} %",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(
        r"\bat (two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|one) in the (morning|afternoon|night)\b",
        _spoken,
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(r"\s+", " ", digits(text)).strip()


def _spoken(match: re.Match[str]) -> str:
    hour = "1" if match[1].lower() == "one" else digits(match[1])
    return f"at {hour} {'pm' if match[2].lower() == 'afternoon' else 'am'}"


class Grammar:
    """Reads questions about one plant."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.plant = vocabulary.plant

    def read(self, question: str, calendar: PlantCalendar) -> Reading | None:
        """What the question asks for, None when no rule understands it.

        Raises UnknownTag, AmbiguousTag, UnitMismatch, InvalidInput, OutsideData for what cannot be meant.
        """
        text = normalised(question)
        times = find_times(text, calendar)
        mentions = [mention for mention in self.vocabulary.find(times.rest) if not self._whole_plant(mention)]
        base = Reading(times=times, horizon=_horizon(times.rest), asset=_asset(mentions), which=_which(text))
        base = replace(base, event_id=_event_id(question))
        return (
            self._what_if(times, mentions, base)
            or self._questioned(times, mentions, base)
            or self._slots(question, times, mentions, base)
        )

    def _whole_plant(self, mention: Mention) -> bool:
        return mention.asset is not None and self.plant.asset(mention.asset).parent is None

    def _what_if(self, times: TimeFound, mentions: Sequence[Mention], base: Reading) -> Reading | None:
        text = times.rest
        asked, ordered = WHAT_IF.search(text) is not None, ORDER.match(text) is not None
        if not (asked or ordered) or (EXPLAIN.search(text) and not asked):
            return None
        if asked and (negated := NOT_MADE.search(text)):
            return self._undone(negated.start(), mentions, base)
        found = find_moves(text, self.vocabulary)
        if not found.moves and not (MOVE_VERB.search(text) and asked and mentions):
            return None
        return self._moved(text, found, mentions, replace(base, intent="what_if", imperative=ordered and not asked))

    def _undone(self, place: int, mentions: Sequence[Mention], base: Reading) -> Reading:
        """Tags named behind the "not" are those that were moved, tags before it those of interest."""
        named = [mention for mention in mentions if mention.asset is None]
        moved = self._tags([mention for mention in named if mention.start > place])
        focus = self._tags([mention for mention in named if mention.start < place])
        return replace(base, intent="undo", tags=moved, focus=focus, notes=self._spelling(mentions))

    def _moved(self, text: str, found: MovesFound, mentions: Sequence[Mention], base: Reading) -> Reading:
        focus = [mention for mention in mentions if not any(_overlap(mention, used) for used in found.used)]
        lasting = any(move.duration for move in found.moves)
        return replace(
            base,
            tags=self._tags([mention for mention in focus if found.moves and mention.asset is None]),
            moves=found.moves,
            past=PAST.search(text) is not None,
            notes=(*self._spelling(mentions), *found.notes),
            horizon=None if lasting and base.horizon is None else base.horizon,
        )

    def _questioned(self, times: TimeFound, mentions: Sequence[Mention], base: Reading) -> Reading | None:
        text = times.rest
        intent = self._intent(text, times, mentions, base)
        if intent is None:
            return None
        base = replace(base, intent=intent, notes=self._spelling(mentions), movable=_movable(text))
        if intent == "describe":
            return self._described(text, times, mentions, base)
        named = [
            mention for mention in mentions if mention.asset is None and (not mention.unknown or intent != "events")
        ]
        return replace(base, tags=self._tags(named))

    def _intent(self, text: str, times: TimeFound, mentions: Sequence[Mention], base: Reading) -> str | None:
        tags = any(mention.asset is None for mention in mentions)
        threshold = THRESHOLD.search(text) is not None
        ahead = times.ahead is not None
        rules: tuple[tuple[str, object], ...] = (
            ("about", ABOUT.search(text) or (tags and times.empty and self._definition(text, mentions))),
            ("explain", EXPLAIN.search(text) or base.event_id),
            ("forecast", FORECAST.search(text) or (ahead and tags)),
            (
                "describe",
                tags and (threshold or self._statistic(text, times) not in {None, Statistic.NOW, Statistic.AT}),
            ),
            ("moves", MOVES.search(text)),
            ("events", EVENTS.search(text) and not (tags and STATUS.search(text))),
            ("describe", tags and self._statistic(text, times) is not None),
            ("describe", tags and not times.empty and not FOLLOW.match(text)),
            ("describe", base.asset and self._statistic(text, times) not in {None, Statistic.NOW}),
            ("events", (STATUS.search(text) or _how_was(text)) and not times.empty),
            (
                "status",
                STATUS.search(text) or (base.asset and re.search(r"\bhow(?: is|'s| are)\b", text, re.IGNORECASE)),
            ),
            ("help", HELP.search(text) and not tags),
        )
        return next((intent for intent, holds in rules if holds), None)

    def _definition(self, text: str, mentions: Sequence[Mention]) -> bool:
        """A code ("what is PI-207") is asked for its meaning, a name for its value."""
        coded = all(re.search(r"\d|[._]", mention.text) for mention in mentions if mention.asset is None)
        return (
            coded
            and re.search(r"^\W*(?:please )?(?:what(?:'s| is| are)|describe)\b", text, re.IGNORECASE) is not None
        )

    def _described(self, text: str, times: TimeFound, mentions: Sequence[Mention], base: Reading) -> Reading:
        tags = self._tags([mention for mention in mentions if mention.asset is None]) or self._of_asset(base.asset)
        statistic = self._statistic(text, times) or Statistic.TREND
        over = THRESHOLD.search(text)
        if over is None or not tags:
            return replace(base, tags=tags, statistic=statistic)
        tag = self.plant.tag(tags[0])
        unit = UNIT_WORDS[over["unit"].lower()] if over["unit"] else None
        below = BELOW.match(over["word"]) is not None
        level = convert(to_number(over["number"]), unit, tag, difference=False)
        statistic = Statistic.MIN if below else Statistic.MAX
        return replace(base, tags=tags, statistic=statistic, threshold=level, below=below)

    def _statistic(self, text: str, times: TimeFound) -> Statistic | None:
        found = next((statistic for statistic, pattern in STATISTICS if pattern.search(text)), None)
        if times.instant is not None and found in {None, Statistic.NOW}:
            return Statistic.AT
        if found is Statistic.NOW and times.window is not None:
            return Statistic.TREND
        return found

    def _slots(self, question: str, times: TimeFound, mentions: Sequence[Mention], base: Reading) -> Reading | None:
        """Only slots: a bare tag, a time, an amount. Without a subject before it, a bare tag asks for its value."""
        tags = self._tags([mention for mention in mentions if mention.asset is None and not mention.unknown])
        found = find_moves(times.rest, self.vocabulary) if tags else MovesFound((), (), ())
        if found.moves:
            return self._moved(times.rest, found, mentions, replace(base, intent="what_if"))
        words = re.findall(r"[a-z]+", times.rest.lower())
        short = FOLLOW.match(question) or len(words) <= SHORT
        about = tags or base.asset or (not times.empty and all(word in KNOWN for word in words))
        if short and about:
            return replace(base, tags=tags, notes=self._spelling(mentions))
        return None

    def _tags(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.vocabulary.one(mention).name for mention in mentions))

    def _of_asset(self, asset: str | None) -> tuple[str, ...]:
        if asset is None:
            return ()
        own = [tag.name for tag in self.plant.tags_of(asset) if tag.role is TagRole.MEASURED]
        if not own:
            raise UnknownTag(f"{asset} has no measured tags of its own", field="tag", value=asset)
        return tuple(own[:6])

    def _spelling(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        return tuple(
            f"I read {mention.text!r} as {mention.tags[0]}"
            for mention in mentions
            if not mention.exact and len(mention.tags) == 1
        )


def _asset(mentions: Sequence[Mention]) -> str | None:
    return next((mention.asset for mention in mentions if mention.asset is not None), None)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _which(text: str) -> int | None:
    match = ORDINAL.search(text)
    return ORDINALS[match["which"].lower()] if match else None


def _event_id(text: str) -> str | None:
    match = re.search(r"\bevent (?P<id>(?=\S*\d)[\w:.-]{4,})", text, re.IGNORECASE)
    return match["id"].rstrip(".:-") if match else None


def _horizon(text: str) -> timedelta | None:
    match = HORIZON.search(text)
    if match is None:
        return None
    amount, unit = float(match["n"] or match["n2"]), match["unit"] or match["unit2"]
    return timedelta(minutes=amount) if unit.lower().startswith("m") else timedelta(hours=amount)


def _movable(text: str) -> bool:
    return (
        re.search(r"\b(?:levers?|knobs?|handles?|setpoints?|move|set|change|adjust|pull)\b", text, re.IGNORECASE)
        is not None
    )


def _how_was(text: str) -> bool:
    return (
        re.search(
            r"\bhow (?:was|were|did)\b|\banything\b|\b(?:was|were)\b.*\b(?:normal|ok|okay|fine|smooth|uneventful)\b",
            text,
            re.IGNORECASE,
        )
        is not None
    )
