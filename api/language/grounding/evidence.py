"""The evidence of an answer, sorted for the check: numbers, times, words, claims, and what follows from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache

from api.language.grounding.families import CHANGE, Family, NumberKind, kind_of
from api.language.grounding.numerals import SECONDS, canonical
from twin.answer import Evidence, Fact, TimeWindow
from twin.errors import UnitMismatch
from twin.plant import Tag, TagRole
from twin.units import convert

START_WORDS = ("start", "begin", "first", "since", "from")
END_WORDS = ("end", "until", "last heard", "over")


class Side(StrEnum):
    """Which of a pair a number or a time is: the earlier or the later, without or with the moves."""

    EARLY = "early"
    LATE = "late"


_SIDES = {
    NumberKind.FIRST: Side.EARLY,
    NumberKind.BEFORE: Side.EARLY,
    NumberKind.BASELINE: Side.EARLY,
    NumberKind.LAST: Side.LATE,
    NumberKind.AFTER: Side.LATE,
    NumberKind.SCENARIO: Side.LATE,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the evidence; `value` in `unit`."""

    id: str
    name: str
    value: float
    unit: str | None
    tag: str | None
    kind: NumberKind
    change: bool
    count: bool

    @property
    def bound(self) -> bool:
        """Whether it is one end of a band or an interval, not what is expected."""
        return self.name.endswith("%")

    @property
    def side(self) -> Side | None:
        """Whether it is the earlier or the later number of a pair."""
        if self.bound:
            return None
        if self.kind in _SIDES:
            return _SIDES[self.kind]
        said = f" {self.name.lower()} "
        if " without" in said or " other " in said:
            return Side.EARLY
        return Side.LATE if " with the " in said else None

    def within(self, unit: str | None) -> float | None:
        """The value in another unit; None where it does not convert. A number with a unit is none without it."""
        own = canonical(self.unit)
        if self.kind is NumberKind.RATE and unit is not None and unit != own and unit.endswith("/h"):
            unit = unit.removesuffix("/h")
        if unit == own or (unit == "points" and own == "%") or (unit == "%" and own == "points"):
            return self.value
        if unit is None or own is None:
            return None
        return _converted(self.value, own, unit, difference=self.change)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of the evidence."""

    id: str
    name: str
    value: datetime
    tag: str | None

    @property
    def side(self) -> Side | None:
        """Whether it begins or ends something."""
        name = self.name.lower()
        if any(word in name for word in START_WORDS):
            return Side.EARLY
        return Side.LATE if any(word in name for word in END_WORDS) else None


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim of the evidence."""

    id: str
    family: str
    value: str
    tag: str | None


@dataclass
class Facts:
    """Everything that a text may be said from."""

    figures: list[Figure] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    quotes: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    windows: list[tuple[datetime, datetime]] = field(default_factory=list)
    now: datetime | None = None

    @cached_property
    def tags(self) -> frozenset[str]:
        """Tags that the evidence is about or names."""
        about = {figure.tag for figure in self.figures} | {moment.tag for moment in self.moments}
        return frozenset({*self.names, *(tag for tag in about if tag), *(s.tag for s in self.statements if s.tag)})

    def stated(self, family: Family, value: str, subject: frozenset[str] | None) -> str | None:
        """The id of the evidence that states a claim of the subject; None where none does."""
        for item in self.statements:
            if item.family == family and item.value == value and of(item.tag, subject):
                return item.id
        return None

    def pairs(self, subject: frozenset[str] | None) -> Iterator[tuple[Figure, Figure]]:
        """Pairs of numbers of one tag in the same unit: the earlier and the later one."""
        own = [item for item in self.figures if item.tag and of(item.tag, subject) and item.side and not item.bound]
        for early in own:
            for late in own:
                alike = _family_of(early) == _family_of(late) and early.tag == late.tag and early.unit == late.unit
                if alike and early.side is Side.EARLY and late.side is Side.LATE:
                    yield early, late

    def starts(self) -> list[tuple[datetime, str]]:
        """Starts of events in the order of time: instant and id of the evidence."""
        return sorted((item.value, item.id) for item in self.moments if item.name.startswith("start of "))


