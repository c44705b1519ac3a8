"""What an answer is worth: intent, every field, the whole plan, its numbers, and what it claims beyond them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.questions.audit import unsupported
from bench.questions.items import Item
from bench.questions.reference import Expected, Reference, limit_value
from twin.answer import Answer, Evidence, Status
from twin.plant import Plant
from twin.query import AskedMove, CounterfactualPlan, ExplainPlan, Length, Limit, Plan, Window
from twin.scenario import Change
from twin.units import convert

ANSWERS = frozenset({Status.ANSWERED, Status.NO_EVENTS, Status.NO_DATA})
MORE_CANDIDATES = 3
"""How many candidates an ask-back may offer beyond those that the author names."""
_UNSCORED = frozenset({"notes", "intent"})


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer, judged.

    Attributes:
        intent: all intents right, in order; None where no plan is expected.
        fields: by "intent.field" of every expected plan, whether it is right.
        right: whole plan: every field of all plans, and a status that fits; for a question that has no answer, the
            status and the candidates.
        exact: the very status, and every number and id of the reference in the evidence.
        missing: numbers and ids that the evidence lacks.
        over_claims: answered without an answer to give, or numbers in the text that nothing supports.
        ms: from question to answer.
    """

    item: Item
    answer: Answer
    intent: bool | None
    fields: Mapping[str, bool]
    right: bool
    exact: bool
    missing: tuple[str, ...]
    over_claims: tuple[str, ...]
    ms: float

    @property
    def declines(self) -> bool:
        """Whether the question has no answer."""
        return self.item.status not in ANSWERS

    @property
    def declined(self) -> bool:
        """Whether none was given."""
        return self.answer.status not in ANSWERS


def score(item: Item, answer: Answer, reference: Reference, plant: Plant, now: datetime, ms: float) -> Scored:
    """Judge an answer by the item's plans and the reference for them."""
    fields = compared(item.plans, answer.plans, plant, now)
    intent = tuple(plan.intent for plan in answer.plans) == item.intents if item.plans else None
    expected = reference.statuses if item.plans and item.status is Status.ANSWERED else frozenset({item.status})
    declines = not expected & ANSWERS
    fits = answer.status in expected or (not declines and answer.status in ANSWERS)
    planned = all(fields.values()) and len(answer.plans) == len(item.plans) if item.plans else True
    missing = () if declines else lacking(reference, answer.evidence, answer.text)
    over = [f"answered: {answer.status}"] if declines and answer.status in ANSWERS else []
    return Scored(
        item=item,
        answer=answer,
        intent=intent,
        fields=fields,
        right=planned and fits and offered(item.candidates, answer.candidates),
        exact=answer.status in expected and not missing and offered(item.candidates, answer.candidates),
        missing=missing,
        over_claims=(*over, *unsupported(answer, plant)),
        ms=ms,
    )


def offered(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Whether all of the wanted candidates were offered, and not many more."""
    return not wanted or (set(wanted) <= set(given) and len(given) <= len(wanted) + MORE_CANDIDATES)


def compared(wanted: Sequence[Plan], given: Sequence[Plan], plant: Plant, now: datetime) -> dict[str, bool]:
    """By "intent.field" of the wanted plans, whether it is right in all plans of that intent."""
    found: dict[str, bool] = {}
    for number, plan in enumerate(wanted):
        other = given[number] if number < len(given) else None
        mine = view(plan, plant, now)
        theirs = view(other, plant, now) if other is not None and other.intent == plan.intent else {}
        for name, value in mine.items():
            key = f"{plan.intent}.{name}"
            found[key] = found.get(key, True) and name in theirs and same(value, theirs[name])
        found[f"{plan.intent}.intent"] = found.get(f"{plan.intent}.intent", True) and bool(theirs)
    return found


def view(plan: Plan, plant: Plant, now: datetime) -> dict[str, object]:
    """The fields of a plan in a form in which equal meanings are equal."""
    start = plan.start if isinstance(plan, CounterfactualPlan) and plan.start else now
    skipped = set(_UNSCORED)
    if isinstance(plan, ExplainPlan) and plan.event_id is not None:
        skipped.add("window")
    if isinstance(plan, CounterfactualPlan) and plan.undone is not None:
        skipped.add("start")
    names = [name for name in type(plan).model_fields if name not in skipped]
    return {name: _plain(getattr(plan, name), plant, start) for name in names}


def same(one: object, other: object) -> bool:
    """Equality, numbers to a millionth."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def lacking(reference: Reference, evidence: Sequence[Evidence], text: str) -> tuple[str, ...]:
    """What the reference has and the evidence lacks."""
    numbers = [
        f"{number.name} of {number.tag or 'the plant'} {number.value:.6g}"
        for number in reference.numbers
        if not any(_holds(item, number) for item in evidence)
    ]
    known = [text, *(f"{item.value} {item.source} {item.name}" for item in evidence)]
    return (*numbers, *(found for found in reference.ids if not any(found in said for said in known)))


def last_digit(value: float) -> float:
    """The weight of the last digit that a number shows; a millionth of it where it shows more than that."""
    shown = f"{value!r}".lower()
    digits, _, exponent = shown.partition("e")
    places = len(digits.partition(".")[2]) if not digits.endswith(".0") else 0
    return max(float(10.0 ** (int(exponent or 0) - places)), 1e-6 * abs(value), 1e-9)


def _holds(item: Evidence, number: Expected) -> bool:
    if isinstance(item.value, str | datetime) or item.tag not in {number.tag, None}:
        return False
    value = float(item.value)
    factors = (1.0, 100.0) if number.name == "share" else (1.0,)
    return any(abs(value - factor * number.value) <= 0.5 * last_digit(value) * (1 + 1e-9) for factor in factors)


def _plain(value: object, plant: Plant, start: datetime) -> object:
    match value:
        case Window():
            return (_minute(value.start), _minute(value.end))
        case Length():
            return value.delta.total_seconds()
        case datetime():
            return _minute(value)
        case Limit():
            return (value.tag, value.side, _limit(value, plant))
        case AskedMove():
            return _move(value, plant, start)
        case tuple():
            return tuple(_plain(part, plant, start) for part in value)
        case int() | float() if not isinstance(value, bool):
            return float(value)
        case str():
            return str(value).casefold()
        case _:
            return value


def _move(move: AskedMove, plant: Plant, start: datetime) -> tuple[object, ...]:
    amount = move.amount
    if move.change is not Change.TIMES and move.tag in plant:
        amount = convert(amount, move.unit, plant.tag(move.tag), difference=move.change is Change.BY)
    duration = move.duration.delta.total_seconds() if move.duration else None
    return (move.tag, str(move.change), float(amount), _minute(move.at or start), duration)


def _limit(limit: Limit, plant: Plant) -> object:
    try:
        return limit_value(limit, plant)
    except KeyError:
        return limit.name


def _minute(moment: datetime) -> int:
    return round(moment.timestamp() / 60)
