"""An answer in the making: sentences of the catalog whose slots are typed facts, each put down as evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NewType

from api.language.grounding.families import CHANGE, Family
from api.language.wording.catalog import entry, forms
from api.language.wording.catalog.forms import Plural
from api.language.wording.claims import CLAIMS
from api.language.wording.shown import called, instant, number, opened, per_cent, shown_unit, span_text
from twin.answer import Evidence, Fact, Link, Series, Status, TimeWindow, ToolCall
from twin.clock import Span
from twin.operations.numbers import hours
from twin.plant import Plant
from twin.query import Plan

Worded = NewType("Worded", str)
"""Words that came out of the catalog already; their facts are evidence."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit, at so many significant digits; `bare` when the unit follows behind another one."""

    name: str
    value: float
    unit: str | None = None
    tag: str | None = None
    digits: int = 4
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A signed difference, said as "12.3 kPa lower"; `bare` as "12.3 kPa", its side is in the sentence."""

    name: str
    value: float
    unit: str
    tag: str | None = None
    digits: int = 3
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something."""

    name: str
    value: int
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of 1, said in per cent; never a false 0 or 100."""

    name: str
    value: float
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability of the model, in words and in per cent (docs/answers.md)."""

    name: str
    value: float
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time."""

    name: str
    value: timedelta


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant on the plant's clock, with its day unless a day was said just before."""

    name: str
    value: datetime
    day: bool = True


@dataclass(frozen=True, slots=True)
class Over:
    """The window that an answer is about."""

    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A tag, by its name in the plant file or, when `called`, by what a person calls it."""

    tag: str
    called: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An asset, or the plant, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Id:
    """An event's id, or the name of a model's version."""

    value: str
    name: str = "event"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody or an operation gave, said exactly as they are, between quotation marks."""

    name: str
    text: str
    tag: str | None = None


Slot = Number | Change | Count | Share | Chance | Length | Instant | Over | Name | Place | Id | Quote | Worded