def facts_of(evidence: Sequence[Evidence], window: TimeWindow | None, now: datetime | None) -> Facts:
    """The evidence, sorted. An item without an id is called by its place: e1, e2, ..."""
    facts = Facts(now=now)
    for place, item in enumerate(evidence, start=1):
        _put(facts, item, item.id or f"e{place}")
    if window is not None:
        facts.moments += [
            Moment("window", "window start", window.start, None),
            Moment("window", "window end", window.end, None),
        ]
    facts.figures += list(_lasting(facts))
    return facts


def of(tag: str | None, subject: frozenset[str] | None) -> bool:
    """Whether evidence of a tag is about the subject; without a tag or a subject it is."""
    return tag is None or subject is None or tag in subject


def _put(facts: Facts, item: Evidence, identity: str) -> None:
    value = item.value
    if isinstance(value, datetime):
        if item.name in {"now", "asked at"} and facts.now is None:
            facts.now = value
        facts.moments.append(Moment(identity, item.name, value, item.tag))
    elif isinstance(value, str):
        _put_words(facts, item, value, identity)
    else:
        change = item.kind is Fact.CHANGE or item.name.startswith(CHANGE)
        untold = not item.id and item.unit is None and item.tag is None and float(value).is_integer()
        count = item.kind is Fact.COUNT or untold
        kind = kind_of(item.name)
        facts.figures.append(Figure(identity, item.name, float(value), item.unit, item.tag, kind, change, count))


def _put_words(facts: Facts, item: Evidence, value: str, identity: str) -> None:
    if item.kind is Fact.CLAIM:
        facts.statements.append(Statement(identity, item.name, value, item.tag))
    elif item.kind in {Fact.NAME, Fact.ID}:
        facts.names.setdefault(value, identity)
        if item.tag:
            facts.names.setdefault(item.tag, identity)
        if item.kind is Fact.ID:
            facts.quotes.append((value, identity))
    else:
        facts.quotes.append((value, identity))


def _lasting(facts: Facts) -> Iterator[Figure]:
    """How long windows and events last, from their starts and ends."""
    starts = {item.name: item for item in facts.moments if "start" in item.name}
    for name, start in starts.items():
        end = next((item for item in facts.moments if item.name == name.replace("start", "end")), None)
        if end is not None and end.value > start.value:
            seconds = (end.value - start.value).total_seconds()
            yield Figure(start.id, f"length of {name}", seconds, "s", None, NumberKind.OTHER, False, False)
            if "window" in name:
                facts.windows.append((start.value, end.value))


def _family_of(figure: Figure) -> str:
    """What the two of a pair have in common: only a first value goes with a last one."""
    if figure.kind in {NumberKind.FIRST, NumberKind.LAST}:
        return "values"
    if figure.kind in {NumberKind.BEFORE, NumberKind.AFTER}:
        return "move"
    if figure.kind in {NumberKind.BASELINE, NumberKind.SCENARIO}:
        return "rollout"
    return figure.kind


def _converted(value: float, source: str, target: str, *, difference: bool) -> float | None:
    if source in SECONDS or target in SECONDS:
        both = source in SECONDS and target in SECONDS
        return value * SECONDS[source] / SECONDS[target] if both else None
    line = _line(source, target)
    return None if line is None else line[0] * value + (0.0 if difference else line[1])


@lru_cache(maxsize=1024)
def _line(source: str, target: str) -> tuple[float, float] | None:
    """(factor, offset) from one unit to another; None where they do not convert."""
    if "%" in {source, target} or "sigma" in {source, target} or "ratio" in {source, target}:
        return None
    carrier = Tag("evidence", "", TagRole.MEASURED, target, "", 0.0, 0.0, None)
    try:
        at_0, at_1 = (convert(value, source, carrier) for value in (0.0, 1.0))
    except UnitMismatch:
        return None
    return at_1 - at_0, at_0
