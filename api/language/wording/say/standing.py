"""Answers about how the plant is now."""

from collections.abc import Sequence

from api.language.grounding.families import Family
from api.language.run.findings import Findings, Standing
from api.language.wording.facts import Count, Draft, Id, Instant, Name, Number, Place
from api.language.wording.say.common import LISTED, names, valued
from api.language.wording.say.events import message_of
from twin.event import EventFrame
from twin.operations.describe import LatestValue
from twin.plant import TagRole

EVENTS = 3


def say_standing(draft: Draft, findings: Findings, standing: Standing) -> None:
    """Open events, limits passed, silent tags; of an asset its newest values as well."""
    status, assets = standing.status, findings.plan.assets
    if status.newest is None:
        draft.say("status.empty")
        return
    inside = {tag.name for asset in assets for tag in draft.plant.tags_of(asset)} if assets else None
    passed = [value for value in status.passed if inside is None or value.tag in inside]
    events = [event for event in status.open_events if inside is None or event.first_mover in inside]
    silent = [value for value in status.stale if inside is None or value.tag in inside]
    unheard = [tag for tag in status.unheard if inside is None or tag in inside]
    _overall(draft, assets, passed, events, silent, unheard)
    _events(draft, events)
    _passed(draft, passed)
    if inside is not None:
        _values(draft, standing.newest, inside)
    _quiet(draft, silent, unheard)
    if status.score is not None:
        draft.say(
            "status.score",
            score=Number("score", status.score, digits=2),
            threshold=Number("threshold", 1.0),
        )
    draft.say("status.newest", time=Instant("newest sample", status.newest))


def _overall(
    draft: Draft,
    assets: Sequence[str],
    passed: Sequence[LatestValue],
    events: Sequence[EventFrame],
    silent: Sequence[LatestValue],
    unheard: Sequence[str],
) -> None:
    subject = draft.listed(Place(asset) for asset in assets) if assets else draft.part("status.plant")
    count_events, count_limits = Count("open events", len(events)), Count("tags beyond limits", len(passed))
    if events or passed:
        draft.say(
            "status.unusual",
            subject=subject,
            events=draft.part("status.events", count=count_events),
            limits=draft.part("status.limits", count=count_limits),
        )
        return
    draft.shown(count_events)
    draft.shown(count_limits)
    draft.say("status.unsure" if silent or unheard else "status.ordinary", subject=subject)


def _events(draft: Draft, events: Sequence[EventFrame]) -> None:
    for event in events[:EVENTS]:
        draft.line(
            "status.event",
            start=Instant(f"start of {event.id}", event.start),
            message=message_of(event),
            event=Id(event.id),
        )


def _passed(draft: Draft, passed: Sequence[LatestValue]) -> None:
    for value in passed[:LISTED]:
        if value.value is not None and value.passed is not None:
            draft.claim(Family.LIMIT, value.passed, value.tag)
            draft.claim(Family.COMPARISON, "below" if "lo" in value.passed else "above", value.tag)
            draft.line(
                "status.beyond",
                tag=Name(value.tag),
                value=valued("value", value.value, value.unit, value.tag),
                limit=draft.part(f"limit.{value.passed}"),
            )


def _values(draft: Draft, newest: Sequence[LatestValue], inside: set[str]) -> None:
    measured = {tag.name for tag in draft.plant.tags if tag.role is TagRole.MEASURED and tag.name in inside}
    told = [
        draft.part("status.value", tag=Name(value.tag), value=valued("value", value.value, value.unit, value.tag))
        for value in newest
        if value.tag in measured and value.value is not None
    ]
    if told:
        draft.line("status.values", values=draft.listed(told[:LISTED]))


def _quiet(draft: Draft, silent: Sequence[LatestValue], unheard: Sequence[str]) -> None:
    """Which tags are silent; what they measure is not known, and so not normal."""
    if silent:
        draft.line(
            "status.silent",
            count=Count("silent tags", len(silent)),
            time=Instant("start of the silence", min(value.time for value in silent)),
            names=names(draft, [value.tag for value in silent]),
        )
        draft.left_out("unchecked.silent", count=Count("silent tags", len(silent)))
    if unheard:
        draft.line("status.unheard", count=Count("tags never heard", len(unheard)), names=names(draft, unheard))
        draft.left_out("unchecked.unheard", count=Count("tags never heard", len(unheard)))