@dataclass
class Draft:
    """Sentences in one language, their evidence, and the operations' own results.

    Attributes:
        source: the operation whose facts are being said.
        sentences: as said; one that begins with a line break stands on its own line.
        unchecked: what was not looked at.
    """

    plant: Plant
    source: str
    language: str = "en"
    status: Status = Status.ANSWERED
    sentences: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    series: tuple[Series, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    result: dict[str, Any] = field(default_factory=dict)
    window: TimeWindow | None = None
    candidates: tuple[str, ...] = ()
    model_version: str | None = None
    unchecked: list[str] = field(default_factory=list)
    plans: tuple[Plan, ...] = ()
    links: tuple[Link, ...] = ()
    untranslated: bool = False
    _known: set[tuple[object, ...]] = field(default_factory=set, repr=False)

    def say(self, key: str, /, **slots: Slot) -> None:
        """The next sentence."""
        said = self._whole(key, slots)
        self.sentences.append(opened(said, self.plant) if forms(self.language).space else said)

    def line(self, key: str, /, **slots: Slot) -> None:
        """The next sentence, on a line of its own."""
        self.say(key, **slots)
        self.sentences[-1] = f"\n{self.sentences[-1]}"

    def left_out(self, key: str, /, **slots: Slot) -> None:
        """Something that was not looked at."""
        self.unchecked.append(self._whole(key, slots))

    def _whole(self, key: str, slots: Mapping[str, Slot]) -> Worded:
        """A sentence; one without slots is evidence of itself."""
        said = self.part(key, **slots)
        if not slots:
            self._know(Fact.QUOTE, "sentence", said)
        return said

    def part(self, key: str, /, **slots: Slot) -> Worded:
        """Words of the catalog with their slots filled, to stand in a sentence."""
        item, own = entry(self.language, key)
        self.untranslated |= not own
        if isinstance(item, Plural):
            count = slots[item.by]
            pattern = item.one if isinstance(count, Count) and count.value == 1 else item.other
        else:
            pattern = item
        subject = next((slot.tag for slot in slots.values() if isinstance(slot, Name)), None)
        for family, value in CLAIMS.get(key, ()):
            self.claim(family, value, subject)
        return Worded(pattern.format(**{name: self.shown(slot) for name, slot in slots.items()}))

    def claim(self, family: Family, value: str, tag: str | None = None) -> None:
        """A fact that has no number of its own, such as "no other event"."""
        self._know(Fact.CLAIM, family.value, value, tag=tag)

    def listed(self, slots: Iterable[Slot], *, apart: bool = False) -> Worded:
        """Several facts in a row, each once; `apart` when each has commas of its own."""
        kept = forms(self.language)
        return Worded((kept.semicolon if apart else kept.comma).join(dict.fromkeys(map(self.shown, slots))))

    def shown(self, slot: Slot) -> str:
        """The fact as the language writes it; it becomes evidence."""
        match slot:
            case Number() | Change() | Count() | Share() | Chance() | Length():
                return self._figure(slot)
            case Instant(name, value, day):
                self._know(Fact.TIME, name, value)
                return instant(value, self.plant.time_zone, forms(self.language), day=day)
            case Over(span):
                return self.over(span)
            case Name() | Place() | Id() | Quote():
                return self._named(slot)
            case _:
                return slot

    def _figure(self, slot: Number | Change | Count | Share | Chance | Length) -> str:
        kept = forms(self.language)
        match slot:
            case Number(name, value, unit, tag, digits, bare):
                self._know(Fact.NUMBER, name, float(value), unit=unit, tag=tag)
                return number(value, digits, kept) + ("" if bare else shown_unit(unit))
            case Change():
                return self._change(slot)
            case Count(name, value, tag):
                self._know(Fact.COUNT, name, float(value), tag=tag)
                return str(value)
            case Share(name, value, tag):
                self._know(Fact.NUMBER, name, 100.0 * value, unit="%", tag=tag)
                return per_cent(value, kept)
            case Chance(name, value, tag):
                return self.part("chance", words=self.part(certainty(value)), share=Share(name, value, tag))
            case Length(name, value):
                self._know(Fact.NUMBER, name, value / timedelta(hours=1), unit="h")
                return hours(value)

    def _named(self, slot: Name | Place | Id | Quote) -> str:
        match slot:
            case Name(tag, called=by_people):
                self._know(Fact.NAME, "tag", tag, tag=tag)
                return called(self.plant.tag(tag), self.language) if by_people else tag
            case Place(name):
                self._know(Fact.NAME, "asset", name)
                return name
            case Id(value, name):
                self._know(Fact.ID, name, value)
                return value
            case Quote(name, text, tag):
                self._know(Fact.QUOTE, name, text, tag=tag)
                return text.join(forms(self.language).quotes)

    def over(self, span: Span) -> str:
        """The window in words; the first one said becomes the answer's window."""
        text = span_text(span, self.plant.time_zone, forms(self.language))
        self.window = self.window or TimeWindow(start=span.start, end=span.end, text=text)
        self._know(Fact.TIME, "window start", span.start)
        self._know(Fact.TIME, "window end", span.end)
        return text

    def notes(self, notes: Sequence[str]) -> None:
        """What was taken for granted, at the end."""
        for note in notes:
            self.line("note", note=Quote("note", note))

    def _change(self, slot: Change) -> str:
        self._know(Fact.CHANGE, f"{CHANGE} of {slot.name}", slot.value, unit=slot.unit, tag=slot.tag)
        size = number(abs(slot.value), slot.digits, forms(self.language)) + shown_unit(slot.unit)
        if slot.bare:
            return size
        side = "change.lower" if slot.value < 0 else "change.higher"
        return self.part(side, amount=Worded(size))

    def _know(
        self,
        kind: Fact,
        name: str,
        value: float | str | datetime,
        *,
        unit: str | None = None,
        tag: str | None = None,
    ) -> None:
        fact = (kind, name, value, unit, tag, self.source)
        if fact in self._known:
            return
        self._known.add(fact)
        identity = f"e{len(self._known)}"
        self.evidence.append(
            Evidence(name=name, value=value, unit=unit, tag=tag, source=self.source, kind=kind, id=identity)
        )


def certainty(probability: float) -> str:
    """The words for a probability, by key: the scale of the IPCC (Mastrandrea et al. 2010)."""
    floors = ((0.99, "99"), (0.90, "90"), (0.66, "66"), (0.33, "33"), (0.10, "10"), (0.01, "01"))
    return f"certainty.{next((name for floor, name in floors if probability >= floor), '00')}"
