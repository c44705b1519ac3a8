"""Answers to why."""

from api.language.grounding.families import Family
from api.language.run.findings import Findings, Unexplained
from api.language.wording.facts import Count, Draft, Id, Instant, Length, Name, Number, Place, Quote, Share
from api.language.wording.say.common import LISTED, around, bare, looked_at, move, moves, valued
from api.language.wording.say.events import late, message_of, when
from twin.answer import Status
from twin.event import EventFrame, Kind
from twin.operations.explain import BEFORE, Explanation
from twin.operations.similar import SimilarEvent
from twin.query import ExplainPlan

CONTRIBUTIONS = 3


def say_explanation(draft: Draft, found: Explanation) -> None:
    """What is known about an event: where it began, what it reached, what was moved, what was like it."""
    event = found.event
    draft.say("explain.event", when=when(draft, event), message=message_of(event), event=Id(event.id))
    late(draft, event)
    if event.kind is Kind.SILENCE:
        _last_heard(draft, event)
    else:
        _first_mover(draft, found)
        _contributions(draft, found)
        _way(draft, event)
        _moved(draft, found)
        draft.left_out("unchecked.causes")
    for like in found.similar[:1]:
        _like(draft, like)


def say_no_explanation(draft: Draft, findings: Findings, known: Unexplained) -> None:
    """No event there: what the tags did and what was moved, without a cause."""
    plan, window = findings.plan, looked_at(findings)
    if findings.status is Status.NO_DATA:
        draft.say("events.unscored", window=window)
    else:
        which = plan.which if isinstance(plan, ExplainPlan) else None
        key = "explain.none" if which in {None, -1, 1} else "explain.no_such"
        draft.say(key, around=around(draft, "events.around", plan.tags, plan.assets), window=window)
    for item in known.summaries:
        if item.first is not None and item.last is not None:
            draft.say(
                "explain.went",
                name=Name(item.tag, called=True),
                first=bare("first value", item.first, item.unit, item.tag),
                last=valued("last value", item.last, item.unit, item.tag),
            )
    if known.moves:
        draft.say("explain.moved_in", moves=moves(draft, known.moves[-LISTED:]))
    else:
        draft.say("explain.nothing_moved")


def _first_mover(draft: Draft, found: Explanation) -> None:
    first = next((item for item in found.event.contributions if item.tag == found.first_mover), None)
    draft.claim(Family.ORDINAL, "1", found.first_mover)
    if first is None:
        draft.say("explain.first_only", tag=Name(found.first_mover))
    else:
        draft.say("explain.first", tag=Name(first.tag), time=Instant("first seen", first.first_seen, day=False))


def _contributions(draft: Draft, found: Explanation) -> None:
    told = [item.contribution for item in found.contributions[:CONTRIBUTIONS]]
    shares = [
        draft.part(
            "explain.share",
            tag=Name(item.tag),
            share=Share("share of the score", item.share, item.tag),
            peak=Number("peak", item.peak_sigma, "sigma", item.tag, 2),
        )
        for item in told
    ]
    draft.claim(Family.EXTREME, "highest", told[0].tag if told else None)
    draft.say("explain.shares", shares=draft.listed(shares))


def _way(draft: Draft, event: EventFrame) -> None:
    """The assets that the event reached, in order."""
    if len(event.propagation) > 1:
        steps = [
            draft.part(
                "explain.reached",
                asset=Place(step.asset),
                time=Instant(f"reached {step.asset}", step.time, day=False),
            )
            for step in event.propagation
        ]
        draft.say("explain.way", steps=draft.listed(steps))


def _moved(draft: Draft, found: Explanation) -> None:
    event = found.event
    if event.explained_by is not None:
        draft.say("explain.response", move=move(draft, event.explained_by))
    elif event.suspected_move is not None:
        draft.say("explain.unlogged", move=move(draft, event.suspected_move))
    elif found.moves:
        draft.say("explain.moved", moves=moves(draft, found.moves[-LISTED:]))
    else:
        draft.say("explain.unmoved", hours=Length("look-back", BEFORE))


def _like(draft: Draft, like: SimilarEvent) -> None:
    """An earlier event, what people said about it, and what they did then."""
    draft.say(
        "explain.similar",
        time=Instant("similar event", like.event.start),
        share=Share("similarity", like.similarity),
        event=Id(like.event.id),
    )
    if like.said is not None:
        draft.say("explain.judged", judgement=Quote("judgement", like.said.label.replace("_", " ")))
    if like.moves:
        draft.say("explain.done", moves=moves(draft, like.moves[-LISTED:]))


def _last_heard(draft: Draft, event: EventFrame) -> None:
    """What is known of a silence: the last of each tag. Why it is silent, the samples cannot say."""
    told = [
        draft.part("explain.tag_at", tag=Name(item.tag), time=Instant("last heard", item.first_seen))
        for item in event.contributions[:LISTED]
    ]
    rest = len(event.contributions) - len(told)
    if rest:
        draft.say("explain.heard_more", tags=draft.listed(told), count=Count("further silent tags", rest))
    else:
        draft.say("explain.heard", tags=draft.listed(told))
    draft.say("explain.silence")
