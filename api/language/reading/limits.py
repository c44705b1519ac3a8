"""Limits and targets in a clause: "above 2,850 kPa", "its high limit", "would it trip", "back to 50 %"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from api.language.reading.amounts import Amount, unit_for, value_of
from api.language.slots import LimitName
from twin.plant import Tag
from twin.query import Limit
from twin.units import convert

Side = Literal["above", "below"]
_ABOVE = (
    r"(?:exceed\w*|above|over|beyond|higher than|more than|greater than|larger than|"
    "bigger than|hotter than|warmer than|past|"
    r"upwards of|north of|in excess of|at least|>=?|≥|surpass\w*|cross(?:ed|es|ing)?|"
    "reach(?:ed|es|ing)?|hit(?:s|ting)?|"
    r"(?:r[iou]sen?|climb\w*|rising|go(?:es|ne|ing)?|went|get(?:s|ting)?|got|make it|"
    "come|came) (?:up )?to|pass(?:ed|es|ing)?|top(?:ped|s)?|"
    r"not (?:fall|drop|sink|go) below)"
)
_BELOW = (
    "(?:below|under|beneath|less than|lower than|smaller than|fewer than|colder than|"
    "cooler than|short of|south of|at most|<=?|≤|undershoot|"
    r"underneath|(?:f[ae]ll(?:s|en|ing)?|dropp?\w*|sink\w*|sank|go(?:es|ne|ing)?|went|"
    r"come|came|get|got) down to|(?:f[ae]ll(?:s|en|ing)?|dropp?\w*|sink\w*|sank) to)"
)
_LEAD = (
    r"\W*(?:the |a |its |even |about |around |roughly |of |value of |level of |limit of |"
    "mark of |threshold of |ever )*$"
)
_LEADS: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("below", re.compile(rf"(?<!\w){_BELOW}{_LEAD}", re.IGNORECASE)),
    ("above", re.compile(rf"(?<!\w){_ABOVE}{_LEAD}", re.IGNORECASE)),
)
_STAY = re.compile(
    r"\b(?:stay\w*|remain\w*|still(?: be)?|kept|keep|keeps|keeping|hold|held|not (?:go|"
    r"get|climb|rise|fall|drop)|(?:n't|never|not) (?:\w+ ){0,2})(?:\W*(?:always|safely|"
    r"well|just)?\W*)$",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"(?<!\w)(?:to|at|around|of|=|near|about|towards?|reach(?:es|ing)?|achieve|hit|for|"
    r"gives?|target(?: of)?)\W*(?:the |a |about |around |exactly |value of |level of )*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:(?P<hihi>(?:high[- ]high|hihi|(?<!['’])hh|second high|very high|"
    "upper upper)(?: alarm)?(?: limit| threshold)?)|(?P<lolo>(?:low[- ]low|lolo|(?<!['’])ll|"
    "very low)(?: alarm)?(?: limit| threshold)?)"
    r"|(?P<triplo>(?:low(?:er)? trip|trip[- ]low)\w*(?: limit| point)?)|"
    r"(?P<triphi>(?:high(?:er)? trip|upper trip|trip[- ]high)\w*(?: limit| point)?|"
    "trip (?:limit|point|level|value|threshold|setting)|"
    r"(?<!the )(?<!a )(?<!last )(?<!that )trip(?:s|ped|ping)?\b)"
    "|(?P<hi>(?:high|upper|hi|top|max(?:imum)?)(?: alarm)?[- ](?:limit|threshold|"
    r"alarm(?! limit)|bound)(?! \w+ severity)|"
    r"(?<=above the )(?:high|upper|higher) one|(?<=over the )(?:high|upper|higher) one)|"
    r"(?P<lo>(?<=below the )(?:low|lower) one|(?<=under the )(?:low|lower) one|"
    r"(?:low|lower|lo|bottom|"
    "min(?:imum)?)(?: alarm)?[- ](?:limit|threshold|alarm(?! limit)|bound))"
    r"|(?P<any>(?<!alarm )(?:alarm )?limits?|bounds|alarm threshold))\b",
    re.IGNORECASE,
)
_GROUPS: dict[str, LimitName] = {
    "hihi": "hihi",
    "lolo": "lolo",
    "triplo": "trip_lo",
    "triphi": "trip_hi",
    "hi": "hi",
    "lo": "lo",
}
_UNDER = re.compile(
    r"\b(?:below|under|beneath|low(?:er)?|f[ae]ll\w*|drop\w*|undershoot)\W+(?:\w+\W+){0,3}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SaidLimit:
    """A limit before it is known of which tag.

    Attributes:
        stays: it is asked whether a tag keeps to the side, not whether it passes to it.
        amount: a value; None for a limit of the plant file, whose name is `name` (None: whichever the tag has).
    """

    start: int
    end: int
    side: Side
    amount: Amount | None = None
    name: LimitName | None = None
    stays: bool = False


def said_limits(text: str, found: Sequence[Amount]) -> tuple[SaidLimit, ...]:
    """Limits in the order said; `text` has names and times blanked out, `found` are its amounts."""
    valued = [limit for amount in found if (limit := _valued(text, amount))]
    named = [_named(text, match) for match in _NAMED.finditer(text)] if not valued else []
    return tuple(sorted((*valued, *named), key=lambda limit: limit.start))


def said_target(text: str, found: Sequence[Amount]) -> Amount | None:
    """The value that something shall be brought to."""
    return next(
        (amount for amount in found if _TARGET.search(text[: amount.start]) and not _valued(text, amount)), None
    )


def limit_of(said: SaidLimit, tag: Tag) -> Limit | None:
    """The limit of that tag; None when the plant file has none of that name. Raises UnitMismatch, AmbiguousTag."""
    if said.amount is not None:
        return Limit(tag=tag.name, side=said.side, value=level_of(said.amount, tag))
    name = said.name or _own(said.side, tag)
    if name is None:
        return None
    return Limit(tag=tag.name, side="below" if name in {"lo", "lolo", "trip_lo"} else "above", name=name)


def level_of(amount: Amount, tag: Tag) -> float:
    """The amount as a level in the tag's unit; raises UnitMismatch, AmbiguousTag."""
    return convert(value_of(amount, tag), unit_for(amount.unit, tag), tag, difference=False)


