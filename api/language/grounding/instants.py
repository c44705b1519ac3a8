"""Times of day, dates and weekdays as texts write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from api.language.grounding.lexicon import Lexicon
from api.language.grounding.tokens import Token

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:T(?=\d))?")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4})\b|(?=\s*(?:,|um|\d\d:)))")
_SLASHED = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})\b")
_CHINESE = re.compile(r"(?:(?P<year>\d{4})\s?年)?\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?[日号]")
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?(?!\d)")
_CHINESE_CLOCK = re.compile(
    r"(?P<half>凌晨|早上|上午|中午|下午|晚上|夜里)?\s?(?P<hour>\d{1,2})\s?点(?:(?P<minute>\d{1,2})\s?分|(?P<thirty>半))?"
)
_MERIDIAN = re.compile(r"\s?(?P<half>am|pm|a\.m\.|p\.m\.)(?!\w)", re.IGNORECASE)
_ZONE = re.compile(r"\s?(?P<zone>UTC|GMT|Z|[A-Z]{2,4}T|MEZ|MESZ|[A-Z]ST)(?![\w])(?P<offset>[+-]\d{1,2}(?::\d\d)?)?")
_OFFSET = re.compile(r"(?P<offset>[+-]\d\d:?\d\d)(?!\d)")
_JOINT = re.compile(r"\s*(?:,\s*|，\s*)?(?:(?:at|um|gegen|a las|a la|the|den|el|the|on|于)\b\s*)?(?:[(]\s*)?")
_OF = re.compile(r"(?:st|nd|rd|th|\.|º|ª)?\s*(?:of |de |del )?\s*")
_GERMAN_ZONES = {"MEZ": "CET", "MESZ": "CEST"}


@dataclass(frozen=True, slots=True)
class Instant:
    """The parts of a time that a text shows; None for what it leaves out."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    zone: str | None = None
    offset: str | None = None

    def shows(self, moment: datetime, plant_zone: ZoneInfo) -> bool:
        """Whether every part shown is that of `moment`, seconds cut off or rounded."""
        zone = _GERMAN_ZONES.get(self.zone or "", self.zone)
        universal = zone in {"UTC", "GMT", "Z"} and not self.offset
        local = moment.astimezone(UTC if universal else plant_zone)
        named = zone is None or universal or self.offset is not None or zone == local.tzname()
        return named and self._offset_is(local) and self._parts_are(local)

    def _offset_is(self, local: datetime) -> bool:
        if self.offset is None:
            return True
        digits = re.sub(r"\D", "", self.offset)
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        offset = local.utcoffset()
        stated = (-1 if self.offset.startswith("-") else 1) * (hours * 3600 + minutes * 60)
        return offset is not None and offset.total_seconds() == stated

    def _parts_are(self, local: datetime) -> bool:
        days = {"year": local.year, "month": local.month, "day": local.day, "weekday": local.weekday()}
        if any(getattr(self, name) not in (None, value) for name, value in days.items()):
            return False
        if self.hour is None:
            return True
        if self.minute is None:
            apart = abs((self.hour * 60 - local.hour * 60 - local.minute + 720) % 1440 - 720)
            return apart < 30
        shown = (self.hour % 24, self.minute)
        near = (local.hour, local.minute) == shown
        return near and self.second in (None, local.second)


def instant_at(text: str, tokens: Sequence[Token], place: int, lexicon: Lexicon) -> tuple[int, Instant] | None:
    """The end (in letters) of the time that begins at a token, and its parts; None where none does."""
    at = tokens[place].start
    if at and (text[at - 1].isdigit() or text[at - 1] == "_"):
        return None
    parts: dict[str, int | str] = {}
    end = _weekday(tokens, place, lexicon, parts, at)
    end = _dated(text, end, lexicon, parts)
    end = _timed(text, end, lexicon, parts, dated=bool(parts))
    if not parts or ("zone" in parts and len(parts) == 1):
        return None
    known = {field.name for field in fields(Instant)}
    return end, Instant(**{name: value for name, value in parts.items() if name in known})  # type: ignore[arg-type]


def _weekday(tokens: Sequence[Token], place: int, lexicon: Lexicon, parts: dict[str, int | str], at: int) -> int:
    length, senses = lexicon.phrases.at(tokens, place)
    days = [sense.value for sense in senses if sense.section == "weekdays"]
    if not days:
        return at
    word = tokens[place]
    following = tokens[place + length] if place + length < len(tokens) else None
    if word.text.isascii() and len(word.text) <= 3:
        dated = following is not None and (following.text[0].isdigit() or following.text in ",.")
        if not dated and (len(word.text) < 3 or not word.text[0].isupper()):
            return at
    parts["weekday"] = days[0]
    return tokens[place + length - 1].end


