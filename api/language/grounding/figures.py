"""Numbers of a text against the numbers of the evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from api.language.grounding.bind import Bound, Tags
from api.language.grounding.evidence import Facts, Figure, of
from api.language.grounding.families import NumberKind
from api.language.grounding.lexicon import lexicon
from api.language.grounding.names import PlantNames
from api.language.grounding.numerals import FRACTION, RATIO, ROUGH, SECONDS, Amount, Reading, canonical
from api.language.grounding.tokens import tokens_of

_HARD = frozenset(
    {NumberKind.MEAN, NumberKind.MAXIMUM, NumberKind.MINIMUM, NumberKind.SPREAD, NumberKind.SUM, NumberKind.RANGE}
)
"""Kinds that a number either is or is not; the others only rule out their opposites."""
_EXTREMES = frozenset({NumberKind.MAXIMUM, NumberKind.MINIMUM})
_AHEAD = frozenset({NumberKind.FORECAST, NumberKind.SCENARIO, NumberKind.BASELINE})
"""Numbers of a rollout: they may be its highest or lowest."""
_OPPOSITES = {
    NumberKind.FIRST: NumberKind.LAST,
    NumberKind.LAST: NumberKind.FIRST,
    NumberKind.BASELINE: NumberKind.SCENARIO,
    NumberKind.SCENARIO: NumberKind.BASELINE,
}
_ABSOLUTE = frozenset({NumberKind.LIMIT, NumberKind.ASKED, NumberKind.TARGET})
_PARTS = frozenset({NumberKind.SHARE, NumberKind.RISK, NumberKind.SCORE})
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Match:
    """The evidence that a number was matched to, and whether it was converted."""

    evidence: str
    converted: bool = False
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class FigureCheck:
    """Finds the evidence of a number."""

    facts: Facts
    names: PlantNames

    def match(self, bound: Bound) -> Match | None:
        """The evidence that backs the number; None where none does."""
        amount: Amount = bound.said.value
        if amount.unit in {RATIO, FRACTION}:
            return self._ratio(bound, amount)
        for figure in self.facts.figures:
            if self.fits(bound, figure) and self._equals(bound, amount, figure):
                return Match(figure.id, canonical(figure.unit) != amount.unit, figure)
        return self._derived(bound, amount) or self._year(amount)

    def fits(self, bound: Bound, figure: Figure) -> bool:
        """Whether the figure is of the subject, the kind and the side that the number is said to be."""
        return (
            of(figure.tag, self.subject(bound, figure))
            and self._kind_fits(bound, figure)
            and (bound.side is None or figure.side in {None, bound.side})
            and self._noun_fits(bound, figure)
        )

    def subject(self, bound: Bound, figure: Figure) -> Tags | None:
        """The tags the number may be of: for moves also those that the subject is moved through."""
        if bound.subject is None or not figure.change:
            return bound.subject
        return self.names.handles(bound.subject)

    def _kind_fits(self, bound: Bound, figure: Figure) -> bool:
        if bound.limit is not None:
            return figure.name == bound.limit or figure.kind is NumberKind.ASKED or figure.unit in SECONDS
        kind = bound.kind
        if kind is None or figure.count or figure.unit in SECONDS or figure.kind in _PARTS:
            return True
        if figure.change:
            return kind not in _EXTREMES or "largest" in figure.name
        if kind in _HARD:
            return figure.kind is kind or (kind in _EXTREMES and figure.kind in _AHEAD)
        if kind is NumberKind.LIMIT:
            return figure.kind in _ABSOLUTE or figure.kind is NumberKind.OTHER
        return figure.kind is not _OPPOSITES.get(kind) and figure.kind is not _opposite_hard(kind)

    @staticmethod
    def _noun_fits(bound: Bound, figure: Figure) -> bool:
        if bound.noun is None or not figure.count:
            return True
        counted = counts(figure.name)
        return counted is None or counted == bound.noun

    def _equals(self, bound: Bound, amount: Amount, figure: Figure) -> bool:
        value = figure.within(amount.unit)
        if value is None:
            return False
        if not (figure.change or (figure.kind is NumberKind.RATE and bound.direction)):
            return not bound.direction and any(near(value, reading) for reading in amount.readings)
        if bound.direction:
            return value * bound.direction >= 0 and any(near(abs(value), reading) for reading in amount.readings)
        return any(near(value, reading) for reading in amount.readings)

    def _derived(self, bound: Bound, amount: Amount) -> Match | None:
        """Differences that follow from two numbers of the evidence."""
        if not bound.direction:
            return None
        for early, late, difference in self._differences(bound):
            values = [
                Figure(late.id, "", difference, early.unit, None, NumberKind.OTHER, True, False).within(amount.unit)
            ]
            if amount.unit == "%" and canonical(early.unit) != "%" and early.value:
                values = [100.0 * difference / abs(early.value)]
            for value in values:
                said = value is not None and any(near(abs(value), reading) for reading in amount.readings)
                if value is not None and said and value * bound.direction >= 0:
                    return Match(late.id, canonical(early.unit) != amount.unit)
        return None

    def _differences(self, bound: Bound) -> Iterator[tuple[Figure, Figure, float]]:
        own = bound.subject is not None and any(
            item.change and item.tag in bound.subject and not item.bound for item in self.facts.figures
        )
        subject = bound.subject if bound.subject is None or own else self.names.handles(bound.subject)
        for early, late in self.facts.pairs(subject):
            yield early, late, late.value - early.value
        if bound.other and bound.subject:
            for one, two in alike(self.facts, bound.subject, bound.other):
                yield two, one, one.value - two.value

    def _ratio(self, bound: Bound, amount: Amount) -> Match | None:
        """As in "twice", "a third of": a ratio or a share of the evidence, or two numbers that are in that ratio."""
        for figure in self.facts.figures:
            share = figure.value / 100.0 if figure.unit == "%" and amount.unit == FRACTION else None
            plain = figure.value if figure.unit in {None, "1"} and not figure.count else None
            value = share if share is not None else plain
            if value is not None and self.fits(bound, figure) and any(near(value, item) for item in amount.readings):
                return Match(figure.id, figure=figure)
        if amount.unit == FRACTION:
            return None
        if bound.beyond:
            return self._times_the_usual(bound, amount)
        for early, late in (*self._alike(bound), *((one, two) for one, two, _ in self._differences(bound))):
            if early.value and any(
                abs(late.value / early.value - item.value) <= max(item.half, ROUGH * item.value)
                for item in amount.readings
            ):
                return Match(late.id)
        return None

    def _alike(self, bound: Bound) -> Iterator[tuple[Figure, Figure]]:
        """(second, first) of two numbers of one tag and kind: those of two windows."""
        own = [item for item in self.facts.figures if item.tag and of(item.tag, bound.subject) and not item.bound]
        for place, first in enumerate(own):
            for second in own[place + 1 :]:
                if (first.tag, first.unit, first.kind) == (second.tag, second.unit, second.kind):
                    yield second, first

    def _times_the_usual(self, bound: Bound, amount: Amount) -> Match | None:
        """As in "more than twice the usual difference": a change and what is usual, both in the evidence."""
        for change in self.facts.figures:
            for usual in self.facts.figures:
                if not (change.change and usual.name.startswith("usual") and of(change.tag, bound.subject)):
                    continue
                if change.unit == usual.unit and usual.tag in {None, change.tag} and usual.value:
                    times = abs(change.value / usual.value)
                    if all((times - item.value) * bound.beyond > 0 for item in amount.readings):
                        return Match(usual.id)
        return None

    def _year(self, amount: Amount) -> Match | None:
        if amount.unit is not None or amount.sign or not amount.readings:
            return None
        value = amount.readings[0].value
        if value not in _YEARS:
            return None
        return next((Match(item.id) for item in self.facts.moments if item.value.year == value), None)


def near(value: float, reading: Reading) -> bool:
    """Whether a value, rounded to the digits shown, is what the text says."""
    return abs(value - reading.value) <= reading.half * (1 + 1e-6) + 1e-9 * abs(value)


def alike(facts: Facts, subject: Tags, other: Tags) -> Iterator[tuple[Figure, Figure]]:
    """Pairs of the same kind of number, of the subject and of what it is compared with."""
    for one in facts.figures:
        if one.tag in subject and not one.change and one.kind not in _ABSOLUTE:
            for two in facts.figures:
                if two.tag in other and two.name == one.name and two.unit == one.unit:
                    yield one, two


@cache
def counts(name: str) -> str | None:
    """What evidence of this name counts: event, move, tag, sample, response; None where it does not say."""
    found = [
        sense.value
        for token in tokens_of(name.lower())
        for sense in lexicon("en").phrases.at([token], 0)[1]
        if sense.section == "nouns"
    ]
    return found[0] if found else None


def _opposite_hard(kind: NumberKind) -> NumberKind | None:
    return NumberKind.SPREAD if kind in {NumberKind.FIRST, NumberKind.LAST, NumberKind.FORECAST} else None
