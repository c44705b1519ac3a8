"""Answers about one thing against another."""

from api.language.grounding.families import Family
from api.language.wording.facts import Count, Draft, Id, Name, Number, Over, Share, Slot, Worded
from api.language.wording.say.common import around, changed, span_of, valued
from api.language.wording.say.events import FULL
from twin.operations.compare import (
    EventsCompared,
    EventsCounted,
    TagCompared,
    TagsCompared,
    TagValue,
    WindowsCompared,
)
from twin.query import Aggregation

KINDS = {
    Aggregation.MEAN: "mean",
    Aggregation.MAX: "maximum",
    Aggregation.MIN: "minimum",
    Aggregation.STD: "standard deviation",
    Aggregation.RANGE: "range",
    Aggregation.COUNT: "samples",
    Aggregation.FIRST: "first value",
    Aggregation.LAST: "last value",
}
"""Names of the numbers, as the evidence has them."""
IDS = 5


def say_compared(draft: Draft, outcome: WindowsCompared | TagsCompared | EventsCompared) -> None:
    """Which is more, by how much, and whether that is unusual."""
    match outcome:
        case WindowsCompared():
            for item in outcome.tags:
                _windows(draft, outcome, item)
        case TagsCompared():
            _tags(draft, outcome)
        case EventsCompared():
            _events(draft, outcome)


def _windows(draft: Draft, outcome: WindowsCompared, item: TagCompared) -> None:
    first, second = Over(span_of(outcome.first)), Over(span_of(outcome.second))
    if item.difference is None or item.first_value is None or item.second_value is None:
        draft.say("compare.missing", name=Name(item.tag, called=True), window=first, other=second)
        return
    kind, unit = _kind(outcome.aggregation), _unit(outcome.aggregation, item.unit)
    draft.claim(Family.COMPARISON, _side(item.difference), item.tag)
    slots: dict[str, Slot] = {
        "name": Name(item.tag, called=True),
        "aggregation": _word(draft, outcome.aggregation),
        "first": valued(f"{kind}, first window", item.first_value, unit, item.tag),
        "second": valued(f"{kind}, second window", item.second_value, unit, item.tag),
        "window": first,
        "other": second,
    }
    if item.difference:
        slots["change"] = changed(item.tag, item.difference, unit, item.tag)
    draft.say("compare.windows" if item.difference else "compare.same", **slots)
    if item.usual is not None and item.large is not None:
        usual = Number(f"usual difference of {item.tag}", item.usual, unit, item.tag, 3)
        draft.say("compare.large" if item.large else "compare.usual", usual=usual)


def _tags(draft: Draft, outcome: TagsCompared) -> None:
    kind, window = _kind(outcome.aggregation), Over(span_of(outcome.window))
    known = {item.summary.tag: item for item in outcome.tags if item.value is not None}
    for item in outcome.tags:
        if item.value is None:
            draft.say("tags.missing", tag=Name(item.summary.tag), window=window)
    if not known:
        return
    ranked = [known[tag] for tag in outcome.ranked if tag in known]
    word = _word(draft, outcome.aggregation)
    values = draft.listed(_value(draft, item, kind, outcome) for item in (ranked or known.values()))
    if outcome.unit is None or len(ranked) < 2:
        draft.say("compare.apart", aggregation=word, values=values, window=window)
        return
    top, next_one = ranked[0], ranked[1]
    difference = (top.common or 0.0) - (next_one.common or 0.0)
    draft.claim(Family.COMPARISON, "above" if difference else "equal", top.summary.tag)
    draft.claim(Family.COMPARISON, "below" if difference else "equal", next_one.summary.tag)
    draft.claim(Family.EXTREME, "highest", top.summary.tag)
    slots: dict[str, Slot] = {
        "name": Name(top.summary.tag, called=True),
        "other": Name(next_one.summary.tag, called=True),
        "aggregation": word,
        "values": values,
        "window": window,
    }
    if difference:
        slots["change"] = changed(top.summary.tag, difference, outcome.unit, top.summary.tag)
    draft.say("compare.tags" if difference else "compare.tags_same", **slots)


def _value(draft: Draft, item: TagValue, kind: str, outcome: TagsCompared) -> Worded:
    summary = item.summary
    number = valued(kind, item.value or 0.0, _unit(outcome.aggregation, summary.unit), summary.tag)
    return draft.part("status.value", tag=Name(summary.tag), value=number)


def _events(draft: Draft, outcome: EventsCompared) -> None:
    first, second = outcome.first, outcome.second
    slots: dict[str, Slot] = {
        "count": Count("unusual events", first.count),
        "before": Count("unusual events, second window", second.count),
        "around": around(draft, "events.around", outcome.tags[:IDS], ()),
        "window": Over(span_of(first.window)),
        "other": Over(span_of(second.window)),
    }
    if outcome.difference is None:
        draft.say("compare.events_unknown", **slots)
    else:
        key = "more" if outcome.difference > 0 else "fewer" if outcome.difference < 0 else "as_many"
        draft.claim(Family.COMPARISON, _side(outcome.difference))
        draft.say(f"compare.events_{key}", **slots)
    if not outcome.same_length:
        per_day = [
            Number(f"events a day, {name} window", value, digits=3)
            for name, value in (("first", outcome.first_per_day), ("second", outcome.second_per_day))
        ]
        draft.say("compare.rates", first=per_day[0], second=per_day[1])
    for counted in (first, second):
        _ids(draft, counted)


def _ids(draft: Draft, counted: EventsCounted) -> None:
    window = Over(span_of(counted.window))
    if counted.ids:
        draft.line("compare.ids", window=window, ids=draft.listed(Id(event) for event in counted.ids[:IDS]))
    if counted.scored < FULL:
        draft.left_out("unchecked.window", share=Share("share not scored", 1.0 - counted.scored), window=window)


def _kind(aggregation: Aggregation) -> str:
    return KINDS.get(aggregation, "mean")


def _unit(aggregation: Aggregation, unit: str) -> str:
    return "1" if aggregation is Aggregation.COUNT else unit


def _word(draft: Draft, aggregation: Aggregation) -> Worded:
    return draft.part(f"aggregation.{aggregation.value if aggregation in KINDS else 'mean'}")


def _side(difference: float) -> str:
    return "above" if difference > 0 else "below" if difference < 0 else "equal"
