"""Answers about what tags were."""

from datetime import timedelta

from api.language.grounding.families import Family
from api.language.run.findings import Described, Findings
from api.language.wording.facts import Count, Draft, Instant, Length, Name, Number, Share, Slot, Worded
from api.language.wording.say.common import NOTHING, bare, looked_at, valued
from twin.operations.describe import TagSummary
from twin.query import Aggregation, DescribePlan

HOUR = timedelta(hours=1)


def say_tags(draft: Draft, findings: Findings, found: Described) -> None:
    """What was asked of each tag; one without good samples is said to have none."""
    plan = findings.plan
    if not isinstance(plan, DescribePlan):
        raise TypeError(f"{plan.intent} describes no tags")
    for item in found.summaries:
        if item.mean is None:
            draft.say("tags.missing", tag=Name(item.tag), window=looked_at(findings))
            _last_heard(draft, found, item.tag)
        else:
            _said(draft, findings, plan, found, item)
    bad = sum(item.bad for item in found.summaries)
    if bad:
        draft.left_out("tags.bad", count=Count("bad samples", bad))


def _said(draft: Draft, findings: Findings, plan: DescribePlan, found: Described, item: TagSummary) -> None:
    asked = plan.limit is not None and plan.limit.tag == item.tag
    if asked and plan.aggregation is Aggregation.SHARE:
        _share(draft, findings, plan, found)
    elif asked:
        _limit(draft, findings, plan, found, item)
    elif plan.aggregation in {Aggregation.NOW, Aggregation.AT}:
        _value(draft, findings, plan, found, item)
        _passed(draft, item)
    else:
        key = "summary" if plan.aggregation is Aggregation.SHARE else plan.aggregation.value
        draft.say(f"tags.{key}", **_slots(draft, findings, plan.aggregation, found, item))
        _passed(draft, item)


def _slots(
    draft: Draft, findings: Findings, aggregation: Aggregation, found: Described, item: TagSummary
) -> dict[str, Slot]:
    """Everything that a sentence about a tag's statistics can hold."""
    tag, unit = item.tag, item.unit
    mean, low, high = item.mean or 0.0, item.low or 0.0, item.high or 0.0
    first = item.first if item.first is not None else item.last
    whole = aggregation in {Aggregation.MIN, Aggregation.FIRST}
    return {
        "name": Name(tag, called=True),
        "mean": valued("mean", mean, unit, tag),
        "low": valued("minimum", low, unit, tag) if whole else bare("minimum", low, unit, tag),
        "high": valued("maximum", high, unit, tag),
        "std": valued("standard deviation", item.std or 0.0, unit, tag, digits=3),
        "range": valued("range", high - low, unit, tag),
        "first": valued("first value", first or 0.0, unit, tag)
        if aggregation is Aggregation.FIRST
        else bare("first value", first or 0.0, unit, tag),
        "last": valued("last value", item.last or 0.0, unit, tag),
        "samples": _samples(draft, item),
        "at": _at(draft, aggregation, found, tag),
        "window": looked_at(findings),
    }


def _samples(draft: Draft, item: TagSummary) -> Worded:
    held = draft.plant.tag(item.tag).cadence is None
    return draft.part("tags.changes" if held else "tags.samples", count=Count("samples", item.count, item.tag))


def _at(draft: Draft, aggregation: Aggregation, found: Described, tag: str) -> Worded:
    """When a tag was highest or lowest, where that is known."""
    known = found.extremes.get(tag)
    if known is None:
        return NOTHING
    moment, name = (
        (known.highest, "time of the maximum")
        if aggregation is Aggregation.MAX
        else (known.lowest, "time of the minimum")
    )
    return draft.part("tags.at", time=Instant(name, moment)) if moment else NOTHING


def _limit(draft: Draft, findings: Findings, plan: DescribePlan, found: Described, item: TagSummary) -> None:
    """Whether the tag went beyond the value asked about, and when first."""
    if plan.limit is None or found.limit is None:
        return
    side = plan.limit.side
    extreme = (item.high if side == "above" else item.low) or 0.0
    passed = extreme > found.limit if side == "above" else extreme < found.limit
    draft.say(
        f"tags.{side}" if passed else f"tags.never_{side}",
        name=Name(item.tag, called=True),
        limit=_asked(draft, plan, found.limit, item),
        window=looked_at(findings),
        reached=valued("maximum" if side == "above" else "minimum", extreme, item.unit, item.tag),
    )
    if passed and found.beyond and found.beyond.first:
        draft.say("tags.first_beyond", time=Instant("first beyond", found.beyond.first))


def _share(draft: Draft, findings: Findings, plan: DescribePlan, found: Described) -> None:
    """For how much of the window the tag lay beyond the value asked about."""
    part = found.beyond
    if plan.limit is None or part is None or part.share is None:
        return
    item = next(item for item in found.summaries if item.tag == part.tag)
    draft.say(
        f"tags.share_{part.side}",
        name=Name(part.tag, called=True),
        limit=_asked(draft, plan, part.limit, item),
        share=Share("share beyond", part.share, part.tag),
        length=Length("time beyond", part.share * (part.window.end - part.window.start)),
        window=looked_at(findings),
    )
    if part.first:
        draft.say("tags.first_beyond", time=Instant("first beyond", part.first))


def _asked(draft: Draft, plan: DescribePlan, value: float, item: TagSummary) -> Worded:
    """The value that was asked about; with its name when the plant file names it."""
    name = plan.limit.name if plan.limit else None
    number = valued(name or "asked", value, item.unit, item.tag)
    if name is None:
        return draft.listed([number])
    draft.claim(Family.LIMIT, name, item.tag)
    return draft.part("tags.named_limit", limit=draft.part(f"limit.{name}"), value=number)


def _value(draft: Draft, findings: Findings, plan: DescribePlan, found: Described, item: TagSummary) -> None:
    """The value now or at an instant, and how it moved in the hour before."""
    tag, unit = item.tag, item.unit
    now = plan.aggregation is Aggregation.NOW
    newest = found.newest.get(tag) if now else None
    draft.over(looked_at(findings).span)
    draft.say(
        "tags.now" if now else "tags.was",
        name=Name(tag, called=True),
        value=valued("value", item.last or 0.0, unit, tag),
        time=Instant("time of the value", newest.time if newest else item.window.end),
        low=bare("minimum", item.low or 0.0, unit, tag),
        high=valued("maximum", item.high or 0.0, unit, tag),
        hours=Length("hours looked at", item.window.end - item.window.start),
    )
    if newest is not None and newest.stale:
        draft.say("tags.silent", tag=Name(tag))


def _passed(draft: Draft, item: TagSummary) -> None:
    for passed in item.passed:
        draft.claim(Family.LIMIT, passed.limit, item.tag)
        draft.say(
            "tags.passed",
            tag=Name(item.tag),
            limit=draft.part(f"limit.{passed.limit}"),
            value=Number(passed.limit, passed.value, item.unit, item.tag),
            time=Instant("first beyond", passed.first),
            share=Share("share beyond", passed.share, item.tag),
        )


def _last_heard(draft: Draft, found: Described, tag: str) -> None:
    newest = found.newest.get(tag)
    if newest is not None and newest.stale:
        draft.say("tags.silent_last", tag=Name(tag), time=Instant("last heard", newest.time))