def turned(limit: Limit) -> Limit:
    """The other side of the same value: what one has to pass to leave it."""
    return limit.model_copy(update={"side": "below" if limit.side == "above" else "above"})


def _valued(text: str, amount: Amount) -> SaidLimit | None:
    before = text[: amount.start]
    for side, lead in _LEADS:
        if match := lead.search(before):
            stays = _STAY.search(before[: match.start()]) is not None
            return SaidLimit(match.start(), amount.end, side, amount, stays=stays)
    behind = re.match(r"\W{0,2}(?:or|and) (more|higher|above|less|lower|below)\b", text[amount.end :], re.IGNORECASE)
    if behind:
        other: Side = "above" if behind[1].lower() in {"more", "higher", "above"} else "below"
        return SaidLimit(amount.start, amount.end + behind.end(), other, amount)
    return None


def _named(text: str, match: re.Match[str]) -> SaidLimit:
    name = next((value for group, value in _GROUPS.items() if match[group]), None)
    under = _UNDER.search(text[: match.start()]) is not None
    side: Side = "below" if name in {"lo", "lolo", "trip_lo"} or (name is None and under) else "above"
    if name == "trip_hi" and under and "low" in text[max(0, match.start() - 12) : match.start()].lower():
        name, side = "trip_lo", "below"
    stays = re.search(r"\b(?:stay\w*|remain\w*|kept|keep|within|inside|hold)\b", text[: match.start()], re.IGNORECASE)
    return SaidLimit(match.start(), match.end(), side, None, name, stays is not None)


def _own(side: Side, tag: Tag) -> LimitName | None:
    order: tuple[LimitName, ...] = ("hi", "hihi", "trip_hi", "lo", "lolo", "trip_lo")
    low: tuple[LimitName, ...] = ("lo", "lolo", "trip_lo", "hi", "hihi", "trip_hi")
    has = dict(tag.limits.items())
    return next((name for name in (order if side == "above" else low) if name in has), None)