def _dated(text: str, end: int, lexicon: Lexicon, parts: dict[str, int | str]) -> int:
    begin = _joint(text, end) if parts else end
    for pattern in (_ISO, _CHINESE, _SLASHED, _DOTTED):
        found = pattern.match(text, begin)
        if found and 1 <= int(found["month"]) <= 12 and 1 <= int(found["day"]) <= 31:
            parts.update({name: int(value) for name, value in found.groupdict().items() if value})
            return found.end()
    return _worded_date(text, begin, end, lexicon, parts)


def _worded_date(text: str, begin: int, end: int, lexicon: Lexicon, parts: dict[str, int | str]) -> int:
    """As in "22 Nov 2026", "22. November", "22 de noviembre", "November 22"."""
    day = re.compile(r"\d{1,2}(?!\d)").match(text, begin)
    if day:
        of = _OF.match(text, day.end())
        month = _month(text, of.end() if of else day.end(), lexicon)
        if month:
            parts.update(day=int(day[0]), month=month[1])
            return _year(text, month[0], parts)
        return end
    month = _month(text, begin, lexicon)
    if month and (day := re.compile(r"\s(\d{1,2})(?:st|nd|rd|th)?(?![\d:])").match(text, month[0])):
        parts.update(day=int(day[1]), month=month[1])
        return _year(text, day.end(), parts)
    return end


def _month(text: str, at: int, lexicon: Lexicon) -> tuple[int, int] | None:
    word = re.compile(r"[^\W\d_]{3,10}").match(text, at)
    if word is None:
        return None
    number = lexicon.months.get(word[0].lower())
    return (word.end() + (text[word.end() : word.end() + 1] == "." and len(word[0]) < 5), number) if number else None


def _year(text: str, end: int, parts: dict[str, int | str]) -> int:
    found = re.compile(r",?\s?(?:de |del )?(\d{4})(?![\d:])").match(text, end)
    if found is None:
        return end
    parts["year"] = int(found[1])
    return found.end()


def _timed(text: str, end: int, lexicon: Lexicon, parts: dict[str, int | str], *, dated: bool) -> int:
    begin = _joint(text, end) if dated else end
    clock = _CLOCK.match(text, begin)
    if clock and int(clock["hour"]) <= 24 and int(clock["minute"]) < 60:
        parts.update({name: int(value) for name, value in clock.groupdict().items() if value})
        after = _afternoon(text, clock.end(), parts)
        if lexicon.language == "de" and text[after : after + 4] == " Uhr":
            after += 4
        return _zoned(text, after, parts)
    if found := _CHINESE_CLOCK.match(text, begin):
        return _zoned(text, _chinese_clock(found, parts), parts)
    return _hour(text, begin, end, lexicon, parts)


def _hour(text: str, begin: int, end: int, lexicon: Lexicon, parts: dict[str, int | str]) -> int:
    """As in "2 am", "2 Uhr", "midnight"."""
    if word := re.compile(r"[^\W\d_]+").match(text, begin):
        hour = lexicon.clocks.get(word[0].lower())
        if hour is None:
            return end
        parts.update(hour=hour, minute=0)
        return _zoned(text, word.end(), parts)
    digits = re.compile(r"\d{1,2}(?![\d.,:])").match(text, begin)
    if digits is None or int(digits[0]) > 24:
        return end
    if german := re.compile(r" Uhr(?: (?P<minute>\d\d))?").match(text, digits.end()):
        parts["hour"] = int(digits[0])
        if german["minute"]:
            parts["minute"] = int(german["minute"])
        return _zoned(text, german.end(), parts)
    if _MERIDIAN.match(text, digits.end()) and lexicon.language != "de":
        parts["hour"] = int(digits[0])
        return _zoned(text, _afternoon(text, digits.end(), parts), parts)
    return end


def _afternoon(text: str, end: int, parts: dict[str, int | str]) -> int:
    found = _MERIDIAN.match(text, end)
    if found is None:
        return end
    hour = int(parts["hour"]) % 12
    parts["hour"] = hour + 12 * (found["half"][0] in "pP")
    return found.end()


def _chinese_clock(found: re.Match[str], parts: dict[str, int | str]) -> int:
    hour = int(found["hour"])
    late = found["half"] in {"下午", "晚上"} and hour < 12
    parts["hour"] = hour + 12 * late
    if found["minute"] or found["thirty"]:
        parts["minute"] = int(found["minute"] or 30)
    return found.end()


def _zoned(text: str, end: int, parts: dict[str, int | str]) -> int:
    if found := _ZONE.match(text, end):
        parts["zone"] = found["zone"]
        if found["offset"]:
            parts["offset"] = found["offset"]
        return found.end()
    if found := _OFFSET.match(text, end):
        parts["offset"] = found["offset"]
        return found.end()
    return end


def _joint(text: str, end: int) -> int:
    found = _JOINT.match(text, end)
    return found.end() if found else end
