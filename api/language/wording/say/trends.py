"""Answers about whether tags rise or fall."""

from api.language.grounding.families import Family
from api.language.run.findings import Trended
from api.language.wording.facts import Count, Draft, Name, Over, Slot
from api.language.wording.say.common import band, bare, changed, span_of, valued
from twin.operations.trend import Trend

DIRECTIONS = {"rising": "up", "falling": "down", "steady": "steady"}


def say_trends(draft: Draft, found: Trended) -> None:
    """How each tag moved, how fast, and how sure that is."""
    for item in found.trends:
        _trend(draft, item)


def _trend(draft: Draft, item: Trend) -> None:
    window = Over(span_of(item.window))
    name = Name(item.tag, called=True)
    if item.direction is None or item.change is None or item.slope is None:
        draft.say("trend.unknown", name=name, count=Count("values", item.count), window=window)
        return
    draft.claim(Family.DIRECTION, DIRECTIONS[item.direction], item.tag)
    tag, unit, rate = item.tag, item.unit, f"{item.unit}/h"
    slots: dict[str, Slot] = {
        "slope": valued("slope", item.slope, rate, tag, digits=3),
        "share": band(),
        "low": bare("slope, 5 %", item.low or 0.0, rate, tag, digits=3),
        "high": valued("slope, 95 %", item.high or 0.0, rate, tag, digits=3),
        "window": window,
    }
    if item.direction == "steady":
        draft.say("trend.steady", name=name, **slots)
    else:
        change = changed(tag, item.change, unit, tag, bare=True)
        draft.say(f"trend.{item.direction}", name=name, change=change, **slots)
