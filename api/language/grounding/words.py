"""Claims without a number against the evidence: directions, comparisons, quantifiers, limits, windows, chances."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from api.language.grounding.bind import Bound, Sentence, Tags
from api.language.grounding.evidence import Facts, Figure, of
from api.language.grounding.families import Family, NumberKind
from api.language.grounding.figures import alike, counts, near
from api.language.grounding.names import PlantNames
from api.language.grounding.numerals import RATIO, SECONDS
from api.language.grounding.scan import Part
from twin.calendar import PlantCalendar
from twin.clock import Span

_ABSOLUTE = frozenset({NumberKind.LIMIT, NumberKind.ASKED, NumberKind.TARGET})
_DERIVED = "derived"
_OPPOSITE = {"up": "down", "down": "up", "above": "below", "below": "above"}
_SIGNS = {"up": 1, "above": 1, "down": -1, "below": -1, "steady": 0, "equal": 0}
_CHANCES: dict[str, Callable[[float], bool]] = {
    "certain": lambda value: value >= 99.0,
    "likely": lambda value: value >= 66.0,
    "possible": lambda value: 1.0 <= value <= 99.0,
    "unlikely": lambda value: value <= 33.0,
    "impossible": lambda value: value <= 1.0,
}
"""Percentages that the words stand for (Mastrandrea et al. 2010, the scale of the IPCC)."""


@dataclass
class WordCheck:
    """Finds the evidence of claims without numbers; each method gives its id, or None."""

    facts: Facts
    names: PlantNames
    _calendar: PlantCalendar | None = field(default=None, repr=False)

    def match(self, bound: Bound, sentence: Sentence) -> str | None:
        """The evidence that backs the claim; None where none does."""
        if bound.claim is None:
            return None
        family, value = bound.claim
        if bound.negated:
            return self._negated(bound, sentence, family, value)
        if family is Family.COMPARISON and self._decidable(bound) and not self._answered(bound):
            return self._derived(bound, sentence, family, value)
        if family is Family.COMPARISON and self._answered(bound) and not self._supposed(bound, sentence):
            return self._stated(family, value, bound)
        if family is Family.QUANTIFIER and value == "none":
            return self._none(bound, sentence)
        return self._stated(family, value, bound) or self._derived(bound, sentence, family, value)

    def _answered(self, bound: Bound) -> bool:
        """Whether the evidence says on which side of the value asked about the subject lay."""
        threshold = self._threshold(bound)
        if threshold is None or threshold.kind is not NumberKind.ASKED or bound.subject is None:
            return False
        return any(item.family == Family.COMPARISON and item.tag in bound.subject for item in self.facts.statements)

    def _none(self, bound: Bound, sentence: Sentence) -> str | None:
        """A denial: what it denies does not hold, or it is stated and no count or number speaks against it."""
        if bound.negates is not None:
            return self.match(bound.negates, sentence)
        following = _next(sentence, bound)
        if following is not None and following.said.part is Part.NUMBER:
            return None
        if bound.said.has("denial") and _denied_before(sentence, bound):
            return None
        if following is not None and following.said.part is Part.NOUN and self._counted(following.said.value):
            return None
        return self._none_counted(sentence) or self.facts.stated(Family.QUANTIFIER, "none", bound.subject)

    def _counted(self, noun: str) -> bool:
        """Whether the evidence counted such things and found some."""
        found = [item.value for item in self.facts.figures if item.count and counts(item.name) == noun]
        return bool(found) and all(found)

    def _decidable(self, bound: Bound) -> bool:
        """Whether the evidence has the numbers that a comparison is about."""
        limit = self._limit_figure(bound)
        threshold = limit or self._threshold(bound)
        return threshold is not None and bool(self._levels(bound, threshold))

    def nothing(self, noun: str) -> bool:
        """Whether the evidence counts such events or moves and found none at all."""
        if noun not in {"event", "move"}:
            return False
        found = [figure.value for figure in self.facts.figures if figure.count and counts(figure.name) == noun]
        return bool(found) and not any(found)

    def _stated(self, family: Family, value: str, bound: Bound) -> str | None:
        subject = bound.subject
        if family in {Family.DIRECTION, Family.COMPARISON, Family.LIMIT} and subject is not None:
            subject = self.names.handles(subject)
        found = self.facts.stated(family, value, subject)
        if found is None and family in {Family.DIRECTION, Family.COMPARISON}:
            other = {"up": "above", "down": "below", "above": "up", "below": "down", "steady": "equal"}.get(value)
            turned = Family.COMPARISON if family is Family.DIRECTION else Family.DIRECTION
            found = self.facts.stated(turned, other, subject) if other else None
        return found

    def _derived(self, bound: Bound, sentence: Sentence, family: Family, value: str) -> str | None:
        match family:
            case Family.DIRECTION:
                return self._direction(bound, sentence, value)
            case Family.COMPARISON:
                return self._comparison(bound, sentence, value)
            case Family.QUANTIFIER:
                return self._quantifier(bound, sentence, value)
            case Family.REPLY:
                return self._reply(bound, sentence, value)
            case Family.LIMIT:
                return self._limit(bound, value)
            case Family.PROBABILITY:
                return self._chance(bound, sentence, value)
            case Family.COMPLETENESS:
                return self._scored(value)
            case Family.WINDOW:
                return self._window(value)
            case Family.STATE:
                return self._open() if value == "open" else None
            case _:
                return None

    def _negated(self, bound: Bound, sentence: Sentence, family: Family, value: str) -> str | None:
        """A denied claim: its opposite holds, or the evidence says that there is none."""
        if family is Family.DIRECTION and (found := self._instead(bound, sentence, value)):
            return found
        if family is Family.COMPARISON:
            if self._supposed(bound, sentence):
                return _DERIVED
            if self._decidable(bound):
                return self._never(bound, value)
            if found := self._stated(family, _OPPOSITE.get(value, ""), bound):
                return found
        steady = self.facts.stated(Family.DIRECTION, "steady", bound.subject) if family is Family.DEGREE else None
        none = self.facts.stated(Family.QUANTIFIER, "none", bound.subject)
        return steady or none or self._none_counted(sentence)

    def _instead(self, bound: Bound, sentence: Sentence, value: str) -> str | None:
        """What holds where a direction is denied: one of the others."""
        others = [other for other in ("steady", "up", "down") if other != value]
        found = (self._stated(Family.DIRECTION, other, bound) for other in others)
        stated = next((identity for identity in found if identity), None)
        if stated or self._direction(bound, sentence, value):
            return stated
        derived = (self._direction(bound, sentence, other) for other in others)
        return next((identity for identity in derived if identity), None)

    def _never(self, bound: Bound, value: str) -> str | None:
        """Whether no number of the subject lies beyond what it is compared with."""
        limit = self._limit_figure(bound)
        threshold = limit or self._threshold(bound)
        if threshold is None:
            return None
        sign = self._side_of(bound, _SIGNS[value])
        figures = self._levels(bound, threshold)
        inside = all((figure.value - threshold.value) * sign <= 0 for figure in figures)
        return figures[0].id if figures and inside else None

    def _limit_figure(self, bound: Bound) -> Figure | None:
        """The number of the limit that a comparison names."""
        if bound.follows is None or bound.follows.claim is None:
            return None
        name = bound.follows.claim[1]
        return next((item for item in self.facts.figures if item.name == name and of(item.tag, bound.subject)), None)

    @staticmethod
    def _side_of(bound: Bound, sign: int) -> int:
        """As in "beyond" a low limit is below it."""
        if bound.follows is None or bound.follows.claim is None or not bound.said.has("unsided"):
            return sign
        return 1 if bound.follows.claim[1] in {"hi", "hihi", "trip_hi"} else -1

    def _direction(self, bound: Bound, sentence: Sentence, value: str) -> str | None:
        subject = None if bound.subject is None else self.names.handles(bound.subject)
        sign = _SIGNS[value]
        if bound.follows is not None and bound.follows.direction == sign and bound.follows.said.part is Part.NUMBER:
            return _DERIVED
        if extreme := self._reached(bound, sentence, subject, sign):
            return extreme
        if self._contrary(bound, sentence, value, sign):
            return None
        changes = [(late.id, late.value - early.value) for early, late in self.facts.pairs(subject)]
        if not changes:
            changes = [
                (item.id, item.value)
                for item in self.facts.figures
                if (item.change or item.kind is NumberKind.RATE) and of(item.tag, subject) and not item.bound
            ]
        if bound.other and bound.subject:
            changes = [(one.id, one.value - two.value) for one, two in alike(self.facts, bound.subject, bound.other)]
        return next((found for found, change in changes if change * sign > 0 or (change == 0 and sign == 0)), None)

    def _contrary(self, bound: Bound, sentence: Sentence, value: str, sign: int) -> bool:
        """Whether it is said to rise to its lowest, or the evidence says another direction of the tag."""
        place = sentence.bound.index(bound)
        wrong = {1: NumberKind.MINIMUM, -1: NumberKind.MAXIMUM}.get(sign)
        for after in sentence.bound[place + 1 : place + 5]:
            if after.said.part is Part.NUMBER:
                return after.kind is not None and after.kind is wrong
        subject = bound.subject or frozenset()
        said = {
            item.value for item in self.facts.statements if item.family == Family.DIRECTION and item.tag in subject
        }
        return bool(said) and value not in said and len(subject) == 1 and bound.follows is None

    def _reached(self, bound: Bound, sentence: Sentence, subject: Tags | None, sign: int) -> str | None:
        """As in "fell to 2690 kPa at its lowest": the lowest value is the evidence."""
        following = _next(sentence, bound)
        if following is None or not following.said.role("late"):
            return None
        number = _next(sentence, following)
        kind = {1: NumberKind.MAXIMUM, -1: NumberKind.MINIMUM}.get(sign)
        if number is None or number.said.part is not Part.NUMBER or number.kind not in {None, kind}:
            return None
        for item in self.facts.figures:
            value = item.within(number.said.value.unit)
            fits = item.kind is kind and of(item.tag, subject) and value is not None
            if fits and value is not None and any(near(value, reading) for reading in number.said.value.readings):
                return item.id
        return None

    def _comparison(self, bound: Bound, sentence: Sentence, value: str) -> str | None:
        if self._supposed(bound, sentence):
            return _DERIVED
        sign = _SIGNS[value]
        if bound.other and bound.subject:
            pairs = list(alike(self.facts, bound.subject, bound.other))
            right = pairs and all((one.value - two.value) * sign > 0 for one, two in pairs)
            return pairs[0][0].id if right and sign else None
        number = bound.follows if bound.follows is not None and bound.follows.said.part is Part.NUMBER else None
        if number is not None and (
            number.direction or number.said.value.unit == RATIO or number.said.value.unit in SECONDS or number.noun
        ):
            return _DERIVED
        if bound.follows is not None and bound.follows.is_claim(Family.LIMIT):
            return self._beyond(bound, sign)
        threshold = self._threshold(bound)
        if threshold is None and bound.said.has("unsided"):
            return self.facts.stated(Family.LIMIT, "any", bound.subject)
        if threshold is None:
            return self._direction(bound, sentence, {1: "up", -1: "down"}.get(sign, "steady"))
        figures = self._levels(bound, threshold)
        return next((item.id for item in figures if (item.value - threshold.value) * sign > 0), None)

    def _beyond(self, bound: Bound, sign: int) -> str | None:
        """The number or the claim of a limit that the subject is said to lie beyond."""
        if bound.follows is None or bound.follows.claim is None:
            return None
        limit = self._limit_figure(bound)
        side = self._side_of(bound, sign)
        if limit is not None and (figures := self._levels(bound, limit)):
            return next((item.id for item in figures if (item.value - limit.value) * side > 0), None)
        name = bound.follows.claim[1]
        stated = self.facts.stated(Family.LIMIT, name, bound.subject)
        return stated if (side > 0) == (name in {"hi", "hihi", "trip_hi"}) else None

    def _supposed(self, bound: Bound, sentence: Sentence) -> bool:
        """Whether the sentence tells how likely it is, not that it is so."""
        return any(
            item.is_claim(Family.PROBABILITY) or (item.said.part is Part.KIND and item.said.value == NumberKind.RISK)
            for item in sentence.bound
        ) and any(figure.kind is NumberKind.RISK for figure in self.facts.figures)

    def _threshold(self, bound: Bound) -> Figure | None:
        """The number behind a comparison, as evidence: in the unit of the subject's numbers."""
        if bound.follows is None or bound.follows.said.part is not Part.NUMBER:
            return None
        amount = bound.follows.said.value
        if not amount.readings:
            return None
        for figure in self.facts.figures:
            value = figure.within(amount.unit)
            if value is not None and of(figure.tag, bound.subject) and not figure.change:
                scale = figure.value / value if value and amount.unit != figure.unit else 1.0
                said = min(amount.readings, key=lambda reading: abs(reading.value - value))
                if abs(said.value - value) <= said.half * 1.000001:
                    return figure
                if amount.unit in SECONDS:
                    return Figure("", "", said.value * scale, figure.unit, None, NumberKind.OTHER, False, False)
        return None

    def _levels(self, bound: Bound, threshold: Figure) -> list[Figure]:
        """Numbers of the subject that a value can be compared with."""
        return [
            item
            for item in self.facts.figures
            if item.unit == threshold.unit
            and item.tag is not None
            and item.id != threshold.id
            and of(item.tag, bound.subject)
            and item.kind not in _ABSOLUTE | {NumberKind.SHARE, NumberKind.RISK, NumberKind.SPREAD, NumberKind.RANGE}
            and not item.change
        ]

    def _quantifier(self, bound: Bound, sentence: Sentence, value: str) -> str | None:
        following = _next(sentence, bound)
        if value == "only" and following is not None and following.said.part is Part.NUMBER:
            return _DERIVED
        if value == "most":
            return next((item.id for item in self.facts.figures if item.unit == "%" and item.value > 50), None)
        if value == "no_other":
            return self._none_counted(sentence) if not self._any_counted(sentence) else None
        return None

    def _none_counted(self, sentence: Sentence) -> str | None:
        """A count of 0 of what the sentence speaks of."""
        nouns = {item.said.value for item in sentence.of(Part.NOUN)}
        for figure in self.facts.figures:
            if figure.count and figure.value == 0 and counts(figure.name) in nouns:
                return figure.id
        return None

    def _any_counted(self, sentence: Sentence) -> bool:
        nouns = {item.said.value for item in sentence.of(Part.NOUN)}
        return any(item.count and item.value > 0 and counts(item.name) in nouns for item in self.facts.figures)

    @staticmethod
    def _reply(bound: Bound, sentence: Sentence, value: str) -> str | None:
        """Yes and no go with the sentence that they open."""
        rest = sentence.bound[sentence.bound.index(bound) + 1 :]
        denied = any(item.claim == (Family.QUANTIFIER, "none") for item in rest)
        if value == "no":
            return _DERIVED if denied else None
        said = any(item.said.part in {Part.NUMBER, Part.CLAIM} for item in rest)
        return _DERIVED if said and not denied else None

    def _limit(self, bound: Bound, value: str) -> str | None:
        subject = bound.subject
        for item in self.facts.figures:
            if item.kind is NumberKind.LIMIT and of(item.tag, subject) and (item.name == value or value == "any"):
                return item.id
        return None

    def _chance(self, bound: Bound, sentence: Sentence, value: str) -> str | None:
        fits = _CHANCES[value]
        place = sentence.bound.index(bound)
        for after in sentence.bound[place + 1 : place + 4]:
            if after.said.part is Part.NUMBER and after.said.value.unit == "%" and after.said.value.readings:
                return _DERIVED if fits(after.said.value.readings[0].value) else None
        risks = [item for item in self.facts.figures if item.kind is NumberKind.RISK and of(item.tag, bound.subject)]
        return next((item.id for item in risks if fits(item.value)), None)

    def _scored(self, value: str) -> str | None:
        share = next((item for item in self.facts.figures if item.name == "share scored"), None)
        return share.id if share is not None and (share.value >= 99.0) == (value == "full") else None

    def _open(self) -> str | None:
        names = {item.name for item in self.facts.moments}
        starts = (item for item in self.facts.moments if item.name.startswith("start of "))
        return next((item.id for item in starts if item.name.replace("start of", "end of") not in names), None)

    def _window(self, value: str) -> str | None:
        """A window by its name: what the clock makes of it, or without a clock a night or a day by its shape."""
        spans = [Span(*window) for window in self.facts.windows]
        if self.facts.now is None:
            return "window" if any(self._shaped(value, span) for span in spans) else None
        wanted = self._named(value, PlantCalendar(self.names.plant, self.facts.now))
        for span in spans:
            cut = min(wanted.end, self.facts.now) if wanted else None
            if wanted and span.start == wanted.start and span.end in {wanted.end, cut}:
                return "window"
        return None

    def _shaped(self, value: str, span: Span) -> bool:
        calendar = PlantCalendar(self.names.plant, span.end)
        if value == "last_night":
            return calendar.last_night() == span
        if value == "yesterday":
            start = span.start.astimezone(self.names.plant.time_zone)
            return calendar.day(start.date()) == span
        return False

    @staticmethod
    def _named(value: str, calendar: PlantCalendar) -> Span | None:
        day = timedelta(days=1)
        today = calendar.today
        monday = today - timedelta(days=today.weekday())
        spans: dict[str, Callable[[], Span]] = {
            "last_night": calendar.last_night,
            "night_before": lambda: calendar.last_night(1),
            "tonight": calendar.tonight,
            "today": lambda: calendar.day(today),
            "yesterday": lambda: calendar.day(today - day),
            "day_before": lambda: calendar.day(today - 2 * day),
            "tomorrow": lambda: calendar.day(today + day),
            "this_shift": calendar.current_shift,
            "last_shift": lambda: calendar.completed()[0],
            "this_week": lambda: Span(calendar.day(monday).start, calendar.day(monday + 6 * day).end),
            "last_week": lambda: Span(calendar.day(monday - 7 * day).start, calendar.day(monday - day).end),
            "weekend": lambda: Span(calendar.day(monday - 2 * day).start, calendar.day(monday - day).end),
            "this_morning": lambda: calendar.part(today, "morning"),
            "this_afternoon": lambda: calendar.part(today, "afternoon"),
            "this_evening": lambda: calendar.part(today, "evening"),
        }
        return spans[value]() if value in spans else None


def _denied_before(sentence: Sentence, bound: Bound) -> bool:
    """Whether its clause was denied already."""
    for item in reversed(sentence.bound[: sentence.bound.index(bound)]):
        if item.said.part is Part.BREAK:
            return False
        if item.claim == (Family.QUANTIFIER, "none"):
            return True
    return False


def _next(sentence: Sentence, bound: Bound) -> Bound | None:
    rest = sentence.bound[sentence.bound.index(bound) + 1 :]
    return next((item for item in rest if item.said.part is not Part.OTHER), None)
