"""A text as a row of parts: names, quotes, numbers, times, and words that claim something."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from api.language.grounding.evidence import Facts
from api.language.grounding.families import Family
from api.language.grounding.instants import instant_at
from api.language.grounding.lexicon import Lexicon, Sense
from api.language.grounding.names import IDENTIFIER, PlantNames
from api.language.grounding.numerals import (
    DIGITS,
    FRACTION,
    RATIO,
    ROUGH,
    SECONDS,
    Amount,
    Numerals,
    Reading,
    readings,
)
from api.language.grounding.tokens import Token, folded, tokens_of

_QUOTED = re.compile('["“„«‘\'「『‚](?P<said>[^"“”„«»「」『』]{1,2000}?)["”“»’\'」』‘]')
_FAMILIES = frozenset(Family)
_JOINTS = ("roles", "edges", "instead", "than", "forward", "pronouns", "apart", "by")
_VERBATIM_WORDS = 3
_DETERMINED = frozenset(
    {"das", "der", "die", "dem", "den", "des", "am", "zum", "beim", "vom", "im", "el", "la", "del"}
)
_ENDS = frozenset(".!?。！？")
_BREAKS = frozenset(",;:()[]—–…，；：（）、|")


class Part(StrEnum):
    """What a part of a text is."""

    NAME = "name"
    IDENTIFIER = "identifier"
    QUOTE = "quote"
    NUMBER = "number"
    INSTANT = "instant"
    ORDINAL = "ordinal"
    CLAIM = "claim"
    KIND = "kind"
    NOUN = "noun"
    VAGUE = "vague"
    BESIDE = "beside"
    JOINT = "joint"
    SIGN = "sign"
    BREAK = "break"
    END = "end"
    OTHER = "other"


@dataclass(slots=True)
class Said:
    """A part of a text: letters [start, end), tokens [first, last)."""

    part: Part
    start: int
    end: int
    first: int
    last: int
    value: Any = None
    senses: tuple[Sense, ...] = ()

    def has(self, section: str) -> bool:
        """Whether the words have a meaning of that section."""
        return any(sense.section == section for sense in self.senses)

    def role(self, role: str) -> bool:
        """Whether the words are "from" (early) or "to" (late)."""
        return any(sense.section in {"roles", "edges"} and sense.value == role for sense in self.senses)

    @property
    def edge(self) -> str | None:
        """As in "early" for a word that says a start on its own, "late" for one that says an end."""
        return next((sense.value for sense in self.senses if sense.section == "edges"), None)


@dataclass
class Scanner:
    """Reads one text."""

    text: str
    lexicon: Lexicon
    names: PlantNames
    numerals: Numerals
    facts: Facts
    tokens: list[Token] = field(init=False)
    parts: list[Said] = field(init=False, default_factory=list)
    _quotes: dict[int, tuple[int, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = tokens_of(self.text)
        self._quotes = quotes_in(self.text, self.facts)

    def scan(self) -> list[Said]:
        """The parts in order."""
        place = 0
        while place < len(self.tokens):
            if place and "\n" in self.text[self.tokens[place - 1].end : self.tokens[place].start]:
                self._add(Part.END, place, place)
            place = self._next(place)
        self._durations_joined()
        self._units_shared()
        return self.parts

    def _next(self, place: int) -> int:
        token = self.tokens[place]
        if token.start in self._quotes:
            end, identity = self._quotes[token.start]
            return self._until(Part.QUOTE, place, end, identity)
        for reader in (self._name, self._identifier, self._instant, self._number, self._worded_number, self._words):
            after = reader(place)
            if after:
                return after
        return self._sign(place)

    def _name(self, place: int) -> int:
        length, named = self.names.phrases.at(self.tokens, place)
        if not length or length < self.numerals.hits(self.tokens, place)[0]:
            return 0
        last = self.tokens[place + length - 1]
        if self.text[last.end : last.end + 1] == "_" or self.text[last.end : last.end + 2].strip(".").isdigit():
            return 0
        return self._add(Part.NAME, place, place + length, tuple(named))

    def _identifier(self, place: int) -> int:
        start = self.tokens[place].start
        if start and (self.text[start - 1].isalnum() or self.text[start - 1] == "_"):
            return 0
        found = IDENTIFIER.match(self.text, start)
        if found is None or not found[0].isascii() or not ("_" in found[0] or any(map(str.isdigit, found[0]))):
            return 0
        if self.numerals.unit_at(self.text, self.tokens, place)[0]:
            return 0
        return self._until(Part.IDENTIFIER, place, found.end(), found[0])

    def _instant(self, place: int) -> int:
        found = instant_at(self.text, self.tokens, place, self.lexicon)
        return self._until(Part.INSTANT, place, found[0], found[1]) if found else 0

    def _number(self, place: int) -> int:
        sign, at = self._signed(place)
        if at >= len(self.tokens) or not self.tokens[at].text[0].isdigit():
            return 0
        found = DIGITS.match(self.text, self.tokens[at].start)
        if found is None:
            return 0
        if self.text[found.end() :: 1][:1] in {"º", "ª"} or re.compile(r"(?:st|nd|rd|th)(?!\w)").match(
            self.text, found.end()
        ):
            return self._until(Part.ORDINAL, place, found.end() + 1, float(found[0].strip(".,")))
        if self._german_ordinal(at, found):
            return self._until(Part.ORDINAL, place, found.end() + 1, float(found[0]))
        read = readings(found[0], self.lexicon.language)
        return self._amount(place, self._token_after(found.end(), at), read, sign)

    def _german_ordinal(self, at: int, found: re.Match[str]) -> bool:
        follows = re.compile(r"\.\s+[^\W\d_]").match(self.text, found.end())
        led = at > 0 and self.tokens[at - 1].key in _DETERMINED
        return bool(follows) and led and self.lexicon.language == "de" and found[0].isdigit()

    def _signed(self, place: int) -> tuple[int, int]:
        token = self.tokens[place]
        if self.numerals.has(self.tokens, place, "minus") and place + 1 < len(self.tokens):
            following = self.tokens[place + 1]
            return (-1, place + 1) if following.text[0].isdigit() else (0, place)
        if token.text not in {"-", "−", "–", "+"} or place + 1 >= len(self.tokens):
            return 0, place
        before = self.text[token.start - 1] if token.start else " "
        joined = self.tokens[place + 1].start == token.end and not (before.isalnum() or before in ")]%")
        return (-1 if token.text != "+" else 1, place + 1) if joined else (0, place)

    def _worded_number(self, place: int) -> int:
        if self.numerals.has(self.tokens, place, "ordinal_lead"):
            return self._led_ordinal(place)
        if self.numerals.has(self.tokens, place, "fractions"):
            return self._fraction(place, 1.0, place)
        sign, at = -1 if self.numerals.has(self.tokens, place, "minus") else 0, place
        at += 1 if sign else 0
        length, value = self.numerals.worded(self.tokens, at)
        if value is None:
            return self._led_fraction(place)
        value, after = self._and_a_half(value, at + length)
        if fraction := self._fraction(after, value, place):
            return fraction
        if self._chinese_fraction(after):
            more, part = self.numerals.worded(self.tokens, after + 2)
            if part is not None:
                whole = Reading(100.0 * part / value, 0.5 if value == 100 else 100 * ROUGH * part / value)
                return self._add(Part.NUMBER, place, after + 2 + more, Amount((whole,), "%", sign))
        if not self._counts(at, after, value):
            return 0
        half = 0.5 if value % 1 == 0 and self.numerals.unit_at(self.text, self.tokens, after)[1] else 0.0
        return self._amount(place, after, (Reading(value, half),), sign)

    def _and_a_half(self, value: float, after: int) -> tuple[float, int]:
        """As in "one and a half"."""
        keys = tuple(token.key for token in self.tokens[after : after + 3])
        return (value + 0.5, after + 3) if keys == ("and", "a", "half") else (value, after)

    def _counts(self, at: int, after: int, value: float) -> bool:
        """Whether a number word counts: "one" of "no one" does not, nor does a Chinese numeral in a word."""
        if self.tokens[at].text >= "\u3400":
            measured = self.numerals.has(self.tokens, after, "classifiers") or self.numerals.has(
                self.tokens, after, "nouns"
            )
            return measured or bool(self.numerals.unit_at(self.text, self.tokens, after)[0])
        if value != 1:
            return True
        before = self.tokens[at - 1].key if at else ""
        return before not in {"no", "the", "this", "that", "which", "any", "each", "every", "another"} and (
            self._noun_near(after) or bool(self.numerals.unit_at(self.text, self.tokens, after)[0])
        )

    def _led_ordinal(self, place: int) -> int:
        length, value = self.numerals.worded(self.tokens, place + 1)
        if value is None and place + 1 < len(self.tokens) and self.tokens[place + 1].text.isdigit():
            length, value = 1, float(self.tokens[place + 1].text)
        if value is None:
            return 0
        after = place + 1 + length
        return self._add(Part.ORDINAL if self._noun_near(after) else Part.OTHER, place, after, value)

    def _led_fraction(self, place: int) -> int:
        """As in "a third of"."""
        if place + 1 < len(self.tokens) and self.numerals.has(self.tokens, place, "fraction_lead"):
            return self._fraction(place + 1, 1.0, place)
        return 0

    def _fraction(self, at: int, count: float, place: int) -> int:
        """A fraction in words, unless the word is an ordinal: "the third event"."""
        if at >= len(self.tokens) or not self.numerals.has(self.tokens, at, "fractions"):
            return 0
        length, senses = self.numerals.hits(self.tokens, at)
        ordinal = any(sense.section == "ordinals" for sense in senses)
        if ordinal and (self._noun_near(at + length) or at == place):
            return 0
        value = count * next(sense.value for sense in senses if sense.section == "fractions")
        after = at + length
        skip = 1 if self.numerals.has(self.tokens, after, "fraction_lead") else 0
        units, unit = self.numerals.unit_at(self.text, self.tokens, after + skip)
        if unit in SECONDS:
            return self._add(Part.NUMBER, place, after + skip + units, Amount((Reading(value, 0.0),), unit))
        reading = Reading(value, ROUGH * value)
        return self._add(Part.NUMBER, place, after, Amount((reading,), FRACTION))

    def _chinese_fraction(self, at: int) -> bool:
        return at + 2 < len(self.tokens) and self.tokens[at].text == "分" and self.tokens[at + 1].text == "之"

    def _amount(self, place: int, after: int, read: tuple[Reading, ...], sign: int) -> int:
        if sign:
            read = tuple(Reading(sign * item.value, item.half) for item in read)
        if self.numerals.has(self.tokens, after, "times"):
            length = self.numerals.hits(self.tokens, after)[0]
            rough = tuple(Reading(item.value, max(item.half, 0.0)) for item in read)
            return self._add(Part.NUMBER, place, after + length, Amount(rough, RATIO, sign))
        skip = 1 if after < len(self.tokens) and self.tokens[after].text in {"-", "个"} else 0
        length, unit = self.numerals.unit_at(self.text, self.tokens, after + skip)
        if unit is None:
            length, unit = self.numerals.unit_at(self.text, self.tokens, after)
            skip = 0
        return self._add(Part.NUMBER, place, after + (length + skip if unit else 0), Amount(read, unit, sign))

    def _words(self, place: int) -> int:
        length, found = self.numerals.hits(self.tokens, place)
        if not length:
            return 0
        senses = tuple(found)
        sections = {sense.section for sense in senses}
        after = place + length
        if "ignored" in sections:
            return self._add(Part.OTHER, place, after)
        if "ratios" in sections and not sections & {"ordinals"}:
            value = next(sense.value for sense in senses if sense.section == "ratios")
            return self._add(Part.NUMBER, place, after, Amount((Reading(value, ROUGH * value),), RATIO))
        if "ordinals" in sections and self._ordered(place, after, senses):
            value = next(sense.value for sense in senses if sense.section == "ordinals")
            return self._add(Part.ORDINAL, place, after, float(value))
        part = self._part_of(sections, after)
        return self._add(part, place, after, next(iter(self._values(part, senses)), None), senses)

    def _part_of(self, sections: set[str], after: int) -> Part:
        if "measured" in sections and after < len(self.tokens) and self._comparable(after):
            return Part.CLAIM
        if sections & _FAMILIES:
            return Part.CLAIM
        if "beside" in sections and self.parts and self.parts[-1].part is Part.NUMBER:
            return Part.BESIDE
        for section, part in (("kinds", Part.KIND), ("nouns", Part.NOUN), ("vague", Part.VAGUE)):
            if section in sections:
                return part
        return Part.JOINT if sections & set(_JOINTS) else Part.OTHER

    @staticmethod
    def _values(part: Part, senses: Sequence[Sense]) -> list[Any]:
        if part is Part.CLAIM:
            own = [(Family(sense.section), sense.value) for sense in senses if sense.section in _FAMILIES]
            return own or [(Family.COMPARISON, sense.value) for sense in senses if sense.section == "measured"]
        return [sense.value for sense in senses if sense.section in {part.value, f"{part.value}s"}]

    def _comparable(self, place: int) -> bool:
        """Whether a number, a tag or a limit stands there: what "over" can be over."""
        tags = {tag for name in self.names.phrases.at(self.tokens, place)[1] for tag in name.tags}
        if self._numeric(place) or (tags and not all(self.names.plant.tag(tag).movable for tag in tags)):
            return True
        return any(sense.section == Family.LIMIT for sense in self.numerals.hits(self.tokens, place)[1])

    def _numeric(self, place: int) -> bool:
        _, value = self.numerals.worded(self.tokens, place)
        return self.tokens[place].text[0].isdigit() or self.tokens[place].text in "-−" or value is not None

    def _ordered(self, place: int, after: int, senses: Sequence[Sense]) -> bool:
        """Whether an ordinal tells which event or move: it stands before its name, or alone as "the second"."""
        if self._noun_near(after):
            return True
        value = next(sense.value for sense in senses if sense.section == "ordinals")
        led = place > 0 and self.tokens[place - 1].key in {"the", "das", "die", "der", "el", "la"}
        unit = bool(self.numerals.unit_at(self.text, self.tokens, after)[0])
        ends = after >= len(self.tokens) or not self.tokens[after].text[0].isalpha()
        spelt = value > 1 and ends and not (place and self.tokens[place - 1].text[0].isdigit())
        if spelt:
            return True
        claims_more = after < len(self.tokens) and self.tokens[after].text.isalpha() and value in {1, -1}
        return led and not unit and not claims_more and value > 1

    def _noun_near(self, place: int) -> bool:
        return any(
            self.numerals.has(self.tokens, at, "nouns") for at in range(place, min(place + 3, len(self.tokens)))
        )

    def _sign(self, place: int) -> int:
        token = self.tokens[place]
        if token.text in _ENDS:
            following = self.text[token.end : token.end + 1]
            ends = token.text not in ".!?" or not following or following.isspace() or following in '"”»)'
            return self._add(Part.END if ends else Part.OTHER, place, place + 1)
        part = Part.BREAK if token.text in _BREAKS else Part.SIGN if not token.text.isalnum() else Part.OTHER
        return self._add(part, place, place + 1)

    def _until(self, part: Part, place: int, end: int, value: object) -> int:
        return self._add(part, place, self._token_after(end, place), value)

    def _token_after(self, end: int, place: int) -> int:
        after = place + 1
        while after < len(self.tokens) and self.tokens[after].start < end:
            after += 1
        return after

    def _add(self, part: Part, first: int, last: int, value: object = None, senses: tuple[Sense, ...] = ()) -> int:
        start = self.tokens[first].start
        end = self.tokens[last - 1].end if last > first else start
        self.parts.append(Said(part, start, end, first, last, value, senses))
        return last

    def _durations_joined(self) -> None:
        """As in "1 h 30 min" is one length of time."""
        joined: list[Said] = []
        for said in self.parts:
            before = joined[-1] if joined else None
            if before and _goes_on(before, said):
                large, small = before.value, said.value
                value = large.readings[0].value * SECONDS[large.unit] + small.readings[0].value * SECONDS[small.unit]
                before.value = Amount((Reading(value, 0.5 * SECONDS[small.unit]),), "s")
                before.end, before.last = said.end, said.last
            else:
                joined.append(said)
        self.parts = joined

    def _units_shared(self) -> None:
        """The unit of several numbers may stand behind the last one only: "from 2690 to 2745 kPa"."""
        unit: str | None = None
        for place in range(len(self.parts) - 1, -1, -1):
            said = self.parts[place]
            if said.part is Part.NUMBER:
                if said.value.unit is None and unit is not None:
                    said.value = Amount(said.value.readings, unit, said.value.sign)
                unit = said.value.unit if said.value.unit not in {RATIO, FRACTION} else None
            elif not _linking(said, self.text):
                unit = None


def _goes_on(before: Said, said: Said) -> bool:
    if before.part is not Part.NUMBER or said.part is not Part.NUMBER or before.last != said.first:
        return False
    units = (before.value.unit, said.value.unit)
    return units in {("h", "min"), ("min", "s"), ("d", "h")} and bool(before.value.readings and said.value.readings)


def _linking(said: Said, text: str) -> bool:
    if said.part in {Part.JOINT, Part.KIND}:
        return said.has("roles") or said.has("instead") or said.part is Part.KIND
    if said.part is Part.CLAIM and text[said.start] >= "\u3400":
        return said.value[0] is Family.DIRECTION
    return text[said.start : said.end].lower() in {
        *(
            ",",
            "–",
            "-",
            "—",
            "→",
            "…",
            "[",
            "]",
            "(",
            "、",
            "，",
            "to",
            "and",
            "or",
            "of",
            "und",
            "oder",
            "y",
            "e",
            "o",
        ),
        *("和", "与", "或", "变", "为", "改", "降", "升", "/", "~", "～", "bis", "a", "至", "到"),
    }


def quotes_in(text: str, facts: Facts) -> dict[int, tuple[int, str]]:
    """Where words of the evidence stand as they are: first letter to (end, id of the evidence)."""
    found: dict[int, tuple[int, str]] = {}
    lowered = text.lower()
    for quote, identity in sorted(facts.quotes, key=lambda item: len(item[0])):
        said = folded(quote.strip())
        if len(said.split()) < _VERBATIM_WORDS and len(said) < 4 * _VERBATIM_WORDS:
            continue
        at = lowered.find(said.lower())
        while said and at >= 0:
            if _apart(text, at, at + len(said)):
                found[at] = (at + len(said), identity)
            at = lowered.find(said.lower(), at + len(said))
    known = {folded(quote.strip()): identity for quote, identity in facts.quotes}
    for match in _QUOTED.finditer(text):
        if identity := known.get(match["said"].strip(), ""):
            found[match.start()] = (match.end(), identity)
    return found


def _apart(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum()) or text[start] >= "\u3000"
